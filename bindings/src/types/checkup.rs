//! What a device finds when it looks itself over.

use gewu::{Checkup, Finding, support_bundle};

use super::detail::name_of;

/// What a device found when it looked itself over.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CheckupNote {
    /// What is wrong; empty when nothing is.
    pub findings: Vec<CheckupFinding>,
    /// What may be sent to whoever helps, as JSON: numbers, digests of packs and fixed words. It names
    /// nobody.
    pub support: String,
}

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CheckupFinding {
    /// What, by its name, such as `clock_wrong`.
    pub what: String,
    /// What it is and what to do.
    pub words: String,
    /// How many things are concerned.
    pub count: u32,
}

impl From<Checkup> for CheckupNote {
    fn from(found: Checkup) -> Self {
        Self {
            support: support_bundle(Ok(&found)),
            findings: found
                .findings
                .into_iter()
                .map(CheckupFinding::from)
                .collect(),
        }
    }
}

impl From<Finding> for CheckupFinding {
    fn from(finding: Finding) -> Self {
        Self {
            what: name_of(&finding.what).unwrap_or_default(),
            words: finding.what.words().to_owned(),
            count: finding.count,
        }
    }
}
