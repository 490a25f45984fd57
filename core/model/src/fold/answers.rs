//! Judging findings (verify, check) and facts against the question that they answer.

use std::collections::{BTreeMap, BTreeSet};

use super::Rules;
use super::context::Context;
use super::found::{Finding, Said};
use super::question::{Question, QuestionKind};
use super::requests;
use super::stage::{Reason, Stage, Status};
use super::table::{self, Moves};
use super::view::CaseView;
use crate::entry::{CheckResult, ClassRef, Payload, VerifyResult};
use crate::ids::UserId;
use crate::small::Gather as _;

/// Judges every entry that answers question `at`, work excepted.
pub(super) fn judge(context: &Context<'_>, at: usize, view: &mut CaseView) {
    let question = context.questions.get(at);
    let mut findings = Vec::new();
    for row in context.answers(at).iter().copied() {
        let Some(kind) = context.field_kind(row) else {
            continue;
        };
        match (table::field_row(kind).moves, question.ended_by) {
            (Moves::Work, _) if question.kind.is_work() => {}
            (Moves::Request, _) if requests::is_outside(context, row) => {
                view.set(row, Status::Effective, Some(Reason::Request));
            }
            (_, Some(end)) if !context.in_time(question, row) => {
                context.set_late(view, row, end, Reason::Settled);
            }
            (Moves::Answer(expected), _) if expected == question.kind => findings.push(row),
            (Moves::Answer(_) | Moves::Work | Moves::Confirm, _)
                if !table::field_row(kind).answers.takes(question.kind) =>
            {
                view.set(row, Status::Orphan, Some(Reason::WrongQuestion));
            }
            (Moves::Request, _) => requests::judge(context, question, row, view),
            (Moves::Answer(_) | Moves::Work | Moves::Confirm, _) => {}
            (Moves::Nothing | Moves::BeforeAnyInstruction, _) => {}
        }
    }
    if !findings.is_empty() {
        weigh(context, question, findings, view);
    }
}

/// Weighs the findings of the asked persons: each person's last word counts, and among persons the
/// heaviest.
fn weigh(context: &Context<'_>, question: &Question, findings: Vec<usize>, view: &mut CaseView) {
    let asked: BTreeSet<&UserId> = question.persons.iter().map(|it| &it.who).into_set();
    let reporter = view.reporter.clone();
    let apart = Apart::of(context, question);
    let mut handlers = excluded_handlers(context, question, &apart);
    let spot = question.spot && apart.keeps();
    handlers.extend(reporter.as_ref().filter(|_| spot));
    let class = view.report.as_ref().map(|report| report.class.clone());
    let mut last: BTreeMap<&UserId, Vec<usize>> = BTreeMap::new();
    for row in findings {
        let Some(by) = context.author(row) else {
            continue;
        };
        if !asked.contains(by) {
            view.set(row, Status::Superseded { by: None }, Some(Reason::NotAsked));
        } else if handlers.contains(by) && !apart.frees(context, row, class.as_ref()) {
            let why = Some(Reason::HandledThisRound);
            view.set(row, Status::Superseded { by: None }, why);
        } else {
            if handlers.contains(by) {
                view.excepted.insert(context.graph.hash(row));
            }
            let own = last.entry(by).or_default();
            own.retain(|earlier| !replaces(context, row, *earlier, view));
            own.push(row);
        }
    }
    let standing: Vec<usize> = last.into_values().flatten().collect();
    let Some(winner) = heaviest(context, &standing, view) else {
        return;
    };
    view.findings
        .extend(finding(context, question, (winner, &standing)));
    if question.ended_by.is_none() {
        view.stage = answered_stage(context, winner);
    }
}

/// What a check could tell of the work.
fn finding(
    context: &Context<'_>,
    question: &Question,
    (winner, standing): (usize, &[usize]),
) -> Option<Finding> {
    let Payload::Check(check) = context.graph.payload(winner)? else {
        return None;
    };
    let alike = |row: &&usize| weight(context, **row) == weight(context, winner);
    let found = || {
        let alike = standing.iter().filter(alike);
        alike.map(|row| context.graph.hash(*row)).collect()
    };
    let said = match check.result {
        CheckResult::NotPass => Said::NotDone(context.graph.hash(winner)),
        CheckResult::Pass => Said::Done(found()),
        CheckResult::Unable => return None,
    };
    Some(Finding {
        round: question.round,
        asked: *question.links.first()?,
        said,
    })
}

