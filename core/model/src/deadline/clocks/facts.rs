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
    happened
}

/// Whether an entry moves a clock: it is effective, and more than a help, a request, or something
/// that waits for an instruction.
fn counts(entry: &EntryView) -> bool {
    let aside = matches!(
        entry.reason,
        Some(Reason::Supporting | Reason::KnewReassigned | Reason::Reassigned | Reason::Newer)
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
        position: payload.and_then(position),
    }
}

fn position(payload: &Payload) -> Option<&Position> {
    match payload {
        Payload::Report(report) => Some(&report.position),
        Payload::Instruction(_, Body::Register(register)) => Some(&register.report.position),
        Payload::Take(mark) | Payload::SetOut(mark) | Payload::Arrived(mark) => {
            mark.position.as_ref()
        }
        Payload::Handle(handle) => handle.position.as_ref(),
        _ => None,
    }
}

fn limit(body: &Body) -> Option<&str> {
    match body {
        Body::Dispatch(dispatch) => dispatch.limit.as_deref(),
        _ => None,
    }
}

fn detail(payload: &Payload) -> Option<&'static str> {
    use crate::entry::{CheckResult, VerifyResult};
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
        _ => None,
    }
}
