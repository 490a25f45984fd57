//! Integer points, exact predicates, and lengths in whole micrometres.

/// A point in 1e-7 degree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Point {
    /// Longitude, east positive.
    pub(crate) x: i32,
    /// Latitude, north positive.
    pub(crate) y: i32,
}

impl Point {
    /// The point at a longitude and latitude in 1e-7 degree.
    pub(crate) const fn new(x: i32, y: i32) -> Self {
        Self { x, y }
    }

    /// Longitude and latitude in degrees.
    pub(crate) fn degrees(self) -> (f64, f64) {
        (f64::from(self.x) / 1e7, f64::from(self.y) / 1e7)
    }
}

/// Twice the signed area of the triangle `abc`: positive when `c` lies left of `a → b`.
pub(crate) fn cross(a: Point, b: Point, c: Point) -> i128 {
    let (ux, uy) = delta(a, b);
    let (vx, vy) = delta(a, c);
    i128::from(ux) * i128::from(vy) - i128::from(uy) * i128::from(vx)
}

/// The vector from `a` to `b`.
pub(crate) fn delta(a: Point, b: Point) -> (i64, i64) {
    (
        i64::from(b.x) - i64::from(a.x),
        i64::from(b.y) - i64::from(a.y),
    )
}

/// Twice the signed area of a ring without its closing point, counter-clockwise positive.
pub(crate) fn doubled_area(ring: impl Iterator<Item = Point> + Clone) -> i128 {
    let next = ring.clone().skip(1).chain(ring.clone().take(1));
    ring.zip(next)
        .map(|(a, b)| i128::from(a.x) * i128::from(b.y) - i128::from(b.x) * i128::from(a.y))
        .sum()
}

/// Where the open segments `ab` and `cd` cross properly, rounded to the lattice.
pub(crate) fn crossing(a: Point, b: Point, c: Point, d: Point) -> Option<Point> {
    let (left, right) = (cross(a, b, c), cross(a, b, d));
    if left == 0 || right == 0 || (left > 0) == (right > 0) {
        return None;
    }
    let (from, to) = (cross(c, d, a), cross(c, d, b));
    if from == 0 || to == 0 || (from > 0) == (to > 0) {
        return None;
    }
    let (ux, uy) = delta(a, b);
    let span = from - to;
    Some(Point::new(
        a.x + rounded(i128::from(ux) * from, span),
        a.y + rounded(i128::from(uy) * from, span),
    ))
}

/// `numerator / denominator` to the nearest integer, halves upward.
fn rounded(numerator: i128, denominator: i128) -> i32 {
    let (n, d) = if denominator < 0 {
        (-numerator, -denominator)
    } else {
        (numerator, denominator)
    };
    // The quotient lies on a segment between two i32 points, so it fits.
    (2 * n + d).div_euclid(2 * d) as i32
}

/// Metres of a city-sized area as whole micrometres: one factor per axis, fixed at its middle
/// latitude, so that every decision about "near" is integer arithmetic and repeats everywhere.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Metric {
    kx: i64,
    ky: i64,
    tolerance: i64,
}

/// Metres per 1e-7 degree of latitude on a sphere of the WGS-84 mean radius.
const METRES_PER_UNIT: f64 = 0.011_119_49;

/// Square metres of a doubled area in lattice units, at a latitude in degrees.
pub(crate) fn square_metres(doubled: i128, latitude: f64) -> f64 {
    let units = METRES_PER_UNIT * METRES_PER_UNIT * libm::cos(latitude.to_radians());
    doubled as f64 / 2.0 * units
}

impl Metric {
    /// The metric around a latitude in 1e-7 degree, with the distance below which things are one.
    pub(crate) fn new(latitude: i32, tolerance_m: f64) -> Self {
        let cosine = libm::cos((f64::from(latitude) / 1e7).to_radians()).max(0.01);
        Self {
            kx: (METRES_PER_UNIT * cosine * 1e6).round() as i64,
            ky: (METRES_PER_UNIT * 1e6).round() as i64,
            tolerance: (tolerance_m * 1e6).round() as i64,
        }
    }

