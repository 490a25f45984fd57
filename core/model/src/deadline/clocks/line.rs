//! One clock on one line, for lists.

use serde::Serialize;

use super::{Basis, BundleClock, By, NodeClock, Reckoned, Urgency};
use crate::deadline::arithmetic::Spent;
use crate::deadline::lights::Light;
use crate::deadline::rules::ClockRules;
use crate::ids::UnitId;
use crate::time::Millis;

/// A clock as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClockLine {
    /// The step, by its rule's name.
    pub node: String,
    /// The unit that has it; none when the step is not a unit's.
    pub holder: Option<UnitId>,
    /// Whether that unit only helps.
    pub assist: bool,
    /// Whether it is a budget that several steps share, and not one step's.
    pub shared: bool,
    /// The limit as it is written; none when nobody set one.
    pub limit: Option<String>,
    /// In what it counts, such as `work_hour`; `unknown` when it cannot be read.
    pub unit: Option<String>,
    /// When it is due; none while it stands, and when that is not known.
    pub due: Option<Millis>,
    /// Whether that is the due time from elsewhere, which is the stricter one.
    pub external: bool,
    /// The due time as local time, such as `2026-10-08T09:00:00+08:00`.
    pub due_text: Option<String>,
    /// What is left by its own clock, in milliseconds; below 0 by how much it is overdue.
    pub remaining_ms: Option<i64>,
    /// The light that it shows.
    pub light: Option<Light>,
    /// Whether it stands now.
    pub paused: bool,
    /// On what it rests.
    pub basis: Basis,
    /// By which calendar; none when there is none for it.
    pub calendar: Option<String>,
    /// Why something is not known, in words.
    pub unknown: Option<String>,
}

impl ClockLine {
    /// The line of a step's clock.
    pub fn of(clock: &NodeClock, by: &Result<By<'_>, String>, basis: Basis) -> Self {
        Self {
            holder: clock.holder.clone(),
            assist: clock.assist,
            ..Self::reckoned(&clock.node, &clock.reckoned, by, basis)
        }
    }

    /// The line of a budget that steps share.
    pub fn shared(clock: &BundleClock, by: &Result<By<'_>, String>, basis: Basis) -> Self {
        Self {
            shared: true,
            ..Self::reckoned(&clock.bundle, &clock.reckoned, by, basis)
        }
    }

    fn reckoned(node: &str, found: &Reckoned, by: &Result<By<'_>, String>, basis: Basis) -> Self {
        let unread = found.limit.is_some().then(|| "unknown".to_owned());
        let calendar = by.as_ref().ok().map(|by| by.calendar);
        Self {
            node: node.to_owned(),
            holder: None,
            assist: false,
            shared: false,
            limit: found.limit.clone(),
            unit: found.unit.map(|unit| unit.name().to_owned()).or(unread),
            due: found.due,
            external: found.external,
            due_text: found.due_text.clone(),
            remaining_ms: found.spent.map(Spent::remaining_ms),
            light: found.light,
            paused: found.paused_left_ms.is_some(),
            basis,
            calendar: calendar.map(|calendar| calendar.name().to_owned()),
            unknown: found.unknown.clone(),
        }
    }

    /// How urgent it is, for sorting.
    pub fn urgency(&self) -> Urgency {
        Urgency::of(self.light, self.due)
    }

    /// The name of its step for people, in Chinese and English, if the rules have one.
    pub fn label<'r>(&self, rules: &'r ClockRules) -> Option<&'r crate::catalogue::Label> {
        let rule = rules.nodes.iter().find(|rule| rule.node == self.node)?;
        rule.label.as_ref()
    }
}
