//! The clock of one step, each time that it is asked.

use serde::{Deserialize, Serialize};

use super::reckoned::{Reckoned, Reckoning};
use super::step::Step;
use super::{By, Urgency};
use crate::deadline::pause::Pauses;
use crate::ids::{ChangeHash, UnitId};
use crate::time::Millis;

/// How a clock came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndKind {
    /// The step was done.
    Done,
    /// Nobody asks for it any more.
    Cancelled,
    /// The same step was asked anew.
    Replaced,
}

/// The end of a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// When.
    pub at: Millis,
    /// The entry that brought it.
    pub by: ChangeHash,
    /// How.
    pub how: EndKind,
}

/// The clock of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NodeClock {
    /// The step, by its rule's name.
    pub node: String,
    /// The how-manieth time that it is asked, from 1.
    pub number: u32,
    /// The unit that has it; `None` when the step is not a unit's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holder: Option<UnitId>,
    /// Whether that unit only helps.
    pub assist: bool,
    /// The entry that started it.
    pub started_by: ChangeHash,
    /// When it started.
    pub start: Millis,
    /// When it stood.
    pub pauses: Pauses,
    /// How many extensions it got.
    pub extensions: u32,
    /// Its end; `None` while it runs or stands.
    pub end: Option<End>,
    /// What is known of it.
    #[serde(flatten)]
    pub reckoned: Reckoned,
}

impl NodeClock {
    pub(super) fn of(by: &Result<By<'_>, String>, step: Step) -> Self {
        let reckoned = Reckoning {
            start: step.start,
            limit: step.limit.as_deref(),
            external_due: step.external_due,
            extensions: &step.extensions,
            pauses: &step.pauses,
            end: step.end.map(|end| end.at),
        }
        .by(by);
        Self {
            node: step.node,
            number: step.number,
            holder: step.unit,
            assist: step.assist,
            started_by: step.started_by,
            start: step.start,
            pauses: step.pauses,
            extensions: u32::try_from(step.extensions.len()).unwrap_or(u32::MAX),
            end: step.end,
            reckoned,
        }
    }

    /// How urgent it is, for sorting.
    pub fn urgency(&self) -> Urgency {
        Urgency::of(self.reckoned.light, self.reckoned.due)
    }
}
