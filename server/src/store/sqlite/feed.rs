//! The feed in SQLite: AUTOINCREMENT never gives a number twice, and one writer commits in order.

use gewu_model::ids::CaseId;
use gewu_model::time::Millis;
use gewu_sync::wire::Notice;
use rusqlite::params;

use super::SqliteTx;
use super::codec::{all, bytes, decode, encode, int, millis, one, run, scope, uint};
use crate::store::{Feed, FeedRow, NewFeedRow, ReadFrom, StoreError, What};

const WHATS: [(What, &str); 7] = [
    (What::Enter, "enter"),
    (What::Leave, "leave"),
    (What::Change, "change"),
    (What::Content, "content"),
    (What::Status, "status"),
    (What::Receipt, "receipt"),
    (What::Notice, "notice"),
];

fn name(what: What) -> &'static str {
    WHATS
        .iter()
        .find(|(known, _)| *known == what)
        .map_or("", |(_, name)| name)
}

fn what(name: &str) -> Result<What, StoreError> {
    WHATS
        .iter()
        .find(|(_, known)| *known == name)
        .map(|(what, _)| *what)
        .ok_or(StoreError::Corrupt("a feed row"))
}

impl Feed for SqliteTx<'_> {
    fn head(&self) -> Result<u64, StoreError> {
        let sql = "SELECT seq FROM sqlite_sequence WHERE name = 'feed'";
        Ok(one(self.db, sql, [], |row| uint(row, 0))?.unwrap_or(0))
    }

    fn newest(&self) -> Result<Option<(u64, Millis)>, StoreError> {
        let sql = "SELECT pos, at FROM feed ORDER BY pos DESC LIMIT 1";
        one(self.db, sql, [], |row| Ok((uint(row, 0)?, millis(row, 1)?)))
    }

    fn append(&self, row: &NewFeedRow<'_>) -> Result<u64, StoreError> {
        run(
            self.db,
            "INSERT INTO feed (scope, case_id, what, ref, n, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                row.scope.to_string(),
                row.case.0,
                name(row.what),
                row.reference,
                int(row.n),
                row.at.0
            ],
        )?;
        self.fed.borrow_mut().insert(row.scope.clone());
        Ok(u64::try_from(self.db.last_insert_rowid()).unwrap_or(0))
    }

    fn rows_after(&self, scopes: &[ReadFrom], limit: usize) -> Result<Vec<FeedRow>, StoreError> {
        let mut rows = Vec::new();
        for from in scopes {
            rows.extend(scope_after(self, from, limit)?);
        }
        rows.sort_unstable_by_key(|row| row.pos);
        // Beyond the limit of any one scope nothing is known of that scope, so nothing is told.
        rows.truncate(limit);
        Ok(rows)
    }

    fn count_after(&self, from: &ReadFrom, after: u64) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM feed WHERE scope = ?1 AND pos > ?2
            AND (pos > ?3 OR what NOT IN ('change', 'content'))";
        let params = params![from.scope.to_string(), int(after), int(from.whole_to)];
        Ok(one(self.db, sql, params, |row| uint(row, 0))?.unwrap_or(0))
    }

    fn add_notice(&self, notice: &Notice) -> Result<u64, StoreError> {
        run(
            self.db,
            "INSERT INTO notices (notice) VALUES (?1)",
            [encode(notice)],
        )?;
        Ok(u64::try_from(self.db.last_insert_rowid()).unwrap_or(0))
    }

    fn notice(&self, id: u64) -> Result<Option<Notice>, StoreError> {
        let sql = "SELECT notice FROM notices WHERE id = ?1";
        one(self.db, sql, [int(id)], |row| row.get::<_, Vec<u8>>(0))?
            .map(|notice| decode(&notice))
            .transpose()
    }
}

fn scope_after(
    tx: &SqliteTx<'_>,
    from: &ReadFrom,
    limit: usize,
) -> Result<Vec<FeedRow>, StoreError> {
    let sql = "SELECT pos, scope, case_id, what, ref FROM feed WHERE scope = ?1 AND pos > ?2
        AND (pos > ?4 OR what NOT IN ('change', 'content')) ORDER BY pos LIMIT ?3";
    let params = params![
        from.scope.to_string(),
        int(from.after),
        int(limit as u64),
        int(from.whole_to)
    ];
    let rows = all(tx.db, sql, params, |row| {
        let texts = (row.get::<_, String>(1)?, row.get::<_, String>(3)?);
        Ok((uint(row, 0)?, texts, bytes(row, 2)?, row.get(4)?))
    })?;
    rows.into_iter()
        .map(|(pos, (of, kind), case, reference)| {
            Ok(FeedRow {
                pos,
                scope: scope(&of)?,
                case: CaseId(case),
                what: what(&kind)?,
                reference,
            })
        })
        .collect()
}
