//! Classes as data: what can be reported in an edition, under which conditions.
//!
//! A catalogue is the body of a pack. It holds one edition or several side by side, and a class is
//! named by (edition, kind, code), because kinds and editions use the same codes for other things.
//! A case pins the body by its digest, so its class keeps the label under which it was reported,
//! whatever is published later. What stands in the bytes: [`Body`].
//!
//! Limits stay as the city wrote them ([`Catalogue::limits`] yields them all): reading them is the
//! business of who knows the city's calendar.

mod body;
mod check;
mod class;
mod error;
mod first;
mod search;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::crypto::sha256;
use crate::entry::{ClassKind, ClassRef};
use crate::ids::Digest;

pub use body::{
    Body, Campaign, CampaignNode, Certainty, Edition, EditionBody, EditionMap, FORMAT_1, FORMAT_2,
    KindLabel, MapRow,
};
pub use check::{MOST_LEVELS, TRUST};
pub use class::{AreaLimit, Class, Condition, Label, Measure};
pub use error::CatalogueError;
pub use search::{Hit, Matched, Search, is_reading, plain};

/// The classes of one edition.
#[derive(Debug, Clone, Default)]
struct EditionClasses {
    about: Edition,
    by_key: BTreeMap<(ClassKind, String), Class>,
}

/// The classes of a pack, found by (edition, kind, code), by words and by readings.
#[derive(Debug, Clone)]
pub struct Catalogue {
    edition: String,
    version: u64,
    hash: Digest,
    title: Label,
    note: Label,
    replaces: Vec<Digest>,
    kinds: BTreeMap<ClassKind, Label>,
    editions: BTreeMap<String, EditionClasses>,
    maps: Vec<EditionMap>,
    campaigns: Vec<Campaign>,
    index: OnceLock<search::Index>,
}

impl Catalogue {
    /// Reads a catalogue body (`gewu-catalogue/1` or `/2`, JSON).
    ///
    /// # Errors
    /// [`CatalogueError::Unreadable`], [`CatalogueError::Duplicate`] or, in format 2,
    /// [`CatalogueError::Broken`].
    pub fn from_json(body: &[u8]) -> Result<Self, CatalogueError> {
        #[derive(serde::Deserialize)]
        struct Probe {
            format: String,
        }
        let unreadable = |error: serde_json::Error| CatalogueError::Unreadable(error.to_string());
        let probe: Probe = serde_json::from_slice(body).map_err(unreadable)?;
        let parsed = match probe.format.as_str() {
            FORMAT_1 => first::read(body)?,
            FORMAT_2 => serde_json::from_slice(body).map_err(unreadable)?,
            format => {
                let words = format!("format {format} is not known to this version");
                return Err(CatalogueError::Unreadable(words));
            }
        };
        Self::from_body(parsed, sha256(body))
    }

    fn from_body(mut body: Body, hash: Digest) -> Result<Self, CatalogueError> {
        let strict = body.format != FORMAT_1;
        let mut catalogue = Self {
            edition: body.edition.clone(),
            version: body.version,
            hash,
            title: std::mem::take(&mut body.title),
            note: std::mem::take(&mut body.note),
            replaces: std::mem::take(&mut body.replaces),
            kinds: body.kinds.drain(..).map(|k| (k.kind, k.name)).collect(),
            editions: BTreeMap::new(),
            maps: Vec::new(),
            campaigns: Vec::new(),
            index: OnceLock::new(),
        };
        for edition in body.editions.drain(..) {
            catalogue.add(edition, strict)?;
        }
        if strict {
            check::references(&catalogue, &body)?;
            catalogue.maps = body.maps;
            catalogue.campaigns = body.campaigns;
        }
        Ok(catalogue)
    }

