import Foundation
import GewuSDK

/// Hands what one listener of the SDK's hears to every live query: one thread, however many queries.
final class Hub: ChangeListener {
    private struct State {
        var seats: [UInt64: (what: Changed, told: AsyncStream<Void>.Continuation)] = [:]
        var next: UInt64 = 0
        var listening: Listening?
        var closed = false
    }

    private let state = Guarded(State())

    /// Starts to listen, unless it does.
    func begin(_ listen: (Hub) throws -> Listening) throws {
        try state.write { state in
            if state.listening == nil, !state.closed { state.listening = try listen(self) }
        }
    }

    func changed(what: [Changed]) throws {
        let hearing = state.read { state in
            state.seats.values.filter { what.contains($0.what) }.map(\.told)
        }
        hearing.forEach { $0.yield() }
    }

    /// Has every live query ask again.
    func tellAll() {
        state.read { $0.seats.values.map(\.told) }.forEach { $0.yield() }
    }

    /// Ends every live query.
    func close() {
        let ending = state.write { state in
            state.closed = true
            state.listening = nil
            defer { state.seats = [:] }
            return state.seats.values.map(\.told)
        }
        ending.forEach { $0.finish() }
    }

    /// How many live queries there are.
    var count: Int { state.read { $0.seats.count } }

    fileprivate func take(_ what: Changed, _ told: AsyncStream<Void>.Continuation) -> UInt64? {
        let seat: UInt64? = state.write { state in
            if state.closed { return nil }
            state.next += 1
            state.seats[state.next] = (what, told)
            return state.next
        }
        if seat == nil { told.finish() }
        return seat
    }

    fileprivate func leave(_ seat: UInt64) {
        state.write { $0.seats[seat] = nil }
    }
}

/// The place of one live query in the hub, left when the query is let go of.
final class Seat: Sendable {
    private let hub: Hub
    private let number: UInt64?

    init(of hub: Hub, what: Changed, told: AsyncStream<Void>.Continuation) {
        self.hub = hub
        number = hub.take(what, told)
    }

    deinit {
        if let number { hub.leave(number) }
    }
}
