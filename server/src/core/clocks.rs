//! Due times and lights, from the server's own receipt times: authoritative.

use std::collections::BTreeMap;

use gewu_model::deadline::clocks::{
    Basis, ClockLine, OpenSteps, Present, Told, clocks, happenings,
};
use gewu_model::deadline::rules::Requested;
use gewu_model::entry::{Body, Extend, Payload};
use gewu_model::fold::{CaseView, Row};
use gewu_model::ids::{CaseId, ChangeHash, UnitId};
use gewu_model::time::Millis;
use gewu_sync::gate::{CaseState, Rules};
use serde_json::{Value, json};

use super::bench::Bench;
use super::decide::DecideError;
use super::load::{all_rows, load, rows};
use super::{CasePage, Core, CoreError};
use crate::store::{StoreError, Tx};

impl Core {
    /// Keeps what lists need to reckon a case's clocks.
    pub(super) fn keep_steps(
        &self,
        tx: &dyn Tx,
        state: &CaseState,
        view: &CaseView,
    ) -> Result<(), StoreError> {
        let steps = open_steps(&self.rules(), state, view);
        tx.put_steps(state.case, &steps)
    }

    /// Puts beside each case of a page every clock that runs or stands, the most urgent first, as
    /// `clocks`, and the most urgent one as `clock`.
    ///
    /// # Errors
    /// [`CoreError`] when the store cannot be read.
    pub fn add_clocks(&self, page: &mut CasePage, now: Millis) -> Result<(), CoreError> {
        self.read(|tx| {
            for line in &mut page.cases {
                let case = line["case"].as_str().and_then(|case| case.parse().ok());
                if let Some(case) = case {
                    let clocks = self.open_clocks(tx, case, now)?;
                    line["clock"] = json!(clocks.first());
                    line["clocks"] = json!(clocks);
                }
            }
            Ok(())
        })
    }

    /// Every clock that a case has had, with marks and shared budgets.
    ///
    /// # Errors
    /// [`CoreError`] when the store cannot be read.
    pub fn case_clocks(&self, case: CaseId, now: Millis) -> Result<Value, CoreError> {
        self.read(|tx| {
            let state = load(tx, case)?;
            Ok(self.clocks(&state, &self.view(&state), now))
        })
    }

    fn open_clocks(
        &self,
        tx: &dyn Tx,
        case: CaseId,
        now: Millis,
    ) -> Result<Vec<ClockLine>, CoreError> {
        let rules = self.rules();
        let steps = match tx.steps(case)?.filter(OpenSteps::is_current) {
            Some(steps) => steps,
            None => {
                let state = load(tx, case)?;
                open_steps(&rules, &state, &self.view(&state))
            }
        };
        let lines = steps.lines(&present(&rules, now));
        Ok(lines.into_iter().map(|open| open.line).collect())
    }

    fn clocks(&self, state: &CaseState, view: &CaseView, now: Millis) -> Value {
        let rules = self.rules();
        let rows = all_rows(state);
        let told = told(&rules, state, &rows, view);
        let present = present(&rules, now);
        let happened = happenings(&told, received(state));
        let found = clocks(&happened, present.basis, |policy| present.by(policy));
        let steps = OpenSteps::of(&told, received(state));
        let running = steps.lines(&present).into_iter().map(|open| open.line);
        let running: Vec<ClockLine> = running.collect();
        let mut value = json!(found);
        value["running"] = json!(running);
        value
    }

    /// The unit below the lead whose request for more time it is, where that unit has a clock.
    pub(super) fn asked_for(&self, bench: &Bench<'_>, request: ChangeHash) -> Option<UnitId> {
        let written = bench.state.accepted(&request)?.row.entry.as_ref()?;
        let unit = written.entry.header.unit.as_ref()?;
        let (rules, view) = (self.rules(), self.view(&bench.state));
        let steps = open_steps(&rules, &bench.state, &view);
        let below = view.lead() != Some(unit) && steps.may_reach(unit, &present(&rules, bench.now));
        below.then(|| unit.clone())
    }

    /// Whether the unit that gets more time asked for it in time, as the gate found when the request came.
    fn requested(&self, bench: &Bench<'_>, extend: &Extend) -> Requested {
        let asked = extend.request.filter(|request| {
            let accepted = bench.state.accepted(request);
            let written = accepted.and_then(|accepted| accepted.row.entry.as_ref());
            written.is_some_and(|written| matches!(written.payload, Ok(Payload::ExtendRequest(_))))
        });
        match asked {
            Some(request) if extend.unit == self.asked_for(bench, request) => Requested::InTime,
            _ => Requested::Now,
        }
    }

    /// Refuses more time, or a suspension, that the city's rules do not grant, and to pass on a part of a task
    /// that would be due after the task.
    pub(super) fn check_time(
        &self,
        bench: &Bench<'_>,
        body: &Body,
        view: &CaseView,
    ) -> Result<(), DecideError> {
        let denied = |why: &dyn std::fmt::Display| DecideError::Denied(why.to_string());
        let rules = self.rules();
        match body {
            Body::Extend(extend) => {
                let steps = open_steps(&rules, &bench.state, view);
                let present = present(&rules, bench.now);
                let asked = (extend.limit.as_str(), self.requested(bench, extend));
                let judged = steps.judge_extension(extend.unit.as_ref(), asked, &present);
                judged.map_err(|why| denied(&why))
            }
            Body::Forward(forward) => {
                let last = || view.last_holder();
                let above = forward.from.as_ref().or_else(last);
                let (Some(above), Some(limit)) = (above, forward.limit.as_deref()) else {
                    return Ok(());
                };
                let steps = open_steps(&rules, &bench.state, view);
                let judged = steps.judge_part(above, limit, &present(&rules, bench.now));
                judged.map_err(|why| denied(&why))
            }
            Body::Suspend(suspend) => {
                let policy = rules.pinned(bench.state.root.as_ref(), rows(&bench.state));
                let policy = policy.ok_or(CoreError::Unknown("the case's policy"))?;
                let before = u32::try_from(view.facts.pauses.len()).unwrap_or(u32::MAX);
                let rule = &policy.clocks().suspension;
                let judged = rule.judge(before, bench.now, suspend.until);
                judged.map_err(|why| denied(&why))
            }
            _ => Ok(()),
        }
    }
}

pub(super) fn received(state: &CaseState) -> impl Fn(&ChangeHash) -> Option<Millis> + use<> {
    let changes = state.changes.iter();
    let times: BTreeMap<_, _> = changes
        .map(|change| (change.hash, change.received_at))
        .collect();
    move |hash| times.get(hash).copied()
}

fn told<'a>(
    rules: &'a Rules,
    state: &'a CaseState,
    rows: &'a [Row],
    view: &'a CaseView,
) -> Told<'a> {
    Told {
        rows,
        view,
        root: state.root.as_ref(),
        held: rules,
    }
}

const fn present(rules: &Rules, now: Millis) -> Present<'_> {
    Present {
        calendars: &rules.calendars,
        held: rules,
        basis: Basis::Authoritative,
        now,
    }
}

fn open_steps(rules: &Rules, state: &CaseState, view: &CaseView) -> OpenSteps {
    OpenSteps::of(&told(rules, state, &all_rows(state), view), received(state))
}
