package gewu.testing

import gewu.CheckResult
import gewu.ClassRef
import gewu.PhotoFile
import gewu.PositionInput
import gewu.PublicStage
import gewu.Stage
import gewu.VerifyResult

/** One thing that somebody wrote in a case. */
internal data class FakeEntry(
    val hash: String,
    val kind: String,
    val by: String,
    val role: String,
    val unit: String?,
    val at: Long,
    val text: String? = null,
    val reason: String? = null,
    val photos: List<FakePhoto> = emptyList(),
    val kindOfCase: ClassRef? = null,
    val position: PositionInput? = null,
    val persons: List<String> = emptyList(),
    val units: List<String> = emptyList(),
    val result: String? = null,
)

/** A photo, by its file. */
internal data class FakePhoto(val sha256: String, val bytes: Long, val file: PhotoFile, val size: PhotoSize)

/** What the centre waits for. */
internal data class Asked(val kind: String, val persons: List<String>, val units: List<String>)

/** Where a case stands after its entries, in the order in which they were written. */
internal data class Standing(val stage: Stage = Stage.REPORTED, val asked: Asked? = null, val handledBy: String? = null) {
    /** The same as the public is told it. */
    val publicStage: PublicStage
        get() = when (stage) {
            Stage.REPORTED -> PublicStage.RECEIVED
            Stage.WITHDRAWN -> PublicStage.WITHDRAWN
            Stage.FILED -> PublicStage.ACCEPTED
            Stage.DECLINED -> PublicStage.DECLINED
            Stage.CLOSED -> PublicStage.CLOSED
            Stage.VERIFYING, Stage.VERIFIED_EXISTS, Stage.VERIFIED_NOT_EXISTS, Stage.VERIFIED_UNABLE ->
                PublicStage.VERIFYING
            else -> PublicStage.IN_PROGRESS
        }

    /** After one more entry. */
    fun after(entry: FakeEntry): Standing = when (entry.kind) {
        "withdraw" -> Standing(Stage.WITHDRAWN)
        "verify_request" -> copy(stage = Stage.VERIFYING, asked = asking("verify", entry))
        "verify" -> copy(stage = verified(entry.result), asked = null)
        "file" -> copy(stage = Stage.FILED, asked = null)
        "dispatch" -> copy(stage = Stage.DISPATCHED, asked = asking("dispatch", entry))
        "handle" -> copy(stage = Stage.HANDLED, handledBy = entry.by)
        "check_request" -> copy(stage = Stage.CHECKING, asked = asking("check", entry))
        "check" -> copy(stage = checked(entry.result), asked = null)
        "close" -> copy(stage = Stage.CLOSED, asked = null)
        else -> this
    }

    companion object {
        fun of(entries: List<FakeEntry>): Standing = entries.fold(Standing()) { standing, entry -> standing.after(entry) }

        private fun asking(kind: String, entry: FakeEntry) = Asked(kind, entry.persons, entry.units)

        private fun verified(result: String?) = when (result) {
            VerifyResult.EXISTS.name -> Stage.VERIFIED_EXISTS
            VerifyResult.NOT_EXISTS.name -> Stage.VERIFIED_NOT_EXISTS
            else -> Stage.VERIFIED_UNABLE
        }

        private fun checked(result: String?) = when (result) {
            CheckResult.PASS.name -> Stage.CHECK_PASSED
            CheckResult.NOT_PASS.name -> Stage.CHECK_FAILED
            else -> Stage.CHECK_UNABLE
        }
    }
}

/** Who uses a device. */
internal data class FakeUser(
    val name: String,
    val role: String,
    val units: List<String> = emptyList(),
    val dutyGrids: List<String> = emptyList(),
) {
    val isCitizen: Boolean get() = role == "citizen"

    /** Whether this user is asked, in person or as one of a unit. */
    fun isAsked(asked: Asked?): Boolean =
        asked != null && (name in asked.persons || asked.units.any { it in units })

    /** What this user may write in a case, by the neutral names of kinds. */
    fun may(entries: List<FakeEntry>, public: FakeWord?): Set<String> {
        val standing = Standing.of(entries)
        if (isCitizen) return public?.may ?: if (standing.stage == Stage.REPORTED) UNSENT else emptySet()
        val own = mutableSetOf("note")
        if (entries.first().by == name && standing.stage == Stage.REPORTED) own += listOf("withdraw", "supplement")
        if (isAsked(standing.asked)) own += answers(standing)
        return own
    }

    private fun answers(standing: Standing): Set<String> = when (standing.asked?.kind) {
        "dispatch" -> if (standing.stage == Stage.DISPATCHED) WORK else emptySet()
        "check" -> if (standing.handledBy == name) emptySet() else setOf("check", "seen")
        else -> setOf("verify", "seen")
    }

    private companion object {
        val UNSENT = setOf("supplement", "urge", "withdraw")
        val WORK = setOf("take", "set_out", "arrived", "progress", "handle", "seen", "extend_request", "send_back_request")
    }
}

/** What the city tells the reporter. */
internal data class FakeWord(
    val stage: PublicStage,
    val may: Set<String>,
    val reply: String?,
    val urged: Int,
    val rated: Int?,
)
