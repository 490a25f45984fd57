//! Between our words and SQLite's values.

use gewu_model::cbor;
use gewu_model::scope::Scope;
use gewu_model::time::Millis;
use minicbor::{Decode, Encode};
use rusqlite::{Connection, OptionalExtension, Params, Row};

use crate::store::StoreError;

/// SQLite's integers are signed. What cannot be held was refused before it came here, so the end of
/// the range is never met.
pub(super) fn int(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// The number in a column that never holds a negative one.
pub(super) fn uint(row: &Row<'_>, at: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(at)
        .map(|value| u64::try_from(value).unwrap_or(0))
}

pub(super) fn millis(row: &Row<'_>, at: usize) -> rusqlite::Result<Millis> {
    row.get(at).map(Millis)
}

pub(super) fn encode<T: Encode<()>>(value: &T) -> Vec<u8> {
    cbor::to_vec(value)
}

pub(super) fn decode<T: for<'b> Decode<'b, ()>>(bytes: &[u8]) -> Result<T, StoreError> {
    cbor::from_slice(bytes).map_err(|_| StoreError::Corrupt("a stored message"))
}

pub(super) fn scope(text: &str) -> Result<Scope, StoreError> {
    text.parse().map_err(|_| StoreError::Corrupt("a scope"))
}

/// Runs a statement.
pub(super) fn run(db: &Connection, sql: &str, params: impl Params) -> Result<usize, StoreError> {
    Ok(db.prepare_cached(sql)?.execute(params)?)
}

/// The only row, if there is one.
pub(super) fn one<T>(
    db: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Option<T>, StoreError> {
    Ok(db.prepare_cached(sql)?.query_row(params, read).optional()?)
}

/// Every row.
pub(super) fn all<T>(
    db: &Connection,
    sql: &str,
    params: impl Params,
    mut read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, StoreError> {
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map(params, |row| read(row))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// A blob of exactly `N` bytes.
pub(super) fn bytes<const N: usize>(row: &Row<'_>, at: usize) -> rusqlite::Result<[u8; N]> {
    row.get(at)
}

/// A blob of exactly `N` bytes, or nothing.
pub(super) fn maybe<const N: usize>(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<[u8; N]>> {
    row.get(at)
}
