//! Integer points, exact predicates on them, and the local plane in which distances are measured.

mod exact;
mod plane;
mod point;

pub(crate) use exact::{between, orientation};
pub(crate) use plane::{LocalPlane, squared_to_segment};
pub use point::Point;
