//! What the map on the device says.

use std::collections::HashMap;

use gewu_model::ids::{Digest, GridCode};

pub use gewu::{CandidateGrid, Located, OwnDuty, ParentArea, RoadNearby};
pub use gewu_model::place::GridCertainty;

/// How sure the grid of a position is, given the accuracy circle.
#[uniffi::remote(Enum)]
pub enum GridCertainty {
    /// The whole accuracy circle lies in the grid.
    Certain,
    /// The circle crosses the grid's border.
    Border,
    /// The receiver gave no accuracy, or nought, which none has.
    Unknown,
}

/// How a position lies to the user's own duty grids.
#[uniffi::remote(Enum)]
pub enum OwnDuty {
    /// The user is bound to none.
    Unbound,
    /// In one of them.
    Inside,
    /// Beside them, but the accuracy circle reaches one: it may be there.
    Reached,
    /// Outside for sure.
    Outside,
}

/// An area above a unit grid.
#[uniffi::remote(Record)]
pub struct ParentArea {
    /// Its level, such as `street`.
    pub level: String,
    /// Its code.
    pub code: GridCode,
}

/// A road section at a position.
#[uniffi::remote(Record)]
pub struct RoadNearby {
    /// Its code.
    pub code: GridCode,
    /// Distance to its line in metres; none when the unit names the section and another road is
    /// nearer, or no line is here.
    pub distance_m: Option<f64>,
}

/// A unit grid that an accuracy circle reaches.
#[uniffi::remote(Record)]
pub struct CandidateGrid {
    /// The unit grid.
    pub unit: GridCode,
    /// Its duty grid.
    pub duty: Option<GridCode>,
    /// Its part of the circle, 0 to 1.
    pub share: f64,
}

/// Where a position lies.
#[uniffi::remote(Record)]
pub struct Located {
    /// Longitude as it is stored: WGS-84 degrees, whatever frame was given.
    pub lon: f64,
    /// Latitude as it is stored.
    pub lat: f64,
    /// The unit grid, or the area when `level` says so.
    pub unit: GridCode,
    /// The administrative level of `unit` when the device has areas only there; none for a unit grid.
    pub level: Option<String>,
    /// What lies above the unit, in the order of the levels' names.
    pub parents: Vec<ParentArea>,
    /// The duty grid that holds the unit.
    pub duty: Option<GridCode>,
    /// The road section.
    pub road: Option<RoadNearby>,
    /// Distance to the nearest border of the unit in metres.
    pub border_m: f64,
    /// Whether the accuracy circle stays inside the unit.
    pub certainty: GridCertainty,
    /// The units that the accuracy circle reaches with their shares of it, the largest first; empty
    /// when there is only the one.
    pub candidates: Vec<CandidateGrid>,
    /// How the position lies to the user's own duty grids.
    pub own_duty: OwnDuty,
    /// SHA-256 of the pack that gave the answer.
    pub pack: Digest,
}

/// A component near a position.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct NearbyComponent {
    /// Its identifier.
    pub name: String,
    /// The code of its class.
    pub class: String,
    /// Distance in metres.
    pub distance_m: f64,
    /// Longitude in degrees, WGS-84.
    pub lon: f64,
    /// Latitude in degrees, WGS-84.
    pub lat: f64,
    /// What else is known: field name and text.
    pub attributes: HashMap<String, String>,
}

impl From<gewu::Nearby> for NearbyComponent {
    fn from(nearby: gewu::Nearby) -> Self {
        Self {
            name: nearby.name,
            class: nearby.class,
            distance_m: nearby.distance_m,
            lon: nearby.lon,
            lat: nearby.lat,
            attributes: nearby.attributes.into_iter().collect(),
        }
    }
}
