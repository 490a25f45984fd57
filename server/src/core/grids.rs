//! The city's grid packs: published with their slices, and asked where a case lies.
//!
//! A citizen's report names an administrative area only, a hotline's nothing at all, and an
//! inspector's may come from an older survey. So the server finds each position in the whole pack
//! itself, once, and keeps the answer beside the case: the report stays as its author signed it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use gewu_grid::Point;
use gewu_grid::file::GridFile;
use gewu_grid::slice::Cutter;
use gewu_grid::transfer;
use gewu_model::crypto::sha256;
use gewu_model::fold::CaseView;
use gewu_model::ids::{Digest, GridCode};
use gewu_model::pack::{PackAudience, PackTransfer};
use gewu_model::place::{GridRef, Position};
use gewu_model::time::Millis;
use gewu_sync::gate::Places;

use super::bench::Bench;
use super::packs::{New, Publication};
use super::{Core, CoreError, OpenError};
use crate::store::{Doubt, PackRow, PlaceRow, StoreError, Tx};

/// The kind of grid packs.
pub(super) const GRID: &str = "grid";
/// Between the name of a pack and what is cut from it.
const CUT: char = '/';
/// How many packs that reports name are kept open beside those in force.
const MOST_NAMED: usize = 32;

type File = Arc<GridFile<Vec<u8>>>;

/// The open packs.
#[derive(Debug, Default)]
pub(super) struct Grids {
    /// Whole packs in force, by name.
    whole: Vec<File>,
    /// Packs that reports named, slices and older ones.
    named: Mutex<BTreeMap<Digest, File>>,
}

impl Core {
    /// Publishes a whole pack and what is cut from it. A pack that is published already is left as
    /// it is, slices and all.
    pub(super) fn publish_grid(
        &self,
        pack: &Publication<'_>,
        now: Millis,
    ) -> Result<Digest, CoreError> {
        let (name, version, body) = (pack.name, pack.version, pack.body);
        let refuse = |error: &dyn std::fmt::Display| CoreError::Pack(error.to_string());
        let file = GridFile::open_unsigned(body).map_err(|fault| refuse(&fault))?;
        file.verify_all().map_err(|fault| refuse(&fault))?;
        let about = file.about().map_err(|fault| refuse(&fault))?;
        if about.version != version {
            let own = about.version;
            return Err(refuse(&format!(
                "it calls itself version {own}: publish it as that"
            )));
        }
        if file.cut().map_err(|fault| refuse(&fault))?.from.is_some() {
            return Err(refuse(
                &"it is a part of another pack: publish the whole one",
            ));
        }
        let known = self.read(|tx| Ok::<_, CoreError>(tx.all_packs(GRID)?))?;
        let same = known.iter().filter(|row| row.name == name);
        match same.max_by_key(|row| row.version) {
            Some(row) if row.digest == file.digest() => return Ok(row.digest),
            Some(row) if row.version > version => {
                let newer = row.version;
                let why = format!("version {newer} is published already: raise the version");
                return Err(refuse(&why));
            }
            Some(row) if pack.over != Some(row.digest) => {
                self.check_same_city(row.digest, &about.city)?;
            }
            _ => {}
        }
        let cutter = Cutter::new(&file).map_err(|fault| refuse(&fault))?;
        let parts = parts(&cutter).map_err(|fault| refuse(&fault))?;
        let part = |(audience, body)| new_part(name, version, audience, body);
        let mut all: Vec<New<'_>> = parts.iter().map(|(a, body)| part((a, body))).collect();
        let audience = match cutter.is_for_operators() {
            true => PackAudience::Operator,
            false => PackAudience::Staff,
        };
        all.push(New {
            name: name.to_owned(),
            ..part((&audience, body))
        });
        self.publish(&all, now)?;
        Ok(file.digest())
    }

