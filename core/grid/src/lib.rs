//! Where a position lies: the exact unit grid (单元网格) of a measured point.
//!
//! A [`GridPack`] is one city's partition into unit grids, read from the JSON body of a signed
//! pack. [`GridPack::locate`] answers with the one cell that a position belongs to, the distance
//! to that cell's border and how sure the answer is.
//!
//! # One point, one cell
//!
//! Coordinates are integers of 1e-7 degree, borders are straight lines in the longitude and
//! latitude plane, and every side-of-line test is exact integer arithmetic. Cells are *closed*:
//! their border belongs to them. A point on a shared border or vertex therefore lies in several
//! cells, and the **smallest code** (by bytes) among them wins. Codes are unique within a pack,
//! so the answer is unique for every point, whichever device computes it; no point of the
//! district is lost, its outer border included; and the rule still gives one answer if a careless
//! pack has overlaps.
//!
//! # Distances
//!
//! [`Located::border_mm`] is measured in the plane that touches WGS-84 at the position
//! (equirectangular, with the ellipsoid's own radii there), rounded down to a millimetre. For a
//! border at distance *d* the error stays below *d*² · (tan |φ| + 0.1) / R, R ≈ 6,371 km: under
//! 3 mm at 100 m and under 0.25 m at 1 km in the latitudes of China, where 1e-7 degree itself is
//! up to 11 mm. The poles and the antimeridian are not served.
//!
//! # Limits
//!
//! A body from elsewhere may be hostile: size, cell count, codes and coordinates are bounded, and
//! each fault is a [`GridError`] with a stable code. Self-intersecting rings and gaps between
//! cells are the pack tool's business; here they cost neither memory nor a panic.
//!
//! ```
//! use gewu_grid::GridPack;
//! use gewu_model::place::{Datum, GridCertainty, GridRef, Position};
//!
//! let body = br#"{
//!     "format": "gewu-grid/1", "city": "example", "version": 1,
//!     "cells": [{
//!         "code": "990101001001001", "parents": {"street": "990101001"}, "duty": "D1",
//!         "ring": [[1234300000, 418000000], [1234310000, 418000000],
//!                  [1234310000, 418010000], [1234300000, 418010000]]
//!     }]
//! }"#;
//! let pack = GridPack::from_json(body)?;
//! let here = Position::from_degrees(123.4305, 41.8005, Datum::Wgs84, Some(5.0)).unwrap();
//! let grid: GridRef = pack.locate(&here).expect("inside").into();
//! assert_eq!(grid.unit.as_str(), "990101001001001");
//! assert_eq!(grid.certainty, GridCertainty::Certain);
//! # Ok::<(), gewu_grid::GridError>(())
//! ```

pub mod datum;
pub mod file;
pub mod fix;
mod geometry;
mod json;
pub mod lookup;
pub mod near;
pub mod slice;
pub mod transfer;

pub use geometry::Point;
pub use json::{
    Cell, FORMAT, GridError, GridPack, Located, MAX_BODY_BYTES, MAX_CELLS, MAX_CODE_BYTES, Ring,
};
