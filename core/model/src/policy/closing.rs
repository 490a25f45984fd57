//! How a case may be closed: nothing is said to be done that was not.

use super::separation::is_own_finding;
use super::{Asking, Denied, Policy, Rule};
use crate::entry::{InstructionKind, Kind, Relationship};
use crate::fold::{CaseView, Stage};
use crate::ids::ChangeHash;

/// Refuses to say of work that it was done, in time or late, which a check found not done, or which nobody
/// did. The first is no city's to allow; the second is where its rule names the stage. A case ends otherwise by
/// the kinds of close that say so.
///
/// What a check refuted is done when a check has found so: work that was done again is nobody's word but its
/// author's.
pub(super) fn check(asking: &Asking<'_>, rule: &Rule) -> Result<(), Denied> {
    if !says_done(asking) {
        return Ok(());
    }
    let view = asking.view;
    let found = view.found();
    if found.failed().is_some() || view.stage == Stage::CheckFailed {
        return Err(Denied::CheckFailed);
    }
    if view.doubted && !found.done() {
        return Err(Denied::NotFoundDone);
    }
    let by_rule = rule.stages.is_some();
    if !by_rule && view.unconfirmed && !found.done() {
        return Err(Denied::NotConfirmed);
    }
    if !by_rule && nothing_done(view) {
        return Err(Denied::NothingDone);
    }
    match !by_rule && found.refuted() {
        true => Err(Denied::NotCheckedAgain),
        false => Ok(()),
    }
}

/// Whether somebody would close the case as done, in time or late.
pub fn says_done(asking: &Asking<'_>) -> bool {
    matches!(asking.variant, Some("normal" | "late"))
        && *asking.kind == Kind::Instruction(InstructionKind::Close)
}

/// Whether a duplicate that may be closed as done by itself or for its tie may be so in view of the cases `above`,
/// to which its ties lead. Where only those who worked there found it done, and `theirs` keeps that from them, nobody
/// has. Where nothing was done here, the case that goes on with the matter has to be done, as it stands: closed so, or
/// its work counts and no check refuted it.
///
/// # Errors
/// [`Denied::NotDoneThere`], [`Denied::Separation`] for whoever did the work there, and
/// [`Denied::NotCheckedAgain`] where only they found it done.
pub(super) fn check_joined(
    (policy, theirs): (&Policy, &Policy),
    asking: &Asking<'_>,
    (main, above): (&CaseView, &[CaseView]),
) -> Result<(), Denied> {
    let judged = |view: &CaseView| policy.judge(&Asking { view, ..*asking });
    let own = |hash: &ChangeHash| is_own_finding(asking.view, hash, above, &theirs.separation);
    let unfound = asking.view.without(own);
    if judged(&unfound).is_err() {
        return Err(Denied::NotCheckedAgain);
    }
    match judged(&untied(&unfound)) {
        Err(Denied::NothingDone) if !is_done(main) => match judged(&untied(asking.view)) {
            Err(Denied::NothingDone) => Err(Denied::NotDoneThere),
            _ => Err(Denied::NotCheckedAgain),
        },
        Err(Denied::NothingDone)
            if theirs.bars(&Asking {
                view: main,
                ..*asking
            }) =>
        {
            Err(Denied::Separation)
        }
        _ => Ok(()),
    }
}

/// The case by itself.
fn untied(view: &CaseView) -> CaseView {
    let mut alone = view.clone();
    alone.facts.ties.clear();
    alone
}

fn is_done(view: &CaseView) -> bool {
    let found = view.found();
    let undoubted = || !view.doubted && !view.unconfirmed && !found.refuted();
    let as_it_stands = match view.ended {
        Some(_) => view.closed_as_done() == Some(true),
        None => !alone_undone(view) && (found.done() || undoubted()),
    };
    found.failed().is_none() && as_it_stands
}

/// Whether nobody did anything about the matter: no work counts in the round, its reporter had not settled it,
/// or a check refuted that, or somebody was sent to it all the same and no check found it done, and it is no
/// duplicate, whose work is another case's.
fn nothing_done(view: &CaseView) -> bool {
    alone_undone(view) && !is_duplicate(view)
}

fn is_duplicate(view: &CaseView) -> bool {
    let joined = |relation| relation == Relationship::DuplicateOf;
    view.facts.ties.iter().any(|tie| joined(tie.relation))
}

/// Whether a case is closed as done for nothing but what was done in the case of which it is a duplicate.
pub fn rests_on_tie(view: &CaseView) -> bool {
    is_duplicate(view) && alone_undone(view)
}

/// The same of a case by itself, whatever it is tied to.
fn alone_undone(view: &CaseView) -> bool {
    let round = |work: &crate::fold::Work| work.round == view.round;
    let worked = view.work.as_ref().is_some_and(round);
    let settled = view.facts.self_handled && stands_as_settled(view);
    !worked && !settled
}

/// Whether what its reporter settled on the spot still stands so: no check refuted it, and nobody was sent to it, or
/// a check found it done.
pub(super) fn stands_as_settled(view: &CaseView) -> bool {
    !view.found().refuted() && (view.round == 0 || view.found().done())
}
