//! Moving a damaged database out of the way without losing a byte of it.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use gewu_model::time::Millis;

use super::connect::beside;
use crate::files::{FilesError, sync_folder};

/// What stands between the name of a database and when it was moved aside.
const ASIDE: &str = ".corrupt-";

/// See [`super::Database::move_aside`].
///
/// The log is copied first and removed last: its frames may be all that is left of the newest
/// work, and a database without its log, or a new database beside an old log, would lose them if
/// the power went between two steps.
pub(super) fn move_aside(path: &Path, now: Millis) -> Result<PathBuf, FilesError> {
    let target = free_name(path, now);
    let folder = path.parent().unwrap_or(Path::new(""));
    for suffix in ["-wal", "-shm"] {
        copy(&beside(path, suffix), &beside(&target, suffix))?;
    }
    sync_folder(folder)?;
    unless_absent(fs::rename(path, &target))?;
    sync_folder(folder)?;
    for suffix in ["-wal", "-shm"] {
        unless_absent(fs::remove_file(beside(path, suffix)))?;
    }
    sync_folder(folder)?;
    Ok(target)
}

/// See [`super::Database::remove_aside`].
pub(super) fn remove_aside(path: &Path) -> Result<(), FilesError> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Ok(());
    };
    let prefix = format!("{}{ASIDE}", name.to_string_lossy());
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(&prefix) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(sync_folder(folder)?)
}

/// A name that no earlier corrupt database has.
fn free_name(path: &Path, now: Millis) -> PathBuf {
    let mut target = beside(path, &format!("{ASIDE}{now}"));
    let mut number = 2;
    while target.exists() || beside(&target, "-wal").exists() {
        target = beside(path, &format!("{ASIDE}{now}-{number}"));
        number += 1;
    }
    target
}

fn copy(from: &Path, to: &Path) -> Result<(), FilesError> {
    match fs::copy(from, to) {
        Ok(_) => Ok(fs::File::options().write(true).open(to)?.sync_all()?),
        Err(error) if error.kind() == ErrorKind::NotFound && !from.exists() => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn unless_absent(done: io::Result<()>) -> io::Result<()> {
    done.or_else(|error| {
        if error.kind() == ErrorKind::NotFound {
            Ok(())
        } else {
            Err(error)
        }
    })
}
