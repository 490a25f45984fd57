import GewuSDK

// What people write in a case. Each saves and returns; nothing waits for the network.
extension GewuClient {
    /// Adds text or photos to one's own report.
    @discardableResult
    public func supplement(_ id: CaseId, _ act: ActInput) async throws(GewuError) -> Saved {
        try await call { try $0.supplement(case: id, act: act) }
    }

    /// Takes one's own report back.
    @discardableResult
    public func withdraw(_ id: CaseId, _ act: ActInput = ActInput()) async throws(GewuError) -> Saved {
        try await call { try $0.withdraw(case: id, act: act) }
    }

    /// Answers a verify request (核实).
    @discardableResult
    public func verify(
        _ id: CaseId, _ result: VerifyResult, _ act: ActInput = ActInput()
    ) async throws(GewuError) -> Saved {
        try await call { try $0.verify(case: id, result: result, act: act) }
    }

    /// Takes a task (接单).
    @discardableResult
    public func take(_ id: CaseId, _ act: ActInput = ActInput()) async throws(GewuError) -> Saved {
        try await call { try $0.take(case: id, act: act) }
    }

    /// Sets out (出发).
    @discardableResult
    public func setOut(_ id: CaseId, _ act: ActInput = ActInput()) async throws(GewuError) -> Saved {
        try await call { try $0.setOut(case: id, act: act) }
    }

    /// Has arrived (到达).
    @discardableResult
    public func arrive(_ id: CaseId, _ act: ActInput = ActInput()) async throws(GewuError) -> Saved {
        try await call { try $0.arrive(case: id, act: act) }
    }

    /// Says how far the work is (进展), in percent where that says something.
    @discardableResult
    public func progress(
        _ id: CaseId, percent: UInt8?, _ act: ActInput = ActInput()
    ) async throws(GewuError) -> Saved {
        try await call { try $0.progress(case: id, percent: percent, act: act) }
    }

    /// Reports the work as done (处置).
    @discardableResult
    public func handle(_ id: CaseId, _ act: ActInput = ActInput()) async throws(GewuError) -> Saved {
        try await call { try $0.handle(case: id, act: act) }
    }

    /// The unit's word that the work of its people is done (反馈).
    @discardableResult
    public func confirm(_ id: CaseId, _ act: ActInput = ActInput()) async throws(GewuError) -> Saved {
        try await call { try $0.confirm(case: id, act: act) }
    }

    /// Answers a check request (核查).
    @discardableResult
    public func check(
        _ id: CaseId, _ result: CheckResult, _ act: ActInput = ActInput()
    ) async throws(GewuError) -> Saved {
        try await call { try $0.check(case: id, result: result, act: act) }
    }

    /// Signs for a task (已收, 已读, 已办).
    @discardableResult
    public func seen(_ id: CaseId, _ state: SeenState) async throws(GewuError) -> Saved {
        try await call { try $0.seen(case: id, state: state, act: ActInput()) }
    }

    /// Hands the guarded place to a person or a unit (现场移交).
    @discardableResult
    public func handOver(
        _ id: CaseId, to person: UserId? = nil, unit: UnitId? = nil, _ act: ActInput = ActInput()
    ) async throws(GewuError) -> Saved {
        try await call { try $0.handOver(case: id, to: person, unit: unit, act: act) }
    }

    /// Rates the result, from 1 (worst) to 5 (best).
    @discardableResult
    public func rate(
        _ id: CaseId, _ score: UInt8, _ act: ActInput = ActInput()
    ) async throws(GewuError) -> Saved {
        try await call { try $0.rate(case: id, score: score, act: act) }
    }

    /// Leaves a remark.
    @discardableResult
    public func note(_ id: CaseId, _ act: ActInput) async throws(GewuError) -> Saved {
        try await call { try $0.note(case: id, act: act) }
    }
}
