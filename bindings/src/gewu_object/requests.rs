//! What people ask the centre for: requests in a case, and commands that become instructions.

use gewu_model::entry::{Body, InstructionKind};

use crate::error::{Answer, SdkError};
use crate::gewu_object::Gewu;
use crate::ids::{CaseId, ChangeHash, Digest, Millis, UnitId};
use crate::types::{ActInput, ClassRef, ComponentDifference, QueuedCommand, Saved};

#[uniffi::export]
impl Gewu {
    /// The reporter asks to hurry (催办).
    pub fn urge(&self, case: CaseId, act: ActInput) -> Answer<Saved> {
        Ok(self.sdk.urge(case, act.into())?)
    }

    /// Asks to give the task back (申请回退), by a reason of the policy's; `instead` is the unit
    /// that should have it.
    pub fn ask_send_back(
        &self,
        case: CaseId,
        reason: String,
        instead: Option<UnitId>,
        act: ActInput,
    ) -> Answer<Saved> {
        Ok(self.sdk.ask_send_back(case, &reason, instead, act.into())?)
    }

    /// Asks for more time (申请延期): how much more, as the catalogue writes limits.
    pub fn ask_extension(
        &self,
        case: CaseId,
        limit: String,
        reason: Option<String>,
        act: ActInput,
    ) -> Answer<Saved> {
        let reason = reason.as_deref();
        Ok(self.sdk.ask_extension(case, &limit, reason, act.into())?)
    }

    /// Asks to suspend the work (申请挂账), by a reason of the policy's.
    pub fn ask_suspension(
        &self,
        case: CaseId,
        reason: String,
        until: Option<Millis>,
        act: ActInput,
    ) -> Answer<Saved> {
        Ok(self.sdk.ask_suspension(case, &reason, until, act.into())?)
    }

    /// Does not sign for the task (拒签), by a reason of the policy's.
    pub fn refuse(&self, case: CaseId, reason: String, act: ActInput) -> Answer<Saved> {
        Ok(self.sdk.refuse(case, &reason, act.into())?)
    }

    /// Contests whose the object is (权属争议); `owner` is who should be.
    pub fn dispute_ownership(
        &self,
        case: CaseId,
        owner: Option<UnitId>,
        act: ActInput,
    ) -> Answer<Saved> {
        Ok(self.sdk.dispute_ownership(case, owner, act.into())?)
    }

    /// Asks to open an ended case again (申请重办).
    pub fn ask_reopening(
        &self,
        case: CaseId,
        reason: Option<String>,
        act: ActInput,
    ) -> Answer<Saved> {
        Ok(self
            .sdk
            .ask_reopening(case, reason.as_deref(), act.into())?)
    }

    /// Contests a decision (申诉), by a ground of the policy's: the instruction `against`, or the last
    /// one.
    pub fn appeal(
        &self,
        case: CaseId,
        reason: String,
        against: Option<ChangeHash>,
        act: ActInput,
    ) -> Answer<Saved> {
        Ok(self.sdk.appeal(case, &reason, against, act.into())?)
    }

    /// Says that the case looks like another one (疑似重复); the distance is looked up. Only the
    /// centre makes it a duplicate.
    pub fn suggest_duplicate(&self, case: CaseId, other: CaseId, act: ActInput) -> Answer<Saved> {
        let distance_mm = self.sdk.distance_mm(case, other)?;
        Ok(self
            .sdk
            .suggest_duplicate(case, other, distance_mm, act.into())?)
    }

    /// Says that a component is not as the map has it (部件更新): a proposal, never an edit.
    pub fn change_component(
        &self,
        case: CaseId,
        difference: ComponentDifference,
        component: Option<String>,
        class: Option<ClassRef>,
        act: ActInput,
    ) -> Answer<Saved> {
        let component = component.as_deref();
        Ok(self
            .sdk
            .change_component(case, difference, component, class, act.into())?)
    }

    /// Asks the centre for an instruction, such as `assign`, on the view of the case that this
    /// device has. `fields` is a JSON object with what the kind takes, such as
    /// `{"persons":["chen"]}`; `note` becomes the remark of the instruction. What became of it stands
    /// in the status after a sync.
    #[uniffi::method(default(note = None))]
    pub fn command(
        &self,
        case: CaseId,
        kind: String,
        fields: String,
        note: Option<String>,
    ) -> Answer<QueuedCommand> {
        let known = InstructionKind::from_name(&kind);
        let known = known.ok_or_else(|| SdkError::invalid("kind", "is no instruction".into()))?;
        let body = serde_json::from_str(&fields).and_then(|fields| Body::from_json(known, fields));
        // The words of the parser may quote what somebody typed.
        let body = body.map_err(|_| {
            SdkError::invalid("fields", format!("is not what {kind} takes, as JSON"))
        })?;
        Ok(self.sdk.command(case, body, note.as_deref())?)
    }

    /// Asks once more for what was refused, such as a command that was stale: the same instruction with
    /// the same words, on the view of the case that this device has now. Show the case to the user
    /// first. `command` as the status names it.
    pub fn command_again(&self, command: Digest) -> Answer<QueuedCommand> {
        Ok(self.sdk.command_again(command)?)
    }
}
