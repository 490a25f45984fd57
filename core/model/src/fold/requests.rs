//! Requests: facts that wait for an instruction.
//!
//! A request moves nothing. The last instruction that names it, given with the request in hand,
//! decides it; one whose question ended without such an instruction has lapsed. One to reopen a case that
//! has ended is about no question: it waits until the case is reopened after what the request answers, however
//! often somebody is asked to look at the case meanwhile.

use super::chain::instruction;
use super::context::Context;
use super::question::Question;
use super::stage::{Reason, Status};
use super::view::CaseView;
use crate::entry::{Body, FieldKind};

/// Whether it asks to reopen a case that had ended when its author last heard of it: whoever was asked to look
/// at that case was asked something else.
pub(super) fn is_outside(context: &Context<'_>, row: usize) -> bool {
    context.field_kind(row) == Some(FieldKind::ReopenRequest)
        && answered_link(context, row).is_some_and(|position| context.had_ended(position))
}

/// Chain position of the instruction that a row answers.
fn answered_link(context: &Context<'_>, row: usize) -> Option<usize> {
    let answers = context.graph.written(row)?.entry.header.answers?;
    context.chain.position(context.graph.find(&answers)?)
}

/// Judges a request that answers `question` and came in time.
pub(super) fn judge(context: &Context<'_>, question: &Question, row: usize, view: &mut CaseView) {
    let unit = context.unit(row);
    let addressed = context
        .author(row)
        .is_some_and(|by| question.addresses(by, unit));
    // It contests what the centre decided, whomever that asked.
    let contests = context.field_kind(row) == Some(FieldKind::Appeal);
    if !addressed && !contests {
        view.set(row, Status::Superseded { by: None }, Some(Reason::NotAsked));
    } else if question.ended_by.is_some() {
        view.set(row, Status::Effective, Some(Reason::Lapsed));
    } else {
        view.set(row, Status::Effective, Some(Reason::Request));
    }
}

/// Says of every request what the centre decided.
pub(super) fn decide(context: &Context<'_>, view: &mut CaseView) {
    lapse_by_reopening(context, view);
    for link in context.chain.links().iter().copied() {
        let decides = instruction(&context.graph, link).and_then(|(_, body)| body.decides());
        let Some((request, granted)) = decides else {
            continue;
        };
        let row = context.graph.find(&request);
        let held = row.filter(|row| context.graph.precedes(*row, link));
        if let Some(row) = held.filter(|row| view.is_request(*row)) {
            let reason = if granted {
                Reason::Granted
            } else {
                Reason::Refused
            };
            view.set(row, Status::Effective, Some(reason));
        }
    }
}

/// What was asked for has happened, whether or not the instruction names the request.
fn lapse_by_reopening(context: &Context<'_>, view: &mut CaseView) {
    let links = context.chain.links().iter();
    let reopens = |link: &usize| {
        matches!(
            instruction(&context.graph, *link),
            Some((_, Body::Reopen(_)))
        )
    };
    let Some(last) = links.copied().rposition(|link| reopens(&link)) else {
        return;
    };
    for row in context.graph.indices() {
        let waits = context.field_kind(row) == Some(FieldKind::ReopenRequest)
            && view.reason(row) == Some(Reason::Request);
        if waits && answered_link(context, row).is_some_and(|position| position < last) {
            view.set(row, Status::Effective, Some(Reason::Lapsed));
        }
    }
}
