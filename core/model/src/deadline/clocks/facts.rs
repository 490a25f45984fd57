//! What happened in a case, as clocks see it.

use std::collections::HashMap;

use crate::entry::{Body, Payload};
use crate::fold::{CaseView, EntryView, Reason, Row, Status, Written};
use crate::ids::{ChangeHash, Role, UnitId};
use crate::place::Position;
use crate::time::Millis;

/// One thing that happened and counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Happening<'a> {
    /// The entry.
    pub entry: ChangeHash,
    /// Its kind, by name.
    pub kind: &'a str,
    /// A detail that rules can name, such as a finding.
    pub detail: Option<&'static str>,
    /// When it was received; on a device that has no receipt yet, when it claims to be written.
    pub at: Millis,
    /// A limit that it carries: of a dispatch, or the time that an extension grants.
    pub limit: Option<&'a str>,
    /// Whether it asks further persons beside those asked before, so that no clock starts anew.
    pub joins: bool,
    /// The role of its author.
    pub role: &'a Role,
    /// The unit of its author.
    pub unit: Option<&'a UnitId>,
    /// Where it was written.
    pub position: Option<&'a Position>,
}

/// What counts in a case, in order of time. Instructions count when they hold, field entries when
/// they are effective and move the case; `received` tells when the server took an entry in.
///
/// An entry never happens before what it answers and an instruction never before the one before it,
/// whatever clocks claim.
pub fn happenings<'a>(
    rows: &'a [Row],
    view: &'a CaseView,
    received: impl Fn(&ChangeHash) -> Option<Millis>,
) -> Vec<Happening<'a>> {
    let written: HashMap<_, _> = rows
        .iter()
        .filter_map(|row| Some((row.hash, row.entry.as_ref()?)))
        .collect();
    let time = |hash: &ChangeHash| {
        let claimed = || written.get(hash).map(|one| one.entry.header.claimed_at);
        received(hash).or_else(claimed)
    };
    let mut instructed: HashMap<ChangeHash, Millis> = HashMap::new();
    let mut latest = Millis(i64::MIN);
    for link in &view.chain {
        latest = latest.max(time(&link.hash).unwrap_or(latest));
        instructed.insert(link.hash, latest);
    }
    let counted = view.entries.iter().filter(|entry| counts(entry));
    let mut happened: Vec<_> = counted
        .filter_map(|entry| {
            let one = written.get(&entry.hash)?;
            let own = time(&entry.hash)?;
            let at = instructed.get(&entry.hash).copied().unwrap_or_else(|| {
                let answered = one.entry.header.answers.and_then(|to| instructed.get(&to));
                answered.map_or(own, |answered| own.max(*answered))
            });
            Some(happening(entry, one, at))
        })
        .collect();
    // Stable: what happened at one instant stays in causal order.
    happened.sort_by_key(|one| one.at);
    add_details(&mut happened);
    happened
}

/// Whether an entry moves a clock: it is effective, and more than a help, a request, or something
/// that waits for an instruction.
fn counts(entry: &EntryView) -> bool {
    let aside = matches!(
        entry.reason,
        Some(
            Reason::Supporting
                | Reason::KnewReassigned
                | Reason::Reassigned
                | Reason::Request
                | Reason::Granted
                | Reason::Refused
                | Reason::Lapsed
                | Reason::Newer
        )
    );
    entry.status == Status::Effective && !aside
}

fn happening<'a>(view: &'a EntryView, written: &'a Written, at: Millis) -> Happening<'a> {
    let payload = written.payload.as_ref().ok();
    let body = match payload {
        Some(Payload::Instruction(_, body)) => Some(body),
        _ => None,
    };
    Happening {
        entry: view.hash,
        kind: &view.kind,
        detail: payload.and_then(detail),
        at,
        limit: body.and_then(limit),
        joins: matches!(body, Some(Body::VerifyRequest(asked) | Body::CheckRequest(asked)) if asked.also),
        role: &view.role,
        unit: view.unit.as_ref(),
        position: payload.and_then(Payload::position),
    }
}

fn limit(body: &Body) -> Option<&str> {
    match body {
        Body::Dispatch(dispatch) => dispatch.limit.as_deref(),
        Body::VerifyRequest(asked) | Body::CheckRequest(asked) => asked.limit.as_deref(),
        Body::RedoRequest(redo) => redo.limit.as_deref(),
        Body::SpotCheck(check) => check.limit.as_deref(),
        Body::Order(order) => order.limit.as_deref(),
        Body::Rework(rework) => rework.limit.as_deref(),
        // More time for a unit below is that unit's own and leaves the lead's clock alone.
        Body::Extend(extend) if extend.unit.is_none() => Some(&extend.limit),
        _ => None,
    }
}

fn detail(payload: &Payload) -> Option<&'static str> {
    use crate::entry::{CheckResult, SeenState, VerifyResult};
    match payload {
        Payload::Verify(verify) => Some(match verify.result {
            VerifyResult::Exists => "exists",
            VerifyResult::NotExists => "not_exists",
            VerifyResult::Unable => "unable",
        }),
        Payload::Check(check) => Some(match check.result {
            CheckResult::Pass => "pass",
            CheckResult::NotPass => "not_pass",
            CheckResult::Unable => "unable",
        }),
        Payload::Seen(seen) => Some(match seen.state {
            SeenState::Received => "received",
            SeenState::Read => "read",
            SeenState::Done => "done",
        }),
        _ => None,
    }
}

/// Adds what only the order of things tells: which finding a redo asks again, and whether something
/// that is sent back goes up one level or to the centre.
fn add_details(happened: &mut [Happening<'_>]) {
    let (mut finding, mut below) = (None, 0u32);
    for one in happened {
        match one.kind {
            "verify_request" => finding = Some("verify"),
            "check_request" | "spot_check" => finding = Some("check"),
            "redo_request" => one.detail = finding,
            "dispatch" | "rework" | "order" => below = 0,
            "forward" => below = below.saturating_add(1),
            "send_back" if below == 0 => one.detail = Some("to_centre"),
            "send_back" => {
                one.detail = Some("one_level");
                below -= 1;
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
