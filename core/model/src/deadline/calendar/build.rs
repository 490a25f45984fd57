//! From the file to a table of days: every known day has its windows, or none, and a season.

use super::file::{CalendarFile, DayRange, SeasonFile, Weekday, Window};
use super::{CalendarError, Day, Season};
use crate::deadline::date::Date;

/// The most days that one calendar may know: twenty years.
const MAX_DAYS: i64 = 7_320;
const MAX_SEASONS: usize = 400;
const MAX_WINDOWS: usize = 24;
const MAX_RANGES: usize = 2_000;
const MINUTES_OF_DAY: i64 = 24 * 60;

const WEEK: [Weekday; 7] = [
    Weekday::Mon,
    Weekday::Tue,
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
    Weekday::Sat,
    Weekday::Sun,
];

/// What the days of a calendar are looked up in.
pub(super) struct Table {
    pub(super) days: Vec<Day>,
    pub(super) seasons: Vec<Season>,
    /// Lists of windows in milliseconds since midnight; the first is that of a free day.
    pub(super) timetables: Vec<Vec<(i64, i64)>>,
}

fn wrong(words: impl Into<String>) -> CalendarError {
    CalendarError(words.into())
}

pub(super) fn table(file: &CalendarFile) -> Result<Table, CalendarError> {
    let known = file.known;
    let days = length(known);
    if !(1..=MAX_DAYS).contains(&days) {
        return Err(wrong(format!("it must know 1 to {MAX_DAYS} days")));
    }
    if file.seasons.len() > MAX_SEASONS {
        return Err(wrong(format!("it has more than {MAX_SEASONS} seasons")));
    }
    let mut table = Table {
        days: vec![Day::UNKNOWN; usize::try_from(days).unwrap_or(0)],
        seasons: Vec::new(),
        timetables: vec![Vec::new()],
    };
    for season in &file.seasons {
        table.add_season(season, known)?;
    }
    if let Some(at) = table.days.iter().position(|day| *day == Day::UNKNOWN) {
        let day = known.from.plus(at as i64);
        return Err(wrong(format!("no season covers {day}")));
    }
    table.apply_week(file);
    table.apply_years(file)?;
    Ok(table)
}

const fn length(range: DayRange) -> i64 {
    range.to.number() - range.from.number() + 1
}

impl Table {
    fn add_season(&mut self, season: &SeasonFile, known: DayRange) -> Result<(), CalendarError> {
        if length(season.days) < 1 {
            return Err(wrong(format!(
                "the season from {} ends before",
                season.days.from
            )));
        }
        if !(1..=MINUTES_OF_DAY).contains(&season.minutes_per_day) {
            return Err(wrong("minutes_per_day must be 1 to 1440"));
        }
        let number = u16::try_from(self.seasons.len()).unwrap_or(u16::MAX);
        let whole = self.add_windows(&season.windows)?;
        let mut by_weekday = [whole; 7];
        for (weekday, windows) in &season.weekdays {
            by_weekday[*weekday as usize] = self.add_windows(windows)?;
        }
        for at in indices(season.days, known) {
            if self.days[at] != Day::UNKNOWN {
                let day = known.from.plus(at as i64);
                return Err(wrong(format!("two seasons cover {day}")));
            }
            self.days[at] = Day {
                season: number,
                timetable: 0,
            };
        }
        self.seasons.push(Season {
            day_minutes: season.minutes_per_day,
            whole,
            by_weekday,
        });
        Ok(())
    }

    fn add_windows(&mut self, windows: &[Window]) -> Result<u16, CalendarError> {
        let ordered = windows.windows(2).all(|pair| pair[0].to <= pair[1].from);
        if windows.is_empty() || windows.len() > MAX_WINDOWS || !ordered {
            return Err(wrong(format!(
                "a day has 1 to {MAX_WINDOWS} windows, in order, none over another"
            )));
        }
        let ms = |minutes: i64| minutes * crate::deadline::date::MINUTE_MS;
        let list = windows.iter().map(|one| (ms(one.from), ms(one.to)));
        self.timetables.push(list.collect());
        u16::try_from(self.timetables.len() - 1).map_err(|_| wrong("it has too many windows"))
    }

    fn apply_week(&mut self, file: &CalendarFile) {
        let works = WEEK.map(|weekday| file.week.contains(&weekday));
        for (at, day) in self.days.iter_mut().enumerate() {
            let weekday = file.known.from.plus(at as i64).weekday();
            if works[weekday] {
                day.timetable = self.seasons[usize::from(day.season)].by_weekday[weekday];
            }
        }
    }

    fn apply_years(&mut self, file: &CalendarFile) -> Result<(), CalendarError> {
        let mut said = vec![false; self.days.len()];
        let years = file.years.values();
        let ranges = years.flat_map(|year| {
            let off = year.off.iter().map(|days| (days.0, false));
            off.chain(year.work.iter().map(|days| (days.0, true)))
        });
        for (count, (range, works)) in ranges.enumerate() {
            if count >= MAX_RANGES || length(range) < 1 {
                return Err(wrong(format!("the days from {} are no range", range.from)));
            }
            for at in indices(range, file.known) {
                if std::mem::replace(&mut said[at], true) {
                    let day: Date = file.known.from.plus(at as i64);
                    return Err(wrong(format!("{day} is named twice")));
                }
                let day = &mut self.days[at];
                // A weekend that is worked instead of a weekday (调休) keeps that season's full day.
                let whole = self.seasons[usize::from(day.season)].whole;
                day.timetable = if works { whole } else { 0 };
            }
        }
        Ok(())
    }
}

/// The places of the range's days in the table; days outside what is known are left out.
fn indices(range: DayRange, known: DayRange) -> std::ops::Range<usize> {
    let place = |number: i64| {
        let place = number - known.from.number();
        usize::try_from(place.clamp(0, length(known))).unwrap_or(0)
    };
    place(range.from.number())..place(range.to.number() + 1)
}
