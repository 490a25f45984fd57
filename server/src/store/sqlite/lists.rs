//! Questions over many cases.

use gewu_model::ids::{CaseId, Digest};
use rusqlite::params;

use super::SqliteTx;
use super::cases::{PROJECTION, projection};
use super::codec::{all, bytes, one, uint};
use crate::store::{CaseFilter, CaseSummary, Doubt, EvidenceFile, HeldEvidence, StoreError};

const PHOTOS: &str = "(SELECT count(DISTINCT sha256) FROM evidence e
    WHERE e.case_id = cases.id AND NOT e.thumb)";
const MISSING: &str = "(SELECT count(DISTINCT sha256) FROM evidence e
    WHERE e.case_id = cases.id AND NOT e.thumb
    AND NOT EXISTS (SELECT 1 FROM media m WHERE m.sha256 = e.sha256)
    AND NOT EXISTS (SELECT 1 FROM tombstones t WHERE t.digest = e.sha256))";

const DOUBT: &str = "(SELECT doubt FROM places p WHERE p.case_id = cases.id)";

/// A page of cases, the latest first.
pub(super) fn cases(
    tx: &SqliteTx<'_>,
    filter: &CaseFilter,
) -> Result<Vec<CaseSummary>, StoreError> {
    let (at, id) = filter.after.unzip();
    let sql = format!(
        "SELECT {PROJECTION}, id, {PHOTOS}, {MISSING}, {DOUBT} FROM cases
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
        let doubt: Option<String> = row.get(12)?;
        Ok(CaseSummary {
            projection: projection(row)?,
            case: CaseId(bytes(row, 9)?),
            photos: uint(row, 10)?,
            photos_missing: uint(row, 11)?,
            doubt: doubt.and_then(|name| Doubt::from_name(&name)),
        })
    })
}

/// Every file that an accepted change names and that is neither held nor erased, at most a thousand.
pub(super) fn missing_files(tx: &SqliteTx<'_>) -> Result<Vec<(CaseId, EvidenceFile)>, StoreError> {
    let sql = "SELECT e.case_id, e.sha256, min(e.thumb) FROM evidence e
        WHERE NOT EXISTS (SELECT 1 FROM media m WHERE m.sha256 = e.sha256)
        AND NOT EXISTS (SELECT 1 FROM tombstones t WHERE t.digest = e.sha256)
        GROUP BY e.case_id, e.sha256 ORDER BY e.case_id, e.sha256 LIMIT 1000";
    all(tx.db, sql, [], |row| {
        let (sha256, thumb) = (Digest(bytes(row, 1)?), row.get(2)?);
        Ok((CaseId(bytes(row, 0)?), EvidenceFile { sha256, thumb }))
    })
}

/// The photos and the thumbnails among the held files. One that is both counts as a photo.
pub(super) fn count_evidence(tx: &SqliteTx<'_>) -> Result<HeldEvidence, StoreError> {
    let sql = "SELECT count(*) FILTER (WHERE NOT thumb), count(*) FILTER (WHERE thumb) FROM (
            SELECT min(e.thumb) AS thumb FROM evidence e JOIN media m ON m.sha256 = e.sha256
            GROUP BY e.sha256)";
    let counted = one(tx.db, sql, [], |row| {
        let (photos, thumbs) = (uint(row, 0)?, uint(row, 1)?);
        Ok(HeldEvidence { photos, thumbs })
    })?;
    counted.ok_or(StoreError::Corrupt("the count of photos"))
}
