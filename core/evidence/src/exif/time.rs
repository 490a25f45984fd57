//! When a picture was taken: local time, and what it was ahead of UTC.

use std::fmt;

use exif::{Context, Tag};
use gewu_model::time::Millis;

use super::values::Fields;
use super::{Metadata, Problem};

/// A time as a camera's clock showed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// Milliseconds from 1970-01-01T00:00:00 of the same clock.
    local_ms: i64,
    /// What this clock was ahead of UTC, in minutes, when the file says it.
    pub offset_min: Option<i16>,
}

const DAY_MS: i64 = 86_400_000;
const MINUTE_MS: i64 = 60_000;

/// Days from 1970-01-01 in the Gregorian calendar (H. Hinnant, "chrono-compatible low-level date
/// algorithms", `days_from_civil`).
const fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let shifted = (month + 9) % 12;
    let day_of_year = (153 * shifted + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The inverse: year, month, day.
const fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

impl Taken {
    /// What a clock `offset_min` ahead of UTC shows at that instant.
    pub const fn local(at: Millis, offset_min: i16) -> Self {
        Self {
            local_ms: at.plus(offset_min as i64 * MINUTE_MS).0,
            offset_min: Some(offset_min),
        }
    }

    /// The same time, said to be so far ahead of UTC.
    #[must_use]
    pub const fn with_offset(self, offset_min: Option<i16>) -> Self {
        Self { offset_min, ..self }
    }

    /// The instant, if the clock was so far ahead of UTC.
    pub const fn at_offset(&self, offset_min: i16) -> Millis {
        Millis(self.local_ms).plus(-(offset_min as i64) * MINUTE_MS)
    }

    /// The offset that explains the difference to the satellites' time: a whole quarter of an hour
    /// to within three minutes, which a fix may be older than the picture.
    pub(super) fn offset_from(&self, gps: Millis) -> Option<i16> {
        const QUARTER_MS: i64 = 15 * MINUTE_MS;
        let difference = Millis(self.local_ms).since(gps);
        let quarters = (difference + QUARTER_MS / 2).div_euclid(QUARTER_MS);
        let rest = (difference - quarters * QUARTER_MS).abs();
        let plausible = (-48..=56).contains(&quarters) && rest <= 3 * MINUTE_MS;
        // Only what is plausible fits: a clock that was reset may be decades off.
        plausible.then(|| quarters as i16 * 15)
    }

    fn from_parts(parts: [i64; 6], millis: i64) -> Option<Self> {
        let [year, month, day, hour, minute, second] = parts;
        // Some phones write 24 for midnight; clocks may show a leap second.
        let possible = (1..=9_999).contains(&year)
            && (1..=12).contains(&month)
            && (1..=31).contains(&day)
            && (0..=24).contains(&hour)
            && (0..60).contains(&minute)
            && (0..=60).contains(&second);
        // Nothing is counted with numbers that no calendar has: they may be of any size.
        if !possible {
            return None;
        }
        let days = days_from_civil(year, month, day);
        let real = civil_from_days(days) == (year, month, day);
        let time = ((hour % 24) * 60 + minute) * 60 + second;
        real.then_some(Self {
            local_ms: days * DAY_MS + time * 1_000 + millis,
            offset_min: None,
        })
    }

    /// Year, month, day, hour, minute, second, milliseconds.
    fn parts(&self) -> [i64; 7] {
        let (year, month, day) = civil_from_days(self.local_ms.div_euclid(DAY_MS));
        let ms = self.local_ms.rem_euclid(DAY_MS);
        [
            year,
            month,
            day,
            ms / 3_600_000,
            ms / 60_000 % 60,
            ms / 1_000 % 60,
            ms % 1_000,
        ]
    }

    /// `YYYY:MM:DD HH:MM:SS`, as EXIF writes it.
    pub fn to_exif(&self) -> String {
        let [year, month, day, hour, minute, second, _] = self.parts();
        format!("{year:04}:{month:02}:{day:02} {hour:02}:{minute:02}:{second:02}")
    }

    /// `YYYY-MM-DD HH:MM:SS`, for people.
    pub fn to_words(&self) -> String {
        self.to_exif().replacen(':', "-", 2)
    }

    pub(super) fn millis(&self) -> i64 {
        self.local_ms.rem_euclid(1_000)
    }
}

impl fmt::Display for Taken {
    /// RFC 3339, without an offset when none is known.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [year, month, day, hour, minute, second, ms] = self.parts();
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
        )?;
        if ms != 0 {
            write!(f, ".{ms:03}")?;
        }
        match self.offset_min {
            Some(offset) => f.write_str(&offset_words(offset)),
            None => Ok(()),
        }
    }
}

