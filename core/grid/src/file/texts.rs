//! Texts of a pack: a table of whole texts, and the units' codes with shared fronts.

use super::bytes::u32_at;
use super::fault::PackFault;
use super::layout::Section;

/// Codes per block: the first is whole, the others state how much of their predecessor they share.
pub(crate) const BLOCK: usize = 16;

/// Texts by number: `count`, `count + 1` offsets, bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Texts<'a>(pub(crate) &'a [u8]);

impl<'a> Texts<'a> {
    #[inline]
    pub(crate) fn get(self, number: u32) -> Result<&'a str, PackFault> {
        self.find(number).ok_or(PackFault::Malformed {
            section: Section::Texts,
        })
    }

    #[inline]
    fn find(self, number: u32) -> Option<&'a str> {
        let count = u32_at(self.0, 0)?;
        if number >= count {
            return None;
        }
        let offset = |at: u32| u32_at(self.0, 4 + at as usize * 4).map(|offset| offset as usize);
        let bytes = self.0.get(4 + (count as usize + 1) * 4..)?;
        let text = bytes.get(offset(number)?..offset(number + 1)?)?;
        std::str::from_utf8(text).ok()
    }
}

/// The units' codes in ascending order of their bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Codes<'a> {
    bytes: &'a [u8],
    count: u32,
}

impl<'a> Codes<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Option<Self> {
        let count = u32_at(bytes, 0)?;
        Some(Self { bytes, count })
    }

    pub(crate) const fn count(self) -> u32 {
        self.count
    }

    /// The code of one unit.
    pub(crate) fn get(self, unit: u32) -> Option<String> {
        if unit >= self.count {
            return None;
        }
        let mut rest = self.block(unit as usize / BLOCK)?;
        let mut code = Vec::new();
        for _ in 0..=unit as usize % BLOCK {
            let (&[kept, added], tail) = rest.split_first_chunk()?;
            code.truncate(usize::from(kept));
            code.extend_from_slice(tail.get(..usize::from(added))?);
            rest = &tail[usize::from(added)..];
        }
        String::from_utf8(code).ok()
    }

    /// The unit of a code.
    pub(crate) fn find(self, code: &str) -> Option<u32> {
        let (mut low, mut high) = (0, self.count);
        while low < high {
            let middle = low.midpoint(high);
            match self.get(middle)?.as_str().cmp(code) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }

    fn block(self, number: usize) -> Option<&'a [u8]> {
        let blocks = (self.count as usize).div_ceil(BLOCK);
        let bytes = self.bytes.get(4 + blocks * 4..)?;
        bytes.get(u32_at(self.bytes, 4 + number * 4)? as usize..)
    }
}
