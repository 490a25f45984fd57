//! Values in whatever type a writer chose for them.

use exif::{Context, Exif, In, Rational, SRational, Tag, Value};

/// The fields of the main picture.
pub(super) struct Fields<'a>(pub(super) &'a Exif);

/// Longest text that is taken over.
const MAX_TEXT: usize = 200;

impl Fields<'_> {
    fn value(&self, tag: Tag) -> Option<&Value> {
        // The second directory describes the thumbnail and no other picture.
        let field = self.0.get_field(tag, In::PRIMARY)?;
        Some(&field.value)
    }

    /// Text without padding; `None` when nothing is left of it. What lies in the one of the main directory
    /// and EXIF's that it does not belong in, as in TIFF/EP, counts where there is none in its place.
    pub(super) fn text(&self, tag: Tag) -> Option<String> {
        let other = match tag.0 {
            Context::Tiff => Some(Context::Exif),
            Context::Exif => Some(Context::Tiff),
            _ => None,
        };
        let elsewhere = other.map(|context| Tag(context, tag.1));
        self.text_of(tag).or_else(|| self.text_of(elsewhere?))
    }

    fn text_of(&self, tag: Tag) -> Option<String> {
        let bytes: &[u8] = match self.value(tag)? {
            Value::Ascii(parts) => parts.iter().find(|part| !part.is_empty())?,
            Value::Byte(bytes) | Value::Undefined(bytes, _) => bytes,
            _ => return None,
        };
        let text = String::from_utf8_lossy(bytes);
        let cleaned: String = text
            .chars()
            .take_while(|c| *c != '\0')
            .filter(|c| !c.is_control())
            .take(MAX_TEXT)
            .collect();
        let cleaned = cleaned.trim();
        (!cleaned.is_empty()).then(|| cleaned.to_owned())
    }

    /// Every number of a value; not-a-number where a fraction has no denominator.
    pub(super) fn numbers(&self, tag: Tag) -> Option<Vec<f64>> {
        Some(match self.value(tag)? {
            Value::Byte(list) => list.iter().map(|n| f64::from(*n)).collect(),
            Value::SByte(list) => list.iter().map(|n| f64::from(*n)).collect(),
            Value::Short(list) => list.iter().map(|n| f64::from(*n)).collect(),
            Value::SShort(list) => list.iter().map(|n| f64::from(*n)).collect(),
            Value::Long(list) => list.iter().map(|n| f64::from(*n)).collect(),
            Value::SLong(list) => list.iter().map(|n| f64::from(*n)).collect(),
            Value::Float(list) => list.iter().map(|n| f64::from(*n)).collect(),
            Value::Double(list) => list.clone(),
            Value::Rational(list) => list.iter().map(fraction).collect(),
            Value::SRational(list) => list.iter().map(signed_fraction).collect(),
            Value::Ascii(_) => numbers_in(&self.text(tag)?),
            _ => return None,
        })
    }

    pub(super) fn number(&self, tag: Tag) -> Option<f64> {
        let first = self.numbers(tag)?.first().copied();
        first.filter(|number| number.is_finite())
    }

    pub(super) fn holds(&self, tag: Tag) -> bool {
        self.value(tag).is_some()
    }
}

fn fraction(value: &Rational) -> f64 {
    over(f64::from(value.num), f64::from(value.denom))
}

fn signed_fraction(value: &SRational) -> f64 {
    over(f64::from(value.num), f64::from(value.denom))
}

fn over(above: f64, below: f64) -> f64 {
    if below == 0.0 {
        f64::NAN
    } else {
        above / below
    }
}

/// Numbers written out, whatever stands between them: `31.5`, `31,30,15.2N`, `31° 30' 15.2"`.
fn numbers_in(text: &str) -> Vec<f64> {
    text.split(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-' || c == '+'))
        .filter_map(|part| part.parse().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_between_anything() {
        assert_eq!(numbers_in("31° 30' 15.2\" N"), [31.0, 30.0, 15.2]);
        assert_eq!(numbers_in("-31.5"), [-31.5]);
        assert!(numbers_in("north").is_empty());
    }
}
