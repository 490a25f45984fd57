//! The address of a position in the house style: the nearest plate, the direction, the distance.

use crate::file::{GridFile, PackFault, Section};
use crate::geometry::{LocalPlane, Plane2, Point};

/// A plate farther away says nothing about a place.
const FARTHEST_MM: u32 = 500_000;
/// Nearer than this the plate itself is the address.
const AT_THE_PLATE_MM: u32 = 10;
const WINDS: [&str; 8] = ["东", "东北", "北", "西北", "西", "西南", "南", "东南"];

impl<B: AsRef<[u8]>> GridFile<B> {
    /// The position as seen from the nearest door plate within 500 m, such as
    /// `瑞祥路11号的东北方向13.76米`; `None` without a plate nearby.
    ///
    /// # Errors
    /// [`PackFault`] when the pack has no door plates or they are damaged.
    pub fn address(&self, at: Point) -> Result<Option<String>, PackFault> {
        let nearest = self
            .points(Section::Plates)?
            .near(at, FARTHEST_MM, None, 1)?;
        Ok(nearest.into_iter().next().map(|plate| {
            if plate.distance_mm < AT_THE_PLATE_MM {
                return plate.name;
            }
            let (east, north) = LocalPlane::touching(at).offset(plate.at);
            let wind = wind((-east, -north));
            format!("{}的{wind}方向{}米", plate.name, metres(plate.distance_mm))
        }))
    }
}

/// Metres to the nearest centimetre, half of one upwards. Whole numbers: in binary, half a
/// centimetre lies to either side of itself.
fn metres(distance_mm: u32) -> String {
    let centimetres = (distance_mm + 5) / 10;
    format!("{}.{:02}", centimetres / 100, centimetres % 100)
}

/// The nearest of the eight winds of a direction.
fn wind((east, north): Plane2) -> &'static str {
    let eighths = libm::atan2(north, east) / std::f64::consts::FRAC_PI_4;
    WINDS[(libm::round(eighths) as i64).rem_euclid(8) as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_centimetre_rounds_up() {
        let shown = [208_545, 208_544, 13_755, 10, 99_995, 1_005].map(metres);
        assert_eq!(
            shown,
            ["208.55", "208.54", "13.76", "0.01", "100.00", "1.01"]
        );
    }
}
