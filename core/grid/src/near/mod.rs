//! What stands near a position: components by class, and the address by the nearest door plate.
//!
//! Points lie in the file by raster cell. A question reads the cells that its radius touches, from
//! the point outward, and stops when nothing nearer can follow.

mod address;
mod points;

pub use points::{MAX_NEAREST, MAX_RADIUS_MM, NearPoint};
