//! Tombstones in SQLite.

use gewu_model::ids::{CaseId, ChangeHash, Digest};
use rusqlite::{Row, params};

use super::SqliteTx;
use super::codec::{all, bytes, one, run};
use crate::store::{StoreError, Tombstone, Tombstones};

const COLUMNS: &str = "digest, case_id, file, instruction";

fn stone(row: &Row<'_>) -> rusqlite::Result<Tombstone> {
    Ok(Tombstone {
        digest: Digest(bytes(row, 0)?),
        case: CaseId(bytes(row, 1)?),
        file: row.get(2)?,
        instruction: ChangeHash(bytes(row, 3)?),
    })
}

impl Tombstones for SqliteTx<'_> {
    fn entomb(&self, stone: &Tombstone) -> Result<(), StoreError> {
        let sql = format!(
            "INSERT OR IGNORE INTO tombstones ({COLUMNS}, pending) VALUES (?1, ?2, ?3, ?4, 1)"
        );
        let digest = stone.digest.0;
        run(
            self.db,
            &sql,
            params![digest, stone.case.0, stone.file, stone.instruction.0],
        )?;
        let removals: &[&str] = match stone.file {
            true => &[
                "DELETE FROM media WHERE sha256 = ?1",
                "DELETE FROM media_owners WHERE sha256 = ?1",
            ],
            false => &[
                "DELETE FROM content WHERE digest = ?1",
                "DELETE FROM cards WHERE digest = ?1",
            ],
        };
        for sql in removals {
            run(self.db, sql, [digest])?;
        }
        Ok(())
    }

    fn stone(&self, digest: Digest) -> Result<Option<Tombstone>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM tombstones WHERE digest = ?1 LIMIT 1");
        one(self.db, &sql, [digest.0], stone)
    }

    fn erased_in(&self, case: CaseId) -> Result<Vec<Digest>, StoreError> {
        let sql = "SELECT digest FROM tombstones WHERE case_id = ?1 ORDER BY digest";
        all(self.db, sql, [case.0], |row| bytes(row, 0).map(Digest))
    }

    fn stones_on(&self, case: CaseId) -> Result<Vec<Tombstone>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM tombstones
             WHERE digest IN (SELECT sha256 FROM evidence WHERE case_id = ?1
                     UNION SELECT original FROM originals WHERE case_id = ?1)
             ORDER BY digest, case_id"
        );
        all(self.db, &sql, [case.0], stone)
    }

    fn tombstones(&self) -> Result<Vec<Tombstone>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM tombstones ORDER BY digest, case_id");
        all(self.db, &sql, [], stone)
    }

    fn unfinished(&self) -> Result<Vec<Tombstone>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM tombstones WHERE pending = 1 ORDER BY digest");
        all(self.db, &sql, [], stone)
    }

    fn finish(&self, stone: &Tombstone) -> Result<(), StoreError> {
        let sql = "UPDATE tombstones SET pending = 0 WHERE digest = ?1 AND case_id = ?2";
        run(self.db, sql, params![stone.digest.0, stone.case.0])?;
        Ok(())
    }

    fn cases_with(&self, file: Digest) -> Result<Vec<CaseId>, StoreError> {
        let sql = "SELECT case_id FROM evidence WHERE sha256 = ?1
             UNION SELECT case_id FROM originals WHERE original = ?1 ORDER BY case_id";
        all(self.db, sql, [file.0], |row| bytes(row, 0).map(CaseId))
    }

    fn add_original(&self, case: CaseId, original: Digest) -> Result<(), StoreError> {
        let sql = "INSERT OR IGNORE INTO originals (original, case_id) VALUES (?1, ?2)";
        run(self.db, sql, params![original.0, case.0])?;
        Ok(())
    }

    fn unread_originals(&self, most: usize) -> Result<Vec<CaseId>, StoreError> {
        let sql = "SELECT case_id FROM unread_originals ORDER BY case_id LIMIT ?1";
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        all(self.db, sql, [most], |row| bytes(row, 0).map(CaseId))
    }

    fn originals_read(&self, case: CaseId) -> Result<(), StoreError> {
        let sql = "DELETE FROM unread_originals WHERE case_id = ?1";
        run(self.db, sql, [case.0])?;
        Ok(())
    }

    fn uploads_as(&self, file: Digest) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT id FROM uploads WHERE sha256 = ?1";
        all(self.db, sql, [file.0], |row| row.get(0))
    }
}
