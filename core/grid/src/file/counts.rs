//! How much a pack holds, from the heads of its sections.

use super::bytes::u32_at;
use super::fault::PackFault;
use super::frame::FRAME_BYTES;
use super::layout::Section;
use super::open::GridFile;

/// How many of each there are; 0 of a layer that the pack lacks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Unit grids.
    pub units: u32,
    /// Road sections.
    pub roads: u32,
    /// Components.
    pub components: u32,
    /// Door plates.
    pub plates: u32,
}

impl<B: AsRef<[u8]>> GridFile<B> {
    /// How much the pack holds.
    ///
    /// # Errors
    /// [`PackFault`] when a layer is damaged; one that is missing counts as empty.
    pub fn counts(&self) -> Result<Counts, PackFault> {
        Ok(Counts {
            units: self.count(Section::UnitCodes, 0)?,
            roads: self.count(Section::Roads, 0)?,
            components: self.count(Section::Components, FRAME_BYTES)?,
            plates: self.count(Section::Plates, FRAME_BYTES)?,
        })
    }

    fn count(&self, section: Section, at: usize) -> Result<u32, PackFault> {
        match self.section(section) {
            Err(PackFault::Missing { .. }) => Ok(0),
            bytes => u32_at(bytes?, at).ok_or(PackFault::Malformed { section }),
        }
    }
}
