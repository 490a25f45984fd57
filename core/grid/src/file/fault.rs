//! Why a binary pack is refused.

use super::layout::Section;

/// A fault of a binary pack. Nothing of the faulty section is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PackFault {
    /// Other bytes than a pack's at the start.
    #[error("this is no grid pack; give a file that `gewu grid pack` wrote")]
    NotAPack,
    /// Written by a later format.
    #[error("grid pack has format {found} where {known} is understood; update the app", known = super::layout::FORMAT_VERSION)]
    Version {
        /// The format that the file states.
        found: u32,
    },
    /// Fewer or more bytes than the header states.
    #[error("grid pack is cut off or has bytes behind its end; fetch it again")]
    Length,
    /// Header or section table do not match their checksum, or name impossible places.
    #[error("the head of the grid pack is damaged; fetch it again")]
    Header,
    /// A section does not match its checksum.
    #[error("section {section:?} of the grid pack is damaged; fetch it again")]
    Checksum {
        /// Which one.
        section: Section,
    },
    /// A section that matches its checksum and makes no sense all the same.
    #[error("section {section:?} of the grid pack is malformed; build it again")]
    Malformed {
        /// Which one.
        section: Section,
    },
    /// The pack lacks a layer that the question needs.
    #[error("the grid pack has no section {section:?}; ask for a pack that has this layer")]
    Missing {
        /// Which one.
        section: Section,
    },
}

impl PackFault {
    /// A stable name of the fault for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotAPack => "pack_not_a_pack",
            Self::Version { .. } => "pack_version",
            Self::Length => "pack_length",
            Self::Header => "pack_header",
            Self::Checksum { .. } => "pack_checksum",
            Self::Malformed { .. } => "pack_malformed",
            Self::Missing { .. } => "pack_missing",
        }
    }
}
