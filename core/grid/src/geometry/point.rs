//! A point of the integer plane.

use gewu_model::place::Position;

/// A point in 1e-7 degree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Point {
    /// East positive.
    pub lon_e7: i32,
    /// North positive.
    pub lat_e7: i32,
}

impl Point {
    /// Whether the point lies on the globe: ±180° and ±90°.
    pub fn is_on_globe(self) -> bool {
        (-1_800_000_000..=1_800_000_000).contains(&self.lon_e7)
            && (-900_000_000..=900_000_000).contains(&self.lat_e7)
    }
}

impl From<&Position> for Point {
    fn from(at: &Position) -> Self {
        Self {
            lon_e7: at.lon_e7,
            lat_e7: at.lat_e7,
        }
    }
}
