//! Duplicates form trees, on whatever way a tie is asked for: a case is a duplicate of one other at
//! most, and never of itself by any way round.
//!
//! The rule speaks about several cases. Whoever asks holds the two that are tied, taken in the order of
//! their ids, and lets nobody else tie cases meanwhile.

use std::collections::BTreeSet;

use gewu_model::entry::{LinkCase, Relationship};
use gewu_model::ids::CaseId;

/// What other cases say of duplicates.
pub trait Ties {
    /// The cases of which `case` is a duplicate, by the last word on each.
    fn duplicate_of(&self, case: CaseId) -> Vec<CaseId>;
}

/// Why a tie cannot stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TieFault {
    /// It ties the case to itself.
    #[error("a case cannot be tied to itself: name another one")]
    Itself,
    /// The duplicate is one of another case already.
    #[error("it is tied as a duplicate of {0} already: undo that tie first")]
    Second(CaseId),
    /// The case that is to stay is itself a duplicate of the other.
    #[error("the other case is itself a duplicate of this one, by one way or another")]
    Round,
}

/// Checks the tie that an instruction in `case` makes.
///
/// # Errors
/// [`TieFault`] says why it cannot stand.
pub fn check_tie(ties: &dyn Ties, case: CaseId, link: &LinkCase) -> Result<(), TieFault> {
    if link.other == case {
        return Err(TieFault::Itself);
    }
    let (duplicate, survivor) = match link.relation {
        Relationship::DuplicateOf => (case, link.other),
        Relationship::HasDuplicate => (link.other, case),
        Relationship::Related | Relationship::Nothing => return Ok(()),
    };
    let known = ties.duplicate_of(duplicate).into_iter();
    if let Some(before) = known.into_iter().find(|before| *before != survivor) {
        return Err(TieFault::Second(before));
    }
    if leads_to(ties, survivor, duplicate) {
        return Err(TieFault::Round);
    }
    Ok(())
}

/// Whether duplicates lead from one case to another. Ends on whatever rounds a restored server may have
/// been given back.
fn leads_to(ties: &dyn Ties, from: CaseId, to: CaseId) -> bool {
    let mut seen = BTreeSet::new();
    let mut next = vec![from];
    while let Some(case) = next.pop() {
        if case == to {
            return true;
        }
        if seen.insert(case) {
            next.extend(ties.duplicate_of(case));
        }
    }
    false
}
