//! What became of what somebody asked for. Citizens read it in the public status of their report.

use gewu_model::entry::{Body, Payload};
use gewu_model::fold::{CaseView, Reason};
use gewu_model::scope::Scope;
use gewu_sync::wire::NoticeCode;

use super::{Telling, user_of};
use crate::core::CoreError;
use crate::core::bench::Bench;
use crate::core::requests::payload;

/// Tells whoever wrote the request that the instruction decides.
pub(super) fn tell(bench: &Bench<'_>, view: &CaseView, body: &Body) -> Result<(), CoreError> {
    let Some((request, _)) = body.decides() else {
        return Ok(());
    };
    let became = match view.entry(&request).and_then(|entry| entry.reason) {
        Some(Reason::Granted) => "granted",
        Some(Reason::Refused) => "refused",
        _ => return Ok(()),
    };
    let Some((key, wish)) = bench
        .state
        .accepted(&request)
        .map(|it| it.key)
        .zip(payload(bench, &request).and_then(wish))
    else {
        return Ok(());
    };
    if bench.tx.endorsement(key)?.is_some() {
        return Ok(());
    }
    bench.tell(&Telling {
        scope: user_of(bench.tx, key)?.map(Scope::User),
        code: NoticeCode::Task,
        about: Some(request),
        words: &format!("what you asked for was {became}: {wish}"),
    })
}

/// What a request asks for.
const fn wish(payload: &Payload) -> Option<&'static str> {
    Some(match payload {
        Payload::SendBackRequest(_) => "to give the task back",
        Payload::Refuse(_) => "not to take the task",
        Payload::ExtendRequest(_) => "more time",
        Payload::SuspendRequest(_) => "to suspend the work",
        Payload::OwnershipDispute(_) => "that somebody else is the owner",
        Payload::ReopenRequest(_) => "to open the case again",
        Payload::Appeal(_) => "another decision, by your appeal",
        Payload::DuplicateSuggestion(_) => "to join it to another case",
        Payload::Withdraw(_) => "to withdraw the report",
        _ => return None,
    })
}
