//! A city's own plane: metres that surveys of long ago count from a church or a bridge.

use super::Mercator;
use crate::file::Planar;

impl Planar {
    /// Metres east and north in the city's plane of a place in degrees; `None` more than 30° from
    /// the origin.
    pub fn to_plane(&self, lon: f64, lat: f64) -> Option<(f64, f64)> {
        let (x, y) = self.metres_from_origin(lon, lat)?;
        let along = |row: [f64; 3]| row[0] + row[1] * x + row[2] * y;
        Some((along(self.east), along(self.north)))
    }

    /// Longitude and latitude in degrees of metres in the city's plane; `None` when the descriptor
    /// cannot be turned around or the place is more than 30° from the origin.
    pub fn to_degrees(&self, east: f64, north: f64) -> Option<(f64, f64)> {
        let ([a0, a1, a2], [b0, b1, b2]) = (self.east, self.north);
        let area = a1 * b2 - a2 * b1;
        let (u, v) = (east - a0, north - b0);
        let (x, y) = ((b2 * u - a2 * v) / area, (a1 * v - b1 * u) / area);
        let (_, up) = self.mercator().forward(self.lon, self.lat)?;
        self.mercator().inverse(x, y + up)
    }

    /// Metres east and north of the origin on the transverse Mercator plane that touches its
    /// meridian; what the descriptor's coefficients are applied to.
    pub fn metres_from_origin(&self, lon: f64, lat: f64) -> Option<(f64, f64)> {
        let (x, y) = self.mercator().forward(lon, lat)?;
        let (_, up) = self.mercator().forward(self.lon, self.lat)?;
        Some((x, y - up))
    }

    const fn mercator(&self) -> Mercator {
        Mercator::on(self.lon)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Turned by 3°, a little stretched, counted from 67,000 m and 55,000 m: a Helmert map.
    fn city() -> Planar {
        let (turn, stretch) = (3.0_f64.to_radians(), 1.000_02);
        let (c, s) = (stretch * turn.cos(), stretch * turn.sin());
        Planar {
            lon: 123.43,
            lat: 41.8,
            east: [67_000.0, c, s],
            north: [55_000.0, -s, c],
        }
    }

    #[test]
    fn the_origin_has_the_constants_and_a_hundred_metres_are_a_hundred_metres() {
        let here = city().to_plane(123.43, 41.8).unwrap();
        assert!((here.0 - 67_000.0).abs() < 1e-6 && (here.1 - 55_000.0).abs() < 1e-6);
        // 0.0009° of latitude are 99.96 m at 41.8° N (meridian arc of WGS-84).
        let north = city().to_plane(123.43, 41.8009).unwrap();
        let moved = (north.0 - here.0).hypot(north.1 - here.1);
        assert!((moved - 99.961 * 1.000_02).abs() < 0.01, "{moved}");
    }

    #[test]
    fn there_and_back_within_a_tenth_of_a_millimetre() {
        for step in 0..1_000_u32 {
            let lon = 123.43 + f64::from(step * 7_919 % 1_000) / 1_000.0 - 0.5;
            let lat = 41.8 + f64::from(step * 613 % 1_000) / 1_000.0 - 0.5;
            let (east, north) = city().to_plane(lon, lat).unwrap();
            let back = city().to_degrees(east, north).unwrap();
            assert!((back.0 - lon).abs() < 1e-9 && (back.1 - lat).abs() < 1e-9);
        }
    }

    #[test]
    fn a_descriptor_without_area_answers_nothing() {
        let flat = Planar {
            north: city().east,
            ..city()
        };
        assert_eq!(flat.to_degrees(67_000.0, 55_000.0), None);
    }
}
