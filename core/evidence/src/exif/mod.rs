//! What cameras write beside their pictures, and what we write.
//!
//! Reading takes what it can: damage costs the damaged value and is named in
//! [`Metadata::problems`], never the picture. Sources: CIPA DC-008 (EXIF 2.32) and what cameras and
//! phones make of it.

mod block;
mod captured;
mod gps;
mod mend;
mod time;
mod values;
mod write;

use gewu_model::media::Direction;
use gewu_model::time::Millis;

use crate::pixels::Orientation;
use crate::sniff::{FileType, sniff};

pub use captured::Captured;
pub use gps::{GpsPosition, MapDatum};
pub use time::Taken;
pub use write::Written;

pub(crate) use block::{exif_block, icc_profile};

/// Something that could not be read, or not be believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The block is no TIFF structure, or parts of it lead nowhere.
    #[error("the metadata are damaged: {0}")]
    Damaged(String),
    /// A number from 1 to 8 was expected.
    #[error("the orientation is none of the eight")]
    Orientation,
    /// A date that no calendar has.
    #[error("the time of taking cannot be read")]
    Time,
    /// Not of the form ±HH:MM.
    #[error("the offset from UTC cannot be read")]
    Offset,
    /// Not three numbers within the globe.
    #[error("the position cannot be read")]
    Position,
    /// North or south, east or west is not said.
    #[error("the position names no hemisphere")]
    Hemisphere,
    /// The receiver says itself that it had no fix, or gives 0° 0°.
    #[error("the receiver had no fix")]
    NoFix,
    /// No number, or a north that is neither true nor magnetic.
    #[error("the direction cannot be read")]
    Direction,
}

impl Problem {
    /// A stable name for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Damaged(_) => "exif_damaged",
            Self::Orientation => "exif_orientation",
            Self::Time => "exif_time",
            Self::Offset => "exif_offset",
            Self::Position => "exif_position",
            Self::Hemisphere => "exif_hemisphere",
            Self::NoFix => "exif_no_fix",
            Self::Direction => "exif_direction",
        }
    }
}

/// What a picture file says about how it was taken.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Metadata {
    /// How it has to be turned.
    pub orientation: Orientation,
    /// When, in local time.
    pub taken: Option<Taken>,
    /// The satellites' time of the fix, in UTC.
    pub gps_time: Option<Millis>,
    /// Where.
    pub position: Option<GpsPosition>,
    /// Where the camera looked.
    pub direction: Option<Direction>,
    /// The maker of the device.
    pub make: Option<String>,
    /// Its model.
    pub model: Option<String>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

impl Metadata {
    /// When it was taken, in UTC, as far as the file says it: by its own offset, or by the whole
    /// quarters of an hour between its local time and the satellites'.
    pub fn taken_at(&self) -> Option<Millis> {
        let taken = self.taken?;
        let offset = self.offset_min()?;
        Some(taken.at_offset(offset))
    }

    /// What local time was ahead of UTC, in minutes.
    pub fn offset_min(&self) -> Option<i16> {
        let taken = self.taken?;
        taken
            .offset_min
            .or_else(|| taken.offset_from(self.gps_time?))
    }
}

/// Reads what the file says. Never fails: a file without metadata says nothing.
pub fn read_metadata(bytes: &[u8]) -> Metadata {
    metadata_of(sniff(bytes), bytes)
}

pub(crate) fn metadata_of(kind: FileType, bytes: &[u8]) -> Metadata {
    exif_block(kind, bytes).map_or_else(Metadata::default, |block| read_block(&block))
}

/// Reads a TIFF structure, as it lies in EXIF's segment.
pub fn read_block(tiff: &[u8]) -> Metadata {
    let mut found = Metadata::default();
    let mut reader = exif::Reader::new();
    reader.continue_on_error(true);
    let mut tiff = tiff.to_vec();
    mend::mend_pointers(&mut tiff);
    match reader.read_raw(tiff) {
        Ok(block) => read_fields(&block, &mut found),
        Err(exif::Error::PartialResult(partial)) => {
            let (block, errors) = partial.into_inner();
            read_fields(&block, &mut found);
            let mut damage = errors.iter().filter(|error| !mend::is_harmless(error));
            let damage = damage.next().map(ToString::to_string);
            found.problems.extend(damage.map(Problem::Damaged));
        }
        Err(error) => found.problems.push(Problem::Damaged(error.to_string())),
    }
    found
}

fn read_fields(block: &exif::Exif, found: &mut Metadata) {
    let fields = values::Fields(block);
    match fields.number(exif::Tag::Orientation) {
        // Some writers put a zero for "not known".
        None | Some(0.0) => {}
        Some(number) => match Orientation::from_exif(number as u32) {
            Some(orientation) => found.orientation = orientation,
            None => found.problems.push(Problem::Orientation),
        },
    }
    found.make = fields.text(exif::Tag::Make);
    found.model = fields.text(exif::Tag::Model);
    time::read(&fields, found);
    gps::read(&fields, found);
}
