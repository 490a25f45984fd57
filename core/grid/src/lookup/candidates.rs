//! Which units share the accuracy circle of a position.

use std::collections::BTreeSet;

use super::units::{Unit, Units, squared_to_piece};
use crate::file::PackFault;
use crate::geometry::{LocalPlane, Plane2, Point};
use gewu_model::small::{Arrange as _, Gather as _};

/// Circles are cut to this radius: beyond it "somewhere in the district" is the honest answer.
pub const MAX_RADIUS_MM: u32 = 1_000_000;
/// The most candidates of an answer; those with the smallest shares are left out.
pub const MAX_CANDIDATES: usize = 32;

/// A unit that the accuracy circle reaches.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// The unit.
    pub unit: Unit,
    /// Its part of the circle's area, 0 to 1. Shares sum to 1 unless the circle leaves the layer.
    pub share: f64,
}

impl<B: AsRef<[u8]>> Units<'_, B> {
    /// The units within `radius_mm` of a point, the largest share first; of equal shares the
    /// smallest code.
    ///
    /// # Errors
    /// [`PackFault`] when a section that is needed is damaged.
    pub fn candidates(&self, at: Point, radius_mm: u32) -> Result<Vec<Candidate>, PackFault> {
        let radius = f64::from(radius_mm.clamp(1, MAX_RADIUS_MM));
        let plane = LocalPlane::touching(at);
        let mut near: BTreeSet<Unit> = self.at(at)?.into_iter().into_set();
        self.borders
            .visit_around(at, plane.reach(radius as u32), |_, piece| {
                if squared_to_piece(&plane, piece) <= radius * radius {
                    let sides = [piece.left, piece.right].into_iter();
                    near.extend(sides.filter_map(|side| side.checked_sub(1)).map(Unit));
                }
            })?;
        let mut found = Vec::new();
        for unit in near {
            let share = self.share(unit, &plane, radius)?;
            found.push(Candidate { unit, share });
        }
        found.arrange_by(|a, b| b.share.total_cmp(&a.share).then(a.unit.cmp(&b.unit)));
        found.truncate(MAX_CANDIDATES);
        Ok(found)
    }

    /// The unit's part of the circle around the plane's origin: the sum over its border of the
    /// signed parts that the triangles to the origin have in the circle.
    fn share(&self, unit: Unit, plane: &LocalPlane, radius: f64) -> Result<f64, PackFault> {
        let mut area = 0.0;
        for piece in self.pieces(unit)? {
            let piece = piece?;
            let sign = if piece.left == unit.0 + 1 { 1.0 } else { -1.0 };
            for (a, b) in piece.edges(plane.origin()) {
                area += sign * part(plane.scaled(a), plane.scaled(b), radius);
            }
        }
        Ok((area / (std::f64::consts::PI * radius * radius)).clamp(0.0, 1.0))
    }
}

/// Signed area that the triangle origin, a, b has in common with the circle around the origin.
fn part(a: Plane2, b: Plane2, radius: f64) -> f64 {
    let along = (b.0 - a.0, b.1 - a.1);
    let (square, half) = (dot(along, along), dot(a, along));
    let reach = half * half - square * (dot(a, a) - radius * radius);
    if reach <= 0.0 || square <= 0.0 {
        return sector(a, b, radius);
    }
    let root = reach.sqrt();
    let enter = ((-half - root) / square).clamp(0.0, 1.0);
    let leave = ((-half + root) / square).clamp(0.0, 1.0);
    let at = |share: f64| (a.0 + share * along.0, a.1 + share * along.1);
    if enter >= leave {
        return sector(a, b, radius);
    }
    let (p, q) = (at(enter), at(leave));
    sector(a, p, radius) + cross(p, q) / 2.0 + sector(q, b, radius)
}

fn sector(a: Plane2, b: Plane2, radius: f64) -> f64 {
    libm::atan2(cross(a, b), dot(a, b)) * radius * radius / 2.0
}

fn dot(a: Plane2, b: Plane2) -> f64 {
    a.0 * b.0 + a.1 * b.1
}

fn cross(a: Plane2, b: Plane2) -> f64 {
    a.0 * b.1 - a.1 * b.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn polygon_part(corners: &[Plane2], radius: f64) -> f64 {
        let next = corners.iter().cycle().skip(1);
        corners
            .iter()
            .zip(next)
            .map(|(a, b)| part(*a, *b, radius))
            .sum()
    }

    #[test]
    fn parts_of_a_circle_are_what_geometry_says() {
        let quarter = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)];
        let whole = std::f64::consts::PI * 4.0;
        assert!((polygon_part(&quarter, 2.0) - whole / 4.0).abs() < 1e-9);
        let around = [(-9.0, -9.0), (9.0, -9.0), (9.0, 9.0), (-9.0, 9.0)];
        assert!((polygon_part(&around, 2.0) - whole).abs() < 1e-9);
        let within = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)];
        assert!((polygon_part(&within, 2.0) - 4.0).abs() < 1e-9);
        let beside = [(3.0, 0.0), (4.0, 0.0), (4.0, 9.0), (3.0, 9.0)];
        assert!(polygon_part(&beside, 2.0).abs() < 1e-9);
    }
}
