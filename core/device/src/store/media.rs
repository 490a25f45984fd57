//! Files that this device must see acknowledged.

use gewu_model::ids::{CaseId, Digest};
use gewu_model::time::Millis;
use rusqlite::{Connection, params};

use super::{all, id, int, one, run, uint};
use crate::api::PhotoState;
use crate::error::Result;

/// The path of a file below the media folder.
pub(crate) fn path(sha256: &Digest) -> String {
    let name = sha256.to_string();
    format!("{}/{name}", &name[..2])
}

/// A file and how far its upload is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredFile {
    pub(crate) sha256: Digest,
    pub(crate) case: CaseId,
    pub(crate) bytes: u64,
    pub(crate) thumbnail: bool,
    pub(crate) state: FileState,
    pub(crate) upload: Option<String>,
    pub(crate) sent: u64,
    pub(crate) added_at: Millis,
    pub(crate) dropped: bool,
    /// Until when an uploader of the platform's has it.
    pub(crate) handed_until: Option<Millis>,
    /// Its bytes are not those of its hash any more.
    pub(crate) damaged: bool,
    /// Why it did not go up when it was last tried.
    pub(crate) reason: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileState {
    Queued,
    Partial,
    Uploaded,
    Acknowledged,
    Refused,
}

impl FileState {
    const fn code(self) -> i64 {
        self as i64
    }

    const fn from_code(code: i64) -> Self {
        match code {
            1 => Self::Partial,
            2 => Self::Uploaded,
            3 => Self::Acknowledged,
            4 => Self::Refused,
            _ => Self::Queued,
        }
    }

    pub(crate) const fn public(self) -> PhotoState {
        match self {
            Self::Queued => PhotoState::Queued,
            Self::Partial => PhotoState::Partial,
            Self::Uploaded | Self::Acknowledged => PhotoState::Uploaded,
            Self::Refused => PhotoState::Refused,
        }
    }
}

/// Makes the device responsible for a file, unless it was erased.
pub(crate) fn insert(
    tx: &Connection,
    case: &CaseId,
    sha256: &Digest,
    bytes: u64,
    thumbnail: bool,
) -> Result<()> {
    let sql = "INSERT INTO media (sha256, case_id, bytes, thumbnail, state, sent)
               SELECT ?1, ?2, ?3, ?4, 0, 0
               WHERE NOT EXISTS (SELECT 1 FROM erased WHERE digest = ?1) ON CONFLICT (sha256) DO NOTHING";
    run(tx, sql, params![sha256.0, case.0, int(bytes), thumbnail])?;
    Ok(())
}

/// Notes since when files of a case wait, and that they go before others.
pub(crate) fn queue(tx: &Connection, case: &CaseId, urgent: bool, now: Millis) -> Result<()> {
    let sql = "UPDATE media SET added_at = ?2 WHERE case_id = ?1 AND added_at = 0";
    run(tx, sql, params![case.0, now.0])?;
    if urgent {
        let sql = "UPDATE media SET urgent = 1 WHERE case_id = ?1 AND state <> 3";
        run(tx, sql, [case.0])?;
    }
    Ok(())
}

const COLUMNS: &str = "sha256, case_id, bytes, thumbnail, state, upload, sent, added_at, dropped, handed_until, damaged, reason";

fn file(row: &rusqlite::Row<'_>) -> Result<StoredFile> {
    Ok(StoredFile {
        sha256: id(row, 0)?,
        case: id(row, 1)?,
        bytes: uint(row.get(2)?),
        thumbnail: row.get(3)?,
        state: FileState::from_code(row.get(4)?),
        upload: row.get(5)?,
        sent: uint(row.get(6)?),
        added_at: Millis(row.get(7)?),
        dropped: row.get(8)?,
        handed_until: row.get::<_, Option<i64>>(9)?.map(Millis),
        damaged: row.get(10)?,
        reason: row.get(11)?,
    })
}

