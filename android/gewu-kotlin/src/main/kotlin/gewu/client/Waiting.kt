package gewu.client

import gewu.AttachedPhoto
import gewu.Contact
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

/** The most characters of a text. */
private const val MOST_CHARACTERS = 4_000

/** Refuses what no city will ever take, as far as that can be said without one. */
internal fun DraftInput.refuseTheImpossible() {
    if (`class` == null) throw SdkException.InvalidInput("class", "choose a class")
    if (position == null) throw SdkException.InvalidInput("position", "a report needs a position")
    if (selfHandled) throw SdkException.InvalidInput("self_handled", "only the city's own people settle it on the spot")
    text?.let { whatIsWrong(it) }?.let { throw SdkException.InvalidInput("text", it) }
    val codes = listOf(
        "class" to `class`?.code, "edition" to edition, "condition" to condition, "component" to component,
        "campaign" to campaign, "language" to language,
    )
    codes.firstOrNull { (_, code) -> code != null && !isCode(code) }
        ?.let { (field, _) -> throw SdkException.InvalidInput(field, "it must be 1 to 256 bytes without NUL characters") }
    contact?.let { whatIsWrong(it) }?.let { throw SdkException.InvalidInput("contact", it) }
}

private fun whatIsWrong(text: String): String? = when {
    '\u0000' in text -> "the text holds a NUL character: remove it"
    text.isBlank() -> "the text is empty"
    text.characters() > MOST_CHARACTERS -> "the text has more than 4000 characters: shorten it"
    else -> null
}

/** The same bounds as the core has for a contact; an empty one is none. */
private fun whatIsWrong(contact: Contact): String? {
    val (phone, name, id) = contact
    return when {
        phone != null && !PHONE.matches(phone) || phone != null && phone.count { it in '0'..'9' } < LEAST_DIGITS ->
            "the phone number must be 3 to 32 digits, with + - ( ) and spaces between"
        name != null && (name.isBlank() || name.characters() > MOST_OF_NAME || name.any(Char::isISOControl)) ->
            "the name must be 1 to 80 characters without control characters"
        id != null && !ID_NUMBER.matches(id) ->
            "the document's number must be 4 to 32 letters, digits and hyphens"
        else -> null
    }
}

private fun isCode(text: String) = text.isNotEmpty() && '\u0000' !in text && text.toByteArray().size <= MOST_OF_CODE

private fun String.characters() = codePointCount(0, length)

private const val MOST_OF_NAME = 80
private const val MOST_OF_CODE = 256
private const val LEAST_DIGITS = 3
private val PHONE = Regex("[0-9+() -]{0,32}")
private val ID_NUMBER = Regex("[0-9A-Za-z-]{4,32}")

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
