//! Budgets that several steps share (捆绑时限).
//!
//! A bundle is one clock that starts with the first of its steps and stands whenever none of them
//! runs, and when the one that runs stands.

use serde::Serialize;

use super::By;
use super::reckoned::{Reckoned, Reckoning};
use super::step::Step;
use crate::deadline::pause::{Pause, Pauses};
use crate::deadline::rules::BundleRule;
use crate::time::Millis;

/// The clock of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BundleClock {
    /// Its rule's name.
    pub bundle: String,
    /// When the first of its steps started.
    pub start: Millis,
    /// When it stood; the last one is open while none of its steps runs.
    pub pauses: Pauses,
    /// What is known of it.
    #[serde(flatten)]
    pub reckoned: Reckoned,
}

/// The bundle's clock; `None` before any of its steps has started.
pub(super) fn reckon(rule: &BundleRule, steps: &[Step], by: &By<'_>) -> Option<BundleClock> {
    let members = || steps.iter().filter(|step| rule.nodes.contains(&step.node));
    let start = members().map(|step| step.start).min()?;
    let pauses = Pauses::new(idle(members()));
    let limit = rule.limit.as_deref().or(by.limit);
    let reckoned = Reckoning {
        start,
        limit,
        extensions: &[],
        pauses: &pauses,
        end: None,
    }
    .by(by);
    Some(BundleClock {
        bundle: rule.bundle.clone(),
        start,
        pauses,
        reckoned,
    })
}

/// The stretches in which no step counts: the gaps in the union of the steps' own running times.
fn idle<'a>(members: impl Iterator<Item = &'a Step>) -> Vec<Pause> {
    let mut counted: Vec<(i64, i64)> = Vec::new();
    for step in members {
        let end = step.end.map_or(i64::MAX, |end| end.at.0);
        counted.extend(step.pauses.outside(step.start.0, end));
    }
    counted.sort_unstable();
    let mut gaps = Vec::new();
    let mut reached = counted.first().map_or(i64::MAX, |(from, _)| *from);
    for (from, to) in counted {
        if from > reached {
            let (from, to) = (Millis(reached), Some(Millis(from)));
            gaps.push(Pause { from, to });
        }
        reached = reached.max(to);
    }
    if reached < i64::MAX {
        let from = Millis(reached);
        gaps.push(Pause { from, to: None });
    }
    gaps
}
