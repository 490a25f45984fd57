//! The open steps of cases, in SQLite.

use gewu_model::deadline::clocks::OpenSteps;
use gewu_model::ids::CaseId;
use rusqlite::params;

use super::SqliteTx;
use super::codec::{one, run};
use crate::store::{Clocks, StoreError};

impl Clocks for SqliteTx<'_> {
    fn steps(&self, case: CaseId) -> Result<Option<OpenSteps>, StoreError> {
        let sql = "SELECT steps FROM clocks WHERE case_id = ?1";
        let found: Option<String> = one(self.db, sql, [case.0], |row| row.get(0))?;
        // A projection: what cannot be read is made again from the case.
        Ok(found.and_then(|steps| serde_json::from_str(&steps).ok()))
    }

    fn put_steps(&self, case: CaseId, steps: &OpenSteps) -> Result<(), StoreError> {
        let steps = serde_json::to_string(steps).map_err(|_| StoreError::Corrupt("a clock"))?;
        let sql = "INSERT INTO clocks (case_id, steps) VALUES (?1, ?2)
             ON CONFLICT (case_id) DO UPDATE SET steps = ?2";
        run(self.db, sql, params![case.0, steps])?;
        Ok(())
    }
}
