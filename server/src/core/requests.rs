//! Requests that an instruction names: what it says to grant, it has to give.

use gewu_model::entry::{
    Body, Extend, LinkCase, Ownership, Payload, Relationship, Reopen, SendBack, Suspend,
};
use gewu_model::fold::{CaseView, Reason};
use gewu_model::ids::{ChangeHash, UnitId};

use super::bench::Bench;
use super::decide::DecideError;

/// Refuses to decide a request twice, and to grant one by an instruction that does not give what was
/// asked for.
pub(super) fn check(bench: &Bench<'_>, view: &CaseView, body: &Body) -> Result<(), DecideError> {
    check_undecided(view, body)?;
    match body {
        Body::Decide(decide) if decide.granted => {
            match payload(bench, &decide.request).and_then(granting) {
                None => Ok(()),
                Some(body) => Err(DecideError::Invalid(format!(
                    "`decide` gives nothing of what was asked for: grant it by `{}`",
                    body.kind().name()
                ))),
            }
        }
        Body::Link(link) => check_suggestion(bench, link),
        _ => Ok(()),
    }
}

fn check_undecided(view: &CaseView, body: &Body) -> Result<(), DecideError> {
    let named = body.decides().and_then(|(request, _)| view.entry(&request));
    let was = match named.and_then(|request| request.reason) {
        Some(Reason::Granted) => "granted",
        Some(Reason::Refused) => "refused",
        _ => return Ok(()),
    };
    Err(DecideError::Invalid(format!(
        "that request was {was} already: leave it out to decide without one"
    )))
}

pub(super) fn payload<'b>(bench: &'b Bench<'_>, request: &ChangeHash) -> Option<&'b Payload> {
    let written = bench.state.accepted(request)?.row.entry.as_ref()?;
    written.payload.as_ref().ok()
}

/// The unit that gives back: the one that the instruction names, else the one whose wish it grants, for
/// the one that had the task last need not have asked.
pub(super) fn gives_back(
    bench: &Bench<'_>,
    view: &CaseView,
    back: &SendBack,
) -> Result<Option<UnitId>, DecideError> {
    let asked = back.request.as_ref().filter(|_| back.unit.is_none());
    let asked = asked.and_then(|request| bench.state.accepted(request)?.row.entry.as_ref());
    let Some(unit) = asked.and_then(|written| written.entry.header.unit.as_ref()) else {
        return Ok(back.unit.clone());
    };
    let mut held = view
        .nodes
        .iter()
        .filter(|node| node.unit == *unit)
        .peekable();
    // A team has the task through a unit, which is the one that had it last.
    if held.peek().is_none() {
        return Ok(None);
    }
    match held.any(|node| node.until.is_none()) {
        true => Ok(Some(unit.clone())),
        false => Err(DecideError::Invalid(format!(
            "the unit {unit}, which asked, does not have the task any more: refuse the wish, or name the unit that gives the task back"
        ))),
    }
}

fn check_suggestion(bench: &Bench<'_>, link: &LinkCase) -> Result<(), DecideError> {
    let Some(request) = &link.request else {
        return Ok(());
    };
    match payload(bench, request) {
        Some(Payload::DuplicateSuggestion(it)) if it.other != link.other => Err(
            DecideError::Invalid("the suggestion is about another case than the tie".into()),
        ),
        Some(Payload::DuplicateSuggestion(_)) if link.relation == Relationship::Nothing => {
            Err(DecideError::Invalid(
                "a suggestion is refused by `decide`, not by undoing a tie".into(),
            ))
        }
        _ => Ok(()),
    }
}

/// The instruction that grants what a field entry asks for; `None` where it asks for nothing that an
/// instruction could grant.
pub(super) fn granting(payload: &Payload) -> Option<Body> {
    Some(match payload {
        Payload::ExtendRequest(it) => Body::Extend(Extend {
            request: None,
            limit: it.limit.clone(),
            unit: None,
            note: it.note,
        }),
        Payload::SuspendRequest(it) => Body::Suspend(Suspend {
            request: None,
            until: it.until,
            reason: Some(it.reason.clone()),
            note: it.note,
        }),
        Payload::SendBackRequest(it) => Body::SendBack(SendBack {
            request: None,
            unit: None,
            reason: Some(it.reason.clone()),
            note: it.note,
        }),
        Payload::Refuse(it) => Body::SendBack(SendBack {
            request: None,
            unit: None,
            reason: Some(it.reason.clone()),
            note: it.note,
        }),
        Payload::OwnershipDispute(it) => Body::Ownership(Ownership {
            owner: it.owner.clone(),
            note: it.note,
            ..Ownership::default()
        }),
        Payload::ReopenRequest(it) => Body::Reopen(Reopen {
            reason: it.reason.clone(),
            note: it.note,
            ..Reopen::default()
        }),
        Payload::DuplicateSuggestion(it) => Body::Link(LinkCase {
            other: it.other,
            relation: Relationship::DuplicateOf,
            request: None,
            external_due: None,
            // The other case does not hold these words.
            note: None,
        }),
        _ => return None,
    })
}
