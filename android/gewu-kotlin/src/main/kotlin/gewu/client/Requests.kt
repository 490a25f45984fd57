package gewu.client

import gewu.ActInput
import gewu.CaseId
import gewu.ChangeHash
import gewu.ClassRef
import gewu.ComponentDifference
import gewu.Digest
import gewu.QueuedCommand
import gewu.Saved

// What people ask the centre for. Each is saved at once and decided later.

/** The reporter asks to hurry (催办). */
suspend fun GewuClient.urge(case: CaseId, act: ActInput = ActInput()): Saved = call { urge(case, act) }

/** Asks to give the task back (申请回退), to another unit where one is named. */
suspend fun GewuClient.askSendBack(
    case: CaseId,
    reason: String,
    instead: String? = null,
    act: ActInput = ActInput(),
): Saved = call { askSendBack(case, reason, instead, act) }

/** Asks for more time (申请延期), as the catalogue writes limits. */
suspend fun GewuClient.askExtension(
    case: CaseId,
    limit: String,
    reason: String? = null,
    act: ActInput = ActInput(),
): Saved = call { askExtension(case, limit, reason, act) }

/** Asks to suspend the work (申请挂账), until a time in milliseconds where there is one. */
suspend fun GewuClient.askSuspension(
    case: CaseId,
    reason: String,
    until: Long? = null,
    act: ActInput = ActInput(),
): Saved = call { askSuspension(case, reason, until, act) }

/** Does not sign for the task (拒签). */
suspend fun GewuClient.refuse(case: CaseId, reason: String, act: ActInput = ActInput()): Saved =
    call { refuse(case, reason, act) }

/** Contests whose the object is (权属争议). */
suspend fun GewuClient.disputeOwnership(case: CaseId, owner: String? = null, act: ActInput = ActInput()): Saved =
    call { disputeOwnership(case, owner, act) }

/** Asks to open an ended case again (申请重办). */
suspend fun GewuClient.askReopening(case: CaseId, reason: String? = null, act: ActInput = ActInput()): Saved =
    call { askReopening(case, reason, act) }

/** Contests a decision (申诉): an instruction, or the last one. */
suspend fun GewuClient.appeal(
    case: CaseId,
    reason: String,
    against: ChangeHash? = null,
    act: ActInput = ActInput(),
): Saved = call { appeal(case, reason, against, act) }

/** Says that the case looks like another one (疑似重复). */
suspend fun GewuClient.suggestDuplicate(case: CaseId, other: CaseId, act: ActInput = ActInput()): Saved =
    call { suggestDuplicate(case, other, act) }

/** Says that a component is not as the map has it (部件更新). */
suspend fun GewuClient.changeComponent(
    case: CaseId,
    difference: ComponentDifference,
    component: String? = null,
    kind: ClassRef? = null,
    act: ActInput = ActInput(),
): Saved = call { changeComponent(case, difference, component, kind, act) }

/**
 * Asks the centre for an instruction of [kind], with its [fields] as a JSON object. What became of it
 * stands in the status after a sync.
 */
suspend fun GewuClient.command(case: CaseId, kind: String, fields: String, note: String? = null): QueuedCommand =
    call { command(case, kind, fields, note) }

/**
 * Asks once more for what was refused, such as a command that was stale, on the view of the case that
 * this device has now. Show the case to the user first. [command] as the status names it.
 */
suspend fun GewuClient.commandAgain(command: Digest): QueuedCommand = call { commandAgain(command) }
