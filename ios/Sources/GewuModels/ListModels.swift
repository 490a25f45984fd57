import Gewu

/// A case as a row shows it.
public struct ListRow: Equatable, Identifiable, Sendable {
    public let id: CaseId
    public let title: String
    public let stage: String
    /// Whether something of it waits to be sent.
    public let waits: Bool
    /// What a screen reader says.
    public let spoken: String
}

/// The list of an inspector's day.
public struct TodayModel: Sendable {
    private let client: GewuClient
    private let words: Words
    private let since: Millis

    /// From the start of the day on, in milliseconds.
    public init(_ client: GewuClient, since: Millis, _ words: Words = Words()) {
        (self.client, self.since, self.words) = (client, since, words)
    }

    /// What was touched today, always as it stands, the newest first.
    public var rows: LiveQuery<[ListRow]> {
        let (words, since) = (words, since)
        return client.live(.cases) { core in
            try core.list(query: ListQuery()).rows.filter { $0.updatedAt >= since }.map { row in
                ListRow(row, stage: words[Word(row.stage)], words)
            }
        }
    }

    /// What of everything waits to be sent, in words.
    public var banner: LiveQuery<String> {
        let words = words
        return client.live(.status) { core in
            let status = try core.status()
            return status.synced ? words[.allSent] : "\(words[.unsent]): \(status.changes + status.photos)"
        }
    }
}

/// What a citizen can tap on a report.
public enum ReportButton: String, CaseIterable, Sendable {
    case urge, withdraw, rate

    /// Its word.
    public var word: Word {
        switch self {
        case .urge: .urge
        case .withdraw: .withdraw
        case .rate: .rate
        }
    }
}

/// One's own report, with what may be done about it.
public struct OwnReport: Equatable, Identifiable, Sendable {
    public let row: ListRow
    public let buttons: [ReportButton]
    public var id: CaseId { row.id }
}

/// A citizen's own reports: the city's public word on each, urging, taking back, rating.
public struct MyReportsModel: Sendable {
    private let client: GewuClient
    private let words: Words

    /// In a language.
    public init(_ client: GewuClient, _ words: Words = Words()) { (self.client, self.words) = (client, words) }

    /// The reports, always as they stand, the newest first.
    public var reports: LiveQuery<[OwnReport]> {
        let words = words
        return client.live(.cases) { core in
            try core.list(query: ListQuery(mine: true)).rows.map { row in
                let allowed = try core.allowed(case: row.case)
                let stage = row.publicStage.map { Word($0) } ?? Word(row.stage)
                return OwnReport(
                    row: ListRow(row, stage: words[stage], words),
                    buttons: ReportButton.allCases.filter { allowed.contains($0.rawValue) })
            }
        }
    }

    /// Asks to hurry.
    @discardableResult
    public func urge(_ id: CaseId, _ text: String? = nil) async throws(GewuError) -> Saved {
        try await client.urge(id, ActInput(text: text))
    }

    /// Takes the report back.
    @discardableResult
    public func withdraw(_ id: CaseId) async throws(GewuError) -> Saved { try await client.withdraw(id) }

    /// Rates the result with one to five stars.
    @discardableResult
    public func rate(_ id: CaseId, stars: UInt8, _ text: String? = nil) async throws(GewuError) -> Saved {
        try await client.rate(id, stars, ActInput(text: text))
    }
}

extension ListRow {
    init(_ row: CaseRow, stage: String, _ words: Words) {
        let title = row.summary ?? row.taskNumber ?? stage
        let waits = row.unsent > 0
        let photos = row.photos > 0 ? "\(words[.photos]) \(row.photos)" : nil
        self.init(
            id: row.case, title: title, stage: stage, waits: waits,
            spoken: words.spoken(title, stage, photos, waits ? words[.unsent] : nil))
    }
}
