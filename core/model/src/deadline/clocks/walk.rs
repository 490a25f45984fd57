//! What follows for each step from what happened, before any calendar reckons it.
//!
//! A rule of the policy says which kinds of entries start, end and pause a step; whom it is asked, the
//! fold says. Work has a clock for each unit of the tree: the lead, those that help, and each unit to
//! which it is passed on. What is asked of persons has one.
//!
//! - A unit below has the limit that the forward names, from the forward on. Without one it works on
//!   the time of the unit above, and what that unit gets is its, too.
//! - Work ends the clock of the unit that did it and of every unit above, for they answer for it. For
//!   all others it is over.
//! - While a case is tied as a duplicate of another, all its clocks stand: the work is done in the other
//!   one, which has taken over the stricter due time.
//! - A running clock keeps the rules by which it started, whatever the case pins since.

use std::collections::BTreeSet;

use super::bundle::{Shared, shared};
use super::facts::{AskedUnit, Happening};
use super::node::EndKind;
use super::run::{Run, names};
use super::step::Step;
use crate::deadline::rules::NodeRule;
use crate::fold::{Addressee, ClockChange};
use crate::ids::{ChangeHash, UnitId};
use crate::small::Gather as _;
use crate::time::Millis;

/// What was asked in a case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// Every step, in order of starting.
    pub steps: Vec<Step>,
    /// Budgets that steps share.
    pub shared: Vec<Shared>,
}

/// Every step that was asked, and the budgets that steps share.
pub fn asked(happened: &[Happening<'_>]) -> Asked {
    let mut walk = Walk::default();
    for one in happened {
        walk.take(one);
    }
    let steps: Vec<Step> = walk.runs.into_iter().map(Run::into_step).collect();
    let ground = happened.last().map(|last| last.ground).unwrap_or_default();
    let shared = shared(&steps, &ground, &walk.bundles);
    Asked { steps, shared }
}

/// A limit that a dispatch gives to all who work on it.
pub(super) struct Bundled<'a> {
    pub(super) by: ChangeHash,
    pub(super) limit: &'a str,
}

#[derive(Default)]
struct Walk<'a> {
    runs: Vec<Run<'a>>,
    /// What the last dispatcher wrote. It holds for the case from there on, also for work done again.
    dispatched: Option<&'a str>,
    external: Option<Millis>,
    bundles: Vec<Bundled<'a>>,
    bundle: Option<ChangeHash>,
    /// Whether the case is a duplicate of another, in which the work is done: nobody is waited for here.
    joined: bool,
}

impl<'a> Walk<'a> {
    fn take(&mut self, one: &Happening<'a>) {
        if one.supports() {
            return self.supported(one);
        }
        self.note(one);
        self.stand(one);
        self.extend(one);
        self.release(one);
        self.end(one);
        let rules = one.ground.rules.into_iter().flat_map(|rules| &rules.nodes);
        let started = rules.filter(|rule| names(&rule.starts, one));
        let started: Vec<&NodeRule> = started.collect();
        if one.kind == "forward" {
            self.pass_on(one, &started);
        }
        for rule in started {
            self.start(rule, one);
        }
    }

    /// What holds for the case and not for one step.
    fn note(&mut self, one: &Happening<'a>) {
        if one.kind == "dispatch" {
            self.dispatched = one.limit.or(self.dispatched);
            self.bundle = None;
        }
        for change in &one.changes {
            match change {
                ClockChange::Bundled { limit } => {
                    let by = one.entry;
                    self.bundles.push(Bundled { by, limit });
                    self.bundle = Some(by);
                }
                ClockChange::Outside { due } => {
                    let earliest = self.external.map_or(*due, |known| known.min(*due));
                    self.outside(Some(earliest));
                }
                ClockChange::Loosened { due } => self.outside(*due),
                ClockChange::Joined => self.join(one.at),
                ClockChange::Parted => self.part(one.at),
                _ => {}
            }
        }
    }

    fn join(&mut self, at: Millis) {
        self.joined = true;
        let running = self.runs.iter_mut().filter(|run| run.is_running());
        running.for_each(|run| run.join(at));
        self.hold_to_outside();
    }

