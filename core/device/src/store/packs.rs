//! Packs as they came.

use gewu_model::cbor;
use gewu_model::ids::Digest;
use gewu_model::pack::{PackHeader, SignedPack};
use gewu_model::time::Millis;
use gewu_sync::wire::PackHave;
use rusqlite::{Connection, params};

use super::{all, id, int, one, run, uint};
use crate::api::PackInfo;
use crate::error::Result;
use crate::packs::GRID;

/// A grid pack, whose body is a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GridRow {
    pub(crate) digest: Digest,
    pub(crate) active: bool,
    pub(crate) bytes: u64,
    pub(crate) audience: Option<String>,
}

/// Keeps a signed pack and puts it in force, unless a later version of it is. Without a body it is
/// one that lies in a file.
pub(crate) fn activate(
    tx: &Connection,
    header: &PackHeader,
    signed: &SignedPack,
    body: Option<&[u8]>,
) -> Result<()> {
    let newer = "SELECT 1 FROM packs WHERE kind = ?1 AND name = ?2 AND version > ?3 AND active = 1";
    let version = int(header.version);
    let overtaken = one(
        tx,
        newer,
        params![header.kind, header.name, version],
        |_| Ok(()),
    )?;
    let active = overtaken.is_none();
    if active {
        let sql = "UPDATE packs SET active = 0 WHERE kind = ?1 AND name = ?2";
        run(tx, sql, params![header.kind, header.name])?;
    }
    // What was taken for a case's sake has its name from here on.
    let unnamed = "DELETE FROM packs WHERE digest = ?1 AND kind = ?2 AND header IS NULL";
    run(tx, unnamed, params![header.body.0, header.kind])?;
    let sql =
        "INSERT INTO packs (digest, kind, name, version, header, active, body, bytes, audience)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
               ON CONFLICT (digest, kind, name) DO UPDATE SET
                   version = excluded.version, header = excluded.header, active = excluded.active,
                   audience = excluded.audience";
    let parameters = params![
        header.body.0,
        header.kind,
        header.name,
        version,
        cbor::to_vec(signed),
        active,
        body,
        int(header.bytes),
        header.audience
    ];
    run(tx, sql, parameters)?;
    Ok(())
}

/// Keeps the body that a case pins; it is in force for such cases only.
pub(crate) fn keep_pinned(tx: &Connection, digest: &Digest, kind: &str, body: &[u8]) -> Result<()> {
    let sql = "INSERT INTO packs (digest, kind, name, version, active, body, bytes)
               SELECT ?1, ?2, '', 0, 0, ?3, length(?3)
               WHERE NOT EXISTS (SELECT 1 FROM packs WHERE digest = ?1 AND kind = ?2)";
    run(tx, sql, params![digest.0, kind, body])?;
    Ok(())
}

pub(crate) fn list(tx: &Connection) -> Result<Vec<PackInfo>> {
    let sql = "SELECT kind, name, version, digest, active, bytes, audience FROM packs
               ORDER BY kind, name, version";
    all(tx, sql, [], |row| {
        Ok(PackInfo {
            kind: row.get(0)?,
            name: row.get(1)?,
            version: uint(row.get(2)?),
            digest: id(row, 3)?,
            active: row.get(4)?,
            bytes: uint(row.get(5)?),
            audience: row.get(6)?,
        })
    })
}

/// What the device says that it holds.
pub(crate) fn held(tx: &Connection) -> Result<Vec<PackHave>> {
    let sql = "SELECT kind, name, version FROM packs WHERE active = 1 ORDER BY kind, name";
    all(tx, sql, [], |row| {
        Ok(PackHave {
            kind: row.get(0)?,
            name: row.get(1)?,
            version: uint(row.get(2)?),
        })
    })
}

