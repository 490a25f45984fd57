//! A plane in millimetres that touches the ellipsoid.

use super::Point;

const WGS84_A_MM: f64 = 6_378_137_000.0;
const WGS84_E2: f64 = 0.006_694_379_990_141_316;

/// East and north of the plane's origin in millimetres.
pub(crate) type Plane2 = (f64, f64);

/// A plane in millimetres with its origin at one point of the ellipsoid.
pub(crate) struct LocalPlane {
    origin: Point,
    mm_per_lon: f64,
    mm_per_lat: f64,
}

impl LocalPlane {
    #[inline]
    pub(crate) fn touching(origin: Point) -> Self {
        let unit = 1e-7_f64.to_radians();
        let latitude = f64::from(origin.lat_e7) * unit;
        let (sine, cosine) = libm::sincos(latitude);
        // One division: this stands before everything else that a lookup computes.
        let flat = 1.0 / (1.0 - WGS84_E2 * sine * sine);
        let across = WGS84_A_MM * flat.sqrt();
        let along = across * (1.0 - WGS84_E2) * flat;
        Self {
            origin,
            mm_per_lon: across * cosine * unit,
            mm_per_lat: along * unit,
        }
    }

    #[inline]
    pub(crate) fn origin(&self) -> (i64, i64) {
        (i64::from(self.origin.lon_e7), i64::from(self.origin.lat_e7))
    }

    /// Millimetres of a difference to the origin.
    #[inline]
    pub(crate) fn scaled(&self, (lon, lat): (i64, i64)) -> (f64, f64) {
        (lon as f64 * self.mm_per_lon, lat as f64 * self.mm_per_lat)
    }

    /// A distance in coordinates, rounded up; what lies within it lies within the box.
    pub(crate) fn reach(&self, millimetres: u32) -> (i64, i64) {
        let mm = f64::from(millimetres);
        // Near the poles a degree of longitude has no length; casts saturate and the cap holds.
        let reach = |per_unit: f64| {
            ((mm / per_unit).abs() as i64)
                .saturating_add(2)
                .min(1 << 32)
        };
        (reach(self.mm_per_lon), reach(self.mm_per_lat))
    }

    pub(crate) fn offset(&self, p: Point) -> (f64, f64) {
        let lon = i64::from(p.lon_e7) - i64::from(self.origin.lon_e7);
        let lat = i64::from(p.lat_e7) - i64::from(self.origin.lat_e7);
        (lon as f64 * self.mm_per_lon, lat as f64 * self.mm_per_lat)
    }
}

/// An end of an edge: where it lies, and its squared distance from the origin.
#[derive(Clone, Copy)]
pub(crate) struct End {
    at: Plane2,
    squared: f64,
}

impl From<Plane2> for End {
    #[inline]
    fn from(at: Plane2) -> Self {
        Self {
            at,
            squared: dot(at, at),
        }
    }
}

/// The smaller of `best` and the squared distance from the origin to the segment a, b.
///
/// Gives the same for b, a: a shared border has one distance, whichever way it is stored.
#[inline]
pub(crate) fn nearer(best: f64, a: End, b: End) -> f64 {
    let end = smaller(a.squared, b.squared);
    // From one edge to the next nothing but this waits.
    let best = smaller(best, end);
    let (from, to) = (a.at, b.at);
    let along = (to.0 - from.0, to.1 - from.1);
    let area = from.0 * to.1 - from.1 * to.0;
    let (squared, length) = (area * area, dot(along, along));
    // The foot of the perpendicular lies between the ends where both angles there are acute. That
    // it is nearer than all before is rare, so that there is one branch, and hardly ever taken.
    if (dot(from, to) < end) & (squared < best * length) {
        squared / length
    } else {
        best
    }
}

#[inline]
fn dot(a: Plane2, b: Plane2) -> f64 {
    a.0 * b.0 + a.1 * b.1
}

/// `f64::min` for numbers, which are all there are here, in one instruction.
#[inline]
fn smaller(a: f64, b: f64) -> f64 {
    if b < a { b } else { a }
}
