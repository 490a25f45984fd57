//! Judging work: whose handle counts.
//!
//! A *round* of work begins with a dispatch or a rework and goes on over every instruction that
//! work survives (recall, further dispatch, forward, assign, and what leaves the question alone).
//! The first other instruction settles it. Within a round
//!
//! - the lead's handle for the question that is open when the round is settled counts;
//! - if there is none, *work done beats reassigning it*: a handle for an earlier question of the
//!   round counts, when its author had not seen that question ended;
//! - further handles, and those of assistants, are supporting evidence.

use super::answers::{answering, in_time, set_late};
use super::chain::{Chain, instruction};
use super::graph::Graph;
use super::question::{Question, Questions};
use super::table;
use super::view::{CaseView, Reason, Stage, Status, Work};
use crate::entry::{FieldKind, Kind};
use crate::ids::UnitId;

/// How a handle may count for its round.
enum Claim {
    /// For the question that is open when the round is settled.
    Standing,
    /// Across a reassignment that its author had not seen; the question's index ranks it.
    Crossing(usize),
}

/// Judges every handle of every round.
pub(super) fn judge(graph: &Graph<'_>, chain: &Chain, questions: &Questions, view: &mut CaseView) {
    let last = questions
        .iter()
        .map(|(_, question)| question.round)
        .max()
        .unwrap_or(0);
    for round in 1..=last {
        judge_round(graph, chain, questions, round, round == last, view);
    }
}

fn judge_round(
    graph: &Graph<'_>,
    chain: &Chain,
    questions: &Questions,
    round: u32,
    is_last: bool,
    view: &mut CaseView,
) {
    let settled = settled_by(graph, chain, questions, round);
    let mut claims = Vec::new();
    for (at, question) in questions
        .iter()
        .filter(|(_, q)| q.kind.is_work() && q.round == round)
    {
        for row in answering(graph, chain, questions, at).filter(|row| is_handle(graph, *row)) {
            if let Some(claim) = claim(graph, chain, question, at, settled, row, view) {
                claims.push((claim, row));
            }
        }
    }
    let Some(winner) = choose(graph, claims, view) else {
        return;
    };
    view.work = graph.written(winner).map(|written| Work {
        entry: graph.hash(winner),
        by: written.entry.header.by.clone(),
        unit: written.entry.header.unit.clone(),
        round,
    });
    if is_last && settled.is_none() {
        view.stage = Stage::Handled;
    }
}

/// Chain position of the instruction that settles the round.
fn settled_by(
    graph: &Graph<'_>,
    chain: &Chain,
    questions: &Questions,
    round: u32,
) -> Option<usize> {
    let asked = questions
        .iter()
        .find(|(_, q)| q.kind.is_work() && q.round == round)?;
    let first = *asked.1.links.first()?;
    (first + 1..chain.links().len()).find(|position| {
        instruction(graph, chain.links()[*position])
            .is_some_and(|(_, body)| !table::instruction(body.kind()).work_survives)
    })
}

fn is_handle(graph: &Graph<'_>, row: usize) -> bool {
    matches!(graph.kind(row), Some(Kind::Field(FieldKind::Handle)))
}

fn claim(
    graph: &Graph<'_>,
    chain: &Chain,
    question: &Question,
    at: usize,
    settled: Option<usize>,
    row: usize,
    view: &mut CaseView,
) -> Option<Claim> {
    let timely = in_time(graph, chain, question, row);
    let leads = unit_of(graph, row).is_some_and(|unit| question.units.contains(unit));
    let crossing = !timely && leads && crosses(graph, chain, question, settled, row);
    if !timely && !crossing {
        set_late(graph, chain, question, row, view);
        None
    } else if !leads {
        view.set(row, Status::Effective, Some(Reason::Supporting));
        None
    } else if crossing {
        Some(Claim::Crossing(at))
    } else if question.ended_by == settled {
        Some(Claim::Standing)
    } else {
        view.set(row, Status::Effective, Some(Reason::Reassigned));
        None
    }
}

/// Whether a handle outside the past of the instruction that ended its question may still count:
/// that instruction settled nothing, its author had not seen it, and the handle is in the past of
/// whatever settled the round since.
fn crosses(
    graph: &Graph<'_>,
    chain: &Chain,
    question: &Question,
    settled: Option<usize>,
    row: usize,
) -> bool {
    let Some(end) = question.ended_by else {
        return false;
    };
    let unseen = !graph.precedes(chain.links()[end], row);
    let before_settling =
        settled.is_none_or(|settled| end < settled && graph.precedes(row, chain.links()[settled]));
    unseen && before_settling
}

fn unit_of<'a>(graph: &Graph<'a>, row: usize) -> Option<&'a UnitId> {
    graph.written(row)?.entry.header.unit.as_ref()
}

/// Picks the handle that counts and marks the others: a standing one before any crossing one, then
/// the latest question's, then the first in causal order.
fn choose(graph: &Graph<'_>, claims: Vec<(Claim, usize)>, view: &mut CaseView) -> Option<usize> {
    let rank = |claim: &Claim| match claim {
        Claim::Standing => usize::MAX,
        Claim::Crossing(at) => *at,
    };
    let best = claims.iter().map(|(claim, _)| rank(claim)).max()?;
    let winner = claims
        .iter()
        .filter(|(claim, _)| rank(claim) == best)
        .map(|(_, row)| *row)
        .min()?;
    for (claim, row) in claims {
        if row == winner {
            let crossing = matches!(claim, Claim::Crossing(_)).then_some(Reason::WorkDone);
            view.set(row, Status::Effective, crossing);
        } else if rank(&claim) == best {
            view.set(row, Status::Effective, Some(Reason::Supporting));
        } else {
            let by = Some(graph.hash(winner));
            view.set(row, Status::Superseded { by }, Some(Reason::NewerWork));
        }
    }
    Some(winner)
}
