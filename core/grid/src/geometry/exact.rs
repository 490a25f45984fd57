//! Exact predicates.

use super::Point;

/// Twice the signed area of the triangle a, b, c: positive when c lies left of a → b.
///
/// Differences reach 2³² and their product 2⁶⁴, one bit more than `i64` holds.
pub(crate) fn orientation(a: Point, b: Point, c: Point) -> i128 {
    let lon = |p: Point| i128::from(p.lon_e7) - i128::from(a.lon_e7);
    let lat = |p: Point| i128::from(p.lat_e7) - i128::from(a.lat_e7);
    lon(b) * lat(c) - lat(b) * lon(c)
}

/// Whether `at` lies within the box that a and b span.
pub(crate) fn between(a: Point, b: Point, at: Point) -> bool {
    (a.lon_e7.min(b.lon_e7)..=a.lon_e7.max(b.lon_e7)).contains(&at.lon_e7)
        && (a.lat_e7.min(b.lat_e7)..=a.lat_e7.max(b.lat_e7)).contains(&at.lat_e7)
}
