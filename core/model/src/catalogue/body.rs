//! What stands in a pack's bytes, field by field. See `docs/catalogue.md`.

use serde::{Deserialize, Serialize};

use super::{Class, Label};
use crate::entry::{ClassKind, ClassRef};
use crate::ids::Digest;

/// The format that lists the classes of one edition.
pub const FORMAT_1: &str = "gewu-catalogue/1";
/// The format that holds several editions, class trees, mappings and campaigns.
pub const FORMAT_2: &str = "gewu-catalogue/2";

/// The body of a catalogue pack. Fields that this version does not know are passed over, so that
/// later ones can be added.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// [`FORMAT_2`]; bodies of [`FORMAT_1`] are another shape and are read into this one.
    pub format: String,
    /// The edition that new cases are opened under.
    pub edition: String,
    /// Rises with every publication under one name.
    #[serde(default = "first")]
    pub version: u64,
    /// Whose catalogue it is.
    #[serde(default, skip_serializing_if = "Label::is_empty")]
    pub title: Label,
    /// What whoever relies on it has to know.
    #[serde(default, skip_serializing_if = "Label::is_empty")]
    pub note: Label,
    /// The bodies that it takes the place of, by digest. Cases that pin those keep them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaces: Vec<Digest>,
    /// The names of kinds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<KindLabel>,
    /// The editions with their classes.
    pub editions: Vec<EditionBody>,
    /// What became of the classes of one edition in another.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub maps: Vec<EditionMap>,
    /// Campaigns (专项) with class trees of their own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub campaigns: Vec<Campaign>,
}

const fn first() -> u64 {
    1
}

/// The name of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KindLabel {
    /// The kind.
    pub kind: ClassKind,
    /// Its name.
    pub name: Label,
}

/// An edition with its classes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditionBody {
    /// What is said of it.
    #[serde(flatten)]
    pub about: Edition,
    /// Its classes, in the order in which they are to be shown.
    pub classes: Vec<Class>,
}

/// What is said of an edition.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edition {
    /// The edition, such as `2013` or `2026`.
    pub edition: String,
    /// The standard that it follows, such as `GB/T 47678.5-2026`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standard: Option<String>,
    /// How far it may be relied on: `official` (compared with the purchased standard), `city` (the
    /// city's own table), `transcribed` (taken from others' work, not compared), `example`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trust: Option<String>,
    /// What whoever relies on it has to know.
    #[serde(default, skip_serializing_if = "Label::is_empty")]
    pub note: Label,
}

/// How sure a row of a mapping is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// Somebody who answers for it has compared both.
    Confirmed,
    /// Proposed, and to be confirmed. Words that a newer version writes count as this.
    #[default]
    #[serde(other)]
    ToConfirm,
}

/// What became of the classes of one edition in another.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditionMap {
    /// The edition of the codes on the left. Its classes may be in another pack.
    pub from: String,
    /// The edition of the codes on the right.
    pub to: String,
    /// The rows.
    pub rows: Vec<MapRow>,
}

/// What became of one class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MapRow {
    /// The class in the older edition.
    #[serde(flatten)]
    pub class: ClassRef,
    /// The classes in the newer one, which may be of another kind; none when it was given up.
    #[serde(default)]
    pub to: Vec<ClassRef>,
    /// How sure that is.
    #[serde(default)]
    pub certainty: Certainty,
    /// Why, for whoever confirms it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// A campaign (专项, 普查) that asks for certain things, under names and an order of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Campaign {
    /// What a report names it by.
    pub code: String,
    /// The name.
    pub name: Label,
    /// The first day, as `2026-07-01`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<String>,
    /// The last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<String>,
    /// The tree.
    pub nodes: Vec<CampaignNode>,
}

/// A heading of a campaign's tree, or a choice in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignNode {
    /// The code within the campaign.
    pub code: String,
    /// The name.
    pub name: Label,
    /// The node above it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// The class of the edition in force that choosing it reports; a heading has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<ClassRef>,
}
