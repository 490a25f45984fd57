package gewu.client

import gewu.AttachedPhoto
import gewu.DraftId
import gewu.DraftInput
import gewu.MovedAside
import gewu.PhotoFile
import gewu.SdkException
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext

/** A report that waits on the phone until a city takes it. */
data class WaitingReport(
    /** Its name on this phone, for [GewuCitizen.discardWaiting]. */
    val id: DraftId,
    /** What was filled in. */
    val input: DraftInput,
    /** Its photos. */
    val photos: List<AttachedPhoto>,
    /**
     * Why the last sync could not hand it in, and no later one will; null for one that is only early. It is
     * found out anew after the app was started again.
     */
    val refused: SdkException?,
)

/**
 * The drafts of a [GewuCitizen]. One that is empty was begun and not finished: what was filled in is written into
 * it last, so that an app that is killed in between leaves nothing that could be handed in.
 */
internal class WaitingReports {
    private val gate = Mutex()
    private val begun = HashSet<DraftId>()
    private val refusals = HashMap<DraftId, SdkException>()

    /**
     * Fills a new draft and has it handed in. When this throws, the draft is gone, or empty and goes with the next
     * sync; one that was filled and cannot be taken back waits.
     */
    suspend fun fresh(
        client: GewuClient,
        input: DraftInput,
        photos: List<PhotoFile>,
        handIn: suspend (DraftId) -> Reported,
    ): Reported {
        val draft = withContext(NonCancellable) { gate.withLock { client.newDraft().also { begun += it } } }
        var filled = false
        return try {
            photos.forEach { client.attach(draft, it) }
            withContext(NonCancellable) { client.updateDraft(draft, input).also { filled = true } }
            handIn(draft).also { withContext(NonCancellable) { gate.withLock { begun -= draft } } }
        } catch (failed: Throwable) {
            val gone = withContext(NonCancellable) { gate.withLock { isRemoved(client, draft) } }
            if (filled && !gone) Reported.Waiting(draft) else throw failed
        }
    }

    /** What waits, the latest first. */
    suspend fun all(client: GewuClient): List<WaitingReport> = gate.withLock {
        val there = client.drafts().filter { it.id !in begun && it.input != DraftInput() }
        there.map { WaitingReport(it.id, it.input, it.photos, refusals[it.id]) }
    }

    /** Removes what was left of reports that failed. */
    suspend fun sweep(client: GewuClient) = gate.withLock {
        val left = client.drafts().filter { it.id !in begun && it.input == DraftInput() }
        left.forEach { client.deleteDraft(it.id) }
    }

    /** Hands in what waits; whether the city's classes were there for it. */
    suspend fun handIn(client: GewuClient): Boolean {
        sweep(client)
        val outcomes = all(client).map { it.id to attempt { client.reportDraft(it.id) } }
        gate.withLock { outcomes.forEach { (draft, outcome) -> note(draft, outcome) } }
        return outcomes.none { (_, outcome) -> (outcome as? Outcome.Failed)?.cause is SdkException.TooOld }
    }

    /** Throws one away. */
    suspend fun discard(client: GewuClient, draft: DraftId) = gate.withLock {
        client.deleteDraft(draft)
        refusals -= draft
    }

    private fun note(draft: DraftId, outcome: Outcome<*>) {
        val cause = (outcome as? Outcome.Failed)?.cause
        val isFinal = cause is SdkException.InvalidInput || cause is SdkException.NotPermitted
        if (cause != null && isFinal) refusals[draft] = cause else refusals -= draft
    }

    /** Whether it could be removed: a client that was closed or suspended meanwhile removes nothing. */
    private suspend fun isRemoved(client: GewuClient, draft: DraftId): Boolean {
        begun -= draft
        return runCatching { client.deleteDraft(draft) }.isSuccess
    }
}

/** Why nobody leaves while these wait or lie aside, and what to do; null when nothing is in the way. */
internal fun whyNotLeave(waiting: List<WaitingReport>, aside: List<MovedAside>): String? {
    val refused = waiting.firstOrNull { it.refused != null }
    val why = refused?.refused?.words
    return when {
        refused != null ->
            "the waiting report ${refused.id} cannot be taken ($why): discard it with discardWaiting and report anew"
        waiting.isNotEmpty() ->
            "${waiting.size} reports wait for the city: sync first, or discard them with discardWaiting"
        aside.isNotEmpty() ->
            "the damaged database ${aside.first().name} lies aside, and what was unsent in it: hand the phone in for " +
                "rescue, or give it up with discardMovedAside"
        else -> null
    }
}
