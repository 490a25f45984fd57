//! Where to ask.

use gewu_grid::Point;

use super::city::City;
use crate::disk::Dice;

/// Anywhere in the city's box, but not in its frayed rim.
pub(super) fn random(city: &City, count: usize, seed: u64) -> Vec<Point> {
    let mut dice = Dice::new(seed);
    let mut within = |low: i32, high: i32| low + dice.below(low.abs_diff(high).into()) as i32;
    (0..count)
        .map(|_| Point {
            lon_e7: within(city.min.lon_e7 + RIM, city.max.lon_e7 - RIM),
            lat_e7: within(city.min.lat_e7 + 2 * RIM, city.max.lat_e7 - RIM),
        })
        .collect()
}

const RIM: i32 = 9_000;

/// Steps of about 1.4 m with a slowly turning heading, as someone walks who patrols.
pub(super) fn track(city: &City, count: usize) -> Vec<Point> {
    let mut dice = Dice::new(6);
    let span = |low: i32, high: i32| f64::from(low + RIM)..f64::from(high - RIM);
    let lons = span(city.min.lon_e7, city.max.lon_e7);
    let lats = span(city.min.lat_e7 + RIM, city.max.lat_e7);
    let mut at = (
        f64::midpoint(lons.start, lons.end),
        f64::midpoint(lats.start, lats.end),
    );
    let mut heading = 0.4_f64;
    let step = |_| {
        heading += (dice.below(201) as f64 - 100.0) / 2_000.0;
        let next = (at.0 + 168.0 * heading.cos(), at.1 + 126.0 * heading.sin());
        match lons.contains(&next.0) && lats.contains(&next.1) {
            true => at = next,
            false => heading += 1.5,
        }
        Point {
            lon_e7: at.0 as i32,
            lat_e7: at.1 as i32,
        }
    };
    (0..count).map(step).collect()
}
