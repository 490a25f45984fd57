//! The body of a calendar pack as it is written, before it is checked.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, de};

use crate::catalogue::Label;
use crate::deadline::date::{Date, Offset, minutes_of_day};

/// `gewu-calendar/1`.
#[derive(Debug, Deserialize)]
pub(super) struct CalendarFile {
    pub(super) format: String,
    pub(super) name: String,
    #[serde(default)]
    pub(super) version: u64,
    #[serde(default)]
    pub(super) label: Label,
    #[serde(default = "china")]
    pub(super) offset: Offset,
    /// The days of which something is known, both ends included.
    pub(super) known: DayRange,
    /// The days of the week on which people work.
    pub(super) week: Vec<Weekday>,
    pub(super) seasons: Vec<SeasonFile>,
    /// By year, in any order: what departs from the week.
    #[serde(default)]
    pub(super) years: BTreeMap<String, YearFile>,
    #[serde(default)]
    pub(super) units: Meanings,
}

const fn china() -> Offset {
    Offset::CHINA
}

#[derive(Debug, Deserialize)]
pub(super) struct SeasonFile {
    #[serde(flatten)]
    pub(super) days: DayRange,
    pub(super) minutes_per_day: i64,
    pub(super) windows: Vec<Window>,
    /// Other windows on some days of the week, such as a Saturday's morning.
    #[serde(default)]
    pub(super) weekdays: BTreeMap<Weekday, Vec<Window>>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct YearFile {
    #[serde(default)]
    pub(super) off: Vec<Days>,
    #[serde(default)]
    pub(super) work: Vec<Days>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) struct DayRange {
    pub(super) from: Date,
    pub(super) to: Date,
}

/// One day, or `2026-10-01..2026-10-07` with both ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Days(pub(super) DayRange);

impl<'de> Deserialize<'de> for Days {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let (from, to) = text.split_once("..").unwrap_or((&text, &text));
        let day = |text: &str| text.parse().map_err(de::Error::custom);
        let (from, to) = (day(from)?, day(to)?);
        Ok(Self(DayRange { from, to }))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Weekday {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

/// Minutes since midnight, from the first to before the last; written `08:00-12:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Window {
    pub(super) from: i64,
    pub(super) to: i64,
}

impl<'de> Deserialize<'de> for Window {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let ends = text
            .split_once('-')
            .and_then(|(from, to)| minutes_of_day(from).zip(minutes_of_day(to)));
        match ends {
            Some((from, to)) if from < to => Ok(Self { from, to }),
            _ => Err(de::Error::custom(format_args!(
                "write a window as 08:00-12:00, not {text}"
            ))),
        }
    }
}

/// What kind of time a bare unit means here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Meaning {
    /// Time inside the working windows.
    Working,
    /// Time of a clock that never stands.
    Natural,
}

/// What 天, 小时 and 分钟 mean in the city. What is not said stays unknown.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
pub(super) struct Meanings {
    pub(super) day: Option<Meaning>,
    pub(super) hour: Option<Meaning>,
    pub(super) minute: Option<Meaning>,
}
