//! Judging work: whose handle counts.
//!
//! A *round* of work begins with a dispatch or a rework and goes on over every instruction that
//! work survives (recall, further dispatch, forward, assign, and what leaves the question alone).
//! The first other instruction *settles* it: only handles in its past can count.
//!
//! Seen from a handle, the chain falls into three parts: the links that its author had seen, those
//! that crossed it, and those by which the centre had been told of it. The handle counts unless
//!
//! - its author had seen its question ended (it waits for an instruction);
//! - a link that crossed it settled the round (it is late);
//! - the centre, told of it, took the case back or sent it elsewhere all the same;
//! - it was not written for the lead, or for a unit that the lead forwarded the question to.
//!
//! So work done beats a reassignment that neither side could know of, and nothing else. Of several
//! handles that count, the one for the latest question wins, then the first in causal order.

use super::answers::handles_in_round;
use super::context::Context;
use super::question::{Question, QuestionKind};
use super::stage::{Reason, Stage, Status};
use super::table::Effect;
use super::view::{CaseView, Work};
use crate::entry::FieldKind;
use crate::ids::UnitId;

/// A handle that may count.
struct Claim {
    row: usize,
    /// Which question of the case it answers: the later, the stronger.
    question: usize,
    /// Whether it crossed the end of that question.
    crossed: bool,
}

/// Judges every handle of every round.
pub(super) fn judge(context: &Context<'_>, view: &mut CaseView) {
    let last = view.round;
    for round in 1..=last {
        judge_round(context, round, round == last, view);
    }
    view.handlers = handles_in_round(context, last)
        .filter_map(|row| context.author(row).cloned())
        .collect();
    // Whoever settled it on the spot is its handler.
    let spot = context.questions.open().is_some_and(|open| open.spot);
    view.handlers.extend(view.reporter.clone().filter(|_| spot));
}

fn judge_round(context: &Context<'_>, round: u32, is_last: bool, view: &mut CaseView) {
    let settled = settled_by(context, round);
    let mut claims = Vec::new();
    for at in context.questions.works_of(round) {
        let question = context.questions.get(at);
        for row in context.answers(at).iter().copied() {
            if context.is_handle(row) && claims_round(context, question, settled, row, view) {
                claims.push(Claim {
                    row,
                    question: at,
                    crossed: !context.in_time(question, row),
                });
            }
        }
    }
    let confirms = confirms(context, round, settled, view);
    let Some(winner) = choose(context, &claims, view) else {
        return;
    };
    let needs_word = context.rules_of_round(round).confirm;
    let confirmed = needs_word
        .then(|| confirm(context, winner, &confirms, view))
        .flatten();
    view.unconfirmed = needs_word && confirmed.is_none();
    view.work = context.graph.written(winner).map(|written| Work {
        entry: context.graph.hash(winner),
        by: written.entry.header.by.clone(),
        unit: written.entry.header.unit.clone(),
        round,
        confirmed_by: confirmed.map(|row| context.graph.hash(row)),
    });
    if is_last && settled.is_none() {
        view.stage = if view.unconfirmed {
            Stage::Worked
        } else {
            Stage::Handled
        };
    }
}

/// The units' words in a round that may count. They are in time, or cross a recall, by the same
/// rules as the work itself.
fn confirms(
    context: &Context<'_>,
    round: u32,
    settled: Option<usize>,
    view: &mut CaseView,
) -> Vec<usize> {
    let mut found = Vec::new();
    for at in context.questions.works_of(round) {
        let question = context.questions.get(at);
        for row in context.answers(at).iter().copied() {
            let confirms = context.field_kind(row) == Some(FieldKind::Confirm);
            if confirms && claims_round(context, question, settled, row, view) {
                view.set(row, Status::Effective, Some(Reason::Supporting));
                found.push(row);
            }
        }
    }
    found
}

/// The first word that was given with the work in hand.
fn confirm(
    context: &Context<'_>,
    work: usize,
    confirms: &[usize],
    view: &mut CaseView,
) -> Option<usize> {
    let upon = |row: &&usize| context.graph.precedes(work, **row);
    let first = confirms.iter().find(upon).copied()?;
    view.set(first, Status::Effective, None);
    Some(first)
}

/// Chain position of the instruction that settles the round.
fn settled_by(context: &Context<'_>, round: u32) -> Option<usize> {
    let asked = context.questions.works_of(round).next()?;
    let first = *context.questions.get(asked).links.first()?;
    (first + 1..context.chain.links().len()).find(|position| context.settles(*position))
}

