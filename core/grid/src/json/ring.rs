//! A closed ring in the integer plane: containment exactly, distance to the border nearly.

use crate::geometry::{LocalPlane, Point, between, nearer, orientation};

/// The border of one cell: at least three points, implicitly closed, with area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ring {
    points: Vec<Point>,
    min: Point,
    max: Point,
}

impl Ring {
    /// A ring through `points`; a repeated first point at the end and immediate repetitions are
    /// dropped. `None` when what is left has no area.
    pub fn new(mut points: Vec<Point>) -> Option<Self> {
        points.dedup();
        if points.len() > 1 && points.first() == points.last() {
            points.pop();
        }
        let (min, max) = bounds(&points)?;
        let ring = Self { points, min, max };
        (ring.points.len() >= 3 && ring.doubled_area() != 0).then_some(ring)
    }

    /// The points in their order, the first not repeated.
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// Whether `at` lies inside or on the border. Exact.
    pub fn covers(&self, at: Point) -> bool {
        self.may_cover(at) && self.covers_exactly(at)
    }

    /// Distance from `at` to the nearest border point in millimetres, rounded down.
    ///
    /// The crate's documentation states the error.
    pub fn border_mm(&self, at: Point) -> u32 {
        let plane = LocalPlane::touching(at);
        let nearest = self.edges().fold(f64::INFINITY, |best, (a, b)| {
            nearer(best, plane.offset(a).into(), plane.offset(b).into())
        });
        // A cast of a float saturates, which is right for rings on the other side of the globe.
        nearest.sqrt() as u32
    }

    fn edges(&self) -> impl Iterator<Item = (Point, Point)> + '_ {
        let next = self.points.iter().cycle().skip(1);
        self.points.iter().copied().zip(next.copied())
    }

    fn may_cover(&self, at: Point) -> bool {
        (self.min.lon_e7..=self.max.lon_e7).contains(&at.lon_e7)
            && (self.min.lat_e7..=self.max.lat_e7).contains(&at.lat_e7)
    }

    /// Even-odd count of the edges that a ray to the east crosses. Counting an edge from its
    /// southern end up to but without its northern one counts every vertex once.
    fn covers_exactly(&self, at: Point) -> bool {
        let mut inside = false;
        for (a, b) in self.edges() {
            let side = orientation(a, b, at);
            if side == 0 && between(a, b, at) {
                return true;
            }
            let northward = b.lat_e7 > a.lat_e7;
            let straddles = (a.lat_e7 > at.lat_e7) != (b.lat_e7 > at.lat_e7);
            if straddles && (side > 0) == northward {
                inside = !inside;
            }
        }
        inside
    }

    fn doubled_area(&self) -> i128 {
        let origin = self.min;
        self.edges().map(|(a, b)| orientation(origin, a, b)).sum()
    }
}

fn bounds(points: &[Point]) -> Option<(Point, Point)> {
    Some((
        Point {
            lon_e7: points.iter().map(|p| p.lon_e7).min()?,
            lat_e7: points.iter().map(|p| p.lat_e7).min()?,
        },
        Point {
            lon_e7: points.iter().map(|p| p.lon_e7).max()?,
            lat_e7: points.iter().map(|p| p.lat_e7).max()?,
        },
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(points: &[(i32, i32)]) -> Option<Ring> {
        Ring::new(
            points
                .iter()
                .map(|&(lon_e7, lat_e7)| Point { lon_e7, lat_e7 })
                .collect(),
        )
    }

    fn at(lon_e7: i32, lat_e7: i32) -> Point {
        Point { lon_e7, lat_e7 }
    }

    #[test]
    fn a_ring_needs_area() {
        assert!(ring(&[]).is_none());
        assert!(ring(&[(0, 0), (5, 5), (0, 0)]).is_none());
        assert!(ring(&[(0, 0), (5, 5), (10, 10)]).is_none());
        assert!(
            ring(&[(0, 0), (0, 0), (5, 0), (5, 5), (0, 0)]).is_some_and(|r| r.points().len() == 3)
        );
    }

    #[test]
    fn corners_edges_and_notches_are_told_apart() {
        let notched = ring(&[(0, 0), (10, 0), (10, 10), (5, 4), (0, 10)]).unwrap();
        assert!(notched.covers(at(0, 10)) && notched.covers(at(5, 4)) && notched.covers(at(10, 7)));
        assert!(notched.covers(at(1, 8)) && notched.covers(at(5, 3)));
        assert!(
            !notched.covers(at(5, 5)) && !notched.covers(at(11, 4)) && !notched.covers(at(5, 10))
        );
    }

    #[test]
    fn the_largest_coordinates_do_not_overflow() {
        let globe = ring(&[
            (-1_800_000_000, -900_000_000),
            (1_800_000_000, -900_000_000),
            (1_800_000_000, 900_000_000),
            (-1_800_000_000, 900_000_000),
        ])
        .unwrap();
        assert!(globe.covers(at(1_799_999_999, 899_999_999)));
        assert!(!globe.covers(at(i32::MAX, 0)) && !globe.covers(at(i32::MIN, 0)));
        assert!(
            ring(&[
                (i32::MIN, i32::MIN),
                (i32::MAX, i32::MIN),
                (i32::MAX, i32::MAX)
            ])
            .is_some()
        );
    }

    #[test]
    fn one_unit_beside_a_slanted_border_is_outside() {
        let slanted = ring(&[(0, 0), (1_000_000_007, 999_999_937), (0, 999_999_937)]).unwrap();
        assert!(slanted.covers(at(500_000_003, 499_999_969)));
        assert!(!slanted.covers(at(500_000_004, 499_999_968)));
    }
}
