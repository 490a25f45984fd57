import Dispatch
import Gewu

/// Tells listeners of changes, from a thread of its own as the real one does.
final class FakeBell: @unchecked Sendable {
    private let queue = DispatchQueue(label: "fake-gewu")
    private var listeners: [UInt64: any ChangeListener] = [:]
    private var next: UInt64 = 0

    func listen(_ listener: any ChangeListener) -> Listening {
        let number = queue.sync {
            next += 1
            listeners[next] = listener
            return next
        }
        // The present is told at once.
        ring([.cases, .tasks, .status])
        let listening = FakeListening(noHandle: Listening.NoHandle())
        listening.end = { [weak self] in self?.leave(number) }
        return listening
    }

    func ring(_ what: [Changed]) {
        queue.async {
            for (number, listener) in self.listeners {
                // What a listener throws ends it and nothing else.
                do { try listener.changed(what: what) } catch { self.listeners[number] = nil }
            }
        }
    }

    private func leave(_ number: UInt64) { queue.async { self.listeners[number] = nil } }
}

private final class FakeListening: Listening, @unchecked Sendable {
    var end: @Sendable () -> Void = {}
    override func cancel() throws { end() }
    deinit { end() }
}