/// Whether a handle may count for its round; says why, if not.
fn claims_round(
    context: &Context<'_>,
    question: &Question,
    settled: Option<usize>,
    row: usize,
    view: &mut CaseView,
) -> bool {
    let (seen, told) = (context.seen(row), context.told(row));
    let until = settled.unwrap_or(context.chain.links().len());
    if let Some(end) = question.ended_by.filter(|end| seen > *end) {
        let knew = if settled == Some(end) {
            Reason::Settled
        } else {
            Reason::KnewReassigned
        };
        context.set_late(view, row, end, knew);
    } else if told > until {
        context.set_late(view, row, until, Reason::Settled);
    } else {
        let told_and_reassigned = || {
            (told..until)
                .any(|position| reassigns(context, position))
                .then_some(Place::Sent)
        };
        match place(context, question, row, (seen, told)) {
            Place::Outside => {
                view.set(row, Status::Superseded { by: None }, Some(Reason::NotAsked));
            }
            Place::Helping => view.set(row, Status::Effective, Some(Reason::Supporting)),
            Place::KnewGone(position) => {
                context.set_late(view, row, position, Reason::KnewReassigned);
            }
            Place::Sent => view.set(row, Status::Effective, Some(Reason::Reassigned)),
            Place::Asked if told_and_reassigned().is_some() => {
                view.set(row, Status::Effective, Some(Reason::Reassigned));
            }
            Place::Asked => return true,
        }
    }
    false
}

/// How the author of work stood to the question when it was written.
enum Place {
    /// It was never put to them.
    Outside,
    /// Their unit helps.
    Helping,
    /// It was put to them, or to their unit.
    Asked,
    /// It had been, and they had seen that it was taken from them.
    KnewGone(usize),
    /// It had been, and was taken from them with the work in hand.
    Sent,
}

impl Place {
    /// Whether help that was asked for at this chain position says more: whoever was sent away and is then
    /// asked to help does what they were asked.
    const fn is_left_by(&self, since: usize) -> bool {
        match self {
            Self::Outside => true,
            Self::KnewGone(until) => *until < since,
            Self::Helping | Self::Asked | Self::Sent => false,
        }
    }
}

fn place(
    context: &Context<'_>,
    question: &Question,
    row: usize,
    (seen, told): (usize, usize),
) -> Place {
    let unit = context.unit(row);
    // A team of a unit that helps stands where that unit does.
    let team = |unit: &&UnitId| {
        let mut own = question.teams.iter().filter(|team| team.who == **unit);
        own.any(|team| team.parent.is_none())
    };
    let ordered = question.kind == QuestionKind::Order
        && context
            .author(row)
            .is_some_and(|by| question.persons.iter().any(|it| it.who == *by));
    if ordered || unit.as_ref().is_some_and(team) {
        return Place::Asked;
    }
    let mut found = Place::Outside;
    let nodes = |unit| {
        let own = question.nodes_of(unit).map(|node| (node.since, node));
        own.chain(question.nodes_above(unit))
    };
    for (since, node) in unit.into_iter().flat_map(nodes) {
        found = match (node.assist, node.until) {
            (true, _) if found.is_left_by(since) => Place::Helping,
            (true, _) => found,
            (false, None) => return Place::Asked,
            (false, Some(until)) if seen > until => Place::KnewGone(until),
            (false, Some(until)) if told <= until => Place::Sent,
            (false, Some(_)) => return Place::Asked,
        };
    }
    found
}

/// Whether the link takes the case back or sends it to another unit.
fn reassigns(context: &Context<'_>, position: usize) -> bool {
    context.link(position).is_some_and(|it| match it.effect {
        Effect::Ends | Effect::Asks(_) => true,
        // These may find nothing to do, and then decide nothing.
        Effect::AsksAgain(_) | Effect::Returns => context.questions.stage_set(position).is_some(),
        Effect::Narrows | Effect::Leaves => false,
    })
}

/// Picks the claim that counts and marks the others.
fn choose(context: &Context<'_>, claims: &[Claim], view: &mut CaseView) -> Option<usize> {
    let best = claims.iter().map(|claim| claim.question).max()?;
    let winner = claims
        .iter()
        .filter(|claim| claim.question == best)
        .map(|claim| claim.row)
        .min()?;
    for claim in claims {
        let (status, why) = if claim.row == winner {
            (Status::Effective, claim.crossed.then_some(Reason::WorkDone))
        } else if claim.question == best {
            (Status::Effective, Some(Reason::Supporting))
        } else {
            let by = Some(context.graph.hash(winner));
            (Status::Superseded { by }, Some(Reason::NewerWork))
        };
        view.set(claim.row, status, why);
    }
    Some(winner)
}
