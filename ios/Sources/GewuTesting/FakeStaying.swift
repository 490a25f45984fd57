import Foundation
import Gewu

/// What has a fake device sync by itself: the same reasons as the real one's, and none of its waits.
final class FakeStaying: @unchecked Sendable {
    private let lock = NSLock()
    private var runs = false
    private var due = false
    private var online = true
    private var inFront = false

    func network(_ kind: NetworkKind) {
        lock.withLock { (online, due) = (kind != .offline, true) }
    }

    func foreground(_ inFront: Bool) {
        lock.withLock { (self.inFront, due) = (inFront, true) }
    }

    func nudge() { lock.withLock { due = true } }

    /// Syncs until `cancel` is used; `look` says which state of the city there is and whether something is unsent.
    func run(
        until cancel: CancelHandle, telling listener: SyncEndListener?,
        look: () -> (mark: Int, unsent: Bool), sync: () throws -> SyncReport
    ) throws {
        try begin()
        defer { lock.withLock { runs = false } }
        var seen = 0
        while try !cancel.isCancelled() {
            let (mark, unsent) = look()
            if takesTurn(unsent: unsent, news: mark != seen) {
                seen = mark
                tell(listener, sync)
            }
            Thread.sleep(forTimeInterval: 0.02)
        }
    }

    private func begin() throws {
        try lock.withLock {
            if runs { throw SdkError.Busy(text: "staying synced") }
            (runs, due) = (true, true)
        }
    }

    private func takesTurn(unsent: Bool, news: Bool) -> Bool {
        lock.withLock {
            guard online, due || unsent || (inFront && news) else { return false }
            due = false
            return true
        }
    }

    /// What a listener throws stops nothing.
    private func tell(_ listener: SyncEndListener?, _ sync: () throws -> SyncReport) {
        do {
            let report = try sync()
            try? listener?.ended(report: report)
        } catch let error as SdkError {
            try? listener?.failed(error: error)
        } catch {}
    }
}
