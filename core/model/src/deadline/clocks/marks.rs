//! Marks on the way: when they were due, when and where they were reached. Facts for people; they
//! move nothing.

use std::collections::BTreeSet;

use serde::Serialize;

use super::By;
use super::facts::Happening;
use crate::deadline::arithmetic::{Due, Term, due};
use crate::deadline::limit::Limit;
use crate::deadline::pause::Pauses;
use crate::deadline::rules::{EventName, MarkRule, MarkStep};
use crate::ids::{ChangeHash, Digest};
use crate::place::Position;
use crate::time::Millis;

/// One mark of one call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MarkClock {
    /// The rule, such as `135`.
    pub rule: String,
    /// The mark.
    pub mark: String,
    /// The entry that called the force.
    pub called_by: ChangeHash,
    /// When the mark is due; `None` when the calendar does not know.
    pub due: Option<Millis>,
    /// The same as local time.
    pub due_text: Option<String>,
    /// When it was reached, near enough if that is asked.
    pub reached: Option<Millis>,
    /// The entry by which it was reached.
    pub by: Option<ChangeHash>,
    /// Whether it was reached in time; `None` while it can still be.
    pub in_time: Option<bool>,
    /// The distance to the case's place in metres, where the rule asks for one. An entry that was too
    /// far off, or says no place, does not reach the mark.
    pub distance_m: Option<u32>,
}

/// The marks of every call that a rule is about, by the rules that held when the force was called. A
/// later call of the same rule takes the place of the one before.
pub(super) fn reckon<'a>(
    happened: &[Happening<'_>],
    by: &impl Fn(Option<&Digest>) -> Result<By<'a>, String>,
) -> Vec<MarkClock> {
    let place = happened
        .iter()
        .find(|one| matches!(one.kind, "report" | "register"))
        .and_then(|one| one.position);
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    for (at, call) in happened.iter().enumerate().rev() {
        let rules = call.ground.rules.into_iter().flat_map(|rules| &rules.marks);
        let called = rules.enumerate();
        let called = called.filter(|(_, rule)| covers(&rule.starts, call));
        for (number, rule) in called.filter(|_| !call.supports()) {
            let Ok(by) = by(call.ground.policy.as_ref()) else {
                continue;
            };
            if seen.insert((rule.rule.as_str(), number)) {
                let step = |step| reckon_step(rule, step, &happened[at..], place, &by);
                all.push(rule.marks.iter().filter_map(step).collect::<Vec<_>>());
            }
        }
    }
    all.into_iter().flatten().collect()
}

fn covers(names: &[EventName], one: &Happening<'_>) -> bool {
    names.iter().any(|name| name.covers(one.kind, one.detail))
}

fn reckon_step(
    rule: &MarkRule,
    step: &MarkStep,
    answers: &[Happening<'_>],
    place: Option<&Position>,
    by: &By<'_>,
) -> Option<MarkClock> {
    let (call, answers) = answers.split_first()?;
    let limit = Limit::parse(&step.within).ok();
    let budget = limit.and_then(|limit| by.calendar.budget(&limit, call.at).ok());
    let term = budget.map(|budget| Term::new(call.at, budget));
    let due = term
        .and_then(|term| due(by.calendar, &term, &Pauses::default()).ok())
        .and_then(Due::at);
    let ours = |one: &&Happening<'_>| {
        let role = rule.roles.is_empty() || rule.roles.contains(one.role);
        let named = |unit| rule.units.contains(unit);
        let unit = rule.units.is_empty() || one.unit.is_some_and(named);
        role && unit && covers(&step.by, one) && !one.supports()
    };
    let near = |one: &Happening<'_>| {
        let distance = place.zip(one.position).map(|(a, b)| distance_m(a, b));
        let near = step
            .near_m
            .is_none_or(|most| distance.is_some_and(|metres| metres <= most));
        near.then_some((
            distance.filter(|_| step.near_m.is_some()),
            one.at,
            one.entry,
        ))
    };
    let found = answers.iter().filter(ours).find_map(near);
    let reached = found.map(|(_, at, _)| at);
    Some(MarkClock {
        rule: rule.rule.clone(),
        mark: step.mark.clone(),
        called_by: call.entry,
        due,
        due_text: due.map(|due| by.calendar.offset().write(due)),
        reached,
        by: found.map(|(_, _, entry)| entry),
        in_time: due.and_then(|due| match reached {
            Some(at) => Some(at <= due),
            None => (by.now > due).then_some(false),
        }),
        distance_m: found.and_then(|(distance, ..)| distance),
    })
}

/// The distance of two places in whole metres, on a plane that touches a sphere of 6,371 km between
/// them: good to a metre within some kilometres.
fn distance_m(a: &Position, b: &Position) -> u32 {
    let radians = |e7: i32| f64::from(e7) * 1e-7_f64.to_radians();
    let middle = radians(a.lat_e7).midpoint(radians(b.lat_e7));
    let east = (radians(b.lon_e7) - radians(a.lon_e7)) * middle.cos();
    let north = radians(b.lat_e7) - radians(a.lat_e7);
    // Saturates: no distance on the earth comes near the end of the type.
    (east.hypot(north) * 6_371_000.0).round() as u32
}
