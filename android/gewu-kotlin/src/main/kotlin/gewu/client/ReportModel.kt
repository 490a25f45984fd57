package gewu.client

import gewu.AttachedPhoto
import gewu.Digest
import gewu.DraftId
import gewu.DraftInput
import gewu.Located
import gewu.PhotoFile
import gewu.Saved
import gewu.SimilarCase
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.conflate
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock

/** Where a report lies, as the map on the phone says. */
sealed interface ReportPlace {
    /** There is no position yet. */
    data object Unknown : ReportPlace

    /** Outside of all that the phone knows. */
    data object Outside : ReportPlace

    /** In this grid. */
    data class In(val located: Located) : ReportPlace
}

/** A report screen at one moment. */
data class ReportState(
    /** What was filled in. */
    val input: DraftInput,
    /** The photos, in the order of attaching. */
    val photos: List<AttachedPhoto> = emptyList(),
    /** Where it lies. */
    val place: ReportPlace = ReportPlace.Unknown,
    /** Open cases that may be the same matter, the nearest first. */
    val similar: List<SimilarCase> = emptyList(),
    /** What went wrong last; its `field` says where to show it. */
    val problem: Outcome.Failed? = null,
    /** The report, once it is handed in; nothing is edited after. */
    val saved: Saved? = null,
)

/**
 * What a report screen does, without the screen: it keeps a draft that saves itself at every edit, follows the
 * grid and similar cases, and hands the draft in. Survives the process: [resume] goes on with a draft.
 *
 * Works as long as [scope] does, which is the screen's.
 */
class ReportModel private constructor(
    private val client: GewuClient,
    private val scope: CoroutineScope,
    /** The draft that it keeps. */
    val draft: DraftId,
    first: ReportState,
) {
    private val now = MutableStateFlow(first)

    /** Held by whoever writes the draft, so that an earlier edit is never written over a later one. */
    private val writing = Mutex()
    private val keeper = scope.launch {
        now.map { it.input }.distinctUntilChanged().conflate().collect { keep() }
    }

    /** The screen, always as it stands. */
    val state: StateFlow<ReportState> = now.asStateFlow()

    /** Edits: shown at once, saved right after. */
    fun edit(change: (DraftInput) -> DraftInput) = now.update {
        if (it.saved == null) it.copy(input = change(it.input), problem = null) else it
    }

    /** Attaches a photo; what is wrong with it stands in the state. */
    suspend fun attach(photo: PhotoFile) = photos { client.attach(draft, photo) }

    /** Takes a photo off. */
    suspend fun detach(photo: Digest) = photos { client.detach(draft, photo) }

    /** Hands the report in, with the last edit; what is wrong stands in the state too, and the draft stays. */
    suspend fun handIn(): Outcome<Saved> = writing.withLock {
        val outcome = attempt {
            client.updateDraft(draft, now.value.input)
            client.reportDraft(draft)
        }
        now.update { it.copy(saved = outcome.valueOrNull(), problem = outcome as? Outcome.Failed) }
        if (outcome is Outcome.Done) keeper.cancel()
        outcome
    }

    /** Throws the draft away. */
    suspend fun discard() = writing.withLock {
        keeper.cancel()
        client.deleteDraft(draft)
    }

    private suspend fun photos(work: suspend () -> Unit) {
        val outcome = attempt { work() }
        val photos = client.draft(draft).photos
        now.update { it.copy(photos = photos, problem = outcome as? Outcome.Failed) }
    }

    private suspend fun keep() {
        val kept = writing.withLock {
            // What is written is the state of now, which may be later than what woke us.
            val state = now.value
            if (state.saved != null) return
            attempt { client.updateDraft(draft, state.input) }
        }
        if (kept is Outcome.Failed) now.update { it.copy(problem = kept) }
        look()
    }

    private suspend fun look() {
        val position = now.value.input.position
        val found = position?.let { attempt { client.locate(it) } }
        val place = when (found) {
            is Outcome.Done -> found.value?.let(ReportPlace::In) ?: ReportPlace.Outside
            is Outcome.Failed, null -> ReportPlace.Unknown
        }
        val similar = attempt { client.similarToDraft(draft) }.valueOrNull().orEmpty()
        now.update { it.copy(place = place, similar = similar) }
    }

    companion object {
        /** Begins a report. */
        suspend fun begin(client: GewuClient, scope: CoroutineScope): ReportModel {
            val input = DraftInput()
            return ReportModel(client, scope, client.newDraft(input), ReportState(input))
        }

        /** Goes on with a draft. */
        suspend fun resume(client: GewuClient, scope: CoroutineScope, draft: DraftId): ReportModel {
            val found = client.draft(draft)
            return ReportModel(client, scope, draft, ReportState(found.input, found.photos))
        }

        /** Goes on with the draft that was edited last, or begins one: for an app that shows no list of drafts. */
        suspend fun goOn(client: GewuClient, scope: CoroutineScope): ReportModel {
            val last = client.drafts().firstOrNull() ?: return begin(client, scope)
            return resume(client, scope, last.id)
        }
    }
}
