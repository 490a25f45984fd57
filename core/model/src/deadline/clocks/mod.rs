//! The clocks of a case: from what happened, when it was received, and the policy's rules to due
//! times per step, pauses, lights.
//!
//! 1. [`happenings`] puts what counts in a case in order, with its instants ([`facts`]), whom it
//!    concerns, and the packs that the case pinned then ([`ground`]).
//! 2. Each step's rule walks over it: what starts, pauses, extends and ends the clock, of each unit of
//!    the dispatch's tree ([`asked`]).
//! 3. Shared budgets and marks are read from the same ([`bundle`], [`marks`]).
//!
//! Nothing here moves a stage. The server's answer rests on its own receipt times and is
//! authoritative; a device's is an estimate and is labelled so ([`Basis`]).

mod bundle;
mod facts;
mod ground;
mod line;
mod marks;
mod more;
mod node;
mod open;
mod part;
mod reckoned;
mod run;
mod step;
mod walk;
mod wish;

use crate::small::Arrange as _;
use serde::Serialize;

use super::calendar::Calendar;
use super::lights::{Light, Lights};
use crate::ids::Digest;
use crate::time::Millis;

pub use bundle::{BundleClock, DISPATCHED, Shared};
pub use facts::{Happening, Told, happenings};
pub use ground::{Ground, Held, Present};
pub use line::ClockLine;
pub use marks::MarkClock;
pub use node::{End, EndKind, NodeClock};
pub use open::{OpenLine, OpenSteps};
pub use part::PartDenied;
pub use reckoned::Reckoned;
pub use step::Step;
pub use walk::{Asked, asked};
pub use wish::{Wish, WishDenied};

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
    /// The policy's lights.
    pub lights: Lights,
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
    /// By which calendar, for what starts now; `None` when it is not here.
    pub calendar: Option<String>,
    /// One for each time that a step was asked, of each unit that was asked, in order of starting.
    pub nodes: Vec<NodeClock>,
    /// Budgets that steps share.
    pub bundles: Vec<BundleClock>,
    /// Marks on the way.
    pub marks: Vec<MarkClock>,
}

/// Reckons every clock of a case; `by` knows by what the clocks of a policy are reckoned, or says in
/// words what is missing.
pub fn clocks<'a>(
    happened: &[Happening<'_>],
    basis: Basis,
    by: impl Fn(Option<&Digest>) -> Result<By<'a>, String>,
) -> CaseClocks {
    let asked = asked(happened);
    let last = happened.last().and_then(|last| last.ground.policy);
    let calendar = by(last.as_ref()).map(|by| by.calendar.name().to_owned());
    let shared = asked.shared.into_iter();
    CaseClocks {
        basis,
        calendar: calendar.ok(),
        bundles: shared
            .map(|one| BundleClock::of(&by(one.policy.as_ref()), one))
            .collect(),
        marks: marks::reckon(happened, &by),
        nodes: asked
            .steps
            .into_iter()
            .map(|step| NodeClock::of(&by(step.policy.as_ref()), step))
            .collect(),
    }
}

impl CaseClocks {
    /// The clocks that run or stand now, the most urgent first.
    pub fn running(&self) -> Vec<&NodeClock> {
        let mut running: Vec<_> = self
            .nodes
            .iter()
            .filter(|node| node.end.is_none())
            .collect();
        running.arrange_by_key(|node| node.urgency());
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
