//! What people write in a case after its report. Each call saves and returns; nothing waits for the
//! network.

use crate::error::Answer;
use crate::gewu_object::Gewu;
use crate::ids::{CaseId, UnitId, UserId};
use crate::types::{ActInput, CheckResult, Saved, SeenState, VerifyResult};

#[uniffi::export]
impl Gewu {
    /// Adds text or photos to one's own report.
    pub fn supplement(&self, case: CaseId, act: ActInput) -> Answer<Saved> {
        Ok(self.sdk.supplement(case, act.into())?)
    }

    /// Takes one's own report back.
    pub fn withdraw(&self, case: CaseId, act: ActInput) -> Answer<Saved> {
        Ok(self.sdk.withdraw(case, act.into())?)
    }

    /// Answers a verify request (核实).
    pub fn verify(&self, case: CaseId, result: VerifyResult, act: ActInput) -> Answer<Saved> {
        Ok(self.sdk.verify(case, result, act.into())?)
    }

    /// Takes a task (接单).
    pub fn take(&self, case: CaseId, act: ActInput) -> Answer<Saved> {
        Ok(self.sdk.take(case, act.into())?)
    }

    /// Sets out (出发).
    pub fn set_out(&self, case: CaseId, act: ActInput) -> Answer<Saved> {
        Ok(self.sdk.set_out(case, act.into())?)
    }

    /// Has arrived (到达).
    pub fn arrive(&self, case: CaseId, act: ActInput) -> Answer<Saved> {
        Ok(self.sdk.arrive(case, act.into())?)
    }

    /// Says how far the work is (进展), in percent where that says something.
    pub fn progress(&self, case: CaseId, percent: Option<u8>, act: ActInput) -> Answer<Saved> {
        Ok(self.sdk.progress(case, percent, act.into())?)
    }

    /// Reports the work as done (处置).
    pub fn handle(&self, case: CaseId, act: ActInput) -> Answer<Saved> {
        Ok(self.sdk.handle(case, act.into())?)
    }

    /// The unit's word that the work of its people is done (反馈), where the policy has that step.
    pub fn confirm(&self, case: CaseId, act: ActInput) -> Answer<Saved> {
        Ok(self.sdk.confirm(case, act.into())?)
    }

    /// Answers a check request (核查).
    pub fn check(&self, case: CaseId, result: CheckResult, act: ActInput) -> Answer<Saved> {
        Ok(self.sdk.check(case, result, act.into())?)
    }

    /// Signs for a task: it was received, read or put away as done (已收, 已读, 已办).
    pub fn seen(&self, case: CaseId, state: SeenState, act: ActInput) -> Answer<Saved> {
        Ok(self.sdk.seen(case, state, act.into())?)
    }

    /// Hands the guarded place to whoever came (现场移交).
    pub fn hand_over(
        &self,
        case: CaseId,
        to: Option<UserId>,
        unit: Option<UnitId>,
        act: ActInput,
    ) -> Answer<Saved> {
        Ok(self.sdk.hand_over(case, to, unit, act.into())?)
    }

    /// Rates the result, from 1 (worst) to 5 (best).
    pub fn rate(&self, case: CaseId, score: u8, act: ActInput) -> Answer<Saved> {
        Ok(self.sdk.rate(case, score, act.into())?)
    }

    /// Leaves a remark, with photos where they belong to it, such as redacted copies.
    pub fn note(&self, case: CaseId, act: ActInput) -> Answer<Saved> {
        Ok(self.sdk.note(case, act.into())?)
    }
}