    fn part(&mut self, at: Millis) {
        self.joined = false;
        self.runs.iter_mut().for_each(|run| run.part(at));
        self.hold_to_outside();
    }

    fn outside(&mut self, due: Option<Millis>) {
        self.external = due;
        self.hold_to_outside();
    }

    /// The due time from elsewhere, unless another case has taken it over.
    fn outside_here(&self) -> Option<Millis> {
        self.external.filter(|_| !self.joined)
    }

    fn hold_to_outside(&mut self) {
        let due = self.outside_here();
        let running = self.runs.iter_mut().filter(|run| run.is_running());
        running.for_each(|run| run.step.external_due = due);
    }

    fn running(&self, wanted: impl Fn(&Run<'a>) -> bool) -> Vec<usize> {
        let runs = self.runs.iter().enumerate();
        let running = runs.filter(|(_, run)| run.is_running() && wanted(run));
        running.map(|(at, _)| at).collect()
    }

    /// Pauses. What goes on again with a limit of its own starts anew.
    fn stand(&mut self, one: &Happening<'a>) {
        let (first, mut anew) = (self.runs.len(), Vec::new());
        for at in self.running(|_| true) {
            let limit = one.limit.filter(|_| one.resumes());
            if let (true, Some(limit)) = (self.runs[at].stand(one), limit) {
                let again = self.runs[at].again(limit, one);
                self.runs[at].finish(one, EndKind::Replaced);
                self.runs.push(again);
                anew.push(at);
            }
        }
        for run in &mut self.runs[first..] {
            let place = |above| anew.iter().position(|at| *at == above);
            run.above = run.above.and_then(place).map(|place| first + place);
        }
    }

    /// More time, for the unit that is named, or the lead, and whoever works on its time.
    fn extend(&mut self, one: &Happening<'a>) {
        let Some(limit) = one.limit else { return };
        let named = one.changes.iter().find_map(|change| match change {
            ClockChange::Extended { unit, .. } => Some(unit.as_ref()),
            _ => None,
        });
        let extended = self.running(|run| names(&run.rule.extends, one));
        let unit = named.flatten();
        let whose = |at: &&usize| match unit {
            Some(unit) => self.runs[**at].step.unit.as_ref() == Some(unit),
            None => self.runs[**at].above.is_none() && !self.runs[**at].step.assist,
        };
        let Some(target) = extended.iter().find(whose).copied() else {
            return;
        };
        let more: Vec<usize> = extended
            .into_iter()
            .filter(|at| self.works_on_time_of(*at, target))
            .collect();
        for at in more {
            self.runs[at].step.extensions.push(limit.to_owned());
        }
    }

    fn works_on_time_of(&self, mut at: usize, target: usize) -> bool {
        while at != target {
            match (self.runs[at].on_loan, self.runs[at].above) {
                (true, Some(above)) => at = above,
                _ => return false,
            }
        }
        true
    }

    /// Who is asked no more, though others are.
    fn release(&mut self, one: &Happening<'a>) {
        for change in &one.changes {
            if let ClockChange::Released { who } = change
                && let Addressee::Unit(unit) = who
            {
                let own = |run: &Run<'_>| run.step.unit.as_ref() == Some(unit);
                if let Some(at) = self.running(own).last() {
                    self.runs[*at].finish(one, EndKind::Cancelled);
                }
            }
        }
    }

    fn end(&mut self, one: &Happening<'a>) {
        let cancelled = |run: &Run<'_>| names(&run.rule.cancels, one);
        for at in self.running(|run| names(&run.rule.ends, one)) {
            if !self.runs[at].is_running() {
                continue;
            }
            let node = &self.runs[at].rule.node;
            let asked = self.running(|run| run.rule.node == *node);
            let done = self.done_by(&asked, one.unit);
            for at in asked {
                let how = match done.contains(&at) {
                    true => EndKind::Done,
                    false => EndKind::Cancelled,
                };
                self.runs[at].finish(one, how);
            }
        }
        for at in self.running(cancelled) {
            self.runs[at].finish(one, EndKind::Cancelled);
        }
    }

    /// Whose clocks the work of a unit ends as done: its own and those above. Work that is not
    /// written for a unit of any tree, as by a team, is everybody's who does not only help. Work of a
    /// unit that has the case no more is nobody's.
    fn done_by(&self, asked: &[usize], unit: Option<&UnitId>) -> BTreeSet<usize> {
        let run = |at: &usize| &self.runs[*at];
        let helps = |at: &usize| run(at).step.assist;
        let own = |at: &usize| unit.is_some() && run(at).step.unit.as_ref() == unit;
        let mut done = BTreeSet::new();
        for at in asked.iter().filter(|at| own(at) && !helps(at)) {
            let mut next = Some(*at);
            while let Some(at) = next {
                done.insert(at);
                next = self.runs[at].above;
            }
        }
        let ever = |run: &Run<'_>| unit.is_some() && run.step.unit.as_ref() == unit;
        if !self.runs.iter().any(ever) {
            done.extend(asked.iter().filter(|at| !helps(at)));
        }
        done
    }

    /// Work that supports the work that counts ends the clock of its own unit.
    fn supported(&mut self, one: &Happening<'a>) {
        let helped = one.changes.iter().find_map(|change| match change {
            ClockChange::Supported { unit } => unit.as_ref(),
            _ => None,
        });
        let own = |run: &Run<'_>| {
            let unit = run.step.unit.as_ref();
            unit.is_some() && unit == helped && names(&run.rule.ends, one)
        };
        for at in self.running(own) {
            self.runs[at].finish(one, EndKind::Done);
        }
    }

