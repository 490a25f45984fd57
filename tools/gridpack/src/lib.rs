//! The grid pack builder: from a city's GeoJSON and FlatGeobuf to the input of a `.gewugrid`.
//!
//! A survey's polygons nearly fit: borders that should be one are drawn twice and differ in the
//! last digits, a corner of one cell lies on the edge of another, a ring crosses itself. [`build`]
//! puts everything on the lattice of 1e-7 degree, makes points and borders within the tolerance
//! one, cuts the edges where they meet, and labels every face of the resulting planar graph with
//! the polygons that cover it. What one cell covers is its own; what several cover is an overlap
//! and what none covers is a gap. Both are reported with codes, place and size. The borders
//! between different owners then are the pack's arcs, each stored once, so that the pack is a
//! partition by construction.
//!
//! # Rules
//! - A polygon covers what its shell encloses by even-odd, without what any of its holes encloses.
//! - Points and edges closer than the tolerance (1 cm unless asked otherwise) become one.
//! - Repeated points, open rings, wrong winding and rings that cross themselves are repaired and
//!   reported. GeoJSON prescribes the winding (RFC 7946), FlatGeobuf does not.
//! - Overlaps, duplicate or missing codes, unusable shells and vanished cells are refused. With
//!   [`Options::heal`] the smallest code wins, duplicates merge, and the unusable is left out.
//! - Gaps are reported and left. With [`Options::strict`] every finding refuses the pack.
//! - One measure of metres holds for the whole layer, taken at its middle latitude; the
//!   antimeridian is not served.
//!
//! Decisions are integer arithmetic and do not depend on the order of the features.

mod build;
mod clean;
mod crs;
mod fit;
mod input;
mod layer;
mod partition;
mod plane;
mod report;
mod source;
pub mod synth;

pub use build::{BuildError, Built, build};
pub use crs::{CrsError, SourceCrs};
pub use fit::{Control, Fit, FitError, fit};
pub use input::InputError;
pub use report::{Action, Finding, Kind, Report};
pub use source::{DEFAULT_TOLERANCE_M, Layer, MAX_TOLERANCE_M, Options, Progress, Source};
