//! How far behind an entry may be before an operator has to look at it.
//!
//! No clock of a device takes part. What an author did not know shows in the entry's past, and since
//! when the server knew it is in the case: an entry is as old as the earliest instruction that its past
//! lacks. A device that has exchanged since and does not say that it was given anything is no device
//! that was away, so it is listened to for a shorter time.
//!
//! A report lacks nothing, whenever it was written, so there its author's word is all there is: a city may
//! have an operator look at reports that say of themselves that they are old. A clock that its own device
//! doubts says nothing, and neither does one that stands before the device was enrolled: it wrote nothing
//! then, so the clock had lost the time, as after an empty battery.

use gewu_model::entry::{EntryHeader, FieldKind, Kind};
use gewu_model::ids::ChangeHash;
use gewu_model::policy::{LatePolicy, Policy};
use gewu_model::time::{ClockTrust, Millis};

use super::author::{Author, KeyFacts};
use super::judgement::{Checked, Judgement};
use super::past::{Past, kind};
use super::state::{AcceptedChange, CaseState};

const DAY_MS: i64 = 86_400_000;

/// Work that is older than the city takes without a look waits for an operator.
pub(super) fn check_age(
    late: &LatePolicy,
    case: &CaseState,
    past: &Past<'_>,
    facts: &KeyFacts<'_>,
    now: Millis,
) -> Checked {
    // Citizens are told no instructions; the public status that they answer was judged.
    let Author::Staff(_) = facts.author else {
        return Ok(());
    };
    let Some(missed) = first_missed(case, past) else {
        return Ok(());
    };
    let days = match is_silent(case, facts, missed) {
        true => late.unacknowledged_days.min(late.days),
        false => late.days,
    };
    if now.since(missed.received_at) > i64::from(days) * DAY_MS {
        Err(Judgement::Late)
    } else {
        Ok(())
    }
}

/// A report that was written longer ago than the city takes without a look waits for an operator.
pub(super) fn check_report_age(
    policy: &Policy,
    facts: &KeyFacts<'_>,
    header: &EntryHeader,
    now: Millis,
) -> Checked {
    let is_report = header.kind == Kind::Field(FieldKind::Report);
    let possible = facts.since.is_none_or(|since| header.claimed_at >= since);
    let told = header.clock != ClockTrust::Doubtful && possible;
    let written = now.since(header.claimed_at);
    match policy.report_age_days() {
        Some(days) if is_report && told && written > i64::from(days) * DAY_MS => {
            Err(Judgement::Late)
        }
        _ => Ok(()),
    }
}

/// The instruction that the past lacks and that the server has known longest.
fn first_missed<'a>(case: &'a CaseState, past: &Past<'_>) -> Option<&'a AcceptedChange> {
    let instructions = case
        .changes
        .iter()
        .filter(|change| matches!(kind(change), Some(Kind::Instruction(_))));
    instructions
        .filter(|change| !past.holds(&change.hash))
        .min_by_key(|change| change.received_at)
}

/// Whether the device was there a day and more after the instruction, and has not acknowledged it to
/// this hour.
fn is_silent(case: &CaseState, facts: &KeyFacts<'_>, missed: &AcceptedChange) -> bool {
    let came = facts
        .exchanged
        .is_some_and(|at| at.since(missed.received_at) > DAY_MS);
    let acknowledged = |hash: &ChangeHash| {
        let given = facts.history.given(&case.case, u64::MAX);
        given.contains(hash)
    };
    came && !acknowledged(&missed.hash)
}
