package gewu.client

import gewu.*

/**
 * A core that is never handed half of a character. What cannot be written as UTF-8 would fail only after the core's
 * handle was copied for the call, and that copy would hold the folder for ever. A test holds it complete.
 */
internal class WholeTexts(private val core: GewuInterface) : GewuInterface by core {
    override fun consent(terms: String) = whole("terms" to terms) { core.consent(terms) }

    override fun enrol(server: String, cancel: CancelHandle, code: String?, listener: SyncListener?) =
        whole("server" to server, "code" to code) { core.enrol(server, cancel, code, listener) }

    override fun signInRequest(server: String, cancel: CancelHandle) =
        whole("server" to server) { core.signInRequest(server, cancel) }

    override fun signIn(server: String, token: String, cancel: CancelHandle) =
        whole("server" to server, "token" to token) { core.signIn(server, token, cancel) }

    override fun arrive(case: CaseId, act: ActInput) = whole("case" to case, "act" to act) { core.arrive(case, act) }

    override fun check(case: CaseId, result: CheckResult, act: ActInput) =
        whole("case" to case, "act" to act) { core.check(case, result, act) }

    override fun confirm(case: CaseId, act: ActInput) = whole("case" to case, "act" to act) { core.confirm(case, act) }

    override fun handOver(case: CaseId, to: UserId?, unit: UnitId?, act: ActInput) =
        whole("case" to case, "to" to to, "unit" to unit, "act" to act) { core.handOver(case, to, unit, act) }

    override fun handle(case: CaseId, act: ActInput) = whole("case" to case, "act" to act) { core.handle(case, act) }

    override fun note(case: CaseId, act: ActInput) = whole("case" to case, "act" to act) { core.note(case, act) }

    override fun progress(case: CaseId, percent: UByte?, act: ActInput) =
        whole("case" to case, "act" to act) { core.progress(case, percent, act) }

    override fun rate(case: CaseId, score: UByte, act: ActInput) =
        whole("case" to case, "act" to act) { core.rate(case, score, act) }

    override fun seen(case: CaseId, state: SeenState, act: ActInput) =
        whole("case" to case, "act" to act) { core.seen(case, state, act) }

    override fun setOut(case: CaseId, act: ActInput) = whole("case" to case, "act" to act) { core.setOut(case, act) }

    override fun supplement(case: CaseId, act: ActInput) =
        whole("case" to case, "act" to act) { core.supplement(case, act) }

    override fun take(case: CaseId, act: ActInput) = whole("case" to case, "act" to act) { core.take(case, act) }

    override fun verify(case: CaseId, result: VerifyResult, act: ActInput) =
        whole("case" to case, "act" to act) { core.verify(case, result, act) }

    override fun withdraw(case: CaseId, act: ActInput) =
        whole("case" to case, "act" to act) { core.withdraw(case, act) }

    override fun labels(case: CaseId?) = whole("case" to case) { core.labels(case) }

    override fun searchClasses(text: String, kind: ClassKind?, limit: UInt) =
        whole("text" to text) { core.searchClasses(text, kind, limit) }

    override fun attach(draft: DraftId, photo: PhotoFile, cancel: CancelHandle, listener: PhotoListener?) =
        whole("draft" to draft, "photo" to photo) { core.attach(draft, photo, cancel, listener) }

    override fun detach(draft: DraftId, photo: Digest) =
        whole("draft" to draft, "photo" to photo) { core.detach(draft, photo) }

    override fun draft(draft: DraftId) = whole("draft" to draft) { core.draft(draft) }

    override fun draftDelete(draft: DraftId) = whole("draft" to draft) { core.draftDelete(draft) }

    override fun checkReport(input: DraftInput) = whole("input" to input) { core.checkReport(input) }

    override fun draftNew(input: DraftInput) = whole("input" to input) { core.draftNew(input) }

    override fun draftUpdate(draft: DraftId, input: DraftInput) =
        whole("draft" to draft, "input" to input) { core.draftUpdate(draft, input) }

    override fun discardLocker(locker: String) = whole("locker" to locker) { core.discardLocker(locker) }

    override fun discardMovedAside(name: String) = whole("name" to name) { core.discardMovedAside(name) }

    override fun exportCases(cases: List<CaseId>, file: FilePath) =
        whole("cases" to cases, "file" to file) { core.exportCases(cases, file) }

    override fun exportUnsent(file: FilePath) = whole("file" to file) { core.exportUnsent(file) }