    fn add(&mut self, edition: EditionBody, strict: bool) -> Result<(), CatalogueError> {
        let name = edition.about.edition.clone();
        let mut classes = EditionClasses {
            about: edition.about,
            by_key: BTreeMap::new(),
        };
        for mut class in edition.classes {
            class.edition.clone_from(&name);
            if strict {
                check::class(&class)?;
            }
            let key = (class.kind, class.code.clone());
            if classes.by_key.contains_key(&key) {
                return Err(CatalogueError::Duplicate(class.code));
            }
            classes.by_key.insert(key, class);
        }
        if strict {
            check::tree(&name, &classes)?;
        }
        match self.editions.insert(name.clone(), classes) {
            Some(_) => Err(CatalogueError::broken(
                name,
                "the edition stands there twice",
            )),
            None => Ok(()),
        }
    }

    /// Whether anybody could work with it: it can be read, and still be an empty sheet. Packs that were
    /// published before this was asked are read all the same.
    ///
    /// # Errors
    /// [`CatalogueError::Broken`] when the edition in force has no name or no class to report, when an
    /// edition says a word of its trust that is not one of [`TRUST`], or when a class or campaign is valid
    /// from or to a day that no month has, or to one before it begins.
    pub fn check_whole(&self) -> Result<(), CatalogueError> {
        check::whole(self)
    }

    /// The edition that new cases are opened under, such as `2026`.
    pub fn edition(&self) -> &str {
        &self.edition
    }

    /// The version that the body gives itself.
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// SHA-256 of the body, which cases pin.
    pub const fn hash(&self) -> Digest {
        self.hash
    }

    /// Whose catalogue it is.
    pub const fn title(&self) -> &Label {
        &self.title
    }

    /// What whoever relies on it has to know.
    pub const fn note(&self) -> &Label {
        &self.note
    }

    /// The bodies that it takes the place of.
    pub fn replaces(&self) -> &[Digest] {
        &self.replaces
    }

    /// The campaigns.
    pub fn campaigns(&self) -> &[Campaign] {
        &self.campaigns
    }

    /// The mappings between editions.
    pub fn maps(&self) -> &[EditionMap] {
        &self.maps
    }

    /// The name of a kind, where the pack gives it one.
    pub fn kind_name(&self, kind: ClassKind) -> Option<&Label> {
        self.kinds.get(&kind)
    }

    /// What is said of each edition.
    pub fn editions(&self) -> impl Iterator<Item = &Edition> {
        self.editions.values().map(|edition| &edition.about)
    }

    /// Whether the pack holds an edition.
    pub fn has_edition(&self, edition: &str) -> bool {
        self.editions.contains_key(edition)
    }

    /// Every class that can be reported in the edition in force, by kind and code.
    pub fn classes(&self) -> impl Iterator<Item = &Class> {
        self.classes_of(&self.edition)
            .filter(|class| !class.heading)
    }

    /// Every class of an edition, headings included, by kind and code.
    pub fn classes_of(&self, edition: &str) -> impl Iterator<Item = &Class> {
        let found = self.editions.get(edition);
        found
            .into_iter()
            .flat_map(|edition| edition.by_key.values())
    }

    /// The class that `class` names in the edition in force.
    ///
    /// # Errors
    /// [`CatalogueError::Class`].
    pub fn class(&self, class: &ClassRef) -> Result<&Class, CatalogueError> {
        self.class_in(&self.edition, class)
    }

    /// The class that `class` names in an edition: what a case shows is found by the edition that
    /// its root names, in the catalogue that it pins.
    ///
    /// # Errors
    /// [`CatalogueError::Edition`] and [`CatalogueError::Class`].
    pub fn class_in(&self, edition: &str, class: &ClassRef) -> Result<&Class, CatalogueError> {
        let found = self.editions.get(edition).ok_or_else(|| {
            let have: Vec<&str> = self.editions.keys().map(String::as_str).collect();
            CatalogueError::Edition {
                asked: edition.to_owned(),
                have: have.join(", "),
            }
        })?;
        found
            .by_key
            .get(&(class.kind, class.code.clone()))
            .ok_or_else(|| CatalogueError::Class(class.code.clone()))
    }