    /// The tolerance in lattice units along x and y, rounded up.
    pub(crate) fn reach(self) -> (i32, i32) {
        let units = |k: i64| i32::try_from(self.tolerance / k + 1).unwrap_or(i32::MAX);
        (units(self.kx), units(self.ky))
    }

    /// Whether two points lie within the tolerance.
    pub(crate) fn near(self, a: Point, b: Point) -> bool {
        let (x, y) = self.scaled(a, b);
        x * x + y * y <= i128::from(self.tolerance) * i128::from(self.tolerance)
    }

    /// A segment prepared for [`Beside::position`].
    pub(crate) fn beside(self, a: Point, b: Point) -> Beside {
        let (x, y) = self.scaled(a, b);
        let squared = x * x + y * y;
        let length = squared.unsigned_abs().isqrt() as i128;
        Beside {
            metric: self,
            origin: a,
            x,
            y,
            squared,
            limit: length * i128::from(self.tolerance),
        }
    }

    /// How far along the segment `ab` the foot of `p` lies, for ordering only.
    pub(crate) fn along(self, a: Point, b: Point, p: Point) -> i128 {
        let ((ux, uy), (x, y)) = (self.scaled(a, b), self.scaled(a, p));
        ux * x + uy * y
    }

    /// Metres between two points.
    pub(crate) fn metres(self, a: Point, b: Point) -> f64 {
        let (x, y) = self.scaled(a, b);
        (x as f64).hypot(y as f64) / 1e6
    }

    fn scaled(self, a: Point, b: Point) -> (i128, i128) {
        let (x, y) = delta(a, b);
        (i128::from(x * self.kx), i128::from(y * self.ky))
    }
}

/// One segment, against which many points are tried.
#[derive(Debug)]
pub(crate) struct Beside {
    metric: Metric,
    origin: Point,
    x: i128,
    y: i128,
    squared: i128,
    limit: i128,
}

impl Beside {
    /// How far along the segment `p` lies, when strictly between the ends and within the tolerance.
    pub(crate) fn position(&self, p: Point) -> Option<i128> {
        let (x, y) = self.metric.scaled(self.origin, p);
        let along = self.x * x + self.y * y;
        if along <= 0 || along >= self.squared {
            return None;
        }
        let aside = self.x * y - self.y * x;
        (aside.abs() <= self.limit).then_some(along)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crossing_is_rounded_to_the_nearest_lattice_point() {
        let p = Point::new;
        assert_eq!(
            crossing(p(0, 0), p(10, 10), p(0, 10), p(10, 0)),
            Some(p(5, 5))
        );
        assert_eq!(crossing(p(0, 0), p(3, 3), p(0, 3), p(3, 0)), Some(p(2, 2)));
        assert_eq!(crossing(p(0, 0), p(10, 0), p(5, 0), p(5, 9)), None);
        assert_eq!(crossing(p(0, 0), p(1, 1), p(5, 0), p(0, 50)), None);
    }

    #[test]
    fn the_farthest_corners_of_the_globe_do_not_overflow() {
        let (a, b) = (
            Point::new(-1_800_000_000, -900_000_000),
            Point::new(1_800_000_000, 900_000_000),
        );
        assert!(cross(a, b, Point::new(-1_800_000_000, 900_000_000)) > 0);
        let metric = Metric::new(0, 0.01);
        assert_eq!(metric.beside(a, b).position(Point::new(0, 7)), None);
        assert!(metric.beside(a, b).position(Point::new(0, 0)).is_some());
    }

    #[test]
    fn near_is_measured_in_metres() {
        let metric = Metric::new(418_000_000, 0.01);
        let p = Point::new(1_234_000_000, 418_000_000);
        assert!(metric.near(p, Point::new(p.x + 1, p.y)), "0.83 cm east");
        assert!(!metric.near(p, Point::new(p.x, p.y + 1)), "1.11 cm north");
    }
}