/// `+08:00`
pub(super) fn offset_words(offset_min: i16) -> String {
    let sign = if offset_min < 0 { '-' } else { '+' };
    let minutes = offset_min.unsigned_abs();
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

/// The three times of EXIF, the best first, each with its fraction and its offset.
const TIMES: [(Tag, Tag, Tag); 3] = [
    (
        Tag::DateTimeOriginal,
        Tag::SubSecTimeOriginal,
        Tag::OffsetTimeOriginal,
    ),
    (
        Tag::DateTimeDigitized,
        Tag::SubSecTimeDigitized,
        Tag::OffsetTimeDigitized,
    ),
    (Tag::DateTime, Tag::SubSecTime, Tag::OffsetTime),
];

/// TIFF/EP's offset in whole hours.
const TIME_ZONE_OFFSET: Tag = Tag(Context::Exif, 0x882a);

pub(super) fn read(fields: &Fields<'_>, found: &mut Metadata) {
    for (time, fraction, offset) in TIMES {
        let Some(text) = fields.text(time) else {
            continue;
        };
        // Blanks and zeros are how EXIF says "unknown".
        if !text
            .chars()
            .any(|c| digit(c).is_some_and(|digit| digit > 0))
        {
            continue;
        }
        let millis = fields.text(fraction).map_or(0, |text| millis(&text));
        let Some(mut taken) = parse(&text, millis) else {
            found.problems.push(Problem::Time);
            continue;
        };
        taken.offset_min = offset_of(fields, offset, found);
        found.taken = Some(taken);
        break;
    }
    found.gps_time = gps_time(fields);
}

fn offset_of(fields: &Fields<'_>, tag: Tag, found: &mut Metadata) -> Option<i16> {
    let text = fields.text(tag).or_else(|| fields.text(Tag::OffsetTime));
    match text.as_deref().map(parse_offset) {
        Some(Some(offset)) => return Some(offset),
        // Blanks are "unknown" here as well.
        Some(None) if text.is_some_and(|text| text.chars().any(char::is_alphanumeric)) => {
            found.problems.push(Problem::Offset);
        }
        _ => {}
    }
    let hours = fields.number(TIME_ZONE_OFFSET)?;
    (-12.0..=14.0).contains(&hours).then_some(hours as i16 * 60)
}

/// A digit in ASCII, Arabic or Persian: phones have written dates in their owner's language.
fn digit(c: char) -> Option<u32> {
    let from = |zero: char| {
        (c as u32)
            .checked_sub(zero as u32)
            .filter(|digit| *digit < 10)
    };
    from('0')
        .or_else(|| from('\u{660}'))
        .or_else(|| from('\u{6f0}'))
}

/// Date and time in any separators, with 上午/下午 or AM/PM where a phone wrote them.
fn parse(text: &str, millis: i64) -> Option<Taken> {
    let mut numbers: Vec<i64> = Vec::new();
    let mut inside = false;
    for c in text.chars() {
        match (digit(c), inside) {
            (Some(digit), true) => {
                let last = numbers.last_mut()?;
                *last = last.checked_mul(10)?.checked_add(i64::from(digit))?;
            }
            (Some(digit), false) => numbers.push(i64::from(digit)),
            _ => {}
        }
        inside = digit(c).is_some();
    }
    if is_day_first(text, &numbers) {
        numbers.swap(0, 2);
    }
    let mut parts: [i64; 6] = match numbers.as_slice() {
        [year, month, day, hour, minute] => [*year, *month, *day, *hour, *minute, 0],
        long => *long.first_chunk()?,
    };
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if says(&["下午", "PM", "pm"]) && parts[3] < 12 {
        parts[3] += 12;
    } else if says(&["上午", "AM", "am"]) && parts[3] == 12 {
        parts[3] = 0;
    }
    Taken::from_parts(parts, millis)
}

/// Whether a date is written as 31.12.2026. Behind dots nobody writes the month first.
fn is_day_first(text: &str, numbers: &[i64]) -> bool {
    let mut between = text.trim().chars().filter(|c| digit(*c).is_none());
    let dots = between.next() == Some('.') && between.next() == Some('.');
    dots && matches!(numbers, [day, _, year, ..] if *day < 32 && *year > 999)
}

/// `83` means 830 milliseconds.
fn millis(text: &str) -> i64 {
    let digits = text.chars().map_while(digit).chain([0; 3]).take(3);
    digits.fold(0, |all, digit| all * 10 + i64::from(digit))
}

fn parse_offset(text: &str) -> Option<i16> {
    let text = text.trim();
    if matches!(text, "Z" | "UTC" | "GMT") {
        return Some(0);
    }
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = match rest.split_once(':') {
        Some(pair) => pair,
        None if rest.len() == 4 => rest.split_at_checked(2)?,
        None => (rest, "0"),
    };
    let (hours, minutes): (i16, i16) = (hours.parse().ok()?, minutes.parse().ok()?);
    let good = (0..=14).contains(&hours) && (0..60).contains(&minutes);
    good.then(|| sign * (hours * 60 + minutes))
}

fn gps_time(fields: &Fields<'_>) -> Option<Millis> {
    let date = fields.text(Tag::GPSDateStamp)?;
    let numbers = fields.numbers(Tag::GPSTimeStamp)?;
    let time: [f64; 3] = *numbers.first_chunk()?;
    let [hour, minute, second] = time.map(|part| part.is_finite().then_some(part));
    let second = second?;
    let words = format!(
        "{date} {}:{}:{}",
        hour? as i64, minute? as i64, second as i64
    );
    let millis = (second.fract() * 1_000.0) as i64;
    Some(parse(&words, millis)?.at_offset(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Option<String> {
        parse(text, 0).map(|taken| taken.to_string())
    }

    #[test]
    fn a_clock_that_was_reset_is_decades_off_and_explained_by_no_offset() {
        let gps = Millis(1_700_000_000_000);
        for text in [
            "1970:01:01 10:00:00",
            "2005:06:07 08:09:10",
            "2030:01:01 00:00:00",
        ] {
            let taken = parse(text, 0).expect("a time");
            assert_eq!(taken.offset_from(gps), None, "{text}");
        }
        let taken = Taken::local(gps, 8 * 60);
        assert_eq!(taken.offset_from(gps), Some(8 * 60));
    }

    #[test]
    fn times_are_read_in_every_dress_that_phones_gave_them() {
        let wanted = Some("2026-03-02T15:04:05".to_owned());
        for text in [
            "2026:03:02 15:04:05",
            "2026-03-02T15:04:05",
            "2026/3/2 15:4:5",
            "2026:03:02 下午3:04:05",
            "2026:03:02 03:04:05 PM",
            "٢٠٢٦:٠٣:٠٢ ١٥:٠٤:٠٥",
            "2026.03.02 15:04:05",
            "02.03.2026 15:04:05",
        ] {
            assert_eq!(shown(text), wanted, "{text}");
        }
        assert_eq!(
            shown("05.10.2009 11:16"),
            Some("2009-10-05T11:16:00".into())
        );
        assert_eq!(
            shown("2026:03:02 24:00:09"),
            Some("2026-03-02T00:00:09".into())
        );
        for text in [
            "",
            "soon",
            // The day or the month?
            "02/03/2026 15:04:05",
            "2026:02:30 10:00:00",
            "2026:13:01 10:00:00",
            "2026:01:01 25:00:00",
            "2026:01:01 10:9223372036854775807:00",
            "9223372036854775807:01:01 10:00:00",
            "99999999999999999999:01:01 10:00:00",
        ] {
            assert_eq!(shown(text), None, "{text}");
        }
    }

    #[test]
    fn offsets_are_read_and_found() {
        assert_eq!(parse_offset("+08:00"), Some(480));
        assert_eq!(parse_offset("-0930"), Some(-570));
        assert_eq!(parse_offset("Z"), Some(0));
        assert_eq!(parse_offset("+25:00"), None);
        assert_eq!(parse_offset("+9999:00"), None);
        assert_eq!(parse_offset("八"), None);
        let taken = parse("2026:03:02 08:15:30", 0).unwrap();
        let gps = parse("2026:03:02 00:15:12", 0).unwrap().at_offset(0);
        assert_eq!(taken.offset_from(gps), Some(480));
        assert_eq!(taken.offset_from(gps.plus(5 * MINUTE_MS)), None);
        assert_eq!(taken.offset_from(gps.plus(DAY_MS)), None);
    }

    #[test]
    fn days_count_both_ways() {
        for days in [-719_468, -1, 0, 59, 11_016, 20_000, 2_900_000] {
            let (year, month, day) = civil_from_days(days);
            assert_eq!(days_from_civil(year, month, day), days);
        }
        assert_eq!(civil_from_days(0), (1970, 1, 1));
        let at = Taken::local(Millis(1_772_410_530_083), 480);
        assert_eq!(at.to_string(), "2026-03-02T08:15:30.083+08:00");
        assert_eq!(at.at_offset(480), Millis(1_772_410_530_083));
    }
}