    fn reportable(&self, class: &ClassRef) -> Result<&Class, CatalogueError> {
        match self.class(class)? {
            found if found.heading => Err(CatalogueError::Heading(found.code.clone())),
            found => Ok(found),
        }
    }

    /// The classes from the root of the tree down to `class`, itself included.
    ///
    /// # Errors
    /// As [`Catalogue::class_in`].
    pub fn path(&self, edition: &str, class: &ClassRef) -> Result<Vec<&Class>, CatalogueError> {
        let mut path = vec![self.class_in(edition, class)?];
        while let Some(parent) = path.last().and_then(|class| class.parent.clone()) {
            let (kind, code) = (class.kind, parent);
            let above = self.class_in(edition, &ClassRef { kind, code });
            match above {
                Ok(above) if path.len() < MOST_LEVELS => path.push(above),
                _ => break,
            }
        }
        path.reverse();
        Ok(path)
    }

    /// The classes directly below one, or those on top; by code.
    pub fn children<'a>(
        &'a self,
        edition: &str,
        kind: ClassKind,
        parent: Option<&'a str>,
    ) -> impl Iterator<Item = &'a Class> {
        let all = self.classes_of(edition);
        all.filter(move |class| class.kind == kind && class.parent.as_deref() == parent)
    }

    /// What became of a class of one edition in another; `None` when no row says it, a row without
    /// targets when it was given up.
    pub fn mapped(&self, from: &str, class: &ClassRef, to: &str) -> Option<&MapRow> {
        let maps = self.maps.iter();
        let maps = maps.filter(|map| map.from == from && map.to == to);
        maps.flat_map(|map| &map.rows)
            .find(|row| row.class == *class)
    }

    /// Every limit as it is written, areas' own ones included, with the class that it belongs to:
    /// for whoever reads limits.
    pub fn limits(&self) -> impl Iterator<Item = (&Class, &str)> {
        let classes = self
            .editions
            .values()
            .flat_map(|edition| edition.by_key.values());
        classes.flat_map(|class| {
            let conditions = class.conditions.iter();
            let limits = conditions.flat_map(|condition| {
                let own = condition.area_limits.iter().map(|area| area.limit.as_str());
                condition.limit.as_deref().into_iter().chain(own)
            });
            limits.map(move |limit| (class, limit))
        })
    }

    /// Checks a reporter's choice of edition, class and condition. Days of validity are not looked
    /// at: they are for lists, as no device's clock is believed ([`Class::is_valid_on`]).
    ///
    /// # Errors
    /// [`CatalogueError`] names what is not known.
    pub fn check(
        &self,
        edition: &str,
        class: &ClassRef,
        condition: Option<&str>,
    ) -> Result<&Class, CatalogueError> {
        let found = self.class_in(edition, class)?;
        if found.heading {
            return Err(CatalogueError::Heading(found.code.clone()));
        }
        match condition {
            Some(code) if !found.conditions.iter().any(|known| known.code == code) => {
                let (class, condition) = (class.code.clone(), code.to_owned());
                Err(CatalogueError::Condition { class, condition })
            }
            _ => Ok(found),
        }
    }

    /// Checks by which condition a case of a class is closed. A class without conditions takes any word, and
    /// so does one that this catalogue does not have.
    ///
    /// # Errors
    /// [`CatalogueError::Closing`] names those that there are.
    pub fn check_closing(
        &self,
        edition: &str,
        class: &ClassRef,
        condition: &str,
    ) -> Result<(), CatalogueError> {
        let Ok(found) = self.class_in(edition, class) else {
            return Ok(());
        };
        let codes = || found.conditions.iter().map(|known| known.code.as_str());
        if found.conditions.is_empty() || codes().any(|code| code == condition) {
            return Ok(());
        }
        Err(CatalogueError::Closing {
            class: class.code.clone(),
            condition: condition.to_owned(),
            known: codes().collect::<Vec<_>>().join(", "),
        })
    }
}
