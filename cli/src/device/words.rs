//! The city's words for kinds and stages, as the pinned policy has them.

use gewu::{Gewu, Labels, SetAsideItem};
use gewu_model::ids::CaseId;

use crate::language::{reads_chinese, set_aside};
use crate::said::Naming;

/// Words for one case.
pub(super) struct Words {
    labels: Labels,
    chinese: bool,
}

impl Words {
    pub(super) fn of(gewu: &Gewu, case: CaseId) -> Self {
        Self {
            // Without them the neutral names do.
            labels: gewu.labels(Some(case)).unwrap_or_default(),
            chinese: reads_chinese(),
        }
    }

    /// The word for a neutral name.
    pub(super) fn word<'a>(&'a self, name: &'a str) -> &'a str {
        self.labels.word(name, self.chinese)
    }

    /// The word for a neutral name, if there is one.
    pub(super) fn known(&self, name: &str) -> Option<String> {
        let word = self.word(name);
        (word != name && !word.is_empty()).then(|| word.to_owned())
    }

    /// How what entries say is named.
    pub(super) fn naming<'a>(&self, word: &'a dyn Fn(&str) -> Option<String>) -> Naming<'a> {
        Naming {
            chinese: self.chinese,
            word,
            // A device's clocks are estimates, and those that ended are not kept.
            in_time: None,
        }
    }

    pub(super) const fn is_chinese(&self) -> bool {
        self.chinese
    }

    /// Why an entry was set aside.
    pub(super) fn set_aside(&self, aside: &SetAsideItem) -> String {
        let again = match (self.chinese, aside.replaced_by.is_some()) {
            (true, true) => "；已重新写入",
            _ => "",
        };
        set_aside(&aside.reason, &aside.words, self.chinese) + again
    }
}
