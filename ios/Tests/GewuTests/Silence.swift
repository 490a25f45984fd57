import Foundation
import Gewu

/// A network that takes requests and, while it is silent, answers none until it is cancelled.
final class Silence: HostTransport, @unchecked Sendable {
    private let inner = URLSessionTransport()
    private let condition = NSCondition()
    private var hush = false
    private var cancelled = 0
    private var fate = HostError.Cancelled
    let waiting = Counter()
    let ended = Counter()

    var silent: Bool {
        get { condition.withLock { hush } }
        set { condition.withLock { hush = newValue } }
    }

    func send(order: HttpOrder) throws -> HttpAnswer {
        guard silent else { return try inner.send(order: order) }
        condition.lock()
        defer {
            condition.unlock()
            ended.more()
        }
        let before = cancelled
        waiting.more()
        while cancelled == before, condition.wait(until: Date(timeIntervalSinceNow: 60)) {}
        throw cancelled == before ? HostError.Timeout : fate
    }

    /// Ends the requests that wait.
    func letGo(_ fate: HostError) {
        condition.withLock {
            self.fate = fate
            cancelled += 1
            condition.broadcast()
        }
    }

    func cancel(line: UInt64) throws {
        letGo(.Cancelled)
        try inner.cancel(line: line)
    }
}
