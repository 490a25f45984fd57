//! Questions: what the chain asked, of whom, and what ended it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Rules;
use super::chain::{Chain, instruction};
use super::graph::Graph;
use super::stage::Stage;
use super::table::{Again, Effect};
use crate::entry::{Asked, Body};
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
    /// The unit above, by its place in the list; `None` at the top of the tree.
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

    /// Whether the question was ever put to that person, or to the unit in whose name they act.
    pub(super) fn addresses(&self, person: &UserId, unit: Option<&UnitId>) -> bool {
        let as_unit = unit.is_some_and(|unit| {
            let teams = self.teams.iter().any(|team| team.who == *unit);
            teams || self.nodes_of(unit).next().is_some()
        });
        as_unit || self.persons.iter().any(|named| named.who == *person)
    }

    /// The node that had the question last.
    fn narrowest(&self) -> Option<usize> {
        self.nodes
            .iter()
            .rposition(|node| node.is_live() && !node.assist)
    }

    /// Whether nobody at the top of the tree would be left without that node.
    fn is_last_top(&self, at: usize) -> bool {
        let is_top = |it: &Named<UnitId>| it.is_live() && it.parent.is_none() && !it.assist;
        is_top(&self.nodes[at]) && self.nodes.iter().filter(|it| is_top(it)).count() == 1
    }

    fn live(&self, unit: &UnitId) -> Option<usize> {
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
        let mut walk = Walk {
            rules,
            done: Vec::new(),
            open: false,
            round: 0,
            working: false,
            suspended: None,
            returned: BTreeMap::new(),
        };
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

struct Walk<'r> {
    rules: &'r Rules<'r>,
    done: Vec<Question>,
    open: bool,
    round: u32,
    /// Whether a round of work is under way that nothing has settled yet.
    working: bool,
    /// The question that waits to be resumed.
    suspended: Option<usize>,
    returned: BTreeMap<usize, UnitId>,
}

