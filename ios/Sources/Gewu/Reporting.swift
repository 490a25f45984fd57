import Foundation
import GewuSDK

extension GewuClient {
    /// Saves a report. When this returns, the report and its photos survive a loss of power; the network
    /// is not needed.
    @discardableResult
    public func report(_ request: ReportRequest) async throws(GewuError) -> Saved {
        try await call { try $0.report(request: request) }
    }

    /// Refuses what no city takes of a report: a class or position that is missing, a position that is none, a
    /// text, code or contact out of bounds. For a form, before its photos are worked on; the city's own rules are
    /// asked when it is reported.
    public func checkReport(_ input: DraftInput) async throws(GewuError) {
        try await call { try $0.checkReport(input: input) }
    }

    /// Begins a draft.
    public func newDraft(_ input: DraftInput = DraftInput()) async throws(GewuError) -> DraftId {
        try await call { try $0.draftNew(input: input) }
    }

    /// Writes a draft anew.
    public func updateDraft(_ id: DraftId, _ input: DraftInput) async throws(GewuError) {
        try await call { try $0.draftUpdate(draft: id, input: input) }
    }

    /// One draft.
    public func draft(_ id: DraftId) async throws(GewuError) -> Draft {
        try await call { try $0.draft(draft: id) }
    }

    /// All drafts, the latest edited first.
    public func drafts() async throws(GewuError) -> [Draft] {
        try await call { try $0.drafts() }
    }

    /// Throws a draft away, with its photos.
    public func deleteDraft(_ id: DraftId) async throws(GewuError) {
        try await call { try $0.draftDelete(draft: id) }
    }

    /// Attaches a photo to a draft. Cancelling the task throws ``GewuError/cancelled`` and leaves the
    /// draft as it was. `onStep` is called from a thread of the client's.
    @discardableResult
    public func attach(
        _ photo: PhotoFile,
        to draft: DraftId,
        onStep: (@Sendable (PhotoProgress) -> Void)? = nil
    ) async throws(GewuError) -> AttachedPhoto {
        let listener = onStep.map(PhotoSteps.init)
        return try await cancellable { core, cancel in
            try core.attach(draft: draft, photo: photo, cancel: cancel, listener: listener)
        }
    }

    /// Takes a photo off a draft.
    public func detach(_ photo: Digest, from draft: DraftId) async throws(GewuError) {
        try await call { try $0.detach(draft: draft, photo: photo) }
    }

    /// Hands a draft in as a report, and removes the draft.
    @discardableResult
    public func reportDraft(_ id: DraftId) async throws(GewuError) -> Saved {
        try await call { try $0.reportDraft(draft: id) }
    }

    /// Open cases here that may be the same matter, the nearest first.
    public func similar(
        at position: PositionInput, of kind: ClassRef
    ) async throws(GewuError) -> [SimilarCase] {
        try await call { try $0.similar(position: position, class: kind) }
    }

    /// The same for a draft.
    public func similar(toDraft id: DraftId) async throws(GewuError) -> [SimilarCase] {
        try await call { try $0.similarToDraft(draft: id) }
    }
}

/// Hands the steps of the work on a photo on.
private final class PhotoSteps: PhotoListener {
    private let tell: @Sendable (PhotoProgress) -> Void
    init(_ tell: @escaping @Sendable (PhotoProgress) -> Void) { self.tell = tell }
    func soFar(progress: PhotoProgress) throws { tell(progress) }
}
