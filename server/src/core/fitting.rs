//! Which request an instruction grants that names none: the only one that waits for just what it gives.
//!
//! Somebody who gives what was asked for has answered it, whether or not they said so; left open it would
//! later be told that it lapsed. Where several fit, nobody can know which was meant, and none is named.

use gewu_model::entry::{Body, InstructionKind, Payload, Relationship};
use gewu_model::fold::{Addressee, CaseView, EntryView};
use gewu_model::ids::{ChangeHash, UnitId};

use super::Core;
use super::bench::Bench;
use super::requests::payload;

impl Core {
    /// The body with the request that it grants, where it names none and one alone fits. Opening a case again
    /// grants every wish for that, and names the last.
    pub(super) fn named(&self, bench: &Bench<'_>, view: &CaseView, mut body: Body) -> Body {
        let fits = |request: &&EntryView| self.fits(bench, view, &body, request);
        let mut fitting = view.pending_requests().filter(fits);
        let only = match (fitting.next(), fitting.last()) {
            (Some(one), None) => Some(one.hash),
            (Some(_), Some(last)) if body.kind() == InstructionKind::Reopen => Some(last.hash),
            _ => None,
        };
        if let Some(request) = request_of(&mut body) {
            *request = request.or(only);
        }
        body
    }

    /// Whether the body gives what the request asks for, and to whoever asks.
    fn fits(&self, bench: &Bench<'_>, view: &CaseView, body: &Body, request: &EntryView) -> bool {
        let Some(asked) = payload(bench, &request.hash) else {
            return false;
        };
        match (body, asked) {
            (Body::SendBack(back), Payload::SendBackRequest(_) | Payload::Refuse(_)) => {
                is_rid(view, back.unit.as_ref(), request.unit.as_ref())
            }
            (Body::Extend(more), Payload::ExtendRequest(_)) => {
                let unit = self.asked_for(bench, request.hash);
                let lead = |unit: &&UnitId| view.lead() == Some(*unit);
                unit.as_ref() == more.unit.as_ref().filter(|unit| !lead(unit))
            }
            (Body::Suspend(_), Payload::SuspendRequest(_))
            | (Body::Reopen(_), Payload::ReopenRequest(_)) => true,
            (Body::Ownership(said), Payload::OwnershipDispute(asked)) => {
                asked.owner.is_none() || asked.owner == said.owner
            }
            (Body::Link(tie), Payload::DuplicateSuggestion(asked)) => {
                asked.other == tie.other && tie.relation != Relationship::Nothing
            }
            _ => false,
        }
    }
}

/// Where the body names the request that it grants.
const fn request_of(body: &mut Body) -> Option<&mut Option<ChangeHash>> {
    match body {
        Body::SendBack(it) => Some(&mut it.request),
        Body::Suspend(it) => Some(&mut it.request),
        Body::Reopen(it) => Some(&mut it.request),
        Body::Extend(it) => Some(&mut it.request),
        Body::Link(it) => Some(&mut it.request),
        Body::Ownership(it) => Some(&mut it.request),
        _ => None,
    }
}

/// Whether whoever asks, for `asking` or in person, is rid of the task when `named`, or else the unit that
/// had it last, gives it back.
fn is_rid(view: &CaseView, named: Option<&UnitId>, asking: Option<&UnitId>) -> bool {
    let Some(open) = view.question.as_ref().filter(|open| open.kind.is_work()) else {
        return false;
    };
    let last = view.last_holder();
    let gives = named.or(last);
    let holds = |unit: &UnitId| open.units.contains(unit) || open.assist.contains(unit);
    match asking.filter(|unit| holds(unit)) {
        Some(unit) => gives == Some(unit),
        // A team or a person has the task through the unit that had it last, unless it is a helper's.
        None => gives == last && !asking.is_some_and(|team| helps(view, team) || had(view, team)),
    }
}

/// Whether the unit had the task and has it no more.
fn had(view: &CaseView, unit: &UnitId) -> bool {
    view.nodes.iter().any(|node| node.unit == *unit)
}

/// Whether the team works for a unit that only helps.
fn helps(view: &CaseView, team: &UnitId) -> bool {
    let mut tasks = view.tasks.iter().filter(|task| task.is_open());
    tasks.any(|task| task.assist && task.who == Addressee::Team(team.clone()))
}
