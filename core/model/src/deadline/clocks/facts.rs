//! What happened in a case, as clocks see it.
//!
//! Which entries count is the fold's word; whom they concern, the fold says in
//! [`CaseView::clock_events`]. Here the two are put on one line of time.

use std::collections::HashMap;

use super::ground::{Ground, Grounds, Held};
use crate::case::CaseRoot;
use crate::entry::{Body, Payload};
use crate::fold::{
    Addressee, CaseView, ClockChange, EntryView, QuestionKind, Reason, Row, Status, Written,
};
use crate::ids::{ChangeHash, Role, UnitId};
use crate::place::Position;
use crate::small::Arrange as _;
use crate::time::Millis;

/// One thing that happened and counts.
#[derive(Debug, Clone)]
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
    /// Whom it concerns, and how.
    pub changes: Vec<&'a ClockChange>,
    /// The rules and the case's own limit that held then.
    pub ground: Ground<'a>,
}

/// A unit that is asked for work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AskedUnit<'a> {
    pub(super) unit: &'a UnitId,
    pub(super) assist: bool,
    pub(super) above: Option<&'a UnitId>,
    /// The limit that the asking instruction carries.
    pub(super) limit: Option<&'a str>,
}

impl<'a> Happening<'a> {
    /// The units that it asks for work, in order.
    pub(super) fn units(&self) -> impl Iterator<Item = AskedUnit<'a>> {
        self.changes.iter().filter_map(|change| match change {
            ClockChange::Asked {
                kind,
                who: Addressee::Unit(unit),
                assist,
                above,
                limit,
                ..
            } if kind.is_work() => Some(AskedUnit {
                unit,
                assist: *assist,
                above: above.as_ref(),
                limit: limit.as_deref(),
            }),
            _ => None,
        })
    }

    /// Whether it asks anybody for work.
    pub(super) fn asks_work(&self) -> bool {
        self.asks(|kind| kind.is_work())
    }

    fn asks(&self, wanted: impl Fn(QuestionKind) -> bool) -> bool {
        let asked = |change: &&ClockChange| matches!(change, ClockChange::Asked { kind, .. } if wanted(*kind));
        self.changes.iter().any(asked)
    }

    /// Whether it asks again what was suspended.
    pub(super) fn resumes(&self) -> bool {
        let again =
            |change: &&ClockChange| matches!(change, ClockChange::Asked { resumed: true, .. });
        self.changes.iter().any(again)
    }

    /// Whether it is work that supports the work that counts. It ends its own unit's clock and is
    /// nothing else.
    pub(super) fn supports(&self) -> bool {
        self.changes.iter().any(|change| is_support(change))
    }
}

const fn is_support(change: &ClockChange) -> bool {
    matches!(change, ClockChange::Supported { .. })
}

/// A case as clocks are read from it.
#[derive(Clone, Copy)]
pub struct Told<'a> {
    /// Its entries.
    pub rows: &'a [Row],
    /// What the fold makes of them.
    pub view: &'a CaseView,
    /// Its root, which pins the packs.
    pub root: Option<&'a CaseRoot>,
    /// The packs that are here.
    pub held: &'a dyn Held,
}

/// What counts in a case, in order of time. Instructions count when they hold, field entries when
/// they are effective and move the case or support its work; `received` tells when the server took an
/// entry in.
///
/// An entry never happens before what it answers and an instruction never before the one before it,
/// whatever clocks claim.
pub fn happenings<'a>(
    told: &Told<'a>,
    received: impl Fn(&ChangeHash) -> Option<Millis>,
) -> Vec<Happening<'a>> {
    let written: HashMap<_, _> = told
        .rows
        .iter()
        .filter_map(|row| Some((row.hash, row.entry.as_ref()?)))
        .collect();
    let mut changes: HashMap<ChangeHash, Vec<&'a ClockChange>> = HashMap::new();
    for event in told.view.clock_events() {
        changes.entry(event.at).or_default().push(&event.what);
    }
    let instants = Instants::of(told.view, &written, &received);
    let mut happened: Vec<(Happening<'a>, &'a Written)> = Vec::new();
    for entry in &told.view.entries {
        let own = changes.remove(&entry.hash).unwrap_or_default();
        let Some(one) = written.get(&entry.hash).filter(|_| counts(entry, &own)) else {
            continue;
        };
        if let Some(at) = instants.of_entry(&entry.hash, one) {
            happened.push((happening(entry, one, at, own), one));
        }
    }
    // Stable: what happened at one instant stays in causal order.
    happened.arrange_by_key(|(one, _)| one.at);
    let mut grounds = Grounds::of(told);
    let stand = |(mut one, written): (Happening<'a>, &'a Written)| {
        grounds.learn(written.payload.as_ref().ok());
        one.ground = grounds.now();
        one.detail = one.detail.or_else(|| grounds.detail_of(one.kind));
        one
    };
    happened.into_iter().map(stand).collect()
}

