//! The walk along the chain: what each instruction does to the question that is open.

use std::collections::BTreeMap;

use super::Rules;
use super::question::{Named, Question, QuestionKind};
use super::stage::Stage;
use super::table::{Again, Effect};
use crate::entry::{Asked, Body};
use crate::ids::UnitId;

pub(super) struct Walk<'r> {
    rules: &'r Rules<'r>,
    pub(super) done: Vec<Question>,
    open: bool,
    /// The rounds of work so far.
    pub(super) round: u32,
    /// Whether a round of work is under way that nothing has settled yet.
    working: bool,
    /// The question that waits to be resumed.
    suspended: Option<usize>,
    /// Per chain position of a return, the unit that gave the question back.
    pub(super) returned: BTreeMap<usize, UnitId>,
}

impl<'r> Walk<'r> {
    pub(super) const fn new(rules: &'r Rules<'r>) -> Self {
        Self {
            rules,
            done: Vec::new(),
            open: false,
            round: 0,
            working: false,
            suspended: None,
            returned: BTreeMap::new(),
        }
    }

    /// Takes the next instruction, and says which stage it sets.
    pub(super) fn step(&mut self, position: usize, body: &Body) -> Option<Stage> {
        let row = self.rules.of(body.kind());
        if row.effect == Effect::AsksAgain(Again::Finding) {
            let asked = self.redo(position, body);
            // With nothing to ask again it decides nothing about the work either.
            self.working &= row.work_survives || asked.is_none();
            return asked;
        }
        self.working &= row.work_survives;
        match row.effect {
            Effect::Asks(kind) if self.joins(kind, body) => self.narrow(position, body),
            Effect::Asks(kind) => self.ask(position, kind, body),
            Effect::AsksAgain(_) => return self.resume(position),
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
            question.persons = renewed(&before.persons, &[], position);
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
        let places = places(&before.nodes);
        question.persons = renewed(&before.persons, &[], position);
        question.teams = renewed(&before.teams, &places, position);
        question.nodes = renewed(&before.nodes, &places, position);
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
            take_away(question, at, position);
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
                let helping = assign.helping.as_ref();
                let above = helping.and_then(|unit| question.live_helper(unit));
                let team = assign.team.iter().map(|who| Named {
                    parent: above,
                    assist: above.is_some(),
                    ..name(who, position)
                });
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

/// Where each unit that is still asked will stand among those that are asked anew.
fn places(nodes: &[Named<UnitId>]) -> Vec<Option<usize>> {
    let mut next = 0..;
    let place = |node: &Named<UnitId>| node.is_live().then(|| next.next()).flatten();
    nodes.iter().map(place).collect()
}

/// Those of an earlier question that were still asked, asked anew with the tree between them.
fn renewed<T: Clone>(
    before: &[Named<T>],
    places: &[Option<usize>],
    position: usize,
) -> Vec<Named<T>> {
    let live = before.iter().filter(|named| named.is_live());
    let renew = |named: &Named<T>| Named {
        parent: named.parent.and_then(|above| places.get(above).copied()?),
        since: position,
        ..named.clone()
    };
    live.map(renew).collect()
}

/// Ends a node, all that was passed on below it, and the teams that worked for those. A node stands after
/// the one above it.
fn take_away(question: &mut Question, top: usize, position: usize) {
    let nodes = &mut question.nodes;
    let mut gone = vec![false; nodes.len()];
    for at in top..nodes.len() {
        let below = nodes[at].parent.is_some_and(|parent| gone[parent]);
        gone[at] = at == top || below;
        if gone[at] && nodes[at].is_live() {
            nodes[at].until = Some(position);
        }
    }
    let teams = question.teams.iter_mut().filter(|team| team.is_live());
    teams
        .filter(|team| team.parent.is_some_and(|above| gone[above]))
        .for_each(|team| team.until = Some(position));
}

fn release<T: PartialEq>(named: &mut [Named<T>], who: Option<&T>, position: usize) {
    named
        .iter_mut()
        .filter(|it| it.is_live() && Some(&it.who) == who)
        .for_each(|it| it.until = Some(position));
}
