//! A step on its way.

use super::facts::{AskedUnit, Happening};
use super::node::{End, EndKind};
use super::step::Step;
use crate::deadline::pause::{Pause, Pauses};
use crate::deadline::rules::{EventName, NodeRule};
use crate::time::Millis;

/// Whether a list of names covers what happened.
pub(super) fn names(list: &[EventName], one: &Happening<'_>) -> bool {
    list.iter().any(|name| name.covers(one.kind, one.detail))
}

/// One clock while the walk goes on.
#[derive(Clone)]
pub(super) struct Run<'a> {
    pub(super) rule: &'a NodeRule,
    pub(super) step: Step,
    /// The clock of the unit above, by its place in the walk.
    pub(super) above: Option<usize>,
    /// Whether it has no limit of its own and works on the time of the unit above.
    pub(super) on_loan: bool,
    /// Whether it is work, which units can pass on.
    pub(super) is_work: bool,
    pauses: Vec<Pause>,
    /// Per pause rule, since when it holds.
    standing: Vec<Option<Millis>>,
    /// Since when the case is another one's duplicate.
    joined: Option<Millis>,
}

impl<'a> Run<'a> {
    pub(super) fn new(rule: &'a NodeRule, number: u32, one: &Happening<'_>) -> Self {
        Self {
            rule,
            step: Step {
                node: rule.node.clone(),
                number,
                unit: None,
                assist: false,
                policy: one.ground.policy,
                started_by: one.entry,
                start: one.at,
                limit: None,
                extensions: Vec::new(),
                pauses: Pauses::default(),
                external_due: None,
                bundled_by: None,
                end: None,
            },
            above: None,
            on_loan: false,
            is_work: one.asks_work(),
            pauses: Vec::new(),
            standing: vec![None; rule.pauses.len()],
            joined: None,
        }
    }

    /// The same for one of the units that are asked.
    pub(super) fn of(mut self, asked: &AskedUnit<'_>) -> Self {
        self.step.unit = Some(asked.unit.clone());
        self.step.assist = asked.assist;
        self
    }

    /// The clock of a unit to which this one passes the work on. Without a limit of its own it has what
    /// is left here: the same start, limit, pauses and extensions.
    pub(super) fn passed_on(&self, at: usize, asked: &AskedUnit<'_>, one: &Happening<'_>) -> Self {
        let mut below = match asked.limit {
            Some(limit) => {
                let mut own = Self::new(self.rule, self.step.number, one);
                own.step.limit = Some(limit.to_owned());
                own.step.policy = self.step.policy;
                own.step.external_due = self.step.external_due;
                own.step.bundled_by = self.step.bundled_by;
                own
            }
            None => self.clone(),
        };
        below.step.started_by = one.entry;
        below.is_work = true;
        below.above = Some(at);
        below.on_loan = asked.limit.is_none();
        below.of(asked)
    }

    /// The same asked once more with a limit of its own.
    pub(super) fn again(&self, limit: &str, one: &Happening<'_>) -> Self {
        let mut again = Self::new(self.rule, self.step.number.saturating_add(1), one);
        again.step.unit.clone_from(&self.step.unit);
        again.step.assist = self.step.assist;
        again.step.limit = Some(limit.to_owned());
        again.step.external_due = self.step.external_due;
        again.step.bundled_by = self.step.bundled_by;
        again.above = self.above;
        again.joined = self.joined.map(|_| one.at);
        again.is_work = self.is_work;
        again
    }

    pub(super) const fn is_running(&self) -> bool {
        self.step.end.is_none()
    }

    /// Begins and ends pauses. Whether one ended that had lasted.
    pub(super) fn stand(&mut self, one: &Happening<'_>) -> bool {
        let mut resumed = false;
        for (pause, standing) in self.rule.pauses.iter().zip(&mut self.standing) {
            match *standing {
                Some(from) if names(&pause.to, one) => {
                    let to = Some(one.at);
                    self.pauses.push(Pause { from, to });
                    *standing = None;
                    resumed = true;
                }
                None if names(&pause.from, one) => *standing = Some(one.at),
                _ => {}
            }
        }
        resumed
    }

    /// The case became another one's duplicate.
    pub(super) fn join(&mut self, at: Millis) {
        self.joined = self.joined.or(Some(at));
    }

    /// The case is no duplicate any more.
    pub(super) fn part(&mut self, at: Millis) {
        let to = Some(at);
        let from = self.joined.take();
        self.pauses.extend(from.map(|from| Pause { from, to }));
    }

    pub(super) fn finish(&mut self, one: &Happening<'_>, how: EndKind) {
        let (at, by) = (one.at, one.entry);
        let cut = std::mem::take(&mut self.standing).into_iter().flatten();
        let to = Some(at);
        self.pauses.extend(cut.map(|from| Pause { from, to }));
        self.part(at);
        self.step.end = Some(End { at, by, how });
    }

    /// The step with its pauses, those that still hold among them.
    pub(super) fn into_step(self) -> Step {
        let open = self.standing.into_iter().flatten().chain(self.joined);
        let open = open.map(|from| Pause { from, to: None });
        Step {
            pauses: Pauses::new(self.pauses.into_iter().chain(open)),
            ..self.step
        }
    }
}
