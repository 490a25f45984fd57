import Dispatch
import GewuSDK

/// How a sync ended that a device began which stays synced.
public enum SyncEnd: Sendable {
    /// It ran. That the network is away is told by the report's outcome.
    case ended(SyncReport)
    /// The device itself was in its way, and tries again.
    case failed(GewuError)
}

/// A device that syncs by itself from the first reading on, and until whoever reads lets go of it or is
/// cancelled; see ``GewuClient/stayingSynced()``. Throws ``GewuError``.
public struct StayingSynced: AsyncSequence, Sendable {
    public typealias Element = SyncEnd

    let client: GewuClient

    public func makeAsyncIterator() -> Iterator { Iterator(of: client) }

    public struct Iterator: AsyncIteratorProtocol {
        private let stay: Stay
        private var ends: AsyncThrowingStream<SyncEnd, any Error>.Iterator

        init(of client: GewuClient) {
            let (stream, told) = AsyncThrowingStream.makeStream(
                of: SyncEnd.self, throwing: (any Error).self, bufferingPolicy: .bufferingNewest(64))
            stay = Stay(client, told)
            ends = stream.makeAsyncIterator()
        }

        public mutating func next() async throws -> SyncEnd? {
            if let end = try await ends.next() { return end }
            // Who is cancelled hears the end before the work has ended.
            await stay.isOver()
            return nil
        }
    }
}

/// Stays synced as long as it is kept.
private final class Stay: Sendable {
    private let client: GewuClient
    private let running: Task<Void, Never>

    init(_ client: GewuClient, _ told: AsyncThrowingStream<SyncEnd, any Error>.Continuation) {
        self.client = client
        running = Task {
            await client.hasLetGo()
            let ends = Ends { told.yield($0) }
            let queue = DispatchQueue(label: "gewu-stay-synced")
            do {
                try await client.cancellable(on: queue) { try $0.staySynced(cancel: $1, listener: ends) }
                told.finish()
            } catch {
                told.finish(throwing: error)
            }
        }
    }

    /// Ends it and waits until it has ended.
    func isOver() async {
        running.cancel()
        await running.value
    }

    deinit { client.letGo(of: running) }
}

/// Hands the ends of syncs on.
private final class Ends: SyncEndListener {
    private let tell: @Sendable (SyncEnd) -> Void
    init(_ tell: @escaping @Sendable (SyncEnd) -> Void) { self.tell = tell }
    func ended(report: SyncReport) throws { tell(.ended(report)) }
    func failed(error: SdkError) throws { tell(.failed(GewuError(error))) }
}
