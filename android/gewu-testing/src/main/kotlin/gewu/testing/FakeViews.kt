package gewu.testing

import gewu.CaseDetail
import gewu.CaseRow
import gewu.ClockTrust
import gewu.Delivery
import gewu.EntryDetail
import gewu.EntryText
import gewu.FieldTask
import gewu.ListQuery
import gewu.OpenQuestion
import gewu.PhotoDetail
import gewu.Place
import gewu.PublicWord

/** A case as one device holds it. */
internal class FakeCase(
    val id: String,
    val entries: List<FakeEntry>,
    val unsent: Set<String>,
    val word: FakeWord?,
    private val user: FakeUser,
    private val city: FakeCity,
) {
    val standing = Standing.of(entries)
    private val report = entries.first()
    private val grid = report.position?.let { at -> city.grids.firstOrNull { it.holds(at.lon, at.lat) } }
    private val photos = entries.flatMap { it.photos }
    val updatedAt = entries.last().at

    fun row() = CaseRow(
        case = id, stage = standing.stage, publicStage = word?.stage, `class` = report.kindOfCase, unitGrid = grid?.unit,
        dutyGrid = grid?.duty, taskNumber = null, summary = report.text, photos = photos.size.toUInt(),
        unsent = entries.count { it.hash in unsent }.toUInt(), mine = report.by == user.name, updatedAt = updatedAt,
    )

    fun detail() = CaseDetail(
        row = row(), className = city.classes.firstOrNull { it.code == report.kindOfCase?.code }?.name,
        conditionText = null, edition = "fake", place = report.position?.run { Place(lon, lat, accuracyM) },
        question = standing.asked?.run { OpenQuestion(kind, persons, units, emptyList()) }, round = 0u,
        viewToken = stateHash(), needsNewerApp = false, needsPack = null, complete = true,
        entries = entries.map(::entry), erased = emptyList(), setAside = emptyList(),
        publicWord = word?.shown(updatedAt), clocks = emptyList(),
    )

    fun task() = FieldTask(
        row = row(), question = checkNotNull(standing.asked).kind, inPerson = user.name in standing.asked.persons,
        clock = null, seen = null, mustAccept = false, externalDue = null, cancelled = null, lateAnswer = null,
    )

    fun isTask(): Boolean = user.isAsked(standing.asked) && "note" in may() && may().any { it in ANSWERS }

    fun may(): Set<String> = user.may(entries, word)

    fun stateHash(): String = sha256(entries.sortedBy { it.at }.joinToString { it.hash }.toByteArray())

    fun fits(query: ListQuery): Boolean =
        (query.stage == null || query.stage == standing.stage) &&
            (!query.mine || report.by == user.name) &&
            (query.unit == null || query.unit in standing.asked?.units.orEmpty()) &&
            (query.dutyGrid == null || query.dutyGrid == grid?.duty) &&
            (query.text.isNullOrEmpty() || query.text!! in report.text.orEmpty())

    private fun entry(it: FakeEntry): EntryDetail {
        val delivery = if (it.hash in unsent) Delivery.UNSENT else Delivery.RECEIVED
        return EntryDetail(
            change = it.hash, kind = it.kind, by = it.by, unit = it.unit, role = it.role, status = "valid",
            overruledBy = null, reason = it.reason, answers = null, replaces = null, claimedAt = it.at,
            clock = ClockTrust.DEVICE, receivedAt = if (delivery == Delivery.RECEIVED) it.at else null,
            delivery = delivery, payload = "{}",
            texts = listOfNotNull(it.text).map { text -> EntryText(sha256(text.toByteArray()), text) },
            photos = it.photos.map { photo -> photo(photo, it.at, delivery) },
        )
    }

    private fun photo(photo: FakePhoto, at: Long, delivery: Delivery) = PhotoDetail(
        sha256 = photo.sha256, thumbSha256 = null, role = photo.file.role, mediaType = "image/jpeg",
        bytes = photo.bytes.toULong(), width = photo.size.width.toUInt(), height = photo.size.height.toUInt(),
        capturedAt = photo.file.capturedAt ?: at, place = null, provenance = photo.file.provenance, redactionOf = null,
        held = true, erased = false, redactedCopies = emptyList(), shownInstead = null, delivery = delivery,
        smallDelivery = null,
    )

    private companion object {
        /** What answers a question; a task is there as long as one of them may be written. */
        val ANSWERS = setOf("verify", "check", "handle")
    }
}

private fun FakeWord.shown(at: Long) = PublicWord(
    stage = stage, may = may.toList(), taskNumber = null, reply = reply, updatedAt = at, urged = urged.toUInt(),
    rated = rated?.toUByte(), duplicate = false, joined = null, refused = null,
    told = listOf("public.${stage.name.lowercase()}"), reward = null,
)
