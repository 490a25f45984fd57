//! A stretch of border as the file keeps it: an anchor, what lies on either side, and steps.
//!
//! Steps have a fixed width, so that a lookup reads them without decoding. A piece has at most
//! [`MAX_STEPS`] of them, so that a long border costs a lookup no more than its part nearby.

use super::bytes::{i32_at, put_i32, put_u24, u24_at};
use crate::geometry::Point;

/// Bytes before the steps.
pub(crate) const HEAD_BYTES: usize = 16;
/// Steps of one piece.
pub(crate) const MAX_STEPS: usize = 16;
const WIDE: u8 = 1;

/// One piece of border.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arc<'a> {
    pub(crate) start: Point,
    /// Number of the unit on the left plus one; 0 is the outside.
    pub(crate) left: u32,
    pub(crate) right: u32,
    pub(crate) steps: Steps<'a>,
}

/// The differences between neighbouring points.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Steps<'a> {
    /// Two `i16` each.
    Narrow(&'a [u8]),
    /// Two `i32` each: a step of more than about 360 m.
    Wide(&'a [u8]),
}

impl<'a> Arc<'a> {
    /// The piece that starts at a word of the section.
    #[inline]
    pub(crate) fn at(section: &'a [u8], word: u32) -> Option<Self> {
        let rest = section.get(word as usize * 4..)?;
        let (head, rest) = rest.split_first_chunk::<HEAD_BYTES>()?;
        let count = usize::from(head[11]);
        let steps = match head[15] & WIDE {
            0 => Steps::Narrow(rest.get(..count * 4)?),
            _ => Steps::Wide(rest.get(..count * 8)?),
        };
        Some(Self {
            start: Point {
                lon_e7: i32_at(head, 0)?,
                lat_e7: i32_at(head, 4)?,
            },
            left: u24_at(head, 8)?,
            right: u24_at(head, 12)?,
            steps,
        })
    }

    /// How many bytes it takes in its section.
    pub(crate) fn size(&self) -> usize {
        HEAD_BYTES + self.steps.bytes().len()
    }

    /// The points from start to end; `None` when one lies off the globe.
    pub(crate) fn points(&self) -> Option<Vec<Point>> {
        let rest = self.edges((0, 0)).map(|edge| edge.1);
        let rest = rest.map(|(lon, lat)| {
            let point = Point {
                lon_e7: i32::try_from(lon).ok()?,
                lat_e7: i32::try_from(lat).ok()?,
            };
            point.is_on_globe().then_some(point)
        });
        std::iter::once(Some(self.start)).chain(rest).collect()
    }

    /// Start and end of every step, relative to `origin`. Exact for every file.
    pub(crate) fn edges(self, origin: (i64, i64)) -> impl Iterator<Item = Edge> + 'a {
        let mut from = (
            i64::from(self.start.lon_e7) - origin.0,
            i64::from(self.start.lat_e7) - origin.1,
        );
        self.steps.iter().map(move |(lon, lat)| {
            let edge = (from, (from.0 + lon, from.1 + lat));
            from = edge.1;
            edge
        })
    }
}

/// The pieces of a section one behind the other, each with its word. Ends early at bytes that are
/// no piece.
pub(crate) fn pieces(section: &[u8]) -> impl Iterator<Item = (u32, Arc<'_>)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let word = u32::try_from(at / 4).ok()?;
        let piece = Arc::at(section, word)?;
        at += piece.size();
        Some((word, piece))
    })
}

/// Two points relative to some origin.
pub(crate) type Edge = ((i64, i64), (i64, i64));

impl<'a> Steps<'a> {
    /// The steps as they are stored.
    pub(crate) const fn bytes(self) -> &'a [u8] {
        match self {
            Self::Narrow(bytes) | Self::Wide(bytes) => bytes,
        }
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = (i64, i64)> + 'a {
        let (narrow, wide) = match self {
            Self::Narrow(bytes) => (bytes, &[][..]),
            Self::Wide(bytes) => (&[][..], bytes),
        };
        let narrow = narrow.chunks_exact(4).map(narrow_step);
        narrow.chain(wide.chunks_exact(8).map(wide_step))
    }
}

#[inline]
pub(crate) fn narrow_step(step: &[u8]) -> (i64, i64) {
    let number = |low: u8, high: u8| i64::from(i16::from_le_bytes([low, high]));
    match *step {
        [a, b, c, d] => (number(a, b), number(c, d)),
        _ => (0, 0),
    }
}

fn wide_step(step: &[u8]) -> (i64, i64) {
    let number = |at| i64::from(i32_at(step, at).unwrap_or(0));
    (number(0), number(4))
}

/// Appends the pieces of one arc.
pub(crate) fn put_arc(out: &mut Vec<u8>, points: &[Point], left: u32, right: u32) {
    for from in (0..points.len().saturating_sub(1)).step_by(MAX_STEPS) {
        let piece = &points[from..(from + MAX_STEPS + 1).min(points.len())];
        put_piece(out, piece, left, right);
    }
}

fn put_piece(out: &mut Vec<u8>, points: &[Point], left: u32, right: u32) {
    let steps: Vec<(i64, i64)> = points
        .windows(2)
        .map(|pair| step(pair[0], pair[1]))
        .collect();
    let narrow: Option<Vec<(i16, i16)>> = steps.iter().map(|step| as_narrow(*step)).collect();
    put_i32(out, points[0].lon_e7);
    put_i32(out, points[0].lat_e7);
    put_u24(out, left);
    out.push(steps.len() as u8);
    put_u24(out, right);
    out.push(if narrow.is_some() { 0 } else { WIDE });
    match narrow {
        Some(steps) => steps.iter().for_each(|(lon, lat)| {
            out.extend_from_slice(&lon.to_le_bytes());
            out.extend_from_slice(&lat.to_le_bytes());
        }),
        None => points.windows(2).for_each(|pair| {
            // The writer has refused steps that an `i32` cannot hold.
            put_i32(out, pair[1].lon_e7.wrapping_sub(pair[0].lon_e7));
            put_i32(out, pair[1].lat_e7.wrapping_sub(pair[0].lat_e7));
        }),
    }
}

fn as_narrow((lon, lat): (i64, i64)) -> Option<(i16, i16)> {
    Some((i16::try_from(lon).ok()?, i16::try_from(lat).ok()?))
}

fn step(a: Point, b: Point) -> (i64, i64) {
    (
        i64::from(b.lon_e7) - i64::from(a.lon_e7),
        i64::from(b.lat_e7) - i64::from(a.lat_e7),
    )
}
