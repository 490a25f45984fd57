//! Files and uploads in SQLite.

use gewu_model::ids::{Digest, UserId};
use gewu_model::time::Millis;
use rusqlite::params;

use super::SqliteTx;
use super::codec::{all, bytes, int, maybe, millis, one, run, uint};
use crate::store::{Media, StoreError, UploadRow};

impl Media for SqliteTx<'_> {
    fn file(&self, file: Digest) -> Result<Option<u64>, StoreError> {
        let sql = "SELECT bytes FROM media WHERE sha256 = ?1";
        one(self.db, sql, [file.0], |row| uint(row, 0))
    }

    fn file_kind(&self, file: Digest) -> Result<Option<String>, StoreError> {
        let sql = "SELECT kind FROM media WHERE sha256 = ?1";
        one(self.db, sql, [file.0], |row| row.get(0))
    }

    fn add_file(&self, file: Digest, size: u64, kind: &str, at: Millis) -> Result<(), StoreError> {
        let sql = "INSERT OR IGNORE INTO media (sha256, bytes, kind, durable_at)
             VALUES (?1, ?2, ?3, ?4)";
        run(self.db, sql, params![file.0, int(size), kind, at.0])?;
        run(
            self.db,
            "DELETE FROM lost_files WHERE sha256 = ?1",
            [file.0],
        )?;
        Ok(())
    }

    fn lose_file(&self, file: Digest) -> Result<(), StoreError> {
        let sql = "INSERT OR IGNORE INTO lost_files (sha256)
             SELECT sha256 FROM media WHERE sha256 = ?1";
        run(self.db, sql, [file.0])?;
        run(self.db, "DELETE FROM media WHERE sha256 = ?1", [file.0])?;
        Ok(())
    }

    fn own_file(&self, file: Digest, user: &UserId) -> Result<(), StoreError> {
        let sql = "INSERT OR IGNORE INTO media_owners (sha256, user) VALUES (?1, ?2)";
        run(self.db, sql, params![file.0, user.0])?;
        Ok(())
    }

    fn owns_file(&self, file: Digest, user: &UserId) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM media_owners WHERE sha256 = ?1 AND user = ?2";
        Ok(one(self.db, sql, params![file.0, user.0], |_| Ok(()))?.is_some())
    }

    fn lost_by(&self, user: &UserId, most: usize) -> Result<Vec<Digest>, StoreError> {
        let sql = "SELECT l.sha256 FROM lost_files AS l
             JOIN media_owners AS o ON o.sha256 = l.sha256 AND o.user = ?1
             WHERE NOT EXISTS (SELECT 1 FROM tombstones AS t WHERE t.digest = l.sha256)
             ORDER BY l.sha256 LIMIT ?2";
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        all(self.db, sql, params![user.0, most], |row| {
            bytes(row, 0).map(Digest)
        })
    }

    fn lost(&self) -> Result<Vec<Digest>, StoreError> {
        let sql = "SELECT sha256 FROM lost_files AS l
             WHERE NOT EXISTS (SELECT 1 FROM tombstones AS t WHERE t.digest = l.sha256)
             ORDER BY sha256";
        all(self.db, sql, [], |row| bytes(row, 0).map(Digest))
    }

    fn files(&self) -> Result<Vec<(Digest, u64)>, StoreError> {
        let sql = "SELECT sha256, bytes FROM media ORDER BY sha256";
        all(self.db, sql, [], |row| {
            Ok((Digest(bytes(row, 0)?), uint(row, 1)?))
        })
    }

    fn upload(&self, id: &str) -> Result<Option<UploadRow>, StoreError> {
        let sql = "SELECT id, user, length, received, sha256, metadata, expires_at, done
             FROM uploads WHERE id = ?1";
        one(self.db, sql, [id], |row| {
            let length: Option<i64> = row.get(2)?;
            Ok(UploadRow {
                id: row.get(0)?,
                user: UserId(row.get(1)?),
                length: length.and_then(|length| u64::try_from(length).ok()),
                received: uint(row, 3)?,
                sha256: maybe(row, 4)?.map(Digest),
                metadata: row.get(5)?,
                expires_at: millis(row, 6)?,
                done: row.get(7)?,
            })
        })
    }

    fn put_upload(&self, upload: &UploadRow) -> Result<(), StoreError> {
        run(
            self.db,
            "INSERT INTO uploads (id, user, length, received, sha256, metadata, expires_at, done)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT (id) DO UPDATE SET length = ?3, received = ?4, expires_at = ?7, done = ?8",
            params![
                upload.id,
                upload.user.0,
                upload.length.map(int),
                int(upload.received),
                upload.sha256.map(|digest| digest.0),
                upload.metadata,
                upload.expires_at.0,
                upload.done
            ],
        )?;
        Ok(())
    }

    fn oldest_untouched(&self, user: &UserId) -> Result<Option<String>, StoreError> {
        let sql = "SELECT id FROM uploads WHERE user = ?1 AND NOT done AND received = 0
             ORDER BY expires_at, id LIMIT 1";
        one(self.db, sql, [&user.0], |row| row.get(0))
    }

    fn uploads_of(&self, user: &UserId) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM uploads WHERE user = ?1 AND NOT done";
        Ok(one(self.db, sql, [&user.0], |row| uint(row, 0))?.unwrap_or(0))
    }

    fn add_part(&self, upload: &str, start: u64, size: u64, file: &str) -> Result<(), StoreError> {
        let sql = "INSERT INTO upload_parts (upload, start, bytes, file) VALUES (?1, ?2, ?3, ?4)";
        run(self.db, sql, params![upload, int(start), int(size), file])?;
        Ok(())
    }

    fn parts(&self, upload: &str) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT file FROM upload_parts WHERE upload = ?1 ORDER BY start";
        all(self.db, sql, [upload], |row| row.get(0))
    }

    fn all_parts(&self) -> Result<Vec<String>, StoreError> {
        all(self.db, "SELECT file FROM upload_parts", [], |row| {
            row.get(0)
        })
    }

    fn unfinished_bytes(&self) -> Result<u64, StoreError> {
        let sql = "SELECT coalesce(sum(bytes), 0) FROM upload_parts";
        Ok(one(self.db, sql, [], |row| uint(row, 0))?.unwrap_or(0))
    }

    fn drop_upload(&self, id: &str) -> Result<(), StoreError> {
        run(self.db, "DELETE FROM upload_parts WHERE upload = ?1", [id])?;
        run(self.db, "DELETE FROM uploads WHERE id = ?1", [id])?;
        Ok(())
    }

    fn expired_uploads(&self, now: Millis) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT id FROM uploads WHERE expires_at <= ?1 ORDER BY expires_at LIMIT 100";
        all(self.db, sql, [now.0], |row| row.get(0))
    }
}
