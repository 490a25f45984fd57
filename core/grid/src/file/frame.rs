//! The raster over a layer: which cell a point lies in.

use super::bytes::{i32_at, put_i32, put_u32, u32_at};
use crate::geometry::Point;

/// Bytes of an encoded frame.
pub(crate) const FRAME_BYTES: usize = 24;
/// The widest cell: products of a lookup then stay below 2⁶³ whatever a file says.
pub(crate) const MAX_CELL: u32 = 1 << 28;
const MAX_CELLS: u64 = 1 << 24;

/// A raster of equal cells in 1e-7 degree, rows northward, columns eastward.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Frame {
    /// South-western corner.
    pub(crate) origin: Point,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) columns: u32,
    pub(crate) rows: u32,
}

impl Frame {
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        put_i32(out, self.origin.lon_e7);
        put_i32(out, self.origin.lat_e7);
        [self.width, self.height, self.columns, self.rows]
            .iter()
            .for_each(|number| put_u32(out, *number));
    }

    /// The frame at the start of `bytes`, if its numbers are possible.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let frame = Self {
            origin: Point {
                lon_e7: i32_at(bytes, 0)?,
                lat_e7: i32_at(bytes, 4)?,
            },
            width: u32_at(bytes, 8)?,
            height: u32_at(bytes, 12)?,
            columns: u32_at(bytes, 16)?,
            rows: u32_at(bytes, 20)?,
        };
        let sides = [frame.width, frame.height];
        let possible = sides.iter().all(|side| (2..=MAX_CELL).contains(side))
            && (1..=MAX_CELLS).contains(&(u64::from(frame.columns) * u64::from(frame.rows)));
        possible.then_some(frame)
    }

    pub(crate) fn cells(&self) -> usize {
        self.columns as usize * self.rows as usize
    }

    /// The smallest frame over the box with about `wanted` sides, coarser when that were too many
    /// cells. One unit wider on every side, so that nothing lies on its outline.
    pub(crate) fn over(min: Point, max: Point, wanted: (f64, f64), most_cells: f64) -> Self {
        let origin = Point {
            lon_e7: min.lon_e7 - 1,
            lat_e7: min.lat_e7 - 1,
        };
        let extent = |low: i32, high: i32| (i64::from(high) - i64::from(low) + 2) as f64;
        let spans = (
            extent(origin.lon_e7, max.lon_e7),
            extent(origin.lat_e7, max.lat_e7),
        );
        let cells = (spans.0 / wanted.0 + 1.0) * (spans.1 / wanted.1 + 1.0);
        let stretch = (cells / most_cells).max(1.0).sqrt();
        let side = |wanted: f64| (wanted * stretch).ceil().clamp(2.0, f64::from(MAX_CELL)) as u32;
        let (width, height) = (side(wanted.0), side(wanted.1));
        Self {
            origin,
            width,
            height,
            columns: (spans.0 / f64::from(width)).ceil() as u32,
            rows: (spans.1 / f64::from(height)).ceil() as u32,
        }
    }

    /// Column and row of a point, unless it lies west or south of the frame; may lie beyond it.
    pub(crate) fn unbounded(&self, at: (i64, i64)) -> (i64, i64) {
        let east = at.0 - i64::from(self.origin.lon_e7);
        let north = at.1 - i64::from(self.origin.lat_e7);
        (
            east.div_euclid(i64::from(self.width)),
            north.div_euclid(i64::from(self.height)),
        )
    }

    /// The columns and rows that a box of ±`reach` around a point touches; empty ranges outside.
    pub(crate) fn around(&self, at: Point, reach: (i64, i64)) -> (Span, Span) {
        let (lon, lat) = (i64::from(at.lon_e7), i64::from(at.lat_e7));
        let low = self.unbounded((lon - reach.0, lat - reach.1));
        let high = self.unbounded((lon + reach.0, lat + reach.1));
        let clip = |low: i64, high: i64, count: u32| {
            low.max(0) as usize..(high + 1).clamp(0, i64::from(count)) as usize
        };
        (
            clip(low.0, high.0, self.columns),
            clip(low.1, high.1, self.rows),
        )
    }
}

pub(crate) type Span = std::ops::Range<usize>;

/// A frame with the reciprocals that replace its divisions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FastFrame {
    pub(crate) frame: Frame,
    per_width: u64,
    per_height: u64,
}

/// A raster cell and where a point lies in it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InCell {
    pub(crate) cell: usize,
    /// South-western corner of the cell; beyond `i32` in the last column of a hostile frame.
    pub(crate) corner: (i64, i64),
    /// The point, from the corner.
    pub(crate) offset: (i64, i64),
}

impl FastFrame {
    pub(crate) fn new(frame: Frame) -> Self {
        Self {
            frame,
            per_width: u64::MAX / u64::from(frame.width) + 1,
            per_height: u64::MAX / u64::from(frame.height) + 1,
        }
    }

    /// The cell of a point; `None` outside the frame. Exact: with `m = ⌈2⁶⁴/d⌉` the high half of
    /// `m·n` is `⌊n/d⌋` for every `n`, `d` < 2³², `d` > 1.
    #[inline]
    pub(crate) fn cell(&self, at: Point) -> Option<InCell> {
        let frame = &self.frame;
        let west = i64::from(frame.origin.lon_e7);
        let south = i64::from(frame.origin.lat_e7);
        let east = u32::try_from(i64::from(at.lon_e7) - west).ok()?;
        let north = u32::try_from(i64::from(at.lat_e7) - south).ok()?;
        let column = high(self.per_width, east);
        let row = high(self.per_height, north);
        if column >= frame.columns || row >= frame.rows {
            return None;
        }
        let corner = (
            i64::from(column) * i64::from(frame.width),
            i64::from(row) * i64::from(frame.height),
        );
        Some(InCell {
            cell: row as usize * frame.columns as usize + column as usize,
            corner: (corner.0 + west, corner.1 + south),
            offset: (i64::from(east) - corner.0, i64::from(north) - corner.1),
        })
    }
}

#[inline]
fn high(reciprocal: u64, number: u32) -> u32 {
    ((u128::from(reciprocal) * u128::from(number)) >> 64) as u32
}
