//! What a pack is written from. The builder fills these; [`crate::file::write`] checks and encodes.

use std::collections::BTreeMap;

use gewu_model::ids::GridCode;

use super::cut::Cut;
use crate::geometry::Point;

/// The most units or roads that a pack may hold; the largest cities have some hundred thousand.
pub const MAX_CELLS: usize = 1_000_000;
/// The longest code; codes are the city's own and never parsed.
pub const MAX_CODE_BYTES: usize = 64;

/// Everything of one pack. All coordinates are WGS-84 or CGCS2000 in 1e-7 degree.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PackInput {
    /// The city that issues the pack.
    pub city: String,
    /// Rises with every state of the survey that the city issues.
    pub version: u64,
    /// Where the coordinates came from.
    pub crs: Crs,
    /// What it was cut from; the default for a survey's own pack.
    pub cut: Cut,
    /// The partition into unit grids (or administrative areas, for a citizen's pack).
    pub units: Option<UnitLayer>,
    /// Who may hold the road sections, and how sensitive they are.
    pub roads_meta: LayerMeta,
    /// Road sections (路段).
    pub roads: Vec<RoadInput>,
    /// Who may hold the components, and how sensitive they are.
    pub components_meta: LayerMeta,
    /// Components (部件).
    pub components: Vec<PointInput>,
    /// Who may hold the door plates, and how sensitive they are.
    pub plates_meta: LayerMeta,
    /// Door plates (门牌); [`PointInput::name`] is the address as it is spoken.
    pub plates: Vec<PointInput>,
}

/// Who a layer is made for. Whoever serves packs cuts by it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Audience {
    /// Everyone, citizens included.
    Public = 0,
    /// Inspectors and work crews.
    #[default]
    Field = 1,
    /// The control room only.
    Operator = 2,
}

/// How a layer must be handled; surveying law grades maps.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Sensitivity {
    /// May be published.
    Open = 0,
    /// For the administration's own use.
    #[default]
    Internal = 1,
    /// Needs a reason to be held.
    Restricted = 2,
}

/// What a layer says about itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct LayerMeta {
    /// Who it is made for.
    pub audience: Audience,
    /// How it must be handled.
    pub sensitivity: Sensitivity,
}

/// Where the coordinates of a pack came from, kept so that they can be carried back.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum Crs {
    /// WGS-84 longitude and latitude.
    #[default]
    Wgs84,
    /// CGCS2000 longitude and latitude.
    Cgcs2000,
    /// Measured in a city's own plane and converted by this descriptor.
    Planar(Planar),
}

/// A city's own plane as an affine map of the transverse Mercator plane that touches the origin's
/// meridian.
///
/// `east = a0 + a1·x + a2·y`, `north = b0 + b1·x + b2·y`, all in metres, x and y counted from the
/// origin ([`Planar::metres_from_origin`]). A Helmert transformation is the case `a1 = b2`, `b1 = −a2`. An
/// affine map of degrees would be tens of metres off at the edge of a large city.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Planar {
    /// Origin longitude in degrees.
    pub lon: f64,
    /// Origin latitude in degrees.
    pub lat: f64,
    /// a0, a1, a2.
    pub east: [f64; 3],
    /// b0, b1, b2.
    pub north: [f64; 3],
}

/// A noded planar partition: arcs meet at their ends only and do not cross or overlap.
///
/// The smallest code wins on a shared border. What lies beside no unit is outside.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct UnitLayer {
    /// Who may hold it, and how sensitive it is.
    pub meta: LayerMeta,
    /// In any order; the writer sorts by code. Codes are unique.
    pub units: Vec<UnitInput>,
    /// The borders, each once.
    pub arcs: Vec<ArcInput>,
    /// Whether the builder found no gap between units inside the covered area.
    pub gap_free: bool,
}

/// One unit grid without its border.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitInput {
    /// Its own code, 1 to [`crate::MAX_CODE_BYTES`] printable bytes.
    pub code: GridCode,
    /// Codes of the administrative levels above, by level: `street`, `community`, …
    pub parents: BTreeMap<String, GridCode>,
    /// The duty grid (责任网格) that holds it.
    pub duty: Option<GridCode>,
    /// The road-chief section that the survey assigns to it.
    pub road: Option<GridCode>,
}

/// A stretch of border between two units, or between a unit and the outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArcInput {
    /// At least two points, no two neighbours equal; first and last are equal for a lone ring.
    pub points: Vec<Point>,
    /// Place in [`UnitLayer::units`] of what lies on the left when walking along; `None` outside.
    pub left: Option<u32>,
    /// The same on the right. Differs from `left`.
    pub right: Option<u32>,
}

/// A road section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoadInput {
    /// Its code.
    pub code: GridCode,
    /// Its lines, each of at least two points.
    pub lines: Vec<Vec<Point>>,
    /// What else is known: field name and text.
    pub attributes: Vec<(String, String)>,
}

/// A component or a door plate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PointInput {
    /// Identifier of a component; the spoken address of a plate.
    pub name: String,
    /// Class of a component as the catalogue writes it; empty for a plate.
    pub class: String,
    /// Where it stands.
    pub at: Point,
    /// What else is known: field name and text.
    pub attributes: Vec<(String, String)>,
}
