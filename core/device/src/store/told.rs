//! What the server told beside changes: public statuses, notices, certificates.

use gewu_model::cbor;
use gewu_model::cert::SignedCertificate;
use gewu_model::crypto::sha256;
use gewu_model::ids::{CaseId, Digest, KeyId};
use gewu_model::status::{PublicStatus, SignedStatus};
use gewu_sync::wire::Notice;
use rusqlite::{Connection, params};

use super::{all, int, one, read, run};
use crate::error::{DeviceError, Result};

/// How many notices are kept.
const KEPT_NOTICES: i64 = 500;

/// Keeps a status that is newer than the one at hand; answers whether it is.
pub(crate) fn put_status(
    tx: &Connection,
    status: &PublicStatus,
    signed: &SignedStatus,
) -> Result<bool> {
    let sql = "INSERT INTO statuses (case_id, generation, version, signed) VALUES (?1, ?2, ?3, ?4)
               ON CONFLICT (case_id) DO UPDATE SET generation = excluded.generation,
                   version = excluded.version, signed = excluded.signed
               WHERE (excluded.generation, excluded.version) > (generation, version)";
    let parameters = params![
        status.case.0,
        int(status.generation),
        int(status.version),
        cbor::to_vec(signed)
    ];
    Ok(run(tx, sql, parameters)? > 0)
}

/// The status of a case. It was verified when it was kept.
pub(crate) fn status(tx: &Connection, case: &CaseId) -> Result<Option<PublicStatus>> {
    let sql = "SELECT signed FROM statuses WHERE case_id = ?1";
    let signed = one(tx, sql, [case.0], |row| Ok(row.get::<_, Vec<u8>>(0)?))?;
    signed
        .map(|bytes| read(&read::<SignedStatus>(&bytes)?.body))
        .transpose()
}

/// Keeps a notice; answers whether it is a new one.
pub(crate) fn put_notice(tx: &Connection, notice: &Notice) -> Result<bool> {
    let bytes = cbor::to_vec(notice);
    let sql =
        "INSERT INTO notices (digest, notice) VALUES (?1, ?2) ON CONFLICT (digest) DO NOTHING";
    let new = run(tx, sql, params![sha256(&bytes).0, bytes])? > 0;
    if new {
        let sql = "DELETE FROM notices WHERE n <= (SELECT max(n) FROM notices) - ?1";
        run(tx, sql, [KEPT_NOTICES])?;
    }
    Ok(new)
}

/// The notices, latest first.
pub(crate) fn notices(tx: &Connection) -> Result<Vec<Notice>> {
    all(
        tx,
        "SELECT notice FROM notices ORDER BY n DESC",
        [],
        |row| read(&row.get::<_, Vec<u8>>(0)?),
    )
}

pub(crate) fn put_certificate(tx: &Connection, signed: &SignedCertificate) -> Result<()> {
    let certificate = signed.certificate().map_err(|_| DeviceError::Damaged)?;
    let sql = "INSERT INTO certificates (digest, key, signed) VALUES (?1, ?2, ?3)
               ON CONFLICT (digest) DO NOTHING";
    let parameters = params![
        signed.digest().0,
        certificate.key.id().0,
        cbor::to_vec(signed)
    ];
    run(tx, sql, parameters)?;
    Ok(())
}

/// A certificate of that key. It was verified when it was kept.
pub(crate) fn certificate(tx: &Connection, key: &KeyId) -> Result<Option<SignedCertificate>> {
    let sql = "SELECT signed FROM certificates WHERE key = ?1 LIMIT 1";
    one(tx, sql, [key.0], |row| Ok(row.get::<_, Vec<u8>>(0)?))?
        .map(|bytes| read(&bytes))
        .transpose()
}

/// The certificate of that digest. It was verified when it was kept.
pub(crate) fn certificate_named(
    tx: &Connection,
    digest: &Digest,
) -> Result<Option<SignedCertificate>> {
    let sql = "SELECT signed FROM certificates WHERE digest = ?1";
    one(tx, sql, [digest.0], |row| Ok(row.get::<_, Vec<u8>>(0)?))?
        .map(|bytes| read(&bytes))
        .transpose()
}
