//! The header of a JPEG's scan: what its data are of.

use crate::frame::{Coding, Frame, Sampled};

/// A scan's header (B.2.3).
pub(crate) struct Header<'h> {
    /// Which component of the frame, and its two tables.
    pub(crate) parts: Vec<(usize, u8)>,
    pub(crate) first: u8,
    pub(crate) last: u8,
    /// The pass that is refined; 0 in the first.
    pub(crate) high: u8,
    frame: &'h Frame,
}

impl<'h> Header<'h> {
    pub(crate) fn read(body: &[u8], frame: &'h Frame) -> Option<Self> {
        let (count, rest) = body.split_first()?;
        let (listed, rest) = rest.split_at_checked(2 * usize::from(*count))?;
        let [first, last, passes, ..] = rest else {
            return None;
        };
        let part = |[id, tables]: &[u8; 2]| {
            let at = frame.sampling.iter().position(|part| part.id == *id)?;
            Some((at, *tables))
        };
        let parts: Option<Vec<_>> = listed.as_chunks::<2>().0.iter().map(part).collect();
        // In sequential pictures these three mean nothing, and some writers leave them out.
        let (first, last, high) = match frame.coding {
            Coding::Sequential => (0, 63, 0),
            _ => (*first, *last, passes >> 4),
        };
        let header = Self {
            parts: parts.filter(|parts| (1..=4).contains(&parts.len()))?,
            first,
            last,
            high,
            frame,
        };
        (header.first <= header.last && header.last < 64).then_some(header)
    }

    pub(crate) fn sampled(&self) -> impl Iterator<Item = (&Sampled, u8)> {
        let of = |(at, tables): &(usize, u8)| (&self.frame.sampling[*at], *tables);
        self.parts.iter().map(of)
    }

    /// Units of the scan: those of the frame, or of a component by itself its blocks (A.2.2).
    pub(crate) fn units(&self) -> u64 {
        let [(at, _)] = self.parts[..] else {
            return self.frame.units();
        };
        let part = &self.frame.sampling[at];
        let (across, down) = self.frame.factors();
        let blocks = |size: u32, own: u8, most: u32| {
            u64::from(
                size.saturating_mul(u32::from(own))
                    .div_ceil(most)
                    .div_ceil(8),
            )
        };
        blocks(self.frame.width, part.across, across) * blocks(self.frame.height, part.down, down)
    }

    /// The coefficients that it brings, as bits.
    pub(crate) const fn band(&self) -> u64 {
        let count = self.last - self.first + 1;
        (u64::MAX >> (64 - count as u32)) << self.first
    }
}

impl Header<'_> {
    /// Blocks of a component in a unit of the scan.
    pub(crate) fn blocks(&self, part: &Sampled) -> u64 {
        if self.parts.len() == 1 {
            1
        } else {
            part.blocks()
        }
    }

    pub(crate) fn blocks_per_unit(&self) -> u64 {
        self.sampled().map(|(part, _)| self.blocks(part)).sum()
    }
}