/// Files without acknowledgement, in the order in which they go: small pictures before photos,
/// urgent cases before others, what waits longest first.
pub(crate) fn unsent(tx: &Connection) -> Result<Vec<StoredFile>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM media WHERE state <> 3
         ORDER BY thumbnail DESC, urgent DESC, added_at, sha256"
    );
    all(tx, &sql, [], file)
}

/// Whether a file of the case is not acknowledged.
pub(crate) fn is_owed(tx: &Connection, case: &CaseId) -> Result<bool> {
    let sql = "SELECT 1 FROM media WHERE state <> 3 AND case_id = ?1 LIMIT 1";
    Ok(one(tx, sql, [case.0], |_| Ok(()))?.is_some())
}

/// Every file that has a row.
pub(crate) fn all_files(tx: &Connection) -> Result<Vec<Digest>> {
    all(tx, "SELECT sha256 FROM media", [], |row| id(row, 0))
}

/// Files after that one, by hash.
pub(crate) fn after(tx: &Connection, last: &[u8], limit: u32) -> Result<Vec<StoredFile>> {
    let sql = format!("SELECT {COLUMNS} FROM media WHERE sha256 > ?1 ORDER BY sha256 LIMIT ?2");
    all(tx, &sql, params![last, limit], file)
}

/// Photos that were acknowledged no later than `until` and whose bytes are still here.
pub(crate) fn to_drop(tx: &Connection, until: Millis, limit: u32) -> Result<Vec<StoredFile>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM media
         WHERE state = 3 AND dropped = 0 AND thumbnail = 0 AND acknowledged_at <= ?1
         ORDER BY acknowledged_at LIMIT ?2"
    );
    all(tx, &sql, params![until.0, limit], file)
}

/// The bytes were let go of, or are here again.
pub(crate) fn set_dropped(tx: &Connection, sha256: &Digest, dropped: bool) -> Result<()> {
    let sql = "UPDATE media SET dropped = ?2, damaged = 0 WHERE sha256 = ?1";
    run(tx, sql, params![sha256.0, dropped])?;
    Ok(())
}

pub(crate) fn set_damaged(tx: &Connection, sha256: &Digest, damaged: bool) -> Result<()> {
    let sql = "UPDATE media SET damaged = ?2 WHERE sha256 = ?1 AND damaged <> ?2";
    run(tx, sql, params![sha256.0, damaged])?;
    Ok(())
}

/// Files that a scrub found damaged and that nobody else has.
pub(crate) fn damaged(tx: &Connection) -> Result<Vec<Digest>> {
    let sql = "SELECT sha256 FROM media WHERE damaged = 1 ORDER BY sha256";
    all(tx, sql, [], |row| id(row, 0))
}

pub(crate) fn hand(tx: &Connection, sha256: &Digest, until: Option<Millis>) -> Result<()> {
    let sql = "UPDATE media SET handed_until = ?2 WHERE sha256 = ?1";
    run(tx, sql, params![sha256.0, until.map(|until| until.0)])?;
    Ok(())
}

/// The server holds the file; whether that is news.
pub(crate) fn acknowledge(tx: &Connection, sha256: &Digest, at: Millis) -> Result<usize> {
    let sql = "UPDATE media SET acknowledged_at = ?2, handed_until = NULL, reason = NULL
               WHERE sha256 = ?1 AND (state <> 3 OR acknowledged_at IS NULL)";
    run(tx, sql, params![sha256.0, at.0])?;
    set_state(tx, sha256, FileState::Acknowledged)
}

pub(crate) fn find(tx: &Connection, sha256: &Digest) -> Result<Option<StoredFile>> {
    let sql = format!("SELECT {COLUMNS} FROM media WHERE sha256 = ?1");
    one(tx, &sql, [sha256.0], file)
}

pub(crate) fn set_state(tx: &Connection, sha256: &Digest, state: FileState) -> Result<usize> {
    let sql = "UPDATE media SET state = ?2 WHERE sha256 = ?1 AND state <> ?2";
    run(tx, sql, params![sha256.0, state.code()])
}

