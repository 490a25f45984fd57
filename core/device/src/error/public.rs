//! The public error, and the one place that makes it.

use std::path::PathBuf;

use gewu_bundle::WriteError;
use gewu_bundle::container::WriterError;
use gewu_evidence::EvidenceError;
use gewu_sync::machine::Failure;

use super::DeviceError;
use crate::db::DbError;
use crate::files::FilesError;
use crate::host::{SecretError, TransportError};

/// Why a call failed, by what the app can do about it. Messages are fragments that read after
/// *failed:* and hold nothing that a person wrote.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GewuError {
    /// Something that was handed in cannot be taken: show the message beside the field.
    #[error("{field}: {message}")]
    InvalidInput {
        /// The field.
        field: &'static str,
        /// What is wrong and what to do.
        message: String,
    },
    /// What was named is not on this device: list again, or sync.
    #[error("{what} is not on this device; list again or sync first")]
    NotFound {
        /// What kind of thing.
        what: &'static str,
    },
    /// The user may not do this, or not now: show why.
    #[error("{why}")]
    NotPermitted {
        /// Why, in words.
        why: String,
    },
    /// The device belongs to no city yet, or lost its key: enrol.
    #[error("{why}")]
    NotEnrolled {
        /// Why, in words.
        why: String,
    },
    /// The device cannot keep or read data.
    #[error("{problem}")]
    Storage {
        /// What is the matter.
        problem: StorageProblem,
    },
    /// The server cannot be reached now: nothing is lost, try later.
    #[error("{why}")]
    Network {
        /// Why, in words.
        why: String,
    },
    /// The server answered, and refused: show the words.
    #[error("{words}")]
    ServerRefused {
        /// The HTTP status.
        status: u16,
        /// Why, in words.
        words: String,
    },
    /// App and server, or app and data, are of versions that do not fit: update.
    #[error("{what}")]
    TooOld {
        /// What to update.
        what: String,
    },
    /// Something else is at work: wait for it, or try again.
    #[error("{what}")]
    Busy {
        /// What is at work.
        what: String,
    },
}

/// What is the matter with the storage.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StorageProblem {
    /// No room: ask the user to make some, then try again.
    #[error("the disk is full; make room and try again")]
    Full,
    /// The folder may not be written: open another one.
    #[error("the folder cannot be written; check its permissions")]
    ReadOnly,
    /// The database was damaged. It was moved, not deleted: hand it in for rescue, and open again to start a new
    /// one.
    #[error("the database was damaged and has been moved to {}; open again to start a new one, and hand in the damaged file for rescue", .moved_to.display())]
    Corrupt {
        /// Where it is now.
        moved_to: PathBuf,
    },
    /// Something that is stored cannot be read: hand in the device's folder for rescue.
    #[error("stored data is damaged; export what is unsent, and hand in the folder for rescue")]
    Damaged,
    /// The app suspended the SDK.
    #[error("the sdk is suspended; resume it first")]
    Suspended,
    /// The key store refuses: ask the user to unlock the device, then try again.
    #[error("the key store cannot be used; unlock the device and try again")]
    Keys,
    /// The disk failed in another way.
    #[error("{0}")]
    Failed(String),
}

impl From<DeviceError> for GewuError {
    fn from(error: DeviceError) -> Self {
        use DeviceError as E;
        match error {
            E::Db(error) => of_db(error),
            E::Files(error) => storage(of_files(error)),
            E::Secrets(SecretError::Folder(error)) => storage(of_files(error)),
            E::Secrets(_) | E::Sign(_) => storage(StorageProblem::Keys),
            E::Corrupt(moved_to) => storage(StorageProblem::Corrupt { moved_to }),
            E::MapDamaged | E::Gone => storage(StorageProblem::Failed(error.to_string())),
            E::Change(_) | E::Damaged => storage(StorageProblem::Damaged),
            E::Evidence(EvidenceError::Stopped) => Self::Busy {
                what: error.to_string(),
            },
            E::Text(_)
            | E::Contact(_)
            | E::Evidence(_)
            | E::PhotoFile(_)
            | E::Catalogue(_)
            | E::Position(_)
            | E::Payload(_)
            | E::Photos(_)
            | E::Reason(_)
            | E::Senseless(_)
            | E::Input { .. } => of_input(error),
            E::Bundle(error) => of_bundle(error),
            E::Denied(why) => not_permitted(why.to_string()),
            E::Wish(why) => not_permitted(why.to_string()),
            E::NotNow(why) => not_permitted(why.to_owned()),
            E::NotFound(what) => Self::NotFound { what },
            E::NotEnrolled => Self::NotEnrolled {
                why: "this device is not enrolled; enrol it with the server's address and a code"
                    .to_owned(),
            },
            E::Newer(what) => Self::TooOld {
                what: what.to_owned(),
            },
            E::NeedsPack(_) | E::NoPack(_) => Self::TooOld {
                what: format!("{error}; sync first"),
            },
            E::Busy(what) => Self::Busy {
                what: format!("another {what} is under way; wait for it and try again"),
            },
            E::Transport(_)
            | E::Setup(_)
            | E::Exchange(_)
            | E::Cert(_)
            | E::Pack(_)
            | E::Refused { .. }
            | E::Untrusted(_) => of_network(error),
        }
    }
}

