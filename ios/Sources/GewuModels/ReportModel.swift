import Gewu

/// Where a report lies, as the map on the phone says.
public enum ReportPlace: Equatable, Sendable {
    /// There is no position yet.
    case unknown
    /// Outside of all that the phone knows.
    case outside
    /// In this grid.
    case inside(Located)
}

/// A report screen at one moment.
public struct ReportState: Equatable, Sendable {
    /// What was filled in.
    public var form: ReportForm
    /// The photos, in the order of attaching.
    public var photos: [AttachedPhoto] = []
    /// Where it lies.
    public var place = ReportPlace.unknown
    /// Open cases that may be the same matter, the nearest first.
    public var similar: [SimilarCase] = []
    /// What went wrong last; its `field` says where to show it.
    public var problem: GewuError?
    /// The report, once it is handed in; nothing is edited after.
    public var saved: Saved?
}

/// What a report screen does, without the screen: it keeps a draft that saves itself at every edit, follows the
/// grid and similar cases, and hands the draft in. Survives the process: ``resume(_:_:)`` goes on with a draft.
@MainActor
public final class ReportModel {
    private let client: GewuClient
    /// The draft that it keeps.
    public let draft: DraftId
    /// Wakes whoever writes the draft, so that an earlier edit is never written over a later one.
    private var keeper: Task<Void, Never>?
    private var isStale = false

    /// The screen, always as it stands.
    public private(set) var state: ReportState {
        didSet { changed?(state) }
    }

    /// Called after each change, on the main actor.
    public var changed: ((ReportState) -> Void)?

    private init(_ client: GewuClient, _ draft: DraftId, _ state: ReportState) {
        (self.client, self.draft, self.state) = (client, draft, state)
        keep()
    }

    /// Begins a report.
    public static func begin(_ client: GewuClient) async throws(GewuError) -> ReportModel {
        let draft = try await client.newDraft()
        return ReportModel(client, draft, ReportState(form: ReportForm()))
    }

    /// Goes on with a draft.
    public static func resume(_ client: GewuClient, _ draft: DraftId) async throws(GewuError) -> ReportModel {
        let found = try await client.draft(draft)
        return ReportModel(client, draft, ReportState(form: ReportForm(found.input), photos: found.photos))
    }

    /// Goes on with the draft that was edited last, or begins one: for an app that shows no list of drafts.
    public static func goOn(_ client: GewuClient) async throws(GewuError) -> ReportModel {
        guard let last = try await client.drafts().first else { return try await begin(client) }
        return try await resume(client, last.id)
    }

    /// Edits: shown at once, saved right after.
    public func edit(_ change: (inout ReportForm) -> Void) {
        guard state.saved == nil else { return }
        var next = state
        change(&next.form)
        next.problem = nil
        state = next
        keep()
    }

    /// Waits until the last edit is written and the map was asked.
    public func settled() async { await keeper?.value }

    /// Attaches a photo; what is wrong with it stands in the state.
    public func attach(_ photo: PhotoFile) async {
        await photos { [client, draft] () async throws(GewuError) in _ = try await client.attach(photo, to: draft) }
    }

    /// Takes a photo off.
    public func detach(_ photo: Digest) async {
        await photos { [client, draft] () async throws(GewuError) in try await client.detach(photo, from: draft) }
    }

    /// Hands the report in, with the last edit; what is wrong stands in the state, and the draft stays.
    @discardableResult
    public func handIn() async -> Saved? {
        await settled()
        do throws(GewuError) {
            try await client.updateDraft(draft, state.form.input)
            state.saved = try await client.reportDraft(draft)
            state.problem = nil
        } catch {
            state.problem = error
        }
        return state.saved
    }

    /// Throws the draft away.
    public func discard() async throws(GewuError) {
        await settled()
        try await client.deleteDraft(draft)
    }

    private func photos(_ work: () async throws(GewuError) -> Void) async {
        do throws(GewuError) {
            try await work()
            state.problem = nil
            state.photos = try await client.draft(draft).photos
        } catch {
            state.problem = error
        }
    }

    /// Has the state of now written, by the one keeper.
    private func keep() {
        isStale = true
        guard keeper == nil else { return }
        keeper = Task { [weak self] in
            while await self?.keepOnce() == true {}
        }
    }

    /// Whether there was something to write.
    private func keepOnce() async -> Bool {
        guard isStale, state.saved == nil else {
            keeper = nil
            return false
        }
        isStale = false
        do throws(GewuError) {
            try await client.updateDraft(draft, state.form.input)
            await look()
        } catch {
            state.problem = error
        }
        return true
    }

    private func look() async {
        var place = ReportPlace.unknown
        if let position = state.form.position {
            do throws(GewuError) {
                place = try await client.locate(position).map { .inside($0) } ?? .outside
            } catch {
                // The map may be damaged or not here yet: the report is saved all the same.
                place = .unknown
            }
        }
        state.place = place
        state.similar = (try? await client.similar(toDraft: draft)) ?? []
    }
}
