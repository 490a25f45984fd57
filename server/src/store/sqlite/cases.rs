//! Cases in SQLite. Lists over many cases are in [`super::lists`].

use std::collections::BTreeSet;

use gewu_model::content::ContentItem;
use gewu_model::ids::{ActorId, CaseId, ChangeHash, Digest, UserId};
use gewu_model::status::SignedStatus;
use rusqlite::{Row, params};

use super::codec::{all, bytes, decode, encode, int, maybe, millis, one, run, scope, uint};
use super::{SqliteTx, lists};
use crate::store::{
    CaseFilter, CaseHead, CaseSummary, Cases, EvidenceFile, ExternalRow, HeldEvidence,
    MembershipRow, Projection, StatusRow, StoreError, StoredChange,
};

/// The columns that [`projection`] reads, from the first on.
pub(super) const PROJECTION: &str =
    "edition, stage, class_kind, class_code, duty_grid, unit, task_number, view, updated_at";

pub(super) fn projection(row: &Row<'_>) -> rusqlite::Result<Projection> {
    let (kind, code): (Option<String>, Option<String>) = (row.get(2)?, row.get(3)?);
    Ok(Projection {
        edition: row.get(0)?,
        stage: row.get(1)?,
        class: kind.zip(code),
        duty_grid: row.get(4)?,
        unit: row.get(5)?,
        task_number: row.get(6)?,
        view: Digest(bytes(row, 7)?),
        updated_at: millis(row, 8)?,
    })
}

