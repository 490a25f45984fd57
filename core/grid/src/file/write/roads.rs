//! The sections of the road layer.

use super::raster::Raster;
use super::texts::{AttributeTable, TextTable};
use super::units::bounds;
use super::{Sections, TOO_MANY_BORDERS, WriteError, check, put_checked};
use crate::file::bytes::put_u32;
use crate::file::frame::Frame;
use crate::file::input::MAX_CELLS;
use crate::file::input::RoadInput;
use crate::file::layout::Section;

/// About 100 m.
const CELL_SIDE: f64 = 9_000.0;
const MOST_CELLS: f64 = 1_000_000.0;

pub(super) fn sections<'a>(
    roads: &'a [RoadInput],
    texts: &mut TextTable<'a>,
    attributes: &mut AttributeTable,
) -> Result<Sections, WriteError> {
    if roads.len() > MAX_CELLS {
        return Err(WriteError::TooMany { what: "roads" });
    }
    let (mut table, mut arcs) = (Vec::new(), Vec::new());
    put_u32(&mut table, roads.len() as u32);
    for (index, road) in roads.iter().enumerate() {
        let (first, count) = attributes.add(&road.attributes, texts);
        [texts.number(road.code.as_str()), first, u32::from(count)]
            .iter()
            .for_each(|number| put_u32(&mut table, *number));
        for line in &road.lines {
            check::line(index, line)?;
            put_checked(&mut arcs, line, (index as u32 + 1, 0))?;
        }
    }
    let index = index(roads, &arcs)?;
    Ok(vec![
        (Section::Roads, table),
        (Section::RoadArcs, arcs),
        (Section::RoadIndex, index),
    ])
}

fn index(roads: &[RoadInput], arcs: &[u8]) -> Result<Vec<u8>, WriteError> {
    let Some((min, max)) = bounds(roads.iter().flat_map(|road| &road.lines).flatten()) else {
        return Err(WriteError::TooMany {
            what: "roads without a line",
        });
    };
    let frame = Frame::over(min, max, (CELL_SIDE, CELL_SIDE), MOST_CELLS);
    let raster = Raster::over(frame, arcs, usize::MAX).ok_or(TOO_MANY_BORDERS)?;
    Ok(raster.encode_lines())
}
