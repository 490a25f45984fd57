package gewu.client

import gewu.AttachedPhoto
import gewu.ClassRef
import gewu.Digest
import gewu.Draft
import gewu.DraftId
import gewu.DraftInput
import gewu.PhotoFile
import gewu.PhotoListener
import gewu.PhotoProgress
import gewu.PositionInput
import gewu.ReportRequest
import gewu.Saved
import gewu.SimilarCase

/**
 * Saves a report. When this returns, the report and its photos survive a loss of power; the network is
 * not needed.
 */
suspend fun GewuClient.report(request: ReportRequest): Saved = call { report(request) }

/**
 * Refuses what no city takes of a report: a class or position that is missing, a position that is none, a text, code
 * or contact out of bounds. For a form, before its photos are worked on; the city's own rules are asked when it is
 * reported.
 */
suspend fun GewuClient.checkReport(input: DraftInput) = call { checkReport(input) }

/** Begins a draft. */
suspend fun GewuClient.newDraft(input: DraftInput = DraftInput()): DraftId = call { draftNew(input) }

/** Writes a draft anew. */
suspend fun GewuClient.updateDraft(draft: DraftId, input: DraftInput) = call { draftUpdate(draft, input) }

/** One draft. */
suspend fun GewuClient.draft(draft: DraftId): Draft = call { draft(draft) }

/** All drafts, the latest edited first. */
suspend fun GewuClient.drafts(): List<Draft> = call { drafts() }

/** Throws a draft away, with its photos. */
suspend fun GewuClient.deleteDraft(draft: DraftId) = call { draftDelete(draft) }

/** Attaches a photo to a draft. Cancelling the coroutine leaves the draft as it was. */
suspend fun GewuClient.attach(
    draft: DraftId,
    photo: PhotoFile,
    onStep: ((PhotoProgress) -> Unit)? = null,
): AttachedPhoto {
    val listener = onStep?.let { tell ->
        object : PhotoListener {
            override fun soFar(progress: PhotoProgress) = listenerOfTheApps { tell(progress) }
        }
    }
    return cancellable { cancel -> core.attach(draft, photo, cancel, listener) }
}

/** Takes a photo off a draft. */
suspend fun GewuClient.detach(draft: DraftId, photo: Digest) = call { detach(draft, photo) }

/** Hands a draft in as a report, and removes the draft. */
suspend fun GewuClient.reportDraft(draft: DraftId): Saved = call { reportDraft(draft) }

/** Open cases here that may be the same matter, the nearest first. */
suspend fun GewuClient.similar(position: PositionInput, kind: ClassRef): List<SimilarCase> =
    call { similar(position, kind) }

/** The same for a draft. */
suspend fun GewuClient.similarToDraft(draft: DraftId): List<SimilarCase> = call { similarToDraft(draft) }
