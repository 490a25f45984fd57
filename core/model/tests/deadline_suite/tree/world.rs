//! The reference: units with their minutes, counted one by one.

use gewu_model::fold::{Addressee, ClockChange, QuestionKind};
use gewu_model::ids::UnitId;
use gewu_model::time::Millis;

use crate::naive::{Naive, instant};

/// What may happen next, with numbers from which units are picked.
#[derive(Debug, Clone)]
pub(super) enum Deed {
    Forward { from: usize, limit: Option<i64> },
    Extend { unit: Option<usize>, minutes: i64 },
    Suspend,
    Resume { limit: Option<i64> },
    Return { unit: usize },
    Outside { ahead: i64 },
    Handle { unit: usize },
    Rework,
}

/// A clock as the reference keeps it: how many minutes it has, and when each that counted was over.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) unit: usize,
    pub(super) above: Option<usize>,
    pub(super) on_loan: bool,
    pub(super) start: i64,
    pub(super) budget: i64,
    pub(super) counted: Vec<i64>,
    pub(super) outside: Option<i64>,
    pub(super) live: bool,
    pub(super) end: Option<i64>,
}

/// One thing that was told to the code under test.
pub(super) struct Said {
    pub(super) minute: i64,
    pub(super) kind: &'static str,
    pub(super) limit: Option<String>,
    pub(super) unit: Option<UnitId>,
    pub(super) changes: Vec<ClockChange>,
}

/// What was told so far, for the code under test and for the reference.
pub(super) struct World<'n> {
    pub(super) naive: &'n Naive,
    pub(super) minute: i64,
    pub(super) nodes: Vec<Node>,
    pub(super) units: usize,
    pub(super) suspended: bool,
    pub(super) outside: Option<i64>,
    pub(super) shared: i64,
    pub(super) first_limit: i64,
    pub(super) told: Vec<Said>,
}

pub(super) fn name(unit: usize) -> UnitId {
    UnitId(format!("unit-{unit}"))
}

pub(super) fn written(minutes: i64) -> String {
    format!("{minutes}工作分钟")
}

pub(super) fn asked(
    unit: usize,
    above: Option<usize>,
    limit: Option<i64>,
    resumed: bool,
) -> ClockChange {
    ClockChange::Asked {
        kind: QuestionKind::Dispatch,
        who: Addressee::Unit(name(unit)),
        assist: false,
        above: above.map(name),
        limit: limit.map(written),
        resumed,
    }
}

