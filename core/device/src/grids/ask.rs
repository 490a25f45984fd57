//! What the packs say of a position: grids, things nearby, an address.

use gewu_grid::Point;
use gewu_grid::datum::{DatumPoint, Frame};
use gewu_grid::file::{PackFault, Section};
use gewu_grid::lookup::{MAX_RADIUS_MM, Place};
use gewu_grid::near::NearPoint;
use gewu_model::ids::GridCode;
use gewu_model::place::{GridCertainty, Position};
use gewu_model::small::Arrange as _;

use super::held::{Found, Held};
use crate::api::{
    CandidateGrid, Datum, Located, Nearby, OwnDuty, ParentArea, PositionInput, RoadNearby,
};
use crate::error::{DeviceError, Result};
use crate::files::Mapped;
use crate::sdk::{Core, Gewu};

/// How far a road section may be and still be named with its distance.
const ROAD_MM: u32 = 1_000_000;

/// The position that is stored: shifted frames are turned back once, here.
pub(crate) fn to_position(input: &PositionInput) -> Result<Position> {
    let point = DatumPoint::new(input.lon, input.lat, input.datum.into())?;
    Ok(point.to_position(input.accuracy_m)?)
}

impl From<Datum> for Frame {
    fn from(datum: Datum) -> Self {
        match datum {
            Datum::Wgs84 => Self::Wgs84,
            Datum::Cgcs2000 => Self::Cgcs2000,
            Datum::Gcj02 => Self::Gcj02,
            Datum::Bd09 => Self::Bd09,
        }
    }
}

impl Gewu {
    /// Where a position lies, from the packs on this device: its unit grid with everything above
    /// it, how far the border is, and which other grids the accuracy circle reaches. `None` outside
    /// of all that the device knows. Needs no network.
    ///
    /// # Errors
    /// [`crate::GewuError::InvalidInput`] for a position that is none,
    /// [`crate::GewuError::Storage`].
    pub fn locate(&self, position: &PositionInput) -> crate::sdk::Answer<Option<Located>> {
        Ok(self.core().locate(&to_position(position)?)?)
    }

    /// The components nearest to a position within a radius in metres (2 km at most), nearest
    /// first, of one class or of all; 100 at most.
    ///
    /// # Errors
    /// As [`Gewu::locate`].
    pub fn components_near(
        &self,
        position: &PositionInput,
        radius_m: f64,
        class: Option<&str>,
        count: u32,
    ) -> crate::sdk::Answer<Vec<Nearby>> {
        let at = to_position(position)?;
        Ok(self.core().components_near(&at, radius_m, class, count)?)
    }

    /// The position as seen from the nearest door plate within 500 m, such as
    /// `瑞祥路11号的东北方向13.76米`; `None` without a plate nearby.
    ///
    /// # Errors
    /// As [`Gewu::locate`].
    pub fn address(&self, position: &PositionInput) -> crate::sdk::Answer<Option<String>> {
        Ok(self.core().address(&to_position(position)?)?)
    }
}

impl Core {
    fn locate(&self, at: &Position) -> Result<Option<Located>> {
        let packs = self.packs()?;
        let grids = self.grids(&packs)?;
        let Some(found) = grids.find(at)? else {
            return Ok(None);
        };
        let own = self
            .known_identity()
            .map(|who| who.certificate.duty_grids.clone());
        let mut located = grids
            .sound(found.0, located(&found, at))?
            .ok_or(DeviceError::MapDamaged)?;
        located.own_duty = match own.filter(|own| !own.is_empty()) {
            None => OwnDuty::Unbound,
            Some(own) if located.duty.as_ref().is_some_and(|duty| own.contains(duty)) => {
                OwnDuty::Inside
            }
            Some(own) if grids.reaches(at, &own)? => OwnDuty::Reached,
            Some(_) => OwnDuty::Outside,
        };
        Ok(Some(located))
    }

