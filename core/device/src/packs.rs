//! The city's rules, classes and grids, read once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use gewu_evidence::Font;
use gewu_model::case::CaseRoot;
use gewu_model::catalogue::{Catalogue, Label};
use gewu_model::crypto::sha256;
use gewu_model::deadline::clocks::Held;
use gewu_model::deadline::{Calendar, Calendars};
use gewu_model::fold::{CaseView, Pins, Replica, Row, fold, fold_pinned};
use gewu_model::ids::Digest;
use gewu_model::labels::LabelTable;
use gewu_model::policy::{Policy, Whereabouts};
use gewu_model::small::Gather as _;
use rusqlite::Connection;

use crate::api::PackWhy;
use crate::error::{DeviceError, Result};
use crate::files::Files;
use crate::grids::{Grids, unless_damaged};
use crate::options::BundledPack;
use crate::store::packs::{self, GridRow};

pub(crate) const GRID: &str = "grid";
pub(crate) const CATALOGUE: &str = "catalogue";
pub(crate) const POLICY: &str = "policy";
pub(crate) const CALENDAR: &str = "calendar";
pub(crate) const FONT: &str = "font";
pub(crate) const LABELS: &str = "labels";

/// Every pack that is held, parsed.
pub(crate) struct Packs {
    policies: BTreeMap<Digest, Arc<Policy>>,
    policy: Arc<Policy>,
    built_in: Arc<Policy>,
    labels: Vec<LabelTable>,
    /// What every device has a word for.
    words: BTreeMap<String, Label>,
    catalogues: BTreeMap<Digest, Arc<Catalogue>>,
    catalogue: Option<Arc<Catalogue>>,
    calendars: Option<Calendars>,
    grids: OnceLock<Grids>,
    /// The bodies that the app brought, but for grids.
    brought: BTreeMap<Digest, Vec<u8>>,
    fonts: OnceLock<Vec<Arc<Font>>>,
}

impl Held for Packs {
    fn policy(&self, digest: &Digest) -> Option<&Policy> {
        self.policy_of(digest).ok()
    }

    fn catalogue(&self, digest: &Digest) -> Option<&Catalogue> {
        self.catalogue_of(digest).ok().map(|held| &**held)
    }
}

