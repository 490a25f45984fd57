//! What a file's coordinates are, and the way from there to degrees.

use std::str::FromStr;

use gewu_grid::datum::{DatumPoint, Frame, Mercator};
use gewu_grid::file::{Crs, Planar};
use serde::{Deserialize, Serialize};

use crate::input::Coordinate;

/// The frame of a source file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SourceCrs {
    /// Longitude and latitude in degrees; GCJ-02 and BD-09 are turned back.
    Degrees(Frame),
    /// A Gauss-Krüger or UTM plane of the frame.
    Mercator(Mercator, Frame),
    /// EPSG:3857, which web maps draw in.
    Web,
    /// A city's own plane.
    Plane(Planar),
}

/// Why a name of coordinates means nothing here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CrsError {
    /// Neither a frame's name nor a code that is known here.
    #[error(
        "coordinates '{0}' are not known here; name wgs84, cgcs2000, gcj02, bd09, EPSG:4491 to 4554 (CGCS2000 Gauss-Kruger), EPSG:32601 to 32760 (UTM), EPSG:3857, gk:MERIDIAN[,EAST[,NORTH]] or planar:LON,LAT,A0,A1,A2,B0,B1,B2, or convert the file first (ogr2ogr -t_srs EPSG:4326 OUT.geojson IN)"
    )]
    Unknown(String),
    /// Numbers that make no plane.
    #[error("the plane needs {0}")]
    Numbers(&'static str),
    /// A descriptor that cannot be read.
    #[error("the descriptor of the plane cannot be read: {0}")]
    Json(String),
}

impl SourceCrs {
    /// From a descriptor in JSON, as [`SourceCrs::to_json`] writes it:
    /// `{"plane": {"lon", "lat", "east": [a0, a1, a2], "north": [b0, b1, b2]}}` or
    /// `{"gauss_kruger": {"meridian", "scale", "false_east", "false_north"}}`.
    ///
    /// # Errors
    /// [`CrsError`] says what is wrong.
    pub fn from_json(text: &str) -> Result<Self, CrsError> {
        let read: Descriptor =
            serde_json::from_str(text).map_err(|error| CrsError::Json(error.to_string()))?;
        match read {
            Descriptor::Plane(plane) => planar(Planar {
                lon: plane.lon,
                lat: plane.lat,
                east: plane.east,
                north: plane.north,
            }),
            Descriptor::GaussKruger(plane) => gauss(Mercator {
                meridian: plane.meridian,
                scale: plane.scale,
                false_east: plane.false_east,
                false_north: plane.false_north,
            }),
        }
    }

    /// The descriptor of a city's plane, to be kept with the survey.
    pub fn to_json(plane: &Planar) -> String {
        let described = Descriptor::Plane(PlaneText {
            lon: plane.lon,
            lat: plane.lat,
            east: plane.east,
            north: plane.north,
        });
        serde_json::to_string_pretty(&described).unwrap_or_default()
    }

    /// Degrees of WGS-84 or CGCS2000; not a number where there is no answer.
    pub(crate) fn degrees(&self, [x, y]: Coordinate) -> Coordinate {
        let found = match self {
            Self::Degrees(Frame::Wgs84 | Frame::Cgcs2000) => Some((x, y)),
            Self::Degrees(frame) => DatumPoint::new(x, y, *frame).ok().map(|at| {
                let at = at.to(Frame::Wgs84);
                (at.lon(), at.lat())
            }),
            Self::Mercator(plane, _) => plane.inverse(x, y),
            Self::Web => Some(web(x, y)),
            Self::Plane(plane) => plane.to_degrees(x, y),
        };
        found.map_or([f64::NAN; 2], |(lon, lat)| [lon, lat])
    }

    /// Whether degrees come in as degrees, so that others are a mistake.
    pub(crate) const fn is_degrees(&self) -> bool {
        matches!(self, Self::Degrees(_))
    }

