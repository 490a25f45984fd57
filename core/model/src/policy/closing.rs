//! How a case may be closed: nothing is said to be done that was not.

use super::{Asking, Denied, Rule};
use crate::entry::{InstructionKind, Kind, Relationship};
use crate::fold::{CaseView, Stage};

/// Refuses to say of work that it was done, in time or late, which a check found not done, or which nobody
/// did. The first is no city's to allow; the second is where its rule names the stage. A case ends otherwise by
/// the kinds of close that say so.
pub(super) fn check(asking: &Asking<'_>, rule: &Rule) -> Result<(), Denied> {
    let done = matches!(asking.variant, Some("normal" | "late"));
    if !done || *asking.kind != Kind::Instruction(InstructionKind::Close) {
        return Ok(());
    }
    let view = asking.view;
    if view.failed.is_some() || view.stage == Stage::CheckFailed {
        return Err(Denied::CheckFailed);
    }
    match rule.stages.is_none() && nothing_done(view) {
        true => Err(Denied::NothingDone),
        false => Ok(()),
    }
}

/// Whether nobody did anything about the matter: no work counts in the round, its reporter had not settled it,
/// or a check refuted that, or it was sent out all the same, and it is no duplicate, whose work is another
/// case's.
fn nothing_done(view: &CaseView) -> bool {
    let round = |work: &crate::fold::Work| work.round == view.round;
    let sent = matches!(view.stage, Stage::Dispatched | Stage::Suspended);
    let joined = |relation| relation == Relationship::DuplicateOf;
    !view.work.as_ref().is_some_and(round)
        && (sent || view.refuted || !view.facts.self_handled)
        && !view.facts.ties.iter().any(|tie| joined(tie.relation))
}
