//! Opening one connection, with every setting that the kit's promises rest on.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::{DbError, OpenOptions};
use crate::files::{FilesError, create_private, sync_folder};

/// How long a statement waits for another process.
const BUSY: Duration = Duration::from_secs(5);
/// Prepared statements kept per connection.
const STATEMENTS: usize = 128;
/// The log is cut back to this after a checkpoint, so that one large pull does not keep its room.
const LOG_LIMIT: i64 = 8 << 20;
/// What the writer keeps of the file in memory, at most, in KiB. Hashes lie all over their trees: what does not fit
/// is written and read again within one page of a first sync.
const CACHE_KIB: &str = "-8192";

/// Makes the file, for its owner only and with its name on the medium, if there is none.
///
/// A log without its database means that somebody removed the database, and SQLite would answer
/// by removing the log with the work in it.
pub(super) fn prepare_file(options: &OpenOptions) -> Result<(), DbError> {
    if options.vfs.is_some() {
        return Ok(());
    }
    let path = &options.path;
    if size(path)? == 0 && size(&beside(path, "-wal"))? > 0 {
        return Err(DbError::Corrupt);
    }
    match create_private(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(FilesError::from(error).into()),
        Ok(_) => {
            let folder = path.parent().unwrap_or(Path::new(""));
            sync_folder(folder).map_err(|error| FilesError::from(error).into())
        }
    }
}

/// The path with `suffix` after its name.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn size(path: &Path) -> Result<u64, DbError> {
    match fs::metadata(path) {
        Ok(found) => Ok(found.len()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(0),
        Err(error) => Err(FilesError::from(error).into()),
    }
}

/// The connection that writes. It leaves the log alone when it closes, see [`folding`].
pub(super) fn writer(options: &OpenOptions) -> Result<Connection, DbError> {
    let connection = open(
        options,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
    )?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    // Both must be set before the journal mode: the first decides whether the log needs shared
    // memory, the second whether making the log is itself durable.
    if options.exclusive {
        set(&connection, "locking_mode", "EXCLUSIVE")?;
    }
    set(&connection, "synchronous", options.synchronous.as_str())?;
    // On Apple systems a plain fsync stops in the drive's cache.
    set(&connection, "fullfsync", "ON")?;
    set(&connection, "checkpoint_fullfsync", "ON")?;
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode != "wal" {
        return Err(DbError::ReadOnly);
    }
    connection.pragma_update(None, "journal_size_limit", LOG_LIMIT)?;
    set(&connection, "cache_size", CACHE_KIB)?;
    // What was erased must not stay readable in free pages.
    set(&connection, "secure_delete", "ON")?;
    set(&connection, "foreign_keys", "ON")?;
    Ok(connection)
}

/// Lets the writer fold the log into the file and remove it when it is the last to close. Not
/// before the file has shown itself sound: the log of a damaged file may be all that is left.
pub(super) fn folding(writer: Connection) -> Result<Connection, DbError> {
    writer.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    Ok(writer)
}

/// A connection that only reads. The writer must have been opened before.
pub(super) fn reader(options: &OpenOptions) -> Result<Connection, DbError> {
    open(options, OpenFlags::SQLITE_OPEN_READ_ONLY)
}

fn open(options: &OpenOptions, mode: OpenFlags) -> Result<Connection, DbError> {
    // The pool hands a connection to one thread at a time.
    let flags = mode | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = match &options.vfs {
        Some(vfs) => Connection::open_with_flags_and_vfs(&options.path, flags, vfs.as_str()),
        None => Connection::open_with_flags(&options.path, flags),
    }?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    // Otherwise SQLite parses and plans a statement again whenever other values are bound to it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    set(&connection, "trusted_schema", "OFF")?;
    set(&connection, "cell_size_check", "ON")?;
    set(&connection, "temp_store", "MEMORY")?;
    Ok(connection)
}

fn set(connection: &Connection, name: &str, value: &str) -> Result<(), DbError> {
    // Some pragmas answer with a row and some do not.
    connection
        .pragma_update_and_check(None, name, value, |_| Ok(()))
        .or_else(|error| match error {
            rusqlite::Error::QueryReturnedNoRows => Ok(()),
            error => Err(error.into()),
        })
}