impl Packs {
    /// The packs in the database, and those that the app brought where the city has none.
    pub(crate) fn load(tx: &Connection, bundled: &[BundledPack]) -> Result<Self> {
        let built_in = Arc::new(Policy::built_in());
        let mut policies: BTreeMap<Digest, Arc<Policy>> = Policy::all_built_in()
            .map(|policy| (policy.hash(), Arc::new(policy)))
            .into_map();
        let mut policy = None;
        for (active, body) in bodies(tx, bundled, POLICY)? {
            // What another version of the app could read is a pack that is needed, and no damage.
            let Ok(parsed) = Policy::from_json(&body).map(Arc::new) else {
                continue;
            };
            policies.insert(parsed.hash(), Arc::clone(&parsed));
            policy = policy.or(active.then_some(parsed));
        }
        let mut catalogues = BTreeMap::new();
        let mut catalogue = None;
        for (active, body) in bodies(tx, bundled, CATALOGUE)? {
            // As with policies.
            let Ok(parsed) = Catalogue::from_json(&body).map(Arc::new) else {
                continue;
            };
            catalogues.insert(parsed.hash(), Arc::clone(&parsed));
            catalogue = catalogue.or(active.then_some(parsed));
        }
        let calendars = bodies(tx, bundled, CALENDAR)?.into_iter();
        let calendars = calendars.filter_map(|(active, body)| active.then_some(body));
        let calendars = calendars.map(|body| Calendar::from_json(&body).ok());
        Ok(Self {
            calendars: calendars.collect::<Option<Vec<_>>>().map(Calendars::new),
            policies,
            policy: policy.unwrap_or_else(|| Arc::clone(&built_in)),
            built_in,
            labels: labels(tx, bundled)?,
            words: gewu_model::labels::built_in(),
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

    /// The state of a case by the policy that its root pins; without it the view says so.
    pub(crate) fn view(&self, root: Option<&CaseRoot>, rows: &[Row], replica: Replica) -> CaseView {
        match root.map(|root| Pins::of(root, rows).policy) {
            Some(pinned) => {
                let held = self.policies.get(&pinned);
                fold_pinned(rows, replica, &pinned, held.map(|policy| &**policy))
            }
            None => fold(rows),
        }
    }

    /// Where a case lies, as far as the policy asks: by its report, which names no grid where it came from
    /// elsewhere, and by the map.
    pub(crate) fn whereabouts(&self, policy: &Policy, view: &CaseView) -> Whereabouts {
        let mut place = Whereabouts::of(view);
        let grids = self.grids().filter(|_| policy.asks_for_place());
        let Some((grids, report)) = grids.zip(view.report.as_ref()) else {
            return place;
        };
        if report.grid.is_none()
            && let Ok(Some(grid)) = unless_damaged(grids.grid_ref(&report.position))
        {
            place = Whereabouts::in_grid(&grid);
        }
        if let Ok(areas) = unless_damaged(grids.areas(&report.position)) {
            place.areas.extend(areas);
        }
        place
    }

    /// Whether any policy here asks where a case lies.
    pub(crate) fn ask_for_place(&self) -> bool {
        self.policies.values().any(|policy| policy.asks_for_place())
    }

    /// The label of a neutral name: the word of a label pack in force, of the policy that the case
    /// pins, or of the built-in one.
    pub(crate) fn label(&self, policy: Option<&Digest>, name: &str) -> Option<&Label> {
        let pinned = policy.and_then(|digest| self.policies.get(digest));
        let mut packs = self.labels.iter().filter_map(|table| table.get(name));
        packs
            .next()
            .or_else(|| pinned?.label(name))
            .or_else(|| self.built_in.label(name))
            .or_else(|| self.words.get(name))
    }

    /// The names that [`Packs::label`] knows a word for.
    pub(crate) fn label_names(&self, policy: Option<&Digest>) -> BTreeSet<String> {
        let pinned = policy.and_then(|digest| self.policies.get(digest));
        let policies = pinned.into_iter().chain([&self.built_in]);
        let ruled = policies.flat_map(|policy| policy.labels().keys());
        let tables = self.labels.iter().flat_map(|table| table.labels().keys());
        ruled
            .chain(tables)
            .chain(self.words.keys())
            .cloned()
            .into_set()
    }

    /// What the labels of a policy list under names that begin so, without that beginning: the words of
    /// a list, such as reasons. The built-in policy's where it lists nothing.
    pub(crate) fn listed(&self, policy: &Policy, beginning: &str) -> Vec<String> {
        let of = |policy: &Policy| -> Vec<String> {
            let names = policy.labels().keys();
            let listed = names.filter_map(|name| name.strip_prefix(beginning));
            listed.map(str::to_owned).collect()
        };
        let own = of(policy);
        if own.is_empty() {
            of(&self.built_in)
        } else {
            own
        }
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

    /// The city's working calendars, or the one that ships; nothing when one cannot be read, for no
    /// other is taken in its place.
    pub(crate) const fn calendars(&self) -> Option<&Calendars> {
        self.calendars.as_ref()
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

/// Refuses a body that is no pack of that kind which this version can use; grid packs come another way.
pub(crate) fn check(kind: &str, body: &[u8]) -> std::result::Result<(), PackWhy> {
    let usable = match kind {
        CATALOGUE => Catalogue::from_json(body).is_ok(),
        POLICY => Policy::from_json(body).is_ok(),
        LABELS => LabelTable::from_json(body).is_ok(),
        CALENDAR => Calendar::from_json(body).is_ok(),
        FONT => Font::new(body.to_vec()).is_ok(),
        _ => return Err(PackWhy::UnknownKind),
    };
    usable.then_some(()).ok_or(PackWhy::Unreadable)
}

/// The label packs in force.
fn labels(tx: &Connection, bundled: &[BundledPack]) -> Result<Vec<LabelTable>> {
    let bodies = bodies(tx, bundled, LABELS)?.into_iter();
    let active = bodies.filter(|(active, _)| *active);
    Ok(active
        .filter_map(|(_, body)| LabelTable::from_json(&body).ok())
        .collect())
}

fn bodies(tx: &Connection, bundled: &[BundledPack], kind: &str) -> Result<Vec<(bool, Vec<u8>)>> {
    let mut bodies = packs::bodies(tx, kind)?;
    let published = bodies.iter().any(|(active, _)| *active);
    let brought = bundled.iter().filter(|pack| pack.kind == kind);
    bodies.extend(brought.map(|pack| (!published, pack.body.clone())));
    Ok(bodies)
}
