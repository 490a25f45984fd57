//! What goes with an entry in a case.

use gewu_model::ids::{ChangeHash, Role, UnitId};

use super::report::{PhotoFile, PositionInput};

pub use gewu::QueuedCommand;
pub use gewu_model::entry::{CheckResult, ComponentDifference, VerifyResult};
use gewu_model::ids::{CaseId, Digest};

/// What goes with an entry in a case: text, photos and a place, all optional where the kind allows.
#[derive(Debug, Clone, Default, PartialEq, uniffi::Record)]
pub struct ActInput {
    /// The remark.
    #[uniffi(default = None)]
    pub text: Option<String>,
    /// The evidence.
    #[uniffi(default = [])]
    pub photos: Vec<PhotoFile>,
    /// Where the author stands.
    #[uniffi(default = None)]
    pub position: Option<PositionInput>,
    /// In which of the user's roles; left out, the first that permits it.
    #[uniffi(default = None)]
    pub role: Option<Role>,
    /// For which of the user's units; left out, the first that permits it.
    #[uniffi(default = None)]
    pub unit: Option<UnitId>,
    /// The entry of the case that it speaks about; left out, the one that the kind is about by
    /// itself.
    #[uniffi(default = None)]
    pub about: Option<ChangeHash>,
}

impl From<ActInput> for gewu::Act {
    fn from(act: ActInput) -> Self {
        Self {
            text: act.text,
            photos: act.photos.into_iter().map(Into::into).collect(),
            position: act.position,
            role: act.role,
            unit: act.unit,
            about: act.about,
            ..Self::default()
        }
    }
}

/// What a verifier found (核实).
#[uniffi::remote(Enum)]
pub enum VerifyResult {
    /// The problem exists (属实).
    Exists,
    /// It could not be seen.
    Unable,
    /// The problem does not exist (不属实).
    NotExists,
}

/// What a checker found (核查).
#[uniffi::remote(Enum)]
pub enum CheckResult {
    /// The work is done (通过).
    Pass,
    /// It could not be seen.
    Unable,
    /// The work is not done (不通过).
    NotPass,
}

/// How a component differs from what the map says.
#[uniffi::remote(Enum)]
pub enum ComponentDifference {
    /// It stands there and the map does not know it.
    Added,
    /// It stands elsewhere.
    Moved,
    /// It is gone.
    Removed,
    /// Something about it is otherwise.
    Altered,
}

/// A command that waits for the next exchange.
#[uniffi::remote(Record)]
pub struct QueuedCommand {
    /// The case.
    pub case: CaseId,
    /// The name of the command.
    pub command: Digest,
}
