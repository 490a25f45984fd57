package gewu.ui

import gewu.ActInput
import gewu.CaseId
import gewu.CaseRow
import gewu.ListQuery
import gewu.Saved
import gewu.StatusCounts
import gewu.client.GewuClient
import gewu.client.Outcome
import gewu.client.allowed
import gewu.client.attempt
import gewu.client.liveCases
import gewu.client.liveStatus
import gewu.client.rate
import gewu.client.urge
import gewu.client.withdraw
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.combine
import kotlinx.coroutines.flow.map

/** A case as a row shows it. */
data class ListRow(
    val case: CaseId,
    val title: String,
    val stage: String,
    /** Whether something of it waits to be sent. */
    val waits: Boolean,
    /** What a screen reader says. */
    val spoken: String,
)

/** The list of an inspector's day. */
data class Today(
    val rows: List<ListRow>,
    /** What of everything waits to be sent, in words. */
    val banner: String,
)

/** Today's list: what was touched since [since] (milliseconds; the start of the day), the newest first. */
class TodayModel(client: GewuClient, private val words: Words, private val since: Long) {
    /** The screen, always as it stands. */
    val state: Flow<Today> = combine(client.liveCases(), client.liveStatus()) { page, status ->
        Today(page.rows.filter { it.updatedAt >= since }.map { words.row(it, words[Word.of(it.stage)]) }, banner(status))
    }

    private fun banner(status: StatusCounts): String =
        if (status.synced) words[Word.ALL_SENT] else "${words[Word.UNSENT]}: ${status.changes + status.photos}"
}

/** What a citizen can tap on a report. */
enum class ReportButton(val word: Word, internal val kind: String) {
    URGE(Word.URGE, "urge"),
    WITHDRAW(Word.WITHDRAW, "withdraw"),
    RATE(Word.RATE, "rate"),
}

/** One's own report, with what may be done about it. */
data class OwnReport(val row: ListRow, val buttons: List<ReportButton>)

/** A citizen's own reports: the city's public word on each, urging, taking back, rating. */
class MyReportsModel(private val client: GewuClient, private val words: Words) {
    /** The reports, always as they stand, the newest first. */
    val reports: Flow<List<OwnReport>> = client.liveCases(ListQuery(mine = true)).map { page -> page.rows.map { own(it) } }

    /** Asks to hurry. */
    suspend fun urge(case: CaseId, text: String?): Outcome<Saved> = attempt { client.urge(case, ActInput(text = text)) }

    /** Takes the report back. */
    suspend fun withdraw(case: CaseId): Outcome<Saved> = attempt { client.withdraw(case) }

    /** Rates the result with one to five stars. */
    suspend fun rate(case: CaseId, stars: Int, text: String?): Outcome<Saved> =
        attempt { client.rate(case, stars, ActInput(text = text)) }

    private suspend fun own(row: CaseRow): OwnReport {
        val allowed = (attempt { client.allowed(row.case) } as? Outcome.Done)?.value.orEmpty()
        val stage = row.publicStage?.let(Word::of) ?: Word.of(row.stage)
        return OwnReport(words.row(row, words[stage]), ReportButton.entries.filter { it.kind in allowed })
    }
}

internal fun Words.row(row: CaseRow, stage: String): ListRow {
    val title = row.summary ?: row.taskNumber ?: stage
    val waits = row.unsent > 0u
    val photos = "${this[Word.PHOTOS]} ${row.photos}".takeIf { row.photos > 0u }
    return ListRow(row.case, title, stage, waits, spoken(title, stage, photos, this[Word.UNSENT].takeIf { waits }))
}
