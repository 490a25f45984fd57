//! Questions: what the chain asked, of whom, and what ended it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Rules;
use super::chain::{Chain, instruction};
use super::graph::Graph;
use super::stage::Stage;
use super::walk::Walk;
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
    /// Do what is ordered, without a problem behind it.
    Order,
}

impl QuestionKind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[
        Self::Verify,
        Self::Check,
        Self::Dispatch,
        Self::Rework,
        Self::Order,
    ];

    /// Whether the answer is work rather than a finding.
    pub const fn is_work(self) -> bool {
        matches!(self, Self::Dispatch | Self::Rework | Self::Order)
    }

    /// The name in stores and on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Verify => "verify",
            Self::Check => "check",
            Self::Dispatch => "dispatch",
            Self::Rework => "rework",
            Self::Order => "order",
        }
    }

    /// The stage while it is open and unanswered.
    pub const fn stage(self) -> Stage {
        match self {
            Self::Verify => Stage::Verifying,
            Self::Check => Stage::Checking,
            Self::Dispatch | Self::Rework | Self::Order => Stage::Dispatched,
        }
    }
}

/// A unit or person to whom a question was put, and for how long of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named<T> {
    pub(super) who: T,
    /// The unit above, by its place among the units; `None` at the top of the tree. Of a team only a
    /// unit that helps is told: all others are the lead's, or a unit's below it.
    pub(super) parent: Option<usize>,
    /// Whether it only helps.
    pub(super) assist: bool,
    /// Chain position of the instruction that named it.
    pub(super) since: usize,
    /// Chain position of the instruction that first named it, before any resumption.
    pub(super) origin: usize,
    /// Chain position of the instruction that took it away again.
    pub(super) until: Option<usize>,
}

impl<T> Named<T> {
    pub(super) const fn is_live(&self) -> bool {
        self.until.is_none()
    }
}

/// One question of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What is asked.
    pub kind: QuestionKind,
    /// Chain positions of the asking instruction and of every narrowing, in order.
    pub links: Vec<usize>,
    /// Persons who are asked.
    pub(super) persons: Vec<Named<UserId>>,
    /// Persons to whom the work was assigned, and teams.
    pub(super) teams: Vec<Named<UnitId>>,
    /// The tree of units: the lead, those it was passed on to, and those that help.
    pub(super) nodes: Vec<Named<UnitId>>,
    /// Chain position of the instruction that ended or replaced it.
    pub ended_by: Option<usize>,
    /// The round of work that it belongs to, from 1; 0 before any.
    pub round: u32,
    /// Whether it checks what the reporter settled on the spot.
    pub(super) spot: bool,
}

impl Question {
    /// Every node of `unit`.
    pub(super) fn nodes_of<'q>(
        &'q self,
        unit: &'q UnitId,
    ) -> impl Iterator<Item = &'q Named<UnitId>> {
        self.nodes.iter().filter(move |node| node.who == *unit)
    }

    /// The nodes of the units that help and for which `team` works, each with the chain position from which
    /// on it does.
    pub(super) fn nodes_above<'q>(
        &'q self,
        team: &'q UnitId,
    ) -> impl Iterator<Item = (usize, &'q Named<UnitId>)> {
        let teams = self.teams.iter().filter(move |named| named.who == *team);
        teams.filter_map(|named| Some((named.since, self.nodes.get(named.parent?)?)))
    }

    /// Whether the question was ever put to that person, or to the unit in whose name they act.
    pub(super) fn addresses(&self, person: &UserId, unit: Option<&UnitId>) -> bool {
        let as_unit = unit.is_some_and(|unit| {
            let teams = self.teams.iter().any(|team| team.who == *unit);
            teams || self.nodes_of(unit).next().is_some()
        });
        as_unit || self.persons.iter().any(|named| named.who == *person)
    }

    /// The node that had the question last.
    pub(super) fn narrowest(&self) -> Option<usize> {
        self.nodes
            .iter()
            .rposition(|node| node.is_live() && !node.assist)
    }

    /// Whether nobody at the top of the tree would be left without that node.
    pub(super) fn is_last_top(&self, at: usize) -> bool {
        let is_top = |it: &Named<UnitId>| it.is_live() && it.parent.is_none() && !it.assist;
        is_top(&self.nodes[at]) && self.nodes.iter().filter(|it| is_top(it)).count() == 1
    }

    /// The node by which that unit helps.
    pub(super) fn live_helper(&self, unit: &UnitId) -> Option<usize> {
        let helps = |node: &Named<UnitId>| node.is_live() && node.assist && node.who == *unit;
        self.nodes.iter().rposition(helps)
    }

    pub(super) fn live(&self, unit: &UnitId) -> Option<usize> {
        self.nodes
            .iter()
            .rposition(|node| node.is_live() && node.who == *unit)
    }
}

/// All questions, in the order of asking.
pub(super) struct Questions {
    all: Vec<Question>,
    /// Per chain position, the question to which that instruction belongs.
    by_link: Vec<Option<usize>>,
    /// Per round, its dispatches and reworks.
    works: Vec<Vec<usize>>,
    /// Per chain position, the stage that the instruction set.
    stages: Vec<Option<Stage>>,
    /// Per chain position of a return, the unit that gave the question back.
    returned: BTreeMap<usize, UnitId>,
}

impl Questions {
    pub(super) fn of(graph: &Graph<'_>, chain: &Chain, rules: &Rules<'_>) -> Self {
        let mut walk = Walk::new(rules);
        let mut stages = vec![None; chain.links().len()];
        for (position, at) in chain.links().iter().enumerate() {
            if let Some((_, body)) = instruction(graph, *at) {
                stages[position] = walk.step(position, body);
            }
        }
        let mut questions = Self::index(walk.done, stages, walk.round);
        questions.returned = walk.returned;
        questions
    }

    fn index(all: Vec<Question>, stages: Vec<Option<Stage>>, rounds: u32) -> Self {
        let mut by_link = vec![None; stages.len()];
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
            stages,
            returned: BTreeMap::new(),
        }
    }

    /// The stage that the instruction at a chain position set, if it set one.
    pub(super) fn stage_set(&self, position: usize) -> Option<Stage> {
        self.stages.get(position).copied().flatten()
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

    /// The question that is open after the instruction at a chain position.
    pub(super) fn open_at(&self, position: usize) -> Option<usize> {
        let at = self
            .all
            .partition_point(|it| it.links.first().is_some_and(|first| *first <= position));
        let last = at.checked_sub(1)?;
        let ended = self.all[last].ended_by;
        ended.is_none_or(|end| end > position).then_some(last)
    }

    /// The units that the instruction at a chain position sent back.
    pub(super) fn returned_at(&self, position: usize) -> Option<&UnitId> {
        self.returned.get(&position)
    }

    /// The question to which the instruction at chain `position` belongs.
    pub(super) fn at_link(&self, position: usize) -> Option<usize> {
        self.by_link.get(position).copied().flatten()
    }
}
