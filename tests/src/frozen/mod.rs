//! Databases of every schema that was ever shipped, frozen with the rows of a day's life.
//!
//! A file `fixtures/frozen/PLAY/{device,server}/NNNN.sql` is a database of schema NNNN as SQL text; the
//! keys and photos that belong to it lie beside it in `folder/`, what it says in `facts.json`, and its
//! large values in `PLAY/blobs`. Once written, a file is never written again: it stands for the phones
//! and servers that still have that schema. [`freeze`] adds those that are missing, from a city of the
//! simulator in the middle of its life.
//!
//! The schemas before the newest one of a play are reached backwards: a new file of the old schema is
//! given the rows of today in the columns that were there then.

mod dump;
mod facts;
mod freeze;
mod older;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use serde_json::Value;

pub use dump::{dump, schema};
pub use facts::{of_device, of_server};
pub use freeze::freeze;

/// Whose database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// A phone's.
    Device,
    /// The centre's.
    Server,
}

impl Side {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Device, Self::Server];

    /// The name of its folder below a play.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Server => "server",
        }
    }

    /// Its migrations as SQL, the first one first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn migrations(self) -> io::Result<Vec<String>> {
        let folder = match self {
            Self::Device => "core/device/src/store/migrations",
            Self::Server => "server/src/store/migrations",
        };
        let mut files: Vec<PathBuf> = fs::read_dir(root().join(folder))?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()?;
        files.sort();
        files.iter().map(fs::read_to_string).collect()
    }
}

/// The root of the workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Where frozen databases lie.
pub fn directory() -> PathBuf {
    root().join("fixtures/frozen")
}

/// A frozen database.
#[derive(Debug, Clone)]
pub struct Frozen {
    side: Side,
    /// The number of its schema.
    pub version: usize,
    play: PathBuf,
}

impl Frozen {
    /// The one of this schema; `None` where nobody froze it.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn find(side: Side, version: usize) -> io::Result<Option<Self>> {
        if !directory().is_dir() {
            return Ok(None);
        }
        for play in fs::read_dir(directory())? {
            let play = play?.path();
            if sql_file(&play, side, version).is_file() {
                return Ok(Some(Self {
                    side,
                    version,
                    play,
                }));
            }
        }
        Ok(None)
    }

    /// Lays it out in `folder` as its program left it: the database, keys and files.
    ///
    /// # Errors
    /// When something cannot be read or written.
    pub fn thaw(&self, folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
        let beside = self.play.join(self.side.name()).join("folder");
        copy_folder(&beside, folder)?;
        let text = fs::read_to_string(sql_file(&self.play, self.side, self.version))?;
        let text = dump::fill_in(&text, &self.play.join("blobs"))?;
        let db = Connection::open(folder.join("gewu.db"))?;
        db.pragma_update(None, "foreign_keys", false)?;
        db.execute_batch(&text)?;
        // As both programs leave theirs.
        db.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
        Ok(())
    }

    /// What the program said of it before it was frozen.
    ///
    /// # Errors
    /// When the file is missing or no JSON.
    pub fn facts(&self) -> io::Result<Value> {
        let file = self.play.join(self.side.name()).join("facts.json");
        Ok(serde_json::from_slice(&fs::read(file)?)?)
    }
}

fn sql_file(play: &Path, side: Side, version: usize) -> PathBuf {
    play.join(side.name()).join(format!("{version:04}.sql"))
}

/// Copies a folder with everything below it.
///
/// # Errors
/// When something cannot be read or written.
pub fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        match entry.file_type()?.is_dir() {
            true => copy_folder(&entry.path(), &target)?,
            false => drop(fs::copy(entry.path(), target)?),
        }
    }
    Ok(())
}
