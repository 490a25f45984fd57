//! A body is taken whole or not at all: bounds, codes, trees, dates, and what rows point to.

use std::collections::{BTreeMap, BTreeSet};

use super::body::{Body, EditionMap};
use super::{Catalogue, CatalogueError, Class, EditionClasses};
use crate::deadline::Date;
use crate::entry::{ClassKind, ClassRef};

/// The most levels of a class tree: kind aside, main class, class, and two finer ones with room for
/// a further one.
pub const MOST_LEVELS: usize = 5;
/// How far an edition may be relied on, from the most to the least.
pub const TRUST: [&str; 4] = ["official", "city", "transcribed", "example"];
const MOST_CLASSES: usize = 20_000;
const MOST_CONDITIONS: usize = 500;
const LONGEST_CODE: usize = 40;
const LONGEST_NAME: usize = 1_000;
const LONGEST_TEXT: usize = 20_000;

type Checked = Result<(), CatalogueError>;

/// How messages name a class.
pub(super) fn place(edition: &str, kind: ClassKind, code: &str) -> String {
    format!("{edition} {kind} {code}")
}

fn class_place(class: &Class) -> String {
    place(&class.edition, class.kind, &class.code)
}

impl Class {
    /// Whether it could stand in a catalogue: by itself, whatever stands above it.
    ///
    /// # Errors
    /// [`CatalogueError::Broken`] says what is wrong.
    pub fn check(&self) -> Result<(), CatalogueError> {
        class(self)
    }
}

/// Checks a class by itself.
pub(super) fn class(class: &Class) -> Checked {
    let broken = |fault: &str| Err(CatalogueError::broken(class_place(class), fault));
    if !is_code(&class.code) {
        return broken("a code has 1 to 40 bytes, no blanks and no control characters");
    }
    if class.name.zh.trim().is_empty() || class.name.zh.len() > LONGEST_NAME {
        return broken("a class needs a Chinese name of at most 1000 bytes");
    }
    if class.conditions.len() > MOST_CONDITIONS {
        return broken("a class has at most 500 conditions");
    }
    if !day(class.valid_from.as_deref()) || !day(class.valid_to.as_deref()) {
        return broken("days are written as 2026-07-01");
    }
    let mut codes = BTreeSet::new();
    for condition in &class.conditions {
        if !is_code(&condition.code) || !codes.insert(&condition.code) {
            return broken(&format!(
                "condition {} stands there twice, or has no usable code",
                condition.code
            ));
        }
        if condition.text.zh.len() > LONGEST_TEXT {
            return broken("a condition's text has at most 20000 bytes");
        }
    }
    if class.heading && !class.conditions.is_empty() {
        return broken("a heading cannot be reported, so it has no conditions");
    }
    Ok(())
}

fn is_code(code: &str) -> bool {
    let clean = |c: char| !c.is_whitespace() && !c.is_control();
    (1..=LONGEST_CODE).contains(&code.len()) && code.chars().all(clean)
}

fn day(text: Option<&str>) -> bool {
    let Some(text) = text else { return true };
    let parts: Vec<&str> = text.split('-').collect();
    let number = |part: &str, digits, range: std::ops::RangeInclusive<u32>| {
        part.len() == digits
            && part.bytes().all(|byte| byte.is_ascii_digit())
            && part.parse().is_ok_and(|number| range.contains(&number))
    };
    matches!(parts.as_slice(), [year, month, day]
        if number(year, 4, 1..=9999) && number(month, 2, 1..=12) && number(day, 2, 1..=31))
}

/// Refuses days that no month has, and an end before its beginning.
fn span(from: Option<&str>, to: Option<&str>) -> Result<(), String> {
    let mut days = [from, to].into_iter().flatten();
    if let Some(wrong) = days.find(|day| day.parse::<Date>().is_err()) {
        return Err(format!("no month has the day {wrong}"));
    }
    match from.zip(to).filter(|(from, to)| from > to) {
        Some((from, to)) => Err(format!("is valid to {to}, before it begins on {from}")),
        None => Ok(()),
    }
}

/// Checks the tree of one edition.
pub(super) fn tree(edition: &str, classes: &EditionClasses) -> Checked {
    if classes.by_key.len() > MOST_CLASSES {
        return Err(CatalogueError::broken(
            edition,
            "an edition has at most 20000 classes",
        ));
    }
    for ((kind, code), class) in &classes.by_key {
        let above = |code: &str| {
            let found = classes.by_key.get(&(*kind, code.to_owned()));
            found.map(|class| class.parent.as_deref())
        };
        climb(code, class.parent.as_deref(), above)
            .map_err(|fault| CatalogueError::broken(place(edition, *kind, code), fault))?;
    }
    Ok(())
}

