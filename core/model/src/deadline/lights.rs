//! Lights: how near a clock is to its limit, at a glance.

use serde::{Deserialize, Serialize};

use super::arithmetic::Spent;

/// The colour that a clock shows: how near it is to its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Light {
    /// Time enough.
    Green,
    /// Near the limit.
    Yellow,
    /// Over it.
    Red,
}

impl Light {
    /// The name in stores and on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Green => "green",
            Self::Yellow => "yellow",
            Self::Red => "red",
        }
    }
}

/// When a light changes, in percent of the limit. A use of exactly so much still shows the light
/// before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lights {
    /// Beyond this it is yellow.
    pub yellow_percent: u16,
    /// Beyond this it is red.
    pub red_percent: u16,
}

impl Default for Lights {
    fn default() -> Self {
        Self {
            yellow_percent: 80,
            red_percent: 100,
        }
    }
}

impl Lights {
    /// The light for so much use.
    pub fn of(&self, spent: Spent) -> Light {
        if spent.beyond(self.red_percent.into()) {
            Light::Red
        } else if spent.beyond(self.yellow_percent.into()) {
            Light::Yellow
        } else {
            Light::Green
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_light_changes_behind_its_percentage_and_not_at_it() {
        let total_ms = 100 * 60_000;
        let light = |used_ms| Lights::default().of(Spent { used_ms, total_ms });
        let at = [0, 80 * 60_000, 80 * 60_000 + 1, total_ms, total_ms + 1];
        let shown = at.map(light);
        assert_eq!(
            shown,
            [
                Light::Green,
                Light::Green,
                Light::Yellow,
                Light::Yellow,
                Light::Red
            ]
        );
        let city = Lights {
            yellow_percent: 50,
            red_percent: 90,
        };
        assert_eq!(
            city.of(Spent {
                used_ms: 95,
                total_ms: 100
            }),
            Light::Red
        );
    }
}
