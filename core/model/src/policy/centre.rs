//! What the centre does with late work and with contacts.

use serde::Deserialize;

use crate::ids::Role;

/// How late work may come before an operator has to decide whether it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct LatePolicy {
    /// For how many days after an instruction work is taken whose author had not received it.
    pub days: u32,
    /// The same for a device that has exchanged since, and acknowledged nothing.
    pub unacknowledged_days: u32,
}

impl Default for LatePolicy {
    fn default() -> Self {
        Self {
            days: 30,
            unacknowledged_days: 3,
        }
    }
}

/// Who sees what of a reporter's contact. Operators of the centre read the card itself, and each
/// reading is logged; whoever is not named here is shown nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct ContactPolicy {
    /// Roles whose devices are shown a masked contact (`138****5678`) of cases that they hold.
    #[serde(default)]
    pub masked: Vec<Role>,
}
