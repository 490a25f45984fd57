import Foundation
import GewuSDK

extension GewuClient {
    /// Some cases, newest first.
    public func cases(_ query: ListQuery = ListQuery()) async throws(GewuError) -> Page {
        try await call { try $0.list(query: query) }
    }

    /// All cases of a query, page by page as they are read.
    public func allCases(_ query: ListQuery = ListQuery()) -> AllCases {
        AllCases(client: self, query: query)
    }

    /// One case, whole.
    public func show(_ id: CaseId) async throws(GewuError) -> CaseDetail {
        try await call { try $0.show(case: id) }
    }

    /// Says that the user opened a case; answers whether that signed for their task in it.
    @discardableResult
    public func opened(_ id: CaseId) async throws(GewuError) -> Bool {
        try await call { try $0.opened(case: id) }
    }

    /// What the user may write or ask for in a case now, by the neutral names of kinds.
    public func allowed(_ id: CaseId) async throws(GewuError) -> Set<String> {
        try await call { Set(try $0.allowed(case: id)) }
    }

    /// What the user is asked to do.
    public func tasks() async throws(GewuError) -> [FieldTask] {
        try await call { try $0.tasks() }
    }

    /// How to reach who reported a case, as far as this user may see it.
    public func contact(_ id: CaseId) async throws(GewuError) -> CaseContact {
        try await call { try $0.contact(case: id) }
    }

    /// What is unsent.
    public func status() async throws(GewuError) -> StatusCounts {
        try await call { try $0.status() }
    }

    /// One digest over what a case says here.
    public func stateHash(_ id: CaseId) async throws(GewuError) -> Digest {
        try await call { try $0.stateHash(case: id) }
    }

    /// Writes a photo or small picture to a file; it is fetched when it is not here. Of these few run at a
    /// time, and the others wait without holding a thread.
    public func savePhoto(_ photo: Digest, to file: FilePath) async throws(GewuError) {
        try await fetching { try $0.savePhoto(photo: photo, file: file) }
    }

    /// The bytes of a small picture, found as ``savePhoto(_:to:)`` finds them. For a whole photo a file is the
    /// better way.
    public func photoBytes(_ photo: Digest) async throws(GewuError) -> Data {
        try await fetching { try $0.photoBytes(photo: photo) }
    }

    /// Reads files again, about so many bytes of them. For when the phone charges.
    public func scrub(mostBytes: UInt64) async throws(GewuError) -> ScrubReport {
        try await call { try $0.scrub(mostBytes: mostBytes) }
    }

    /// Writes cases to a file that proves itself without a server.
    @discardableResult
    public func exportCases(_ ids: [CaseId], to file: FilePath) async throws(GewuError) -> Exported {
        try await call { try $0.exportCases(cases: ids, file: file) }
    }

    /// Writes everything unsent to a file, so that it can be handed in otherwise.
    @discardableResult
    public func exportUnsent(to file: FilePath) async throws(GewuError) -> Exported {
        try await call { try $0.exportUnsent(file: file) }
    }
}

/// The rows of all pages of a query.
public struct AllCases: AsyncSequence, Sendable {
    public typealias Element = CaseRow

    let client: GewuClient
    let query: ListQuery

    public func makeAsyncIterator() -> Iterator { Iterator(client: client, query: query) }

    public struct Iterator: AsyncIteratorProtocol {
        private let client: GewuClient
        private var query: ListQuery?
        private var rows: ArraySlice<CaseRow> = []

        init(client: GewuClient, query: ListQuery) {
            self.client = client
            self.query = query
        }

        public mutating func next() async throws -> CaseRow? {
            while rows.isEmpty, let asked = query {
                let page = try await client.cases(asked)
                rows = page.rows[...]
                query = page.next.map { asked.after($0) }
            }
            return rows.popFirst()
        }
    }
}

extension ListQuery {
    /// The same query for the rows after those of an earlier page.
    public func after(_ key: PageKey) -> ListQuery {
        ListQuery(
            stage: stage, mine: mine, unit: unit, dutyGrid: dutyGrid, text: text, after: key,
            limit: limit)
    }
}
