//! What every payload offers, whatever its kind: its text, its photos, its place and its bounds.

use super::payload::PayloadError;
use crate::ids::Digest;
use crate::media::EvidenceRecord;
use crate::place::Position;

/// The longest code or name inside a payload, in bytes.
const MAX_CODE_BYTES: usize = 256;

/// The most persons or units that one list names.
pub(super) const MAX_NAMED: usize = 50;

/// One payload, seen from outside.
pub(super) trait Part {
    /// The digest of the text that it names.
    fn text(&self) -> Option<Digest> {
        None
    }

    /// The place of an optional remark.
    fn note_mut(&mut self) -> Option<&mut Option<Digest>> {
        None
    }

    /// The evidence that it brings.
    fn photos(&self) -> &[EvidenceRecord] {
        &[]
    }

    /// Where it was written, or what it is about.
    fn position(&self) -> Option<&Position> {
        None
    }

    /// Whether the kind has room for a position.
    fn takes_position(&self) -> bool {
        false
    }

    /// Its own bounds; photos and positions are checked for all alike.
    fn check(&self) -> Result<(), PayloadError> {
        Ok(())
    }

    /// The version of the kind's shape that it needs.
    fn version(&self) -> u64 {
        1
    }
}

impl<T: Part> Part for Box<T> {
    fn text(&self) -> Option<Digest> {
        self.as_ref().text()
    }

    fn note_mut(&mut self) -> Option<&mut Option<Digest>> {
        self.as_mut().note_mut()
    }

    fn photos(&self) -> &[EvidenceRecord] {
        self.as_ref().photos()
    }

    fn position(&self) -> Option<&Position> {
        self.as_ref().position()
    }

    fn takes_position(&self) -> bool {
        self.as_ref().takes_position()
    }

    fn check(&self) -> Result<(), PayloadError> {
        self.as_ref().check()
    }
}

/// Says which fields of a payload are its remark, photos and place, and how it is bounded.
macro_rules! part {
    ($type:ty $(, note: $note:ident)? $(, photos: $photos:ident)? $(, position: $position:ident)?
        $(, check: $check:expr)? $(,)?) => {
        impl $crate::entry::part::Part for $type {
            $(fn text(&self) -> Option<$crate::ids::Digest> {
                self.$note
            }

            fn note_mut(&mut self) -> Option<&mut Option<$crate::ids::Digest>> {
                Some(&mut self.$note)
            })?

            $(fn photos(&self) -> &[$crate::media::EvidenceRecord] {
                &self.$photos
            })?

            $(fn position(&self) -> Option<&$crate::place::Position> {
                self.$position.as_ref()
            }

            fn takes_position(&self) -> bool {
                true
            })?

            $(fn check(&self) -> Result<(), $crate::entry::PayloadError> {
                let check: fn(&Self) -> Result<(), $crate::entry::PayloadError> = $check;
                check(self)
            })?
        }
    };
}
pub(super) use part;

/// Checks a code or name: not empty, at most 256 bytes, without the zero byte.
///
/// # Errors
/// [`PayloadError::Bounds`] with the field's `name`.
pub fn code(name: &'static str, text: &str) -> Result<(), PayloadError> {
    if text.is_empty() || text.len() > MAX_CODE_BYTES || text.contains('\0') {
        return Err(PayloadError::Bounds(name));
    }
    Ok(())
}

/// A code that may be absent.
pub(super) fn optional<T: AsRef<str>>(
    name: &'static str,
    text: Option<&T>,
) -> Result<(), PayloadError> {
    text.map_or(Ok(()), |text| code(name, text.as_ref()))
}

/// A list of codes between `least` and [`MAX_NAMED`].
pub(super) fn codes<T: AsRef<str>>(
    name: &'static str,
    least: usize,
    all: &[T],
) -> Result<(), PayloadError> {
    if !(least..=MAX_NAMED).contains(&all.len()) {
        return Err(PayloadError::Bounds(name));
    }
    all.iter().try_for_each(|text| code(name, text.as_ref()))
}
