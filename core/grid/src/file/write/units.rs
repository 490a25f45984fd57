//! The sections of the unit layer.

use std::collections::HashMap;

use super::raster::Raster;
use super::texts::{TextTable, encode_codes};
use super::{Sections, TOO_MANY_BORDERS, WriteError, check, faces, put_checked};
use crate::file::bytes::{put_u24, put_u32};
use crate::file::frame::Frame;
use crate::file::input::{UnitInput, UnitLayer};
use crate::file::layout::Section;
use crate::geometry::Point;

/// The raster's cell beside the side of a unit of mean area: smaller cells are faster to search and
/// take more bytes.
const CELL_PER_UNIT_SIDE: f64 = 0.7;
const MOST_CELLS: f64 = 4_000_000.0;

pub(super) fn sections<'a>(
    layer: &'a UnitLayer,
    texts: &mut TextTable<'a>,
) -> Result<Sections, WriteError> {
    let order = check::order(layer)?;
    let areas = check::arcs(layer)?;
    let arcs = arcs(layer, &order)?;
    let index = index(layer, &areas, &arcs)?;
    let faces = faces::encode(&arcs, order.len() as u32, usize::MAX).ok_or(TOO_MANY_BORDERS)?;
    let codes: Vec<&str> = order
        .iter()
        .map(|&at| layer.units[at].code.as_str())
        .collect();
    let ordered = || order.iter().map(|&at| &layer.units[at]);
    Ok(vec![
        (Section::UnitCodes, encode_codes(&codes)),
        (Section::UnitHolds, holds(ordered(), texts)),
        (Section::UnitFaces, faces),
        (Section::UnitIndex, index),
        (Section::UnitArcs, arcs),
    ])
}

/// The arcs in the order of a space-filling curve, so that neighbours share pages.
fn arcs(layer: &UnitLayer, order: &[usize]) -> Result<Vec<u8>, WriteError> {
    let mut rank = vec![0; order.len()];
    order
        .iter()
        .zip(1..)
        .for_each(|(&at, number)| rank[at] = number);
    let number = |side: Option<u32>| side.map_or(0, |unit| rank[unit as usize]);
    let mut sorted: Vec<_> = layer.arcs.iter().collect();
    sorted.sort_by_key(|arc| (curve(arc.points[arc.points.len() / 2]), arc.points[0]));
    let mut bytes = Vec::new();
    for arc in sorted {
        put_checked(
            &mut bytes,
            &arc.points,
            (number(arc.left), number(arc.right)),
        )?;
    }
    Ok(bytes)
}

/// Place of a point along a Z-order curve.
fn curve(at: Point) -> u64 {
    let spread = |number: i32| {
        let number = u64::from(number.cast_unsigned() ^ (1 << 31));
        (0..32).fold(0, |out, bit| out | ((number >> bit) & 1) << (2 * bit))
    };
    spread(at.lon_e7) | spread(at.lat_e7) << 1
}

fn index(layer: &UnitLayer, areas: &[i128], arcs: &[u8]) -> Result<Vec<u8>, WriteError> {
    let Some((min, max)) = bounds(layer.arcs.iter().flat_map(|arc| &arc.points)) else {
        return Err(WriteError::NoUnit);
    };
    let mean = areas.iter().sum::<i128>() as f64 / 2.0 / areas.len() as f64;
    let middle = (f64::from(min.lat_e7) + f64::from(max.lat_e7)) / 2e7;
    let stretch = libm::cos(middle.to_radians()).max(0.1);
    let side = CELL_PER_UNIT_SIDE * (mean * stretch).sqrt();
    let frame = Frame::over(min, max, (side / stretch, side), MOST_CELLS);
    let raster = Raster::over(frame, arcs, usize::MAX).ok_or(TOO_MANY_BORDERS)?;
    let encoded = raster.encode(areas.len() as u32);
    encoded.map_err(|at| WriteError::Contradiction { at })
}

/// South-western and north-eastern corner of all points.
pub(super) fn bounds<'a>(points: impl Iterator<Item = &'a Point>) -> Option<(Point, Point)> {
    points.fold(None, |so_far, &at| {
        let (min, max) = so_far.unwrap_or((at, at));
        Some((corner(min, at, i32::min), corner(max, at, i32::max)))
    })
}

fn corner(a: Point, b: Point, pick: fn(i32, i32) -> i32) -> Point {
    Point {
        lon_e7: pick(a.lon_e7, b.lon_e7),
        lat_e7: pick(a.lat_e7, b.lat_e7),
    }
}

/// What each unit belongs to. Units of one neighbourhood share one record.
fn holds<'a>(units: impl Iterator<Item = &'a UnitInput>, texts: &mut TextTable<'a>) -> Vec<u8> {
    let mut numbers: HashMap<Vec<u8>, u32> = HashMap::new();
    let (mut records, mut of_units) = (Vec::new(), Vec::new());
    for unit in units {
        let record = hold(unit, texts);
        let next = numbers.len() as u32;
        let number = *numbers.entry(record.clone()).or_insert(next);
        if number == next {
            records.push(record);
        }
        of_units.push(number);
    }
    let mut out = Vec::new();
    put_u32(&mut out, of_units.len() as u32);
    put_u32(&mut out, records.len() as u32);
    of_units
        .iter()
        .for_each(|number| put_u24(&mut out, *number));
    let mut end = 0;
    for record in &records {
        put_u32(&mut out, end);
        end += record.len() as u32;
    }
    records
        .iter()
        .for_each(|record| out.extend_from_slice(record));
    out
}

fn hold<'a>(unit: &'a UnitInput, texts: &mut TextTable<'a>) -> Vec<u8> {
    let mut record = Vec::new();
    for code in [&unit.duty, &unit.road] {
        let text = code.as_ref().map_or("", |code| code.as_str());
        put_u32(&mut record, texts.number(text));
    }
    put_u32(&mut record, unit.parents.len() as u32);
    for (level, code) in &unit.parents {
        put_u32(&mut record, texts.number(level));
        put_u32(&mut record, texts.number(code.as_str()));
    }
    record
}
