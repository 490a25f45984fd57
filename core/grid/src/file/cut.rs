//! What a pack was cut from, and which level its units are: section 14, absent in a survey's own pack.

use gewu_model::ids::Digest;

use super::bytes::{array, put_u32, u32_at};
use super::fault::PackFault;
use super::layout::Section;
use super::open::GridFile;
use super::texts::Texts;

/// What only cut packs say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cut {
    /// SHA-256 of the pack that this one was cut from.
    pub from: Option<Digest>,
    /// The administrative level of the areas that stand in the place of unit grids, such as
    /// `community`; `None` when the units are unit grids.
    pub level: Option<String>,
}

pub(super) fn encode(cut: &Cut, level: u32) -> Vec<u8> {
    let mut out = cut.from.unwrap_or(Digest([0; 32])).0.to_vec();
    put_u32(&mut out, level);
    out
}

impl<B: AsRef<[u8]>> GridFile<B> {
    /// What the pack was cut from; nothing for a whole one.
    ///
    /// # Errors
    /// [`PackFault`] when that section is damaged.
    pub fn cut(&self) -> Result<Cut, PackFault> {
        let section = Section::Cut;
        let bytes = match self.section(section) {
            Err(PackFault::Missing { .. }) => return Ok(Cut::default()),
            bytes => bytes?,
        };
        let fault = PackFault::Malformed { section };
        let from = Digest(array(bytes, 0).ok_or(fault)?);
        let level = u32_at(bytes, 32).ok_or(fault)?;
        let level = Texts(self.section(Section::Texts)?).get(level)?;
        Ok(Cut {
            from: (from.0 != [0; 32]).then_some(from),
            level: (!level.is_empty()).then(|| level.to_owned()),
        })
    }
}
