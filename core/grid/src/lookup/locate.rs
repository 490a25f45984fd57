//! The whole answer about a position.

use gewu_model::ids::GridCode;
use gewu_model::place::{GridCertainty, GridRef, Position};

use super::roads::ROAD_WITHIN_MM;
use super::units::{Belongs, Unit, Units};
use crate::file::{GridFile, PackFault, Section};
use crate::geometry::{LocalPlane, Point};

/// Where a position lies. Texts stay in the pack until they are asked for.
#[derive(Debug)]
pub struct Place<'a, B> {
    /// The layer that gave the answer.
    pub units: Units<'a, B>,
    /// The unit grid.
    pub unit: Unit,
    /// Distance to the nearest border of the unit in millimetres, rounded down; 0 on the border.
    pub border_mm: u32,
    /// Whether the accuracy circle stays inside the unit.
    pub certainty: GridCertainty,
    point: Point,
}

/// A road section and how far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearRoad {
    /// Its code.
    pub code: GridCode,
    /// Distance to its nearest line in millimetres, rounded down.
    pub distance_mm: u32,
}

impl<'a, B: AsRef<[u8]>> Units<'a, B> {
    /// The unit that a position belongs to, how far its border is and how sure that makes it;
    /// `None` outside all units and off the globe.
    ///
    /// # Errors
    /// [`PackFault`] when a section that is needed is damaged.
    pub fn locate(&self, at: &Position) -> Result<Option<Place<'a, B>>, PackFault> {
        if !at.is_valid() {
            return Ok(None);
        }
        let point = Point::from(at);
        let Some(unit) = self.at(point)? else {
            return Ok(None);
        };
        let border_mm = self.border_in(unit, &LocalPlane::touching(point))?;
        Ok(Some(Place {
            units: *self,
            unit,
            border_mm,
            certainty: certainty(at.accuracy_mm, border_mm),
            point,
        }))
    }
}

impl<B: AsRef<[u8]>> GridFile<B> {
    /// As [`Units::locate`], for one question.
    ///
    /// # Errors
    /// [`PackFault`] when a section that is needed is missing or damaged.
    pub fn locate(&self, at: &Position) -> Result<Option<Place<'_, B>>, PackFault> {
        self.units()?.locate(at)
    }
}

impl<'a, B: AsRef<[u8]>> Place<'a, B> {
    /// The unit's code.
    ///
    /// # Errors
    /// [`PackFault`] when the codes are damaged.
    pub fn code(&self) -> Result<GridCode, PackFault> {
        self.units.code(self.unit)
    }

    /// The duty grid that holds the unit.
    ///
    /// # Errors
    /// [`PackFault`] when the record is damaged.
    pub fn duty(&self) -> Result<Option<&'a str>, PackFault> {
        self.units.duty(self.unit)
    }

    /// Level and code of what lies above the unit.
    ///
    /// # Errors
    /// [`PackFault`] when the record is damaged.
    pub fn parents(&self) -> Result<Vec<(&'a str, &'a str)>, PackFault> {
        self.units.parents(self.unit)
    }

    /// Duty grid, road section and levels above, found once for all questions about them.
    ///
    /// # Errors
    /// [`PackFault`] when the record is damaged.
    pub fn belongs(&self) -> Result<Belongs<'a>, PackFault> {
        self.units.belongs(self.unit)
    }

    /// The road section: the one that the survey assigns to the unit, or else the nearest line
    /// within [`ROAD_WITHIN_MM`] if the pack has roads.
    ///
    /// # Errors
    /// [`PackFault`] when a section is damaged.
    pub fn road(&self) -> Result<Option<GridCode>, PackFault> {
        if let Some(code) = self.units.road(self.unit)? {
            return Ok(Some(GridCode::from(code)));
        }
        let near = match self.units.file.road_near(self.point, ROAD_WITHIN_MM) {
            Err(PackFault::Missing {
                section: Section::RoadIndex,
            }) => None,
            near => near?,
        };
        Ok(near.map(|road| road.code))
    }

    /// What a report stores.
    ///
    /// # Errors
    /// [`PackFault`] when a section is damaged.
    pub fn grid_ref(&self) -> Result<GridRef, PackFault> {
        Ok(GridRef {
            unit: self.code()?,
            duty: self.duty()?.map(GridCode::from),
            road: self.road()?,
            pack: self.units.file.digest(),
            certainty: self.certainty,
            border_mm: self.border_mm,
            level: self.units.file.cut()?.level,
        })
    }
}

pub(crate) const fn certainty(accuracy_mm: Option<u32>, border_mm: u32) -> GridCertainty {
    match accuracy_mm {
        // No receiver is exact: nought means that it does not know.
        None | Some(0) => GridCertainty::Unknown,
        Some(radius) if radius < border_mm => GridCertainty::Certain,
        Some(_) => GridCertainty::Border,
    }
}
