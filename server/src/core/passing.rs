//! Who is given a task: nobody who could not answer, and no unit that is not there.
//!
//! These hold whoever asks: an operator at a console, or a unit's lead by a command of a device. Persons of
//! whom the server knows nothing are taken as they come, for they may enrol later; so are units at a console
//! that says so. A device has no such say.

use gewu_model::command::Command;
use gewu_model::entry::Body;
use gewu_model::fold::CaseView;
use gewu_model::ids::{Role, UnitId, UserId};
use gewu_model::policy::{AskedInPerson, Capacity, Policy, Standing};

use super::bench::Bench;
use super::decide::DecideError;
use super::load::rows;
use super::nearest::nearest;
use super::{CodeGrant, Core, CoreError};
use crate::store::{DeviceStatus, Tx};

/// Somebody in one of the capacities that the server gave them.
pub(super) type Held = (Capacity, Standing);

fn denied(words: String) -> DecideError {
    DecideError::Denied(words)
}

impl Core {
    /// Refuses to pass a task on to a unit that is not below, and to ask persons who could not answer.
    pub(super) fn check_given(
        &self,
        bench: &Bench<'_>,
        command: &Command,
        body: &Body,
        view: &CaseView,
    ) -> Result<(), DecideError> {
        let rules = self.rules();
        let policy = rules.pinned(bench.state.root.as_ref(), rows(&bench.state));
        let Some(policy) = policy else {
            return Ok(());
        };
        let who = asker(command);
        policy
            .check_passing(&who, body, view)
            .map_err(|why| denied(why.to_string()))?;
        let Some(asked) = policy.asks_in_person(body, view) else {
            return Ok(());
        };
        for person in &asked.persons {
            let held = capacities_of(bench.tx, person)?;
            check_answers(policy, &asked, person, &held)?;
            if matches!(body, Body::Assign(_)) {
                check_own(policy, &who, (person, &held), &asked.seen)?;
            }
        }
        Ok(())
    }

    /// Refuses a unit that nobody here has heard of, to whoever cannot be asked whether it is meant.
    pub(super) fn check_unit_known(&self, tx: &dyn Tx, body: &Body) -> Result<(), DecideError> {
        let named: Vec<&UnitId> = match body {
            Body::Forward(forward) => vec![&forward.unit],
            Body::Ownership(it) => {
                let named = it.authority.iter().chain(&it.owner).chain(&it.handler);
                named.collect()
            }
            _ => return Ok(()),
        };
        let known = self.known_units(tx)?;
        match named.into_iter().find(|unit| !known.contains(*unit)) {
            None => Ok(()),
            Some(unit) => Err(denied(format!(
                "no unit is called {unit} here; there is {}",
                nearest(unit.as_str(), known.iter().map(UnitId::as_str)).join(", ")
            ))),
        }
    }

    /// The body with what the server knows of whoever passes the task on: from which unit it goes, and for
    /// which a team works.
    pub(super) fn passed_on(
        &self,
        bench: &Bench<'_>,
        command: &Command,
        mut body: Body,
        view: &CaseView,
    ) -> Body {
        let rules = self.rules();
        let policy = rules.pinned(bench.state.root.as_ref(), rows(&bench.state));
        match (&mut body, policy) {
            (Body::Forward(forward), Some(policy)) => {
                forward.from = policy.passed_from(&asker(command), forward, view);
            }
            (Body::Assign(assign), Some(policy)) => {
                let team = assign.team.as_ref();
                assign.helping =
                    team.and_then(|team| policy.helped_by(&asker(command), team, view));
            }
            _ => {}
        }
        body
    }
}

fn asker(command: &Command) -> Capacity {
    Capacity {
        user: command.by.clone(),
        role: command.role.clone(),
        unit: command.unit.clone(),
    }
}

/// Refuses to ask somebody whose roles, or whose units, could not answer.
fn check_answers(
    policy: &Policy,
    asked: &AskedInPerson,
    person: &UserId,
    held: &[Held],
) -> Result<(), DecideError> {
    let may = |(who, standing): &Held| asked.may_answer(policy, who, standing);
    let own_work = asked.seen.handled_by(person) && policy.lets_own_work_be_checked(&asked.seen);
    if held.is_empty() || own_work || held.iter().any(may) {
        return Ok(());
    }
    let mut roles: Vec<&str> = held.iter().map(|(who, _)| who.role.as_str()).collect();
    roles.dedup();
    let answer = asked.answer.name();
    let given = |(who, _): &Held| policy.gives(&who.role, &asked.answer);
    Err(denied(match held.iter().any(given) {
        true => format!(
            "{person} could not answer with `{answer}`: none of their units has the task; name a unit of theirs, or somebody else"
        ),
        false => format!(
            "{person} could not answer with `{answer}`, which is not for the role {}: name somebody else",
            roles.join(", ")
        ),
    }))
}

/// Refuses to let a unit assign its task to another unit's person.
fn check_own(
    policy: &Policy,
    who: &Capacity,
    (person, held): (&UserId, &[Held]),
    seen: &CaseView,
) -> Result<(), DecideError> {
    let Some((own, open)) = who.unit.as_ref().zip(seen.question.as_ref()) else {
        return Ok(());
    };
    let works = open.units.contains(own) || open.assist.contains(own);
    let theirs = |(other, _): &Held| {
        let unit = other.unit.as_ref();
        unit.is_some_and(|unit| policy.units().lies_under(unit, own) || open.teams.contains(unit))
    };
    match !works || held.is_empty() || held.iter().any(theirs) {
        true => Ok(()),
        false => Err(denied(format!(
            "{person} does not work for {own}: assign somebody of your own unit"
        ))),
    }
}

/// Every capacity that certificates, codes and consoles give to that person.
pub(super) fn capacities_of(tx: &dyn Tx, person: &UserId) -> Result<Vec<Held>, CoreError> {
    let mut held = Vec::new();
    let good = |status| matches!(status, DeviceStatus::Good);
    let devices = tx.devices()?.into_iter();
    for device in devices.filter(|it| it.user == *person && good(it.status)) {
        let signed = tx.certificate(device.certificate)?;
        if let Some(certificate) = signed.and_then(|signed| signed.certificate().ok()) {
            let standing = Standing::from(&certificate);
            let each = each_capacity(person, &certificate.roles, &certificate.units);
            held.extend(each.map(|who| (who, standing.clone())));
        }
    }
    for grant in tx.grants()? {
        let grant = serde_json::from_str(&grant).ok();
        if let Some(grant) = grant.filter(|grant: &CodeGrant| grant.user == *person) {
            let standing = Standing {
                duty_grids: grant.duty_grids.clone(),
                areas: grant.reach.areas.clone(),
                roads: grant.reach.roads.clone(),
            };
            let each = each_capacity(person, &grant.roles, &grant.units);
            held.extend(each.map(|who| (who, standing.clone())));
        }
    }
    let operators = tx.operators()?.into_iter();
    for operator in operators.filter(|it| it.user == *person) {
        let each = each_capacity(person, &operator.roles, &operator.units);
        held.extend(each.map(|who| (who, Standing::default())));
    }
    Ok(held)
}

fn each_capacity<'a>(
    user: &'a UserId,
    roles: &'a [Role],
    units: &'a [UnitId],
) -> impl Iterator<Item = Capacity> + 'a {
    let each = move |role: &'a Role| {
        let units = units.iter().map(Some).chain([None]);
        units.map(move |unit| Capacity {
            user: user.clone(),
            role: role.clone(),
            unit: unit.cloned(),
        })
    };
    roles.iter().flat_map(each)
}
