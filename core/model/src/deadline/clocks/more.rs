//! Whether a clock may get more time, by the rules of the policy by which it runs.

use super::ground::Present;
use super::node::NodeClock;
use super::open::OpenSteps;
use super::step::Step;
use crate::deadline::limit::Limit;
use crate::deadline::rules::{Extending, ExtensionDenied, Requested};
use crate::ids::UnitId;

/// The kind of entries that extend.
const EXTEND: &str = "extend";

impl OpenSteps {
    /// Whether a unit has a clock of its own that an extension could reach.
    pub fn may_reach(&self, unit: &UnitId, present: &Present<'_>) -> bool {
        let own = |step: &Step| step.unit.as_ref() == Some(unit);
        self.steps
            .iter()
            .any(|step| own(step) && is_extended(step, present))
    }

    /// Whether the clock of `unit`, or that of the lead, may get so much more at the present. The due
    /// time from elsewhere takes no part: no extension moves it.
    ///
    /// # Errors
    /// [`ExtensionDenied`] says why not. What cannot be reckoned is not granted.
    pub fn judge_extension(
        &self,
        unit: Option<&UnitId>,
        (asked, requested): (&str, Requested),
        present: &Present<'_>,
    ) -> Result<(), ExtensionDenied> {
        let mut steps = self.steps.iter().filter(|step| is_extended(step, present));
        let step = match unit {
            Some(unit) => steps.rfind(|step| step.unit.as_ref() == Some(unit)),
            None => steps.find(|step| !step.assist),
        };
        let step = step.ok_or(ExtensionDenied::NoClock)?;
        let by = present.by(step.policy.as_ref());
        let by = by.map_err(ExtensionDenied::NotReckoned)?;
        let own = Step {
            external_due: None,
            ..step.clone()
        };
        let clock = NodeClock::of(&Ok(by), own);
        let spent = clock.reckoned.spent.ok_or_else(|| {
            let why = clock.reckoned.unknown.clone().unwrap_or_default();
            ExtensionDenied::NotReckoned(why)
        })?;
        let limit = step.limit.as_deref().unwrap_or_default();
        let extending = Extending {
            limit: by.calendar.budget(&Limit::parse(limit)?, step.start)?,
            granted: clock.extensions,
            spent,
            paused: clock.reckoned.paused_left_ms.is_some(),
            asked,
            requested,
        };
        let policy = step.policy.and_then(|digest| present.held.policy(&digest));
        let rule = &policy.ok_or(ExtensionDenied::NoClock)?.clocks().extension;
        rule.judge(by.calendar, &extending, present.now).map(|_| ())
    }
}

/// Whether the step's own rule lets extensions give it more time.
fn is_extended(step: &Step, present: &Present<'_>) -> bool {
    let policy = step.policy.and_then(|digest| present.held.policy(&digest));
    let rules = policy.into_iter().flat_map(|policy| &policy.clocks().nodes);
    let mut own = rules.filter(|rule| rule.node == step.node);
    own.any(|rule| rule.extends.iter().any(|name| name.kind() == EXTEND))
}
