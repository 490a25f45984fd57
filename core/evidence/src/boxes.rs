//! The boxes of ISO base media files (ISO/IEC 14496-12, 4.2): size, type, content.

use std::ops::Range;

/// One box: its type, and where it and its content lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) kind: [u8; 4],
    /// Where the four bytes of the type stand.
    pub(crate) kind_at: usize,
    pub(crate) content: Range<usize>,
}

/// Walks boxes; a box that runs past the end is given as `None` and is the last.
pub(crate) struct Boxes<'a> {
    bytes: &'a [u8],
    at: usize,
    end: usize,
}

impl<'a> Boxes<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self::within(bytes, 0..bytes.len())
    }

    pub(crate) const fn within(bytes: &'a [u8], range: Range<usize>) -> Self {
        Self {
            bytes,
            at: range.start,
            end: range.end,
        }
    }

    fn part(&self) -> Option<Part> {
        let rest = self.bytes.get(self.at..self.end)?;
        let short = u32::from_be_bytes(*rest.first_chunk()?) as usize;
        let kind = *rest.get(4..)?.first_chunk()?;
        let (head, size) = match short {
            0 => (8, rest.len()),
            1 => (
                16,
                usize::try_from(u64::from_be_bytes(*rest.get(8..)?.first_chunk()?)).ok()?,
            ),
            size => (8, size),
        };
        rest.get(head..size)?;
        Some(Part {
            kind,
            kind_at: self.at + 4,
            content: self.at + head..self.at + size,
        })
    }
}

impl Iterator for Boxes<'_> {
    type Item = Option<Part>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.end {
            return None;
        }
        let part = self.part();
        self.at = part.as_ref().map_or(self.end, |part| part.content.end);
        Some(part)
    }
}
