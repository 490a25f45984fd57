//! Which borders lie between a raster cell's corner and a point.

use super::borders::Borders;
use crate::file::{Arc, InCell, PackFault, Steps, narrow_step};
use crate::geometry::{level_crosses, touches, upright_crosses};

/// What a piece changes on the straight way from the cell's corner to the point; `None` when a
/// test gives zero.
///
/// With the corner as origin, `s(v) = p × v` tells on which side of the way a vertex lies and
/// `o = a × b` on which side of the edge the corner lies; the point's side is `o + s(a) − s(b)`.
#[inline]
pub(super) fn change(piece: &Arc<'_>, found: &InCell) -> Option<u32> {
    let Steps::Narrow(steps) = piece.steps else {
        return wide_change(piece, found);
    };
    let (east, north) = found.offset;
    let mut x = i64::from(piece.start.lon_e7) - found.corner.0;
    let mut y = i64::from(piece.start.lat_e7) - found.corner.1;
    let mut side = east * y - north * x;
    let mut odd = false;
    let mut zero = side == 0;
    for step in steps.chunks_exact(4) {
        let (run, rise) = narrow_step(step);
        let turn = east * rise - north * run;
        let next = side + turn;
        let corner = x * rise - y * run;
        let point = corner - turn;
        let between = (side ^ next) < 0;
        odd ^= between & ((corner ^ point) < 0);
        zero |= (next == 0) | (between & ((corner == 0) | (point == 0)));
        (x, y, side) = (x + run, y + rise, next);
    }
    match zero {
        true => None,
        false => Some(if odd { piece.left ^ piece.right } else { 0 }),
    }
}

/// The same for steps whose products need more than 64 bits.
#[cold]
fn wide_change(piece: &Arc<'_>, found: &InCell) -> Option<u32> {
    let cross = |a: (i64, i64), b: (i64, i64)| {
        i128::from(a.0) * i128::from(b.1) - i128::from(a.1) * i128::from(b.0)
    };
    let mut odd = false;
    for (a, b) in piece.edges(found.corner) {
        let (from, to) = (cross(found.offset, a), cross(found.offset, b));
        let corner = cross(a, b);
        let point = corner + from - to;
        let between = (from < 0) != (to < 0);
        if from == 0 || to == 0 || between && (corner == 0 || point == 0) {
            return None;
        }
        odd ^= between && (corner < 0) != (point < 0);
    }
    Some(if odd { piece.left ^ piece.right } else { 0 })
}

/// The unit of a point, whatever lies on the way: level from the point to the corner's longitude,
/// upright from there to the corner.
#[cold]
pub(super) fn carefully(
    borders: &Borders<'_>,
    here: u32,
    words: &[u8],
    found: &InCell,
) -> Result<u32, PackFault> {
    let (point, bend) = (found.offset, (0, found.offset.1));
    let mut unit = here;
    let mut touched: Option<u32> = None;
    for word in words.chunks_exact(3) {
        let piece = borders.piece(word)?;
        for edge in piece.edges(found.corner) {
            let crossed = level_crosses(edge, point, bend) != upright_crosses(edge, bend, (0, 0));
            if crossed {
                unit ^= piece.left ^ piece.right;
            }
            if touches(edge, point) {
                let sides = [piece.left, piece.right, touched.unwrap_or(0)];
                touched = sides.into_iter().filter(|side| *side != 0).min();
            }
        }
    }
    Ok(touched.unwrap_or(unit))
}