    override fun lockUp(passphrase: String) = whole("passphrase" to passphrase) { core.lockUp(passphrase) }

    override fun signOut(unsentTo: FilePath?) = whole("unsentTo" to unsentTo) { core.signOut(unsentTo) }

    override fun unlock(locker: String, passphrase: String) =
        whole("locker" to locker, "passphrase" to passphrase) { core.unlock(locker, passphrase) }

    override fun allowed(case: CaseId) = whole("case" to case) { core.allowed(case) }

    override fun contact(case: CaseId) = whole("case" to case) { core.contact(case) }

    override fun list(query: ListQuery) = whole("query" to query) { core.list(query) }

    override fun opened(case: CaseId) = whole("case" to case) { core.opened(case) }

    override fun show(case: CaseId) = whole("case" to case) { core.show(case) }

    override fun stateHash(case: CaseId) = whole("case" to case) { core.stateHash(case) }

    override fun photoBytes(photo: Digest) = whole("photo" to photo) { core.photoBytes(photo) }

    override fun savePhoto(photo: Digest, file: FilePath) =
        whole("photo" to photo, "file" to file) { core.savePhoto(photo, file) }

    override fun componentsNear(position: PositionInput, radiusM: Double, `class`: String?, count: UInt) =
        whole("class" to `class`) { core.componentsNear(position, radiusM, `class`, count) }

    override fun report(request: ReportRequest) = whole("request" to request) { core.report(request) }

    override fun reportDraft(draft: DraftId) = whole("draft" to draft) { core.reportDraft(draft) }

    override fun similar(position: PositionInput, `class`: ClassRef) =
        whole("class" to `class`) { core.similar(position, `class`) }

    override fun similarToDraft(draft: DraftId) = whole("draft" to draft) { core.similarToDraft(draft) }

    override fun appeal(
        case: CaseId,
        reason: String,
        against: ChangeHash?,
        act: ActInput,
    ) =
        whole("case" to case, "reason" to reason, "against" to against, "act" to act) {
            core.appeal(case, reason, against, act)
        }

    override fun askExtension(
        case: CaseId,
        limit: String,
        reason: String?,
        act: ActInput,
    ) =
        whole("case" to case, "limit" to limit, "reason" to reason, "act" to act) {
            core.askExtension(case, limit, reason, act)
        }

    override fun askReopening(case: CaseId, reason: String?, act: ActInput) =
        whole("case" to case, "reason" to reason, "act" to act) { core.askReopening(case, reason, act) }

    override fun askSendBack(
        case: CaseId,
        reason: String,
        instead: UnitId?,
        act: ActInput,
    ) =
        whole("case" to case, "reason" to reason, "instead" to instead, "act" to act) {
            core.askSendBack(case, reason, instead, act)
        }

    override fun askSuspension(case: CaseId, reason: String, until: Millis?, act: ActInput) =
        whole("case" to case, "reason" to reason, "act" to act) { core.askSuspension(case, reason, until, act) }

    override fun changeComponent(
        case: CaseId,
        difference: ComponentDifference,
        component: String?,
        `class`: ClassRef?,
        act: ActInput,
    ) =
        whole("case" to case, "component" to component, "class" to `class`, "act" to act) {
            core.changeComponent(case, difference, component, `class`, act)
        }

    override fun command(
        case: CaseId,
        kind: String,
        fields: String,
        note: String?,
    ) =
        whole("case" to case, "kind" to kind, "fields" to fields, "note" to note) {
            core.command(case, kind, fields, note)
        }

    override fun commandAgain(command: Digest) = whole("command" to command) { core.commandAgain(command) }

    override fun disputeOwnership(case: CaseId, owner: UnitId?, act: ActInput) =
        whole("case" to case, "owner" to owner, "act" to act) { core.disputeOwnership(case, owner, act) }

    override fun refuse(case: CaseId, reason: String, act: ActInput) =
        whole("case" to case, "reason" to reason, "act" to act) { core.refuse(case, reason, act) }

    override fun suggestDuplicate(case: CaseId, other: CaseId, act: ActInput) =
        whole("case" to case, "other" to other, "act" to act) { core.suggestDuplicate(case, other, act) }

    override fun urge(case: CaseId, act: ActInput) = whole("case" to case, "act" to act) { core.urge(case, act) }
}

private inline fun <T> whole(vararg arguments: Pair<String, Any?>, call: () -> T): T {
    arguments.forEach { (field, argument) -> refuseHalves(field, argument) }
    return call()
}
