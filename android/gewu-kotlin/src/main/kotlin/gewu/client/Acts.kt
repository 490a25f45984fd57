package gewu.client

import gewu.ActInput
import gewu.CaseId
import gewu.CheckResult
import gewu.Saved
import gewu.SeenState
import gewu.VerifyResult

// What people write in a case. Each saves and returns; nothing waits for the network.

/** Adds text or photos to one's own report. */
suspend fun GewuClient.supplement(case: CaseId, act: ActInput): Saved = call { supplement(case, act) }

/** Takes one's own report back. */
suspend fun GewuClient.withdraw(case: CaseId, act: ActInput = ActInput()): Saved = call { withdraw(case, act) }

/** Answers a verify request (核实). */
suspend fun GewuClient.verify(case: CaseId, result: VerifyResult, act: ActInput = ActInput()): Saved =
    call { verify(case, result, act) }

/** Takes a task (接单). */
suspend fun GewuClient.take(case: CaseId, act: ActInput = ActInput()): Saved = call { take(case, act) }

/** Sets out (出发). */
suspend fun GewuClient.setOut(case: CaseId, act: ActInput = ActInput()): Saved = call { setOut(case, act) }

/** Has arrived (到达). */
suspend fun GewuClient.arrive(case: CaseId, act: ActInput = ActInput()): Saved = call { arrive(case, act) }

/** Says how far the work is (进展), in percent where that says something. */
suspend fun GewuClient.progress(case: CaseId, percent: Int?, act: ActInput = ActInput()): Saved =
    call { progress(case, percent?.unsignedByte("percent"), act) }

/** Reports the work as done (处置). */
suspend fun GewuClient.handle(case: CaseId, act: ActInput = ActInput()): Saved = call { handle(case, act) }

/** The unit's word that the work of its people is done (反馈). */
suspend fun GewuClient.confirm(case: CaseId, act: ActInput = ActInput()): Saved = call { confirm(case, act) }

/** Answers a check request (核查). */
suspend fun GewuClient.check(case: CaseId, result: CheckResult, act: ActInput = ActInput()): Saved =
    call { check(case, result, act) }

/** Signs for a task (已收, 已读, 已办). */
suspend fun GewuClient.seen(case: CaseId, state: SeenState): Saved = call { seen(case, state, ActInput()) }

/** Hands the guarded place to a person or a unit (现场移交). */
suspend fun GewuClient.handOver(
    case: CaseId,
    to: String? = null,
    unit: String? = null,
    act: ActInput = ActInput(),
): Saved = call { handOver(case, to, unit, act) }

/** Rates the result, from 1 (worst) to 5 (best). */
suspend fun GewuClient.rate(case: CaseId, score: Int, act: ActInput = ActInput()): Saved =
    call { rate(case, score.unsignedByte("score"), act) }

/** Leaves a remark. */
suspend fun GewuClient.note(case: CaseId, act: ActInput): Saved = call { note(case, act) }
