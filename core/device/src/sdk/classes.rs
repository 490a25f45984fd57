//! Classes: finding one to report, and naming the one that a case was reported under.

use gewu_model::catalogue::{Class, Label, Search};
use gewu_model::entry::ClassRef;

use super::{Answer, Gewu};
use crate::packs::Packs;
use crate::write::CaseLog;

impl Gewu {
    /// Classes of the catalogue in force by words (two characters do), initials or syllables of
    /// pinyin, or code; the best first. Offline and in memory.
    ///
    /// # Errors
    /// [`crate::GewuError::TooOld`] when no catalogue is here yet: sync.
    pub fn search_classes(&self, search: &Search<'_>) -> Answer<Vec<Class>> {
        let catalogue = self.catalogue()?;
        let hits = catalogue.search(search);
        Ok(hits.into_iter().map(|hit| hit.class.clone()).collect())
    }
}

/// What a case's class and condition are called: by the catalogue that the case pins, in the edition
/// that it names, whatever was published since. Nothing while that catalogue is not here.
pub(super) fn labels(
    packs: Option<&Packs>,
    log: &CaseLog,
    class: Option<&ClassRef>,
    condition: Option<&str>,
) -> (Option<Label>, Option<Label>) {
    let found = || {
        let root = log.any_root()?;
        let catalogue = packs?.catalogue_of(&root.catalogue).ok()?;
        catalogue.class_in(&root.edition, class?).ok().cloned()
    };
    let Some(class) = found() else {
        return (None, None);
    };
    let conditions = class.conditions.into_iter();
    let mut met = conditions.filter(|one| Some(one.code.as_str()) == condition);
    (Some(class.name), met.next().map(|one| one.text))
}
