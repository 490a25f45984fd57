//! The nearest road section.

use gewu_model::ids::GridCode;

use super::borders::Borders;
use super::locate::NearRoad;
use super::units::squared_to_piece;
use crate::file::{GridFile, PackFault, Section, Texts, u32_at};
use crate::geometry::{LocalPlane, Point};

/// How near a road section must be to be named without being asked for: a wide street's half.
pub const ROAD_WITHIN_MM: u32 = 30_000;
/// Questions about more than this are cut to it.
const FARTHEST_MM: u32 = 1_000_000;
const ROAD_BYTES: usize = 12;

impl<B: AsRef<[u8]>> GridFile<B> {
    /// The nearest road section within a distance of at most 1 km; of two at the same distance the
    /// one that comes first in the pack.
    ///
    /// # Errors
    /// [`PackFault`] when the pack has no roads or they are damaged.
    pub fn road_near(&self, at: Point, within_mm: u32) -> Result<Option<NearRoad>, PackFault> {
        let within = within_mm.min(FARTHEST_MM);
        let index = self.section(Section::RoadIndex)?;
        let lines = Borders::new(index, self.section(Section::RoadArcs)?, Section::RoadIndex)?;
        let plane = LocalPlane::touching(at);
        let mut best: Option<(f64, u32)> = None;
        lines.visit_around(at, plane.reach(within), |_, piece| {
            let squared = squared_to_piece(&plane, piece);
            let nearer = best.is_none_or(|best| (squared, piece.left) < best);
            if nearer && squared <= f64::from(within) * f64::from(within) {
                best = Some((squared, piece.left));
            }
        })?;
        let named = |(squared, road): (f64, u32)| {
            Ok(NearRoad {
                code: self.road_code(road)?,
                distance_mm: squared.sqrt() as u32,
            })
        };
        best.map(named).transpose()
    }

    fn road_code(&self, number: u32) -> Result<GridCode, PackFault> {
        let section = Section::Roads;
        let table = self.section(section)?;
        let text = number
            .checked_sub(1)
            .and_then(|road| u32_at(table, 4 + road as usize * ROAD_BYTES))
            .ok_or(PackFault::Malformed { section })?;
        Ok(GridCode::from(
            Texts(self.section(Section::Texts)?).get(text)?,
        ))
    }
}
