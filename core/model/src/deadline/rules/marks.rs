//! Marks on the way as data: what counts as received, how near is arrived, which force answers
//! within what. 135 and 103060 are two such rules.

use serde::{Deserialize, Serialize};

use super::EventName;
use crate::ids::{Role, UnitId};

/// The marks that one force has to reach after it was called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarkRule {
    /// Its name, such as `135`.
    pub rule: String,
    /// What calls the force; every mark counts from here.
    pub starts: Vec<EventName>,
    /// Whose events count, by role; all if empty.
    #[serde(default)]
    pub roles: Vec<Role>,
    /// Whose events count, by unit; all if empty.
    #[serde(default)]
    pub units: Vec<UnitId>,
    /// The marks, in order.
    pub marks: Vec<MarkStep>,
}

/// One mark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarkStep {
    /// Its neutral name, such as `arrived`.
    pub mark: String,
    /// What counts as reaching it.
    pub by: Vec<EventName>,
    /// Within what, from the call.
    pub within: String,
    /// How near to the case's place it has to be written, in metres; anywhere if absent.
    #[serde(default)]
    pub near_m: Option<u32>,
}
