//! Where a position lies, from a binary pack.
//!
//! # How the unit of a point is found
//!
//! A raster covers the layer. Each of its cells knows the unit at its south-western corner and the
//! pieces of border that run through it. On the straight way from the corner to the point every
//! border that is crossed exchanges the unit on its one side for the unit on its other. Exchanging
//! *a* for *b* is `unit ^ a ^ b`, which does not depend on the order of the crossings, so the
//! pieces are read once, in any order, and none of them is a polygon that could be "almost" hit.
//!
//! # One point, one unit
//!
//! Whether the way crosses an edge is two exact integer tests. Where one of them gives zero (the
//! point on a border, the way through a vertex) the cell is read again by `walk::carefully`:
//! there the way runs level and upright, all points are moved by the same infinitesimals so that
//! no test gives zero, and every border that the point lies on is noted. A point on borders belongs
//! to the **smallest code** beside them, everywhere the same rule. Units are numbered by their
//! codes, so the smallest number is the smallest code.

mod borders;
mod candidates;
mod extent;
mod locate;
mod roads;
mod units;
mod walk;

pub use candidates::{Candidate, MAX_CANDIDATES, MAX_RADIUS_MM};
pub use locate::{NearRoad, Place};
pub use roads::ROAD_WITHIN_MM;
pub use units::{Belongs, Level, Unit, Units};
