//! Cases nearby that may be the same matter, asked while one reports: offline, from what is here.

use gewu_model::entry::{ClassRef, Payload};
use gewu_model::ids::{CaseId, ChangeHash};
use gewu_model::small::Arrange as _;
use gewu_model::time::Millis;
use rusqlite::Connection;

use super::{Answer, Core, Gewu};
use crate::api::{CaseRow, DraftId, PositionInput, Similar};
use crate::error::{DeviceError, Result};
use crate::grids::to_position;
use crate::packs::Packs;
use crate::store::points::{self, Frame};
use crate::store::{cases, drafts};
use crate::write::{CaseLog, project};

/// How far 1e-7 degree of latitude goes, in metres: a quarter of the meridian, 10,001,966 m on
/// WGS-84, over 90 degrees. Within some kilometres the earth is flat enough for it.
const METRES_PER_E7: f64 = 10_001_966.0 / 900_000_000.0;
/// The most cases that are named.
const MOST: usize = 20;

impl Gewu {
    /// Open cases on this device that may be the same matter as one of `class` at `position`: near,
    /// of the same class and not old, as the policy says. The nearest first, 20 at most. A help, no
    /// verdict: suggest with [`Gewu::suggest_duplicate`] once the report is saved.
    ///
    /// # Errors
    /// [`crate::GewuError::InvalidInput`] names a position that is none.
    pub fn similar(&self, position: &PositionInput, class: &ClassRef) -> Answer<Vec<Similar>> {
        Ok(self.core.similar(position, class, None)?)
    }

    /// The same for a draft; one without class or position is like nothing.
    ///
    /// # Errors
    /// [`crate::GewuError::NotFound`] when the draft is gone.
    pub fn similar_to_draft(&self, draft: DraftId) -> Answer<Vec<Similar>> {
        let found = self.core.read(|tx| drafts::get(tx, draft))?;
        let found = found.ok_or(DeviceError::NotFound("the draft"))?;
        let own = found.case_id();
        match (&found.input.position, &found.input.class) {
            (Some(position), Some(class)) => Ok(self.core.similar(position, class, Some(own))?),
            _ => Ok(Vec::new()),
        }
    }

    /// How far apart the reports of two cases lie, in millimetres, where both are here.
    ///
    /// # Errors
    /// [`crate::GewuError::Storage`].
    pub fn distance_mm(&self, one: CaseId, other: CaseId) -> Answer<Option<u32>> {
        let packs = self.core.packs()?;
        Ok(self.core.read(|tx| {
            let place = |case: &CaseId| {
                let view = CaseLog::load(tx, case)?.view(&packs);
                let report = view.report.map(|report| report.position);
                Ok::<_, DeviceError>(report.map(|at| (at.lon_e7, at.lat_e7)))
            };
            let between = place(&one)?.zip(place(&other)?);
            // Farther than the number reaches is farther than anything that could be meant.
            Ok(between.map(|(a, b)| (metres(a, b) * 1_000.0).min(f64::from(u32::MAX)) as u32))
        })?)
    }
}

impl Core {
    fn similar(
        &self,
        position: &PositionInput,
        class: &ClassRef,
        except: Option<CaseId>,
    ) -> Result<Vec<Similar>> {
        let at = to_position(position)?;
        let here = (at.lon_e7, at.lat_e7);
        let packs = self.packs()?;
        self.fill_points(&packs)?;
        let now = self.stamp().at;
        let rule = packs.policy().duplicates();
        let radius_m = f64::from(rule.radius_m);
        let mut found = self.read(|tx| {
            let class = Some(class).filter(|_| rule.same_class);
            let near = points::within(tx, &frame(here, radius_m), class)?;
            let near = near
                .into_iter()
                .map(|(case, lon, lat)| (case, metres(here, (lon, lat))))
                .filter(|(case, far)| *far <= radius_m && Some(*case) != except);
            let told = near.map(|(case, far)| tell(tx, &packs, &case, far));
            told.collect::<Result<Vec<_>>>()
        })?;
        let oldest = now.plus(-i64::from(rule.age_days) * 86_400_000);
        let open = |row: &CaseRow| {
            let told = row.public_stage.is_none_or(|stage| !stage.is_final());
            told && rule.counts(row.stage)
        };
        found.retain(|it| open(&it.row) && it.first_known() >= oldest);
        found.arrange_by(|a, b| a.distance_m.total_cmp(&b.distance_m));
        found.truncate(MOST);
        Ok(found)
    }