    /// A map of another city under the same name would take this one's out of force everywhere.
    fn check_same_city(&self, before: Digest, city: &str) -> Result<(), CoreError> {
        let refuse = |words: String| Err(CoreError::Pack(words));
        let file =
            self.read(|tx| open(tx, before).map_err(|error| CoreError::Pack(error.to_string())))?;
        match file.and_then(|file| file.about().ok()) {
            Some(about) if about.city != city => refuse(format!(
                "it is of the city {city}, and the pack in force of {}: publish it under another name",
                about.city
            )),
            _ => Ok(()),
        }
    }

    /// The duty grids of the maps in force; empty without a map that has any.
    pub(super) fn known_duty_grids(&self) -> Result<BTreeSet<GridCode>, CoreError> {
        self.read(|tx| {
            let rows = in_force(tx.packs()?)
                .into_iter()
                .filter(|row| row.kind == GRID);
            let audiences = rows.filter_map(|row| row.audience);
            let grids = audiences.filter_map(|text| match PackAudience::from_text(&text) {
                PackAudience::DutyGrid(grid) => Some(grid),
                _ => None,
            });
            Ok(grids.collect())
        })
    }

    /// Opens the whole packs that are in force.
    pub(super) fn reload_grids(&self) -> Result<(), OpenError> {
        let whole = self.read(|tx| {
            let rows = in_force(tx.packs()?).into_iter();
            let rows = rows.filter(|row| row.kind == GRID && !row.name.contains(CUT));
            rows.filter_map(|row| open(tx, row.digest).transpose())
                .collect::<Result<Vec<_>, OpenError>>()
        })?;
        let grids = Grids {
            whole,
            ..Grids::default()
        };
        *self.grids.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(grids);
        Ok(())
    }

    /// Where the case lies, found when its report is first here and a pack is.
    pub(super) fn place(
        &self,
        bench: &Bench<'_>,
        view: &CaseView,
    ) -> Result<Option<PlaceRow>, CoreError> {
        let (tx, case) = (bench.tx, bench.state.case);
        if let Some(known) = tx.place(case)? {
            return Ok(Some(known));
        }
        let Some(report) = &view.report else {
            return Ok(None);
        };
        let grids = self.grids.read().unwrap_or_else(PoisonError::into_inner);
        let grids = Arc::clone(&grids);
        let Some(mut place) = grids.find(&report.position) else {
            return Ok(None);
        };
        place.doubt = match &report.grid {
            Some(own) => grids.doubt(tx, own, &report.position)?,
            None => None,
        };
        tx.put_place(case, &place)?;
        Ok(Some(place))
    }
}

impl Places for Grids {
    fn duty_grids(&self, at: &Position) -> Option<Vec<GridCode>> {
        let mut found = Vec::new();
        for file in &self.whole {
            let units = file.units().ok()?;
            let point = Point::from(at);
            for candidate in units.candidates(point, at.reach_mm().unwrap_or(0)).ok()? {
                let duty = units.duty(candidate.unit).ok()?;
                found.extend(duty.map(GridCode::from));
            }
        }
        (!self.whole.is_empty()).then_some(found)
    }
}

impl Grids {
    /// The whole packs in force.
    pub(super) fn whole(&self) -> impl Iterator<Item = &GridFile<Vec<u8>>> {
        self.whole.iter().map(|file| &**file)
    }

    /// Where a position lies by the packs in force; without any there is no answer. A pack whose
    /// damage shows only now gives none either: a report is not refused for that.
    fn find(&self, at: &Position) -> Option<PlaceRow> {
        let mut found = self.whole.iter().filter_map(|file| {
            let grid = file.locate(at).ok()??.grid_ref().ok()?;
            Some(PlaceRow {
                pack: grid.pack,
                unit: Some(grid.unit),
                duty_grid: grid.duty,
                road: grid.road,
                doubt: None,
            })
        });
        let outside = || {
            let file = self.whole.first()?;
            Some(PlaceRow {
                pack: file.digest(),
                unit: None,
                duty_grid: None,
                road: None,
                doubt: None,
            })
        };
        found.next().or_else(outside)
    }

