import Gewu

extension FakeDevice {
    /// Open cases of the same class within 50 m, the nearest first.
    func similar(_ position: PositionInput, _ kind: ClassRef, in city: FakeCity) -> [SimilarCase] {
        let open = cases(in: city).filter { found in
            found.entries.first?.kindOfCase == kind
                && ![.closed, .withdrawn, .declined].contains(found.standing.stage)
        }
        let near = open.compactMap { found -> SimilarCase? in
            guard let report = found.entries.first, let at = report.position else { return nil }
            return SimilarCase(
                row: found.row, distanceM: metres(position, at), firstKnown: report.at, photo: nil)
        }
        return near.filter { $0.distanceM <= 50 }.sorted { $0.distanceM < $1.distanceM }
    }
}

extension ReportRequest {
    /// What it would be as a draft.
    var input: DraftInput {
        DraftInput(
            class: self.class, position: position, edition: edition, condition: condition, text: text,
            component: component, measuredMilli: measuredMilli, campaign: campaign, selfHandled: selfHandled,
            language: language, contact: contact)
    }
}