    /// What the pack says about its origin.
    pub const fn stored(&self) -> Crs {
        match self {
            Self::Degrees(Frame::Cgcs2000) | Self::Mercator(_, Frame::Cgcs2000) => Crs::Cgcs2000,
            Self::Plane(plane) => Crs::Planar(*plane),
            _ => Crs::Wgs84,
        }
    }
}

impl FromStr for SourceCrs {
    type Err = CrsError;

    /// A frame's name, an EPSG code in any of its spellings, or numbers of a plane.
    fn from_str(name: &str) -> Result<Self, CrsError> {
        let unknown = || CrsError::Unknown(name.to_owned());
        let upper = name.trim().to_ascii_uppercase();
        if let Some(numbers) = upper.strip_prefix("PLANAR:") {
            return inline_plane(&numbers_of(numbers).ok_or_else(unknown)?);
        }
        if let Some(numbers) = upper.strip_prefix("GK:") {
            return inline_gauss(&numbers_of(numbers).ok_or_else(unknown)?);
        }
        let last = upper.rsplit([':', '/']).next().unwrap_or_default();
        named(last).ok_or_else(unknown)
    }
}

fn named(name: &str) -> Option<SourceCrs> {
    Some(match name {
        "WGS84" | "CRS84" | "CRS84H" | "4326" | "4979" => SourceCrs::Degrees(Frame::Wgs84),
        "CGCS2000" | "4490" | "4480" => SourceCrs::Degrees(Frame::Cgcs2000),
        "GCJ02" => SourceCrs::Degrees(Frame::Gcj02),
        "BD09" => SourceCrs::Degrees(Frame::Bd09),
        "3857" | "900913" | "3785" => SourceCrs::Web,
        code => plane_of(code.parse().ok()?)?,
    })
}

/// The projected systems of EPSG that are metres of WGS-84 or CGCS2000.
fn plane_of(code: u32) -> Option<SourceCrs> {
    let national = |meridian: u32, zone: u32| {
        let false_east = f64::from(zone) * 1e6 + 500_000.0;
        let plane = Mercator {
            false_east,
            ..Mercator::on(f64::from(meridian))
        };
        SourceCrs::Mercator(plane, Frame::Cgcs2000)
    };
    Some(match code {
        4491..=4501 => national(75 + 6 * (code - 4491), 13 + code - 4491),
        4502..=4512 => national(75 + 6 * (code - 4502), 0),
        4513..=4533 => national(75 + 3 * (code - 4513), 25 + code - 4513),
        4534..=4554 => national(75 + 3 * (code - 4534), 0),
        32_601..=32_660 => utm(code - 32_600, 0.0),
        32_701..=32_760 => utm(code - 32_700, 10_000_000.0),
        _ => return None,
    })
}

fn utm(zone: u32, false_north: f64) -> SourceCrs {
    let plane = Mercator {
        meridian: f64::from(zone) * 6.0 - 183.0,
        scale: 0.9996,
        false_east: 500_000.0,
        false_north,
    };
    SourceCrs::Mercator(plane, Frame::Wgs84)
}

/// Spherical Mercator on the half axis of WGS-84: EPSG method 1024.
fn web(x: f64, y: f64) -> (f64, f64) {
    const RADIUS: f64 = 6_378_137.0;
    let lat = libm::atan(libm::sinh(y / RADIUS)).to_degrees();
    ((x / RADIUS).to_degrees(), lat)
}

fn numbers_of(text: &str) -> Option<Vec<f64>> {
    text.split(',').map(|n| n.trim().parse().ok()).collect()
}

fn inline_plane(numbers: &[f64]) -> Result<SourceCrs, CrsError> {
    let &[lon, lat, a0, a1, a2, b0, b1, b2] = numbers else {
        return Err(CrsError::Numbers("eight numbers"));
    };
    planar(Planar {
        lon,
        lat,
        east: [a0, a1, a2],
        north: [b0, b1, b2],
    })
}

