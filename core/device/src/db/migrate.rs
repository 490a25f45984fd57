//! The migration kit: it owns the loop, the transaction and the version number.

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::DbError;

/// What marks a file as ours: `Gewu` in ASCII.
pub const APPLICATION_ID: i32 = i32::from_be_bytes(*b"Gewu");

/// One step from a version of the schema to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Migration {
    /// The version that the file has afterwards; the first is 1, the next 2.
    pub version: u32,
    /// What it does, in a few words.
    pub name: &'static str,
    /// The statements. Without `BEGIN`, `COMMIT` and `user_version`. Foreign keys are not
    /// enforced while it runs, so that a table may be rebuilt, and are checked at its end.
    pub sql: &'static str,
}

/// Whether the list counts from 1 without gaps.
pub(super) fn check(migrations: &[Migration]) -> Result<(), DbError> {
    if migrations.is_empty() {
        return Err(DbError::Migrations("there are none"));
    }
    let counts = migrations
        .iter()
        .zip(1..)
        .all(|(migration, version)| migration.version == version);
    if counts {
        Ok(())
    } else {
        Err(DbError::Migrations(
            "versions must count from 1 without gaps",
        ))
    }
}

/// Brings the file to the last version, one transaction for each step.
pub(super) fn run(connection: &mut Connection, migrations: &[Migration]) -> Result<(), DbError> {
    let known = u32::try_from(migrations.len()).unwrap_or(u32::MAX);
    if current(connection, known)? == known {
        return Ok(());
    }
    // Cannot be changed inside a transaction.
    connection.pragma_update(None, "foreign_keys", false)?;
    let done = migrations
        .iter()
        .try_for_each(|migration| step(connection, migration, known));
    connection.pragma_update(None, "foreign_keys", true)?;
    done
}

fn step(connection: &mut Connection, migration: &Migration, known: u32) -> Result<(), DbError> {
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Read again under the lock: another process may be migrating the same file.
    if current(&tx, known)? >= migration.version {
        return Ok(());
    }
    tx.execute_batch(migration.sql)
        .map_err(|error| failed(migration.version, error))?;
    if tx.prepare("PRAGMA foreign_key_check")?.exists([])? {
        return Err(DbError::Migrations(
            "a migration broke a reference between tables",
        ));
    }
    tx.pragma_update(None, "application_id", APPLICATION_ID)?;
    tx.pragma_update(None, "user_version", migration.version)?;
    Ok(tx.commit()?)
}

/// The version of the file; 0 for a new one.
fn current(connection: &Connection, known: u32) -> Result<u32, DbError> {
    let number = |sql| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    let application = number("PRAGMA application_id")?;
    let version = number("PRAGMA user_version")?;
    let is_new =
        application == 0 && version == 0 && number("SELECT count(*) FROM sqlite_schema")? == 0;
    if is_new {
        return Ok(0);
    }
    match u32::try_from(version) {
        Ok(found) if application == i64::from(APPLICATION_ID) && found > 0 => {
            if found > known {
                Err(DbError::Newer { found, known })
            } else {
                Ok(found)
            }
        }
        _ => Err(DbError::Foreign),
    }
}

/// A full or failing disk is that, not a fault of the migration.
fn failed(version: u32, error: rusqlite::Error) -> DbError {
    match error.into() {
        DbError::Sql(source) => DbError::Migration { version, source },
        other => other,
    }
}

/// See [`super::Database::schema`].
pub(super) fn schema(tx: &Transaction<'_>) -> Result<Vec<String>, DbError> {
    let sql = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name";
    let mut statement = tx.prepare(sql)?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
    let one_form = |sql: String| sql.split_whitespace().collect::<Vec<_>>().join(" ");
    Ok(rows
        .map(|row| row.map(one_form))
        .collect::<Result<_, _>>()?)
}
