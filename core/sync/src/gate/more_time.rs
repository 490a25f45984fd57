//! Requests for more time that no city's rule could grant.
//!
//! They are judged on the case as their author saw it, so the order of arrival changes nothing. No
//! clock of a device can gain anything: a request is as old as the newest receipt in its past, which it
//! cannot have been written before, and where the device knew the server's time and claims a later one,
//! as old as that. What cannot be reckoned is left to the centre, which decides on it anyway.

use gewu_model::deadline::clocks::{Basis, OpenSteps, Present, Told};
use gewu_model::deadline::rules::SuspensionDenied;
use gewu_model::entry::{EntryHeader, ExtendRequest, Payload, SuspendRequest};
use gewu_model::fold::{CaseView, Row};
use gewu_model::ids::ChangeHash;
use gewu_model::policy::Policy;
use gewu_model::time::{ClockTrust, Millis};

use super::Gate;
use super::judgement::Checked;
use super::past::Past;
use super::state::CaseState;
use crate::verdict::SetAside;

/// The case, the author's past of it, and what the fold makes of that past.
type Seen<'a> = (&'a CaseState, &'a Past<'a>, &'a CaseView);

/// Sets aside what the rules on extensions and suspensions could not grant.
pub(super) fn check(
    gate: &Gate<'_>,
    policy: &Policy,
    seen: Seen<'_>,
    header: &EntryHeader,
    payload: &Payload,
) -> Checked {
    let granted = match payload {
        Payload::ExtendRequest(asked) => may_extend(gate, seen, header, asked),
        Payload::SuspendRequest(asked) => may_suspend(gate, policy, seen, header, asked),
        _ => true,
    };
    match granted {
        true => Ok(()),
        false => Err(SetAside::TimeRules.into()),
    }
}

fn may_extend(
    gate: &Gate<'_>,
    seen: Seen<'_>,
    header: &EntryHeader,
    asked: &ExtendRequest,
) -> bool {
    let (case, past, view) = seen;
    let rows: Vec<Row> = past.rows().cloned().collect();
    let told = Told {
        rows: &rows,
        view,
        root: case.root.as_ref(),
        held: gate.rules,
    };
    let received = |hash: &ChangeHash| {
        let change = past.changes().find(|change| change.hash == *hash);
        change.map(|change| change.received_at)
    };
    let steps = OpenSteps::of(&told, received);
    let present = Present {
        calendars: &gate.rules.calendars,
        held: gate.rules,
        basis: Basis::Authoritative,
        now: written_at(gate, seen, header),
    };
    let own = header.unit.as_ref();
    let unit = own.filter(|unit| steps.may_reach(unit, &present));
    let judged = steps.judge_extension(unit, &asked.limit, &present);
    judged.map_or_else(|denied| !denied.is_by_rule(), |()| true)
}

fn may_suspend(
    gate: &Gate<'_>,
    policy: &Policy,
    seen: Seen<'_>,
    header: &EntryHeader,
    asked: &SuspendRequest,
) -> bool {
    let (_, _, view) = seen;
    let rule = &policy.clocks().suspension;
    let before = u32::try_from(view.facts.pauses.len()).unwrap_or(u32::MAX);
    match rule.judge(before, written_at(gate, seen, header), asked.until) {
        Ok(()) => true,
        // The centre names an end, and it may be nearer when it decides.
        Err(SuspensionDenied::Length(_)) => {
            asked.until.is_none() || rule.judge(before, gate.now, asked.until).is_ok()
        }
        Err(SuspensionDenied::Count(_) | SuspensionDenied::Past) => false,
    }
}

/// Since when the request can have been there.
fn written_at(gate: &Gate<'_>, seen: Seen<'_>, header: &EntryHeader) -> Millis {
    let (_, past, _) = seen;
    let received = past.changes().map(|change| change.received_at).max();
    let claimed = (header.clock == ClockTrust::ServerOffset).then_some(header.claimed_at);
    let claimed = claimed.map(|at| at.min(gate.now));
    received.max(claimed).unwrap_or(gate.now)
}
