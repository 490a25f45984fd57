//! The clock of one step, each time that it is asked.

use serde::Serialize;

use super::facts::Happening;
use super::reckoned::{Reckoned, Reckoning};
use super::{By, Urgency};
use crate::deadline::pause::{Pause, Pauses};
use crate::deadline::rules::{ClockRules, EventName, NodeRule};
use crate::ids::ChangeHash;
use crate::time::Millis;

/// How a clock came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
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
    /// How urgent it is, for sorting.
    pub fn urgency(&self) -> Urgency {
        Urgency::of(self.reckoned.light, self.reckoned.due)
    }
}

/// A step's clock before it is reckoned.
pub(super) struct Run<'a> {
    pub(super) rule: &'a NodeRule,
    number: u32,
    started_by: ChangeHash,
    pub(super) start: Millis,
    limit: Option<&'a str>,
    extensions: Vec<String>,
    pub(super) pauses: Vec<Pause>,
    /// Per pause rule, since when it holds.
    standing: Vec<Option<Millis>>,
    pub(super) end: Option<End>,
}

/// Every run of every step, in order of starting.
pub(super) fn runs<'a>(
    happened: &[Happening<'a>],
    rules: &'a ClockRules,
    case_limit: Option<&'a str>,
) -> Vec<Run<'a>> {
    let mut all: Vec<Run<'a>> = Vec::new();
    let mut case_limit = case_limit;
    for one in happened {
        // What a dispatcher writes holds for the case from there on, also for work done again.
        if one.kind == "dispatch" {
            case_limit = one.limit.or(case_limit);
        }
        for rule in &rules.nodes {
            let last = all.iter().rposition(|run| std::ptr::eq(run.rule, rule));
            let open = last.filter(|at| all[*at].end.is_none());
            if let Some(at) = open {
                all[at].take(one);
            }
            let running = open.is_some_and(|at| all[at].end.is_none());
            if names(&rule.starts, one) && !(running && one.joins) {
                if let Some(at) = open.filter(|_| running) {
                    all[at].finish(one, EndKind::Replaced);
                }
                let number = last.map_or(0, |at| all[at].number).saturating_add(1);
                all.push(Run::new(rule, number, one, case_limit));
            }
        }
    }
    all
}

fn names(list: &[EventName], one: &Happening<'_>) -> bool {
    list.iter().any(|name| name.covers(one.kind, one.detail))
}

impl<'a> Run<'a> {
    fn new(
        rule: &'a NodeRule,
        number: u32,
        one: &Happening<'a>,
        case_limit: Option<&'a str>,
    ) -> Self {
        Self {
            rule,
            number,
            started_by: one.entry,
            start: one.at,
            limit: one.limit.or(rule.limit.as_deref()).or(case_limit),
            extensions: Vec::new(),
            pauses: Vec::new(),
            standing: vec![None; rule.pauses.len()],
            end: None,
        }
    }

    fn take(&mut self, one: &Happening<'_>) {
        for (pause, standing) in self.rule.pauses.iter().zip(&mut self.standing) {
            match *standing {
                Some(from) if names(&pause.to, one) => {
                    self.pauses.push(Pause {
                        from,
                        to: Some(one.at),
                    });
                    *standing = None;
                }
                None if names(&pause.from, one) => *standing = Some(one.at),
                _ => {}
            }
        }
        if names(&self.rule.extends, one) {
            self.extensions.extend(one.limit.map(str::to_owned));
        }
        if names(&self.rule.ends, one) {
            self.finish(one, EndKind::Done);
        } else if names(&self.rule.cancels, one) {
            self.finish(one, EndKind::Cancelled);
        }
    }

    fn finish(&mut self, one: &Happening<'_>, how: EndKind) {
        let (at, by) = (one.at, one.entry);
        let standing = std::mem::take(&mut self.standing);
        let cut = standing.into_iter().flatten();
        self.pauses
            .extend(cut.map(|from| Pause { from, to: Some(at) }));
        self.end = Some(End { at, by, how });
    }

    /// Its pauses, those that still hold among them.
    pub(super) fn all_pauses(&self) -> impl Iterator<Item = Pause> + '_ {
        let open = self.standing.iter().flatten();
        let open = open.map(|from| Pause {
            from: *from,
            to: None,
        });
        self.pauses.iter().copied().chain(open)
    }

    pub(super) fn reckon(self, by: &By<'_>) -> NodeClock {
        let pauses = Pauses::new(self.all_pauses());
        let reckoned = Reckoning {
            start: self.start,
            limit: self.limit,
            extensions: &self.extensions,
            pauses: &pauses,
            end: self.end.map(|end| end.at),
        }
        .by(by);
        NodeClock {
            node: self.rule.node.clone(),
            number: self.number,
            started_by: self.started_by,
            start: self.start,
            pauses,
            extensions: u32::try_from(self.extensions.len()).unwrap_or(u32::MAX),
            end: self.end,
            reckoned,
        }
    }
}
