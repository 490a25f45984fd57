//! What can go wrong in the server itself.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use gewu_model::crypto::SignError;

use super::ClockDoubt;
use crate::store::StoreError;

/// Why a server cannot be opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The folder or a file in it cannot be used.
    #[error("{path} cannot be used ({1}): check that it exists and that you may write there", path = .0.display())]
    Folder(PathBuf, ErrorKind),
    /// The folder holds no server.
    #[error("{path} holds no server: name the folder that gewu serve was started with", path = .0.display())]
    NoServer(PathBuf),
    /// A key file is damaged, or one of the two is gone.
    #[error("{path} is missing or damaged: put the city's key back from your backup", path = .0.display())]
    Key(PathBuf),
    /// The city's keys are there and its database is gone.
    #[error(
        "{path} is missing or empty, and the city's keys are there: restore a backup, or move {keys} away to found a new city",
        path = .0.display(), keys = .1.display()
    )]
    Database(PathBuf, PathBuf),
    /// The keys are not those that the database was made with.
    #[error("the keys belong to another city than the database: put the right ones in place")]
    OtherCity,
    /// The key of contact cards would be copied with them.
    #[error("{path} lies in the server's folder, with the contact cards that it seals: name a file elsewhere", path = .0.display())]
    CardKey(PathBuf),
    /// The key cannot be used.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The folder of unfinished uploads cannot be used.
    #[error(transparent)]
    Core(#[from] CoreError),
    /// The packs in the database cannot be read.
    #[error("a published pack cannot be read: {0}")]
    Pack(String),
}

impl OpenError {
    pub(crate) fn folder(path: &Path, error: &std::io::Error) -> Self {
        Self::Folder(path.to_owned(), error.kind())
    }
}

/// A failure inside the server: nobody's request was wrong, and trying again later may help.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CoreError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The server's key cannot be used.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The server's clock cannot be right, and what is judged by it would stay so.
    #[error(transparent)]
    Clock(#[from] ClockDoubt),
    /// Unfinished uploads have all the room that they may have.
    #[error(
        "unfinished uploads take all the room that they may have here: finish or end some, or come again later"
    )]
    Uploads,
    /// The folder with files failed.
    #[error("files cannot be stored or read ({0}): check the server's disk")]
    Files(ErrorKind),
    /// A pack is not one, or its version is published already.
    #[error("the pack cannot be published: {0}")]
    Pack(String),
    /// A device in wrong hands is not retired: nothing more of it may be taken.
    #[error("the device is compromised and stays so: give its user a code for another device")]
    Compromised,
    /// A device cannot be cleared like that.
    #[error("{0}")]
    Wipe(String),
    /// Nobody could use such a code.
    #[error("no code can be made: {0}")]
    Grant(String),
    /// Nobody could use such a token.
    #[error("no token can be made: {0}")]
    Token(String),
    /// Such a host app cannot be registered.
    #[error("{0}")]
    HostApp(String),
    /// That console may not do this, whoever else may.
    #[error("{0}")]
    Beyond(String),
    /// No such device, case or pack.
    #[error("{0} is not known here")]
    Unknown(&'static str),
}

impl CoreError {
    /// Whether somebody has to make room.
    pub(crate) const fn is_full(&self) -> bool {
        matches!(
            self,
            Self::Uploads
                | Self::Files(ErrorKind::StorageFull | ErrorKind::QuotaExceeded)
                | Self::Store(StoreError::Full)
        )
    }
}

impl From<std::io::Error> for CoreError {
    fn from(error: std::io::Error) -> Self {
        Self::Files(error.kind())
    }
}