fn inline_gauss(numbers: &[f64]) -> Result<SourceCrs, CrsError> {
    let &[meridian, ref rest @ ..] = numbers else {
        return Err(CrsError::Numbers("a meridian"));
    };
    let (false_east, false_north) = match *rest {
        [] => (500_000.0, 0.0),
        [east] => (east, 0.0),
        [east, north] => (east, north),
        _ => return Err(CrsError::Numbers("at most three numbers")),
    };
    gauss(Mercator {
        meridian,
        scale: 1.0,
        false_east,
        false_north,
    })
}

fn planar(plane: Planar) -> Result<SourceCrs, CrsError> {
    let area = plane.east[1] * plane.north[2] - plane.east[2] * plane.north[1];
    if !(0.25..=4.0).contains(&area) {
        return Err(CrsError::Numbers(
            "coefficients that keep lengths and do not swap east and north",
        ));
    }
    match plane.to_degrees(plane.east[0], plane.north[0]) {
        Some(_) if plane.lon.abs() <= 180.0 => Ok(SourceCrs::Plane(plane)),
        _ => Err(CrsError::Numbers("an origin on the globe, in degrees")),
    }
}

fn gauss(plane: Mercator) -> Result<SourceCrs, CrsError> {
    let sound = plane.meridian.abs() <= 180.0
        && (0.9..=1.1).contains(&plane.scale)
        && plane.false_east.is_finite()
        && plane.false_north.is_finite();
    match sound {
        true => Ok(SourceCrs::Mercator(plane, Frame::Cgcs2000)),
        false => Err(CrsError::Numbers(
            "a meridian between -180 and 180 and a scale near 1",
        )),
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Descriptor {
    Plane(PlaneText),
    GaussKruger(GaussText),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlaneText {
    lon: f64,
    lat: f64,
    east: [f64; 3],
    north: [f64; 3],
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct GaussText {
    meridian: f64,
    #[serde(default = "one")]
    scale: f64,
    #[serde(default)]
    false_east: f64,
    #[serde(default)]
    false_north: f64,
}

const fn one() -> f64 {
    1.0
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn near(name: &str, at: Coordinate, lon: f64, lat: f64) {
        let found = name.parse::<SourceCrs>().unwrap().degrees(at);
        let off = (found[0] - lon).abs().max((found[1] - lat).abs());
        assert!(off < 2e-9, "{name} {found:?}");
    }

    /// What PROJ 9 says.
    #[test]
    fn planes_become_degrees() {
        let zone = "urn:ogc:def:crs:EPSG::4528";
        near(zone, [40785085.4811, 4635113.9408], 123.43, 41.8);
        near("EPSG:4551", [286399.9881, 4632616.7802], 123.43, 41.8);
        near("gk:126", [286399.9881, 4632616.7802], 123.43, 41.8);
        near("32651", [535722.9092, 4627660.1908], 123.43, 41.8);
        let web = [13740164.7486, 5131067.3356];
        near("EPSG:3857", web, 123.43, 41.8);
    }

    #[test]
    fn a_descriptor_survives_its_file() {
        let name = "planar:123.43,41.8,67000,1,0.02,55000,-0.02,1";
        let SourceCrs::Plane(plane) = name.parse().unwrap() else {
            panic!("no plane");
        };
        let read = SourceCrs::from_json(&SourceCrs::to_json(&plane)).unwrap();
        assert_eq!(read, SourceCrs::Plane(plane));
        assert_eq!(read.stored(), Crs::Planar(plane));
    }

    #[test]
    fn what_cannot_be_converted_is_refused() {
        for name in ["EPSG:4269", "", "EPSG:2436", "gk:", "gk:999", "planar:1,2"] {
            assert!(name.parse::<SourceCrs>().is_err(), "{name}");
        }
        let swapped = "planar:123,41,0,0,1,0,1,0".parse::<SourceCrs>();
        assert!(matches!(swapped, Err(CrsError::Numbers(_))));
        let flat = "planar:123,41,0,1,0,0,1,0".parse::<SourceCrs>();
        assert!(matches!(flat, Err(CrsError::Numbers(_))));
        assert!(SourceCrs::from_json("{\"plane\":{\"lon\":1}}").is_err());
    }
}
