//! Limits as cities write them: a number and a unit. What cannot be read is unknown, with its text.

use serde::{Serialize, Serializer};

use super::numeral;

/// The most that one limit may say, in minutes of 24-hour days: ten years.
const MAX_MINUTES: i64 = 3_660 * 24 * 60;
/// The most days that a limit of a city may say without question. The longest in the tables of filing and
/// closing standards that we know are 15 days or 15 working days; this leaves six times as much.
const USUAL_DAYS: i64 = 90;
/// Hours of a working day, the shorter of the days that an hour may be part of.
const DAY_HOURS: i64 = 8;
/// The longest raw text that is kept, in characters.
const MAX_RAW: usize = 64;

/// In what a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// 紧急分钟: a minute of a clock that never stands.
    UrgentMinute,
    /// 紧急工作时: an hour of a clock that never stands.
    UrgentHour,
    /// 紧急工作日: a day of 24 hours, holidays included.
    UrgentDay,
    /// 工作分钟: a minute inside the working windows.
    WorkMinute,
    /// 工作时: an hour inside the working windows.
    WorkHour,
    /// 工作日: as many minutes inside the working windows as the calendar gives a day.
    WorkDay,
    /// 自然日: a day of 24 hours, by its name.
    NaturalDay,
    /// 分钟: which minutes, the calendar says.
    Minute,
    /// 小时: which hours, the calendar says.
    Hour,
    /// 天: a working day in one city, 24 hours in another; the calendar says.
    Day,
}

/// Spellings, after blanks, 个 and a closing 内 are gone. The longest that fits the whole rest counts.
const SPELLINGS: &[(&str, Unit)] = &[
    ("紧急分钟", Unit::UrgentMinute),
    ("紧急工作分钟", Unit::UrgentMinute),
    ("紧急工作时", Unit::UrgentHour),
    ("紧急工作小时", Unit::UrgentHour),
    ("紧急小时", Unit::UrgentHour),
    ("紧急工作日", Unit::UrgentDay),
    ("紧急工作天", Unit::UrgentDay),
    ("工作分钟", Unit::WorkMinute),
    ("工作时", Unit::WorkHour),
    ("工作小时", Unit::WorkHour),
    ("工作日", Unit::WorkDay),
    ("工作天", Unit::WorkDay),
    ("自然日", Unit::NaturalDay),
    ("自然天", Unit::NaturalDay),
    ("日历日", Unit::NaturalDay),
    ("分钟", Unit::Minute),
    ("分", Unit::Minute),
    ("小时", Unit::Hour),
    ("时", Unit::Hour),
    ("天", Unit::Day),
    ("日", Unit::Day),
];

impl Unit {
    /// The name for scripts, such as `work_hour`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::UrgentMinute => "urgent_minute",
            Self::UrgentHour => "urgent_hour",
            Self::UrgentDay => "urgent_day",
            Self::WorkMinute => "work_minute",
            Self::WorkHour => "work_hour",
            Self::WorkDay => "work_day",
            Self::NaturalDay => "natural_day",
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
        }
    }

    /// The unit as the field writes it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::UrgentMinute => "紧急分钟",
            Self::UrgentHour => "紧急工作时",
            Self::UrgentDay => "紧急工作日",
            Self::WorkMinute => "工作分钟",
            Self::WorkHour => "工作时",
            Self::WorkDay => "工作日",
            Self::NaturalDay => "自然日",
            Self::Minute => "分钟",
            Self::Hour => "小时",
            Self::Day => "天",
        }
    }

    /// Minutes of one unit; of a day, those of 24 hours.
    const fn minutes(self) -> i64 {
        match self {
            Self::UrgentMinute | Self::WorkMinute | Self::Minute => 1,
            Self::UrgentHour | Self::WorkHour | Self::Hour => 60,
            Self::UrgentDay | Self::WorkDay | Self::NaturalDay | Self::Day => 24 * 60,
        }
    }
}

/// A limit that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    raw: String,
    hundredths: i64,
    unit: Unit,
}

/// A limit that says nothing that can be counted. It never becomes a default.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the limit “{raw}” is unknown: write a number and a unit, such as 2工作时, 2紧急工作时 or 5工作日"
)]
pub struct UnknownLimit {
    /// The text as it was written, cut to a length that can be shown.
    pub raw: String,
}

impl Limit {
    /// Reads a limit such as `2紧急工作时`, `１５ 个工作日内` or `半天`.
    ///
    /// Blanks, full-width digits, plain Chinese numerals, 个 before the unit and 内 behind it are
    /// forgiven. Whatever stands before the number (as in 种植季节15工作日) is a condition that this
    /// cannot judge, so such a text is unknown; so are sums, nought, and more than ten years.
    ///
    /// # Errors
    /// [`UnknownLimit`] with the text.
    pub fn parse(raw: &str) -> Result<Self, UnknownLimit> {
        read(raw).ok_or_else(|| UnknownLimit { raw: shown(raw) })
    }

    /// The text as it was written.
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// In what it counts.
    pub const fn unit(&self) -> Unit {
        self.unit
    }

    /// Whether it is longer than the limits that cities set: more than 90 days, or as many working days of 8
    /// hours where it counts in hours or minutes. Their tables know none beyond 15, so this is a slip of the pen
    /// until somebody says otherwise; clocks run by it all the same.
    pub const fn is_unusual(&self) -> bool {
        self.minutes(24 * 60) > USUAL_DAYS * self.day_minutes()
    }

    const fn day_minutes(&self) -> i64 {
        match self.unit.minutes() {
            1 | 60 => DAY_HOURS * 60,
            _ => 24 * 60,
        }
    }

