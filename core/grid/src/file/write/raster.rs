//! Which pieces of border run through each cell of a raster.

use crate::file::arc::{Arc, Edge, pieces};
use crate::file::bytes::{put_u24, put_u32};
use crate::file::frame::Frame;
use crate::geometry::{Point, level_crosses};

/// A directory entry with this bit is the answer itself: no border runs through the cell.
pub(crate) const WHOLE: u32 = 1 << 31;
/// A count of this value is followed by the true one in four bytes.
pub(crate) const MANY: u8 = 255;

/// Arc words per cell, ascending.
pub(crate) struct Raster<'a> {
    frame: Frame,
    arcs: &'a [u8],
    /// Where the words of each cell begin, and the end.
    starts: Vec<u32>,
    words: Vec<u32>,
}

/// No piece begins at this word: words have 24 bits.
const NO_WORD: u32 = u32::MAX;

impl<'a> Raster<'a> {
    /// Enters every edge into each cell whose closed box it meets. `None` when cells, or rows and
    /// cells that edges meet, are more than `most`; memory stays below 16 bytes for each of them.
    pub(crate) fn over(frame: Frame, arcs: &'a [u8], most: usize) -> Option<Self> {
        let most = most.checked_sub(frame.cells())?;
        let mut last = vec![NO_WORD; frame.cells()];
        let mut starts = vec![0; frame.cells() + 1];
        meet(&frame, arcs, most, |cell, word| {
            if last[cell] != word {
                last[cell] = word;
                starts[cell + 1] += 1;
            }
        })?;
        for cell in 0..frame.cells() {
            starts[cell + 1] = u32::checked_add(starts[cell], starts[cell + 1])?;
            last[cell] = starts[cell];
        }
        let mut words = vec![NO_WORD; starts[frame.cells()] as usize];
        meet(&frame, arcs, most, |cell, word| {
            let (start, end) = (starts[cell] as usize, last[cell] as usize);
            if end == start || words[end - 1] != word {
                words[end] = word;
                last[cell] += 1;
            }
        })?;
        Some(Self {
            frame,
            arcs,
            starts,
            words,
        })
    }

    fn cells(&self) -> impl Iterator<Item = &[u32]> {
        let bounds = self.starts.windows(2);
        bounds.map(|bound| &self.words[bound[0] as usize..bound[1] as usize])
    }

    /// The encoded index. Each cell states what lies at its south-western corner. The frame's
    /// western side is outside; along a row the answer changes by the borders between two corners.
    /// `Err` gives a corner where the answer is no unit.
    pub(crate) fn encode(&self, units: u32) -> Result<Vec<u8>, Point> {
        let mut directory = Vec::with_capacity(self.frame.cells() * 4);
        let mut lists = Vec::new();
        let mut here = 0;
        for (cell, words) in self.cells().enumerate() {
            let corner = self.corner(cell);
            if cell.is_multiple_of(self.frame.columns as usize) {
                here = 0;
            }
            if here > units {
                return Err(corner);
            }
            if words.is_empty() {
                put_u32(&mut directory, WHOLE | here);
                continue;
            }
            put_u32(&mut directory, lists.len() as u32);
            put_list(&mut lists, here, words);
            here ^= self.change_eastward(corner, words);
        }
        let mut out = Vec::new();
        self.frame.encode(&mut out);
        out.extend_from_slice(&directory);
        out.extend_from_slice(&lists);
        Ok(out)
    }

    /// The encoded index of lines that enclose nothing.
    pub(crate) fn encode_lines(&self) -> Vec<u8> {
        let mut lists = Vec::new();
        let mut out = Vec::new();
        self.frame.encode(&mut out);
        for words in self.cells() {
            put_u32(
                &mut out,
                if words.is_empty() {
                    WHOLE
                } else {
                    lists.len() as u32
                },
            );
            if !words.is_empty() {
                put_list(&mut lists, 0, words);
            }
        }
        out.extend_from_slice(&lists);
        out
    }

