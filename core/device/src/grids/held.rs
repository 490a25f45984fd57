//! The packs in force, open, and which of them answers.

use gewu_grid::Point;
use gewu_grid::file::{Cut, GridFile, PackFault};
use gewu_grid::lookup::Place;
use gewu_model::ids::{Digest, GridCode};
use gewu_model::place::{GridRef, Position};

use super::path;
use crate::files::{Files, Mapped};
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
    /// Packs whose files are gone or damaged; the next exchange fetches them anew.
    broken: Vec<Digest>,
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
                None => grids.broken.push(row.digest),
            }
        }
        if grids.held.is_empty() {
            let brought = bundled.iter().map(|body| Mapped::from(body.to_vec()));
            let brought = brought.filter_map(|body| open(body, None).ok());
            grids.held.extend(brought);
        }
        grids
    }

    /// Packs that cannot be opened.
    pub(crate) fn broken(&self) -> &[Digest] {
        &self.broken
    }

    /// The grid of a position, as a report carries it.
    pub(crate) fn grid_ref(&self, at: &Position) -> Option<GridRef> {
        self.find(at)?.1.grid_ref().ok()
    }

    /// The answer to go by. Unit grids come before areas, a newer survey before an older one. Parts
    /// of one survey differ on their outer borders only, where the smaller code is the right one:
    /// whoever has it has seen more of what lies there.
    pub(super) fn find(&self, at: &Position) -> Option<Found<'_>> {
        let found = self.held.iter().filter_map(|held| {
            let place = held.file.locate(at).ok()??;
            let code = place.code().ok()?;
            let rank = (
                held.cut.level.is_none(),
                held.version,
                std::cmp::Reverse(code),
            );
            Some((rank, (held, place)))
        });
        let best = found.max_by(|(a, _), (b, _)| a.cmp(b));
        best.map(|(_, found)| found)
    }

    /// Whether the accuracy circle of a position reaches one of these duty grids. A circle too wide
    /// for the duty rule reaches none.
    pub(crate) fn reaches(&self, at: &Position, own: &[GridCode]) -> bool {
        let Some(radius) = at.reach_mm() else {
            return false;
        };
        self.held
            .iter()
            .any(|held| held.reaches(Point::from(at), radius, own).unwrap_or(false))
    }

    /// The packs, those that know a duty grid best first.
    pub(super) fn by_duty(&self, duty: Option<&GridCode>) -> Vec<&Held> {
        let mut all: Vec<&Held> = self.held.iter().collect();
        let knows = |held: &Held| {
            let whole = held.cut.level.is_none() && held.cut.grids.is_empty();
            whole || duty.is_some_and(|duty| held.cut.grids.contains(duty))
        };
        all.sort_by_key(|held| (!knows(held), std::cmp::Reverse(held.version)));
        all
    }
}

impl Held {
    fn reaches(&self, at: Point, radius: u32, own: &[GridCode]) -> Result<bool, PackFault> {
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

/// A pack whose head can be read, and that says what it is.
fn open(bytes: Mapped, digest: Option<Digest>) -> Result<Held, PackFault> {
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