    /// How the grid of a report fails against the pack that it names.
    fn doubt(
        &self,
        tx: &dyn Tx,
        own: &GridRef,
        at: &Position,
    ) -> Result<Option<Doubt>, StoreError> {
        let Some(file) = self.named(tx, own.pack)? else {
            return Ok(Some(Doubt::UnknownPack));
        };
        let place = file.locate(at).ok().flatten();
        let found = place.and_then(|place| place.grid_ref().ok());
        Ok((found.as_ref() != Some(own)).then_some(Doubt::Differs))
    }

    /// The pack of a digest, if it was ever published here.
    pub(super) fn named(&self, tx: &dyn Tx, digest: Digest) -> Result<Option<File>, StoreError> {
        if let Some(file) = self.whole.iter().find(|file| file.digest() == digest) {
            return Ok(Some(Arc::clone(file)));
        }
        let mut named = self.named.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = named.get(&digest) {
            return Ok(Some(Arc::clone(file)));
        }
        let body = tx.pack_body(digest)?;
        let file = body.and_then(|body| GridFile::open(body, digest).ok());
        let file = file.map(Arc::new);
        if let Some(file) = &file {
            while named.len() >= MOST_NAMED {
                named.pop_first();
            }
            named.insert(digest, Arc::clone(file));
        }
        Ok(file)
    }
}

fn open(tx: &dyn Tx, digest: Digest) -> Result<Option<File>, OpenError> {
    let Some(body) = tx.pack_body(digest)? else {
        return Ok(None);
    };
    let file = GridFile::open(body, digest).map_err(|fault| OpenError::Pack(fault.to_string()))?;
    Ok(Some(Arc::new(file)))
}

type Part = (PackAudience, Vec<u8>);

/// What is cut from a pack, each part for its audience.
fn parts(cutter: &Cutter) -> Result<Vec<Part>, gewu_grid::file::WriteError> {
    let mut parts: Vec<Part> = Vec::new();
    let mut add = |audience, body: Option<Vec<u8>>| parts.extend(body.map(|body| (audience, body)));
    add(PackAudience::Public, cutter.public()?);
    if cutter.is_for_operators() {
        add(PackAudience::Staff, cutter.field()?);
    }
    for grid in cutter.duty_grids() {
        let body = cutter.duty(&[grid.clone()].into())?;
        add(PackAudience::DutyGrid(grid), body);
    }
    Ok(parts)
}

fn new_part<'a>(name: &str, version: u64, audience: &PackAudience, body: &'a [u8]) -> New<'a> {
    New {
        kind: GRID,
        name: format!("{name}{CUT}{audience}"),
        version,
        audience: Some(audience.clone()),
        body,
    }
}

/// The compressed form of a pack.
pub(super) fn compressed(body: &[u8]) -> Result<(PackTransfer, Vec<u8>), CoreError> {
    let bytes = transfer::pack(body).map_err(|fault| CoreError::Pack(fault.to_string()))?;
    let form = PackTransfer {
        encoding: transfer::ENCODING.to_owned(),
        sha256: sha256(&bytes),
        bytes: bytes.len() as u64,
    };
    Ok((form, bytes))
}

/// The newest versions without parts of packs that have been replaced since: a part belongs to the
/// version that it was cut from.
pub(super) fn in_force(newest: Vec<PackRow>) -> Vec<PackRow> {
    let whole: BTreeMap<String, u64> = newest
        .iter()
        .filter(|row| row.kind == GRID && !row.name.contains(CUT))
        .map(|row| (row.name.clone(), row.version))
        .collect();
    let current = |row: &PackRow| match row.name.split_once(CUT) {
        Some((name, _)) if row.kind == GRID => whole.get(name) == Some(&row.version),
        _ => true,
    };
    newest.into_iter().filter(current).collect()
}
