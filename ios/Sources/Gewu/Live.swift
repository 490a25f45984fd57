import Foundation
import GewuSDK

/// A query that tells its answer now, and again after each change that alters it. Who reads slowly
/// misses answers in between and never the last one. Waits while the client is suspended, and while a query
/// that needs a user has none. Ends when the client is closed or the reading task is cancelled, and when what
/// it shows left the device with its user; throws ``GewuError``.
public struct LiveQuery<Value: Sendable & Equatable>: AsyncSequence, Sendable {
    public typealias Element = Value

    let client: GewuClient
    let what: Changed
    let query: @Sendable (Gewu) throws -> Value

    public func makeAsyncIterator() -> Iterator { Iterator(of: self) }

    public struct Iterator: AsyncIteratorProtocol {
        private let live: LiveQuery
        private let seat: Seat
        private var ticks: AsyncStream<Void>.Iterator
        private var last: Value?
        private var isOver = false

        init(of live: LiveQuery) {
            self.live = live
            let (stream, told) = AsyncStream.makeStream(
                of: Void.self, bufferingPolicy: .bufferingNewest(1))
            seat = Seat(of: live.client.hub, what: live.what, told: told)
            ticks = stream.makeAsyncIterator()
            // The present, before any change.
            told.yield()
        }

        public mutating func next() async throws -> Value? {
            try live.client.listenOnce()
            while !isOver, await ticks.next() != nil {
                guard let value = try await answer(), value != last else { continue }
                last = value
                return value
            }
            return nil
        }

        /// Nothing while the client is suspended, or closed since, or nobody's.
        private mutating func answer() async throws -> Value? {
            do {
                return try await live.client.call(live.query)
            } catch {
                if error == .closed || error.problem == .suspended || error.wayOut == .enrol { return nil }
                guard case .notFound = error, await live.client.isNobodys(inAMoment: last != nil) else { throw error }
                isOver = true
                return nil
            }
        }
    }
}

extension GewuClient {
    /// The cases of a query: the page of now, and a new one whenever it shows something else.
    public func liveCases(_ query: ListQuery = ListQuery()) -> LiveQuery<Page> {
        live(.cases) { try $0.list(query: query) }
    }

    /// One case, whole. Throws ``GewuError/notFound(text:)`` when it leaves the device; where nobody is signed
    /// in, it ends.
    public func liveCase(_ id: CaseId) -> LiveQuery<CaseDetail> {
        live(.cases) { try $0.show(case: id) }
    }

    /// What the user is asked to do, the most urgent first; nothing while nobody is signed in.
    public func liveTasks() -> LiveQuery<[FieldTask]> {
        live(.tasks) { core in
            do { return try core.tasks() } catch SdkError.NotEnrolled { return [] }
        }
    }

    /// What is unsent, and what became of what was sent.
    public func liveStatus() -> LiveQuery<StatusCounts> {
        live(.status) { try $0.status() }
    }

    /// Reports that are not handed in, the latest edited first.
    public func liveDrafts() -> LiveQuery<[Draft]> {
        live(.status) { try $0.drafts() }
    }

    /// Any query, asked again after each change of that sort.
    public func live<Value>(
        _ what: Changed, _ query: @escaping @Sendable (Gewu) throws -> Value
    ) -> LiveQuery<Value> {
        LiveQuery(client: self, what: what, query: query)
    }

    /// Whether nobody is signed in. Who signs out takes the cases along first: it may be true only in a
    /// moment.
    func isNobodys(inAMoment: Bool) async -> Bool {
        for _ in 0..<(inAMoment ? 40 : 1) {
            do throws(GewuError) { _ = try await whoami() } catch {
                if error.wayOut == .enrol { return true }
            }
            if inAMoment { try? await Task.sleep(nanoseconds: 25_000_000) }
        }
        return false
    }

    /// How many live queries are being read.
    public var liveQueries: Int { hub.count }

    /// Begins to hear of changes with the first live query.
    func listenOnce() throws(GewuError) {
        let core: Gewu
        do { core = try opened() } catch {
            // The sequence ends by itself.
            return
        }
        do { try hub.begin { try core.listen(listener: $0) } } catch { throw GewuError(error) }
    }
}
