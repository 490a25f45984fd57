//! The section of a point layer: points by raster cell, coordinates apart from what is seldom read.

use super::WriteError;
use super::texts::{AttributeTable, TextTable};
use super::units::bounds;
use crate::file::bytes::{put_i32, put_u32};
use crate::file::frame::Frame;
use crate::file::input::PointInput;
use crate::geometry::Point;

const POINTS_PER_CELL: f64 = 4.0;
const MOST_CELLS: f64 = 4_000_000.0;
const MOST_POINTS: usize = 1 << 28;

pub(super) fn section<'a>(
    layer: &'a [PointInput],
    texts: &mut TextTable<'a>,
    attributes: &mut AttributeTable,
) -> Result<Vec<u8>, WriteError> {
    if let Some(point) = layer.iter().find(|point| !point.at.is_on_globe()) {
        return Err(WriteError::Coordinates { at: point.at });
    }
    let mut classes: Vec<&str> = layer.iter().map(|point| point.class.as_str()).collect();
    classes.sort_unstable();
    classes.dedup();
    if classes.len() > usize::from(u16::MAX) || layer.len() > MOST_POINTS {
        return Err(WriteError::TooMany {
            what: "points or classes",
        });
    }
    let frame = frame(layer);
    let mut cells: Vec<(usize, usize)> = (0..layer.len())
        .map(|point| (cell(&frame, layer[point].at), point))
        .collect();
    cells.sort_unstable();
    let mut out = Vec::new();
    frame.encode(&mut out);
    put_u32(&mut out, layer.len() as u32);
    put_u32(&mut out, classes.len() as u32);
    classes
        .iter()
        .for_each(|class| put_u32(&mut out, texts.number(class)));
    put_offsets(&mut out, frame.cells(), &cells);
    let sorted = || cells.iter().map(|&(_, point)| &layer[point]);
    sorted().for_each(|point| {
        put_i32(&mut out, point.at.lon_e7);
        put_i32(&mut out, point.at.lat_e7);
    });
    for point in sorted() {
        let class = classes.binary_search(&point.class.as_str()).unwrap_or(0);
        out.extend_from_slice(&(class as u16).to_le_bytes());
    }
    for point in sorted() {
        let (first, count) = attributes.add(&point.attributes, texts);
        put_u32(&mut out, texts.number(&point.name));
        put_u32(&mut out, first);
        put_u32(&mut out, u32::from(count));
    }
    Ok(out)
}

fn frame(layer: &[PointInput]) -> Frame {
    let nowhere = Point {
        lon_e7: 0,
        lat_e7: 0,
    };
    let (min, max) = bounds(layer.iter().map(|point| &point.at)).unwrap_or((nowhere, nowhere));
    let span = |low: i32, high: i32| (i64::from(high) - i64::from(low) + 2) as f64;
    let area = span(min.lon_e7, max.lon_e7) * span(min.lat_e7, max.lat_e7);
    let side = (area * POINTS_PER_CELL / layer.len() as f64)
        .sqrt()
        .max(100.0);
    Frame::over(min, max, (side, side), MOST_CELLS)
}

fn cell(frame: &Frame, at: Point) -> usize {
    let (column, row) = frame.unbounded((i64::from(at.lon_e7), i64::from(at.lat_e7)));
    row as usize * frame.columns as usize + column as usize
}

/// `cells + 1` offsets into the points.
fn put_offsets(out: &mut Vec<u8>, count: usize, cells: &[(usize, usize)]) {
    let mut next = 0;
    for cell in 0..=count {
        while next < cells.len() && cells[next].0 < cell {
            next += 1;
        }
        put_u32(out, next as u32);
    }
}
