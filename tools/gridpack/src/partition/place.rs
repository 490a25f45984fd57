//! A place inside a face, for reports and for asking other layers.

use crate::plane::Point;

/// How many heights are tried.
const LEVELS: usize = 9;

/// Longitude and latitude in degrees inside the area that the segments bound by even-odd.
///
/// The middle of the widest stretch found on a few heights between vertices.
pub(crate) fn inside(segments: &[(Point, Point)]) -> (f64, f64) {
    let mut heights: Vec<i32> = segments.iter().map(|s| s.0.y).collect();
    heights.sort_unstable();
    heights.dedup();
    let gaps = heights.len().saturating_sub(1);
    let mut best = (f64::MIN, fallback(segments));
    for level in 0..LEVELS.min(gaps) {
        let at = (2 * level + 1) * gaps / (2 * LEVELS.min(gaps));
        let y = (f64::from(heights[at]) + f64::from(heights[at + 1])) / 2.0;
        if let Some((width, x)) = widest(segments, y)
            && width > best.0
        {
            best = (width, (x / 1e7, y / 1e7));
        }
    }
    best.1
}

fn fallback(segments: &[(Point, Point)]) -> (f64, f64) {
    segments.first().map_or((0.0, 0.0), |s| s.0.degrees())
}

fn widest(segments: &[(Point, Point)], y: f64) -> Option<(f64, f64)> {
    let mut xs: Vec<f64> = segments
        .iter()
        .filter(|(a, b)| (f64::from(a.y) < y) != (f64::from(b.y) < y))
        .map(|&(a, b)| {
            let share = (y - f64::from(a.y)) / (f64::from(b.y) - f64::from(a.y));
            f64::from(a.x) + share * (f64::from(b.x) - f64::from(a.x))
        })
        .collect();
    xs.sort_unstable_by(f64::total_cmp);
    xs.chunks_exact(2)
        .map(|pair| (pair[1] - pair[0], (pair[0] + pair[1]) / 2.0))
        .max_by(|a, b| a.0.total_cmp(&b.0))
}
