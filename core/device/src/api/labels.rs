//! Words for neutral names.

use std::collections::BTreeMap;

use gewu_model::catalogue::Label;

/// What a city calls kinds, stages and roles.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Labels(BTreeMap<String, Label>);

impl Labels {
    pub(crate) const fn new(labels: BTreeMap<String, Label>) -> Self {
        Self(labels)
    }

    /// Every neutral name that has a label.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &Label)> {
        self.0.iter()
    }

    /// The label of a neutral name, if the city or the built-in policy has one.
    pub fn get(&self, name: &str) -> Option<&Label> {
        self.0.get(name)
    }

    /// The word in Chinese or in English, or the neutral name itself.
    pub fn word<'a>(&'a self, name: &'a str, chinese: bool) -> &'a str {
        match self.get(name) {
            Some(label) if chinese => &label.zh,
            Some(label) => &label.en,
            None => name,
        }
    }
}
