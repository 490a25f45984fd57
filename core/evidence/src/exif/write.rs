//! The few things that we write into a picture, and nothing else.

use std::io::Cursor;

use exif::experimental::Writer;
use exif::{Field, In, Rational, Tag, Value};
use gewu_model::media::{Direction, North};
use gewu_model::place::{Datum, Position};

use super::time::{Taken, offset_words};
use crate::error::EvidenceError;

/// What others may read in the file. Nothing of it for files that must tell nobody.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Written {
    /// When it was taken.
    pub taken: Option<Taken>,
    /// Where, with the accuracy.
    pub position: Option<Position>,
    /// Where the camera looked.
    pub direction: Option<Direction>,
    /// The unit grid's code.
    pub grid: Option<String>,
    /// The case.
    pub case: Option<String>,
}

impl Written {
    /// The TIFF structure; `None` when there is nothing to say.
    ///
    /// # Errors
    /// [`EvidenceError::Unwritable`] when a value does not fit.
    pub fn to_tiff(&self) -> Result<Option<Vec<u8>>, EvidenceError> {
        let fields = self.fields();
        if fields.is_empty() {
            return Ok(None);
        }
        let mut writer = Writer::new();
        for field in &fields {
            writer.push_field(field);
        }
        let mut out = Cursor::new(Vec::new());
        writer
            .write(&mut out, false)
            .map_err(|_| EvidenceError::Unwritable)?;
        Ok(Some(out.into_inner()))
    }

    fn fields(&self) -> Vec<Field> {
        let mut fields = Vec::new();
        fields.extend(self.description());
        if let Some(taken) = &self.taken {
            push_time(taken, &mut fields);
        }
        if let Some(position) = &self.position {
            push_position(position, &mut fields);
        }
        if let Some(direction) = self.direction {
            push_direction(direction, &mut fields);
        }
        let in_gps = |field: &Field| field.tag.context() == exif::Context::Gps;
        if fields.iter().any(in_gps) {
            fields.push(field(Tag::GPSVersionID, Value::Byte(vec![2, 3, 0, 0])));
        }
        if fields
            .iter()
            .any(|field| field.tag.context() == exif::Context::Exif)
        {
            let version = Value::Undefined(b"0232".to_vec(), 0);
            fields.push(field(Tag::ExifVersion, version));
        }
        fields
    }

    /// EXIF has no place for a case or a grid but the description. `grid=… case=…`
    fn description(&self) -> Option<Field> {
        let grid = self.grid.as_ref().map(|grid| format!("grid={grid}"));
        let case = self.case.as_ref().map(|case| format!("case={case}"));
        let words: Vec<String> = grid.into_iter().chain(case).collect();
        (!words.is_empty()).then(|| text(Tag::ImageDescription, &words.join(" ")))
    }
}

fn field(tag: Tag, value: Value) -> Field {
    Field {
        tag,
        ifd_num: In::PRIMARY,
        value,
    }
}

fn text(tag: Tag, words: &str) -> Field {
    let words: Vec<u8> = words.bytes().filter(|byte| *byte != 0).collect();
    field(tag, Value::Ascii(vec![words]))
}

fn fractions(tag: Tag, list: &[(u32, u32)]) -> Field {
    let list = list.iter().map(|(num, denom)| Rational {
        num: *num,
        denom: *denom,
    });
    field(tag, Value::Rational(list.collect()))
}

fn push_time(taken: &Taken, fields: &mut Vec<Field>) {
    fields.push(text(Tag::DateTimeOriginal, &taken.to_exif()));
    if taken.millis() != 0 {
        fields.push(text(
            Tag::SubSecTimeOriginal,
            &format!("{:03}", taken.millis()),
        ));
    }
    if let Some(offset) = taken.offset_min {
        fields.push(text(Tag::OffsetTimeOriginal, &offset_words(offset)));
    }
}

fn push_position(position: &Position, fields: &mut Vec<Field>) {
    let south = position.lat_e7 < 0;
    let west = position.lon_e7 < 0;
    fields.push(text(Tag::GPSLatitudeRef, if south { "S" } else { "N" }));
    fields.push(fractions(Tag::GPSLatitude, &angle(position.lat_e7)));
    fields.push(text(Tag::GPSLongitudeRef, if west { "W" } else { "E" }));
    fields.push(fractions(Tag::GPSLongitude, &angle(position.lon_e7)));
    let datum = match position.datum {
        Datum::Wgs84 => "WGS-84",
        Datum::Cgcs2000 => "CGCS2000",
    };
    fields.push(text(Tag::GPSMapDatum, datum));
    if let Some(mm) = position.accuracy_mm {
        fields.push(fractions(Tag::GPSHPositioningError, &[(mm, 1_000)]));
    }
}

fn push_direction(direction: Direction, fields: &mut Vec<Field>) {
    let from = match direction.from {
        North::True => "T",
        North::Magnetic => "M",
    };
    fields.push(text(Tag::GPSImgDirectionRef, from));
    let degrees = u32::from(direction.centidegrees);
    fields.push(fractions(Tag::GPSImgDirection, &[(degrees, 100)]));
}

/// Degrees, minutes and seconds as fractions that hold 1e-7 degree exactly.
fn angle(e7: i32) -> [(u32, u32); 3] {
    const UNIT: u64 = 10_000_000;
    let e7 = u64::from(e7.unsigned_abs());
    let minutes = e7 % UNIT * 60;
    let seconds = minutes % UNIT * 60;
    [
        ((e7 / UNIT) as u32, 1),
        ((minutes / UNIT) as u32, 1),
        ((seconds / 100) as u32, (UNIT / 100) as u32),
    ]
}

#[cfg(test)]
mod tests {
    use gewu_model::time::Millis;

    use super::*;
    use crate::exif::{MapDatum, read_block};

    #[test]
    fn what_is_written_is_read_again_exactly() {
        let written = Written {
            taken: Some(Taken::local(Millis(1_772_410_530_083), 480)),
            position: Some(Position {
                lon_e7: -1_234_567_891,
                lat_e7: -7,
                datum: Datum::Cgcs2000,
                accuracy_mm: Some(4_500),
            }),
            direction: Direction::from_degrees(271.25, North::True),
            grid: Some("32050800100012".into()),
            case: Some("0195".into()),
        };
        let found = read_block(&written.to_tiff().unwrap().unwrap());
        assert_eq!(found.problems, []);
        assert_eq!(found.taken, written.taken);
        assert_eq!(found.taken_at(), Some(Millis(1_772_410_530_083)));
        assert_eq!(found.direction, written.direction);
        let position = found.position.unwrap();
        assert_eq!(position.datum, Some(MapDatum::Known(Datum::Cgcs2000)));
        assert_eq!(position.sealed(None), written.position);
        assert_eq!((found.make, found.model), (None, None));
    }

    #[test]
    fn nothing_to_say_is_no_block() {
        assert_eq!(Written::default().to_tiff(), Ok(None));
    }
}
