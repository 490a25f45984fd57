//! Why a file is no evidence, each with what the person or the app should do.

use std::fmt;

use crate::sniff::FileType;

/// A refusal. Nothing was kept of the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvidenceError {
    /// Zero bytes.
    #[error("the file is empty; take the picture again")]
    Empty,
    /// More bytes than allowed.
    #[error(
        "the file has {bytes} bytes, more than {limit}; take a picture at a lower resolution, a film or a sound shorter"
    )]
    TooLarge {
        /// What was given.
        bytes: u64,
        /// What is allowed.
        limit: u64,
    },
    /// HEIC, HEIF or AVIF, which phones make and only their platform decodes.
    #[error("the picture is {0}; convert to JPEG first")]
    ConvertFirst(FileType),
    /// A picture or film of a type that is not evidence.
    #[error("the file is {0}; choose a JPEG or PNG picture")]
    Unsupported(FileType),
    /// A film for a private role in which no track is picture or sound.
    #[error(
        "the film has neither picture nor sound, but what may tell place or device (`{track}`); choose another one"
    )]
    NotPrivate {
        /// The handler of its first track, four characters, escaped.
        track: String,
    },
    /// A film or a sound for a private role, of a format that nobody here can clean.
    #[error(
        "the file is {0}, and what it tells of place and device cannot be taken out; take an MP4 film or an M4A, AAC or AMR sound"
    )]
    NotPrivateFormat(FileType),
    /// Text, archives, anything else.
    #[error("the file is not a picture; choose a JPEG or PNG picture")]
    NotAPicture,
    /// The end of the file is missing.
    #[error("the file is cut off or its copy was interrupted; copy or take it again")]
    Truncated,
    /// The file ends as it should and holds only a part of the picture.
    #[error(
        "the picture was cut off or damaged: only {percent} % of it is there; copy or take it again"
    )]
    CutOff {
        /// How much of it is there.
        percent: u8,
    },
    /// The header claims more pixels than allowed.
    #[error(
        "the picture has {width} by {height} pixels, more than {limit} in all; take it at a lower resolution"
    )]
    TooManyPixels {
        /// Claimed width.
        width: u32,
        /// Claimed height.
        height: u32,
        /// Allowed product.
        limit: u64,
    },
    /// Decoding would need more memory than allowed.
    #[error("the picture needs more than {limit} bytes of memory; {costs}")]
    TooMuchMemory {
        /// What is allowed.
        limit: u64,
        /// What makes it need so much.
        costs: Costs,
    },
    /// The decoder gave up.
    #[error("the picture is damaged and cannot be shown; take it again ({reason})")]
    Undecodable {
        /// The decoder's words; they hold no picture data.
        reason: String,
    },
    /// The watcher asked to stop.
    #[error("the work was stopped; nothing was kept")]
    Stopped,
    /// The bytes given as a font are none.
    #[error("the font cannot be read; give a TrueType or OpenType file")]
    Font,
    /// What is to be written into the picture does not fit.
    #[error("the picture cannot be written; its description is too long")]
    Unwritable,
}

/// What makes a picture need much memory, and so what helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Costs {
    /// Its pixels alone.
    Pixels,
    /// An interlaced PNG, which is decoded as a whole.
    Interlaced,
    /// A progressive JPEG: all of its coefficients are kept until the last pass.
    Passes,
}

impl fmt::Display for Costs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pixels => "make it smaller",
            Self::Interlaced => "save it without interlacing, or smaller",
            Self::Passes => "save it as a baseline JPEG (not progressive), or smaller",
        })
    }
}

impl EvidenceError {
    /// A stable name of the refusal for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "photo_empty",
            Self::TooLarge { .. } => "photo_too_large",
            Self::ConvertFirst(_) => "photo_convert_first",
            Self::Unsupported(_) => "photo_unsupported",
            Self::NotPrivate { .. } | Self::NotPrivateFormat(_) => "photo_not_private",
            Self::NotAPicture => "photo_not_a_picture",
            Self::Truncated | Self::CutOff { .. } => "photo_truncated",
            Self::TooManyPixels { .. } => "photo_too_many_pixels",
            Self::TooMuchMemory { .. } => "photo_too_much_memory",
            Self::Undecodable { .. } => "photo_undecodable",
            Self::Stopped => "photo_stopped",
            Self::Font => "photo_font",
            Self::Unwritable => "photo_unwritable",
        }
    }
}