/// When each entry happened.
struct Instants<'w, 'a, F> {
    written: &'w HashMap<ChangeHash, &'a Written>,
    received: &'w F,
    instructed: HashMap<ChangeHash, Millis>,
}

impl<'w, 'a, F: Fn(&ChangeHash) -> Option<Millis>> Instants<'w, 'a, F> {
    fn of(view: &CaseView, written: &'w HashMap<ChangeHash, &'a Written>, received: &'w F) -> Self {
        let mut instants = Self {
            written,
            received,
            instructed: HashMap::new(),
        };
        let mut latest = Millis(i64::MIN);
        for link in &view.chain {
            latest = latest.max(instants.own(&link.hash).unwrap_or(latest));
            instants.instructed.insert(link.hash, latest);
        }
        instants
    }

    fn own(&self, hash: &ChangeHash) -> Option<Millis> {
        let claimed = || {
            let one = self.written.get(hash)?;
            Some(one.entry.header.claimed_at)
        };
        (self.received)(hash).or_else(claimed)
    }

    fn of_entry(&self, hash: &ChangeHash, one: &Written) -> Option<Millis> {
        if let Some(at) = self.instructed.get(hash) {
            return Some(*at);
        }
        let own = self.own(hash)?;
        let answers = one.entry.header.answers;
        let answered = answers.and_then(|to| self.instructed.get(&to));
        Some(answered.map_or(own, |answered| own.max(*answered)))
    }
}

/// Whether an entry moves a clock: it is effective, and more than a request, or something that waits
/// for an instruction. Of what only supports, work counts for the unit that did it.
fn counts(entry: &EntryView, changes: &[&ClockChange]) -> bool {
    let aside = match entry.reason {
        Some(Reason::Supporting) => !changes.iter().any(|change| is_support(change)),
        Some(
            Reason::KnewReassigned
            | Reason::Reassigned
            | Reason::Request
            | Reason::Granted
            | Reason::Refused
            | Reason::Lapsed
            | Reason::Newer,
        ) => true,
        _ => false,
    };
    entry.status == Status::Effective && !aside
}

fn happening<'a>(
    view: &'a EntryView,
    written: &'a Written,
    at: Millis,
    changes: Vec<&'a ClockChange>,
) -> Happening<'a> {
    let payload = written.payload.as_ref().ok();
    let body = match payload {
        Some(Payload::Instruction(_, body)) => Some(body),
        _ => None,
    };
    let mut one = Happening {
        entry: view.hash,
        kind: &view.kind,
        detail: payload.and_then(detail),
        at,
        limit: body.and_then(limit),
        joins: matches!(body, Some(Body::VerifyRequest(asked) | Body::CheckRequest(asked)) if asked.also),
        role: &view.role,
        unit: view.unit.as_ref(),
        position: payload.and_then(Payload::position),
        changes,
        ground: Ground::default(),
    };
    one.detail = one.detail.or_else(|| told_by_changes(&one));
    one
}

fn limit(body: &Body) -> Option<&str> {
    match body {
        Body::Dispatch(dispatch) => dispatch.limit.as_deref(),
        Body::VerifyRequest(asked) | Body::CheckRequest(asked) => asked.limit.as_deref(),
        Body::RedoRequest(redo) => redo.limit.as_deref(),
        Body::SpotCheck(check) => check.limit.as_deref(),
        Body::Order(order) => order.limit.as_deref(),
        Body::Rework(rework) => rework.limit.as_deref(),
        Body::Forward(forward) => forward.limit.as_deref(),
        Body::Resume(resume) => resume.limit.as_deref(),
        Body::Extend(extend) => Some(&extend.limit),
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

/// What only the question tells: which finding a redo asks again, and whether something that is sent
/// back goes up one level or to the centre.
fn told_by_changes(one: &Happening<'_>) -> Option<&'static str> {
    let has = |wanted: fn(&ClockChange) -> bool| one.changes.iter().any(|change| wanted(change));
    match one.kind {
        "redo_request" if one.asks(|kind| kind == QuestionKind::Verify) => Some("verify"),
        "redo_request" if one.asks(|kind| kind == QuestionKind::Check) => Some("check"),
        "send_back" if has(|change| matches!(change, ClockChange::Ended)) => Some("to_centre"),
        "send_back" if has(|change| matches!(change, ClockChange::Released { .. })) => {
            Some("one_level")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
