/// Work that is done once for all who wait for it. Who is cancelled waits no longer, and when nobody waits any more
/// the work is cancelled too.
final class Together<Value: Sendable>: Sendable {
    typealias Work = @Sendable () async throws(GewuError) -> Value
    private typealias Answer = Result<Value, GewuError>

    private struct State {
        /// Runs while somebody waits; else it has ended or soon will.
        var running: Task<Void, Never>?
        var waiting: [UInt64: AsyncStream<Answer>.Continuation] = [:]
        var next: UInt64 = 0
    }

    private let state = Guarded(State())

    /// What the work under way comes to; begins it where there is none.
    func value(of work: @escaping Work) async throws(GewuError) -> Value {
        let (answers, told) = AsyncStream.makeStream(of: Answer.self)
        let seat = state.write { state in
            if state.waiting.isEmpty { state.running = begin(work, after: state.running) }
            return Self.seat(told, in: &state)
        }
        return try await heard(answers, at: seat).get()
    }

    /// Waits for the end of work under way, whatever it comes to; begins none.
    func over() async {
        let (answers, told) = AsyncStream.makeStream(of: Answer.self)
        let seat = state.write { $0.waiting.isEmpty ? nil : Self.seat(told, in: &$0) }
        if let seat {
            _ = await heard(answers, at: seat)
        } else {
            await state.read { $0.running }?.value
        }
    }

    private static func seat(_ told: AsyncStream<Answer>.Continuation, in state: inout State) -> UInt64 {
        state.next += 1
        state.waiting[state.next] = told
        return state.next
    }

    private func begin(_ work: @escaping Work, after last: Task<Void, Never>?) -> Task<Void, Never> {
        Task {
            await last?.value
            let answer: Answer
            do throws(GewuError) { answer = .success(try await work()) } catch { answer = .failure(error) }
            tell(answer)
        }
    }

    private func tell(_ answer: Answer) {
        let hearing = state.write { state -> [AsyncStream<Answer>.Continuation] in
            // Who waits now waits for the work after this.
            if Task.isCancelled { return [] }
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for told in hearing {
            told.yield(answer)
            told.finish()
        }
    }

    private func heard(_ answers: AsyncStream<Answer>, at seat: UInt64) async -> Answer {
        for await answer in answers { return answer }
        // Only who is cancelled hears nothing. The last one stays until the work has ended.
        await leave(seat)?.value
        return .failure(.cancelled)
    }

    /// The work that nobody waits for any more.
    private func leave(_ seat: UInt64) -> Task<Void, Never>? {
        state.write { state in
            guard state.waiting.removeValue(forKey: seat) != nil, state.waiting.isEmpty else { return nil }
            state.running?.cancel()
            return state.running
        }
    }
}
