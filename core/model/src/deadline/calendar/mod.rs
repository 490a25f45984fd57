//! Working calendars as data: windows by season, holidays and 调休 by year, and a horizon.
//!
//! A calendar is a JSON pack (`gewu-calendar/1`, see `docs/deadlines.md`). It answers only for the
//! days that it knows; for any other it says so, and nobody guesses.

mod build;
mod file;
mod keys;
mod spans;

use serde::Serialize;

use crate::catalogue::Label;
use crate::crypto::sha256;
use crate::ids::Digest;
use crate::time::Millis;

use super::date::{Date, MINUTE_MS, Offset};
use super::limit::{Limit, Unit};
use file::{CalendarFile, Meaning, Meanings};

/// The body of the calendar that ships: 2026 by the State Council's arrangement of holidays, eight
/// hours a day. A city publishes its own in its place.
pub const SHIPPED: &[u8] = include_bytes!("cn-2026.json");

/// Which clock an amount of time runs by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockKind {
    /// Day and night, holidays included.
    Continuous,
    /// Inside the working windows only.
    Working,
}

/// An amount of time by a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Budget {
    /// By which clock.
    pub clock: ClockKind,
    /// How much, in milliseconds; above 0.
    pub ms: i64,
}

/// A calendar pack that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the calendar cannot be read: {0}")]
pub struct CalendarError(String);

/// What a calendar does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum NotKnown {
    /// The answer lies beyond its last day.
    #[error("calendar unknown after {0}: use a calendar that reaches further")]
    After(Date),
    /// The question lies before its first day.
    #[error("calendar unknown before {0}: use a calendar that begins earlier")]
    Before(Date),
    /// A bare unit of which the calendar does not say what it means here.
    #[error("the calendar does not say what {} means in this city", .0.label())]
    Meaning(Unit),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Day {
    season: u16,
    timetable: u16,
}

impl Day {
    const UNKNOWN: Self = Self {
        season: u16::MAX,
        timetable: 0,
    };
}

#[derive(Debug, Clone)]
struct Season {
    day_minutes: i64,
    whole: u16,
    by_weekday: [u16; 7],
}

/// A working calendar.
#[derive(Debug, Clone)]
pub struct Calendar {
    name: String,
    version: u64,
    label: Label,
    hash: Digest,
    offset: Offset,
    first: Date,
    last: Date,
    units: Meanings,
    days: Vec<Day>,
    seasons: Vec<Season>,
    timetables: Vec<Vec<(i64, i64)>>,
}

impl Calendar {
    /// The calendar that ships.
    ///
    /// # Panics
    /// Never: a test reads the same bytes.
    #[allow(clippy::expect_used)] // the bytes are compiled in and tested
    pub fn shipped() -> Self {
        Self::from_json(SHIPPED).expect("the shipped calendar is well formed")
    }

    /// Reads a calendar's body (`gewu-calendar/1`, JSON).
    ///
    /// # Errors
    /// [`CalendarError`] says what is wrong: a day that no season or two seasons cover, a day named
    /// twice as an exception, windows out of order, a size beyond bounds.
    pub fn from_json(body: &[u8]) -> Result<Self, CalendarError> {
        let file: CalendarFile =
            serde_json::from_slice(body).map_err(|error| CalendarError(error.to_string()))?;
        if file.format != "gewu-calendar/1" {
            return Err(CalendarError(format!(
                "format {} is not known",
                file.format
            )));
        }
        let table = build::table(&file)?;
        Ok(Self {
            name: file.name,
            version: file.version,
            label: file.label,
            hash: sha256(body),
            offset: file.offset,
            first: file.known.from,
            last: file.known.to,
            units: file.units,
            days: table.days,
            seasons: table.seasons,
            timetables: table.timetables,
        })
    }

    /// Whether any day that it knows has working time. By one that has none, no working limit ever ends.
    pub fn ever_works(&self) -> bool {
        self.days.iter().any(|day| day.timetable != 0)
    }

    /// Its name, such as `cn-2026`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its version under that name.
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// Its name for people.
    pub const fn label(&self) -> &Label {
        &self.label
    }

    /// SHA-256 of the body.
    pub const fn hash(&self) -> Digest {
        self.hash
    }

    /// What its local clocks add to UTC.
    pub const fn offset(&self) -> Offset {
        self.offset
    }

    /// The first and the last day that it knows.
    pub const fn known(&self) -> (Date, Date) {
        (self.first, self.last)
    }

    /// The windows of a day, as instants; none on a free day.
    ///
    /// # Errors
    /// [`NotKnown`] for a day outside what it knows.
    pub fn windows(&self, day: Date) -> Result<Vec<(Millis, Millis)>, NotKnown> {
        let midnight = self.offset.midnight(day);
        let windows = self.timetable(day)?.iter();
        Ok(windows
            .map(|(from, to)| (midnight.plus(*from), midnight.plus(*to)))
            .collect())
    }

    /// The clock that a unit runs by here.
    ///
    /// # Errors
    /// [`NotKnown::Meaning`] when the unit is a bare one and the calendar does not say.
    pub fn clock(&self, unit: Unit) -> Result<ClockKind, NotKnown> {
        let by_city = match unit {
            Unit::UrgentMinute | Unit::UrgentHour | Unit::UrgentDay | Unit::NaturalDay => {
                return Ok(ClockKind::Continuous);
            }
            Unit::WorkMinute | Unit::WorkHour | Unit::WorkDay => return Ok(ClockKind::Working),
            Unit::Minute => self.units.minute,
            Unit::Hour => self.units.hour,
            Unit::Day => self.units.day,
        };
        match by_city {
            Some(Meaning::Working) => Ok(ClockKind::Working),
            Some(Meaning::Natural) => Ok(ClockKind::Continuous),
            None => Err(NotKnown::Meaning(unit)),
        }
    }

    /// The time that a limit grants when it starts at `start`. A working day is worth the minutes of
    /// the season in which counting begins.
    ///
    /// # Errors
    /// [`NotKnown`] when the unit or the day on which counting begins is not known here.
    pub fn budget(&self, limit: &Limit, start: Millis) -> Result<Budget, NotKnown> {
        let clock = self.clock(limit.unit())?;
        let day = match (clock, limit.unit()) {
            (ClockKind::Working, Unit::WorkDay | Unit::Day) => self.day_minutes(start)?,
            _ => 24 * 60,
        };
        let ms = limit.minutes(day).max(1) * MINUTE_MS;
        Ok(Budget { clock, ms })
    }

    fn day_minutes(&self, start: Millis) -> Result<i64, NotKnown> {
        let begins = self.first_open(ClockKind::Working, start)?;
        let day = self.day(self.offset.local(begins).0)?;
        Ok(self.seasons[usize::from(day.season)].day_minutes)
    }

    fn day(&self, day: Date) -> Result<Day, NotKnown> {
        if day > self.last {
            return Err(NotKnown::After(self.last));
        }
        let place = usize::try_from(day.number() - self.first.number());
        let place = place.map_err(|_| NotKnown::Before(self.first))?;
        self.days
            .get(place)
            .copied()
            .ok_or(NotKnown::After(self.last))
    }

    fn timetable(&self, day: Date) -> Result<&[(i64, i64)], NotKnown> {
        Ok(&self.timetables[usize::from(self.day(day)?.timetable)])
    }
}

#[cfg(test)]
mod tests;
