//! Copies of a server's folder, also while it runs, and new life from one.
//!
//! Files are named by their hash and never change, so they are linked or copied after the database:
//! whatever the copied database says it holds was durable before. A restored server starts a new
//! generation; devices see it and offer again what the copy does not know. What was erased after the
//! copy was made is remembered outside it ([`crate::erased`]).

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use gewu_model::time::Millis;

use crate::core::{CoreOptions, OpenError, generation};
use crate::seam::{Entropy, OsEntropy};
use crate::store::sqlite::Sqlite;
use crate::store::{self, Store, StoreError};

/// The meta value with the time of the last backup.
pub(crate) const BACKUP_AT: &str = "backup_at";

/// The time in a meta value.
pub(crate) fn read_time(bytes: Vec<u8>) -> Option<Millis> {
    let bytes = bytes.as_slice().try_into().ok()?;
    Some(Millis(i64::from_be_bytes(bytes)))
}

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The target holds something.
    #[error("{path} is not empty: name a new folder", path = .0.display())]
    NotEmpty(PathBuf),
    /// The source is not a server's folder.
    #[error("{path} holds no server: name the folder with gewu.db in it", path = .0.display())]
    NoServer(PathBuf),
    /// The database that was to be copied is damaged.
    #[error(
        "the database is damaged and a copy of it would be too: keep the backups that you have, and restore one"
    )]
    Damaged,
    /// A file cannot be read or written.
    #[error("{path} cannot be copied ({kind}): check the disk and the rights", path = .0.display(), kind = .1)]
    File(PathBuf, ErrorKind),
    /// The server's folder cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What was copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Copied {
    /// Files beside the database.
    pub files: u64,
}

/// Copies the server's folder `dir` into the new folder `to`, also while the server runs. The server
/// notes the time: devices keep receipted photos until a backup covers them.
///
/// # Errors
/// [`BackupError`] says why there is no copy.
pub fn backup(dir: &Path, to: &Path, now: Millis) -> Result<Copied, BackupError> {
    let store = open(dir)?;
    empty(to)?;
    copy_database(&store, to)?;
    let files = copy_rest(dir, to)?;
    // A server that lives on from this copy has one too, and may need it once more.
    put_time(&open(to)?, now)?;
    sync(to)?;
    put_time(&store, now)?;
    Ok(Copied { files })
}

/// Makes the new folder `dir` from the backup `from` and starts a new generation in it. The file
/// of what was erased since may lie in `dir` already: the server erases it again when it starts.
///
/// # Errors
/// [`BackupError`] says why there is none.
pub fn restore(from: &Path, dir: &Path) -> Result<Copied, BackupError> {
    restore_with(from, dir, &OsEntropy)
}

/// Like [`restore`], with the given randomness.
///
/// # Errors
/// As [`restore`].
pub fn restore_with(from: &Path, dir: &Path, entropy: &dyn Entropy) -> Result<Copied, BackupError> {
    let source = open(from)?;
    empty_but_for(dir, Some(crate::erased::NAME))?;
    copy_database(&source, dir)?;
    let files = copy_rest(from, dir)?;
    let store = open(dir)?;
    store::write(&store, |tx| {
        if tx.meta(BACKUP_AT)?.is_none() {
            // Copies of before did not say of when they are: then nothing is known to be covered.
            tx.put_meta(BACKUP_AT, &0_i64.to_be_bytes())?;
        }
        generation::next(tx, entropy)
    })?;
    sync(dir)?;
    Ok(Copied { files })
}

/// Copies the database page by page, and keeps no copy of a damaged one: whoever believes in it throws the
/// sound ones away.
fn copy_database(store: &Sqlite, to: &Path) -> Result<(), BackupError> {
    let copy = to.join("gewu.db");
    let copied = store.backup(&copy);
    if let Err(StoreError::Corrupt(_)) = copied {
        fs::remove_file(&copy).map_err(failed(&copy))?;
        return Err(BackupError::Damaged);
    }
    Ok(copied?)
}

fn put_time(store: &Sqlite, at: Millis) -> Result<(), StoreError> {
    store::write(store, |tx| tx.put_meta(BACKUP_AT, &at.0.to_be_bytes()))
}

fn open(dir: &Path) -> Result<Sqlite, BackupError> {
    let options = match dir.join("gewu.db").is_file() {
        true => CoreOptions::in_folder(dir)?,
        false => return Err(BackupError::NoServer(dir.to_owned())),
    };
    Ok(Sqlite::open(&options.database)?)
}

fn failed(path: &Path) -> impl FnOnce(std::io::Error) -> BackupError {
    let path = path.to_owned();
    move |error| BackupError::File(path, error.kind())
}

fn empty(folder: &Path) -> Result<(), BackupError> {
    empty_but_for(folder, None)
}

fn empty_but_for(folder: &Path, kept: Option<&str>) -> Result<(), BackupError> {
    fs::create_dir_all(folder).map_err(failed(folder))?;
    for held in fs::read_dir(folder).map_err(failed(folder))? {
        let held = held.map_err(failed(folder))?;
        if kept.is_none_or(|kept| held.file_name() != kept) {
            return Err(BackupError::NotEmpty(folder.to_owned()));
        }
    }
    Ok(())
}

/// Keys, files and the first operator's token. Parts of unfinished uploads stay behind: their
/// devices still hold the whole.
fn copy_rest(from: &Path, to: &Path) -> Result<u64, BackupError> {
    let mut files = 0;
    for name in ["keys", "media"] {
        files += copy_folder(&from.join(name), &to.join(name), name == "media")?;
    }
    let token = from.join("operator.token");
    if token.is_file() {
        copy_file(&token, &to.join("operator.token"), false)?;
        files += 1;
    }
    Ok(files)
}

fn copy_folder(from: &Path, to: &Path, link: bool) -> Result<u64, BackupError> {
    if !from.is_dir() {
        return Ok(0);
    }
    fs::create_dir_all(to).map_err(failed(to))?;
    let mut files = 0;
    for entry in fs::read_dir(from).map_err(failed(from))? {
        let entry = entry.map_err(failed(from))?;
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            files += copy_folder(&path, &target, link)?;
        } else if finished(&path) {
            copy_file(&path, &target, link)?;
            files += 1;
        }
    }
    sync(to)?;
    Ok(files)
}

/// The object store writes a file beside its place first, under a name with `#` in it.
fn finished(path: &Path) -> bool {
    !path
        .file_name()
        .is_some_and(|name| name.to_string_lossy().contains('#'))
}

/// Links a file that never changes, where the disk can; copies it otherwise.
fn copy_file(from: &Path, to: &Path, link: bool) -> Result<(), BackupError> {
    if link && fs::hard_link(from, to).is_ok() {
        return Ok(());
    }
    fs::copy(from, to).map_err(failed(from))?;
    File::open(to)
        .and_then(|file| file.sync_all())
        .map_err(failed(to))
}

fn sync(folder: &Path) -> Result<(), BackupError> {
    let opened = File::open(folder);
    opened
        .and_then(|folder| folder.sync_all())
        .map_err(failed(folder))
}
