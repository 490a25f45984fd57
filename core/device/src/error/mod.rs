//! Two error types: [`GewuError`] for hosts, by what the app can do, and the rich one inside.
//! [`public`] is the one place that maps them. No message holds what a person wrote.

mod public;

use std::path::PathBuf;

use gewu_bundle::WriteError;
use gewu_evidence::EvidenceError;
use gewu_model::catalogue::CatalogueError;
use gewu_model::cert::CertError;
use gewu_model::change::ChangeError;
use gewu_model::contact::ContactError;
use gewu_model::content::TextError;
use gewu_model::crypto::SignError;
use gewu_model::deadline::clocks::WishDenied;
use gewu_model::entry::PayloadError;
use gewu_model::ids::Digest;
use gewu_model::pack::PackError;
use gewu_model::place::PositionError;
use gewu_model::policy::{Denied, PhotoFault};
use gewu_sync::machine::Failure;

use crate::db::DbError;
use crate::files::FilesError;
use crate::host::{HttpSetupError, SecretError, TransportError};

pub use public::{GewuError, StorageProblem};

/// What went wrong, as the code knows it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DeviceError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Files(#[from] FilesError),
    #[error(transparent)]
    Secrets(#[from] SecretError),
    #[error(transparent)]
    Sign(#[from] SignError),
    #[error(transparent)]
    Text(#[from] TextError),
    #[error(transparent)]
    Contact(#[from] ContactError),
    #[error(transparent)]
    Evidence(#[from] EvidenceError),
    #[error("the photo cannot be read: {0}")]
    PhotoFile(FilesError),
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    #[error(transparent)]
    Position(#[from] PositionError),
    #[error(transparent)]
    Payload(#[from] PayloadError),
    #[error(transparent)]
    Denied(#[from] Denied),
    #[error(transparent)]
    Wish(#[from] WishDenied),
    #[error("take one that the city's policy lists: {0}")]
    Reason(String),
    #[error(transparent)]
    Photos(#[from] PhotoFault),
    #[error(transparent)]
    Transport(#[from] TransportError),
    #[error(transparent)]
    Setup(#[from] HttpSetupError),
    #[error("{0}")]
    Exchange(Failure),
    #[error(transparent)]
    Bundle(#[from] WriteError),
    #[error(transparent)]
    Cert(#[from] CertError),
    #[error(transparent)]
    Pack(#[from] PackError),
    /// A change that this device wrote or took cannot be read or written: the log is damaged.
    #[error("a stored change cannot be read: {0}")]
    Change(#[from] ChangeError),
    #[error("a stored record cannot be read")]
    Damaged,
    #[error("the map on this device is damaged; sync to fetch it again")]
    MapDamaged,
    #[error("the database was damaged and moved to {}", .0.display())]
    Corrupt(PathBuf),
    #[error(
        "the database is gone from its folder, and what was not sent with it; put it back if it was moved, or open again to start a new one and enrol again"
    )]
    Gone,
    #[error("{field}: {message}")]
    Input {
        field: &'static str,
        message: &'static str,
    },
    #[error(transparent)]
    Senseless(#[from] gewu_model::entry::Senseless),
    #[error("{0} not found on this device")]
    NotFound(&'static str),
    #[error("{0}")]
    NotNow(&'static str),
    /// A newer app wrote it.
    #[error("{0}")]
    Newer(&'static str),
    #[error("this device is not enrolled")]
    NotEnrolled,
    #[error("the rules of this case are not on this device ({0})")]
    NeedsPack(Digest),
    #[error("{0}")]
    NoPack(&'static str),
    #[error("the server refused (status {status}): {words}")]
    Refused { status: u16, words: String },
    #[error("the server's answer cannot be trusted: {0}")]
    Untrusted(&'static str),
    #[error("another {0} is under way")]
    Busy(&'static str),
}

impl From<rusqlite::Error> for DeviceError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Db(error.into())
    }
}

impl DeviceError {
    pub(crate) const fn input(field: &'static str, message: &'static str) -> Self {
        Self::Input { field, message }
    }

    /// Whether there was no room on the disk.
    pub(crate) const fn is_disk_full(&self) -> bool {
        matches!(
            self,
            Self::Db(DbError::DiskFull)
                | Self::Files(FilesError::DiskFull)
                | Self::Secrets(SecretError::Folder(FilesError::DiskFull))
        )
    }
}

/// The result of everything inside.
pub(crate) type Result<T> = std::result::Result<T, DeviceError>;
