//! Films and sounds: recognised, bounded, checked for their end, and carried as they came.

use gewu_model::ids::Digest;
use gewu_model::media::{MediaClass, MediaType};

use crate::error::EvidenceError;
use crate::hash::hash_bytes;
use crate::private::clean;
use crate::sniff::{FileType, sniff};
use crate::whole::is_whole;

/// What a film or a sound may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CarryBounds {
    /// Largest film in bytes; 0 takes none.
    pub max_video_bytes: u64,
    /// Largest sound in bytes; 0 takes none.
    pub max_audio_bytes: u64,
}

impl CarryBounds {
    const fn limit(&self, class: MediaClass) -> u64 {
        match class {
            MediaClass::Video => self.max_video_bytes,
            _ => self.max_audio_bytes,
        }
    }
}

/// A film or a sound that may be sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// By content.
    pub media_type: MediaType,
    /// What is to be stored: the file, or the file without what it says of place and device.
    pub bytes: Vec<u8>,
    /// SHA-256 of [`Self::bytes`].
    pub sha256: Digest,
    /// SHA-256 and size of the file as it came, when something was blanked or cut off.
    pub original: Option<(Digest, u64)>,
}

/// The refusal of a file of `bytes` that begins with `start` and has more than anything may: by the bound
/// of its kind, which for pictures is `pictures`.
pub fn too_large(start: &[u8], bytes: u64, pictures: u64, carried: &CarryBounds) -> EvidenceError {
    let kind = sniff(start);
    let limit = class_of(kind).map_or(pictures, |(_, class)| carried.limit(class));
    match limit {
        0 => EvidenceError::Unsupported(kind),
        limit => EvidenceError::TooLarge { bytes, limit },
    }
}

/// Whether the file that begins with `bytes` is a film or a sound.
pub fn is_carried(bytes: &[u8]) -> bool {
    class_of(sniff(bytes)).is_some()
}

fn class_of(kind: FileType) -> Option<(MediaType, MediaClass)> {
    let media_type = kind.as_media()?;
    let class = media_type.class();
    (class != MediaClass::Picture).then_some((media_type, class))
}

/// Checks a film or a sound; with `private`, takes out what it says of place and device.
///
/// # Errors
/// [`EvidenceError::TooLarge`], [`EvidenceError::Truncated`], or [`EvidenceError::Unsupported`]
/// when it is neither film nor sound, is not taken at all, or its format
/// has no frame that could be kept; [`EvidenceError::NotPrivateFormat`] when its format cannot be made
/// private, [`EvidenceError::NotPrivate`] when one of its tracks cannot.
pub fn carry(
    bytes: Vec<u8>,
    bounds: &CarryBounds,
    private: bool,
) -> Result<Carried, EvidenceError> {
    if bytes.is_empty() {
        return Err(EvidenceError::Empty);
    }
    let kind = sniff(&bytes);
    let (media_type, class) = class_of(kind).ok_or(EvidenceError::Unsupported(kind))?;
    let size = bytes.len() as u64;
    match bounds.limit(class) {
        0 => return Err(EvidenceError::Unsupported(kind)),
        limit if size > limit => return Err(EvidenceError::TooLarge { bytes: size, limit }),
        _ if !is_whole(kind, &bytes) => return Err(EvidenceError::Truncated),
        _ => {}
    }
    seal(kind, media_type, bytes, private)
}

fn seal(
    kind: FileType,
    media_type: MediaType,
    mut bytes: Vec<u8>,
    private: bool,
) -> Result<Carried, EvidenceError> {
    let before = hash_bytes(&bytes);
    let size = bytes.len() as u64;
    let mut after = before;
    if private {
        clean(kind, &mut bytes)?;
        after = hash_bytes(&bytes);
    }
    Ok(Carried {
        media_type,
        bytes,
        sha256: after,
        original: (before != after).then_some((before, size)),
    })
}
