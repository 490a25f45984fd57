//! Integer points, exact predicates on them, and the local plane in which distances are measured.

mod exact;
mod plane;
mod point;

pub(crate) use exact::{level_crosses, touches, upright_crosses};
pub(crate) use plane::{End, LocalPlane, Plane2, nearer};
pub use point::Point;
