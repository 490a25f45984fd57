//! Where a picture was taken.

use std::fmt;
use std::ops::RangeInclusive;

use exif::Tag;
use gewu_model::media::{Direction, North};
use gewu_model::place::{Datum, Position};

use super::values::Fields;
use super::{Metadata, Problem};

/// What the file says its coordinates refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MapDatum {
    /// A frame that positions are stored in.
    Known(Datum),
    /// Another one, as the file writes it. Such a position is shown and not sealed.
    Other(String),
}

impl MapDatum {
    fn parse(text: &str) -> Self {
        let letters: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
        match letters.to_ascii_uppercase().as_str() {
            "WGS84" => Self::Known(Datum::Wgs84),
            "CGCS2000" => Self::Known(Datum::Cgcs2000),
            _ => Self::Other(text.to_owned()),
        }
    }
}

impl fmt::Display for MapDatum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Known(Datum::Wgs84) => "WGS-84",
            Self::Known(Datum::Cgcs2000) => "CGCS2000",
            Self::Other(text) => text,
        })
    }
}

/// A position as a file gives it.
#[derive(Debug, Clone, PartialEq)]
pub struct GpsPosition {
    /// Degrees, east positive.
    pub lon: f64,
    /// Degrees, north positive.
    pub lat: f64,
    /// What the two refer to, when the file says it.
    pub datum: Option<MapDatum>,
    /// Horizontal error in metres.
    pub accuracy_m: Option<f64>,
    /// Dilution of precision, which is no distance.
    pub dop: Option<f64>,
    /// Whether the receiver had a fix.
    pub fix: bool,
}

impl GpsPosition {
    /// The position as it can be sealed: with a fix, and with a datum, be it the `assumed` one.
    pub fn sealed(&self, assumed: Option<Datum>) -> Option<Position> {
        let datum = match &self.datum {
            Some(MapDatum::Known(datum)) => *datum,
            Some(MapDatum::Other(_)) => return None,
            None => assumed?,
        };
        let position = Position::from_degrees(self.lon, self.lat, datum, self.accuracy_m).ok();
        position.filter(|_| self.fix)
    }
}

pub(super) fn read(fields: &Fields<'_>, found: &mut Metadata) {
    let pair = (
        coordinate(
            fields,
            Tag::GPSLatitude,
            Tag::GPSLatitudeRef,
            ('N', 'S'),
            90.0,
        ),
        coordinate(
            fields,
            Tag::GPSLongitude,
            Tag::GPSLongitudeRef,
            ('E', 'W'),
            180.0,
        ),
    );
    match pair {
        (Ok(Some(lat)), Ok(Some(lon))) => found.position = Some(position(fields, lon, lat)),
        (Ok(None), Ok(None)) => {}
        (Err(problem), _) | (_, Err(problem)) => found.problems.push(problem),
        _ => found.problems.push(Problem::Position),
    }
    if found
        .position
        .as_ref()
        .is_some_and(|position| !position.fix)
    {
        found.problems.push(Problem::NoFix);
    }
    found.direction = direction(fields, found);
}

/// Less than a millimetre would be stored as 0, which is how receivers say that they do not know.
const BELIEVABLE_M: RangeInclusive<f64> = 0.001..=100_000.0;

fn position(fields: &Fields<'_>, lon: f64, lat: f64) -> GpsPosition {
    let positive = |tag| fields.number(tag).filter(|number| *number > 0.0);
    let void = fields
        .text(Tag::GPSStatus)
        .is_some_and(|status| status.starts_with(['V', 'v']));
    let datum = fields.text(Tag::GPSMapDatum);
    let accuracy = positive(Tag::GPSHPositioningError);
    let is_nowhere = is_zero(lon) && is_zero(lat);
    GpsPosition {
        lon,
        lat,
        datum: datum.map(|text| MapDatum::parse(&text)),
        accuracy_m: accuracy.filter(|metres| BELIEVABLE_M.contains(metres)),
        dop: positive(Tag::GPSDOP),
        // A receiver without a fix that does not say so writes zeros.
        fix: !void && !is_nowhere,
    }
}

/// Whether degrees are nothing once they are sealed, in 1e-7 of a degree.
fn is_zero(degrees: f64) -> bool {
    (degrees * 1e7).round() == 0.0
}

