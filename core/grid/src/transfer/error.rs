//! Why a transfer form is refused.

/// A fault of a pack in transfer form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TransferError {
    /// Other bytes at the start.
    #[error("this is no grid pack in transfer form; fetch it again")]
    NotATransfer,
    /// Written by a later version.
    #[error("grid pack is in transfer form {found} where {known} is understood; update the app", known = super::VERSION)]
    Version {
        /// The version that it states.
        found: u8,
    },
    /// The file would be larger than the caller allows.
    #[error("the grid pack is larger than the {max_bytes} bytes that are allowed for it")]
    TooLarge {
        /// What is allowed.
        max_bytes: u64,
    },
    /// The bytes do not make the file that they announce.
    #[error("grid pack was damaged on the way; fetch it again")]
    Damaged,
}

impl TransferError {
    /// A stable name of the fault for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotATransfer => "transfer_not_a_transfer",
            Self::Version { .. } => "transfer_version",
            Self::TooLarge { .. } => "transfer_too_large",
            Self::Damaged => "transfer_damaged",
        }
    }
}
