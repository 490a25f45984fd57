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
        // Filed by no number: an order was taken back, or an older server opened it again.
        Kind::Instruction(InstructionKind::File)
            if view.stage == Stage::Filed && view.task_number.is_none() =>
        {
            vec![Stage::Reported]
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
        Kind::Instruction(InstructionKind::SpotCheck) if !is_to_be_drawn(asking.view) => {
            Err(Denied::NothingToSpotCheck)
        }
        Kind::Instruction(InstructionKind::Order) if was_registered(asking.view) => Ok(()),
        Kind::Instruction(
            InstructionKind::Rework | InstructionKind::Order | InstructionKind::Dispatch,
        ) if skips_filing(asking.view) => Err(Denied::NotFiled),
        _ => Ok(()),
    }
}

/// Whether somebody says that something was done there: its reporter, a unit, or a close.
fn is_to_be_drawn(view: &CaseView) -> bool {
    let settled = view.report.as_ref().is_some_and(|it| it.self_handled);
    settled || was_under_way(view)
}

/// Whether work would be asked for that nobody filed: the case has no task number, and no rule of the city sent
/// somebody all the same.
fn skips_filing(view: &CaseView) -> bool {
    view.task_number.is_none() && (view.round == 0 || view.stage == Stage::Filed)
}

/// Whether the centre entered the case itself: what is ordered without a problem behind it is not filed.
fn was_registered(view: &CaseView) -> bool {
    let entry = view.report_entry.and_then(|hash| view.entry(&hash));
    entry.is_some_and(|entry| entry.kind == InstructionKind::Register.name())
}

/// What was settled on the spot is converted once, and when it has ended only because a check found it not
/// done.
fn convert(view: &CaseView) -> Result<(), Denied> {
    if !view.facts.self_handled {
        return Err(Denied::NotSelfHandled);
    }
    match view.ended.is_some() && view.found().failed().is_none() {
        true => Err(Denied::NotFoundUndone),
        false => Ok(()),
    }
}
