//! Whose task it is, and how far it went.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{body_at, hash_at};
use crate::entry::{Body, DayWindow, FieldKind, Payload, SeenState};
use crate::fold::context::Context;
use crate::fold::question::{Named, Question, QuestionKind};
use crate::fold::stage::Status;
use crate::fold::table::{self, Moves};
use crate::fold::view::CaseView;
use crate::ids::{ChangeHash, UnitId, UserId};

/// The most tasks that are shown, the newest first. A case of ordinary length has a few dozen.
const MAX_TASKS: usize = 200;

/// Whose task it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Addressee {
    /// A person's.
    Person(UserId),
    /// A unit's.
    Unit(UnitId),
    /// A team's.
    Team(UnitId),
}

/// One task: what somebody was asked. Those that were taken back are kept, so that a phone that
/// already shows one can strike it out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Task {
    /// What is asked.
    pub kind: QuestionKind,
    /// Of whom.
    pub who: Addressee,
    /// Whether they only help.
    pub assist: bool,
    /// The instruction that gave it.
    pub since: ChangeHash,
    /// The instruction that took it away or ended the question.
    pub cancelled_by: Option<ChangeHash>,
    /// The addressee's latest answer that was heard.
    pub done_by: Option<ChangeHash>,
    /// The farthest receipt.
    pub seen: Option<SeenState>,
    /// The part of the day in which it has to be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub same_period: Option<DayWindow>,
}

impl Task {
    /// Whether something is still expected of the addressee.
    pub const fn is_open(&self) -> bool {
        self.cancelled_by.is_none() && self.done_by.is_none()
    }
}

/// The newest tasks, newest question first, in the order of naming.
pub(in crate::fold) fn tasks(context: &Context<'_>, view: &CaseView) -> Vec<Task> {
    let mut all = Vec::new();
    for at in (0..context.questions.len()).rev() {
        if all.len() >= MAX_TASKS {
            break;
        }
        of_question(context, at, view, &mut all);
    }
    all.truncate(MAX_TASKS);
    all
}

/// What addressees of one question wrote.
#[derive(Default)]
struct Heard<'a> {
    by_person: BTreeMap<&'a UserId, ChangeHash>,
    by_unit: BTreeMap<&'a UnitId, ChangeHash>,
    seen: BTreeMap<&'a UserId, SeenState>,
    seen_by_unit: BTreeMap<&'a UnitId, SeenState>,
}

fn of_question(context: &Context<'_>, at: usize, view: &CaseView, all: &mut Vec<Task>) {
    let question = context.questions.get(at);
    let heard = hear(context, at, view);
    let room = MAX_TASKS.saturating_sub(all.len());
    let persons = question.persons.iter().filter_map(|named| {
        let task = task(
            context,
            question,
            named,
            Addressee::Person(named.who.clone()),
        )?;
        Some(Task {
            done_by: heard.by_person.get(&named.who).copied(),
            seen: heard.seen.get(&named.who).copied(),
            ..task
        })
    });
    let of_unit = |named: &Named<UnitId>, who: Addressee| {
        let task = task(context, question, named, who)?;
        Some(Task {
            done_by: heard.by_unit.get(&named.who).copied(),
            seen: heard.seen_by_unit.get(&named.who).copied(),
            ..task
        })
    };
    let units = question
        .nodes
        .iter()
        .filter_map(|named| of_unit(named, Addressee::Unit(named.who.clone())));
    let teams = question
        .teams
        .iter()
        .filter_map(|named| of_unit(named, Addressee::Team(named.who.clone())));
    all.extend(persons.chain(units).chain(teams).take(room));
}

fn task<T>(
    context: &Context<'_>,
    question: &Question,
    named: &Named<T>,
    who: Addressee,
) -> Option<Task> {
    let ended = named.until.or(question.ended_by);
    Some(Task {
        kind: question.kind,
        who,
        assist: named.assist,
        since: hash_at(context, named.since)?,
        cancelled_by: ended.and_then(|ended| hash_at(context, ended)),
        done_by: None,
        seen: None,
        same_period: window(context, named),
    })
}

/// The part of the day that the latest instruction named that gave the task, else the first that did.
fn window<T>(context: &Context<'_>, named: &Named<T>) -> Option<DayWindow> {
    let said = |position| match body_at(context, position)? {
        Body::VerifyRequest(it) | Body::CheckRequest(it) => it.same_period,
        Body::RedoRequest(it) => it.same_period,
        Body::SpotCheck(it) => it.same_period,
        _ => None,
    };
    said(named.since).or_else(|| said(named.origin))
}

fn hear<'a>(context: &Context<'a>, at: usize, view: &CaseView) -> Heard<'a> {
    let kind = context.questions.get(at).kind;
    let mut heard = Heard::default();
    for row in context.answers(at).iter().copied() {
        let (Some(by), Some(field)) = (context.author(row), context.field_kind(row)) else {
            continue;
        };
        let unit = context.unit(row);
        if let Some(Payload::Seen(seen)) = context.graph.payload(row) {
            farther(&mut heard.seen, by, seen.state);
            if let Some(unit) = unit {
                farther(&mut heard.seen_by_unit, unit, seen.state);
            }
        } else if answers(field, kind) && is_heard(view, row) {
            heard.by_person.insert(by, context.graph.hash(row));
            if let Some(unit) = unit {
                heard.by_unit.insert(unit, context.graph.hash(row));
            }
        }
    }
    heard
}

fn answers(field: FieldKind, kind: QuestionKind) -> bool {
    match table::field_row(field).moves {
        Moves::Answer(wanted) => wanted == kind,
        Moves::Work => kind.is_work(),
        _ => false,
    }
}

fn is_heard(view: &CaseView, row: usize) -> bool {
    !matches!(view.status(row), Status::Late { .. } | Status::Orphan)
}

fn farther<'a, K: Ord + ?Sized>(
    all: &mut BTreeMap<&'a K, SeenState>,
    who: &'a K,
    state: SeenState,
) {
    let known = all.entry(who).or_insert(state);
    *known = (*known).max(state);
}
