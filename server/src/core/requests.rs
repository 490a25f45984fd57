//! Requests that an instruction names: what it says to grant, it has to give.

use gewu_model::entry::{Body, FieldKind, Kind, LinkCase, Payload, Relationship};
use gewu_model::ids::ChangeHash;

use super::decide::DecideError;
use super::push::Bench;

/// Refuses to grant a request by an instruction that does not give what was asked for.
pub(super) fn check(bench: &Bench<'_>, body: &Body) -> Result<(), DecideError> {
    match body {
        Body::Decide(decide) if decide.granted => match granting(bench, &decide.request) {
            None => Ok(()),
            Some(verb) => Err(DecideError::Invalid(format!(
                "`decide` gives nothing of what was asked for: grant it by `{verb}`"
            ))),
        },
        Body::Link(link) => check_suggestion(bench, link),
        _ => Ok(()),
    }
}

fn payload<'b>(bench: &'b Bench<'_>, request: &ChangeHash) -> Option<&'b Payload> {
    let written = bench.state.accepted(request)?.row.entry.as_ref()?;
    written.payload.as_ref().ok()
}

/// The instruction that gives what the request asks for, where there is one of its own.
fn granting(bench: &Bench<'_>, request: &ChangeHash) -> Option<&'static str> {
    let Kind::Field(kind) = payload(bench, request)?.kind() else {
        return None;
    };
    Some(match kind {
        FieldKind::SendBackRequest | FieldKind::Refuse => "send-back",
        FieldKind::ExtendRequest => "extend",
        FieldKind::SuspendRequest => "suspend",
        FieldKind::ReopenRequest => "reopen",
        FieldKind::OwnershipDispute => "ownership",
        FieldKind::DuplicateSuggestion => "link",
        _ => return None,
    })
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
