//! Questions over many cases.

use gewu_model::ids::{CaseId, Digest};
use rusqlite::params;

use super::SqliteTx;
use super::cases::{PROJECTION, projection};
use super::codec::{all, bytes, uint};
use crate::store::{CaseFilter, CaseSummary, StoreError};

const PHOTOS: &str = "(SELECT count(DISTINCT sha256) FROM evidence e WHERE e.case_id = cases.id)";
const MISSING: &str = "(SELECT count(DISTINCT sha256) FROM evidence e WHERE e.case_id = cases.id
    AND NOT EXISTS (SELECT 1 FROM media m WHERE m.sha256 = e.sha256))";

/// A page of cases, the latest first.
pub(super) fn cases(
    tx: &SqliteTx<'_>,
    filter: &CaseFilter,
) -> Result<Vec<CaseSummary>, StoreError> {
    let (at, id) = filter.after.unzip();
    let sql = format!(
        "SELECT {PROJECTION}, id, {PHOTOS}, {MISSING} FROM cases
         WHERE {} AND (updated_at, id) < (?2, ?3) ORDER BY updated_at DESC, id DESC LIMIT ?4",
        // Without a stage the parameter still has to be named.
        match filter.stage {
            Some(_) => "stage = ?1",
            None => "?1 IS NULL",
        }
    );
    let from = (
        at.map_or(i64::MAX, |at| at.0),
        id.map_or([0xff; 16], |id| id.0),
    );
    let params = params![filter.stage, from.0, from.1, filter.limit];
    all(tx.db, &sql, params, |row| {
        Ok(CaseSummary {
            projection: projection(row)?,
            case: CaseId(bytes(row, 9)?),
            photos: uint(row, 10)?,
            photos_missing: uint(row, 11)?,
        })
    })
}

/// Every file that an accepted change names and that is not held, at most a thousand.
pub(super) fn missing_files(tx: &SqliteTx<'_>) -> Result<Vec<(CaseId, Digest)>, StoreError> {
    let sql = "SELECT DISTINCT e.case_id, e.sha256 FROM evidence e
        WHERE NOT EXISTS (SELECT 1 FROM media m WHERE m.sha256 = e.sha256)
        ORDER BY e.case_id, e.sha256 LIMIT 1000";
    all(tx.db, sql, [], |row| {
        Ok((CaseId(bytes(row, 0)?), Digest(bytes(row, 1)?)))
    })
}
