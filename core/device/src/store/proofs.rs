//! Signed blocks of verdicts, kept as long as they are the only proof of a change's fate.

use gewu_model::cbor;
use gewu_model::crypto::sha256;
use gewu_model::ids::{CaseId, ChangeHash};
use gewu_model::receipt::SignedReceipt;
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

/// The numbers of the blocks that changes of the case need.
pub(crate) fn blocks_of(tx: &Connection, case: &CaseId) -> Result<Vec<i64>> {
    let sql = "SELECT DISTINCT verdict FROM changes
               WHERE case_id = ?1 AND verdict IS NOT NULL ORDER BY verdict";
    all(tx, sql, [case.0], |row| Ok(row.get(0)?))
}

/// The block of that number.
pub(crate) fn block(tx: &Connection, n: i64) -> Result<Option<SignedVerdicts>> {
    let sql = "SELECT signed FROM verdict_blocks WHERE n = ?1";
    one(tx, sql, [n], |row| read(&row.get::<_, Vec<u8>>(0)?))
}

/// The blocks that changes of the case need.
pub(crate) fn of_case(tx: &Connection, case: &CaseId) -> Result<Vec<SignedVerdicts>> {
    let mut blocks = Vec::new();
    for n in blocks_of(tx, case)? {
        blocks.extend(block(tx, n)?);
    }
    Ok(blocks)
}

/// Receipts over the case from earlier lives of the server.
pub(crate) fn earlier(tx: &Connection, case: &CaseId) -> Result<Vec<SignedReceipt>> {
    let sql = "SELECT signed FROM earlier_receipts WHERE case_id = ?1 ORDER BY digest";
    all(tx, sql, [case.0], |row| read(&row.get::<_, Vec<u8>>(0)?))
}

/// Keeps a receipt that a newer one does not make useless.
pub(crate) fn keep_earlier(tx: &Connection, case: &CaseId, signed: &SignedReceipt) -> Result<()> {
    let sql = "INSERT INTO earlier_receipts (case_id, digest, signed) VALUES (?1, ?2, ?3)
               ON CONFLICT (case_id, digest) DO NOTHING";
    let digest = sha256(&signed.body);
    run(tx, sql, params![case.0, digest.0, cbor::to_vec(signed)])?;
    Ok(())
}

pub(crate) fn drop_earlier(tx: &Connection, case: &CaseId, signed: &SignedReceipt) -> Result<()> {
    let sql = "DELETE FROM earlier_receipts WHERE case_id = ?1 AND digest = ?2";
    run(tx, sql, params![case.0, sha256(&signed.body).0])?;
    Ok(())
}
