//! The rules that the published packs hold, as the gate reads them.

use gewu_model::catalogue::Catalogue;
use gewu_model::deadline::{Calendar, Calendars};
use gewu_model::policy::Policy;
use gewu_sync::gate::Rules;

use super::CALENDAR;
use crate::core::OpenError;
use crate::store::{PackRow, StoreError, Tx};

pub(super) fn load(tx: &dyn Tx) -> Result<Rules, OpenError> {
    let mut rules = Rules {
        calendars: calendars(tx)?,
        ..Rules::default()
    };
    let body = |row: &PackRow| {
        tx.pack_body(row.digest)?
            .ok_or(StoreError::Corrupt("a pack"))
    };
    for row in tx.all_packs("policy")? {
        let policy = Policy::from_json(&body(&row)?);
        let policy = policy.map_err(|error| OpenError::Pack(error.to_string()))?;
        rules.policies.insert(row.digest, policy);
    }
    for row in tx.all_packs("catalogue")? {
        let catalogue = Catalogue::from_json(&body(&row)?);
        let catalogue = catalogue.map_err(|error| OpenError::Pack(error.to_string()))?;
        rules.catalogues.insert(row.digest, catalogue);
    }
    Ok(rules)
}

fn calendars(tx: &dyn Tx) -> Result<Calendars, OpenError> {
    let rows = tx.all_packs(CALENDAR)?.into_iter();
    let read = rows.map(|row| {
        let body = tx.pack_body(row.digest)?;
        let body = body.ok_or(StoreError::Corrupt("a pack"))?;
        Calendar::from_json(&body).map_err(|error| OpenError::Pack(error.to_string()))
    });
    Ok(Calendars::new(read.collect::<Result<Vec<_>, _>>()?))
}
