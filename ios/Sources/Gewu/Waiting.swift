import GewuSDK

/// A report that waits on the phone until a city takes it.
public struct WaitingReport: Equatable, Sendable {
    /// Its name on this phone, for ``GewuCitizen/discardWaiting(_:)``.
    public let id: DraftId
    /// What was filled in.
    public let input: DraftInput
    /// Its photos.
    public let photos: [AttachedPhoto]
    /// Why the last sync could not hand it in, and no later one will; nothing for one that is only early. It
    /// is found out anew after the app was started again.
    public let refused: GewuError?
}

extension DraftInput {
    /// A draft that was begun: what was filled in is written into it last.
    var isEmpty: Bool { self == DraftInput() }
}

/// Why nobody leaves while these wait or lie aside, and what to do; nothing where there is nothing.
func whyNotLeave(_ waiting: [WaitingReport], _ aside: [MovedAside]) -> String? {
    if waiting.isEmpty {
        return aside.first.map {
            "the damaged database \($0.name) lies aside, with what was unsent in it: discard it with discardMovedAside"
        }
    }
    guard let refused = waiting.first(where: { $0.refused != nil }) else {
        return "\(waiting.count) reports wait for the city: sync first, or discard them with discardWaiting"
    }
    let why = refused.refused?.text ?? ""
    return "the waiting report \(refused.id) cannot be taken (\(why)): discard it with discardWaiting and report anew"
}

/// What a ``GewuCitizen`` remembers of its drafts.
struct WaitingReports {
    /// How many drafts are being begun at this moment, whose names are not known yet.
    private var beginning = 0
    /// Every draft that was begun in this process: none of them was left by a process that was killed.
    private var begun: Set<DraftId> = []
    private var active: Set<DraftId> = []
    private var abandoned: Set<DraftId> = []
    private var refusals: [DraftId: GewuError] = [:]

    mutating func begins() { beginning += 1 }

    mutating func hasBegun(_ draft: DraftId?) {
        beginning -= 1
        guard let draft else { return }
        begun.insert(draft)
        active.insert(draft)
    }

    /// The report of this draft is over; whether its draft could be removed where nothing was saved.
    mutating func ended(_ draft: DraftId, isLeft: Bool) {
        active.remove(draft)
        if isLeft { abandoned.insert(draft) }
    }

    mutating func note(_ draft: DraftId, _ why: GewuError?) {
        switch why {
        case .invalidInput, .notPermitted: refusals[draft] = why
        default: refusals[draft] = nil
        }
    }

    mutating func isGone(_ draft: DraftId) {
        abandoned.remove(draft)
        refusals[draft] = nil
    }

    /// What was left of reports that failed.
    func left(of drafts: [Draft]) -> [DraftId] {
        drafts.filter { draft in
            if active.contains(draft.id) { return false }
            return abandoned.contains(draft.id)
                || (draft.input.isEmpty && beginning == 0 && !begun.contains(draft.id))
        }.map(\.id)
    }

    /// What waits of them.
    func shown(of drafts: [Draft]) -> [WaitingReport] {
        let there = drafts.filter { !active.contains($0.id) && !abandoned.contains($0.id) && !$0.input.isEmpty }
        return there.map { WaitingReport(id: $0.id, input: $0.input, photos: $0.photos, refused: refusals[$0.id]) }
    }
}
