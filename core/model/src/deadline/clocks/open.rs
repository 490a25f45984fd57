//! What a list keeps of a case, so that it can show its clocks without opening the case.

use crate::small::Arrange as _;
use serde::{Deserialize, Serialize};

use super::bundle::{BundleClock, Shared};
use super::facts::{Told, happenings};
use super::ground::Present;
use super::line::ClockLine;
use super::node::NodeClock;
use super::step::Step;
use super::walk::asked;
use crate::fold::Pins;
use crate::ids::{ChangeHash, Digest};
use crate::time::Millis;

/// The form in which open steps are kept. What an earlier version of the program kept is read from the
/// case once more.
const FORM: u32 = 4;

/// The steps of a case that run or stand, and the budgets that they share.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenSteps {
    /// The form in which they were kept.
    #[serde(default)]
    form: u32,
    /// The steps.
    pub steps: Vec<Step>,
    /// The budgets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shared: Vec<Shared>,
    /// The policy that the case pins now, whose words a list speaks.
    #[serde(default)]
    pub policy: Option<Digest>,
    /// The catalogue that it pins now.
    #[serde(default)]
    pub catalogue: Option<Digest>,
}

/// A clock on a line, with what it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenLine {
    /// The entry that started it; `None` for a shared budget.
    pub started_by: Option<ChangeHash>,
    /// The line.
    pub line: ClockLine,
}

impl OpenSteps {
    /// The open steps of a case; `received` tells when the server took an entry in.
    pub fn of(told: &Told<'_>, received: impl Fn(&ChangeHash) -> Option<Millis>) -> Self {
        let mut asked = asked(&happenings(told, received));
        asked.steps.retain(|step| step.end.is_none());
        asked.shared.retain(|shared| shared.is_open);
        let pins = told.root.map(|root| Pins::of(root, told.rows));
        Self {
            form: FORM,
            steps: asked.steps,
            shared: asked.shared,
            policy: pins.as_ref().map(|pins| pins.policy),
            catalogue: pins.map(|pins| pins.catalogue),
        }
    }

    /// Whether they were kept in the present form.
    pub const fn is_current(&self) -> bool {
        self.form == FORM
    }

    /// The clocks, the most urgent first.
    pub fn lines(self, present: &Present<'_>) -> Vec<OpenLine> {
        let steps = self.steps.into_iter().map(|step| {
            let by = present.by(step.policy.as_ref());
            let started_by = Some(step.started_by);
            let clock = NodeClock::of(&by, step);
            OpenLine {
                started_by,
                line: ClockLine::of(&clock, &by, present.basis),
            }
        });
        let shared = self.shared.into_iter().map(|shared| {
            let by = present.by(shared.policy.as_ref());
            OpenLine {
                started_by: None,
                line: ClockLine::shared(&BundleClock::of(&by, shared), &by, present.basis),
            }
        });
        let mut lines: Vec<OpenLine> = steps.chain(shared).collect();
        lines.arrange_by_key(|open| open.line.urgency());
        lines
    }
}