/// The rules that keep work and check apart: those under which the work began and those under which the check
/// was asked for. An exception counts where both make it.
struct Apart<'a> {
    rules: Vec<Rules<'a>>,
}

impl<'a> Apart<'a> {
    fn of(context: &Context<'a>, question: &Question) -> Self {
        let both = [
            context.rules_of(question),
            context.rules_of_work(question.round),
        ];
        Self {
            rules: both.into_iter().filter(|rules| rules.separation).collect(),
        }
    }

    fn keeps(&self) -> bool {
        !self.rules.is_empty()
    }

    /// Whether the finding was written in a role that may check its own work in such a case.
    fn frees(&self, context: &Context<'_>, row: usize, class: Option<&ClassRef>) -> bool {
        context.graph.written(row).is_some_and(|written| {
            let role = &written.entry.header.role;
            self.rules
                .iter()
                .all(|rules| rules.exempt.frees(role, class))
        })
    }
}

/// Marks a person's earlier finding as replaced, if `row` was written upon it.
fn replaces(context: &Context<'_>, row: usize, earlier: usize, view: &mut CaseView) -> bool {
    let replaced = context.graph.precedes(earlier, row);
    if replaced {
        let by = Some(context.graph.hash(row));
        let status = Status::Superseded { by };
        view.set(earlier, status, Some(Reason::OwnLaterAnswer));
    }
    replaced
}

/// The finding that weighs most; marks those that weigh less.
fn heaviest(context: &Context<'_>, standing: &[usize], view: &mut CaseView) -> Option<usize> {
    let rank = |row: &usize| {
        let tie = std::cmp::Reverse(context.graph.hash(*row));
        (weight(context, *row), tie)
    };
    let winner = standing.iter().copied().max_by_key(rank)?;
    let by = Some(context.graph.hash(winner));
    for row in standing {
        if weight(context, *row) != weight(context, winner) {
            view.set(*row, Status::Superseded { by }, Some(Reason::HeavierAnswer));
        }
    }
    Some(winner)
}

/// Who has a handle in the round that a check is about, on any device. Handles that arrive after
/// the check was settled do not unsettle it.
fn excluded_handlers<'a>(
    context: &Context<'a>,
    check: &Question,
    apart: &Apart<'_>,
) -> BTreeSet<&'a UserId> {
    if check.kind != QuestionKind::Check || !apart.keeps() {
        return BTreeSet::new();
    }
    handles_in_round(context, check.round)
        .filter(|row| context.in_time(check, *row))
        .filter_map(|row| context.author(row))
        .into_set()
}

/// Every handle that answers a dispatch or rework of a round, whatever became of it.
pub(super) fn handles_in_round<'c>(
    context: &'c Context<'_>,
    round: u32,
) -> impl Iterator<Item = usize> + 'c {
    context
        .questions
        .works_of(round)
        .flat_map(|at| context.answers(at).iter().copied())
        .filter(|row| context.is_handle(*row))
}

/// Heavier is worse: the order of the result enums.
fn weight(context: &Context<'_>, row: usize) -> u8 {
    match context.graph.payload(row) {
        Some(Payload::Verify(verify)) => verify.result as u8,
        Some(Payload::Check(check)) => check.result as u8,
        _ => 0,
    }
}

fn answered_stage(context: &Context<'_>, row: usize) -> Stage {
    match context.graph.payload(row) {
        Some(Payload::Verify(verify)) => match verify.result {
            VerifyResult::Exists => Stage::VerifiedExists,
            VerifyResult::Unable => Stage::VerifiedUnable,
            VerifyResult::NotExists => Stage::VerifiedNotExists,
        },
        Some(Payload::Check(check)) => match check.result {
            CheckResult::Pass => Stage::CheckPassed,
            CheckResult::Unable => Stage::CheckUnable,
            CheckResult::NotPass => Stage::CheckFailed,
        },
        _ => Stage::Reported,
    }
}
