//! Budgets that several steps share (捆绑时限): by a rule of the policy, or because a dispatch gives
//! one limit to all who work on it.
//!
//! A shared budget is one clock that starts with the first of its steps and stands whenever none of
//! them runs, and when those that run stand.

use serde::{Deserialize, Serialize};

use super::By;
use super::ground::Ground;
use super::reckoned::{Reckoned, Reckoning};
use super::step::Step;
use super::walk::Bundled;
use crate::deadline::pause::{Pause, Pauses};
use crate::ids::Digest;
use crate::time::Millis;

/// The name of the budget that a dispatch gives to all who work on it.
pub const DISPATCHED: &str = "dispatched";

/// A budget that steps share, free of calendar and clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shared {
    /// Its rule's name, or [`DISPATCHED`].
    pub bundle: String,
    /// The policy by which it counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Digest>,
    /// When the first of its steps started.
    pub start: Millis,
    /// The limit as it is written; `None` when nobody set one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
    /// When it stood; the last one is open while none of its steps counts.
    #[serde(default, skip_serializing_if = "Pauses::is_empty")]
    pub pauses: Pauses,
    /// Whether one of its steps is not over.
    pub is_open: bool,
}

/// The clock of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BundleClock {
    /// Its rule's name, or [`DISPATCHED`].
    pub bundle: String,
    /// When the first of its steps started.
    pub start: Millis,
    /// When it stood; the last one is open while none of its steps runs.
    pub pauses: Pauses,
    /// What is known of it.
    #[serde(flatten)]
    pub reckoned: Reckoned,
}

impl BundleClock {
    pub(super) fn of(by: &Result<By<'_>, String>, shared: Shared) -> Self {
        let reckoned = Reckoning {
            start: shared.start,
            limit: shared.limit.as_deref(),
            extensions: &[],
            pauses: &shared.pauses,
            external_due: None,
            end: None,
        }
        .by(by);
        Self {
            bundle: shared.bundle,
            start: shared.start,
            pauses: shared.pauses,
            reckoned,
        }
    }
}

/// The budgets of a case: those of the rules that hold now, where any of their steps has started, and
/// those of dispatches.
pub(super) fn shared(steps: &[Step], ground: &Ground<'_>, bundles: &[Bundled<'_>]) -> Vec<Shared> {
    let rules = ground.rules.into_iter().flat_map(|rules| &rules.bundles);
    let ruled = rules.filter_map(|rule| {
        let own = |step: &&Step| rule.nodes.contains(&step.node);
        let members: Vec<&Step> = steps.iter().filter(own).collect();
        let limit = rule.limit.as_deref().or(ground.limit);
        one(&rule.bundle, ground.policy, limit, &members)
    });
    let dispatched = bundles.iter().filter_map(|bundle| {
        let own = |step: &&Step| step.bundled_by == Some(bundle.by);
        let members: Vec<&Step> = steps.iter().filter(own).collect();
        let policy = members.first().and_then(|step| step.policy);
        one(DISPATCHED, policy, Some(bundle.limit), &members)
    });
    ruled.chain(dispatched).collect()
}

fn one(
    name: &str,
    policy: Option<Digest>,
    limit: Option<&str>,
    members: &[&Step],
) -> Option<Shared> {
    let start = members.iter().map(|step| step.start).min()?;
    Some(Shared {
        bundle: name.to_owned(),
        policy,
        start,
        limit: limit.map(str::to_owned),
        pauses: Pauses::new(idle(start, members)),
        is_open: members.iter().any(|step| step.end.is_none()),
    })
}

/// The stretches since the start in which no step counts: the gaps in the union of the steps' own running
/// times. A step may stand from its start on.
fn idle(start: Millis, members: &[&Step]) -> Vec<Pause> {
    let mut counted: Vec<(i64, i64)> = Vec::new();
    for step in members {
        let end = step.end.map_or(i64::MAX, |end| end.at.0);
        counted.extend(step.pauses.outside(step.start.0, end));
    }
    counted.sort_unstable();
    let mut gaps = Vec::new();
    let mut reached = start.0;
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
