//! Judging findings (verify, check) and facts against the question that they answer.

use std::collections::BTreeMap;

use super::chain::Chain;
use super::graph::Graph;
use super::question::{Question, QuestionKind, Questions};
use super::table::{self, Moves};
use super::view::{CaseView, Reason, Stage, Status};
use crate::entry::{CheckResult, FieldKind, Kind, Payload, VerifyResult};
use crate::ids::UserId;

/// Judges every entry that answers question `at`, work excepted.
pub(super) fn judge(
    graph: &Graph<'_>,
    chain: &Chain,
    questions: &Questions,
    at: usize,
    view: &mut CaseView,
) {
    let question = questions.get(at);
    let mut findings = Vec::new();
    for row in answering(graph, chain, questions, at) {
        let Some(Kind::Field(kind)) = graph.kind(row) else {
            continue;
        };
        match table::field_row(*kind).moves {
            Moves::Work if question.kind.is_work() => {}
            _ if !in_time(graph, chain, question, row) => {
                set_late(graph, chain, question, row, view)
            }
            Moves::Answer(expected) if expected == question.kind => findings.push(row),
            Moves::Answer(_) | Moves::Work => {
                view.set(row, Status::Orphan, Some(Reason::WrongQuestion));
            }
            _ => {}
        }
    }
    weigh(graph, chain, questions, question, findings, view);
}

/// Rows that answer question `at`, in causal order.
pub(super) fn answering<'g>(
    graph: &'g Graph<'_>,
    chain: &'g Chain,
    questions: &'g Questions,
    at: usize,
) -> impl Iterator<Item = usize> + 'g {
    graph.indices().filter(move |row| {
        let answers = graph
            .written(*row)
            .and_then(|written| written.entry.header.answers);
        let position = answers.and_then(|hash| chain.position_of(graph, &hash));
        let field =
            matches!(graph.kind(*row), Some(Kind::Field(kind)) if *kind != FieldKind::Withdraw);
        field && position.and_then(|position| questions.at_link(position)) == Some(at)
    })
}

/// Whether `row` lies in the past of the instruction that ended `question`.
pub(super) fn in_time(graph: &Graph<'_>, chain: &Chain, question: &Question, row: usize) -> bool {
    question
        .ended_by
        .is_none_or(|end| graph.precedes(row, chain.links()[end]))
}

pub(super) fn set_late(
    graph: &Graph<'_>,
    chain: &Chain,
    question: &Question,
    row: usize,
    view: &mut CaseView,
) {
    if let Some(end) = question.ended_by {
        let settled_by = graph.hash(chain.links()[end]);
        view.set(row, Status::Late { settled_by }, Some(Reason::Settled));
    }
}

/// Weighs the findings of the asked persons: each person's last word counts, and among persons the
/// heaviest.
fn weigh(
    graph: &Graph<'_>,
    chain: &Chain,
    questions: &Questions,
    question: &Question,
    findings: Vec<usize>,
    view: &mut CaseView,
) {
    let mut last: BTreeMap<&UserId, Vec<usize>> = BTreeMap::new();
    for row in findings {
        let Some(written) = graph.written(row) else {
            continue;
        };
        let by = &written.entry.header.by;
        if let Some(reason) = excluded(graph, chain, questions, question, by) {
            view.set(row, Status::Superseded { by: None }, Some(reason));
            continue;
        }
        let own = last.entry(by).or_default();
        own.retain(|earlier| {
            let replaced = graph.precedes(*earlier, row);
            if replaced {
                let by = Some(graph.hash(row));
                view.set(
                    *earlier,
                    Status::Superseded { by },
                    Some(Reason::OwnLaterAnswer),
                );
            }
            !replaced
        });
        own.push(row);
    }
    let standing: Vec<usize> = last.into_values().flatten().collect();
    let Some(winner) = standing
        .iter()
        .copied()
        .max_by_key(|row| (weight(graph, *row), std::cmp::Reverse(graph.hash(*row))))
    else {
        return;
    };
    for row in standing
        .iter()
        .filter(|row| weight(graph, **row) != weight(graph, winner))
    {
        let by = Some(graph.hash(winner));
        view.set(*row, Status::Superseded { by }, Some(Reason::HeavierAnswer));
    }
    if question.ended_by.is_none() {
        view.stage = answered_stage(graph, winner);
    }
}

/// Why a person's finding cannot count for this question.
fn excluded(
    graph: &Graph<'_>,
    chain: &Chain,
    questions: &Questions,
    question: &Question,
    by: &UserId,
) -> Option<Reason> {
    if !question.persons.contains(by) {
        Some(Reason::NotAsked)
    } else if question.kind == QuestionKind::Check
        && handled_in_round(graph, chain, questions, question, by)
    {
        Some(Reason::HandledThisRound)
    } else {
        None
    }
}

/// Whether the person has a handle in the round that the check is about, on any device. Handles
/// that arrive after the check was settled do not unsettle it.
fn handled_in_round(
    graph: &Graph<'_>,
    chain: &Chain,
    questions: &Questions,
    check: &Question,
    by: &UserId,
) -> bool {
    questions
        .iter()
        .filter(|(_, question)| question.kind.is_work() && question.round == check.round)
        .flat_map(|(at, _)| answering(graph, chain, questions, at))
        .filter(|row| matches!(graph.kind(*row), Some(Kind::Field(FieldKind::Handle))))
        .filter(|row| in_time(graph, chain, check, *row))
        .any(|row| {
            graph
                .written(row)
                .is_some_and(|written| written.entry.header.by == *by)
        })
}

/// Heavier is worse: the order of the result enums.
fn weight(graph: &Graph<'_>, row: usize) -> u8 {
    match graph.payload(row) {
        Some(Payload::Verify(verify)) => verify.result as u8,
        Some(Payload::Check(check)) => check.result as u8,
        _ => 0,
    }
}

fn answered_stage(graph: &Graph<'_>, row: usize) -> Stage {
    match graph.payload(row) {
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
