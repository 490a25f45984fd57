//! One clock on one line, for lists.

use serde::Serialize;

use super::{Basis, By, NodeClock, Urgency};
use crate::deadline::lights::Light;
use crate::deadline::rules::ClockRules;
use crate::time::Millis;

/// A clock as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClockLine {
    /// The step, by its rule's name.
    pub node: String,
    /// The limit as it is written; `None` when nobody set one.
    pub limit: Option<String>,
    /// In what it counts, such as `work_hour`; `unknown` when it cannot be read.
    pub unit: Option<String>,
    /// When it is due; `None` while it stands, and when that is not known.
    pub due: Option<Millis>,
    /// The same as local time, such as `2026-10-08T09:00:00+08:00`.
    pub due_text: Option<String>,
    /// What is left by its own clock, in milliseconds; below 0 by how much it is overdue.
    pub remaining_ms: Option<i64>,
    /// The light that it shows.
    pub light: Option<Light>,
    /// Whether it stands now.
    pub paused: bool,
    /// On what it rests.
    pub basis: Basis,
    /// By which calendar; `None` when there is none for it.
    pub calendar: Option<String>,
    /// Why something is not known, in words.
    pub unknown: Option<String>,
}

impl ClockLine {
    /// The line of a clock that was reckoned so.
    pub fn of(clock: &NodeClock, by: &By<'_>) -> Self {
        let found = &clock.reckoned;
        let unread = found.limit.is_some().then(|| "unknown".to_owned());
        Self {
            node: clock.node.clone(),
            limit: found.limit.clone(),
            unit: found.unit.map(|unit| unit.name().to_owned()).or(unread),
            due: found.due,
            due_text: found.due.map(|due| by.calendar.offset().write(due)),
            remaining_ms: found.spent.map(super::super::Spent::remaining_ms),
            light: found.light,
            paused: found.paused_left_ms.is_some(),
            basis: by.basis,
            calendar: Some(by.calendar.name().to_owned()),
            unknown: found.unknown.clone(),
        }
    }

    /// The line of a step for which there is no calendar.
    pub fn without_calendar(node: &str, why: String, basis: Basis) -> Self {
        Self {
            node: node.to_owned(),
            limit: None,
            unit: None,
            due: None,
            due_text: None,
            remaining_ms: None,
            light: None,
            paused: false,
            basis,
            calendar: None,
            unknown: Some(why),
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
