//! What follows for each step from what happened, before any calendar reckons it.

use serde::{Deserialize, Serialize};

use super::facts::Happening;
use super::node::{End, EndKind};
use crate::deadline::pause::{Pause, Pauses};
use crate::deadline::rules::{ClockRules, EventName, NodeRule};
use crate::ids::ChangeHash;
use crate::time::Millis;

/// One time that a step was asked: its start, its end, its pauses, the limit as it is written. It
/// depends on neither calendar nor clock, so stores keep it and lists are reckoned from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The step, by its rule's name.
    pub node: String,
    /// The how-manieth time that it is asked, from 1.
    pub number: u32,
    /// The entry that started it.
    pub started_by: ChangeHash,
    /// When it started.
    pub start: Millis,
    /// Its own limit, the rule's or the dispatcher's; without one, the limit of the case's class and
    /// condition holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
    /// Extensions, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<String>,
    /// When it stood.
    #[serde(default, skip_serializing_if = "Pauses::is_empty")]
    pub pauses: Pauses,
    /// Its end; `None` while it runs or stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<End>,
}

/// Every step that was asked, in order of starting.
pub fn steps(happened: &[Happening<'_>], rules: &ClockRules) -> Vec<Step> {
    let mut all: Vec<Run<'_>> = Vec::new();
    let mut dispatched = None;
    for one in happened {
        // What a dispatcher writes holds for the case from there on, also for work done again.
        if one.kind == "dispatch" {
            dispatched = one.limit.or(dispatched);
        }
        for rule in &rules.nodes {
            take(&mut all, rule, one, dispatched);
        }
    }
    all.into_iter().map(Run::into_step).collect()
}

fn take<'a>(
    all: &mut Vec<Run<'a>>,
    rule: &'a NodeRule,
    one: &Happening<'_>,
    dispatched: Option<&str>,
) {
    let last = all.iter().rposition(|run| run.step.node == rule.node);
    let running = |all: &[Run<'_>]| last.filter(|at| all[*at].step.end.is_none());
    if let Some(at) = running(all) {
        all[at].take(one);
    }
    let open = running(all);
    if !names(&rule.starts, one) || (open.is_some() && one.joins) {
        return;
    }
    if let Some(at) = open {
        all[at].finish(one, EndKind::Replaced);
    }
    let before = last.map_or(0, |at| all[at].step.number);
    let limit = one.limit.or(rule.limit.as_deref()).or(dispatched);
    all.push(Run::new(rule, before.saturating_add(1), one, limit));
}

fn names(list: &[EventName], one: &Happening<'_>) -> bool {
    list.iter().any(|name| name.covers(one.kind, one.detail))
}

/// A step on its way.
struct Run<'a> {
    rule: &'a NodeRule,
    step: Step,
    pauses: Vec<Pause>,
    /// Per pause rule, since when it holds.
    standing: Vec<Option<Millis>>,
}

impl<'a> Run<'a> {
    fn new(rule: &'a NodeRule, number: u32, one: &Happening<'_>, limit: Option<&str>) -> Self {
        Self {
            rule,
            step: Step {
                node: rule.node.clone(),
                number,
                started_by: one.entry,
                start: one.at,
                limit: limit.map(str::to_owned),
                extensions: Vec::new(),
                pauses: Pauses::default(),
                end: None,
            },
            pauses: Vec::new(),
            standing: vec![None; rule.pauses.len()],
        }
    }

    fn take(&mut self, one: &Happening<'_>) {
        for (pause, standing) in self.rule.pauses.iter().zip(&mut self.standing) {
            match *standing {
                Some(from) if names(&pause.to, one) => {
                    let to = Some(one.at);
                    self.pauses.push(Pause { from, to });
                    *standing = None;
                }
                None if names(&pause.from, one) => *standing = Some(one.at),
                _ => {}
            }
        }
        if names(&self.rule.extends, one) {
            self.step.extensions.extend(one.limit.map(str::to_owned));
        }
        if names(&self.rule.ends, one) {
            self.finish(one, EndKind::Done);
        } else if names(&self.rule.cancels, one) {
            self.finish(one, EndKind::Cancelled);
        }
    }

    fn finish(&mut self, one: &Happening<'_>, how: EndKind) {
        let (at, by) = (one.at, one.entry);
        let cut = std::mem::take(&mut self.standing).into_iter().flatten();
        let to = Some(at);
        self.pauses.extend(cut.map(|from| Pause { from, to }));
        self.step.end = Some(End { at, by, how });
    }

    /// The step with its pauses, those that still hold among them.
    fn into_step(self) -> Step {
        let open = self.standing.into_iter().flatten();
        let open = open.map(|from| Pause { from, to: None });
        Step {
            pauses: Pauses::new(self.pauses.into_iter().chain(open)),
            ..self.step
        }
    }
}