fn storage(problem: StorageProblem) -> GewuError {
    GewuError::Storage { problem }
}

const fn not_permitted(why: String) -> GewuError {
    GewuError::NotPermitted { why }
}

fn of_db(error: DbError) -> GewuError {
    storage(match error {
        DbError::DiskFull => StorageProblem::Full,
        DbError::ReadOnly => StorageProblem::ReadOnly,
        DbError::Corrupt => StorageProblem::Damaged,
        DbError::Suspended => StorageProblem::Suspended,
        DbError::Newer { .. } => {
            return GewuError::TooOld {
                what: error.to_string(),
            };
        }
        DbError::Locked | DbError::Interrupted | DbError::Nested => {
            return GewuError::Busy {
                what: error.to_string(),
            };
        }
        other => StorageProblem::Failed(other.to_string()),
    })
}

fn of_files(error: FilesError) -> StorageProblem {
    match error {
        FilesError::DiskFull => StorageProblem::Full,
        FilesError::ReadOnly => StorageProblem::ReadOnly,
        other => StorageProblem::Failed(other.to_string()),
    }
}

fn of_bundle(error: WriteError) -> GewuError {
    match error {
        WriteError::Sign(_) => storage(StorageProblem::Keys),
        WriteError::Writer(WriterError::Io(error)) | WriteError::File(error) => {
            storage(of_files(FilesError::from(error)))
        }
        WriteError::Writer(WriterError::Changed) => GewuError::Busy {
            what: error.to_string(),
        },
        other => not_permitted(other.to_string()),
    }
}

fn of_input(error: DeviceError) -> GewuError {
    use DeviceError as E;
    use gewu_model::catalogue::CatalogueError as Catalogue;
    use gewu_model::entry::PayloadError as Payload;
    let field = match &error {
        E::Text(_) => "text",
        E::Contact(_) => "contact",
        E::Evidence(_) | E::PhotoFile(_) | E::Photos(_) => "photo",
        E::Catalogue(Catalogue::Edition { .. }) => "edition",
        E::Catalogue(Catalogue::Condition { .. } | Catalogue::Closing { .. }) => "condition",
        E::Catalogue(_) => "class",
        E::Position(_) => "position",
        E::Reason(_) => "reason",
        E::Payload(Payload::Bounds(field)) => field,
        E::Input { field, .. } => field,
        _ => "entry",
    };
    let message = match error {
        E::Input { message, .. } => message.to_owned(),
        E::Payload(Payload::Bounds("score")) => "is a number from 1 to 5".to_owned(),
        E::Payload(Payload::Bounds(_)) => "is too long, empty or out of range".to_owned(),
        other => other.to_string(),
    };
    GewuError::InvalidInput { field, message }
}

fn of_network(error: DeviceError) -> GewuError {
    use DeviceError as E;
    let network = |why: String| GewuError::Network { why };
    match error {
        E::Setup(error) => GewuError::InvalidInput {
            field: "server",
            message: error.to_string(),
        },
        E::Transport(TransportError::Cancelled) => GewuError::Busy {
            what: "the request was cancelled".to_owned(),
        },
        E::Transport(error) => network(format!(
            "{error}; everything is kept, try again when there is a connection"
        )),
        E::Exchange(failure @ Failure::TooOld { .. }) => GewuError::TooOld {
            what: failure.to_string(),
        },
        E::Exchange(failure @ Failure::Revoked { status }) => GewuError::ServerRefused {
            status,
            words: failure.to_string(),
        },
        E::Exchange(failure) => network(failure.to_string()),
        E::Refused { status, words } => GewuError::ServerRefused { status, words },
        other => GewuError::ServerRefused {
            status: 200,
            words: format!("the server's answer was not taken: {other}"),
        },
    }
}
