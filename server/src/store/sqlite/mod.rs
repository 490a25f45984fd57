//! The SQLite store: one writing connection behind a lock, one reading beside it.

mod accepted;
mod accounts;
mod admin;
mod cards;
mod cases;
mod clocks;
mod codec;
mod fates;
mod feed;
mod keys;
mod lists;
mod media;
mod memo;
#[cfg(test)]
mod memo_tests;
mod migrate;
mod places;
mod services;
#[cfg(test)]
mod tests;
mod tombstones;

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::backup::Backup;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use self::accepted::Accepted;
use self::memo::Memo;
use super::{Fed, Store, StoreError, Work};

/// How long a statement waits for another process, such as a backup.
const BUSY: Duration = Duration::from_secs(10);
/// Prepared statements kept per connection.
const STATEMENTS: usize = 512;
/// What the writer keeps of the file in memory, in KiB. Hashes lie all over their trees, and what
/// does not fit is read again for every change.
const CACHE_KIB: &str = "-32768";
/// How long the log grows before it is folded into the file, in pages of 4 KiB. A push of a hundred cases
/// touches about a thousand pages, many of which the next one touches again.
const LOG_PAGES: &str = "8192";
/// Pages per step of a backup; between steps writers get their turn.
const BACKUP_PAGES: std::ffi::c_int = 256;

/// When a commit waits for the medium.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Synchronous {
    /// Never. For benchmarks and simulators only.
    Off,
    /// At every commit.
    #[default]
    Full,
}

/// Where the database is and how it is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Database {
    /// The file.
    pub path: PathBuf,
    /// The registered SQLite VFS; `None` is the operating system's.
    pub vfs: Option<String>,
    /// Whether this process and its one connection have the file for themselves. A VFS without
    /// shared memory needs it.
    pub exclusive: bool,
    /// When a commit waits for the medium.
    pub synchronous: Synchronous,
}

impl Database {
    /// A file on the operating system's VFS, every commit durable.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            vfs: None,
            exclusive: false,
            synchronous: Synchronous::Full,
        }
    }
}

/// A SQLite database of the present schema.
pub(crate) struct Sqlite {
    writer: Mutex<Connection>,
    reader: Option<Mutex<Connection>>,
}

impl Sqlite {
    /// Opens the database, makes it where there is none, and brings it to the present schema.
    pub(crate) fn open(database: &Database) -> Result<Self, StoreError> {
        let mut writer = connect(database, false)?;
        // Before the first look: without shared memory a log can be read by nobody else.
        if database.exclusive {
            set(&writer, "locking_mode", "EXCLUSIVE")?;
        }
        migrate::check_ours(&writer)?;
        let mode: String = writer.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
        if mode != "wal" {
            return Err(StoreError::Busy);
        }
        let synchronous = match database.synchronous {
            Synchronous::Off => "OFF",
            Synchronous::Full => "FULL",
        };
        set(&writer, "synchronous", synchronous)?;
        set(&writer, "fullfsync", "ON")?;
        set(&writer, "checkpoint_fullfsync", "ON")?;
        // What was erased must not stay readable in free pages.
        set(&writer, "secure_delete", "ON")?;
        set(&writer, "cache_size", CACHE_KIB)?;
        set(&writer, "wal_autocheckpoint", LOG_PAGES)?;
        migrate::migrate(&mut writer)?;
        let reader = match database.exclusive {
            true => None,
            false => Some(Mutex::new(connect(database, true)?)),
        };
        Ok(Self {
            writer: Mutex::new(writer),
            reader,
        })
    }

    fn lock(connection: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
        // A panic inside a transaction rolls it back when the transaction is dropped, so the
        // connection behind a poisoned lock is sound.
        connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(
        connection: &Mutex<Connection>,
        behavior: TransactionBehavior,
        work: &mut Work<'_>,
    ) -> Result<Fed, StoreError> {
        let mut connection = Self::lock(connection);
        let tx = connection.transaction_with_behavior(behavior)?;
        let done = SqliteTx::on(&tx);
        work(&done)?;
        let fed = done.fed.into_inner();
        tx.commit()?;
        Ok(fed)
    }
}

impl Store for Sqlite {
    fn in_write(&self, work: &mut Work<'_>) -> Result<Fed, StoreError> {
        Self::run(&self.writer, TransactionBehavior::Immediate, work)
    }

    fn in_read(&self, work: &mut Work<'_>) -> Result<(), StoreError> {
        let connection = self.reader.as_ref().unwrap_or(&self.writer);
        Self::run(connection, TransactionBehavior::Deferred, work).map(drop)
    }

    fn backup(&self, to: &Path) -> Result<(), StoreError> {
        let from = Self::lock(self.reader.as_ref().unwrap_or(&self.writer));
        let mut copy = Connection::open(to)?;
        set(&copy, "synchronous", "FULL")?;
        Backup::new(&from, &mut copy)?.run_to_completion(
            BACKUP_PAGES,
            Duration::from_millis(1),
            None,
        )?;
        let mode: String = copy.query_row("PRAGMA journal_mode = DELETE", [], |row| row.get(0))?;
        match mode.as_str() {
            "delete" => sound(&copy),
            _ => Err(StoreError::Busy),
        }
    }

    fn checkpoint(&self) -> Result<bool, StoreError> {
        let writer = Self::lock(&self.writer);
        let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
        let blocked: bool = writer.query_row(sql, [], |row| row.get(0))?;
        Ok(!blocked)
    }
}

/// Reads the whole database, each index beside its table.
fn sound(db: &Connection) -> Result<(), StoreError> {
    let found: String = db.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    match found.as_str() {
        "ok" => Ok(()),
        _ => Err(StoreError::Corrupt("not a sound SQLite file")),
    }
}

/// A transaction on one of the connections.
pub(super) struct SqliteTx<'a> {
    pub(super) db: &'a Connection,
    accepted: Accepted,
    memo: Memo,
    /// Scopes whose feeds grew so far.
    fed: RefCell<Fed>,
}

impl<'a> SqliteTx<'a> {
    pub(super) fn on(db: &'a Connection) -> Self {
        Self {
            db,
            accepted: Accepted::default(),
            memo: Memo::default(),
            fed: RefCell::default(),
        }
    }
}

fn connect(database: &Database, read_only: bool) -> Result<Connection, StoreError> {
    let mode = match read_only {
        true => OpenFlags::SQLITE_OPEN_READ_ONLY,
        false => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
    };
    // The lock hands a connection to one thread at a time.
    let flags = mode | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = match &database.vfs {
        Some(vfs) => Connection::open_with_flags_and_vfs(&database.path, flags, vfs.as_str()),
        None => Connection::open_with_flags(&database.path, flags),
    }?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    keep_plans(&connection)?;
    set(&connection, "trusted_schema", "OFF")?;
    set(&connection, "cell_size_check", "ON")?;
    set(&connection, "temp_store", "MEMORY")?;
    Ok(connection)
}

/// Otherwise SQLite parses and plans a statement again whenever other values are bound to it.
fn keep_plans(connection: &Connection) -> Result<(), StoreError> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

fn set(connection: &Connection, name: &str, value: &str) -> Result<(), StoreError> {
    // Some pragmas answer with a row and some do not.
    match connection.pragma_update_and_check(None, name, value, |_| Ok(())) {
        Ok(()) | Err(rusqlite::Error::QueryReturnedNoRows) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
