//! Days, times of day and instants with an offset, in integers. No zone database: the calendar
//! carries its offset, and China keeps one without daylight saving.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::time::Millis;

/// Milliseconds of one minute.
pub const MINUTE_MS: i64 = 60_000;
/// Milliseconds of one day of 24 hours.
pub const DAY_MS: i64 = 86_400_000;

/// A text that is no date or time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write {0}")]
pub struct DateError(&'static str);

const DATE: DateError = DateError("a date as 2026-09-30");
const TIME: DateError =
    DateError("a time as 2026-09-30T17:00, with +08:00 or Z behind it if need be");
const OFFSET: DateError = DateError("an offset as +08:00");

/// A day of the Gregorian calendar, as days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Date(i64);

impl Date {
    /// The day of that year (1 to 9999), month and day of the month; `None` if there is none.
    ///
    /// Counts days in eras of 400 years that begin in March (the usual conversion between civil
    /// dates and day numbers of the proleptic Gregorian calendar).
    pub fn from_ymd(year: i64, month: i64, day: i64) -> Option<Self> {
        if !(1..=9999).contains(&year) || !(1..=12).contains(&month) || day < 1 {
            return None;
        }
        let march_year = year - i64::from(month <= 2);
        let era = march_year.div_euclid(400);
        let year_of_era = march_year.rem_euclid(400);
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        let date = Self(era * 146_097 + day_of_era - 719_468);
        // Days that the month does not have come back as days of the next one.
        (date.ymd() == (year, month, day)).then_some(date)
    }

    /// Year, month and day of the month.
    pub const fn ymd(self) -> (i64, i64, i64) {
        let day = self.0 + 719_468;
        let era = day.div_euclid(146_097);
        let of_era = day.rem_euclid(146_097);
        let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let march_month = (5 * of_year + 2) / 153;
        let month = (march_month + 2) % 12 + 1;
        let year = year + era * 400 + if month <= 2 { 1 } else { 0 };
        (year, month, of_year - (153 * march_month + 2) / 5 + 1)
    }

    /// Days since 1970-01-01.
    pub const fn number(self) -> i64 {
        self.0
    }

    /// The day that many days later.
    #[must_use]
    pub const fn plus(self, days: i64) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// The day of the week, Monday = 0.
    pub const fn weekday(self) -> usize {
        // 1970-01-01 was a Thursday.
        (self.0.rem_euclid(7) as usize + 3) % 7
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.ymd();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let mut parts = text.splitn(3, '-');
        let mut part = |digits| parts.next().and_then(|part| number(part, digits));
        let (year, month, day) = (part(4), part(2), part(2));
        let whole = year.zip(month).zip(day);
        whole
            .and_then(|((year, month), day)| Self::from_ymd(year, month, day))
            .ok_or(DATE)
    }
}

impl TryFrom<String> for Date {
    type Error = DateError;

    fn try_from(text: String) -> Result<Self, DateError> {
        text.parse()
    }
}

impl From<Date> for String {
    fn from(date: Date) -> Self {
        date.to_string()
    }
}

/// What local clocks add to UTC, in minutes, within 18 hours either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Offset(i64);

impl Offset {
    /// China's time, +08:00.
    pub const CHINA: Self = Self(8 * 60);

    /// The local day on which `at` lies, and the milliseconds since its midnight.
    pub const fn local(self, at: Millis) -> (Date, i64) {
        let local = at.0.saturating_add(self.0 * MINUTE_MS);
        (Date(local.div_euclid(DAY_MS)), local.rem_euclid(DAY_MS))
    }

    /// The instant at which the local day begins.
    pub const fn midnight(self, day: Date) -> Millis {
        Millis(
            day.0
                .saturating_mul(DAY_MS)
                .saturating_sub(self.0 * MINUTE_MS),
        )
    }

    /// The instant as local time, such as `2026-10-08T09:00:00+08:00`; milliseconds only where there
    /// are some.
    pub fn write(self, at: Millis) -> String {
        let (day, ms) = self.local(at);
        let (seconds, ms) = (ms / 1000, ms % 1000);
        let fraction = if ms == 0 {
            String::new()
        } else {
            format!(".{ms:03}")
        };
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
        format!(
            "{day}T{hours:02}:{minutes:02}:{:02}{fraction}{self}",
            seconds % 60
        )
    }

    /// The instant that `text` names: `2026-09-30T17:00`, with seconds and a fraction of up to three
    /// digits if need be. Without a zone behind it, the time is this offset's.
    ///
    /// # Errors
    /// [`DateError`] shows the form.
    pub fn read(self, text: &str) -> Result<Millis, DateError> {
        let text = text.trim();
        let (day, rest) = text.split_once(['T', 't', ' ']).ok_or(TIME)?;
        let day: Date = day.parse().map_err(|_| TIME)?;
        let at = rest.find(['Z', 'z', '+', '-']).unwrap_or(rest.len());
        let (time, zone) = rest.split_at(at);
        let offset = if zone.is_empty() { self } else { zone.parse()? };
        let ms = time_of_day(time).ok_or(TIME)?;
        Ok(offset.midnight(day).plus(ms))
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { '-' } else { '+' };
        let minutes = self.0.abs();
        write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

impl FromStr for Offset {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        if matches!(text, "Z" | "z") {
            return Ok(Self(0));
        }
        let read = |text: &str| {
            let sign = match text.chars().next()? {
                '+' => 1,
                '-' => -1,
                _ => return None,
            };
            let minutes = minutes_of_day(&text[1..])?;
            (minutes <= 18 * 60).then_some(Self(sign * minutes))
        };
        read(text).ok_or(OFFSET)
    }
}

impl TryFrom<String> for Offset {
    type Error = DateError;

    fn try_from(text: String) -> Result<Self, DateError> {
        text.parse()
    }
}

impl From<Offset> for String {
    fn from(offset: Offset) -> Self {
        offset.to_string()
    }
}

/// Minutes since midnight of `HH:MM`; `24:00` is the end of the day.
pub(super) fn minutes_of_day(text: &str) -> Option<i64> {
    let (hours, minutes) = text.split_once(':')?;
    let (hours, minutes) = (number(hours, 2)?, number(minutes, 2)?);
    let whole = hours * 60 + minutes;
    (minutes < 60 && whole <= 24 * 60).then_some(whole)
}

/// Milliseconds since midnight of `HH:MM[:SS[.mmm]]`, below 24 hours.
fn time_of_day(text: &str) -> Option<i64> {
    let minutes = minutes_of_day(text.get(..5)?).filter(|minutes| *minutes < 24 * 60)?;
    let rest = &text[5..];
    if rest.is_empty() {
        return Some(minutes * MINUTE_MS);
    }
    let (seconds, fraction) = match rest.strip_prefix(':')?.split_once('.') {
        Some((seconds, fraction)) => (seconds, fraction),
        None => (&rest[1..], "0"),
    };
    let seconds = number(seconds, 2).filter(|seconds| *seconds < 60)?;
    let digits = fraction.len();
    let scale = *[1, 100, 10, 1].get(digits).filter(|_| digits > 0)?;
    let ms = number(fraction, digits)? * scale;
    Some(minutes * MINUTE_MS + seconds * 1000 + ms)
}

/// The number that exactly so many ASCII digits spell.
fn number(text: &str, digits: usize) -> Option<i64> {
    let plain = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_are_one_for_four_centuries() {
        let mut day = Date::from_ymd(1800, 1, 1).expect("a day");
        let end = Date::from_ymd(2201, 1, 1).expect("a day");
        let mut weekday = day.weekday();
        while day < end {
            let (y, m, d) = day.ymd();
            assert_eq!(Date::from_ymd(y, m, d), Some(day));
            assert_eq!(day.weekday(), weekday);
            weekday = (weekday + 1) % 7;
            day = day.plus(1);
        }
        assert_eq!(Date::from_ymd(1970, 1, 1), Some(Date(0)));
        assert_eq!("2026-09-20".parse::<Date>().expect("a day").weekday(), 6);
    }

    #[test]
    fn what_is_no_day_or_time_is_refused() {
        for text in [
            "2026-02-29",
            "2026-13-01",
            "2026-00-01",
            "26-01-01",
            "2026-1-1",
            "2026-01-01x",
            "",
        ] {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
        for text in [
            "2026-09-30",
            "2026-09-30T24:00",
            "2026-09-30T17",
            "2026-09-30T17:60",
            "2026-09-30T17:00:60",
            "2026-09-30T17:00+25:00",
            "2026-09-30T17:00:00.1234",
            "2026-09-30T17:00:00.",
            "2026-09-30T１7:00",
            "2026-09-30Tä:00:",
        ] {
            assert!(Offset::CHINA.read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_instant_is_read_in_its_zone_and_written_in_ours() {
        let read = |text| Offset::CHINA.read(text).expect("a time");
        let at = read("2026-09-30T17:00");
        assert_eq!(at, Millis(1_790_758_800_000));
        for same in [
            "2026-09-30 17:00:00",
            "2026-09-30T09:00Z",
            "2026-09-30T05:30:00.000-03:30",
        ] {
            assert_eq!(read(same), at, "{same}");
        }
        assert_eq!(Offset::CHINA.write(at), "2026-09-30T17:00:00+08:00");
        assert_eq!(
            Offset::CHINA.write(at.plus(-1)),
            "2026-09-30T16:59:59.999+08:00"
        );
        assert_eq!(read("2026-09-30T16:59:59.9"), at.plus(-100));
    }
}
