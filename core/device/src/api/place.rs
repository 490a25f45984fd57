//! What the packs on the device say of a position.

use std::collections::BTreeMap;

use gewu_model::ids::{Digest, GridCode};
use gewu_model::place::GridCertainty;
use serde::Serialize;

/// Where a position lies.
#[derive(Debug, Clone, PartialEq, Serialize)]
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

/// An area above a unit grid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ParentArea {
    /// Its level, such as `street`.
    pub level: String,
    /// Its code.
    pub code: GridCode,
}

/// A road section at a position.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RoadNearby {
    /// Its code.
    pub code: GridCode,
    /// Distance to its line in metres; none when the unit names the section and another road is nearer, or no
    /// line is here.
    pub distance_m: Option<f64>,
}

/// A unit grid that an accuracy circle reaches.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CandidateGrid {
    /// The unit grid.
    pub unit: GridCode,
    /// Its duty grid.
    pub duty: Option<GridCode>,
    /// Its part of the circle, 0 to 1.
    pub share: f64,
}

/// How a position lies to the user's own duty grids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
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

/// A component near a position.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Nearby {
    /// Its identifier.
    pub name: String,
    /// Its class.
    pub class: String,
    /// Distance in metres.
    pub distance_m: f64,
    /// Longitude in degrees, WGS-84.
    pub lon: f64,
    /// Latitude in degrees, WGS-84.
    pub lat: f64,
    /// What else is known: field name and text.
    pub attributes: BTreeMap<String, String>,
}
