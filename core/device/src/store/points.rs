//! Where reported cases lie, to find those nearby.

use gewu_model::entry::ClassRef;
use gewu_model::ids::CaseId;
use gewu_model::place::Position;
use rusqlite::{Connection, params};

use super::cases::class_columns;
use super::{all, id, run};
use crate::error::Result;

/// A box on the globe in 1e-7 degree, both ends within.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) lon: (i64, i64),
    pub(crate) lat: (i64, i64),
}

/// Keeps where a case lies; it goes with the case's row.
pub(crate) fn put(tx: &Connection, case: &CaseId, at: &Position) -> Result<()> {
    let sql = "INSERT INTO case_points (case_id, lon_e7, lat_e7) VALUES (?1, ?2, ?3)
               ON CONFLICT (case_id) DO UPDATE SET lon_e7 = excluded.lon_e7,
                   lat_e7 = excluded.lat_e7";
    run(tx, sql, params![case.0, at.lon_e7, at.lat_e7])?;
    Ok(())
}

/// Cases that were projected before points were kept.
pub(crate) fn missing(tx: &Connection) -> Result<Vec<CaseId>> {
    let sql = "SELECT c.id FROM cases c LEFT JOIN case_points p ON p.case_id = c.id
               WHERE c.live = 1 AND p.case_id IS NULL";
    all(tx, sql, [], |row| id(row, 0))
}

/// Cases in a box; of one class only, when one is given.
pub(crate) fn within(
    tx: &Connection,
    frame: &Frame,
    class: Option<&ClassRef>,
) -> Result<Vec<(CaseId, i32, i32)>> {
    let sql = "SELECT p.case_id, p.lon_e7, p.lat_e7 FROM case_points p
               JOIN cases c ON c.id = p.case_id
               WHERE p.lat_e7 BETWEEN ?1 AND ?2 AND p.lon_e7 BETWEEN ?3 AND ?4 AND c.live = 1
                   AND (?5 IS NULL OR (c.class_kind = ?5 AND c.class_code = ?6))";
    let (kind, code) = class.map(class_columns).unzip();
    let Frame { lon, lat } = frame;
    let parameters = params![lat.0, lat.1, lon.0, lon.1, kind, code];
    all(tx, sql, parameters, |row| {
        Ok((id(row, 0)?, row.get(1)?, row.get(2)?))
    })
}
