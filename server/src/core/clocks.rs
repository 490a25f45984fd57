//! Due times and lights, from the server's own receipt times: authoritative.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use gewu_model::deadline::clocks::{
    Basis, By, ClockLine, OpenSteps, Present, clocks, happenings, limit_of,
};
use gewu_model::deadline::{Calendar, Calendars, Offset};
use gewu_model::fold::CaseView;
use gewu_model::ids::{CaseId, ChangeHash, Digest};
use gewu_model::policy::Policy;
use gewu_model::time::Millis;
use gewu_sync::gate::{CaseState, Rules};
use serde_json::{Value, json};

use super::load::{load, rows};
use super::packs::CALENDAR;
use super::{CasePage, Core, CoreError, OpenError};
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

    /// Puts beside each case of a page the most urgent clock that runs, as `clock`.
    ///
    /// # Errors
    /// [`CoreError`] when the store cannot be read.
    pub fn add_clocks(&self, page: &mut CasePage, now: Millis) -> Result<(), CoreError> {
        self.read(|tx| {
            for line in &mut page.cases {
                let case = line["case"].as_str().and_then(|case| case.parse().ok());
                if let Some(case) = case {
                    line["clock"] = json!(self.pressing(tx, case, now)?);
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

    fn pressing(
        &self,
        tx: &dyn Tx,
        case: CaseId,
        now: Millis,
    ) -> Result<Option<ClockLine>, CoreError> {
        let rules = self.rules();
        let steps = match tx.steps(case)? {
            Some(steps) => steps,
            None => {
                let state = load(tx, case)?;
                open_steps(&rules, &state, &self.view(&state))
            }
        };
        let Some(policy) = policy(&rules, steps.policy) else {
            return Ok(None);
        };
        let catalogue = steps.catalogue;
        let present = Present {
            calendars: &self.calendars(),
            rules: policy.clocks(),
            lights: policy.lights(),
            catalogue: catalogue.and_then(|digest| rules.catalogues.get(&digest)),
            basis: Basis::Authoritative,
            now,
        };
        let lines = steps.lines(&present);
        Ok(lines.into_iter().next().map(|(_, line)| line))
    }

    fn clocks(&self, state: &CaseState, view: &CaseView, now: Millis) -> Value {
        let rules = self.rules();
        let root = state.root.as_ref();
        let Some(policy) = rules.pinned(root, &rows(state)) else {
            return Value::Null;
        };
        let calendars = self.calendars();
        let calendar = match calendars.of(policy.clocks()) {
            Ok(calendar) => calendar,
            Err(error) => return json!({ "unknown": error.to_string() }),
        };
        let catalogue = root.and_then(|root| rules.catalogues.get(&root.catalogue));
        let limit = view
            .report
            .as_ref()
            .and_then(|report| limit_of(catalogue?, &report.class, report.condition.as_deref()?));
        let by = By {
            calendar,
            rules: policy.clocks(),
            lights: policy.lights(),
            limit: limit.as_deref(),
            basis: Basis::Authoritative,
            now,
        };
        let received = received(state);
        let rows = rows(state);
        let found = clocks(&happenings(&rows, view, received), &by);
        let running = found.running().into_iter();
        let lines: Vec<_> = running.map(|clock| ClockLine::of(clock, &by)).collect();
        let mut value = json!(found);
        value["running"] = json!(lines);
        spell_out(&mut value, calendar.offset());
        value
    }

    pub(super) fn calendars(&self) -> Arc<Calendars> {
        let calendars = self.calendars.read();
        Arc::clone(&calendars.unwrap_or_else(PoisonError::into_inner))
    }
}

/// Puts the local time beside every due time, so that people need not convert it.
fn spell_out(value: &mut Value, offset: Offset) {
    for part in ["nodes", "bundles", "marks"] {
        for clock in value[part].as_array_mut().into_iter().flatten() {
            if let Some(due) = clock["due"].as_i64() {
                clock["due_text"] = json!(offset.write(Millis(due)));
            }
        }
    }
}

fn policy(rules: &Rules, digest: Option<Digest>) -> Option<&Policy> {
    rules.policies.get(&digest?)
}

pub(super) fn received(state: &CaseState) -> impl Fn(&ChangeHash) -> Option<Millis> + use<> {
    let changes = state.changes.iter();
    let times: BTreeMap<_, _> = changes
        .map(|change| (change.hash, change.received_at))
        .collect();
    move |hash| times.get(hash).copied()
}

fn open_steps(rules: &Rules, state: &CaseState, view: &CaseView) -> OpenSteps {
    let root = state.root.as_ref();
    let Some(policy) = rules.pinned(root, &rows(state)) else {
        return OpenSteps::default();
    };
    OpenSteps::of(&rows(state), view, root, policy.clocks(), received(state))
}

/// The working calendars that the city has published.
pub(super) fn published(tx: &dyn Tx) -> Result<Calendars, OpenError> {
    let rows = tx.all_packs(CALENDAR)?.into_iter();
    let read = rows.map(|row| {
        let body = tx.pack_body(row.digest)?;
        let body = body.ok_or(StoreError::Corrupt("a pack"))?;
        Calendar::from_json(&body).map_err(|error| OpenError::Pack(error.to_string()))
    });
    Ok(Calendars::new(read.collect::<Result<Vec<_>, _>>()?))
}
