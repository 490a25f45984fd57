//! Positions and grids as a report carries them: integers, computed once on the authoring device.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::ids::{Digest, GridCode};

/// What a coordinate refers to. A position cannot exist without one.
///
/// Stored positions are WGS-84 or CGCS2000; GCJ-02 and BD-09 exist at the border only.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Datum {
    /// What satellite receivers give.
    #[n(0)]
    Wgs84,
    /// The national frame; equal to WGS-84 for a phone's accuracy.
    #[n(1)]
    Cgcs2000,
}

/// A measured place on the ground.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Position {
    /// Longitude in 1e-7 degree, east positive, −1,800,000,000 to 1,800,000,000.
    #[n(0)]
    pub lon_e7: i32,
    /// Latitude in 1e-7 degree, north positive, −900,000,000 to 900,000,000.
    #[n(1)]
    pub lat_e7: i32,
    /// The frame of the two numbers.
    #[n(2)]
    pub datum: Datum,
    /// Radius of the 68 % circle in millimetres; `None` when the receiver did not say.
    #[n(3)]
    pub accuracy_mm: Option<u32>,
}

/// Why a pair of numbers is no position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PositionError {
    /// Longitude beyond ±180°.
    #[error("longitude must lie between -180 and 180 degrees")]
    Longitude,
    /// Latitude beyond ±90°.
    #[error("latitude must lie between -90 and 90 degrees")]
    Latitude,
    /// A negative or absurd accuracy.
    #[error("accuracy must lie between 0 and 100000 metres")]
    Accuracy,
}

/// The largest accuracy, in millimetres, that can excuse a place outside the own duty grids: a fix
/// coarser than 200 m says too little of where its author stood.
pub const MAX_REACH_MM: u32 = 200_000;

impl Position {
    /// The radius in millimetres within which the place may lie elsewhere than its numbers say, as
    /// far as the duty rule counts it. `None` where the receiver gave no accuracy, or one coarser
    /// than [`MAX_REACH_MM`]. Device and server go by this.
    pub fn reach_mm(&self) -> Option<u32> {
        self.accuracy_mm
            .filter(|radius| (1..=MAX_REACH_MM).contains(radius))
    }

    /// A position from degrees and metres, rounded once to 1e-7 degree and millimetres.
    ///
    /// # Errors
    /// [`PositionError`] names the number that is out of range or not a number.
    pub fn from_degrees(
        lon: f64,
        lat: f64,
        datum: Datum,
        accuracy_m: Option<f64>,
    ) -> Result<Self, PositionError> {
        if !(-180.0..=180.0).contains(&lon) {
            return Err(PositionError::Longitude);
        }
        if !(-90.0..=90.0).contains(&lat) {
            return Err(PositionError::Latitude);
        }
        let accuracy_mm = match accuracy_m {
            Some(metres) if !(0.0..=100_000.0).contains(&metres) => {
                return Err(PositionError::Accuracy);
            }
            Some(metres) => Some((metres * 1_000.0).round() as u32),
            None => None,
        };
        Ok(Self {
            lon_e7: (lon * 1e7).round() as i32,
            lat_e7: (lat * 1e7).round() as i32,
            datum,
            accuracy_mm,
        })
    }

    /// Whether both coordinates lie on the globe; what arrives from elsewhere may not.
    pub fn is_valid(&self) -> bool {
        (-1_800_000_000..=1_800_000_000).contains(&self.lon_e7)
            && (-900_000_000..=900_000_000).contains(&self.lat_e7)
            && self.accuracy_mm.is_none_or(|mm| mm <= 100_000_000)
    }
}

/// How sure the grid of a position is, given the accuracy circle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum GridCertainty {
    /// The whole accuracy circle lies in the grid.
    #[n(0)]
    Certain,
    /// The circle crosses the grid's border.
    #[n(1)]
    Border,
    /// The receiver gave no accuracy, or nought, which none has.
    #[n(2)]
    Unknown,
}

/// The grid that the authoring device found for a position. Computed once; nobody recomputes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct GridRef {
    /// The unit grid (单元网格).
    #[n(0)]
    pub unit: GridCode,
    /// The duty grid (责任网格) that holds it.
    #[n(1)]
    pub duty: Option<GridCode>,
    /// The road-chief section, when one is near.
    #[n(2)]
    pub road: Option<GridCode>,
    /// SHA-256 of the grid pack that gave the answer.
    #[n(3)]
    pub pack: Digest,
    /// How sure the answer is.
    #[n(4)]
    pub certainty: GridCertainty,
    /// Distance to the nearest border of the unit grid in millimetres.
    #[n(5)]
    pub border_mm: u32,
    /// The administrative level, such as `community`, when `unit` is an area of that level because
    /// the author's pack has no unit grids. `None`: `unit` is a unit grid.
    #[n(6)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_are_rounded_once_and_bounded() {
        let at = Position::from_degrees(123.45678905, 41.8, Datum::Wgs84, Some(4.5));
        assert_eq!(at.as_ref().map(|p| p.accuracy_mm), Ok(Some(4_500)));
        assert_eq!(at.map(|p| p.lat_e7), Ok(418_000_000));
        let nought = Position::from_degrees(1.0, 1.0, Datum::Wgs84, Some(0.0));
        assert_eq!(nought.map(|p| p.reach_mm()), Ok(None));
        let bad = |lon, lat| Position::from_degrees(lon, lat, Datum::Wgs84, None);
        assert_eq!(bad(180.1, 0.0), Err(PositionError::Longitude));
        assert_eq!(bad(0.0, f64::NAN), Err(PositionError::Latitude));
    }
}
