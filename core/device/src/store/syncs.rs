//! How the last syncs ended.

use gewu_model::time::Millis;
use rusqlite::{Connection, params};

use super::{all, int, run, uint};
use crate::api::{PastSync, SyncCause, SyncEnd};
use crate::error::Result;

/// How many are kept.
const KEPT: i64 = 20;

/// Keeps how a sync ended, and forgets the oldest.
pub(crate) fn put(tx: &Connection, sync: &PastSync) -> Result<()> {
    let sql = "INSERT INTO syncs (ended_at, outcome, cause, exchanges, bytes_up, bytes_down)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let parameters = params![
        sync.ended_at.0,
        sync.outcome.name(),
        sync.cause.map(SyncCause::name),
        sync.exchanges,
        int(sync.bytes_up),
        int(sync.bytes_down)
    ];
    run(tx, sql, parameters)?;
    let sql = "DELETE FROM syncs WHERE n <= (SELECT max(n) FROM syncs) - ?1";
    run(tx, sql, [KEPT])?;
    Ok(())
}

/// The last syncs, the latest first.
pub(crate) fn list(tx: &Connection) -> Result<Vec<PastSync>> {
    let sql = "SELECT ended_at, outcome, cause, exchanges, bytes_up, bytes_down FROM syncs
               ORDER BY n DESC";
    all(tx, sql, [], |row| {
        let (outcome, cause): (String, Option<String>) = (row.get(1)?, row.get(2)?);
        Ok(PastSync {
            ended_at: Millis(row.get(0)?),
            outcome: SyncEnd::named(&outcome),
            cause: cause.as_deref().map(SyncCause::named),
            exchanges: row.get(3)?,
            bytes_up: uint(row.get(4)?),
            bytes_down: uint(row.get(5)?),
        })
    })
}
