//! Changes that are no part of their case, in SQLite.

use gewu_model::ids::{CaseId, ChangeHash, Digest, KeyId};
use gewu_model::time::Millis;
use rusqlite::{Row, params};

use super::SqliteTx;
use super::codec::{all, bytes, decode, encode, int, maybe, millis, one, run, uint};
use crate::store::{FateKind, FateRow, Fates, LateDecision, StoreError};

const FATE: &str = "SELECT case_id, hash, sum, fate, reason, binding, replaced_by, sender, seen_at,
    signed, word, late FROM fates";

fn fates(
    tx: &SqliteTx<'_>,
    condition: &str,
    params: impl rusqlite::Params,
) -> Result<Vec<FateRow>, StoreError> {
    let sql = format!("{FATE} {condition}");
    let rows = all(tx.db, &sql, params, |row| {
        Ok((fate_row(row)?, row.get::<_, Vec<u8>>(9)?))
    })?;
    rows.into_iter()
        .map(|(fate, signed)| Ok(fate(decode(&signed)?)))
        .collect()
}

fn fate_row(
    row: &Row<'_>,
) -> rusqlite::Result<impl FnOnce(gewu_model::signed::SignedChange) -> FateRow + use<>> {
    let kind = match row.get_ref(3)?.as_str()? {
        "set_aside" => FateKind::SetAside,
        "waiting" => FateKind::Waiting,
        _ => FateKind::Pending,
    };
    let (case, hash, sum) = (bytes(row, 0)?, bytes(row, 1)?, bytes(row, 2)?);
    let (reason, binding) = (row.get(4)?, row.get(5)?);
    let (replaced_by, sender, seen_at) = (maybe(row, 6)?, bytes(row, 7)?, millis(row, 8)?);
    let (word, late): (Option<i64>, bool) = (row.get(10)?, row.get(11)?);
    Ok(move |signed| FateRow {
        case: CaseId(case),
        hash: ChangeHash(hash),
        sum: Digest(sum),
        kind,
        reason,
        binding,
        replaced_by: replaced_by.map(ChangeHash),
        sender: KeyId(sender),
        seen_at,
        word: word.map(Millis),
        late,
        signed,
    })
}

const fn fate_name(kind: FateKind) -> &'static str {
    match kind {
        FateKind::SetAside => "set_aside",
        FateKind::Waiting => "waiting",
        FateKind::Pending => "pending",
    }
}

impl Fates for SqliteTx<'_> {
    fn fates(&self, case: CaseId) -> Result<Vec<FateRow>, StoreError> {
        if self.memo.has_no_fates(case) {
            return Ok(vec![]);
        }
        let condition = "WHERE case_id = ?1 ORDER BY seen_at, hash, sum";
        let found = fates(self, condition, [case.0])?;
        if found.is_empty() {
            self.memo.found_no_fates(case);
        }
        Ok(found)
    }

    fn fate(
        &self,
        case: CaseId,
        hash: ChangeHash,
        sum: Digest,
    ) -> Result<Option<FateRow>, StoreError> {
        if self.memo.has_no_fates(case) {
            return Ok(None);
        }
        let condition = "WHERE case_id = ?1 AND hash = ?2 AND sum = ?3";
        Ok(fates(self, condition, params![case.0, hash.0, sum.0])?.pop())
    }

    fn cases_waiting_for(&self, key: KeyId) -> Result<Vec<CaseId>, StoreError> {
        let sql = "SELECT DISTINCT case_id FROM fates WHERE key = ?1 AND fate = 'waiting'
             ORDER BY case_id";
        all(self.db, sql, [key.0], |row| bytes(row, 0).map(CaseId))
    }

    fn put_fate(&self, fate: &FateRow) -> Result<(), StoreError> {
        self.memo.fates_changed();
        run(
            self.db,
            "INSERT INTO fates (case_id, hash, sum, fate, reason, binding, key, counter,
                replaced_by, sender, seen_at, signed, word, late)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
             ON CONFLICT (case_id, hash, sum) DO UPDATE SET fate = ?4, reason = ?5, binding = ?6,
                word = coalesce(word, ?13), late = ?14",
            params![
                fate.case.0,
                fate.hash.0,
                fate.sum.0,
                fate_name(fate.kind),
                fate.reason,
                fate.binding,
                fate.signed.key.0,
                int(fate.signed.counter),
                fate.replaced_by.map(|hash| hash.0),
                fate.sender.0,
                fate.seen_at.0,
                encode(&fate.signed),
                fate.word.map(|word| word.0),
                fate.late
            ],
        )?;
        Ok(())
    }

    fn drop_fate(&self, case: CaseId, hash: ChangeHash, sum: Digest) -> Result<(), StoreError> {
        if self.memo.has_no_fates(case) {
            return Ok(());
        }
        let sql = "DELETE FROM fates WHERE case_id = ?1 AND hash = ?2
             AND (fate <> 'set_aside' OR (NOT binding AND sum = ?3))";
        if run(self.db, sql, params![case.0, hash.0, sum.0])? > 0 {
            self.memo.fates_changed();
        }
        Ok(())
    }

    fn replace_fate(
        &self,
        case: CaseId,
        hash: ChangeHash,
        by: ChangeHash,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE fates SET replaced_by = ?3
             WHERE case_id = ?1 AND hash = ?2 AND binding AND fate = 'set_aside'";
        run(self.db, sql, params![case.0, hash.0, by.0])?;
        Ok(())
    }

    fn fates_of(&self, sender: KeyId) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM fates WHERE sender = ?1";
        Ok(one(self.db, sql, [sender.0], |row| uint(row, 0))?.unwrap_or(0))
    }

    fn fates_in(&self, case: CaseId, sender: KeyId) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM fates WHERE case_id = ?1 AND sender = ?2";
        Ok(one(self.db, sql, params![case.0, sender.0], |row| uint(row, 0))?.unwrap_or(0))
    }

    fn pending(&self) -> Result<Vec<FateRow>, StoreError> {
        let condition = "WHERE fate = 'pending' ORDER BY seen_at, hash, sum LIMIT 10000";
        fates(self, condition, [])
    }

    fn log_late_decision(&self, decision: &LateDecision) -> Result<(), StoreError> {
        let sql = "INSERT INTO late_decisions (at, user, case_id, change, taken)
             VALUES (?1, ?2, ?3, ?4, ?5)";
        let LateDecision {
            at,
            user,
            case,
            change,
            taken,
        } = decision;
        run(self.db, sql, params![at.0, user.0, case.0, change.0, taken])?;
        Ok(())
    }

    fn set_aside(&self) -> Result<Vec<FateRow>, StoreError> {
        fates(
            self,
            "WHERE fate = 'set_aside' ORDER BY seen_at, hash, sum LIMIT 1000",
            [],
        )
    }
}
