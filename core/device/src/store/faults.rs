//! Packs that could not be used, so that they are not fetched again and again.

use gewu_model::ids::Digest;
use gewu_model::time::Millis;
use rusqlite::{Connection, params};

use super::{all, id, int, one, run, uint};
use crate::api::{PackRefused, PackWhy};
use crate::error::Result;
use crate::packs::GRID;

/// How long a pack rests after its first failure; each further one doubles it.
const REST_MS: i64 = 60_000;
const LONGEST_REST_MS: i64 = 24 * 3_600_000;
/// What counts as never by this version of the app.
const APP: &str = env!("CARGO_PKG_VERSION");

/// A pack as it came: under another kind the same bytes may be of use.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Came<'a> {
    pub(crate) digest: &'a Digest,
    pub(crate) kind: &'a str,
    /// 0 for one that a case pins.
    pub(crate) version: u64,
}

/// Remembers that a pack did not come whole: it rests for a while.
pub(crate) fn put_rest(tx: &Connection, pack: Came<'_>, now: Millis) -> Result<()> {
    let tries = tries(tx, pack)?;
    let rest = REST_MS
        .saturating_mul(1 << tries.clamp(0, 20))
        .min(LONGEST_REST_MS);
    put(tx, pack, None, Some(now.plus(rest)))
}

/// Remembers that this version of the app has no use for a pack.
pub(crate) fn put_refusal(tx: &Connection, pack: Came<'_>, why: PackWhy) -> Result<()> {
    put(tx, pack, Some(why), None)
}

fn tries(tx: &Connection, pack: Came<'_>) -> Result<i64> {
    let sql = "SELECT tries FROM pack_faults WHERE digest = ?1 AND kind = ?2";
    let tries = one(tx, sql, params![pack.digest.0, pack.kind], |row| {
        Ok(row.get(0)?)
    })?;
    Ok(tries.unwrap_or(0))
}

fn put(
    tx: &Connection,
    pack: Came<'_>,
    why: Option<PackWhy>,
    retry_at: Option<Millis>,
) -> Result<()> {
    let sql = "INSERT INTO pack_faults (digest, kind, version, reason, tries, cuts, retry_at, app)
               VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6, ?7)
               ON CONFLICT (digest, kind) DO UPDATE SET tries = excluded.tries,
                   version = excluded.version, reason = excluded.reason,
                   retry_at = excluded.retry_at, app = excluded.app";
    let parameters = params![
        pack.digest.0,
        pack.kind,
        int(pack.version),
        why.map(PackWhy::name),
        tries(tx, pack)? + 1,
        retry_at.map(|at| at.0),
        APP
    ];
    run(tx, sql, parameters)?;
    Ok(())
}

/// What is refused by this version of the app and offered by the city still, as far as is known: a pack of
/// which a later version came is no trouble any more.
pub(crate) fn refused(tx: &Connection) -> Result<Vec<PackRefused>> {
    let sql = "SELECT digest, kind, version, reason FROM pack_faults AS own
               WHERE retry_at IS NULL AND app = ?1 AND reason IS NOT NULL
               AND NOT EXISTS (SELECT 1 FROM packs WHERE kind = own.kind
                   AND own.version > 0 AND version >= own.version AND active = 1)
               ORDER BY kind, version, digest";
    all(tx, sql, [APP], |row| {
        let (kind, why): (String, String) = (row.get(1)?, row.get(3)?);
        let digest = id(row, 0)?;
        Ok(PackRefused {
            digest: (kind != GRID).then_some(digest),
            kind,
            version: uint(row.get(2)?),
            why: PackWhy::named(&why),
        })
    })
}

/// How often the connection broke while a pack came.
pub(crate) fn cuts(tx: &Connection, pack: Came<'_>) -> Result<u32> {
    let sql = "SELECT cuts FROM pack_faults WHERE digest = ?1 AND kind = ?2";
    let cuts = one(tx, sql, params![pack.digest.0, pack.kind], |row| {
        Ok(row.get(0)?)
    })?;
    Ok(cuts.unwrap_or(0))
}

pub(crate) fn put_cut(tx: &Connection, pack: Came<'_>, cuts: u32) -> Result<()> {
    let sql = "INSERT INTO pack_faults (digest, kind, version, tries, cuts, retry_at, app)
               VALUES (?1, ?2, ?3, 0, ?4, 0, ?5)
               ON CONFLICT (digest, kind) DO UPDATE SET cuts = excluded.cuts";
    let version = int(pack.version);
    run(
        tx,
        sql,
        params![pack.digest.0, pack.kind, version, cuts, APP],
    )?;
    Ok(())
}

/// A pack that is of use now has no fault, whatever it came as before.
pub(crate) fn forget(tx: &Connection, digest: &Digest) -> Result<()> {
    run(tx, "DELETE FROM pack_faults WHERE digest = ?1", [digest.0])?;
    Ok(())
}

/// Whether a pack failed and its time for another try has not come. A rest that is longer than any
/// of ours was begun under another clock.
pub(crate) fn rests(tx: &Connection, digest: &Digest, kind: &str, now: Millis) -> Result<bool> {
    let sql = "SELECT retry_at FROM pack_faults WHERE digest = ?1 AND kind = ?2 AND app = ?3";
    let fault = one(tx, sql, params![digest.0, kind, APP], |row| {
        Ok(row.get::<_, Option<i64>>(0)?)
    })?;
    Ok(match fault {
        None => false,
        Some(None) => true,
        Some(Some(at)) => (1..=LONGEST_REST_MS).contains(&at.saturating_sub(now.0)),
    })
}
