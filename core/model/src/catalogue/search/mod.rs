//! Finding a class by words, by how they are read, and by code. In memory, without a dictionary:
//! readings travel in the pack.
//!
//! Every word of what was typed must be found in a class; the worst of them ranks it. Ties go to
//! the shorter name, then to kind and code, so that 井盖 lists lids before reports about lids.

mod index;
mod reading;
mod words;

use crate::small::Arrange as _;
use serde::Serialize;

use super::{Catalogue, Class};
use crate::entry::ClassKind;

pub(super) use index::Index;
pub use reading::is_reading;
pub use words::plain;

/// How many classes are listed when nobody says how many.
const USUAL: usize = 20;
/// The longest text that is looked at, in characters; the rest is left out.
const LONGEST: usize = 60;

/// What is looked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Search<'a> {
    /// Words in Chinese or English, initials or syllables of pinyin, a code, or the identifier of a
    /// component; nothing lists all classes, and signs without any letter or digit (`*`) none.
    pub text: &'a str,
    /// The edition; `None` for the one in force.
    pub edition: Option<&'a str>,
    /// Classes of this kind alone.
    pub kind: Option<ClassKind>,
    /// Classes that may be chosen on this day alone, as `2026-07-01`.
    pub on: Option<&'a str>,
    /// How many at most; 0 for 20.
    pub limit: usize,
}

/// What made a class a hit; the better, the lesser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Matched {
    /// Everything is listed.
    All,
    /// The whole code, or the code within an identifier.
    Code,
    /// The whole name.
    Name,
    /// The whole of another name.
    Alias,
    /// How the code begins.
    CodeStart,
    /// How the name begins.
    NameStart,
    /// A part of the name.
    NamePart,
    /// A part of another name.
    AliasPart,
    /// How the whole name is read.
    Reading,
    /// How the first characters are read.
    ReadingStart,
    /// How some characters are read.
    ReadingPart,
    /// A code without its leading zeros.
    CodeInside,
    /// How a word of the English name begins.
    EnglishWord,
    /// A part of the English name.
    EnglishPart,
    /// Words of a condition.
    Condition,
}

/// A class that was found.
#[derive(Debug, Clone, Copy)]
pub struct Hit<'a> {
    /// The class.
    pub class: &'a Class,
    /// What made it a hit.
    pub matched: Matched,
}

impl Catalogue {
    /// The classes that match, the best first. Headings are not listed: they cannot be reported.
    ///
    /// The first call makes the index (some milliseconds for a few hundred classes).
    pub fn search(&self, search: &Search<'_>) -> Vec<Hit<'_>> {
        let edition = search.edition.unwrap_or(&self.edition);
        let index = self.index.get_or_init(|| Index::new(self));
        let text: String = search.text.chars().take(LONGEST).collect();
        let terms = words::terms(&text);
        // Signs alone name no class, and not all of them either.
        if terms.is_empty() && !text.trim().is_empty() {
            return Vec::new();
        }
        let wanted = |class: &Class| {
            search.kind.is_none_or(|kind| kind == class.kind)
                && search.on.is_none_or(|day| class.is_valid_on(day))
        };
        let mut found: Vec<(Matched, usize, Hit<'_>)> = index
            .rows(edition)
            .filter_map(|row| {
                let matched = row.matches(&terms)?;
                let class = self.class_in(edition, row.class()).ok()?;
                let hit = Hit { class, matched };
                wanted(class).then(|| (matched, row.length(), hit))
            })
            .collect();
        // The rows stand by kind and code, and the sort is stable.
        found.arrange_by_key(|(matched, length, _)| match matched {
            Matched::All => (*matched, 0),
            _ => (*matched, *length),
        });
        let limit = if search.limit == 0 {
            USUAL
        } else {
            search.limit
        };
        found
            .into_iter()
            .take(limit)
            .map(|(_, _, hit)| hit)
            .collect()
    }
}
