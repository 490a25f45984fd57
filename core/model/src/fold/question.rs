//! Questions: what the chain asked, of whom, and what ended it.

use serde::Serialize;

use super::Rules;
use super::chain::{Chain, instruction};
use super::graph::Graph;
use super::table::Effect;
use crate::entry::Body;
use crate::ids::{UnitId, UserId};

/// What kind of answer is awaited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum QuestionKind {
    /// Is the problem there?
    Verify,
    /// Is the work done?
    Check,
    /// Do the work.
    Dispatch,
    /// Do it again.
    Rework,
}

impl QuestionKind {
    /// Whether the answer is work rather than a finding.
    pub const fn is_work(self) -> bool {
        matches!(self, Self::Dispatch | Self::Rework)
    }
}

/// One question of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What is asked.
    pub kind: QuestionKind,
    /// Chain positions of the asking instruction and of every narrowing, in order.
    pub links: Vec<usize>,
    /// Persons who are asked, or to whom the work was assigned.
    pub persons: Vec<UserId>,
    /// Units that may do the work: the lead, then those it was forwarded to.
    pub units: Vec<UnitId>,
    /// Units that help.
    pub assist: Vec<UnitId>,
    /// Chain position of the instruction that ended or replaced it.
    pub ended_by: Option<usize>,
    /// The round of work that it belongs to, from 1; 0 before any.
    pub round: u32,
}

impl Question {
    /// Whether the question was put to `unit`, as lead or to help.
    pub(super) fn names(&self, unit: &UnitId) -> bool {
        self.units.contains(unit) || self.assist.contains(unit)
    }
}

/// All questions, in the order of asking.
pub(super) struct Questions {
    all: Vec<Question>,
    /// Per chain position, the question to which that instruction belongs.
    by_link: Vec<Option<usize>>,
    /// Per round, its dispatches and reworks.
    works: Vec<Vec<usize>>,
}

impl Questions {
    pub(super) fn of(graph: &Graph<'_>, chain: &Chain, rules: &Rules<'_>) -> Self {
        let mut walk = Walk {
            rules,
            done: Vec::new(),
            open: false,
            round: 0,
            working: false,
        };
        for (position, at) in chain.links().iter().enumerate() {
            if let Some((_, body)) = instruction(graph, *at) {
                walk.step(position, body);
            }
        }
        Self::index(walk.done, chain.links().len(), walk.round)
    }

    fn index(all: Vec<Question>, links: usize, rounds: u32) -> Self {
        let mut by_link = vec![None; links];
        let mut works = vec![Vec::new(); rounds as usize + 1];
        for (at, question) in all.iter().enumerate() {
            question
                .links
                .iter()
                .for_each(|link| by_link[*link] = Some(at));
            if question.kind.is_work() {
                works[question.round as usize].push(at);
            }
        }
        Self {
            all,
            by_link,
            works,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn get(&self, at: usize) -> &Question {
        &self.all[at]
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Question> {
        self.all.iter()
    }

    /// The number of the latest round of work; 0 before any.
    pub(super) fn rounds(&self) -> u32 {
        u32::try_from(self.works.len().saturating_sub(1)).unwrap_or(u32::MAX)
    }

    /// The dispatches and reworks of a round, in the order of asking.
    pub(super) fn works_of(&self, round: u32) -> impl Iterator<Item = usize> {
        self.works
            .get(round as usize)
            .into_iter()
            .flatten()
            .copied()
    }

    /// The question that is open at the end of the chain.
    pub(super) fn open(&self) -> Option<&Question> {
        self.all
            .last()
            .filter(|question| question.ended_by.is_none())
    }

    /// The question to which the instruction at chain `position` belongs.
    pub(super) fn at_link(&self, position: usize) -> Option<usize> {
        self.by_link.get(position).copied().flatten()
    }
}

struct Walk<'r> {
    rules: &'r Rules<'r>,
    done: Vec<Question>,
    open: bool,
    round: u32,
    /// Whether a round of work is under way that nothing has settled yet.
    working: bool,
}

impl Walk<'_> {
    fn step(&mut self, position: usize, body: &Body) {
        let row = self.rules.of(body.kind());
        self.working &= row.work_survives;
        match row.effect {
            Effect::Asks(kind) if self.joins(kind, body) => self.narrow(position, body),
            Effect::Asks(kind) => self.ask(position, kind, body),
            Effect::Narrows if self.open => self.narrow(position, body),
            Effect::Ends => self.end(position),
            Effect::Narrows | Effect::Leaves => {}
        }
    }

    /// Whether `body` asks further persons beside those already asked.
    fn joins(&self, kind: QuestionKind, body: &Body) -> bool {
        let also =
            matches!(body, Body::VerifyRequest(asked) | Body::CheckRequest(asked) if asked.also);
        also && self.open && self.done.last().is_some_and(|open| open.kind == kind)
    }

    fn end(&mut self, position: usize) {
        if let Some(open) = self.done.last_mut().filter(|_| self.open) {
            open.ended_by = Some(position);
        }
        self.open = false;
    }

    fn ask(&mut self, position: usize, kind: QuestionKind, body: &Body) {
        self.end(position);
        if kind.is_work() {
            self.round += u32::from(!self.working);
            self.working = true;
        }
        self.done.push(Question {
            kind,
            links: Vec::new(),
            persons: Vec::new(),
            units: Vec::new(),
            assist: Vec::new(),
            ended_by: None,
            round: self.round,
        });
        self.open = true;
        self.narrow(position, body);
    }

    fn narrow(&mut self, position: usize, body: &Body) {
        let Some(question) = self.done.last_mut() else {
            return;
        };
        question.links.push(position);
        match body {
            Body::VerifyRequest(asked) | Body::CheckRequest(asked) => {
                question.persons.extend(asked.persons.iter().cloned());
            }
            Body::Dispatch(dispatch) => {
                question.units.push(dispatch.lead.clone());
                question.assist.extend(dispatch.assist.iter().cloned());
            }
            Body::Rework(rework) => question.units.push(rework.lead.clone()),
            Body::Forward(forward) => question.units.push(forward.unit.clone()),
            Body::Assign(assign) => question.persons.push(assign.person.clone()),
            _ => {}
        }
    }
}