    /// Its minutes, when a day has `day` of them. Rounded down to whole minutes where a fraction of
    /// a day is none.
    pub(super) const fn minutes(&self, day: i64) -> i64 {
        let one = match self.unit.minutes() {
            1 => 1,
            60 => 60,
            _ => day,
        };
        self.hundredths * one / 100
    }
}

impl Serialize for Limit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.raw)
    }
}

fn read(raw: &str) -> Option<Limit> {
    let text = clean(raw)?;
    let at = text.find(|c| !numeral::is_part(c))?;
    let (amount, unit) = text.split_at(at);
    let hundredths = numeral::hundredths(amount)?;
    let unit = unit.strip_prefix('个').unwrap_or(unit);
    let unit = ["以内", "之内", "内"]
        .iter()
        .find_map(|ending| unit.strip_suffix(ending))
        .unwrap_or(unit);
    let (_, unit) = SPELLINGS.iter().find(|(spelling, _)| *spelling == unit)?;
    let total = hundredths.checked_mul(unit.minutes())?;
    let whole = total % 100 == 0 && (100..=MAX_MINUTES * 100).contains(&total);
    whole.then(|| Limit {
        raw: shown(raw),
        hundredths,
        unit: *unit,
    })
}

/// The text without blanks and with ASCII digits; `None` when it is too long to be a limit.
fn clean(raw: &str) -> Option<String> {
    let kept = raw.chars().filter(|c| !is_blank(*c));
    let text: String = kept.take(MAX_RAW + 1).map(narrow).collect();
    (text.chars().count() <= MAX_RAW).then_some(text)
}

/// Blanks of any width, and marks without a width that spreadsheets leave behind.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{2060}')
}

/// A full-width digit or full stop as the ASCII one.
fn narrow(c: char) -> char {
    match c {
        '０'..='９' => char::from(b'0' + (u32::from(c) - u32::from('０')) as u8),
        '．' => '.',
        other => other,
    }
}

fn shown(raw: &str) -> String {
    raw.chars().take(MAX_RAW).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(raw: &str) -> Option<(i64, Unit)> {
        let limit = Limit::parse(raw).ok()?;
        assert_eq!(limit.raw(), raw, "the raw text is kept");
        Some((limit.hundredths, limit.unit()))
    }

    #[test]
    fn every_spelling_in_use_is_read() {
        for (raw, hundredths, unit) in [
            ("1天", 100, Unit::Day),
            ("15天", 1_500, Unit::Day),
            ("4小时", 400, Unit::Hour),
            ("2紧急工作时", 200, Unit::UrgentHour),
            ("1紧急工作日", 100, Unit::UrgentDay),
            ("30紧急分钟", 3_000, Unit::UrgentMinute),
            ("15分钟", 1_500, Unit::Minute),
            ("3工作日", 300, Unit::WorkDay),
            ("4工作时", 400, Unit::WorkHour),
            ("7自然日", 700, Unit::NaturalDay),
        ] {
            assert_eq!(parsed(raw), Some((hundredths, unit)), "{raw}");
        }
    }

    #[test]
    fn dirt_is_forgiven_where_the_meaning_is_plain() {
        for (raw, hundredths, unit) in [
            ("  2 工作日 ", 200, Unit::WorkDay),
            ("\u{feff}２\u{3000}工作时\t", 200, Unit::WorkHour),
            ("１５个工作日内", 1_500, Unit::WorkDay),
            ("24小时以内", 2_400, Unit::Hour),
            ("十五工作日", 1_500, Unit::WorkDay),
            ("两个工作小时", 200, Unit::WorkHour),
            ("二十四小时", 2_400, Unit::Hour),
            ("一百二十分钟", 12_000, Unit::Minute),
            ("1.5工作时", 150, Unit::WorkHour),
            ("0.25小时", 25, Unit::Hour),
            ("半小时", 50, Unit::Hour),
            ("半天", 50, Unit::Day),
        ] {
            assert_eq!(parsed(raw), Some((hundredths, unit)), "{raw}");
        }
    }

    #[test]
    fn what_is_not_plain_is_unknown_and_keeps_its_text() {
        for raw in [
            "",
            " ",
            "工作日",
            "2",
            "种植季节15工作日",
            "立即",
            "0工作时",
            "-2工作时",
            "2工作日4小时",
            "1-3天",
            "2工作日(雨天除外)",
            "2.5.1天",
            "1.005小时",
            "0.01工作时",
            ".5天",
            "5.天",
            "十十天",
            "百天",
            "2h",
            "99999999999999999999天",
            "9223372036854775807分钟",
            "3661天",
            "五六天",
            "二十十天",
            "1e3天",
            "٣天",
            "半半天",
            "2半天",
        ] {
            let unknown = Limit::parse(raw).expect_err(raw);
            assert_eq!(unknown.raw, raw);
        }
        let long = "1".repeat(70_000) + "天";
        assert_eq!(
            Limit::parse(&long).expect_err("too long").raw.len(),
            MAX_RAW
        );
    }

    #[test]
    fn a_limit_beyond_all_that_cities_set_is_unusual() {
        let unusual = |raw: &str| Limit::parse(raw).expect(raw).is_unusual();
        for raw in ["90天", "90工作日", "720小时", "43200紧急分钟", "15工作日"] {
            assert!(!unusual(raw), "{raw}");
        }
        for raw in [
            "3660自然日",
            "91天",
            "91紧急工作日",
            "721工作时",
            "43201分钟",
        ] {
            assert!(unusual(raw), "{raw}");
        }
    }

    #[test]
    fn days_beyond_the_reach_of_32_bits_of_milliseconds_are_no_matter() {
        assert_eq!(parsed("25天"), Some((2_500, Unit::Day)));
        assert_eq!(
            Limit::parse("3660天").expect("ten years").minutes(1440),
            MAX_MINUTES
        );
    }
}
