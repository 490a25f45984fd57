//! What can be reported, and what things are called.

use std::collections::HashMap;

use gewu_model::catalogue::Search;

use crate::error::Answer;
use crate::gewu_object::Gewu;
use crate::ids::CaseId;
use crate::types::{ClassInfo, ClassKind, Names, PackInfo};

#[uniffi::export]
impl Gewu {
    /// The classes that can be reported, by kind and code.
    pub fn classes(&self) -> Answer<Vec<ClassInfo>> {
        Ok(self.sdk.catalogue()?.classes().cloned().collect())
    }

    /// Classes by words (two characters do), initials or syllables of pinyin, or code, the best
    /// first; `limit` of them at most. Needs no network.
    #[uniffi::method(default(kind = None, limit = 20))]
    pub fn search_classes(
        &self,
        text: String,
        kind: Option<ClassKind>,
        limit: u32,
    ) -> Answer<Vec<ClassInfo>> {
        let search = Search {
            text: &text,
            kind,
            limit: limit as usize,
            ..Search::default()
        };
        Ok(self.sdk.search_classes(&search)?)
    }

    /// What the city calls kinds of entries, stages and roles, by their neutral names: the words of
    /// a case, or without one those of new cases.
    #[uniffi::method(default(case = None))]
    pub fn labels(&self, case: Option<CaseId>) -> Answer<HashMap<String, Names>> {
        let labels = self.sdk.labels(case)?;
        let all = labels.iter();
        Ok(all
            .map(|(name, label)| (name.clone(), label.clone()))
            .collect())
    }

    /// The packs that are held: rules, classes, grids.
    pub fn packs(&self) -> Answer<Vec<PackInfo>> {
        Ok(self.sdk.packs()?)
    }
}
