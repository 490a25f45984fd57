//! The gate for pictures.

use gewu_model::ids::Digest;
use gewu_model::media::MediaType;

use crate::decode::{Wanted, accepted, decode};
use crate::error::EvidenceError;
use crate::hash::hash_bytes;
use crate::watch::unwatched;

/// What a picture may cost. The policy pack sets the first two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Size of the file.
    pub max_bytes: u64,
    /// Width times height as the header claims them.
    pub max_pixels: u64,
    /// Memory for decoding: the picture, and what a progressive JPEG keeps between its scans.
    pub max_decoded_bytes: u64,
}

impl Default for Bounds {
    /// 20 MB, 60 million pixels, 256 MiB: any phone's picture, no bomb.
    fn default() -> Self {
        Self {
            max_bytes: 20_000_000,
            max_pixels: 60_000_000,
            max_decoded_bytes: 256 << 20,
        }
    }
}

/// What an evidence record says about a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inspected {
    /// JPEG, PNG or WebP, by content.
    pub media_type: MediaType,
    /// Size in bytes.
    pub bytes: u64,
    /// Width in pixels as stored, before any orientation tag.
    pub width: u32,
    /// Height in pixels as stored.
    pub height: u32,
    /// SHA-256 of the file.
    pub sha256: Digest,
}

/// Checks that `bytes` are one whole picture that can be shown, and describes it.
///
/// # Errors
/// [`EvidenceError`] says what is wrong and what to do about it.
pub fn inspect(bytes: &[u8], bounds: &Bounds) -> Result<Inspected, EvidenceError> {
    let kind = accepted(bytes, bounds)?;
    let decoded = unwatched(|watch| decode(kind, bytes, Wanted::Full, bounds, watch))?;
    Ok(Inspected {
        media_type: kind.as_media().ok_or(EvidenceError::NotAPicture)?,
        bytes: bytes.len() as u64,
        width: decoded.width,
        height: decoded.height,
        sha256: hash_bytes(bytes),
    })
}
