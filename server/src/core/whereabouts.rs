//! Where a case lies, as the policy asks: its grids, and the areas above them.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError};

use gewu_model::fold::CaseView;
use gewu_model::ids::{CaseId, GridCode};
use gewu_model::policy::Whereabouts;
use gewu_model::scope::Scope;
use gewu_sync::gate::CaseState;

use super::bench::Bench;
use super::load::rows;
use super::{Core, CoreError};
use crate::store::Tx;

impl Core {
    /// By the server's own map where it has placed the case, else by what the report says.
    pub(super) fn whereabouts(
        &self,
        tx: &dyn Tx,
        case: CaseId,
        view: &CaseView,
    ) -> Result<Whereabouts, CoreError> {
        let Some(row) = tx.place(case)? else {
            return Ok(Whereabouts::of(view));
        };
        let grids = Arc::clone(&self.grids.read().unwrap_or_else(PoisonError::into_inner));
        let file = grids.named(tx, row.pack)?;
        let place = file.as_ref().zip(view.report.as_ref());
        let place = place.and_then(|(file, report)| file.locate(&report.position).ok().flatten());
        let parents = place.and_then(|place| {
            let parents = place.parents().ok()?.into_iter();
            let named = parents.map(|(level, code)| (level.to_owned(), GridCode::from(code)));
            Some(named.collect())
        });
        Ok(Whereabouts {
            unit: row.unit,
            duty: row.duty_grid,
            road: row.road,
            areas: parents.unwrap_or_default(),
        })
    }

    /// Adds whom the case's policy knows by place or in the unit tree: people of the areas and road
    /// sections it lies in, and units above those that were sent the case.
    pub(super) fn widen(
        &self,
        bench: &Bench<'_>,
        view: &CaseView,
        scopes: &mut BTreeSet<Scope>,
    ) -> Result<(), CoreError> {
        let rules = self.rules();
        let pinned = rules.pinned(bench.state.root.as_ref(), rows(&bench.state));
        let Some(policy) = pinned else {
            return Ok(());
        };
        let units = scopes.iter().filter_map(|scope| match scope {
            Scope::Unit(unit) => Some(unit),
            _ => None,
        });
        let above = units.flat_map(|unit| policy.units().above(unit));
        let above: Vec<Scope> = above.cloned().map(Scope::Unit).collect();
        scopes.extend(above);
        if policy.asks_for_place() {
            let place = self.whereabouts(bench.tx, bench.state.case, view)?;
            scopes.extend(place.areas.into_values().map(Scope::Area));
            scopes.extend(place.road.map(Scope::Road));
        }
        Ok(())
    }

    /// Fills in where the case lies, when its policy asks for that.
    pub(super) fn settle_place(&self, tx: &dyn Tx, state: &mut CaseState) -> Result<(), CoreError> {
        let rules = self.rules();
        let policy = rules.pinned(state.root.as_ref(), rows(state));
        if policy.is_some_and(|policy| policy.asks_for_place()) {
            let view = self.view(state);
            state.place = Some(self.whereabouts(tx, state.case, &view)?);
        }
        Ok(())
    }
}
