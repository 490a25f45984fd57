//! What people say and ask for while work is under way, and after it: requests wait for the centre.

use gewu_model::entry::{
    Appeal, ClassRef, ComponentChange, ComponentDifference, Confirm, DuplicateSuggestion,
    ExtendRequest, FieldKind, HandedOver, OwnershipDispute, Payload, Progress, Refuse,
    ReopenRequest, Seen, SeenState, SendBackRequest, SuspendRequest, Urge,
};
use gewu_model::ids::{CaseId, ChangeHash, UnitId, UserId};
use gewu_model::time::Millis;

use super::acts::{Parts, act};
use super::{Answer, Gewu};
use crate::api::{Act, Saved};
use crate::error::{DeviceError, Result};

impl Gewu {
    act!(
        /// Says how far the work is (进展), in percent where that says something.
        progress(percent: Option<u8>) = Progress, |parts| Ok(Payload::Progress(Progress {
            percent, note: parts.text, photos: parts.photos, position: parts.position,
        }))
    );
    act!(
        /// The unit's word that the work of its people is done (反馈), where the policy has that step.
        /// It is about the work that waits for it unless the act names another entry.
        confirm() = Confirm, |parts| Ok(Payload::Confirm(Confirm {
            note: parts.text, photos: parts.photos,
        }))
    );
    act!(
        /// Asks to give the task back (申请回退), by a reason of the policy's; `instead` is the unit
        /// that should have it.
        ask_send_back(reason: &str, instead: Option<UnitId>) = SendBackRequest, |parts| {
            Ok(Payload::SendBackRequest(SendBackRequest {
                reason: reason.to_owned(), instead: instead.clone(), note: parts.text,
                photos: parts.photos,
            }))
        }
    );
    act!(
        /// Asks for more time (申请延期): how much more, as the catalogue writes limits.
        ask_extension(limit: &str, reason: Option<&str>) = ExtendRequest, |parts| {
            Ok(Payload::ExtendRequest(ExtendRequest {
                limit: limit.to_owned(), reason: reason.map(str::to_owned), note: parts.text,
                photos: parts.photos,
            }))
        }
    );
    act!(
        /// Asks to suspend the work (申请挂账), by a reason of the policy's.
        ask_suspension(reason: &str, until: Option<Millis>) = SuspendRequest, |parts| {
            Ok(Payload::SuspendRequest(SuspendRequest {
                reason: reason.to_owned(), until, note: parts.text, photos: parts.photos,
            }))
        }
    );
    act!(
        /// Does not sign for the task (拒签), by a reason of the policy's.
        refuse(reason: &str) = Refuse, |parts| Ok(Payload::Refuse(Refuse {
            reason: reason.to_owned(), note: parts.text,
        }))
    );
    act!(
        /// Contests whose the object is (权属争议); `owner` is who should be.
        dispute_ownership(owner: Option<UnitId>) = OwnershipDispute, |parts| {
            Ok(Payload::OwnershipDispute(OwnershipDispute {
                owner: owner.clone(), note: parts.text, photos: parts.photos,
            }))
        }
    );
    act!(
        /// The reporter asks to hurry (催办).
        urge() = Urge, |parts| Ok(Payload::Urge(Urge { note: parts.text }))
    );
    act!(
        /// Asks to open an ended case again (申请重办).
        ask_reopening(reason: Option<&str>) = ReopenRequest, |parts| {
            Ok(Payload::ReopenRequest(ReopenRequest {
                reason: reason.map(str::to_owned), note: parts.text, photos: parts.photos,
            }))
        }
    );
    act!(
        /// Contests a decision (申诉), by a ground of the policy's: the instruction `against`, or the
        /// last one.
        appeal(reason: &str, against: Option<ChangeHash>) = Appeal, |parts| {
            Ok(Payload::Appeal(Appeal {
                reason: reason.to_owned(), against, note: parts.text, photos: parts.photos,
            }))
        }
    );
    act!(
        /// Says that the case looks like another one (疑似重复); see [`Gewu::similar`]. Only the
        /// centre makes it a duplicate.
        suggest_duplicate(other: CaseId, distance_mm: Option<u32>) = DuplicateSuggestion, |parts| {
            Ok(Payload::DuplicateSuggestion(DuplicateSuggestion {
                other, distance_mm, note: parts.text,
            }))
        }
    );
    act!(
        /// Says that a component is not as the map has it (部件更新): a proposal, never an edit.
        change_component(
            difference: ComponentDifference, component: Option<&str>, class: Option<ClassRef>
        ) = ComponentChange, |parts| {
            Ok(Payload::ComponentChange(ComponentChange {
                difference, component: component.map(str::to_owned), class: class.clone(),
                position: parts.position, note: parts.text, photos: parts.photos,
            }))
        }
    );
    act!(
        /// Signs for a task: it was received, read or put away as done (已收, 已读, 已办).
        seen(state: SeenState) = Seen, |parts| {
            if parts.text.is_some() {
                return Err(DeviceError::input("text", "a receipt takes no text"));
            }
            Ok(Payload::Seen(Seen { state }))
        }
    );
    act!(
        /// Hands the guarded place to whoever came (现场移交).
        hand_over(to: Option<UserId>, unit: Option<UnitId>) = HandedOver, |parts| {
            if to.is_none() && unit.is_none() {
                return Err(DeviceError::input("to", "name the person or the unit that took it"));
            }
            Ok(Payload::HandedOver(HandedOver {
                to: to.clone(), unit: unit.clone(), note: parts.text, photos: parts.photos,
                position: parts.position,
            }))
        }
    );
}