impl Walk<'_> {
    /// Takes the next instruction, and says which stage it sets.
    fn step(&mut self, position: usize, body: &Body) -> Option<Stage> {
        let row = self.rules.of(body.kind());
        self.working &= row.work_survives;
        match row.effect {
            Effect::Asks(kind) if self.joins(kind, body) => self.narrow(position, body),
            Effect::Asks(kind) => self.ask(position, kind, body),
            Effect::AsksAgain(Again::Finding) => return self.redo(position, body),
            Effect::AsksAgain(Again::Suspended) => return self.resume(position),
            Effect::Narrows if self.open => self.narrow(position, body),
            Effect::Returns => {
                let to_centre = self.give_back(position, body);
                return row.stage.filter(|_| to_centre);
            }
            Effect::Ends => self.end_by(position, body),
            Effect::Narrows | Effect::Leaves => {}
        }
        row.stage
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
        self.suspended = None;
    }

    fn end_by(&mut self, position: usize, body: &Body) {
        let open = self.open.then(|| self.done.len() - 1);
        let already = self.suspended;
        self.end(position);
        if matches!(body, Body::Suspend(_)) {
            self.suspended = open.or(already);
        }
    }

    fn ask(&mut self, position: usize, kind: QuestionKind, body: &Body) {
        self.begin(position, kind);
        self.narrow(position, body);
    }

    fn begin(&mut self, position: usize, kind: QuestionKind) {
        self.end(position);
        if kind.is_work() {
            self.round += u32::from(!self.working);
            self.working = true;
        }
        self.done.push(Question {
            kind,
            links: Vec::new(),
            persons: Vec::new(),
            teams: Vec::new(),
            nodes: Vec::new(),
            ended_by: None,
            round: self.round,
            spot: false,
        });
        self.open = true;
    }

    /// The last verify or check once more: of those who were asked, unless others are named.
    fn redo(&mut self, position: usize, body: &Body) -> Option<Stage> {
        let before = self.done.iter().rfind(|it| !it.kind.is_work())?.clone();
        let named = match body {
            Body::RedoRequest(redo) => redo.persons.as_slice(),
            _ => &[],
        };
        self.begin(position, before.kind);
        let question = self.done.last_mut()?;
        question.spot = before.spot;
        question.links.push(position);
        if named.is_empty() {
            question.persons = renewed(&before.persons, position);
        } else {
            question
                .persons
                .extend(named.iter().map(|who| name(who, position)));
        }
        Some(before.kind.stage())
    }

    /// What was suspended, of the same units and persons.
    fn resume(&mut self, position: usize) -> Option<Stage> {
        let before = self.done.get(self.suspended?)?.clone();
        self.begin(position, before.kind);
        let question = self.done.last_mut()?;
        question.spot = before.spot;
        question.links.push(position);
        question.persons = renewed(&before.persons, position);
        question.teams = renewed(&before.teams, position);
        question.nodes = renewed(&before.nodes, position);
        Some(before.kind.stage())
    }

    /// One level up. Whether nothing is open afterwards.
    fn give_back(&mut self, position: usize, body: &Body) -> bool {
        let open = self
            .done
            .last_mut()
            .filter(|it| self.open && it.kind.is_work());
        let Some(question) = open else {
            return false;
        };
        let unit = match body {
            Body::SendBack(body) => body.unit.as_ref(),
            _ => None,
        };
        let node = match unit {
            Some(unit) => question.live(unit),
            None => question.narrowest(),
        };
        let to_centre = match node {
            Some(at) => question.is_last_top(at),
            None => unit.is_none(),
        };
        if let Some(at) = node {
            let unit = question.nodes[at].who.clone();
            self.returned.insert(position, unit);
        }
        if to_centre {
            self.end(position);
        } else if let Some(at) = node {
            question.links.push(position);
            take_away(&mut question.nodes, at, position);
        }
        to_centre
    }

    fn narrow(&mut self, position: usize, body: &Body) {
        let Some(question) = self.done.last_mut() else {
            return;
        };
        question.links.push(position);
        match body {
            Body::VerifyRequest(Asked { persons, .. })
            | Body::CheckRequest(Asked { persons, .. }) => {
                let named = persons.iter().map(|who| name(who, position));
                question.persons.extend(named);
            }
            Body::SpotCheck(drawn) => {
                question.spot = true;
                let named = drawn.persons.iter().map(|who| name(who, position));
                question.persons.extend(named);
            }
            Body::Dispatch(dispatch) => {
                question.nodes.push(name(&dispatch.lead, position));
                let help = dispatch.assist.iter().map(|who| helper(who, position));
                question.nodes.extend(help);
            }
            Body::Order(order) => {
                let named = order.persons.iter().map(|who| name(who, position));
                question.persons.extend(named);
                let units = order.units.iter().map(|who| name(who, position));
                question.nodes.extend(units);
            }
            Body::Rework(rework) => question.nodes.push(name(&rework.lead, position)),
            Body::Forward(forward) => {
                let from = forward.from.as_ref().and_then(|unit| question.live(unit));
                let parent = from.or_else(|| question.narrowest());
                question.nodes.push(Named {
                    parent,
                    ..name(&forward.unit, position)
                });
            }
            Body::Assign(assign) => {
                let person = assign.person.iter().map(|who| name(who, position));
                question.persons.extend(person);
                let team = assign.team.iter().map(|who| name(who, position));
                question.teams.extend(team);
            }
            Body::Unassign(freed) if question.kind.is_work() => {
                release(&mut question.persons, freed.person.as_ref(), position);
                release(&mut question.teams, freed.team.as_ref(), position);
            }
            _ => {}
        }
    }
}

fn name<T: Clone>(who: &T, since: usize) -> Named<T> {
    Named {
        who: who.clone(),
        parent: None,
        assist: false,
        since,
        origin: since,
        until: None,
    }
}

fn helper<T: Clone>(who: &T, since: usize) -> Named<T> {
    Named {
        assist: true,
        ..name(who, since)
    }
}

/// Those of an earlier question that were still asked, asked anew with the tree between them.
fn renewed<T: Clone>(before: &[Named<T>], position: usize) -> Vec<Named<T>> {
    let mut places = vec![None; before.len()];
    let mut kept = Vec::new();
    for (at, named) in before.iter().enumerate().filter(|(_, it)| it.is_live()) {
        places[at] = Some(kept.len());
        kept.push(Named {
            parent: named.parent.and_then(|parent| places[parent]),
            since: position,
            ..named.clone()
        });
    }
    kept
}

/// Ends a node and all that was passed on below it. A node stands after the one above it.
fn take_away<T>(nodes: &mut [Named<T>], top: usize, position: usize) {
    let mut gone = vec![false; nodes.len()];
    for at in top..nodes.len() {
        let below = nodes[at].parent.is_some_and(|parent| gone[parent]);
        gone[at] = at == top || below;
        if gone[at] && nodes[at].is_live() {
            nodes[at].until = Some(position);
        }
    }
}

fn release<T: PartialEq>(named: &mut [Named<T>], who: Option<&T>, position: usize) {
    named
        .iter_mut()
        .filter(|it| it.is_live() && Some(&it.who) == who)
        .for_each(|it| it.until = Some(position));
}
