//! Where a position lies: the exact unit grid (单元网格) of a measured point.
//!
//! A [`file::GridFile`] is a city's place data in one binary file, opened by mapping:
//! [`file::GridFile::locate`] answers with the one unit that a position belongs to, the distance to
//! its border and how sure the answer is; [`near`] says what stands there; [`slice`] cuts the parts
//! that different people may hold.
//!
//! # One point, one unit
//!
//! Coordinates are integers of 1e-7 degree, borders are straight lines in the longitude and
//! latitude plane, and every side-of-line test is exact integer arithmetic. Units are *closed*:
//! their border belongs to them. A point on a shared border or vertex therefore lies in several
//! units, and the **smallest code** (by bytes) among them wins. Codes are unique within a pack,
//! so the answer is unique for every point, whichever device computes it, and no point of the
//! covered area is lost, its outer border included.
//!
//! # Distances
//!
//! [`lookup::Place::border_mm`] is measured in the plane that touches WGS-84 at the position
//! (equirectangular, with the ellipsoid's own radii there), rounded down to a millimetre. For a
//! border at distance *d* the error stays below *d*² · (tan |φ| + 0.1) / R, R ≈ 6,371 km: under
//! 3 mm at 100 m and under 0.25 m at 1 km in the latitudes of China, where 1e-7 degree itself is
//! up to 11 mm. The poles and the antimeridian are not served.
//!
//! # Limits
//!
//! A file from elsewhere may be hostile: every read is bounded, and each fault is a
//! [`file::PackFault`] with a stable code. What a survey has wrong is the pack builder's business.
//!
//! ```
//! use gewu_grid::Point;
//! use gewu_grid::file::{ArcInput, GridFile, PackInput, UnitInput, UnitLayer, write};
//! use gewu_model::place::{Datum, GridCertainty, Position};
//!
//! let corner = |lon_e7, lat_e7| Point { lon_e7, lat_e7 };
//! let (sw, ne) = (corner(1_234_300_000, 418_000_000), corner(1_234_310_000, 418_010_000));
//! let (se, nw) = (corner(ne.lon_e7, sw.lat_e7), corner(sw.lon_e7, ne.lat_e7));
//! let units = UnitLayer {
//!     units: vec![UnitInput {
//!         code: "990101001001001".into(),
//!         parents: [("street".to_owned(), "990101001".into())].into(),
//!         duty: Some("D1".into()),
//!         road: None,
//!     }],
//!     arcs: vec![ArcInput { points: vec![sw, se, ne, nw, sw], left: Some(0), right: None }],
//!     ..UnitLayer::default()
//! };
//! let pack = write(&PackInput { units: Some(units), ..PackInput::default() })?;
//! let pack = GridFile::open_unsigned(pack)?;
//! let here = Position::from_degrees(123.4305, 41.8005, Datum::Wgs84, Some(5.0))?;
//! let grid = pack.locate(&here)?.expect("inside").grid_ref()?;
//! assert_eq!(grid.unit.as_str(), "990101001001001");
//! assert_eq!(grid.certainty, GridCertainty::Certain);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod datum;
pub mod file;
pub mod fix;
mod geometry;
pub mod lookup;
pub mod near;
pub mod slice;
pub mod transfer;

pub use file::input::{MAX_CELLS, MAX_CODE_BYTES};
pub use geometry::Point;