impl World<'_> {
    fn live(&self) -> Vec<usize> {
        let live = self.nodes.iter().enumerate().filter(|(_, node)| node.live);
        live.map(|(at, _)| at).collect()
    }

    fn pick(&self, number: usize) -> Option<usize> {
        let live = self.live();
        live.get(number.checked_rem(live.len())?).copied()
    }

    fn tell(
        &mut self,
        kind: &'static str,
        limit: Option<i64>,
        unit: Option<usize>,
        changes: Vec<ClockChange>,
    ) {
        let limit = limit.map(written);
        self.told.push(Said {
            minute: self.minute,
            kind,
            limit,
            unit: unit.map(name),
            changes,
        });
    }

    fn node(&mut self, unit: usize, above: Option<usize>, budget: i64) {
        self.nodes.push(Node {
            unit,
            above,
            on_loan: false,
            start: self.minute,
            budget,
            counted: Vec::new(),
            outside: self.outside,
            live: true,
            end: None,
        });
    }

    pub(super) fn dispatch(&mut self, limit: i64, shared: i64) {
        let changes = vec![
            asked(0, None, Some(limit), false),
            ClockChange::Bundled {
                limit: written(shared),
            },
        ];
        self.tell("dispatch", Some(limit), None, changes);
        self.node(0, None, limit);
        self.units = 1;
        self.first_limit = limit;
    }

    fn end(&mut self, at: usize) {
        self.nodes[at].live = false;
        self.nodes[at].end = Some(self.minute);
    }

    fn below(&self, at: usize, top: usize) -> bool {
        at == top
            || self.nodes[at]
                .above
                .is_some_and(|above| self.below(above, top))
    }

    fn on_time_of(&self, at: usize, target: usize) -> bool {
        let node = &self.nodes[at];
        at == target
            || (node.on_loan
                && node
                    .above
                    .is_some_and(|above| self.on_time_of(above, target)))
    }

    pub(super) fn act(&mut self, deed: &Deed) {
        match deed {
            Deed::Forward { from, limit } if !self.suspended => {
                let Some(from) = self.pick(*from) else { return };
                let (unit, above) = (self.units, self.nodes[from].unit);
                self.units += 1;
                self.tell(
                    "forward",
                    *limit,
                    None,
                    vec![asked(unit, Some(above), *limit, false)],
                );
                match limit {
                    Some(limit) => self.node(unit, Some(from), *limit),
                    None => {
                        let node = Node {
                            unit,
                            above: Some(from),
                            on_loan: true,
                            ..self.nodes[from].clone()
                        };
                        self.nodes.push(node);
                    }
                }
            }
            Deed::Extend { unit, minutes } if !self.suspended => {
                let lead = self
                    .live()
                    .into_iter()
                    .find(|at| self.nodes[*at].above.is_none());
                let Some(target) = unit.map_or(lead, |unit| self.pick(unit)) else {
                    return;
                };
                let named = unit.map(|_| name(self.nodes[target].unit));
                let change = ClockChange::Extended {
                    unit: named,
                    limit: written(*minutes),
                };
                self.tell("extend", Some(*minutes), None, vec![change]);
                for at in self.live() {
                    if self.on_time_of(at, target) {
                        self.nodes[at].budget += minutes;
                    }
                }
            }
            Deed::Suspend if !self.suspended && !self.live().is_empty() => {
                self.tell(
                    "suspend",
                    None,
                    None,
                    vec![ClockChange::Suspended { until: None }],
                );
                self.suspended = true;
            }
            Deed::Resume { limit } if self.suspended => self.resume(*limit),
            Deed::Return { unit } if !self.suspended => {
                let Some(top) = self.pick(*unit) else { return };
                if self.nodes[top].above.is_none() {
                    return;
                }
                let gone: Vec<usize> = self
                    .live()
                    .into_iter()
                    .filter(|at| self.below(*at, top))
                    .collect();
                let changes = gone.iter().map(|at| ClockChange::Released {
                    who: Addressee::Unit(name(self.nodes[*at].unit)),
                });
                let changes = changes.collect();
                self.tell("send_back", None, None, changes);
                gone.into_iter().for_each(|at| self.end(at));
            }
            Deed::Outside { ahead } => {
                let due = self.minute + ahead;
                let change = ClockChange::Outside {
                    due: Millis(instant(due)),
                };
                self.tell("link", None, None, vec![change]);
                self.outside = Some(self.outside.map_or(due, |known| known.min(due)));
                for at in self.live() {
                    self.nodes[at].outside = self.outside;
                }
            }
            Deed::Handle { unit } if !self.suspended => {
                let Some(at) = self.pick(*unit) else { return };
                self.tell(
                    "handle",
                    None,
                    Some(self.nodes[at].unit),
                    vec![ClockChange::Answered],
                );
                self.live().into_iter().for_each(|at| self.end(at));
            }
            Deed::Rework if !self.suspended && self.live().is_empty() => {
                self.tell("rework", None, None, vec![asked(0, None, None, false)]);
                self.node(0, None, self.first_limit);
            }
            _ => {}
        }
    }

    fn resume(&mut self, limit: Option<i64>) {
        let live = self.live();
        let again = live.iter().map(|at| {
            let node = &self.nodes[*at];
            let above = node.above.filter(|above| self.nodes[*above].live);
            asked(
                node.unit,
                above.map(|above| self.nodes[above].unit),
                limit,
                true,
            )
        });
        let changes = again.collect();
        self.tell("resume", limit, None, changes);
        self.suspended = false;
        let Some(limit) = limit else { return };
        let first = self.nodes.len();
        for at in &live {
            let (unit, above) = (self.nodes[*at].unit, self.nodes[*at].above);
            self.end(*at);
            let above = above.and_then(|above| live.iter().position(|old| *old == above));
            self.node(unit, above.map(|place| first + place), limit);
        }
    }

    /// Counts until `minute`.
    pub(super) fn pass(&mut self, minute: i64) {
        while self.minute < minute {
            let counts = !self.suspended && self.naive.open(self.minute) == Some(true);
            if counts && !self.live().is_empty() {
                self.shared += 1;
            }
            self.minute += 1;
            for node in self.nodes.iter_mut().filter(|node| counts && node.live) {
                node.counted.push(self.minute);
            }
        }
    }
}
