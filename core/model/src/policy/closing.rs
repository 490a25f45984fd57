//! How a case may be closed: nothing is said to be done that was not.

use super::{Asking, Denied, Rule};
use crate::entry::{InstructionKind, Kind, Relationship};
use crate::fold::{CaseView, Stage};

/// Refuses to say of work that it was done, in time or late, which the last check found not done, or which
/// nobody did. The first is no city's to allow; the second is where its rule names the stage. A case ends
/// otherwise by the kinds of close that say so.
pub(super) fn check(asking: &Asking<'_>, rule: &Rule) -> Result<(), Denied> {
    let done = matches!(asking.variant, Some("normal" | "late"));
    if !done || *asking.kind != Kind::Instruction(InstructionKind::Close) {
        return Ok(());
    }
    match asking.view.stage {
        Stage::CheckFailed => Err(Denied::CheckFailed),
        Stage::Reported | Stage::Filed if rule.stages.is_none() && nothing_done(asking.view) => {
            Err(Denied::NothingDone)
        }
        _ => Ok(()),
    }
}

/// Whether nobody did anything about the matter: no work counts, its reporter had not settled it, and it is no
/// duplicate, whose work is another case's.
fn nothing_done(view: &CaseView) -> bool {
    let joined = |relation| relation == Relationship::DuplicateOf;
    view.work.is_none()
        && !view.facts.self_handled
        && !view.facts.ties.iter().any(|tie| joined(tie.relation))
}
