//! Whether the author wrote without regard to what the device had been given, and for which
//! set-aside change an entry may stand.

use gewu_model::entry::EntryHeader;
use gewu_model::signed::SignedChange;

use super::author::KeyFacts;
use super::judgement::Checked;
use super::past::Past;
use super::state::{CaseState, Fate};
use crate::verdict::SetAside;

/// Checks what the entry replaces, and yields the counter at which its author's knowledge is taken:
/// the replaced change's, where that counter was itself found good, else its own.
pub(super) fn check_replaces(
    case: &CaseState,
    past: &Past<'_>,
    signed: &SignedChange,
    header: &EntryHeader,
) -> Checked<u64> {
    let Some(hash) = &header.replaces else {
        return Ok(signed.counter);
    };
    let Some(Fate::SetAside {
        reason,
        key,
        counter,
        kind,
        said,
        deps,
        replaced_by: None,
    }) = case.fates.get(hash)
    else {
        return Err(SetAside::Replaces.into());
    };
    let same = *key == signed.key && kind.as_deref() == Some(header.kind.name());
    match (same && past.covers(deps), reason) {
        (false, _) => Err(SetAside::Replaces.into()),
        // Judged before, or at, the check of the counter: it may have been made up.
        (true, SetAside::Standing | SetAside::Counter) => Ok(signed.counter),
        // Other words than those that were written then.
        (true, _) if said.is_none() || *said != Fate::said(signed) => Ok(signed.counter),
        (true, _) => Ok(*counter),
    }
}

/// Every instruction that the device had been given at `counter` lies in the entry's past.
pub(super) fn check_knew_better(
    case: &CaseState,
    past: &Past<'_>,
    facts: &KeyFacts<'_>,
    counter: u64,
) -> Checked {
    // What was given is some of them, and looking it up is the dearest question that the gate has.
    if past.holds_every_instruction() {
        return Ok(());
    }
    let given = facts.history.given(&case.case, counter);
    if given.iter().all(|instruction| past.holds(instruction)) {
        Ok(())
    } else {
        Err(SetAside::KnewBetter.into())
    }
}
