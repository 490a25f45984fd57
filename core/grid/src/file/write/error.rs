//! Why a pack is not written.

use gewu_model::ids::GridCode;

use crate::geometry::Point;

/// A fault of the input. Nothing is written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// More units than [`crate::MAX_CELLS`], or more borders than the format can number.
    #[error("the layer has too many {what}; split it by district")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
    },
    /// A unit layer in which no unit has a border.
    #[error(
        "no unit is left in the layer: every feature was left out or had no area; see the findings"
    )]
    NoUnit,
    /// A code that is empty, too long or holds control characters.
    #[error("unit number {index} has a code that is empty, too long or not printable; correct it")]
    Code {
        /// Place in the input's list, from 0.
        index: usize,
    },
    /// Two units of one code.
    #[error("code {code} occurs twice; give every unit its own code")]
    Duplicate {
        /// The repeated code.
        code: GridCode,
    },
    /// A coordinate off the globe.
    #[error("a point lies beyond 180 degrees east or west or 90 north or south: {at:?}")]
    Coordinates {
        /// The point.
        at: Point,
    },
    /// Two neighbouring points of an arc or line more than 214 degrees apart: it runs around the
    /// globe, which the format does not hold.
    #[error(
        "a line steps over more than 214 degrees at once: borders across the antimeridian or around a pole are not served; cut the layer there"
    )]
    AroundTheGlobe {
        /// Where the step begins.
        at: Point,
    },
    /// An arc or line of fewer than two points, with repeated points, between one unit and itself,
    /// or beside a unit that does not exist.
    #[error(
        "arc number {index} is too short, repeats a point, or does not lie between two different units"
    )]
    Arc {
        /// Place in the input's list, from 0.
        index: usize,
    },
    /// A unit whose arcs do not close, or do not run around it with the unit on their left or right
    /// as they say.
    #[error("the border of unit {code} does not close or has its sides exchanged")]
    Border {
        /// The unit.
        code: GridCode,
    },
    /// The arcs cross each other, so that no unit belongs to a point.
    #[error("the borders near {at:?} contradict each other; node them again")]
    Contradiction {
        /// A point nearby.
        at: Point,
    },
}
