//! The section `clocks` of a policy.

use std::sync::OnceLock;

use super::Policy;
use crate::deadline::Lights;
use crate::deadline::rules::ClockRules;

static BUILT_IN: OnceLock<ClockRules> = OnceLock::new();

impl Policy {
    /// Which event starts which clock, and how much time there is.
    pub fn clocks(&self) -> &ClockRules {
        let own = self.clocks.as_ref();
        own.unwrap_or_else(|| BUILT_IN.get_or_init(ClockRules::built_in))
    }

    /// When a clock's light changes.
    pub const fn lights(&self) -> Lights {
        self.lights
    }
}
