//! The raster of a layer and the pieces of border that it points to.

use crate::file::{
    Arc, FRAME_BYTES, FastFrame, Frame, InCell, MANY, PackFault, Section, WHOLE, u24_at, u32_at,
};
use crate::geometry::Point;

/// A raster with its pieces; the sections are verified.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Borders<'a> {
    pub(crate) frame: FastFrame,
    directory: &'a [u8],
    lists: &'a [u8],
    pub(crate) arcs: &'a [u8],
    section: Section,
}

/// Pieces that one question about a neighbourhood may read; only a hostile index has more.
const MOST_VISITED: usize = 1 << 22;

/// What a raster cell says.
pub(crate) enum CellContent<'a> {
    /// No border runs through it: all of it is this unit.
    Whole(u32),
    /// The unit at the south-western corner, and the words of the pieces, three bytes each.
    Crossed(u32, &'a [u8]),
}

impl<'a> Borders<'a> {
    pub(crate) fn new(
        index: &'a [u8],
        arcs: &'a [u8],
        section: Section,
    ) -> Result<Self, PackFault> {
        Self::decode(index, arcs, section).ok_or(PackFault::Malformed { section })
    }

    fn decode(index: &'a [u8], arcs: &'a [u8], section: Section) -> Option<Self> {
        let frame = Frame::decode(index)?;
        let (directory, lists) = index
            .get(FRAME_BYTES..)?
            .split_at_checked(frame.cells().checked_mul(4)?)?;
        Some(Self {
            frame: FastFrame::new(frame),
            directory,
            lists,
            arcs,
            section,
        })
    }

    pub(crate) const fn fault(&self) -> PackFault {
        PackFault::Malformed {
            section: self.section,
        }
    }

    #[inline]
    pub(crate) fn content(&self, cell: usize) -> Result<CellContent<'a>, PackFault> {
        self.read(cell).ok_or(self.fault())
    }

    #[inline]
    fn read(&self, cell: usize) -> Option<CellContent<'a>> {
        let entry = u32_at(self.directory, cell * 4)?;
        if entry & WHOLE != 0 {
            return Some(CellContent::Whole(entry & !WHOLE));
        }
        let list = self.lists.get(entry as usize..)?;
        let (&[a, b, c, short], rest) = list.split_first_chunk()?;
        let here = u32::from_le_bytes([a, b, c, 0]);
        let words = match short {
            MANY => {
                let count = u32_at(rest, 0)? as usize;
                rest.get(4..4_usize.checked_add(count.checked_mul(3)?)?)?
            }
            short => rest.get(..usize::from(short) * 3)?,
        };
        Some(CellContent::Crossed(here, words))
    }

    /// The piece that three bytes of a list name.
    #[inline]
    pub(crate) fn piece(&self, word: &[u8]) -> Result<Arc<'a>, PackFault> {
        let piece = u24_at(word, 0).and_then(|word| Arc::at(self.arcs, word));
        piece.ok_or(self.fault())
    }

    /// The number of the unit that holds a point, plus one; 0 outside.
    #[inline]
    pub(crate) fn unit_at(&self, at: Point) -> Result<u32, PackFault> {
        let Some(found) = self.frame.cell(at) else {
            return Ok(0);
        };
        match self.content(found.cell)? {
            CellContent::Whole(unit) => Ok(unit),
            CellContent::Crossed(here, words) => self.walk(here, words, &found),
        }
    }

    #[inline]
    fn walk(&self, here: u32, words: &[u8], found: &InCell) -> Result<u32, PackFault> {
        let mut unit = here;
        for word in words.chunks_exact(3) {
            match super::walk::change(&self.piece(word)?, found) {
                Some(change) => unit ^= change,
                None => return super::walk::carefully(self, here, words, found),
            }
        }
        Ok(unit)
    }

    /// Hands every piece in the raster cells around a point to `visit`; a piece that runs through
    /// several cells comes several times.
    pub(crate) fn visit_around(
        &self,
        at: Point,
        reach: (i64, i64),
        mut visit: impl FnMut(u32, Arc<'a>),
    ) -> Result<(), PackFault> {
        let frame = &self.frame.frame;
        let mut visited = 0;
        let (columns, rows) = frame.around(at, reach);
        for row in rows {
            for column in columns.clone() {
                let cell = row * frame.columns as usize + column;
                let CellContent::Crossed(_, words) = self.content(cell)? else {
                    continue;
                };
                visited += words.len();
                if visited > MOST_VISITED * 3 {
                    return Err(self.fault());
                }
                for word in words.chunks_exact(3) {
                    visit(u24_at(word, 0).unwrap_or(0), self.piece(word)?);
                }
            }
        }
        Ok(())
    }
}
