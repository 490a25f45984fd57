//! Judging what answers no question: instructions off the chain, entries of newer apps,
//! withdrawals, and answers to what asked nothing.

use super::context::Context;
use super::stage::{Reason, Stage, Status};
use super::table::{self, Moves};
use super::view::CaseView;
use crate::entry::{FieldKind, Kind, PayloadError};

pub(super) fn judge(context: &Context<'_>, view: &mut CaseView) {
    view.needs_newer_app |= context.has_newer();
    for row in context.graph.indices() {
        match context.graph.kind(row) {
            Some(Kind::Instruction(_)) if context.chain.position(row).is_none() => {
                set_off_chain(context, view, row);
            }
            Some(Kind::Unknown(_)) => view.set(row, Status::Effective, Some(Reason::Newer)),
            Some(Kind::Field(kind)) => judge_field(context, view, row, *kind),
            Some(Kind::Instruction(_)) | None => {}
        }
    }
}

fn judge_field(context: &Context<'_>, view: &mut CaseView, row: usize, kind: FieldKind) {
    let Some(written) = context.graph.written(row) else {
        return;
    };
    let answers = written.entry.header.answers;
    let on_chain = answers
        .and_then(|hash| context.graph.find(&hash))
        .is_some_and(|at| context.chain.position(at).is_some());
    match &written.payload {
        Err(PayloadError::Newer) => {
            view.needs_newer_app |= table::field_row(kind).moves != Moves::Nothing;
            view.set(row, Status::Effective, Some(Reason::Newer));
        }
        Err(_) => view.set(row, Status::Orphan, Some(Reason::Unreadable)),
        Ok(_) if answers.is_some() && !on_chain && !context.is_told(answers) => {
            set_off_chain(context, view, row);
        }
        Ok(_) if answers.is_none() && table::needs_question(kind) => {
            view.set(row, Status::Orphan, Some(Reason::AnswersNothing));
        }
        Ok(_)
            if table::field_row(kind).moves == Moves::Request
                && context.answered(row).is_none() =>
        {
            view.set(row, Status::Effective, Some(Reason::Request));
        }
        Ok(_) if kind == FieldKind::Withdraw => judge_withdraw(context, view, row),
        Ok(_) if moves_a_question(kind) && context.answered(row).is_none() => {
            view.set(row, Status::Orphan, Some(Reason::WrongQuestion));
        }
        Ok(_) => {}
    }
}

fn moves_a_question(kind: FieldKind) -> bool {
    matches!(
        table::field_row(kind).moves,
        Moves::Answer(_) | Moves::Work | Moves::Confirm
    )
}

fn set_off_chain(context: &Context<'_>, view: &mut CaseView, row: usize) {
    if context.behind_newer(row) {
        view.set(row, Status::Effective, Some(Reason::Newer));
    } else {
        view.set(row, Status::Orphan, Some(Reason::OffChain));
    }
}

/// A withdrawal moves the stage while nothing was decided. Whoever writes one upon an instruction
/// asks the centre for a decision; one that crosses the first instruction is late. The question
/// that a request answers is looked at with every other fact.
fn judge_withdraw(context: &Context<'_>, view: &mut CaseView, row: usize) {
    let answers_one = context
        .graph
        .written(row)
        .is_some_and(|it| it.entry.header.answers.is_some());
    match context.chain.first() {
        _ if answers_one => view.set(row, Status::Effective, Some(Reason::Request)),
        None => view.stage = Stage::Withdrawn,
        Some(first) if context.graph.precedes(first, row) => {
            view.set(row, Status::Effective, Some(Reason::Request));
        }
        Some(first) if context.graph.precedes(row, first) => {}
        Some(_) => context.set_late(view, row, 0, Reason::Settled),
    }
}
