//! For which unit somebody does a task that was given to them in person.
//!
//! Who handles a case handles it for a unit that has it. A person who is given the task alone and whose unit
//! does not have it could never answer, so the server names that unit with them: an order goes to the unit
//! that they work for, and an assignment to a person of a unit below makes that unit a team.

use gewu_model::command::Command;
use gewu_model::entry::{Assign, Body, Payload};
use gewu_model::fold::CaseView;
use gewu_model::ids::{UnitId, UserId};
use gewu_model::policy::Policy;

use super::Core;
use super::bench::Bench;
use super::decide::DecideError;
use super::load::rows;
use super::passing::{Held, capacities_of};

impl Core {
    /// The body with the units for which those who are named in person do the task, or did it until now.
    pub(super) fn placed(
        &self,
        bench: &Bench<'_>,
        command: &Command,
        body: Body,
        view: &CaseView,
    ) -> Result<Body, DecideError> {
        let rules = self.rules();
        let policy = rules.pinned(bench.state.root.as_ref(), rows(&bench.state));
        let Some(policy) = policy else {
            return Ok(body);
        };
        Ok(match body {
            Body::Order(order) if order.units.is_empty() => {
                let mut placed = Body::Order(order.clone());
                for person in &order.persons {
                    let held = capacities_of(bench.tx, person)?;
                    let named = |unit: &UnitId| {
                        let mut with = order.clone();
                        with.units.push(unit.clone());
                        Body::Order(with)
                    };
                    let unit = place(policy, view, (&Body::Order(order.clone()), &named), &held);
                    add_unit(&mut placed, unit);
                }
                placed
            }
            Body::Assign(assign) if assign.team.is_none() => {
                let Some(person) = assign.person.clone() else {
                    return Ok(Body::Assign(assign));
                };
                let mut held = capacities_of(bench.tx, &person)?;
                held.retain(|(who, _)| is_below(policy, command, view, who.unit.as_ref()));
                let named = |unit: &UnitId| {
                    Body::Assign(Assign {
                        team: Some(unit.clone()),
                        ..assign.clone()
                    })
                };
                let alone = Body::Assign(assign.clone());
                let team = place(policy, view, (&alone, &named), &held);
                Body::Assign(Assign { team, ..assign })
            }
            Body::Unassign(mut freed) if freed.team.is_none() => {
                if let Some(person) = &freed.person {
                    freed.team = team_of(bench, view, person)?;
                }
                Body::Unassign(freed)
            }
            body => body,
        })
    }
}

/// The first unit in which somebody could answer; `None` where they can without one, or cannot at all.
fn place(
    policy: &Policy,
    view: &CaseView,
    (alone, named): (&Body, &dyn Fn(&UnitId) -> Body),
    held: &[Held],
) -> Option<UnitId> {
    let may = |body: &Body| {
        policy.asks_in_person(body, view).is_some_and(|asked| {
            let answers = |(who, standing): &Held| asked.may_answer(policy, who, standing);
            held.iter().any(answers)
        })
    };
    let mut units = held.iter().filter_map(|(who, _)| who.unit.as_ref());
    match held.is_empty() || may(alone) {
        true => None,
        false => units.find(|unit| may(&named(unit))).cloned(),
    }
}

fn add_unit(body: &mut Body, unit: Option<UnitId>) {
    if let (Body::Order(order), Some(unit)) = (body, unit)
        && !order.units.contains(&unit)
    {
        order.units.push(unit);
    }
}

/// Whether the unit stands below the one that assigns or, where the centre does, below one that has the task.
fn is_below(policy: &Policy, command: &Command, view: &CaseView, unit: Option<&UnitId>) -> bool {
    let Some((unit, open)) = unit.zip(view.question.as_ref()) else {
        return false;
    };
    let mut with = open.units.iter().chain(&open.assist);
    let own = command.unit.as_ref();
    let own = own.filter(|own| open.units.contains(own) || open.assist.contains(own));
    match own {
        Some(own) => policy.units().lies_under(unit, own),
        None => with.any(|above| policy.units().lies_under(unit, above)),
    }
}

/// The team that was named with the person, where the task was not given to the team as such and nobody else
/// who still has it works for that team.
fn team_of(
    bench: &Bench<'_>,
    view: &CaseView,
    person: &UserId,
) -> Result<Option<UnitId>, DecideError> {
    let Some(open) = &view.question else {
        return Ok(None);
    };
    let all = || {
        view.chain.iter().rev().filter_map(|link| {
            let written = bench.state.accepted(&link.hash)?.row.entry.as_ref()?;
            match written.payload.as_ref().ok()? {
                Payload::Instruction(_, Body::Assign(assign)) => Some(assign),
                _ => None,
            }
        })
    };
    let is_theirs = |it: &Assign| it.person.is_some() && it.team.is_some();
    let teams = all()
        .filter(|it| is_theirs(it))
        .filter_map(|it| it.team.as_ref());
    let mut teams = teams.filter(|team| open.teams.contains(team));
    let own = units_of(bench, person)?;
    let Some(team) = teams.find(|team| own.contains(team)) else {
        return Ok(None);
    };
    if all().any(|it| it.person.is_none() && it.team.as_ref() == Some(team)) {
        return Ok(None);
    }
    for other in open.persons.iter().filter(|other| *other != person) {
        if units_of(bench, other)?.contains(team) {
            return Ok(None);
        }
    }
    Ok(Some(team.clone()))
}

/// The units that somebody works for.
fn units_of(bench: &Bench<'_>, person: &UserId) -> Result<Vec<UnitId>, DecideError> {
    let held = capacities_of(bench.tx, person)?;
    Ok(held.into_iter().filter_map(|(who, _)| who.unit).collect())
}
