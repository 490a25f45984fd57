//! Reports that are not handed in.

use gewu_model::cbor;
use gewu_model::ids::Digest;
use gewu_model::media::EvidenceRecord;
use gewu_model::time::Millis;
use rusqlite::{Connection, params};

use super::{all, int, one, read, run, uint};
use crate::api::{Draft, DraftId, DraftPhoto, ReportInput};
use crate::error::{DeviceError, Result};

/// Keeps what was filled in; the contact comes apart and sealed.
pub(crate) fn save(
    tx: &Connection,
    draft: DraftId,
    input: &ReportInput,
    contact: Option<&[u8]>,
    now: Millis,
) -> Result<()> {
    let text = serde_json::to_string(input).map_err(|_| DeviceError::Damaged)?;
    let sql = "INSERT INTO drafts (id, input, contact, created_at, updated_at)
               VALUES (?1, ?2, ?3, ?4, ?4)
               ON CONFLICT (id) DO UPDATE SET input = excluded.input, contact = excluded.contact,
               updated_at = excluded.updated_at";
    run(tx, sql, params![draft.0, text, contact, now.0])?;
    Ok(())
}

/// A draft's contact as it lies.
pub(crate) fn contact(tx: &Connection, draft: DraftId) -> Result<Option<Vec<u8>>> {
    let sql = "SELECT contact FROM drafts WHERE id = ?1";
    Ok(one(tx, sql, [draft.0], |row| Ok(row.get(0)?))?.flatten())
}

pub(crate) fn exists(tx: &Connection, draft: DraftId) -> Result<bool> {
    let found = one(tx, "SELECT 1 FROM drafts WHERE id = ?1", [draft.0], |_| {
        Ok(())
    })?;
    Ok(found.is_some())
}

/// A draft without its contact.
pub(crate) fn get(tx: &Connection, draft: DraftId) -> Result<Option<Draft>> {
    let sql = "SELECT id, input, created_at, updated_at FROM drafts WHERE id = ?1";
    one(tx, sql, [draft.0], |row| whole(tx, row))
}

pub(crate) fn list(tx: &Connection) -> Result<Vec<Draft>> {
    let sql = "SELECT id, input, created_at, updated_at FROM drafts ORDER BY updated_at DESC, id";
    all(tx, sql, [], |row| whole(tx, row))
}

fn whole(tx: &Connection, row: &rusqlite::Row<'_>) -> Result<Draft> {
    let id = DraftId(row.get(0)?);
    let input: String = row.get(1)?;
    let photos = photos(tx, id)?;
    Ok(Draft {
        id,
        input: serde_json::from_slice(input.as_bytes()).map_err(|_| DeviceError::Damaged)?,
        photos: photos
            .into_iter()
            .map(|(record, _)| DraftPhoto { record })
            .collect(),
        created_at: Millis(row.get(2)?),
        updated_at: Millis(row.get(3)?),
    })
}

pub(crate) fn count(tx: &Connection) -> Result<u32> {
    let count = one(tx, "SELECT count(*) FROM drafts", [], |row| Ok(row.get(0)?))?;
    Ok(count.unwrap_or(0))
}

/// Removes a draft with its photos; answers whether there was one.
pub(crate) fn delete(tx: &Connection, draft: DraftId) -> Result<bool> {
    Ok(run(tx, "DELETE FROM drafts WHERE id = ?1", [draft.0])? > 0)
}

pub(crate) fn attach(
    tx: &Connection,
    draft: DraftId,
    record: &EvidenceRecord,
    thumb_bytes: u64,
) -> Result<()> {
    let sql =
        "INSERT INTO draft_photos (draft, record, sha256, thumb_bytes) VALUES (?1, ?2, ?3, ?4)
               ON CONFLICT (draft, sha256) DO UPDATE SET record = excluded.record";
    let parameters = params![
        draft.0,
        cbor::to_vec(record),
        record.sha256.0,
        int(thumb_bytes)
    ];
    run(tx, sql, parameters)?;
    Ok(())
}

/// Takes a photo off a draft; answers whether it was there.
pub(crate) fn detach(tx: &Connection, draft: DraftId, sha256: &Digest) -> Result<bool> {
    let sql = "DELETE FROM draft_photos WHERE draft = ?1 AND sha256 = ?2";
    Ok(run(tx, sql, params![draft.0, sha256.0])? > 0)
}

/// Takes a photo off every draft that names the file as its own, with its other files.
pub(crate) fn detach_all(tx: &Connection, file: &Digest) -> Result<()> {
    let sql = "SELECT n, record FROM draft_photos";
    let photos = all(tx, sql, [], |row| {
        let record: EvidenceRecord = read(&row.get::<_, Vec<u8>>(1)?)?;
        Ok((row.get::<_, i64>(0)?, record))
    })?;
    let names_it = |record: &EvidenceRecord| record.all_files().any(|own| own == *file);
    for (n, record) in photos.iter().filter(|(_, record)| names_it(record)) {
        run(tx, "DELETE FROM draft_photos WHERE n = ?1", [n])?;
        for own in record.all_files() {
            super::media::discard(tx, &own)?;
        }
    }
    Ok(())
}

/// The photos of a draft with the sizes of their thumbnails.
pub(crate) fn photos(tx: &Connection, draft: DraftId) -> Result<Vec<(EvidenceRecord, u64)>> {
    let sql = "SELECT record, thumb_bytes FROM draft_photos WHERE draft = ?1 ORDER BY n";
    all(tx, sql, [draft.0], |row| {
        let record: Vec<u8> = row.get(0)?;
        Ok((read(&record)?, uint(row.get(1)?)))
    })
}

/// The files of a photo in a draft. The original is here as well: whether it is to be delivered is
/// known when the draft is handed in.
pub(crate) fn files(record: &EvidenceRecord) -> impl Iterator<Item = Digest> + use<> {
    record.all_files()
}

/// Those of them that have to be here, as far as is known: an original lies here only where the class may
/// want it.
pub(crate) fn owed(record: &EvidenceRecord) -> impl Iterator<Item = Digest> + use<> {
    let original = record.kept_original().map(|(original, _)| original);
    [Some(record.sha256), record.thumb_sha256, original]
        .into_iter()
        .flatten()
}

/// Whether any draft holds this file, as photo, as thumbnail or as original.
pub(crate) fn holds(tx: &Connection, sha256: &Digest) -> Result<bool> {
    let records = all(tx, "SELECT record FROM draft_photos", [], |row| {
        read::<EvidenceRecord>(&row.get::<_, Vec<u8>>(0)?)
    })?;
    Ok(records.iter().flat_map(files).any(|file| file == *sha256))
}