/// Goes from a node to the root: it must get there, in at most [`MOST_LEVELS`] levels.
fn climb<'a>(
    start: &'a str,
    parent: Option<&'a str>,
    above: impl Fn(&str) -> Option<Option<&'a str>>,
) -> Result<(), String> {
    let (mut seen, mut next) = (vec![start], parent);
    while let Some(code) = next {
        if seen.contains(&code) {
            return Err(format!("{code} stands above itself"));
        }
        seen.push(code);
        if seen.len() > MOST_LEVELS {
            return Err(format!("a tree has at most {MOST_LEVELS} levels"));
        }
        next = above(code).ok_or_else(|| format!("{code}, which stands above it, is not there"))?;
    }
    Ok(())
}

/// Checks what refers to classes: mappings and campaigns.
pub(super) fn references(catalogue: &Catalogue, body: &Body) -> Checked {
    if !catalogue.has_edition(&body.edition) {
        return Err(CatalogueError::broken(
            &body.edition,
            "the edition in force is not among the editions",
        ));
    }
    body.maps
        .iter()
        .try_for_each(|map| mapping(catalogue, map))?;
    body.campaigns
        .iter()
        .try_for_each(|campaign| self::campaign(catalogue, campaign))
}

/// Checks that somebody could work with it.
pub(super) fn whole(catalogue: &Catalogue) -> Checked {
    let blank = |text: &str| text.trim().is_empty();
    for about in catalogue.editions() {
        if blank(&about.edition) {
            return Err(CatalogueError::broken("an edition", "has no name"));
        }
        let trust = about.trust.as_deref();
        if let Some(other) = trust.filter(|trust| !TRUST.contains(trust)) {
            let known = TRUST.join(", ");
            let fault = format!("its trust is one of {known}, and not {other:?}");
            return Err(CatalogueError::broken(&about.edition, &fault));
        }
        for class in catalogue.classes_of(&about.edition) {
            span(class.valid_from.as_deref(), class.valid_to.as_deref())
                .map_err(|fault| CatalogueError::broken(class_place(class), &fault))?;
        }
    }
    for campaign in catalogue.campaigns() {
        span(campaign.valid_from.as_deref(), campaign.valid_to.as_deref()).map_err(|fault| {
            CatalogueError::broken(format!("campaign {}", campaign.code), &fault)
        })?;
    }
    match catalogue.classes().next() {
        Some(_) => Ok(()),
        None => Err(CatalogueError::broken(
            catalogue.edition(),
            "the edition in force has no class that could be reported",
        )),
    }
}

fn mapping(catalogue: &Catalogue, map: &EditionMap) -> Checked {
    let known = |edition: &str, class: &ClassRef| {
        !catalogue.has_edition(edition) || catalogue.class_in(edition, class).is_ok()
    };
    let mut seen = BTreeSet::new();
    for row in &map.rows {
        let at = || place(&map.from, row.class.kind, &row.class.code);
        if !seen.insert(&row.class) {
            return Err(CatalogueError::broken(at(), "is mapped twice"));
        }
        if !known(&map.from, &row.class) {
            return Err(CatalogueError::broken(at(), "is mapped and is not there"));
        }
        if let Some(lost) = row.to.iter().find(|class| !known(&map.to, class)) {
            let fault = format!(
                "is mapped to {}, which is not there",
                place(&map.to, lost.kind, &lost.code)
            );
            return Err(CatalogueError::broken(at(), fault));
        }
    }
    Ok(())
}

fn campaign(catalogue: &Catalogue, campaign: &super::Campaign) -> Checked {
    let at = |code: &str| format!("campaign {} {code}", campaign.code);
    if !day(campaign.valid_from.as_deref()) || !day(campaign.valid_to.as_deref()) {
        return Err(CatalogueError::broken(
            at(""),
            "days are written as 2026-07-01",
        ));
    }
    let mut nodes = BTreeMap::new();
    for node in &campaign.nodes {
        if !is_code(&node.code) || nodes.insert(node.code.as_str(), node).is_some() {
            let fault = "stands there twice, or has no usable code";
            return Err(CatalogueError::broken(at(&node.code), fault));
        }
    }
    for node in &campaign.nodes {
        let above = |code: &str| nodes.get(code).map(|node| node.parent.as_deref());
        climb(&node.code, node.parent.as_deref(), above)
            .map_err(|fault| CatalogueError::broken(at(&node.code), fault))?;
        let class = node.class.as_ref();
        if let Some(lost) = class.filter(|class| catalogue.reportable(class).is_err()) {
            let fault = format!("reports {} {}, which cannot be", lost.kind, lost.code);
            return Err(CatalogueError::broken(at(&node.code), fault));
        }
    }
    Ok(())
}
