//! Signed blocks of verdicts, kept as long as they are the only proof of a change's fate.

use gewu_model::cbor;
use gewu_model::crypto::sha256;
use gewu_model::ids::{CaseId, ChangeHash};
use gewu_sync::verdict::SignedVerdicts;
use rusqlite::{Connection, params};

use super::{all, one, read, run};
use crate::error::{DeviceError, Result};

/// Keeps a block as the proof of what became of a change.
pub(crate) fn prove(tx: &Connection, change: &ChangeHash, block: &SignedVerdicts) -> Result<()> {
    let digest = sha256(&block.body);
    let sql = "INSERT INTO verdict_blocks (digest, signed) VALUES (?1, ?2)
               ON CONFLICT (digest) DO UPDATE SET digest = excluded.digest RETURNING n";
    let n = one(tx, sql, params![digest.0, cbor::to_vec(block)], |row| {
        Ok(row.get::<_, i64>(0)?)
    })?;
    let n = n.ok_or(DeviceError::Damaged)?;
    run(
        tx,
        "UPDATE changes SET verdict = ?2 WHERE hash = ?1",
        params![change.0, n],
    )?;
    Ok(())
}

/// A receipt over the case covers the change now.
pub(crate) fn covered(tx: &Connection, change: &ChangeHash) -> Result<()> {
    let sql = "UPDATE changes SET verdict = NULL WHERE hash = ?1 AND state = 1
               AND verdict IS NOT NULL";
    run(tx, sql, [change.0])?;
    Ok(())
}

/// Removes blocks that prove nothing more.
pub(crate) fn prune(tx: &Connection) -> Result<()> {
    let sql = "DELETE FROM verdict_blocks
               WHERE n NOT IN (SELECT verdict FROM changes WHERE verdict IS NOT NULL)";
    run(tx, sql, [])?;
    Ok(())
}

/// The blocks that changes of the case need.
pub(crate) fn of_case(tx: &Connection, case: &CaseId) -> Result<Vec<SignedVerdicts>> {
    let sql = "SELECT signed FROM verdict_blocks WHERE n IN
                   (SELECT verdict FROM changes WHERE case_id = ?1 AND verdict IS NOT NULL)
               ORDER BY n";
    all(tx, sql, [case.0], |row| read(&row.get::<_, Vec<u8>>(0)?))
}
