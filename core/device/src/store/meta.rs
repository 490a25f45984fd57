//! Small single values.

use gewu_model::time::Millis;
use rusqlite::{Connection, params};

use super::{one, run};
use crate::error::{DeviceError, Result};

pub(crate) const CONSENT: &str = "consent";
pub(crate) const EPOCH: &str = "epoch";
pub(crate) const OPENS: &str = "opens";
pub(crate) const SERVER: &str = "server";
pub(crate) const ANCHOR: &str = "anchor";
pub(crate) const CERTIFICATE: &str = "certificate";
/// The host app under whose account a citizen's reports go.
pub(crate) const ACCOUNT: &str = "account";
pub(crate) const GENERATION: &str = "generation";
pub(crate) const HIGHEST_GENERATION: &str = "highest_generation";
/// 1: a restored server has not been shown the device's certificate.
pub(crate) const UNSHOWN: &str = "certificate_unshown";
pub(crate) const CLOCK_OFFSET: &str = "clock_offset";
pub(crate) const LAST_SYNC: &str = "last_sync";
pub(crate) const UPLOAD_POLICY: &str = "upload_policy";
pub(crate) const PART_BYTES: &str = "part_bytes";
/// A first reading that the last response did not end.
pub(crate) const READING: &str = "reading";
/// 1: the server said that it reads packed requests.
pub(crate) const READS_PACKED: &str = "reads_packed";
pub(crate) const SCRUBBED_TO: &str = "scrubbed_to";
/// Somebody left, and their keys and files may still be here.
pub(crate) const LEAVING: &str = "leaving";
/// The locker that is not needed: what it holds, or is to hold, is here.
pub(crate) const LOCKER: &str = "locker";
pub(crate) const BACKUP_COVERS: &str = "backup_covers";

pub(crate) fn get(tx: &Connection, name: &str) -> Result<Option<Vec<u8>>> {
    one(
        tx,
        "SELECT value FROM meta WHERE name = ?1",
        [name],
        |row| Ok(row.get(0)?),
    )
}

pub(crate) fn put(tx: &Connection, name: &str, value: &[u8]) -> Result<()> {
    let sql = "INSERT INTO meta (name, value) VALUES (?1, ?2)
               ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE value <> excluded.value";
    run(tx, sql, params![name, value])?;
    Ok(())
}

pub(crate) fn remove(tx: &Connection, name: &str) -> Result<()> {
    run(tx, "DELETE FROM meta WHERE name = ?1", [name])?;
    Ok(())
}

pub(crate) fn get_number(tx: &Connection, name: &str) -> Result<Option<i64>> {
    get(tx, name)?
        .map(|bytes| {
            let bytes = bytes.try_into().map_err(|_| DeviceError::Damaged)?;
            Ok(i64::from_be_bytes(bytes))
        })
        .transpose()
}

pub(crate) fn put_number(tx: &Connection, name: &str, value: i64) -> Result<()> {
    put(tx, name, &value.to_be_bytes())
}

pub(crate) fn get_time(tx: &Connection, name: &str) -> Result<Option<Millis>> {
    Ok(get_number(tx, name)?.map(Millis))
}
