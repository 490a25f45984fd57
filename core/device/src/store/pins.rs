//! Packs that cases pin by digest.

use gewu_model::case::CaseRoot;
use gewu_model::ids::Digest;
use rusqlite::{Connection, params};

use super::{all, id, run};
use crate::error::Result;
use crate::packs::{CATALOGUE, POLICY};

/// Remembers what the root of a case pins.
pub(crate) fn put(tx: &Connection, root: &CaseRoot) -> Result<()> {
    for (digest, kind) in [(root.policy, POLICY), (root.catalogue, CATALOGUE)] {
        let sql = "INSERT INTO pins (digest, kind) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
        run(tx, sql, params![digest.0, kind])?;
    }
    Ok(())
}

/// What is pinned and not held.
pub(crate) fn missing(tx: &Connection) -> Result<Vec<(Digest, String)>> {
    let sql = "SELECT digest, kind FROM (
                   SELECT policy AS digest, ?1 AS kind FROM cases
                   UNION SELECT catalogue, ?2 FROM cases
                   UNION SELECT digest, kind FROM pins
                       WHERE EXISTS (SELECT 1 FROM cases WHERE policy IS NULL))
               WHERE length(digest) = 32 AND digest NOT IN (SELECT digest FROM packs)";
    all(tx, sql, [POLICY, CATALOGUE], |row| {
        Ok((id(row, 0)?, row.get(1)?))
    })
}
