//! Contact cards in SQLite.

use gewu_model::ids::{CaseId, Digest};
use rusqlite::params;

use super::SqliteTx;
use super::codec::{all, bytes, maybe, millis, one, run, uint};
use crate::store::{CardChange, CardDid, CardRead, Cards, StoreError};

impl Cards for SqliteTx<'_> {
    fn card(&self, case: CaseId, digest: Digest) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "SELECT sealed FROM cards WHERE case_id = ?1 AND digest = ?2";
        one(self.db, sql, params![case.0, digest.0], |row| row.get(0))
    }

    fn add_card(&self, case: CaseId, digest: Digest, sealed: &[u8]) -> Result<(), StoreError> {
        let sql = "INSERT OR IGNORE INTO cards (case_id, digest, sealed) VALUES (?1, ?2, ?3)";
        run(self.db, sql, params![case.0, digest.0, sealed])?;
        Ok(())
    }

    fn drop_card(&self, case: CaseId, digest: Digest) -> Result<(), StoreError> {
        let sql = "DELETE FROM cards WHERE case_id = ?1 AND digest = ?2";
        run(self.db, sql, params![case.0, digest.0])?;
        Ok(())
    }

    fn log_card_change(&self, change: &CardChange) -> Result<(), StoreError> {
        let sql = "INSERT INTO card_changes (at, user, case_id, digest, before, did)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let CardChange {
            at,
            user,
            case,
            digest,
            before,
            did,
        } = change;
        let before = before.map(|before| before.0);
        let row = params![at.0, user.0, case.0, digest.0, before, did.name()];
        run(self.db, sql, row)?;
        Ok(())
    }

    fn card_changes(
        &self,
        case: Option<CaseId>,
        limit: u32,
    ) -> Result<Vec<CardChange>, StoreError> {
        let sql = "SELECT at, user, case_id, digest, before, did FROM card_changes
                   WHERE ?1 IS NULL OR case_id = ?1 ORDER BY id DESC LIMIT ?2";
        let case = case.map(|case| case.0);
        all(self.db, sql, params![case, limit], |row| {
            Ok(CardChange {
                at: millis(row, 0)?,
                user: row.get::<_, String>(1)?.as_str().into(),
                case: CaseId(bytes(row, 2)?),
                digest: Digest(bytes(row, 3)?),
                before: maybe(row, 4)?.map(Digest),
                did: match row.get_ref(5)?.as_str()? {
                    "carried" => CardDid::Carried,
                    "changed" => CardDid::Changed,
                    _ => CardDid::Added,
                },
            })
        })
    }

    fn count_cards(&self) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM cards";
        Ok(one(self.db, sql, [], |row| uint(row, 0))?.unwrap_or(0))
    }

    fn log_card_read(&self, read: &CardRead) -> Result<(), StoreError> {
        let sql = "INSERT INTO card_reads (at, user, case_id, digest) VALUES (?1, ?2, ?3, ?4)";
        let CardRead {
            at,
            user,
            case,
            digest,
        } = read;
        run(self.db, sql, params![at.0, user.0, case.0, digest.0])?;
        Ok(())
    }

    fn card_reads(&self, case: Option<CaseId>, limit: u32) -> Result<Vec<CardRead>, StoreError> {
        let sql = "SELECT at, user, case_id, digest FROM card_reads
                   WHERE ?1 IS NULL OR case_id = ?1 ORDER BY id DESC LIMIT ?2";
        let case = case.map(|case| case.0);
        all(self.db, sql, params![case, limit], |row| {
            Ok(CardRead {
                at: millis(row, 0)?,
                user: row.get::<_, String>(1)?.as_str().into(),
                case: CaseId(bytes(row, 2)?),
                digest: Digest(bytes(row, 3)?),
            })
        })
    }
}
