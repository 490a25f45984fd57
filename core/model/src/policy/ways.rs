//! Ways round: what a city keeps for some, the opening of a case that has ended and the voiding of what is under
//! way, is had by no other instruction either.

use super::{Asking, Denied, Rule};
use crate::entry::{FieldKind, InstructionKind, Kind};
use crate::fold::{CaseView, Stage};

/// The stages at which a rule has to give what is asked. To void a case that somebody was ever sent to, or
/// that was ever closed, it has to give that for what is under way too. A case that has ended and is only looked at
/// since is opened again, and rated, as what it was before.
pub(super) fn stages(asking: &Asking<'_>) -> Vec<Stage> {
    let view = asking.view;
    match asking.kind {
        Kind::Instruction(InstructionKind::Void) if was_under_way(view) => {
            vec![view.stage, Stage::Dispatched]
        }
        Kind::Instruction(InstructionKind::Reopen)
        | Kind::Field(FieldKind::Rate | FieldKind::ReopenRequest) => vec![view.standing()],
        _ => vec![view.stage],
    }
}

/// Whether the centre ever treated the matter as more than a report: it sent somebody, or closed it.
const fn was_under_way(view: &CaseView) -> bool {
    view.round > 0 || view.was_closed
}

/// Why a rule does not give it here.
pub(super) fn why_not(asking: &Asking<'_>, rule: &Rule) -> Denied {
    let here = |stages: &Vec<Stage>| stages.contains(&asking.view.stage);
    let voids = *asking.kind == Kind::Instruction(InstructionKind::Void);
    match voids && was_under_way(asking.view) && rule.stages.as_ref().is_some_and(here) {
        true => Denied::WasDispatched,
        false => Denied::Stage,
    }
}

/// Refuses to open a case by what is not meant for it.
pub(super) fn check(asking: &Asking<'_>) -> Result<(), Denied> {
    match asking.kind {
        Kind::Instruction(InstructionKind::Convert) => convert(asking.view),
        Kind::Instruction(InstructionKind::Rework) if asking.view.ended.is_some() => {
            Err(Denied::Ended)
        }
        _ => Ok(()),
    }
}

/// What was settled on the spot is converted once, and when it has ended only because a check found it not
/// done.
fn convert(view: &CaseView) -> Result<(), Denied> {
    if !view.facts.self_handled {
        return Err(Denied::NotSelfHandled);
    }
    match view.ended.is_some() && view.failed.is_none() {
        true => Err(Denied::NotFoundUndone),
        false => Ok(()),
    }
}
