//! What the device keeps, as SQL. One file per domain; nothing here decides anything.

pub(crate) mod cards;
pub(crate) mod cases;
pub(crate) mod changes;
pub(crate) mod commands;
pub(crate) mod content;
pub(crate) mod drafts;
pub(crate) mod erased;
pub(crate) mod facts;
pub(crate) mod faults;
pub(crate) mod keys;
pub(crate) mod media;
pub(crate) mod meta;
pub(crate) mod packs;
pub(crate) mod pins;
pub(crate) mod points;
pub(crate) mod proofs;
pub(crate) mod scopes;
pub(crate) mod syncs;
pub(crate) mod told;

use gewu_model::cbor;
use gewu_model::ids::{CaseId, ChangeHash, Digest, KeyId};

use crate::db::Migration;
use crate::error::{DeviceError, Result};

/// Every schema that was ever shipped.
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        name: "the first schema",
        sql: include_str!("migrations/0001_first.sql"),
    },
    Migration {
        version: 2,
        name: "grid packs in files",
        sql: include_str!("migrations/0002_place.sql"),
    },
    Migration {
        version: 3,
        name: "the server's signed verdicts are kept",
        sql: include_str!("migrations/0003_verdicts.sql"),
    },
    Migration {
        version: 4,
        name: "delivery of files",
        sql: include_str!("migrations/0004_delivery.sql"),
    },
    Migration {
        version: 5,
        name: "what was erased does not come back",
        sql: include_str!("migrations/0005_erasure.sql"),
    },
    Migration {
        version: 6,
        name: "contact cards",
        sql: include_str!("migrations/0006_cards.sql"),
    },
    Migration {
        version: 7,
        name: "why a file did not go up",
        sql: include_str!("migrations/0007_reasons.sql"),
    },
    Migration {
        version: 8,
        name: "what cases pin",
        sql: include_str!("migrations/0008_packs.sql"),
    },
    Migration {
        version: 9,
        name: "where cases lie",
        sql: include_str!("migrations/0009_points.sql"),
    },
    Migration {
        version: 10,
        name: "the words of a server's earlier lives",
        sql: include_str!("migrations/0010_earlier.sql"),
    },
    Migration {
        version: 11,
        name: "how the last syncs ended",
        sql: include_str!("migrations/0011_syncs.sql"),
    },
    Migration {
        version: 12,
        name: "packs under several names, and why some are of no use",
        sql: include_str!("migrations/0012_pack_names.sql"),
    },
];

/// Ids as they lie in blobs.
pub(crate) trait Blob: Sized {
    fn of(bytes: &[u8]) -> Option<Self>;
}

macro_rules! blobs {
    ($($name:ty),*) => { $(impl Blob for $name {
        fn of(bytes: &[u8]) -> Option<Self> { Self::from_slice(bytes) }
    })* };
}
blobs!(CaseId, ChangeHash, Digest, KeyId);

/// The id in a column.
pub(crate) fn id<T: Blob>(row: &rusqlite::Row<'_>, at: usize) -> Result<T> {
    T::of(
        row.get_ref(at)?
            .as_blob()
            .map_err(|_| DeviceError::Damaged)?,
    )
    .ok_or(DeviceError::Damaged)
}

/// The id in a column that may be empty.
pub(crate) fn maybe_id<T: Blob>(row: &rusqlite::Row<'_>, at: usize) -> Result<Option<T>> {
    match row.get_ref(at)?.as_blob_or_null() {
        Ok(None) => Ok(None),
        Ok(Some(bytes)) => T::of(bytes).map(Some).ok_or(DeviceError::Damaged),
        Err(_) => Err(DeviceError::Damaged),
    }
}

/// A number that is never negative, as SQLite keeps it.
pub(crate) fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A number that is never negative, as SQLite kept it.
pub(crate) fn uint(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// A stored record that we wrote ourselves.
pub(crate) fn read<'b, T: minicbor::Decode<'b, ()>>(bytes: &'b [u8]) -> Result<T> {
    cbor::from_slice(bytes).map_err(|_| DeviceError::Damaged)
}

/// Every row of a query.
pub(crate) fn all<T>(
    tx: &rusqlite::Connection,
    sql: &str,
    parameters: impl rusqlite::Params,
    mut each: impl FnMut(&rusqlite::Row<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    let mut out = Vec::new();
    let mut statement = prepared(tx, sql)?;
    every(statement.query(parameters)?, &mut |row| {
        out.push(each(row)?);
        Ok(())
    })?;
    Ok(out)
}

/// The row of a query that has one at most.
pub(crate) fn one<T>(
    tx: &rusqlite::Connection,
    sql: &str,
    parameters: impl rusqlite::Params,
    each: impl FnOnce(&rusqlite::Row<'_>) -> Result<T>,
) -> Result<Option<T>> {
    let (mut each, mut found) = (Some(each), None);
    let mut statement = prepared(tx, sql)?;
    first(statement.query(parameters)?, &mut |row| {
        found = each.take().map(|each| each(row)).transpose()?;
        Ok(())
    })?;
    Ok(found)
}

/// A statement that changes something; answers how many rows.
pub(crate) fn run(
    tx: &rusqlite::Connection,
    sql: &str,
    parameters: impl rusqlite::Params,
) -> Result<usize> {
    Ok(prepared(tx, sql)?.execute(parameters)?)
}

// What follows is the same for queries of every kind, and so it is there once.

type Each<'a> = dyn FnMut(&rusqlite::Row<'_>) -> Result<()> + 'a;

#[inline(never)]
fn prepared<'c>(tx: &'c rusqlite::Connection, sql: &str) -> Result<rusqlite::CachedStatement<'c>> {
    Ok(tx.prepare_cached(sql)?)
}

#[inline(never)]
fn every(mut rows: rusqlite::Rows<'_>, each: &mut Each<'_>) -> Result<()> {
    while let Some(row) = rows.next()? {
        each(row)?;
    }
    Ok(())
}

#[inline(never)]
fn first(mut rows: rusqlite::Rows<'_>, each: &mut Each<'_>) -> Result<()> {
    rows.next()?.map_or(Ok(()), each)
}
