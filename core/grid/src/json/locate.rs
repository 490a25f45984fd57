//! The question that the crate exists for.

use gewu_model::ids::Digest;
use gewu_model::place::{GridCertainty, GridRef, Position};

use super::pack::{Cell, GridPack};

/// The cell that a position belongs to, and how sure that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Located<'a> {
    /// The unit grid.
    pub cell: &'a Cell,
    /// Hash of the pack that gave the answer.
    pub pack: Digest,
    /// Distance to the nearest border of the cell in millimetres; 0 on the border.
    pub border_mm: u32,
    /// Whether the accuracy circle stays inside the cell.
    pub certainty: GridCertainty,
}

impl GridPack {
    /// The one cell that `at` belongs to, or `None` outside the district and off the globe.
    ///
    /// On a shared border the smallest code wins; see the crate's documentation.
    pub fn locate(&self, at: &Position) -> Option<Located<'_>> {
        if !at.is_valid() {
            return None;
        }
        let point = at.into();
        let cell = self.cells().iter().find(|cell| cell.ring.covers(point))?;
        let border_mm = cell.ring.border_mm(point);
        let certainty = certainty(at.accuracy_mm, border_mm);
        Some(Located {
            cell,
            pack: self.hash(),
            border_mm,
            certainty,
        })
    }
}

const fn certainty(accuracy_mm: Option<u32>, border_mm: u32) -> GridCertainty {
    match accuracy_mm {
        None => GridCertainty::Unknown,
        Some(radius) if radius < border_mm => GridCertainty::Certain,
        Some(_) => GridCertainty::Border,
    }
}

impl From<Located<'_>> for GridRef {
    fn from(found: Located<'_>) -> Self {
        Self {
            unit: found.cell.code.clone(),
            duty: found.cell.duty.clone(),
            road: found.cell.road.clone(),
            pack: found.pack,
            certainty: found.certainty,
            border_mm: found.border_mm,
            level: None,
        }
    }
}
