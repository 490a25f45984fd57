//! Receipts that a device writes by itself, where the policy asks for them: a task has arrived, or
//! was opened.

use gewu_model::entry::{FieldKind, Kind, Payload, Seen, SeenState};
use gewu_model::fold::CaseView;
use gewu_model::ids::ChangeHash;
use rusqlite::Connection;

use super::author::Links;
use super::log::CaseLog;
use super::pen::Pen;
use super::project::project;
use crate::error::Result;
use crate::store::changes;

/// Signs for the user's open task in a case, once for each state. Answers whether it did.
pub(crate) fn sign_for(
    tx: &Connection,
    pen: &Pen,
    log: &mut CaseLog,
    state: SeenState,
) -> Result<bool> {
    let policy = log.root().and(log.pins()).map(|pins| pins.policy);
    let policy = policy.and_then(|policy| pen.packs.policy_of(&policy).ok());
    let Some(policy) = policy.filter(|_| !pen.identity.is_citizen()) else {
        return Ok(false);
    };
    let steps = policy.steps();
    let wanted = match state {
        SeenState::Received => steps.receipt_on_arrival,
        SeenState::Read => steps.receipt_on_opening,
        SeenState::Done => false,
    };
    if !wanted {
        return Ok(false);
    }
    let certificate = &pen.identity.certificate;
    let view = log.view(&pen.packs);
    let asked = view
        .tasks_of(&certificate.user, &certificate.units)
        .any(|task| task.seen < Some(state));
    if !asked {
        return Ok(false);
    }
    let answers = pen.answers(FieldKind::Seen, &view, None, false)?;
    // One that was set aside is not written again: it would be set aside again.
    if signed(log, answers, state) {
        return Ok(false);
    }
    write(tx, pen, log, &view, answers, state)
}

/// Whether the device has a receipt for that already, whatever became of it.
fn signed(log: &CaseLog, answers: Option<ChangeHash>, state: SeenState) -> bool {
    log.iter().any(|(change, row)| {
        let written = row.entry.as_ref().filter(|_| change.stored.own);
        written.is_some_and(|written| {
            let said = matches!(&written.payload, Ok(Payload::Seen(seen)) if seen.state >= state);
            said && written.entry.header.answers == answers
        })
    })
}

fn write(
    tx: &Connection,
    pen: &Pen,
    log: &mut CaseLog,
    view: &CaseView,
    answers: Option<ChangeHash>,
    state: SeenState,
) -> Result<bool> {
    let case = log.case;
    let kind = Kind::Field(FieldKind::Seen);
    let user = &pen.identity.certificate.user;
    let Some(policy) = log.pins().map(|pins| pins.policy) else {
        return Ok(false);
    };
    let policy = pen.packs.policy_of(&policy)?;
    let Ok(capacity) = pen.capacity(policy, user, (&kind, None), view, (None, None), false) else {
        return Ok(false);
    };
    let author = pen.author(tx, &case, capacity.role, capacity.unit)?;
    let counter = author.take_counters(tx, 1)?;
    let payload = Payload::Seen(Seen { state });
    let bytes = payload.to_cbor();
    let name = FieldKind::Seen.name();
    let intent = changes::insert_intent(tx, &case, name, answers.as_ref(), &bytes)?;
    let links = Links {
        answers,
        ..Links::default()
    };
    let deps = log.heads();
    author.entry(tx, log, deps, &payload, links, pen.stamp, counter, intent)?;
    project(tx, &pen.packs, log)?;
    Ok(true)
}
