//! The clocks of a case: from what happened, when it was received, and the policy's rules to due
//! times per step, pauses, lights.
//!
//! 1. [`happenings`] puts what counts in a case in order, with its instants ([`facts`]).
//! 2. Each step's rule walks over it: what starts, pauses, extends and ends the clock ([`steps`]).
//! 3. Bundles and marks are read from the same ([`bundle`], [`marks`]).
//!
//! Nothing here moves a stage. The server's answer rests on its own receipt times and is
//! authoritative; a device's is an estimate and is labelled so ([`Basis`]).

mod bundle;
mod facts;
mod line;
mod marks;
mod node;
mod open;
mod reckoned;
mod step;

use serde::Serialize;

use super::calendar::Calendar;
use super::lights::{Light, Lights};
use super::rules::ClockRules;
use crate::time::Millis;

pub use bundle::BundleClock;
pub use facts::{Happening, happenings};
pub use line::ClockLine;
pub use marks::MarkClock;
pub use node::{End, EndKind, NodeClock};
pub use open::{OpenSteps, Present, limit_of};
pub use reckoned::Reckoned;
pub use step::{Step, steps};

/// On what due times rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The server's own receipt times and clock.
    Authoritative,
    /// What a device has, by a device's clock.
    Estimate,
}

/// What clocks are reckoned by.
#[derive(Debug, Clone, Copy)]
pub struct By<'a> {
    /// The working calendar.
    pub calendar: &'a Calendar,
    /// The policy's rules.
    pub rules: &'a ClockRules,
    /// The policy's lights.
    pub lights: Lights,
    /// The limit of the case's class and condition, as the catalogue writes it.
    pub limit: Option<&'a str>,
    /// On what it rests.
    pub basis: Basis,
    /// The present.
    pub now: Millis,
}

/// All clocks of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaseClocks {
    /// On what they rest.
    pub basis: Basis,
    /// By which calendar.
    pub calendar: String,
    /// One for each time that a step was asked, in order of starting.
    pub nodes: Vec<NodeClock>,
    /// Budgets that steps share.
    pub bundles: Vec<BundleClock>,
    /// Marks on the way.
    pub marks: Vec<MarkClock>,
}

/// Reckons every clock of a case.
pub fn clocks(happened: &[Happening<'_>], by: &By<'_>) -> CaseClocks {
    let steps = steps(happened, by.rules);
    let bundles = by.rules.bundles.iter();
    CaseClocks {
        basis: by.basis,
        calendar: by.calendar.name().to_owned(),
        bundles: bundles
            .filter_map(|rule| bundle::reckon(rule, &steps, by))
            .collect(),
        marks: marks::reckon(happened, by),
        nodes: reckon(steps, by),
    }
}

/// Reckons steps that were stored.
pub fn reckon(steps: Vec<Step>, by: &By<'_>) -> Vec<NodeClock> {
    steps
        .into_iter()
        .map(|step| NodeClock::of(step, by))
        .collect()
}

impl CaseClocks {
    /// The clocks that run or stand now, the most urgent first.
    pub fn running(&self) -> Vec<&NodeClock> {
        let mut running: Vec<_> = self
            .nodes
            .iter()
            .filter(|node| node.end.is_none())
            .collect();
        running.sort_by_key(|node| node.urgency());
        running
    }

    /// The most urgent clock that runs now.
    pub fn pressing(&self) -> Option<&NodeClock> {
        self.running().first().copied()
    }
}

/// How urgent something is; what sorts first is the most urgent. By light, then by due time; what
/// stands or has no due time comes last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Urgency {
    rank: u8,
    due: Millis,
}

impl Urgency {
    /// The urgency of something without a clock.
    pub const NONE: Self = Self {
        rank: 4,
        due: Millis(i64::MAX),
    };

    /// The urgency of a clock that shows `light` and is due at `due`.
    pub fn of(light: Option<Light>, due: Option<Millis>) -> Self {
        let rank = match (light, due) {
            (Some(Light::Red), _) => 0,
            (Some(Light::Yellow), Some(_)) => 1,
            (Some(Light::Green), Some(_)) | (None, Some(_)) => 2,
            (_, None) => 3,
        };
        Self {
            rank,
            due: due.unwrap_or(Millis(i64::MAX)),
        }
    }
}