    fn start(&mut self, rule: &'a NodeRule, one: &Happening<'a>) {
        let open = self.running(|run| run.rule.node == rule.node);
        if one.joins && !open.is_empty() {
            return;
        }
        for at in open {
            self.runs[at].finish(one, EndKind::Replaced);
        }
        let before = self.runs.iter().rfind(|run| run.rule.node == rule.node);
        let number = before.map_or(0, |run| run.step.number).saturating_add(1);
        let mut run = Run::new(rule, number, one);
        let set = one.limit.or(rule.limit.as_deref());
        let set = set.or(self.dispatched).or(one.ground.limit);
        run.step.limit = set.map(str::to_owned);
        run.step.external_due = self.outside_here();
        run.step.bundled_by = self.bundle.filter(|_| run.is_work);
        if self.joined {
            run.join(one.at);
        }
        let first = self.runs.len();
        for asked in one.units() {
            let mut own = run.clone().of(&asked);
            own.above = self.above(first, &asked);
            own.on_loan = own.above.is_some();
            self.runs.push(own);
        }
        if self.runs.len() == first {
            self.runs.push(run);
        }
    }

    /// The clock of the unit from which another one has the work, among those from `first` on.
    fn above(&self, first: usize, asked: &AskedUnit<'_>) -> Option<usize> {
        let above = asked.above?;
        let runs = self.runs.iter().enumerate().skip(first);
        let mut holding = runs
            .filter(|(_, run)| run.is_running() && !run.step.assist)
            .filter(|(_, run)| run.step.unit.as_ref() == Some(above));
        holding.next_back().map(|(at, _)| at)
    }

    /// Units that get the work from those that have it, in every step that is under way and that the
    /// same does not start.
    fn pass_on(&mut self, one: &Happening<'a>, started: &[&NodeRule]) {
        let starts = |rule: &NodeRule| started.iter().any(|other| other.node == rule.node);
        let nodes: BTreeSet<&'a str> = self
            .runs
            .iter()
            .filter(|run| run.is_running() && run.is_work && !starts(run.rule))
            .map(|run| run.rule.node.as_str())
            .into_set();
        for asked in one.units() {
            for node in &nodes {
                let holds =
                    |run: &Run<'_>| run.is_work && run.rule.node == *node && !run.step.assist;
                let all = self.running(holds);
                let above = |at: &&usize| self.runs[**at].step.unit.as_ref() == asked.above;
                let at = all.iter().rfind(above).or_else(|| all.last());
                if let Some(at) = at.copied() {
                    let mut below = self.runs[at].passed_on(at, &asked, one);
                    if self.joined {
                        below.join(one.at);
                    }
                    self.runs.push(below);
                }
            }
        }
    }
}
