//! Packs as they came.

use gewu_model::cbor;
use gewu_model::ids::Digest;
use gewu_model::pack::{PackHeader, SignedPack};
use gewu_sync::wire::PackHave;
use rusqlite::{Connection, params};

use super::{all, id, int, one, run, uint};
use crate::api::PackInfo;
use crate::error::Result;

/// Keeps a signed pack and puts it in force, unless a later version of it is.
pub(crate) fn activate(
    tx: &Connection,
    header: &PackHeader,
    signed: &SignedPack,
    body: &[u8],
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
    let sql = "INSERT INTO packs (digest, kind, name, version, header, active, body)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
               ON CONFLICT (digest) DO UPDATE SET kind = excluded.kind, name = excluded.name,
                   version = excluded.version, header = excluded.header, active = excluded.active";
    let parameters = params![
        header.body.0,
        header.kind,
        header.name,
        version,
        cbor::to_vec(signed),
        active,
        body
    ];
    run(tx, sql, parameters)?;
    Ok(())
}

/// Keeps the body that a case pins; it is in force for such cases only.
pub(crate) fn keep_pinned(tx: &Connection, digest: &Digest, kind: &str, body: &[u8]) -> Result<()> {
    let sql = "INSERT INTO packs (digest, kind, name, version, active, body)
               VALUES (?1, ?2, '', 0, 0, ?3) ON CONFLICT (digest) DO NOTHING";
    run(tx, sql, params![digest.0, kind, body])?;
    Ok(())
}

pub(crate) fn list(tx: &Connection) -> Result<Vec<PackInfo>> {
    let sql = "SELECT kind, name, version, digest, active FROM packs ORDER BY kind, name, version";
    all(tx, sql, [], |row| {
        Ok(PackInfo {
            kind: row.get(0)?,
            name: row.get(1)?,
            version: uint(row.get(2)?),
            digest: id(row, 3)?,
            active: row.get(4)?,
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

/// The body of that digest.
pub(crate) fn body(tx: &Connection, digest: &Digest) -> Result<Option<Vec<u8>>> {
    let sql = "SELECT body FROM packs WHERE digest = ?1";
    one(tx, sql, [digest.0], |row| Ok(row.get(0)?))
}
