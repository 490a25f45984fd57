//! Reports that are not handed in.

use gewu_model::cbor;
use gewu_model::ids::Digest;
use gewu_model::media::EvidenceRecord;
use gewu_model::time::Millis;
use rusqlite::{Connection, params};

use super::{all, int, one, read, run, uint};
use crate::api::{Draft, DraftId, DraftPhoto, ReportInput};
use crate::error::{DeviceError, Result};

pub(crate) fn save(
    tx: &Connection,
    draft: DraftId,
    input: &ReportInput,
    now: Millis,
) -> Result<()> {
    let text = serde_json::to_string(input).map_err(|_| DeviceError::Damaged)?;
    let sql = "INSERT INTO drafts (id, input, created_at, updated_at) VALUES (?1, ?2, ?3, ?3)
               ON CONFLICT (id) DO UPDATE SET input = excluded.input, updated_at = excluded.updated_at";
    run(tx, sql, params![draft.0, text, now.0])?;
    Ok(())
}

pub(crate) fn exists(tx: &Connection, draft: DraftId) -> Result<bool> {
    let found = one(tx, "SELECT 1 FROM drafts WHERE id = ?1", [draft.0], |_| {
        Ok(())
    })?;
    Ok(found.is_some())
}

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
        input: serde_json::from_str(&input).map_err(|_| DeviceError::Damaged)?,
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

/// Takes a photo off every draft, with its thumbnail.
pub(crate) fn detach_all(tx: &Connection, sha256: &Digest) -> Result<()> {
    let sql = "SELECT record FROM draft_photos WHERE sha256 = ?1";
    let records = all(tx, sql, [sha256.0], |row| {
        read::<EvidenceRecord>(&row.get::<_, Vec<u8>>(0)?)
    })?;
    run(tx, "DELETE FROM draft_photos WHERE sha256 = ?1", [sha256.0])?;
    let files = records.iter().flat_map(EvidenceRecord::files);
    files
        .into_iter()
        .try_for_each(|file| super::media::discard(tx, &file))
}

/// The photos of a draft with the sizes of their thumbnails.
pub(crate) fn photos(tx: &Connection, draft: DraftId) -> Result<Vec<(EvidenceRecord, u64)>> {
    let sql = "SELECT record, thumb_bytes FROM draft_photos WHERE draft = ?1 ORDER BY n";
    all(tx, sql, [draft.0], |row| {
        let record: Vec<u8> = row.get(0)?;
        Ok((read(&record)?, uint(row.get(1)?)))
    })
}

/// Whether any draft holds this file, as photo or as thumbnail.
pub(crate) fn holds(tx: &Connection, sha256: &Digest) -> Result<bool> {
    let records = all(tx, "SELECT record FROM draft_photos", [], |row| {
        read::<EvidenceRecord>(&row.get::<_, Vec<u8>>(0)?)
    })?;
    let is_it = |record: &EvidenceRecord| {
        record.sha256 == *sha256 || record.thumb_sha256.as_ref() == Some(sha256)
    };
    Ok(records.iter().any(is_it))
}
