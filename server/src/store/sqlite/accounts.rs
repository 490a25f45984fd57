//! Host apps and accounts in SQLite.

use gewu_model::ids::{CaseId, KeyId, UserId};
use gewu_model::time::Millis;
use rusqlite::{Row, params};

use super::SqliteTx;
use super::codec::{all, bytes, millis, one, run};
use crate::host_token::{Account, Algorithm, HostKey};
use crate::store::{AccountRead, AccountRow, Accounts, HostAppRow, StoreError};

const HOST_APP: &str =
    "SELECT name, algorithm, public_key, added_at, added_by, removed_at FROM host_apps";

type AppParts = (String, String, Vec<u8>, Millis, String, Option<i64>);

fn parts(row: &Row<'_>) -> rusqlite::Result<AppParts> {
    let key = (row.get(0)?, row.get(1)?, row.get(2)?);
    Ok((
        key.0,
        key.1,
        key.2,
        millis(row, 3)?,
        row.get(4)?,
        row.get(5)?,
    ))
}

fn host_app(
    (name, algorithm, key, added_at, added_by, removed_at): AppParts,
) -> Result<HostAppRow, StoreError> {
    let key = Algorithm::from_name(&algorithm).and_then(|it| HostKey::new(it, key));
    Ok(HostAppRow {
        name,
        key: key.ok_or(StoreError::Corrupt("the key of a host app"))?,
        added_at,
        added_by: UserId(added_by),
        removed_at: removed_at.map(Millis),
    })
}

impl Accounts for SqliteTx<'_> {
    fn host_app(&self, name: &str) -> Result<Option<HostAppRow>, StoreError> {
        let sql = format!("{HOST_APP} WHERE name = ?1");
        let found = one(self.db, &sql, [name], parts)?;
        found.map(host_app).transpose()
    }

    fn host_apps(&self) -> Result<Vec<HostAppRow>, StoreError> {
        let sql = format!("{HOST_APP} ORDER BY name");
        let found = all(self.db, &sql, [], parts)?;
        found.into_iter().map(host_app).collect()
    }

    fn put_host_app(&self, app: &HostAppRow) -> Result<(), StoreError> {
        let sql = "INSERT OR REPLACE INTO host_apps
                (name, algorithm, public_key, added_at, added_by, removed_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let row = params![
            app.name,
            app.key.algorithm().name(),
            app.key.as_bytes(),
            app.added_at.0,
            app.added_by.0,
            app.removed_at.map(|at| at.0)
        ];
        run(self.db, sql, row)?;
        Ok(())
    }

    fn account(&self, key: KeyId) -> Result<Option<AccountRow>, StoreError> {
        let sql = "SELECT iss, sub, since FROM accounts WHERE key = ?1";
        one(self.db, sql, [key.0], |row| {
            let account = Account {
                iss: row.get(0)?,
                sub: row.get(1)?,
            };
            let since = millis(row, 2)?;
            Ok(AccountRow { account, since })
        })
    }

    fn add_account(&self, key: KeyId, row: &AccountRow) -> Result<(), StoreError> {
        let sql = "INSERT OR IGNORE INTO accounts (key, iss, sub, since) VALUES (?1, ?2, ?3, ?4)";
        let AccountRow { account, since } = row;
        let row = params![key.0, account.iss, account.sub, since.0];
        run(self.db, sql, row)?;
        Ok(())
    }

    fn log_account_read(&self, read: &AccountRead) -> Result<(), StoreError> {
        let sql = "INSERT INTO account_reads (at, user, case_id) VALUES (?1, ?2, ?3)";
        run(self.db, sql, params![read.at.0, read.user.0, read.case.0])?;
        Ok(())
    }

    fn account_reads(
        &self,
        case: Option<CaseId>,
        limit: u32,
    ) -> Result<Vec<AccountRead>, StoreError> {
        let sql = "SELECT at, user, case_id FROM account_reads
             WHERE ?1 IS NULL OR case_id = ?1 ORDER BY id DESC LIMIT ?2";
        let case = case.map(|case| case.0);
        all(self.db, sql, params![case, limit], |row| {
            Ok(AccountRead {
                at: millis(row, 0)?,
                user: UserId(row.get(1)?),
                case: CaseId(bytes(row, 2)?),
            })
        })
    }
}