/// The bodies of a kind, with whether each is in force.
pub(crate) fn bodies(tx: &Connection, kind: &str) -> Result<Vec<(bool, Vec<u8>)>> {
    let sql = "SELECT active, body FROM packs WHERE kind = ?1 ORDER BY active DESC, version DESC";
    all(tx, sql, [kind], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// The body of that digest, unless it is a file.
pub(crate) fn body(tx: &Connection, digest: &Digest) -> Result<Option<Vec<u8>>> {
    let sql = "SELECT body FROM packs WHERE digest = ?1 AND body IS NOT NULL";
    one(tx, sql, [digest.0], |row| Ok(row.get(0)?))
}

/// Every grid pack, the newest first.
pub(crate) fn grids(tx: &Connection) -> Result<Vec<GridRow>> {
    let sql = "SELECT digest, active, bytes, audience FROM packs WHERE kind = ?1
               ORDER BY version DESC, name";
    all(tx, sql, [GRID], |row| {
        Ok(GridRow {
            digest: id(row, 0)?,
            active: row.get(1)?,
            bytes: uint(row.get(2)?),
            audience: row.get(3)?,
        })
    })
}

/// Forgets a pack whose file is gone or damaged.
pub(crate) fn forget(tx: &Connection, digest: &Digest) -> Result<()> {
    run(tx, "DELETE FROM packs WHERE digest = ?1", [digest.0])?;
    Ok(())
}

/// Takes a pack out of force.
pub(crate) fn withdraw(tx: &Connection, digest: &Digest) -> Result<()> {
    let sql = "UPDATE packs SET active = 0 WHERE digest = ?1";
    run(tx, sql, [digest.0])?;
    Ok(())
}

/// Takes every version of a pack out of force.
pub(crate) fn withdraw_named(tx: &Connection, kind: &str, name: &str) -> Result<()> {
    let sql = "UPDATE packs SET active = 0 WHERE kind = ?1 AND name = ?2";
    run(tx, sql, [kind, name])?;
    Ok(())
}

/// Whether that pack came from the city and a later version of it is in force.
pub(crate) fn is_replaced(tx: &Connection, digest: &Digest) -> Result<bool> {
    let sql = "SELECT 1 FROM packs AS own JOIN packs AS newer
                   ON newer.kind = own.kind AND newer.name = own.name AND newer.version > own.version
               WHERE own.digest = ?1 AND own.active = 0 AND newer.active = 1
                   AND NOT EXISTS (SELECT 1 FROM packs WHERE digest = ?1 AND active = 1)";
    Ok(one(tx, sql, [digest.0], |_| Ok(()))?.is_some())
}

/// Whether a pack other than a map is here that is not in force, or was noted as needed by nothing.
pub(crate) fn any_spare(tx: &Connection) -> Result<bool> {
    let sql =
        "SELECT 1 FROM packs WHERE kind <> ?1 AND (active = 0 OR spare_since IS NOT NULL) LIMIT 1";
    Ok(one(tx, sql, [GRID], |_| Ok(()))?.is_some())
}

/// How long a pack stays that is neither in force nor pinned by a case here.
const SPARE_MS: i64 = 30 * 24 * 3_600_000;

/// Notes since when packs other than maps are needed by nothing, and forgets those that have not been
/// for a while; how many. While it is not known of every case what it pins, all stay.
pub(crate) fn drop_spare(tx: &Connection, now: Millis) -> Result<usize> {
    let unsure = one(
        tx,
        "SELECT 1 FROM cases WHERE policy IS NULL LIMIT 1",
        [],
        |_| Ok(()),
    )?;
    if unsure.is_some() {
        return Ok(0);
    }
    const SPARE: &str = "kind <> ?1 AND active = 0
        AND NOT EXISTS (SELECT 1 FROM cases WHERE policy = packs.digest OR catalogue = packs.digest)";
    let sql = format!(
        "UPDATE packs SET spare_since = NULL WHERE spare_since IS NOT NULL AND NOT ({SPARE})"
    );
    run(tx, &sql, [GRID])?;
    // A clock that was set back must not keep a pack for ever.
    let sql = format!(
        "UPDATE packs SET spare_since = ?2 WHERE {SPARE}
        AND (spare_since IS NULL OR spare_since > ?2)"
    );
    run(tx, &sql, params![GRID, now.0])?;
    let sql = format!("DELETE FROM packs WHERE {SPARE} AND spare_since <= ?2");
    run(tx, &sql, params![GRID, now.plus(-SPARE_MS).0])
}

/// Forgets grid packs that are not in force and that no open case names, unless somebody is at a
/// report; how many.
pub(crate) fn drop_unneeded(tx: &Connection) -> Result<usize> {
    let sql = "DELETE FROM packs WHERE kind = ?1 AND active = 0
               AND NOT EXISTS (SELECT 1 FROM drafts)
               AND NOT EXISTS (SELECT 1 FROM cases WHERE grid_pack = packs.digest
                   AND (unsent > 0 OR stage NOT IN ('closed', 'void', 'withdrawn', 'declined')))";
    run(tx, sql, [GRID])
}

/// Whether a version of a pack is in force that is at least as new.
pub(crate) fn is_overtaken(tx: &Connection, header: &PackHeader) -> Result<bool> {
    let sql = "SELECT 1 FROM packs WHERE kind = ?1 AND name = ?2 AND version >= ?3 AND active = 1";
    let parameters = params![header.kind, header.name, int(header.version)];
    Ok(one(tx, sql, parameters, |_| Ok(()))?.is_some())
}
