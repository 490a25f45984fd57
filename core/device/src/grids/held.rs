//! The packs in force, open, and which of them answers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use gewu_grid::Point;
use gewu_grid::file::{Cut, GridFile, PackFault};
use gewu_grid::lookup::Place;
use gewu_model::ids::{Digest, GridCode};
use gewu_model::place::{GridRef, Position};
use gewu_model::small::{Arrange as _, Gather as _};

use super::path;
use crate::error::{DeviceError, Result};
use crate::files::{Files, Mapped};
use crate::sdk::guard;
use crate::store::packs::GridRow;

/// One open pack.
pub(crate) struct Held {
    pub(super) file: GridFile<Mapped>,
    pub(super) cut: Cut,
    version: u64,
}

/// Every grid pack in force.
#[derive(Default)]
pub(crate) struct Grids {
    held: Vec<Held>,
    /// Packs whose files are gone or damaged, as far as opening and asking them has shown; the next
    /// sync fetches them anew.
    broken: Mutex<BTreeSet<Digest>>,
}

/// A pack's answer.
pub(super) type Found<'a> = (&'a Held, Place<'a, Mapped>);

impl Grids {
    /// Opens the packs of these rows, or those that the app brought where there are none.
    pub(crate) fn open(files: &dyn Files, rows: &[GridRow], bundled: &[&[u8]]) -> Self {
        let mut grids = Self::default();
        for row in rows {
            let file = files.map(&path(&row.digest)).ok();
            let file = file.filter(|file| file.as_ref().len() as u64 == row.bytes);
            match file.and_then(|file| open(file, Some(row.digest)).ok()) {
                Some(held) => grids.held.push(held),
                None => {
                    guard(&grids.broken).insert(row.digest);
                }
            }
        }
        if grids.held.is_empty() {
            let brought = bundled.iter().map(|body| Mapped::from(body.to_vec()));
            let brought = brought.filter_map(|body| open(body, None).ok());
            grids.held.extend(brought);
        }
        grids
    }

    /// Packs that cannot be used, after a look at every byte that no answer has checked yet.
    pub(crate) fn broken(&self) -> BTreeSet<Digest> {
        for held in &self.held {
            // The fault is remembered.
            let _ = self.sound(held, held.file.verify_all());
        }
        guard(&self.broken).clone()
    }

    /// What a pack answered; `None` where it lacks the layer.
    ///
    /// # Errors
    /// [`DeviceError::MapDamaged`] of a damaged pack, which is remembered. Another pack's answer in
    /// its place could be a wrong one.
    pub(super) fn sound<T>(
        &self,
        held: &Held,
        answer: std::result::Result<T, PackFault>,
    ) -> Result<Option<T>> {
        match answer {
            Ok(answer) => Ok(Some(answer)),
            Err(PackFault::Missing { .. }) => Ok(None),
            Err(_) => {
                guard(&self.broken).insert(held.file.digest());
                Err(DeviceError::MapDamaged)
            }
        }
    }

    /// Whether the unit grids of each of these duty grids are here and not known to be damaged.
    pub(crate) fn knows(&self, own: &[GridCode]) -> bool {
        let broken = guard(&self.broken);
        let sound = |held: &&Held| !broken.contains(&held.file.digest());
        own.iter().all(|duty| {
            let mut held = self.held.iter().filter(sound);
            held.any(|held| held.knows(Some(duty)))
        })
    }

    /// The grid of a position, as a report carries it.
    pub(crate) fn grid_ref(&self, at: &Position) -> Result<Option<GridRef>> {
        match self.find(at)? {
            Some((held, place)) => self.sound(held, place.grid_ref()),
            None => Ok(None),
        }
    }

    /// The areas above a position, by level.
    pub(crate) fn areas(&self, at: &Position) -> Result<BTreeMap<String, GridCode>> {
        let Some((held, place)) = self.find(at)? else {
            return Ok(BTreeMap::new());
        };
        let parents = self
            .sound(held, place.parents())?
            .unwrap_or_default()
            .into_iter();
        let named = parents.map(|(level, code)| (level.to_owned(), GridCode::from(code)));
        Ok(named.into_map())
    }

    /// The answer to go by. Unit grids come before areas, a newer survey before an older one. Parts
    /// of one survey differ on their outer borders only, where the smaller code is the right one:
    /// whoever has it has seen more of what lies there.
    pub(super) fn find(&self, at: &Position) -> Result<Option<Found<'_>>> {
        let mut found = Vec::new();
        for held in &self.held {
            let Some(place) = self.sound(held, held.file.locate(at))?.flatten() else {
                continue;
            };
            let code = self.sound(held, place.code())?;
            let rank = (
                held.cut.level.is_none(),
                held.version,
                std::cmp::Reverse(code),
            );
            found.push((rank, (held, place)));
        }
        let best = found.into_iter().max_by(|(a, _), (b, _)| a.cmp(b));
        let best = best.map(|(_, found)| found);
        let is_unit = best
            .as_ref()
            .is_some_and(|(held, _)| held.cut.level.is_none());
        if !is_unit && !guard(&self.broken).is_empty() {
            // What cannot be opened may know better.
            return Err(DeviceError::MapDamaged);
        }
        Ok(best)
    }

    /// Whether the accuracy circle of a position reaches one of these duty grids. A circle too wide
    /// for the duty rule reaches none.
    pub(crate) fn reaches(&self, at: &Position, own: &[GridCode]) -> Result<bool> {
        let Some(radius) = at.reach_mm() else {
            return Ok(false);
        };
        for held in &self.held {
            let reached = held.reaches(Point::from(at), radius, own);
            if self.sound(held, reached)?.unwrap_or(false) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The packs, those that know a duty grid best first.
    pub(super) fn by_duty(&self, duty: Option<&GridCode>) -> Vec<&Held> {
        let mut all: Vec<&Held> = self.held.iter().collect();
        all.arrange_by_key(|held| (!held.knows(duty), std::cmp::Reverse(held.version)));
        all
    }
}

impl Held {
    /// Whether it has the unit grids of the whole city, or of this duty grid.
    fn knows(&self, duty: Option<&GridCode>) -> bool {
        let whole = self.cut.level.is_none() && self.cut.grids.is_empty();
        whole || duty.is_some_and(|duty| self.cut.grids.contains(duty))
    }

    fn reaches(
        &self,
        at: Point,
        radius: u32,
        own: &[GridCode],
    ) -> std::result::Result<bool, PackFault> {
        if self.cut.level.is_some() {
            return Ok(false);
        }
        let units = self.file.units()?;
        for candidate in units.candidates(at, radius)? {
            let duty = units.duty(candidate.unit)?;
            if duty.is_some_and(|duty| own.iter().any(|grid| grid.as_str() == duty)) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// A damaged map keeps nobody from reporting; it says nothing.
pub(crate) fn unless_damaged<T: Default>(answer: Result<T>) -> Result<T> {
    match answer {
        Err(DeviceError::MapDamaged) => Ok(T::default()),
        answer => answer,
    }
}

/// A pack whose head can be read, and that says what it is.
fn open(bytes: Mapped, digest: Option<Digest>) -> std::result::Result<Held, PackFault> {
    let file = match digest {
        Some(digest) => GridFile::open(bytes, digest)?,
        None => GridFile::open_unsigned(bytes)?,
    };
    Ok(Held {
        cut: file.cut()?,
        version: file.about()?.version,
        file,
    })
}
