//! The places of cases, in SQLite.

use gewu_model::ids::{CaseId, Digest, GridCode};
use rusqlite::params;

use super::SqliteTx;
use super::codec::{bytes, one, run};
use crate::store::{Doubt, PlaceRow, Places, StoreError};

impl Places for SqliteTx<'_> {
    fn place(&self, case: CaseId) -> Result<Option<PlaceRow>, StoreError> {
        let sql = "SELECT pack, unit, duty_grid, road, doubt FROM places WHERE case_id = ?1";
        one(self.db, sql, [case.0], |row| {
            let code = |at| -> rusqlite::Result<Option<GridCode>> {
                let code: Option<String> = row.get(at)?;
                Ok(code.map(GridCode))
            };
            let doubt: Option<String> = row.get(4)?;
            Ok(PlaceRow {
                pack: Digest(bytes(row, 0)?),
                unit: code(1)?,
                duty_grid: code(2)?,
                road: code(3)?,
                doubt: doubt.and_then(|name| Doubt::from_name(&name)),
            })
        })
    }

    fn put_place(&self, case: CaseId, place: &PlaceRow) -> Result<(), StoreError> {
        let code = |code: &Option<GridCode>| code.as_ref().map(|code| code.0.clone());
        run(
            self.db,
            "INSERT INTO places (case_id, pack, unit, duty_grid, road, doubt)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (case_id) DO UPDATE SET pack = ?2, unit = ?3, duty_grid = ?4,
                road = ?5, doubt = ?6",
            params![
                case.0,
                place.pack.0,
                code(&place.unit),
                code(&place.duty_grid),
                code(&place.road),
                place.doubt.map(Doubt::name)
            ],
        )?;
        Ok(())
    }
}
