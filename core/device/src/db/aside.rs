//! Moving a damaged database out of the way without losing a byte of it.

use std::collections::BTreeMap;
use std::fs::{self, File};
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

/// See [`super::Database::read_through`].
pub(super) fn read_through(path: &Path) -> Result<(), FilesError> {
    for file in [path, &beside(path, "-wal")] {
        match File::open(file).and_then(|mut file| io::copy(&mut file, &mut io::sink())) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(())
}

/// A database that was moved aside, with its log and index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Aside {
    /// The name of the database's file.
    pub(crate) name: String,
    /// When it was moved.
    pub(crate) moved_at: Option<Millis>,
    /// How many bytes its files have.
    pub(crate) bytes: u64,
    files: Vec<PathBuf>,
}

impl Aside {
    /// Copies it into a folder.
    pub(crate) fn copy_into(&self, folder: &Path) -> Result<(), FilesError> {
        for file in &self.files {
            copy(file, &folder.join(file.file_name().unwrap_or_default()))?;
        }
        Ok(sync_folder(folder)?)
    }

    /// Removes it for good.
    pub(crate) fn remove(&self) -> Result<(), FilesError> {
        for file in &self.files {
            unless_absent(fs::remove_file(file))?;
        }
        let folder = self.files.first().and_then(|file| file.parent());
        Ok(folder.map_or(Ok(()), sync_folder)?)
    }
}

/// See [`super::Database::moved_aside`].
pub(super) fn moved_aside(path: &Path) -> Result<Vec<Aside>, FilesError> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Ok(Vec::new());
    };
    let here = Path::new(".");
    let folder = Some(folder).filter(|folder| *folder != Path::new(""));
    let prefix = format!("{}{ASIDE}", name.to_string_lossy());
    let mut found: BTreeMap<String, Aside> = BTreeMap::new();
    for entry in fs::read_dir(folder.unwrap_or(here))? {
        let entry = entry?;
        let file = entry.file_name().to_string_lossy().into_owned();
        let Some(since) = file.strip_prefix(&prefix) else {
            continue;
        };
        let name = file.trim_end_matches("-wal").trim_end_matches("-shm");
        let moved_at = since.split('-').next().and_then(|since| since.parse().ok());
        let aside = found.entry(name.to_owned()).or_insert_with(|| Aside {
            name: name.to_owned(),
            moved_at: moved_at.map(Millis),
            bytes: 0,
            files: Vec::new(),
        });
        aside.bytes += entry.metadata()?.len();
        aside.files.push(entry.path());
    }
    Ok(found.into_values().collect())
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