    fn components_near(
        &self,
        at: &Position,
        radius_m: f64,
        class: Option<&str>,
        count: u32,
    ) -> Result<Vec<Nearby>> {
        if radius_m <= 0.0 || radius_m.is_nan() {
            return Err(DeviceError::input("radius_m", "must be more than 0 metres"));
        }
        // Casts saturate, and the pack cuts what is too far.
        let (radius, most) = ((radius_m * 1_000.0) as u32, count as usize);
        let packs = self.packs()?;
        let grids = self.grids(&packs)?;
        let mut all: Vec<NearPoint> = Vec::new();
        for held in grids.by_duty(None) {
            let near = held
                .file
                .components_near(Point::from(at), radius, class, most);
            all.extend(grids.sound(held, near)?.unwrap_or_default());
        }
        all.arrange_by(|a, b| (a.distance_mm, &a.name).cmp(&(b.distance_mm, &b.name)));
        // Slices overlap.
        all.dedup_by(|a, b| a.name == b.name && a.at == b.at);
        all.truncate(most);
        Ok(all.into_iter().map(nearby).collect())
    }

    fn address(&self, at: &Position) -> Result<Option<String>> {
        let packs = self.packs()?;
        let grids = self.grids(&packs)?;
        let duty = grids
            .find(at)?
            .and_then(|(_, place)| place.duty().ok()?.map(GridCode::from));
        for held in grids.by_duty(duty.as_ref()) {
            let address = held.file.address(Point::from(at));
            let address = grids.sound(held, address)?.flatten();
            if address.is_some() {
                return Ok(address);
            }
        }
        Ok(None)
    }
}

fn metres(millimetres: u32) -> f64 {
    f64::from(millimetres) / 1_000.0
}

fn degrees(e7: i32) -> f64 {
    f64::from(e7) / 1e7
}

fn located((held, place): &Found<'_>, at: &Position) -> std::result::Result<Located, PackFault> {
    let parents = place.parents()?.into_iter();
    Ok(Located {
        lon: degrees(at.lon_e7),
        lat: degrees(at.lat_e7),
        unit: place.code()?,
        level: held.cut.level.clone(),
        parents: parents
            .map(|(level, code)| ParentArea {
                level: level.to_owned(),
                code: code.into(),
            })
            .collect(),
        duty: place.duty()?.map(GridCode::from),
        road: road(held, place, at)?,
        border_m: metres(place.border_mm),
        certainty: place.certainty,
        candidates: candidates(place, at)?,
        own_duty: OwnDuty::Unbound,
        pack: held.file.digest(),
    })
}

fn road(
    held: &Held,
    place: &Place<'_, Mapped>,
    at: &Position,
) -> std::result::Result<Option<RoadNearby>, PackFault> {
    let Some(code) = place.road()? else {
        return Ok(None);
    };
    let near = match held.file.road_near(Point::from(at), ROAD_MM) {
        Err(PackFault::Missing {
            section: Section::RoadIndex,
        }) => None,
        near => near?,
    };
    let near = near.filter(|near| near.code == code);
    Ok(Some(RoadNearby {
        code,
        distance_m: near.map(|near| metres(near.distance_mm)),
    }))
}

/// The units that the accuracy circle reaches, when it leaves the one.
fn candidates(
    place: &Place<'_, Mapped>,
    at: &Position,
) -> std::result::Result<Vec<CandidateGrid>, PackFault> {
    let radius = at
        .accuracy_mm
        .filter(|_| place.certainty == GridCertainty::Border);
    let Some(radius) = radius else {
        return Ok(Vec::new());
    };
    let units = &place.units;
    let found = units.candidates(Point::from(at), radius.min(MAX_RADIUS_MM))?;
    let named = found.into_iter().map(|candidate| {
        Ok(CandidateGrid {
            unit: units.code(candidate.unit)?,
            duty: units.duty(candidate.unit)?.map(GridCode::from),
            share: candidate.share,
        })
    });
    named.collect()
}

fn nearby(point: NearPoint) -> Nearby {
    Nearby {
        lon: degrees(point.at.lon_e7),
        lat: degrees(point.at.lat_e7),
        distance_m: metres(point.distance_mm),
        name: point.name,
        class: point.class,
        attributes: point.attributes.into_iter().collect(),
    }
}
