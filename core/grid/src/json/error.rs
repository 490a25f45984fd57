//! Why a grid pack is refused.

use gewu_model::ids::GridCode;

/// A fault of a pack body. Whoever made the pack must repair it; nothing of it is used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GridError {
    /// More bytes than [`crate::MAX_BODY_BYTES`].
    #[error("grid pack has {bytes} bytes, more than {limit}; split it by district")]
    TooLarge {
        /// What was given.
        bytes: usize,
        /// What is allowed.
        limit: usize,
    },
    /// Not JSON of the expected shape.
    #[error("grid pack is not readable at line {line}, column {column}; build it again: {reason}")]
    Json {
        /// Line of the fault, from 1.
        line: usize,
        /// Column of the fault, from 1.
        column: usize,
        /// The parser's words.
        reason: String,
    },
    /// A format that this version does not know.
    #[error("grid pack has the format {found:?} where {expected:?} is understood; update the app or build the pack again", expected = crate::FORMAT)]
    Format {
        /// What the pack calls itself, cut to a sane length.
        found: String,
    },
    /// A pack without a cell.
    #[error("grid pack holds no cells; build it again from the survey")]
    Empty,
    /// More cells than [`crate::MAX_CELLS`].
    #[error("grid pack holds more than {limit} cells; split it by district")]
    TooManyCells {
        /// What is allowed.
        limit: usize,
    },
    /// A code that is empty, too long or holds control characters.
    #[error(
        "cell number {index} has a code or parent code that is empty, too long or not printable; correct the survey"
    )]
    Code {
        /// Place in the pack's list, from 0.
        index: usize,
    },
    /// Two cells of one code.
    #[error("grid code {code} occurs twice; give every cell its own code")]
    Duplicate {
        /// The repeated code.
        code: GridCode,
    },
    /// A ring of fewer than three different points, or without area.
    #[error(
        "cell {code} has a ring without area; give it at least three points that are not on a line"
    )]
    Ring {
        /// The cell.
        code: GridCode,
    },
    /// A coordinate off the globe.
    #[error(
        "cell {code} has a point beyond 180 degrees east or west or 90 degrees north or south; coordinates are longitude, latitude in 1e-7 degree"
    )]
    Coordinates {
        /// The cell.
        code: GridCode,
    },
}

impl GridError {
    /// A stable name of the fault for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "grid_too_large",
            Self::Json { .. } => "grid_json",
            Self::Format { .. } => "grid_format",
            Self::Empty => "grid_empty",
            Self::TooManyCells { .. } => "grid_too_many_cells",
            Self::Code { .. } => "grid_code",
            Self::Duplicate { .. } => "grid_duplicate",
            Self::Ring { .. } => "grid_ring",
            Self::Coordinates { .. } => "grid_coordinates",
        }
    }
}

impl From<serde_json::Error> for GridError {
    fn from(error: serde_json::Error) -> Self {
        Self::Json {
            line: error.line(),
            column: error.column(),
            reason: error.to_string(),
        }
    }
}
