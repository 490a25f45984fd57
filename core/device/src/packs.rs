//! The city's rules, classes and grids, read once.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use gewu_evidence::Font;
use gewu_model::catalogue::Catalogue;
use gewu_model::crypto::sha256;
use gewu_model::deadline::{Calendar, Calendars};
use gewu_model::ids::Digest;
use gewu_model::policy::Policy;
use rusqlite::Connection;

use crate::error::{DeviceError, Result};
use crate::files::Files;
use crate::grids::Grids;
use crate::options::BundledPack;
use crate::store::packs::{self, GridRow};

pub(crate) const GRID: &str = "grid";
pub(crate) const CATALOGUE: &str = "catalogue";
pub(crate) const POLICY: &str = "policy";
pub(crate) const CALENDAR: &str = "calendar";
pub(crate) const FONT: &str = "font";

/// Every pack that is held, parsed.
pub(crate) struct Packs {
    policies: BTreeMap<Digest, Arc<Policy>>,
    policy: Arc<Policy>,
    catalogues: BTreeMap<Digest, Arc<Catalogue>>,
    catalogue: Option<Arc<Catalogue>>,
    calendars: Calendars,
    grids: OnceLock<Grids>,
    /// The bodies that the app brought, but for grids.
    brought: BTreeMap<Digest, Vec<u8>>,
    fonts: OnceLock<Vec<Arc<Font>>>,
}

impl Packs {
    /// The packs in the database, and those that the app brought where the city has none.
    pub(crate) fn load(tx: &Connection, bundled: &[BundledPack]) -> Result<Self> {
        let built_in = Arc::new(Policy::built_in());
        let mut policies = BTreeMap::from([(built_in.hash(), Arc::clone(&built_in))]);
        let mut policy = None;
        for (active, body) in bodies(tx, bundled, POLICY)? {
            let parsed = Arc::new(Policy::from_json(&body).map_err(|_| DeviceError::Damaged)?);
            policies.insert(parsed.hash(), Arc::clone(&parsed));
            policy = policy.or(active.then_some(parsed));
        }
        let mut catalogues = BTreeMap::new();
        let mut catalogue = None;
        for (active, body) in bodies(tx, bundled, CATALOGUE)? {
            let parsed = Arc::new(Catalogue::from_json(&body)?);
            catalogues.insert(parsed.hash(), Arc::clone(&parsed));
            catalogue = catalogue.or(active.then_some(parsed));
        }
        let calendars = bodies(tx, bundled, CALENDAR)?.into_iter();
        let calendars = calendars.filter_map(|(active, body)| active.then_some(body));
        let calendars = calendars
            .map(|body| Calendar::from_json(&body).map_err(|_| DeviceError::Damaged))
            .collect::<Result<Vec<_>>>()?;
        Ok(Self {
            calendars: Calendars::new(calendars),
            policies,
            policy: policy.unwrap_or(built_in),
            catalogues,
            catalogue,
            grids: OnceLock::new(),
            brought: bundled
                .iter()
                .filter(|pack| pack.kind != GRID)
                .map(|pack| (sha256(&pack.body), pack.body.clone()))
                .collect(),
            fonts: OnceLock::new(),
        })
    }

    /// The policy for new cases.
    pub(crate) fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The policy that a case pins.
    pub(crate) fn policy_of(&self, digest: &Digest) -> Result<&Policy> {
        let found = self.policies.get(digest);
        found
            .map(|policy| &**policy)
            .ok_or(DeviceError::NeedsPack(*digest))
    }

    /// The catalogue for new cases.
    pub(crate) fn catalogue(&self) -> Result<&Arc<Catalogue>> {
        self.catalogue
            .as_ref()
            .ok_or(DeviceError::NoPack("no classes are on this device yet"))
    }

    /// The catalogue that a case pins.
    pub(crate) fn catalogue_of(&self, digest: &Digest) -> Result<&Arc<Catalogue>> {
        let found = self.catalogues.get(digest);
        found.ok_or(DeviceError::NeedsPack(*digest))
    }

    /// The city's working calendars, or the one that ships.
    pub(crate) const fn calendars(&self) -> &Calendars {
        &self.calendars
    }

    /// The body of a catalogue or policy that the app brought.
    pub(crate) fn brought(&self, digest: &Digest) -> Option<Vec<u8>> {
        self.brought.get(digest).cloned()
    }

    /// The open grid packs, after [`Packs::open_grids`].
    pub(crate) fn grids(&self) -> Option<&Grids> {
        self.grids.get()
    }

    /// The fonts for stamps, read when they are first needed: they are large.
    pub(crate) fn fonts(&self, tx: &Connection, bundled: &[BundledPack]) -> Result<Vec<Arc<Font>>> {
        if let Some(fonts) = self.fonts.get() {
            return Ok(fonts.clone());
        }
        let bodies = bodies(tx, bundled, FONT)?.into_iter();
        let active = bodies.filter_map(|(active, body)| active.then_some(body));
        let fonts: Vec<Arc<Font>> = active
            .map(|body| Ok(Arc::new(Font::new(body)?)))
            .collect::<Result<_>>()?;
        Ok(self.fonts.get_or_init(|| fonts).clone())
    }

    /// Opens the grid packs in force, which costs little and is seldom needed.
    pub(crate) fn open_grids(
        &self,
        files: &dyn Files,
        rows: &[GridRow],
        bundled: &[BundledPack],
    ) -> &Grids {
        let active: Vec<GridRow> = rows.iter().filter(|row| row.active).cloned().collect();
        let brought = bundled.iter().filter(|pack| pack.kind == GRID);
        let brought: Vec<&[u8]> = brought.map(|pack| &pack.body[..]).collect();
        self.grids
            .get_or_init(|| Grids::open(files, &active, &brought))
    }
}

/// Whether `body` is a pack of that kind which this version can use. Unknown kinds are not; grid
/// packs come another way.
pub(crate) fn is_usable(kind: &str, body: &[u8]) -> bool {
    match kind {
        CATALOGUE => Catalogue::from_json(body).is_ok(),
        POLICY => Policy::from_json(body).is_ok(),
        CALENDAR => Calendar::from_json(body).is_ok(),
        FONT => Font::new(body.to_vec()).is_ok(),
        _ => false,
    }
}

fn bodies(tx: &Connection, bundled: &[BundledPack], kind: &str) -> Result<Vec<(bool, Vec<u8>)>> {
    let mut bodies = packs::bodies(tx, kind)?;
    let published = bodies.iter().any(|(active, _)| *active);
    let brought = bundled.iter().filter(|pack| pack.kind == kind);
    bodies.extend(brought.map(|pack| (!published, pack.body.clone())));
    Ok(bodies)
}