    /// What the borders between a corner and the next one to the east change.
    fn change_eastward(&self, corner: Point, words: &[u32]) -> u32 {
        let origin = (i64::from(corner.lon_e7), i64::from(corner.lat_e7));
        let next = (i64::from(self.frame.width), 0);
        let pieces = words.iter().filter_map(|word| Arc::at(self.arcs, *word));
        pieces.fold(0, |change, arc| {
            let crossed = |edge: &Edge| level_crosses(*edge, (0, 0), next);
            let odd = arc.edges(origin).filter(crossed).count() % 2 == 1;
            change ^ if odd { arc.left ^ arc.right } else { 0 }
        })
    }

    fn corner(&self, cell: usize) -> Point {
        let columns = self.frame.columns as usize;
        let (row, column) = ((cell / columns) as i64, (cell % columns) as i64);
        // The last corners lie within the globe, where an i32 has room.
        Point {
            lon_e7: (i64::from(self.frame.origin.lon_e7) + column * i64::from(self.frame.width))
                as i32,
            lat_e7: (i64::from(self.frame.origin.lat_e7) + row * i64::from(self.frame.height))
                as i32,
        }
    }
}

/// Tells every cell that an edge meets, piece by piece; `None` when that takes more than `most`
/// steps.
fn meet(frame: &Frame, arcs: &[u8], most: usize, mut visit: impl FnMut(usize, u32)) -> Option<()> {
    let mut left = most;
    for (word, piece) in pieces(arcs) {
        for edge in piece.edges((0, 0)) {
            enter(frame, edge, &mut left, &mut |cell| visit(cell, word))?;
        }
    }
    Some(())
}

fn enter(frame: &Frame, edge: Edge, left: &mut usize, visit: &mut impl FnMut(usize)) -> Option<()> {
    let (low, high) = if edge.0.1 <= edge.1.1 {
        edge
    } else {
        (edge.1, edge.0)
    };
    let height = i64::from(frame.height);
    let south = i64::from(frame.origin.lat_e7);
    let first = (low.1 - south - 1).div_euclid(height).max(0);
    let last = (high.1 - south).div_euclid(height);
    for row in first..=last.min(i64::from(frame.rows) - 1) {
        let from = (south + row * height).max(low.1);
        let to = (south + (row + 1) * height).min(high.1).max(from);
        let (a, b) = (longitude_at(low, high, from), longitude_at(low, high, to));
        let cells = row_cells(frame, row, a.0.min(b.0), a.1.max(b.1));
        *left = left.checked_sub(cells.len() + 1)?;
        cells.for_each(&mut *visit);
    }
    Some(())
}

/// The cells of a row whose closed boxes meet a stretch of longitude.
fn row_cells(frame: &Frame, row: i64, west: i64, east: i64) -> std::ops::Range<usize> {
    let first = frame.unbounded((west - 1, 0)).0.max(0);
    let end = frame.unbounded((east, 0)).0 + 1;
    let end = end.min(i64::from(frame.columns)).max(first);
    let row = row as usize * frame.columns as usize;
    row + first as usize..row + end as usize
}

/// The smallest and the largest integer longitude that the edge may have at a latitude between its
/// ends: floor and ceiling of the exact value, or the whole extent of a level edge.
fn longitude_at(low: (i64, i64), high: (i64, i64), latitude: i64) -> (i64, i64) {
    let (run, rise) = (i128::from(high.0 - low.0), i128::from(high.1 - low.1));
    if rise == 0 {
        return (low.0.min(high.0), low.0.max(high.0));
    }
    let ahead = run * i128::from(latitude - low.1);
    let floor = ahead.div_euclid(rise);
    let ceiling = floor + i128::from(ahead.rem_euclid(rise) != 0);
    (low.0 + floor as i64, low.0 + ceiling as i64)
}

fn put_list(lists: &mut Vec<u8>, here: u32, words: &[u32]) {
    put_u24(lists, here);
    if words.len() < usize::from(MANY) {
        lists.push(words.len() as u8);
    } else {
        lists.push(MANY);
        put_u32(lists, words.len() as u32);
    }
    words.iter().for_each(|word| put_u24(lists, *word));
}
