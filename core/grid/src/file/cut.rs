//! What a pack was cut from, and which level its units are: section 14, absent in a survey's own pack.

use gewu_model::ids::{Digest, GridCode};

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
    /// The duty grids that it was cut for, in order.
    pub grids: Vec<GridCode>,
}

/// `number` gives a text its number.
pub(super) fn encode<'a>(cut: &'a Cut, mut number: impl FnMut(&'a str) -> u32) -> Vec<u8> {
    let mut out = cut.from.unwrap_or(Digest([0; 32])).0.to_vec();
    put_u32(&mut out, number(cut.level.as_deref().unwrap_or_default()));
    put_u32(&mut out, cut.grids.len() as u32);
    for grid in &cut.grids {
        put_u32(&mut out, number(grid.as_str()));
    }
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
        let texts = Texts(self.section(Section::Texts)?);
        let text = |at: usize| texts.get(u32_at(bytes, at).ok_or(fault)?);
        let level = text(32)?;
        let count = u32_at(bytes, 36).ok_or(fault)? as usize;
        if bytes.len() / 4 < count {
            return Err(fault);
        }
        Ok(Cut {
            from: (from.0 != [0; 32]).then_some(from),
            level: (!level.is_empty()).then(|| level.to_owned()),
            grids: (0..count)
                .map(|at| text(40 + at * 4).map(GridCode::from))
                .collect::<Result<_, _>>()?,
        })
    }
}
