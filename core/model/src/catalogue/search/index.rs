//! What is compared when somebody types, made once per pack.

use std::collections::BTreeMap;

use super::reading::Reading;
use super::{Matched, words};
use crate::catalogue::{Catalogue, Class};
use crate::entry::ClassRef;

/// The rows of each edition, by kind and code.
#[derive(Debug, Clone, Default)]
pub(in crate::catalogue) struct Index {
    editions: BTreeMap<String, Vec<Row>>,
}

/// A class as it is compared.
#[derive(Debug, Clone)]
pub(super) struct Row {
    class: ClassRef,
    /// The code as it is compared, for codes may hold signs and capitals.
    code: String,
    name: String,
    length: usize,
    aliases: Vec<String>,
    readings: Vec<Reading>,
    english: String,
    conditions: String,
}

impl Index {
    pub(in crate::catalogue) fn new(catalogue: &Catalogue) -> Self {
        let rows = |edition: &str| {
            let classes = catalogue.classes_of(edition);
            classes
                .filter(|class| !class.heading)
                .map(Row::new)
                .collect()
        };
        let editions = catalogue.editions().map(|about| about.edition.clone());
        Self {
            editions: editions
                .map(|edition| (edition.clone(), rows(&edition)))
                .collect(),
        }
    }

    pub(super) fn rows(&self, edition: &str) -> impl Iterator<Item = &Row> {
        self.editions.get(edition).into_iter().flatten()
    }
}

impl Row {
    fn new(class: &Class) -> Self {
        let name = words::plain(&class.name.zh);
        let conditions = class.conditions.iter();
        let conditions = conditions.map(|condition| words::plain(&condition.text.zh));
        let reading = class.pinyin.as_deref();
        Self {
            class: class.reference(),
            code: words::plain(&class.code),
            length: name.chars().count(),
            name,
            aliases: class
                .aliases
                .iter()
                .map(|alias| words::plain(alias))
                .collect(),
            readings: reading.map(Reading::all).unwrap_or_default(),
            english: class.name.en.to_lowercase(),
            conditions: conditions.collect::<Vec<_>>().join(" "),
        }
    }

    pub(super) const fn class(&self) -> &ClassRef {
        &self.class
    }

    pub(super) const fn length(&self) -> usize {
        self.length
    }

    /// How the class matches, by the worst of the terms; nothing when one of them is not in it.
    pub(super) fn matches(&self, terms: &[String]) -> Option<Matched> {
        let mut worst = Matched::All;
        for term in terms {
            worst = worst.max(self.term(term)?);
        }
        Some(worst)
    }

    fn term(&self, term: &str) -> Option<Matched> {
        let by_text = self.by_name(term);
        if !term.is_ascii() {
            return by_text.or_else(|| self.by_condition(term));
        }
        let best = self.by_code(term).into_iter().chain(by_text).min();
        best.or_else(|| self.by_reading(term))
            .or_else(|| self.by_bare_code(term))
            .or_else(|| self.by_english(term))
            .or_else(|| self.by_condition(term))
    }

    fn by_code(&self, term: &str) -> Option<Matched> {
        if words::codes(term).any(|code| code == self.code) {
            return Some(Matched::Code);
        }
        self.code.starts_with(term).then_some(Matched::CodeStart)
    }

    /// Spreadsheets lose leading zeros, and so do people.
    fn by_bare_code(&self, term: &str) -> Option<Matched> {
        let bare = self.code.trim_start_matches('0');
        bare.starts_with(term).then_some(Matched::CodeInside)
    }

    fn by_name(&self, term: &str) -> Option<Matched> {
        let own = match self.name.find(term) {
            Some(0) if self.name == term => Some(Matched::Name),
            Some(0) => Some(Matched::NameStart),
            Some(_) => Some(Matched::NamePart),
            None => None,
        };
        let aliases = self.aliases.iter();
        let aliases = aliases.filter_map(|alias| match alias == term {
            true => Some(Matched::Alias),
            false => alias.contains(term).then_some(Matched::AliasPart),
        });
        aliases.chain(own).min()
    }

    fn by_reading(&self, term: &str) -> Option<Matched> {
        let readings = self.readings.iter();
        readings.filter_map(|reading| reading.matches(term)).min()
    }

    fn by_english(&self, term: &str) -> Option<Matched> {
        let mut english = self.english.split(|c: char| !c.is_alphanumeric());
        if english.any(|word| word.starts_with(term)) {
            return Some(Matched::EnglishWord);
        }
        let found = term.len() > 2 && self.english.contains(term);
        found.then_some(Matched::EnglishPart)
    }

    fn by_condition(&self, term: &str) -> Option<Matched> {
        self.conditions.contains(term).then_some(Matched::Condition)
    }
}
