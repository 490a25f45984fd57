//! The reference: a year as a list of minutes, counted one by one. It shares no code with what it
//! judges: it has its own days and its own idea of a calendar.

use serde_json::{Value, json};

const DAY: i64 = 1440;
const MONTHS: [i64; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/// 2026-01-01T00:00+08:00 in minutes since 1970.
const EPOCH: i64 = 29_453_280;
/// 2026-01-01 was a Thursday.
const FIRST_WEEKDAY: i64 = 3;
const WEEK: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// A calendar of the first days of 2026. Days are counted from 0, minutes from its first midnight.
#[derive(Debug, Clone)]
pub(crate) struct Naive {
    pub(crate) days: i64,
    /// Per weekday, Monday first.
    pub(crate) week: [bool; 7],
    /// Windows until the season changes, and after; in minutes of the day.
    pub(crate) seasons: [Vec<(i64, i64)>; 2],
    pub(crate) change: i64,
    pub(crate) off: Vec<i64>,
    pub(crate) work: Vec<i64>,
    pub(crate) day_minutes: i64,
}

fn date(day: i64) -> String {
    let mut rest = day;
    for (month, days) in MONTHS.iter().enumerate() {
        if rest < *days {
            return format!("2026-{:02}-{:02}", month + 1, rest + 1);
        }
        rest -= days;
    }
    unreachable!("within 2026")
}

/// Minutes from the calendar's first midnight as milliseconds since 1970.
pub(crate) fn instant(minute: i64) -> i64 {
    (EPOCH + minute) * 60_000
}

impl Naive {
    pub(crate) fn json(&self) -> Value {
        let clock = |minute: i64| format!("{:02}:{:02}", minute / 60, minute % 60);
        let windows = |season: &[(i64, i64)]| -> Vec<String> {
            season
                .iter()
                .map(|(a, b)| format!("{}-{}", clock(*a), clock(*b)))
                .collect()
        };
        let season = |from: i64, to: i64, at: usize| {
            json!({ "from": date(from), "to": date(to), "minutes_per_day": self.day_minutes,
                "windows": windows(&self.seasons[at]) })
        };
        let days = |list: &[i64]| list.iter().map(|day| date(*day)).collect::<Vec<_>>();
        let week = WEEK.iter().zip(self.week).filter(|(_, works)| *works);
        json!({
            "format": "gewu-calendar/1", "name": "random",
            "known": { "from": date(0), "to": date(self.days - 1) },
            "week": week.map(|(name, _)| *name).collect::<Vec<_>>(),
            "seasons": [season(0, self.change - 1, 0), season(self.change, self.days - 1, 1)],
            "years": { "2026": { "off": days(&self.off), "work": days(&self.work) } },
            "units": { "day": "working" },
        })
    }

    /// Whether people work in a minute; `None` beyond the horizon.
    pub(crate) fn open(&self, minute: i64) -> Option<bool> {
        let (day, of_day) = (minute.div_euclid(DAY), minute.rem_euclid(DAY));
        if day >= self.days {
            return None;
        }
        let weekday = (day + FIRST_WEEKDAY) % 7;
        let works = if self.off.contains(&day) {
            false
        } else {
            self.work.contains(&day) || self.week[weekday as usize]
        };
        let season = &self.seasons[usize::from(day >= self.change)];
        let inside = season
            .iter()
            .any(|(from, to)| (*from..*to).contains(&of_day));
        Some(works && inside)
    }

    fn counts(&self, minute: i64, continuous: bool, pauses: &[(i64, i64)]) -> Option<bool> {
        let paused = pauses
            .iter()
            .any(|(from, to)| (*from..*to).contains(&minute));
        let open = if continuous { true } else { self.open(minute)? };
        Some(open && !paused)
    }

    /// The minute at which the budget is used up; `None` beyond the horizon.
    pub(crate) fn due(
        &self,
        start: i64,
        budget: i64,
        continuous: bool,
        pauses: &[(i64, i64)],
    ) -> Option<i64> {
        let (mut at, mut left) = (start, budget);
        while left > 0 {
            left -= i64::from(self.counts(at, continuous, pauses)?);
            at += 1;
        }
        Some(at)
    }

    /// The minutes that count between two others; `None` beyond the horizon.
    pub(crate) fn spent(
        &self,
        start: i64,
        now: i64,
        continuous: bool,
        pauses: &[(i64, i64)],
    ) -> Option<i64> {
        (start..now).try_fold(0, |sum, at| {
            Some(sum + i64::from(self.counts(at, continuous, pauses)?))
        })
    }
}
