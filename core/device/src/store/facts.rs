//! What is kept of a case beside its changes.

use gewu_model::ids::CaseId;
use rusqlite::{Connection, params};

use super::{all, id, one, run};
use crate::error::{DeviceError, Result};

fn ensure(tx: &Connection, case: &CaseId) -> Result<()> {
    let sql = "INSERT INTO case_facts (case_id, reoffer, refused) VALUES (?1, 0, 0)
               ON CONFLICT (case_id) DO NOTHING";
    run(tx, sql, [case.0])?;
    Ok(())
}

/// The epoch that this device writes with in the case, when it is not the install's.
pub(crate) fn epoch(tx: &Connection, case: &CaseId) -> Result<Option<[u8; 8]>> {
    let sql = "SELECT epoch FROM case_facts WHERE case_id = ?1 AND epoch IS NOT NULL";
    one(tx, sql, [case.0], |row| {
        row.get::<_, Vec<u8>>(0)?
            .try_into()
            .map_err(|_| DeviceError::Damaged)
    })
}

pub(crate) fn set_epoch(tx: &Connection, case: &CaseId, epoch: [u8; 8]) -> Result<()> {
    ensure(tx, case)?;
    let sql = "UPDATE case_facts SET epoch = ?2 WHERE case_id = ?1";
    run(tx, sql, params![case.0, epoch])?;
    Ok(())
}

/// After a restored backup every epoch of before is another history's.
pub(crate) fn clear_epochs(tx: &Connection) -> Result<()> {
    run(
        tx,
        "UPDATE case_facts SET epoch = NULL WHERE epoch IS NOT NULL",
        [],
    )?;
    Ok(())
}

pub(crate) fn receipt(tx: &Connection, case: &CaseId) -> Result<Option<Vec<u8>>> {
    let sql = "SELECT receipt FROM case_facts WHERE case_id = ?1 AND receipt IS NOT NULL";
    one(tx, sql, [case.0], |row| Ok(row.get(0)?))
}

pub(crate) fn set_receipt(tx: &Connection, case: &CaseId, receipt: &[u8]) -> Result<()> {
    ensure(tx, case)?;
    let sql = "UPDATE case_facts SET receipt = ?2 WHERE case_id = ?1";
    run(tx, sql, params![case.0, receipt])?;
    Ok(())
}

/// Marks every case in which the server has said its word on a change for offering to a restored
/// one.
pub(crate) fn offer_all_again(tx: &Connection) -> Result<()> {
    let sql = "INSERT INTO case_facts (case_id, reoffer, refused)
               SELECT DISTINCT case_id, 1, 0 FROM changes
                   WHERE state = 1 OR (state = 2 AND own = 1 AND verdict IS NOT NULL)
               ON CONFLICT (case_id) DO UPDATE SET reoffer = 1";
    run(tx, sql, [])?;
    Ok(())
}

/// Marks one case for offering.
pub(crate) fn offer(tx: &Connection, case: &CaseId) -> Result<()> {
    ensure(tx, case)?;
    run(
        tx,
        "UPDATE case_facts SET reoffer = 1 WHERE case_id = ?1",
        [case.0],
    )?;
    Ok(())
}

pub(crate) fn purge(tx: &Connection, case: &CaseId) -> Result<()> {
    run(tx, "DELETE FROM case_facts WHERE case_id = ?1", [case.0])?;
    let sql = "DELETE FROM earlier_receipts WHERE case_id = ?1";
    run(tx, sql, [case.0])?;
    Ok(())
}

pub(crate) fn offered(tx: &Connection, case: &CaseId) -> Result<()> {
    run(
        tx,
        "UPDATE case_facts SET reoffer = 0 WHERE case_id = ?1",
        [case.0],
    )?;
    Ok(())
}

pub(crate) fn to_offer(tx: &Connection) -> Result<Vec<CaseId>> {
    let sql = "SELECT case_id FROM case_facts WHERE reoffer = 1 ORDER BY case_id";
    all(tx, sql, [], |row| id(row, 0))
}

pub(crate) fn set_refused(tx: &Connection, case: &CaseId, refused: bool) -> Result<()> {
    if refused {
        ensure(tx, case)?;
    }
    let sql = "UPDATE case_facts SET refused = ?2 WHERE case_id = ?1 AND refused <> ?2";
    run(tx, sql, params![case.0, refused])?;
    Ok(())
}

pub(crate) fn refused(tx: &Connection) -> Result<Vec<CaseId>> {
    let sql = "SELECT case_id FROM case_facts WHERE refused = 1 ORDER BY case_id";
    all(tx, sql, [], |row| id(row, 0))
}

/// Marks a case that has left every scope while something of it was still owed, or one that came back.
pub(crate) fn set_gone(tx: &Connection, case: &CaseId, gone: bool) -> Result<()> {
    if gone {
        ensure(tx, case)?;
    }
    let sql = "UPDATE case_facts SET gone = ?2 WHERE case_id = ?1 AND gone <> ?2";
    run(tx, sql, params![case.0, gone])?;
    Ok(())
}

pub(crate) fn gone(tx: &Connection) -> Result<Vec<CaseId>> {
    let sql = "SELECT case_id FROM case_facts WHERE gone = 1 ORDER BY case_id";
    all(tx, sql, [], |row| id(row, 0))
}
