//! Frames of coordinates at the border: what a platform gives becomes a stored position once.
//!
//! WGS-84 and CGCS2000 are one for a phone (ellipsoids differ by 0.1 mm, frames by about 0.6 m).
//! GCJ-02 is the shift that public maps in mainland China carry, BD-09 a second shift upon it. The
//! true algorithm is not public; the open formula agrees with vendors' services to about 1 m.

mod formula;
mod mercator;
mod plane;

pub use mercator::Mercator;

use gewu_model::place::{Datum, Position, PositionError};

/// A frame that coordinates arrive or leave in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Frame {
    /// Satellite receivers, Android, iOS.
    Wgs84,
    /// The national frame.
    Cgcs2000,
    /// AMap, Tencent, MapKit in China.
    Gcj02,
    /// Baidu.
    Bd09,
}

/// A pair of degrees that knows its frame. There is no way to make one without.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DatumPoint {
    lon: f64,
    lat: f64,
    frame: Frame,
}

impl DatumPoint {
    /// Degrees in a frame.
    ///
    /// # Errors
    /// [`PositionError`] when a number is out of range or not a number.
    pub fn new(lon: f64, lat: f64, frame: Frame) -> Result<Self, PositionError> {
        if !(-180.0..=180.0).contains(&lon) {
            return Err(PositionError::Longitude);
        }
        if !(-90.0..=90.0).contains(&lat) {
            return Err(PositionError::Latitude);
        }
        Ok(Self { lon, lat, frame })
    }

    /// Longitude in degrees.
    pub const fn lon(&self) -> f64 {
        self.lon
    }

    /// Latitude in degrees.
    pub const fn lat(&self) -> f64 {
        self.lat
    }

    /// The frame of the two.
    pub const fn frame(&self) -> Frame {
        self.frame
    }

    /// The same place in another frame. Inverses are iterated to below 1 mm of the formula.
    pub fn to(&self, frame: Frame) -> Self {
        let (lon, lat) = match (self.family(), family(frame)) {
            (from, to) if from == to => (self.lon, self.lat),
            (Frame::Gcj02, Frame::Bd09) => formula::gcj_to_bd((self.lon, self.lat)),
            (Frame::Bd09, Frame::Gcj02) => formula::bd_to_gcj((self.lon, self.lat)),
            (_, to) => formula::from_wgs(to, formula::to_wgs(self.family(), (self.lon, self.lat))),
        };
        Self { lon, lat, frame }
    }

    /// The position that is stored: WGS-84 or CGCS2000, rounded once to 1e-7 degree.
    ///
    /// # Errors
    /// [`PositionError`] when the accuracy is negative or absurd.
    pub fn to_position(&self, accuracy_m: Option<f64>) -> Result<Position, PositionError> {
        let (stored, datum) = match self.frame {
            Frame::Cgcs2000 => (*self, Datum::Cgcs2000),
            _ => (self.to(Frame::Wgs84), Datum::Wgs84),
        };
        Position::from_degrees(stored.lon, stored.lat, datum, accuracy_m)
    }

    fn family(&self) -> Frame {
        family(self.frame)
    }
}

/// CGCS2000 counts as WGS-84.
const fn family(frame: Frame) -> Frame {
    match frame {
        Frame::Cgcs2000 => Frame::Wgs84,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_near(found: (f64, f64), lat: f64, lon: f64, tolerance: f64) {
        let off = (found.0 - lon).abs().max((found.1 - lat).abs());
        assert!(
            off < tolerance,
            "{found:?} is {off} degrees off {lon}, {lat}"
        );
    }

    fn convert(lon: f64, lat: f64, from: Frame, to: Frame) -> (f64, f64) {
        let there = DatumPoint::new(lon, lat, from).unwrap().to(to);
        (there.lon(), there.lat())
    }

    #[test]
    fn reference_vectors() {
        use Frame::{Bd09, Gcj02, Wgs84};
        let gcj = |lat, lon| convert(lon, lat, Wgs84, Gcj02);
        let exact = 1e-11;
        assert_near(
            gcj(31.1774276, 121.5272106),
            31.17530398364597,
            121.531541859215,
            exact,
        );
        assert_near(
            gcj(22.543847, 113.912316),
            22.540796131694766,
            113.9171764808363,
            exact,
        );
        assert_near(
            gcj(39.911954, 116.377817),
            39.91334545536069,
            116.38404722455657,
            exact,
        );
        assert_near(
            gcj(39.915, 116.404),
            39.91640428150164,
            116.41024449916938,
            exact,
        );
        let bd = convert(116.404, 39.915, Gcj02, Bd09);
        assert_near(bd, 39.92133699351021, 116.41036949371029, exact);
        // The vectors' inverses are single steps: the iterated ones lie within their stated error.
        let back = convert(116.404, 39.915, Bd09, Gcj02);
        assert_near(back, 39.90865673957631, 116.39762729119315, 3e-6);
        let back = convert(116.404, 39.915, Gcj02, Wgs84);
        assert_near(back, 39.91359571849836, 116.39775550083061, 5e-5);
    }

    #[test]
    fn there_and_back_is_less_than_a_millimetre() {
        let frames = [Frame::Gcj02, Frame::Bd09];
        for step in 0..20_000_u32 {
            let lon = 74.0 + 60.0 * f64::from(step * 7_919 % 20_000) / 20_000.0;
            let lat = 4.0 + 49.0 * f64::from(step * 104_729 % 20_000) / 20_000.0;
            for frame in frames {
                let there = DatumPoint::new(lon, lat, Frame::Wgs84).unwrap().to(frame);
                let back = there.to(Frame::Wgs84);
                assert_near((back.lon(), back.lat()), lat, lon, 9e-9);
            }
        }
    }

    #[test]
    fn outside_the_box_nothing_moves() {
        for (lon, lat) in [(2.35, 48.85), (140.0, 40.0), (-74.0, 40.7), (100.0, -5.0)] {
            for frame in [Frame::Gcj02, Frame::Bd09, Frame::Cgcs2000] {
                assert_eq!(convert(lon, lat, Frame::Wgs84, frame), (lon, lat));
                assert_eq!(convert(lon, lat, frame, Frame::Wgs84), (lon, lat));
            }
        }
    }

    #[test]
    fn a_position_is_stored_in_the_national_or_the_satellites_frame() {
        let shifted = DatumPoint::new(121.531541859215, 31.17530398364597, Frame::Gcj02).unwrap();
        let stored = shifted.to_position(Some(3.0)).unwrap();
        assert_eq!((stored.lon_e7, stored.lat_e7), (1_215_272_106, 311_774_276));
        assert_eq!(stored.datum, Datum::Wgs84);
        let national = DatumPoint::new(121.5, 31.1, Frame::Cgcs2000).unwrap();
        assert_eq!(national.to_position(None).unwrap().datum, Datum::Cgcs2000);
        assert!(DatumPoint::new(f64::NAN, 0.0, Frame::Wgs84).is_err());
    }
}
