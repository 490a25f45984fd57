//! What neutral names are called on screen, apart from any policy.

use std::collections::BTreeMap;

use crate::small::Gather as _;
use serde::Deserialize;

use crate::catalogue::Label;

/// A pack of labels (`gewu-labels/1`, JSON): a city's words for what it may word anew without
/// changing a rule. They go before those of the policy that a case pins.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelTable {
    format: String,
    /// What it calls itself.
    pub name: String,
    /// The version that it gives itself.
    pub version: u64,
    labels: BTreeMap<String, Label>,
}

/// A label pack that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the labels cannot be read: {0}")]
pub struct LabelError(String);

impl LabelTable {
    /// Reads a body.
    ///
    /// # Errors
    /// [`LabelError`] says what cannot be read.
    pub fn from_json(body: &[u8]) -> Result<Self, LabelError> {
        let table: Self =
            serde_json::from_slice(body).map_err(|error| LabelError(error.to_string()))?;
        match table.format.as_str() {
            "gewu-labels/1" => Ok(table),
            other => Err(LabelError(format!("format {other} is not known"))),
        }
    }

    /// The label of a neutral name.
    pub fn get(&self, name: &str) -> Option<&Label> {
        self.labels.get(name)
    }

    /// Every label.
    pub const fn labels(&self) -> &BTreeMap<String, Label> {
        &self.labels
    }

    /// How many names have a label.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether none has.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }
}

/// The words for what a citizen is told, where neither the city nor its policy has others: name, Chinese,
/// English.
const PUBLIC: &[(&str, &str, &str)] = &[
    (
        "public.joined",
        "同一问题此前已有人反映，已并案办理",
        "the same matter was reported before and is dealt with under that report",
    ),
    (
        "public.joined.closed",
        "并案办理的同一问题已办结",
        "the same matter, reported before, is closed under that report",
    ),
    (
        "public.joined.declined",
        "并案办理的同一问题未予受理",
        "the same matter, reported before, was not accepted under that report",
    ),
    (
        "public.refused.reopen_request",
        "您的重办申请未获同意",
        "your wish to have it reopened was refused",
    ),
    (
        "public.refused.withdraw",
        "您的撤销申请未获同意，将继续办理",
        "your wish to withdraw was refused: the case goes on",
    ),
    (
        "public.voided",
        "已作废，不再办理；如有异议可申请重办",
        "voided: nobody goes on with it; you may ask to have it reopened",
    ),
];

/// The labels that every device knows.
pub fn built_in() -> BTreeMap<String, Label> {
    let label = |zh: &str, en: &str| Label {
        zh: zh.to_owned(),
        en: en.to_owned(),
    };
    let words = PUBLIC.iter();
    words
        .map(|(name, zh, en)| ((*name).to_owned(), label(zh, en)))
        .into_map()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_reads_and_a_slip_of_the_pen_is_named() {
        let body = br#"{ "format": "gewu-labels/1", "name": "city", "version": 2,
            "labels": { "verify": { "zh": "\u6838\u67e5", "en": "look first" } } }"#;
        let table = LabelTable::from_json(body).expect("well formed");
        let label = table.get("verify").map(|label| label.en.as_str());
        assert_eq!((label, table.len()), (Some("look first"), 1));
        let slip = br#"{ "format": "gewu-labels/1", "name": "c", "version": 1, "lables": {} }"#;
        let error = LabelTable::from_json(slip).expect_err("a slip").to_string();
        assert!(error.contains("lables"), "{error}");
    }
}
