//! Where the server's database lies: in a file of this machine, or on a disk that tears.

use std::io;
use std::path::Path;

use gewu::files::Files;
use gewu_server::{Database, Synchronous};

use crate::disk::SimDisk;

const NAME: &str = "gewu.db";
/// What belongs to a database that is closed: itself, and a log that was not folded in.
const FILES: [&str; 2] = [NAME, "gewu.db-wal"];

/// The place of the database.
#[derive(Debug)]
pub enum Storage {
    /// In the server's folder. Copies are made while the server runs.
    Folder,
    /// On a disk of its own, with when commits wait for it.
    Disk(SimDisk, Synchronous),
}

impl Storage {
    /// Every second city's tears. There anything but `Full` must lose what was acknowledged.
    pub fn of(seed: u64, synchronous: Synchronous) -> Self {
        match seed % 2 {
            0 => Self::Folder,
            _ => Self::Disk(SimDisk::new(seed), synchronous),
        }
    }

    /// The disk, if it is one that tears.
    pub const fn disk(&self) -> Option<&SimDisk> {
        match self {
            Self::Folder => None,
            Self::Disk(disk, _) => Some(disk),
        }
    }

    /// The database of the server in `dir`.
    pub fn database(&self, dir: &Path) -> Database {
        match self {
            Self::Folder => Database::new(dir.join(NAME)),
            Self::Disk(disk, synchronous) => Database {
                path: NAME.into(),
                vfs: Some(disk.vfs_name().to_owned()),
                exclusive: true,
                synchronous: *synchronous,
            },
        }
    }

    /// Lays the database of a server that is closed into its folder, where copies are made of it.
    ///
    /// # Errors
    /// When a file cannot be read or written.
    pub fn lay_down(&self, dir: &Path) -> io::Result<()> {
        let Self::Disk(disk, _) = self else {
            return Ok(());
        };
        let files = disk.files();
        for name in FILES {
            if files.len(name).map_err(io::Error::other)?.is_some() {
                let bytes = files.read(name).map_err(io::Error::other)?;
                std::fs::write(dir.join(name), bytes)?;
            }
        }
        Ok(())
    }

    /// Takes the database from the folder again.
    ///
    /// # Errors
    /// When a file cannot be read or written.
    pub fn take_up(&mut self, dir: &Path, seed: u64) -> io::Result<()> {
        let Self::Disk(disk, _) = self else {
            return Ok(());
        };
        let new = SimDisk::new(seed);
        for name in FILES {
            let file = dir.join(name);
            if file.exists() {
                let taken = new.files().put_atomic(name, &std::fs::read(&file)?);
                taken.map_err(io::Error::other)?;
                std::fs::remove_file(&file)?;
            }
        }
        *disk = new;
        Ok(())
    }
}
