import GewuSDK

// What people ask the centre for. Each is saved at once and decided later.
extension GewuClient {
    /// The reporter asks to hurry (催办).
    @discardableResult
    public func urge(_ id: CaseId, _ act: ActInput = ActInput()) async throws(GewuError) -> Saved {
        try await call { try $0.urge(case: id, act: act) }
    }

    /// Asks to give the task back (申请回退), to another unit where one is named.
    @discardableResult
    public func askSendBack(
        _ id: CaseId, reason: String, instead: UnitId? = nil, _ act: ActInput = ActInput()
    ) async throws(GewuError) -> Saved {
        try await call { try $0.askSendBack(case: id, reason: reason, instead: instead, act: act) }
    }

    /// Asks for more time (申请延期), as the catalogue writes limits.
    @discardableResult
    public func askExtension(
        _ id: CaseId, limit: String, reason: String? = nil, _ act: ActInput = ActInput()
    ) async throws(GewuError) -> Saved {
        try await call { try $0.askExtension(case: id, limit: limit, reason: reason, act: act) }
    }

    /// Asks to suspend the work (申请挂账), until a time in milliseconds where there is one.
    @discardableResult
    public func askSuspension(
        _ id: CaseId, reason: String, until: Millis? = nil, _ act: ActInput = ActInput()
    ) async throws(GewuError) -> Saved {
        try await call { try $0.askSuspension(case: id, reason: reason, until: until, act: act) }
    }

    /// Does not sign for the task (拒签).
    @discardableResult
    public func refuse(
        _ id: CaseId, reason: String, _ act: ActInput = ActInput()
    ) async throws(GewuError) -> Saved {
        try await call { try $0.refuse(case: id, reason: reason, act: act) }
    }

    /// Contests whose the object is (权属争议).
    @discardableResult
    public func disputeOwnership(
        _ id: CaseId, owner: UnitId? = nil, _ act: ActInput = ActInput()
    ) async throws(GewuError) -> Saved {
        try await call { try $0.disputeOwnership(case: id, owner: owner, act: act) }
    }

    /// Asks to open an ended case again (申请重办).
    @discardableResult
    public func askReopening(
        _ id: CaseId, reason: String? = nil, _ act: ActInput = ActInput()
    ) async throws(GewuError) -> Saved {
        try await call { try $0.askReopening(case: id, reason: reason, act: act) }
    }

    /// Contests a decision (申诉): an instruction, or the last one.
    @discardableResult
    public func appeal(
        _ id: CaseId, reason: String, against: ChangeHash? = nil, _ act: ActInput = ActInput()
    ) async throws(GewuError) -> Saved {
        try await call { try $0.appeal(case: id, reason: reason, against: against, act: act) }
    }

    /// Says that the case looks like another one (疑似重复).
    @discardableResult
    public func suggestDuplicate(
        _ id: CaseId, of other: CaseId, _ act: ActInput = ActInput()
    ) async throws(GewuError) -> Saved {
        try await call { try $0.suggestDuplicate(case: id, other: other, act: act) }
    }

    /// Says that a component is not as the map has it (部件更新).
    @discardableResult
    public func changeComponent(
        _ id: CaseId,
        _ difference: ComponentDifference,
        component: String? = nil,
        kind: ClassRef? = nil,
        _ act: ActInput = ActInput()
    ) async throws(GewuError) -> Saved {
        try await call {
            try $0.changeComponent(
                case: id, difference: difference, component: component, class: kind, act: act)
        }
    }

    /// Asks the centre for an instruction of a kind, with its fields as a JSON object. What became of it
    /// stands in the status after a sync.
    @discardableResult
    public func command(
        _ id: CaseId, kind: String, fields: String, note: String? = nil
    ) async throws(GewuError) -> QueuedCommand {
        try await call { try $0.command(case: id, kind: kind, fields: fields, note: note) }
    }

    /// Asks once more for what was refused, such as a command that was stale, on the view of the case that
    /// this device has now. Show the case to the user first. The command is as the status names it.
    @discardableResult
    public func commandAgain(_ command: Digest) async throws(GewuError) -> QueuedCommand {
        try await call { try $0.commandAgain(command: command) }
    }
}