/// Degrees with a sign; `None` when the file says nothing.
fn coordinate(
    fields: &Fields<'_>,
    tag: Tag,
    hemisphere: Tag,
    (positive, negative): (char, char),
    limit: f64,
) -> Result<Option<f64>, Problem> {
    if !fields.holds(tag) {
        return Ok(None);
    }
    let numbers = fields.numbers(tag).ok_or(Problem::Position)?;
    let Some(degrees) = degrees(&numbers) else {
        // Three fractions without denominators are how some writers leave it out.
        let empty = numbers.iter().all(|number| number.is_nan());
        return if empty {
            Ok(None)
        } else {
            Err(Problem::Position)
        };
    };
    let named = fields
        .text(hemisphere)
        .and_then(|text| text.chars().next())
        .map(|letter| letter.to_ascii_uppercase());
    let signed = match named {
        Some(letter) if letter == positive => degrees,
        Some(letter) if letter == negative => -degrees.abs(),
        // A sign of its own says it as well.
        _ if degrees < 0.0 => degrees,
        _ => return Err(Problem::Hemisphere),
    };
    if signed.abs() > limit {
        return Err(Problem::Position);
    }
    Ok(Some(signed))
}

/// Degrees, minutes and seconds; later parts may be missing or have no denominator, and any of them
/// may have decimals.
fn degrees(numbers: &[f64]) -> Option<f64> {
    let part = |index: usize| {
        numbers
            .get(index)
            .copied()
            .filter(|number| number.is_finite())
    };
    let (whole, minutes, seconds) = (part(0)?, part(1).unwrap_or(0.0), part(2).unwrap_or(0.0));
    let fits = |value: f64| (0.0..=60.0).contains(&value);
    let fraction = minutes / 60.0 + seconds / 3_600.0;
    (fits(minutes) && fits(seconds)).then(|| whole + fraction.copysign(whole))
}

fn direction(fields: &Fields<'_>, found: &mut Metadata) -> Option<Direction> {
    let tag = Tag::GPSImgDirection;
    let degrees = fields.numbers(tag)?.first().copied()?;
    // A fraction without denominator: no compass.
    if degrees.is_nan() {
        return None;
    }
    let reference = fields.text(Tag::GPSImgDirectionRef);
    let from = match reference.and_then(|text| text.chars().next()) {
        Some('T' | 't') => Some(North::True),
        Some('M' | 'm') => Some(North::Magnetic),
        _ => None,
    };
    let good = (-360.0..=360.0).contains(&degrees);
    let direction = from
        .filter(|_| good)
        .and_then(|from| Direction::from_degrees(degrees, from));
    if direction.is_none() {
        found.problems.push(Problem::Direction);
    }
    direction
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_forms_of_degrees_mean_the_same() {
        let wanted = 31.504_222;
        for numbers in [
            &[31.0, 30.0, 15.2][..],
            &[31.0, 30.253_333, f64::NAN],
            &[31.504_222],
            &[31.504_222, 0.0, 0.0],
        ] {
            let got = degrees(numbers);
            let near = got.is_some_and(|got| (got - wanted).abs() < 1e-5);
            assert!(near, "{numbers:?} {got:?}");
        }
        assert_eq!(degrees(&[31.0, 29.0, 60.0]), Some(31.5));
        assert_eq!(degrees(&[31.0, 29.0, 61.0]), None);
        assert_eq!(degrees(&[-31.0, 30.0]), Some(-31.5));
        assert_eq!(degrees(&[f64::NAN, 30.0, 0.0]), None);
        assert_eq!(degrees(&[31.0, 75.0]), None);
        assert_eq!(degrees(&[]), None);
    }

    /// What would be written as zeros, and read as none, is none.
    #[test]
    fn a_position_of_nanometres_is_zeros() {
        assert!([0.0, -0.0, 4.9e-8, -4.9e-8].into_iter().all(is_zero));
        assert!(![5.1e-8, -5.1e-8, 1.0].into_iter().any(is_zero));
    }

    #[test]
    fn a_datum_is_known_by_its_letters() {
        assert_eq!(MapDatum::parse("WGS 84"), MapDatum::Known(Datum::Wgs84));
        assert_eq!(
            MapDatum::parse("cgcs-2000"),
            MapDatum::Known(Datum::Cgcs2000)
        );
        assert_eq!(MapDatum::parse("TOKYO"), MapDatum::Other("TOKYO".into()));
    }
}
