//! The errors of the border: those of the SDK, each with its words under `text`. The name
//! `message` belongs to the exceptions of Kotlin.

use std::path::PathBuf as FilePath;

use gewu::GewuError;
use gewu_model::ids::ParseIdError;

pub use gewu::StorageProblem;

/// Why a call failed, by what the app can do about it. `text` is a fragment that reads after
/// *failed:* and holds nothing that a person wrote.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum SdkError {
    /// Something that was handed in cannot be taken: show the text beside the field.
    #[error("{field}: {text}")]
    InvalidInput {
        /// The field.
        field: String,
        /// What is wrong and what to do.
        text: String,
    },
    /// What was named is not on this device: list again, or sync.
    #[error("{text}")]
    NotFound {
        /// What is not there.
        text: String,
    },
    /// The user may not do this, or not now: show why and leave the button out.
    #[error("{text}")]
    NotPermitted {
        /// Why.
        text: String,
    },
    /// The device belongs to no city yet, or lost its key: show the screen for enrolling.
    #[error("{text}")]
    NotEnrolled {
        /// Why.
        text: String,
    },
    /// The device cannot keep or read data: what helps depends on the problem.
    #[error("{text}")]
    Storage {
        /// What is the matter.
        problem: StorageProblem,
        /// The same in words.
        text: String,
    },
    /// The server cannot be reached now: nothing is lost, try later.
    #[error("{text}")]
    Network {
        /// Why.
        text: String,
    },
    /// The server answered, and refused: show its words.
    #[error("{text}")]
    ServerRefused {
        /// The HTTP status.
        status: u16,
        /// Why.
        text: String,
    },
    /// App and server, or app and data, are of versions that do not fit: update, or sync first.
    #[error("{text}")]
    TooOld {
        /// What to update.
        text: String,
    },
    /// Something else is at work: wait for it, then try again.
    #[error("{text}")]
    Busy {
        /// What is at work.
        text: String,
    },
}

/// What is the matter with the storage.
#[uniffi::remote(Enum)]
pub enum StorageProblem {
    /// No room: ask the user to make some, then try again.
    Full,
    /// The folder may not be written: open another one.
    ReadOnly,
    /// The database was damaged. It was moved, not deleted: hand it in for rescue, and open again
    /// to start a new one.
    Corrupt {
        /// Where it is now.
        moved_to: FilePath,
    },
    /// Something that is stored cannot be read: hand in the device's folder for rescue.
    Damaged,
    /// The app suspended the SDK.
    Suspended,
    /// The key store refuses: ask the user to unlock the device, then try again.
    Keys,
    /// The disk failed in another way.
    Failed(String),
}

/// The answer of every exported function.
pub(crate) type Answer<T> = Result<T, SdkError>;

impl From<GewuError> for SdkError {
    fn from(error: GewuError) -> Self {
        use GewuError as E;
        let text = error.to_string();
        match error {
            E::InvalidInput { field, message } => Self::invalid(field, message),
            E::NotFound { .. } => Self::NotFound { text },
            E::NotPermitted { .. } => Self::NotPermitted { text },
            E::NotEnrolled { .. } => Self::NotEnrolled { text },
            E::Storage { problem } => Self::Storage { problem, text },
            E::Network { .. } => Self::Network { text },
            E::ServerRefused { status, .. } => Self::ServerRefused { status, text },
            E::Busy { .. } => Self::Busy { text },
            // What these bindings do not know yet, newer bindings do.
            E::TooOld { .. } | _ => Self::TooOld { text },
        }
    }
}

impl SdkError {
    pub(crate) fn invalid(field: &str, text: String) -> Self {
        let field = as_foreign(field);
        Self::InvalidInput { field, text }
    }

    /// What an app gets that hands in text in the place of an identity.
    pub(crate) fn no_id(field: &str, error: &ParseIdError) -> Self {
        Self::invalid(field, error.to_string())
    }
}

/// The name of a field as Kotlin and Swift write it: `selfHandled` for `self_handled`.
fn as_foreign(field: &str) -> String {
    let mut words = field.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| {
        let (head, rest) = word.split_at(word.len().min(1));
        name + &head.to_ascii_uppercase() + rest
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_named_as_the_app_names_it() {
        let known = [
            ("text", "text"),
            ("self_handled", "selfHandled"),
            ("most_bytes_a_day", "mostBytesADay"),
        ];
        for (core, app) in known {
            let error = SdkError::from(GewuError::InvalidInput {
                field: core,
                message: "is wrong".to_owned(),
            });
            let expected = SdkError::InvalidInput {
                field: app.to_owned(),
                text: "is wrong".to_owned(),
            };
            assert_eq!(error, expected);
        }
    }
}
