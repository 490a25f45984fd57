//! The keys that sign here, and their counters.

use gewu_model::cert::Endorsement;
use gewu_model::ids::{CaseId, KeyId};
use rusqlite::{Connection, params};

use super::{all, id, int, maybe_id, one, read, run, uint};
use crate::error::{DeviceError, Result};

/// A key that has signed here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredKey {
    pub(crate) key: KeyId,
    pub(crate) case: Option<CaseId>,
    pub(crate) counter: u64,
}

/// Takes `count` numbers of the key's counter and answers the first of them.
pub(crate) fn take_counters(
    tx: &Connection,
    key: &KeyId,
    case: Option<&CaseId>,
    endorsement: Option<&[u8]>,
    count: u64,
) -> Result<u64> {
    let sql = "INSERT INTO keys (key, case_id, counter, endorsement) VALUES (?1, ?2, ?3, ?4)
               ON CONFLICT (key) DO UPDATE SET counter = counter + excluded.counter
               RETURNING counter";
    let case = case.map(|case| case.0);
    let last = one(
        tx,
        sql,
        params![key.0, case, int(count), endorsement],
        |row| Ok(uint(row.get(0)?)),
    )?;
    let last = last.ok_or(DeviceError::Damaged)?;
    Ok(last - count + 1)
}

/// No device ever gets here; beyond it the database could not count on.
const MOST: u64 = 1 << 62;

/// Lifts the counter to at least `counter`, unless that is beyond all measure.
pub(crate) fn raise(tx: &Connection, key: &KeyId, counter: u64) -> Result<()> {
    if counter > MOST {
        return Ok(());
    }
    let sql = "INSERT INTO keys (key, counter) VALUES (?1, ?2)
               ON CONFLICT (key) DO UPDATE SET counter = excluded.counter
               WHERE counter < excluded.counter";
    run(tx, sql, params![key.0, int(counter)])?;
    Ok(())
}

/// Every key that owes something ([`super::changes::owed`]), and `device`.
pub(crate) fn stating(tx: &Connection, device: &KeyId) -> Result<Vec<StoredKey>> {
    let sql = "SELECT key, case_id, counter FROM keys WHERE key = ?1
               OR key IN (SELECT key FROM changes WHERE state = 0 OR (own = 1 AND state = 1
                   AND case_id IN (SELECT case_id FROM case_facts WHERE reoffer = 1)))
               ORDER BY key";
    all(tx, sql, [device.0], |row| {
        Ok(StoredKey {
            key: id(row, 0)?,
            case: maybe_id(row, 1)?,
            counter: uint(row.get(2)?),
        })
    })
}

/// The endorsement of a citizen's key.
pub(crate) fn endorsement(tx: &Connection, key: &KeyId) -> Result<Option<Endorsement>> {
    let sql = "SELECT endorsement FROM keys WHERE key = ?1 AND endorsement IS NOT NULL";
    one(tx, sql, [key.0], |row| Ok(row.get::<_, Vec<u8>>(0)?))?
        .map(|bytes| read(&bytes))
        .transpose()
}