impl Cases for SqliteTx<'_> {
    fn hold(&self, _: &BTreeSet<CaseId>) -> Result<(), StoreError> {
        match self.db.is_readonly("main")? || self.db.is_autocommit() {
            true => Err(StoreError::Unheld),
            false => Ok(()),
        }
    }

    fn case(&self, case: CaseId) -> Result<Option<CaseHead>, StoreError> {
        let sql = format!("SELECT {PROJECTION}, document FROM cases WHERE id = ?1");
        one(self.db, &sql, [case.0], |row| {
            Ok(CaseHead {
                projection: projection(row)?,
                document: row.get(9)?,
            })
        })
    }

    fn put_case(&self, case: CaseId, head: &CaseHead) -> Result<(), StoreError> {
        let p = &head.projection;
        let (kind, code) = p.class.clone().unzip();
        run(
            self.db,
            "INSERT INTO cases (id, document, edition, stage, class_kind, class_code, duty_grid,
                unit, task_number, view, updated_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
             ON CONFLICT (id) DO UPDATE SET document = ?2, edition = ?3, stage = ?4,
                class_kind = ?5, class_code = ?6, duty_grid = ?7, unit = ?8, task_number = ?9,
                view = ?10, updated_at = ?11",
            params![
                case.0,
                head.document,
                p.edition,
                p.stage,
                kind,
                code,
                p.duty_grid,
                p.unit,
                p.task_number,
                p.view.0,
                p.updated_at.0
            ],
        )?;
        Ok(())
    }

    fn case_by_number(&self, task_number: &str) -> Result<Option<CaseId>, StoreError> {
        let sql = "SELECT id FROM cases WHERE task_number = ?1";
        one(self.db, sql, [task_number], |row| bytes(row, 0).map(CaseId))
    }

    fn list_cases(&self, filter: &CaseFilter) -> Result<Vec<CaseSummary>, StoreError> {
        lists::cases(self, filter)
    }

    fn count_cases(&self) -> Result<Vec<(String, u64)>, StoreError> {
        let sql = "SELECT stage, count(*) FROM cases GROUP BY stage ORDER BY stage";
        all(self.db, sql, [], |row| Ok((row.get(0)?, uint(row, 1)?)))
    }

    fn count_changes(&self) -> Result<u64, StoreError> {
        let count = one(self.db, "SELECT count(*) FROM changes", [], |row| {
            uint(row, 0)
        })?;
        Ok(count.unwrap_or(0))
    }

    fn all_cases(&self) -> Result<Vec<CaseId>, StoreError> {
        all(self.db, "SELECT id FROM cases ORDER BY id", [], |row| {
            bytes(row, 0).map(CaseId)
        })
    }

    fn changes(&self, case: CaseId) -> Result<Vec<StoredChange>, StoreError> {
        let sql = "SELECT hash, n, actor, seq, max_op, instruction, received_at, signed
             FROM changes WHERE case_id = ?1 ORDER BY n";
        let rows = all(self.db, sql, [case.0], |row| {
            let signed: Vec<u8> = row.get(7)?;
            let parts = (bytes(row, 0)?, uint(row, 1)?, bytes(row, 2)?, uint(row, 3)?);
            Ok((parts, uint(row, 4)?, row.get(5)?, millis(row, 6)?, signed))
        })?;
        rows.into_iter()
            .map(
                |((hash, n, actor, seq), max_op, instruction, received_at, signed)| {
                    Ok(StoredChange {
                        hash: ChangeHash(hash),
                        n,
                        actor: ActorId(actor),
                        seq,
                        max_op,
                        instruction,
                        received_at,
                        signed: decode(&signed)?,
                    })
                },
            )
            .collect()
    }

    fn case_of_change(&self, hash: ChangeHash) -> Result<Option<CaseId>, StoreError> {
        let sql = "SELECT case_id FROM changes WHERE hash = ?1";
        one(self.db, sql, [hash.0], |row| bytes(row, 0).map(CaseId))
    }

    fn add_change(&self, case: CaseId, change: &StoredChange) -> Result<(), StoreError> {
        self.accepted.add(change.signed.key, change.received_at);
        self.memo.counted(change.signed.key, change.signed.counter);
        run(
            self.db,
            "INSERT INTO changes (hash, case_id, n, actor, seq, max_op, key, counter, instruction,
                received_at, signed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            params![
                change.hash.0,
                case.0,
                int(change.n),
                change.actor.0,
                int(change.seq),
                int(change.max_op),
                change.signed.key.0,
                int(change.signed.counter),
                change.instruction,
                change.received_at.0,
                encode(&change.signed)
            ],
        )?;
        Ok(())
    }

    fn content(&self, case: CaseId) -> Result<Vec<(Digest, ContentItem)>, StoreError> {
        let sql = "SELECT digest, item FROM content WHERE case_id = ?1 ORDER BY digest";
        let rows = all(self.db, sql, [case.0], |row| {
            Ok((Digest(bytes(row, 0)?), row.get::<_, Vec<u8>>(1)?))
        })?;
        rows.into_iter()
            .map(|(digest, item)| Ok((digest, decode(&item)?)))
            .collect()
    }

    fn has_content(&self, case: CaseId, digest: Digest) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM content WHERE case_id = ?1 AND digest = ?2";
        Ok(one(self.db, sql, params![case.0, digest.0], |_| Ok(()))?.is_some())
    }

    fn add_content(&self, case: CaseId, item: &ContentItem) -> Result<(), StoreError> {
        let sql = "INSERT OR IGNORE INTO content (case_id, digest, item) VALUES (?1, ?2, ?3)";
        run(self.db, sql, params![case.0, item.digest().0, encode(item)])?;
        Ok(())
    }

    fn add_evidence(
        &self,
        case: CaseId,
        change: ChangeHash,
        file: EvidenceFile,
        user: &UserId,
    ) -> Result<(), StoreError> {
        let EvidenceFile { sha256, thumb } = file;
        let sql = "INSERT OR IGNORE INTO evidence (case_id, sha256, change, user, thumb)
             VALUES (?1, ?2, ?3, ?4, ?5)";
        let params = params![case.0, sha256.0, change.0, user.0, thumb];
        run(self.db, sql, params)?;
        Ok(())
    }

    fn cases_naming(&self, file: Digest) -> Result<Vec<CaseId>, StoreError> {
        // A device that was given to another person brings what it still owed in the new name.
        let sql = "SELECT DISTINCT case_id FROM evidence AS e WHERE sha256 = ?1 AND EXISTS (
                SELECT 1 FROM media_owners AS o WHERE o.sha256 = e.sha256 AND (o.user = e.user
                    OR o.user IN (SELECT devices.user FROM changes JOIN devices
                        ON devices.key = changes.key WHERE changes.hash = e.change)))";
        all(self.db, sql, [file.0], |row| bytes(row, 0).map(CaseId))
    }

    fn missing_files(&self) -> Result<Vec<(CaseId, EvidenceFile)>, StoreError> {
        lists::missing_files(self)
    }

    fn count_evidence(&self) -> Result<HeldEvidence, StoreError> {
        lists::count_evidence(self)
    }

    fn memberships(&self, case: CaseId) -> Result<Vec<MembershipRow>, StoreError> {
        let sql = "SELECT scope, epoch, held FROM memberships WHERE case_id = ?1 ORDER BY scope";
        let rows = all(self.db, sql, [case.0], |row| {
            Ok((row.get::<_, String>(0)?, uint(row, 1)?, row.get(2)?))
        })?;
        rows.into_iter()
            .map(|(text, epoch, held)| {
                let scope = scope(&text)?;
                Ok(MembershipRow { scope, epoch, held })
            })
            .collect()
    }

    fn put_membership(&self, case: CaseId, row: &MembershipRow) -> Result<(), StoreError> {
        run(
            self.db,
            "INSERT INTO memberships (case_id, scope, epoch, held) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (case_id, scope) DO UPDATE SET epoch = ?3, held = ?4",
            params![case.0, row.scope.to_string(), int(row.epoch), row.held],
        )?;
        Ok(())
    }

    fn statuses(&self, case: CaseId) -> Result<Vec<StatusRow>, StoreError> {
        let sql = "SELECT version, behind, may, signed FROM statuses WHERE case_id = ?1
             ORDER BY version";
        let rows = all(self.db, sql, [case.0], |row| {
            let may: String = row.get(2)?;
            Ok((
                uint(row, 0)?,
                maybe(row, 1)?,
                may,
                row.get::<_, Vec<u8>>(3)?,
            ))
        })?;
        rows.into_iter()
            .map(|(version, behind, may, signed)| {
                Ok(StatusRow {
                    version,
                    behind: behind.map(ChangeHash),
                    may: may.split_whitespace().map(str::to_owned).collect(),
                    signed: decode(&signed)?,
                })
            })
            .collect()
    }

    fn add_status(&self, case: CaseId, status: &StatusRow) -> Result<(), StoreError> {
        run(
            self.db,
            "INSERT INTO statuses (case_id, version, behind, may, signed)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                case.0,
                int(status.version),
                status.behind.map(|hash| hash.0),
                status.may.join(" "),
                encode(&status.signed)
            ],
        )?;
        Ok(())
    }

    fn reword_status(
        &self,
        case: CaseId,
        version: u64,
        signed: &SignedStatus,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE statuses SET signed = ?3 WHERE case_id = ?1 AND version = ?2";
        run(self.db, sql, params![case.0, int(version), encode(signed)])?;
        Ok(())
    }

    fn external(&self, channel: &str, id: &str) -> Result<Option<ExternalRow>, StoreError> {
        let sql = "SELECT case_id, sum FROM externals WHERE channel = ?1 AND external_id = ?2";
        one(self.db, sql, [channel, id], |row| {
            Ok(ExternalRow {
                case: bytes(row, 0).map(CaseId)?,
                sum: maybe(row, 1)?.map(Digest),
            })
        })
    }

    fn add_external(&self, channel: &str, id: &str, row: &ExternalRow) -> Result<(), StoreError> {
        let sql = "INSERT INTO externals (channel, external_id, case_id, sum)
                   VALUES (?1, ?2, ?3, ?4)";
        let sum = row.sum.map(|sum| sum.0);
        run(self.db, sql, params![channel, id, row.case.0, sum])?;
        Ok(())
    }
}