/// Keeps why a file does not go up.
pub(crate) fn set_reason(tx: &Connection, sha256: &Digest, reason: Option<&str>) -> Result<()> {
    let sql = "UPDATE media SET reason = ?2 WHERE sha256 = ?1 AND reason IS NOT ?2";
    run(tx, sql, params![sha256.0, reason])?;
    Ok(())
}

/// The server takes an acknowledgement back: it has lost the file. What was let go of here cannot be
/// sent. Answers whether there is something to send.
pub(crate) fn recall(tx: &Connection, sha256: &Digest) -> Result<bool> {
    let sql = "UPDATE media SET state = 0, upload = NULL, sent = 0, acknowledged_at = NULL
               WHERE sha256 = ?1 AND state = 3 AND dropped = 0";
    Ok(run(tx, sql, [sha256.0])? > 0)
}

pub(crate) fn set_upload(
    tx: &Connection,
    sha256: &Digest,
    upload: Option<&str>,
    sent: u64,
) -> Result<()> {
    let state = if upload.is_some() {
        FileState::Partial
    } else {
        FileState::Queued
    };
    let sql =
        "UPDATE media SET upload = ?2, sent = ?3, state = ?4 WHERE sha256 = ?1 AND state <> 3";
    run(tx, sql, params![sha256.0, upload, int(sent), state.code()])?;
    Ok(())
}

/// A restored server may lack every file.
pub(crate) fn offer_again(tx: &Connection) -> Result<()> {
    let sql = "UPDATE media SET state = 0, upload = NULL, sent = 0 WHERE state IN (1, 2, 3)";
    run(tx, sql, [])?;
    Ok(())
}

/// Forgets a file that is under a tombstone, and remembers to remove it from the disk.
pub(crate) fn doom(tx: &Connection, sha256: &Digest) -> Result<()> {
    run(tx, "DELETE FROM media WHERE sha256 = ?1", [sha256.0])?;
    discard(tx, sha256)
}

/// Remembers to look whether anything still names the file, and to remove it from the disk if not.
pub(crate) fn discard(tx: &Connection, sha256: &Digest) -> Result<()> {
    let sql = "INSERT INTO doomed_files (sha256) VALUES (?1) ON CONFLICT DO NOTHING";
    run(tx, sql, [sha256.0])?;
    Ok(())
}

/// Files that are still to be removed from the disk.
pub(crate) fn doomed(tx: &Connection) -> Result<Vec<Digest>> {
    all(tx, "SELECT sha256 FROM doomed_files", [], |row| id(row, 0))
}

/// The file is gone from the disk.
pub(crate) fn gone(tx: &Connection, sha256: &Digest) -> Result<()> {
    run(tx, "DELETE FROM doomed_files WHERE sha256 = ?1", [sha256.0])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_pictures_go_first_and_urgent_cases_before_others() {
        let db = Connection::open_in_memory().expect("in memory");
        for step in crate::store::MIGRATIONS {
            db.execute_batch(step.sql).expect("a step");
        }
        let (calm, urgent) = (CaseId([1; 16]), CaseId([2; 16]));
        let file = |number: u8| Digest([number; 32]);
        for (case, number) in [(calm, 1), (urgent, 3)] {
            insert(&db, &case, &file(number), 10, false).expect("a row");
            insert(&db, &case, &file(number + 1), 1, true).expect("a row");
        }
        queue(&db, &calm, false, Millis(1)).expect("noted");
        queue(&db, &urgent, true, Millis(2)).expect("noted");
        let order: Vec<Digest> = unsent(&db)
            .expect("rows")
            .iter()
            .map(|row| row.sha256)
            .collect();
        assert_eq!(order, [4, 2, 3, 1].map(file));
        acknowledge(&db, &file(3), Millis(5)).expect("noted");
        acknowledge(&db, &file(4), Millis(5)).expect("noted");
        assert!(is_owed(&db, &calm).expect("a row"));
        assert!(!is_owed(&db, &urgent).expect("no row"));
    }
}
