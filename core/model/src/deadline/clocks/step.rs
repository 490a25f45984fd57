//! What a step was asked, of whom, and for how long: kept by stores, free of calendar and clock.

use serde::{Deserialize, Serialize};

use super::node::End;
use crate::deadline::pause::Pauses;
use crate::ids::{ChangeHash, Digest, UnitId};
use crate::time::Millis;

/// One time that a step was asked, of one unit where units are asked: its start, its end, its pauses,
/// the limit as it is written. It depends on neither calendar nor clock, so stores keep it and lists
/// are reckoned from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The step, by its rule's name.
    pub node: String,
    /// The how-manieth time that it is asked, from 1.
    pub number: u32,
    /// The unit that has it; `None` when the step is not a unit's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// Whether that unit only helps.
    #[serde(default, skip_serializing_if = "is_false")]
    pub assist: bool,
    /// The policy that held when it started, by which it counts to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Digest>,
    /// The entry that started it.
    pub started_by: ChangeHash,
    /// When it started.
    pub start: Millis,
    /// Its own limit, the rule's, the dispatcher's, or that of the case's class and condition; without
    /// one nobody set any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
    /// Extensions, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<String>,
    /// When it stood.
    #[serde(default, skip_serializing_if = "Pauses::is_empty")]
    pub pauses: Pauses,
    /// When somebody elsewhere wants the case over; the earliest that was known while it ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_due: Option<Millis>,
    /// The dispatch whose shared limit (捆绑时限) it uses up with others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bundled_by: Option<ChangeHash>,
    /// Its end; `None` while it runs or stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<End>,
}

fn is_false(flag: &bool) -> bool {
    !*flag
}