    /// Projects anew what was projected before places were kept.
    fn fill_points(&self, packs: &Packs) -> Result<()> {
        let missing = self.read(|tx| points::missing(tx))?;
        if missing.is_empty() {
            return Ok(());
        }
        self.write(|tx| {
            for case in &missing {
                project(tx, packs, &CaseLog::load(tx, case)?)?;
            }
            Ok(())
        })
    }
}

fn tell(tx: &Connection, packs: &Packs, case: &CaseId, distance_m: f64) -> Result<Similar> {
    let log = CaseLog::load(tx, case)?;
    let row = cases::get(tx, case)?.ok_or(DeviceError::NotFound("the case"))?;
    let view = log.view(packs);
    let (claimed_at, received_at) = view
        .report_entry
        .and_then(|hash| reported(&log, &hash))
        .unwrap_or_default();
    let live = log.iter().filter(|(change, _)| change.live);
    let written = live.filter_map(|(_, row)| row.entry.as_ref()?.payload.as_ref().ok());
    let first = written.flat_map(Payload::photos).next();
    Ok(Similar {
        row,
        distance_m,
        claimed_at,
        received_at,
        photo: first.map(|photo| photo.sha256),
    })
}

/// When a report was written by its author's clock, and when it was received.
fn reported(log: &CaseLog, hash: &ChangeHash) -> Option<(Millis, Option<Millis>)> {
    let entry = log.row(hash)?.entry.as_ref()?;
    let received = log.get(hash)?.stored.received_at;
    Some((entry.entry.header.claimed_at, received))
}

/// The box around a circle; at the poles it goes round.
fn frame((lon, lat): (i32, i32), radius_m: f64) -> Frame {
    let up = (radius_m / METRES_PER_E7).ceil() as i64 + 1;
    let narrow = (f64::from(lat) * 1e-7).to_radians().cos().max(1e-3);
    let across = (radius_m / (METRES_PER_E7 * narrow)).ceil() as i64 + 1;
    let (lon, lat) = (i64::from(lon), i64::from(lat));
    Frame {
        lon: (lon - across, lon + across),
        lat: (lat - up, lat + up),
    }
}

/// The distance of two near points in 1e-7 degree, in metres.
fn metres((lon_a, lat_a): (i32, i32), (lon_b, lat_b): (i32, i32)) -> f64 {
    let middle = (f64::from(lat_a) + f64::from(lat_b)) / 2.0 * 1e-7;
    let up = f64::from(lat_a) - f64::from(lat_b);
    let across = (f64::from(lon_a) - f64::from(lon_b)) * middle.to_radians().cos();
    up.hypot(across) * METRES_PER_E7
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_the_ellipsoid_within_a_hundredth() {
        // One second of latitude and of longitude at 41.8° N: 30.86 m and 23.07 m by Vincenty.
        let here = (1_234_227_000, 418_000_000);
        let north = metres(here, (here.0, here.1 + 2_778));
        let east = metres(here, (here.0 + 2_778, here.1));
        assert!((north - 30.86).abs() < 0.31, "{north}");
        assert!((east - 23.07).abs() < 0.24, "{east}");
        let frame = frame(here, 50.0);
        let corner = metres(here, (frame.lon.1 as i32, here.1));
        assert!(corner >= 50.0, "{corner}");
    }
}
