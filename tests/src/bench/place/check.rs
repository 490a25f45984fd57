//! Every answer of the pack beside an exact check that knows nothing of packs: closed rings, 128-bit
//! integers, the smallest code of all rings that hold the point.

use std::collections::HashMap;

use gewu_grid::Point;

use super::city::City;
use super::points;
use crate::bench::{Aim, Amount, BenchError, Figure};

const RANDOM: usize = 600_000;
/// Side of the buckets in which candidates are found, in 1e-7 degree.
const BUCKET: i32 = 16_384;

/// Counts the points at which the pack and the check disagree.
pub(super) fn run(city: &City) -> Result<Figure, BenchError> {
    let file = city.open()?;
    let units = file.units()?;
    let check = Check::new(city);
    let mut codes = HashMap::new();
    for (number, cell) in city.cells.iter().enumerate() {
        let unit = units.find(&cell.texts[0].as_str().into())?;
        codes.insert(
            unit.ok_or(BenchError::Missing("a unit of the pack"))?,
            number,
        );
    }
    let (mut asked, mut differing, mut on_borders) = (0, 0, 0);
    for at in points::random(city, RANDOM, 11)
        .into_iter()
        .chain(near_vertices(city))
    {
        let expected = check.cell(at);
        let found = units.at(at)?.map(|unit| codes[&unit]);
        asked += 1;
        differing += u64::from(found != expected.map(|found| found.cell));
        on_borders += u64::from(expected.is_some_and(|found| found.on_border));
    }
    eprintln!("place: {asked} points checked, {on_borders} of them on borders, {differing} differ");
    if asked < 1_000_000 {
        return Err(BenchError::Missing("a million points"));
    }
    Ok(Figure {
        name: "answers that differ from an exact check",
        ours: Amount::Count(differing),
        peer: "points asked, borders and vertices included",
        peers: Amount::Count(asked),
        aim: Aim::Within(Amount::Count(0)),
    })
}

/// Every vertex, the middle of every edge (on it where its extents are even), and points one unit
/// beside vertices.
fn near_vertices(city: &City) -> impl Iterator<Item = Point> {
    city.cells.iter().flat_map(|cell| {
        let next = cell.ring.iter().cycle().skip(1);
        cell.ring.iter().zip(next).flat_map(|(a, b)| {
            let middle = Point {
                lon_e7: i32::midpoint(a.lon_e7, b.lon_e7),
                lat_e7: i32::midpoint(a.lat_e7, b.lat_e7),
            };
            let beside = Point {
                lon_e7: a.lon_e7 + 1,
                lat_e7: a.lat_e7 - (b.lat_e7 & 1),
            };
            [*a, middle, beside]
        })
    })
}

#[derive(Clone, Copy, PartialEq)]
struct Found {
    cell: usize,
    on_border: bool,
}

struct Check<'a> {
    city: &'a City,
    buckets: HashMap<(i32, i32), Vec<usize>>,
}

impl<'a> Check<'a> {
    fn new(city: &'a City) -> Self {
        let mut buckets: HashMap<(i32, i32), Vec<usize>> = HashMap::new();
        for (number, cell) in city.cells.iter().enumerate() {
            let lons = cell.ring.iter().map(|p| p.lon_e7.div_euclid(BUCKET));
            let lats = cell.ring.iter().map(|p| p.lat_e7.div_euclid(BUCKET));
            let span = |numbers: &mut dyn Iterator<Item = i32>| {
                numbers.fold((i32::MAX, i32::MIN), |(low, high), n| {
                    (low.min(n), high.max(n))
                })
            };
            let (west, east) = span(&mut lons.into_iter());
            let (south, north) = span(&mut lats.into_iter());
            for bucket in (west..=east).flat_map(|x| (south..=north).map(move |y| (x, y))) {
                buckets.entry(bucket).or_default().push(number);
            }
        }
        Self { city, buckets }
    }

    fn cell(&self, at: Point) -> Option<Found> {
        let bucket = (at.lon_e7.div_euclid(BUCKET), at.lat_e7.div_euclid(BUCKET));
        let candidates = self.buckets.get(&bucket)?.iter();
        let holding = candidates.filter_map(|&cell| {
            let on_border = holds(&self.city.cells[cell].ring, at)?;
            Some(Found { cell, on_border })
        });
        holding.min_by_key(|found| &self.city.cells[found.cell].texts[0])
    }
}

/// Whether the closed ring holds the point, and if so whether its border does.
fn holds(ring: &[Point], at: Point) -> Option<bool> {
    let mut inside = false;
    for (a, b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
        let wide = |number: i32| i128::from(number);
        let (ax, ay) = (
            wide(a.lon_e7) - wide(at.lon_e7),
            wide(a.lat_e7) - wide(at.lat_e7),
        );
        let (bx, by) = (
            wide(b.lon_e7) - wide(at.lon_e7),
            wide(b.lat_e7) - wide(at.lat_e7),
        );
        let area = ax * by - ay * bx;
        if area == 0 && ax * bx <= 0 && ay * by <= 0 {
            return Some(true);
        }
        // An edge counts where the ray to the east crosses it, its lower end included.
        if (ay <= 0) != (by <= 0) {
            inside ^= (area > 0) == (by > ay);
        }
    }
    inside.then_some(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(lon_e7: i32, lat_e7: i32) -> Point {
        Point { lon_e7, lat_e7 }
    }

    #[test]
    fn the_check_knows_inside_border_and_outside() {
        let ring = [(0, 0), (4, 0), (4, 4), (2, 2), (0, 4)].map(|(x, y)| point(x, y));
        for (x, y, held) in [
            (1, 1, Some(false)),
            (3, 2, Some(false)),
            (2, 2, Some(true)),
            (1, 3, Some(true)),
            (0, 0, Some(true)),
            (4, 3, Some(true)),
            (2, 3, None),
            (5, 0, None),
            (-1, 0, None),
            (-1, 4, None),
        ] {
            assert_eq!(holds(&ring, point(x, y)), held, "{x} {y}");
        }
    }
}
