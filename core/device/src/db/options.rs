//! How a database is opened.

use std::path::PathBuf;

/// When a commit waits for the medium.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Synchronous {
    /// Never. For benchmarks and for tests that show what the others prevent.
    Off,
    /// At checkpoints only: a commit survives the process, not the power.
    Normal,
    /// At every commit.
    #[default]
    Full,
}

impl Synchronous {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "OFF",
            Self::Normal => "NORMAL",
            Self::Full => "FULL",
        }
    }
}

/// Where the database is and how it is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenOptions {
    /// The file. Its folder must exist.
    pub path: PathBuf,
    /// The registered SQLite VFS to open it with; `None` is the operating system's.
    pub vfs: Option<String>,
    /// Whether this is the only process, and its writer the only connection. Then no shared
    /// memory is needed, and `readers` is taken as 0.
    pub exclusive: bool,
    /// How many connections read beside the writer; with 0 reads take turns with writes.
    pub readers: usize,
    /// When a commit waits for the medium.
    pub synchronous: Synchronous,
    /// The table, with row numbers, whose changes [`super::Revisions`] tells apart from all others.
    pub listed: Option<&'static str>,
}

impl OpenOptions {
    /// Shared with other processes, two readers, every commit durable.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            vfs: None,
            exclusive: false,
            readers: 2,
            synchronous: Synchronous::Full,
            listed: None,
        }
    }

    /// On the named VFS, which has no shared memory: exclusive, without readers.
    pub fn on_vfs(path: impl Into<PathBuf>, vfs: impl Into<String>) -> Self {
        Self {
            vfs: Some(vfs.into()),
            exclusive: true,
            readers: 0,
            ..Self::new(path)
        }
    }

    /// The number of reading connections that this allows.
    pub(super) const fn reader_count(&self) -> usize {
        if self.exclusive { 0 } else { self.readers }
    }
}
