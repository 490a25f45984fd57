//! What a list keeps of a case, so that it can show its clocks without opening the case.

use serde::{Deserialize, Serialize};

use super::facts::happenings;
use super::line::ClockLine;
use super::step::{Step, steps};
use super::{Basis, By, reckon};
use crate::case::CaseRoot;
use crate::catalogue::Catalogue;
use crate::deadline::calendars::Calendars;
use crate::deadline::lights::Lights;
use crate::deadline::rules::ClockRules;
use crate::entry::ClassRef;
use crate::fold::{CaseView, Row};
use crate::ids::{ChangeHash, Digest};
use crate::time::Millis;

/// The steps of a case that run or stand, and where its own limit is found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenSteps {
    /// The steps.
    pub steps: Vec<Step>,
    /// The policy that the case pins.
    pub policy: Option<Digest>,
    /// The catalogue that it pins.
    pub catalogue: Option<Digest>,
    /// The class that was reported.
    pub class: Option<ClassRef>,
    /// The filing condition.
    pub condition: Option<String>,
}

/// What steps are reckoned by, and when.
#[derive(Debug, Clone, Copy)]
pub struct Present<'a> {
    /// The city's calendars.
    pub calendars: &'a Calendars,
    /// The rules of the policy that the case pins.
    pub rules: &'a ClockRules,
    /// Its lights.
    pub lights: Lights,
    /// The catalogue that the case pins, if it is here.
    pub catalogue: Option<&'a Catalogue>,
    /// On what it rests.
    pub basis: Basis,
    /// The present.
    pub now: Millis,
}

impl OpenSteps {
    /// The open steps of a case; `received` tells when the server took an entry in.
    pub fn of(
        rows: &[Row],
        view: &CaseView,
        root: Option<&CaseRoot>,
        rules: &ClockRules,
        received: impl Fn(&ChangeHash) -> Option<Millis>,
    ) -> Self {
        let happened = happenings(rows, view, received);
        let mut open = steps(&happened, rules);
        open.retain(|step| step.end.is_none());
        let report = view.report.as_ref();
        Self {
            steps: open,
            policy: root.map(|root| root.policy),
            catalogue: root.map(|root| root.catalogue),
            class: report.map(|report| report.class.clone()),
            condition: report.and_then(|report| report.condition.clone()),
        }
    }

    /// The clocks, the most urgent first, each with the entry that started it.
    pub fn lines(self, present: &Present<'_>) -> Vec<(ChangeHash, ClockLine)> {
        let limit = self.limit(present.catalogue);
        let calendar = match present.calendars.of(present.rules) {
            Ok(calendar) => calendar,
            Err(error) => {
                let basis = present.basis;
                let without = |step: Step| {
                    let line = ClockLine::without_calendar(&step.node, error.to_string(), basis);
                    (step.started_by, line)
                };
                return self.steps.into_iter().map(without).collect();
            }
        };
        let by = By {
            calendar,
            rules: present.rules,
            lights: present.lights,
            limit: limit.as_deref(),
            basis: present.basis,
            now: present.now,
        };
        let mut clocks = reckon(self.steps, &by);
        clocks.sort_by_key(super::NodeClock::urgency);
        let line = |clock: &super::NodeClock| (clock.started_by, ClockLine::of(clock, &by));
        clocks.iter().map(line).collect()
    }

    /// The limit of the reported class and condition.
    fn limit(&self, catalogue: Option<&Catalogue>) -> Option<String> {
        limit_of(catalogue?, self.class.as_ref()?, self.condition.as_deref()?)
    }
}

/// The limit of a class's filing condition as the catalogue writes it.
pub fn limit_of(catalogue: &Catalogue, class: &ClassRef, condition: &str) -> Option<String> {
    let class = catalogue.class(class).ok()?;
    let mut conditions = class.conditions.iter();
    let met = conditions.find(|known| known.code == condition)?;
    met.limit.clone()
}
