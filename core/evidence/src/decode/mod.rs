//! The one place that decodes, and so the one place that bounds decoding.
//!
//! Whatever comes in leaves as eight-bit RGB, as stored: the orientation tag is not applied. A JPEG
//! is decoded at a half, a quarter or an eighth of its size when the wanted size allows it, which
//! saves most of the time and nearly all of the memory.

mod jpeg;
mod png;
mod watched;
mod webp;

use crate::error::{Costs, EvidenceError};
use crate::inspect::Bounds;
use crate::pixels::Pixels;
use crate::sniff::{FileType, sniff};
use crate::watch::Watch;
use crate::whole::is_whole;

/// How large the decoded picture has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// As it is.
    Full,
    /// Its long edge at least so many pixels.
    LongEdge(u32),
}

/// A decoded picture and its size as stored in the file.
pub(crate) struct Decoded {
    pub(crate) pixels: Pixels,
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// By how much `pixels` are smaller than that, the last row and column rounded up: 1, 2, 4 or 8.
    pub(crate) shrink: u32,
}

/// The type of `bytes` if the pipeline takes it, after every check that costs nothing.
pub(crate) fn accepted(bytes: &[u8], bounds: &Bounds) -> Result<FileType, EvidenceError> {
    let size = bytes.len() as u64;
    if size == 0 {
        return Err(EvidenceError::Empty);
    }
    if size > bounds.max_bytes {
        return Err(EvidenceError::TooLarge {
            bytes: size,
            limit: bounds.max_bytes,
        });
    }
    let found = sniff(bytes);
    match found {
        FileType::Jpeg | FileType::Png | FileType::WebP if is_whole(found, bytes) => Ok(found),
        FileType::Jpeg | FileType::Png | FileType::WebP => Err(EvidenceError::Truncated),
        FileType::Heic | FileType::Avif => Err(EvidenceError::ConvertFirst(found)),
        FileType::Unknown => Err(EvidenceError::NotAPicture),
        _ => Err(EvidenceError::Unsupported(found)),
    }
}

/// Decodes a file that was [`accepted`].
pub(crate) fn decode(
    kind: FileType,
    bytes: &[u8],
    wanted: Wanted,
    bounds: &Bounds,
    watch: &mut Watch<'_>,
) -> Result<Decoded, EvidenceError> {
    let decoded = match kind {
        FileType::Jpeg => jpeg::decode(bytes, wanted, bounds, watch),
        FileType::Png => png::decode(bytes, bounds, watch),
        _ => webp::decode(bytes, bounds),
    }?;
    watch.go_on()?;
    Ok(decoded)
}

/// Claimed dimensions against the bounds, before anything is allocated for them.
fn check_size(width: u32, height: u32, bounds: &Bounds) -> Result<(), EvidenceError> {
    let limit = bounds.max_pixels;
    match u64::from(width) * u64::from(height) {
        0 => Err(undecodable("it has no pixels")),
        pixels if pixels > limit => Err(EvidenceError::TooManyPixels {
            width,
            height,
            limit,
        }),
        _ => Ok(()),
    }
}

/// What decoding would take against the bound, and what makes it so much.
const fn check_memory(need: u64, costs: Costs, bounds: &Bounds) -> Result<(), EvidenceError> {
    let limit = bounds.max_decoded_bytes;
    if need > limit {
        return Err(EvidenceError::TooMuchMemory { limit, costs });
    }
    Ok(())
}

fn undecodable(reason: impl ToString) -> EvidenceError {
    EvidenceError::Undecodable {
        reason: reason.to_string(),
    }
}

/// Runs a decoder of other people's: what it should have refused and panics over is damage.
fn guarded<T>(work: impl FnOnce() -> Result<T, EvidenceError>) -> Result<T, EvidenceError> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(undecodable("the decoder stopped")))
}

/// One channel over white.
const fn over_white(value: u8, alpha: u8) -> u8 {
    let (value, alpha) = (value as u32, alpha as u32);
    ((value * alpha + 255 * (255 - alpha) + 127) / 255) as u8
}

/// Appends a row of one to four channels as RGB, alpha over white.
fn push_rgb(row: &[u8], channels: usize, out: &mut Vec<u8>) {
    match channels {
        1 => out.extend(row.iter().flat_map(|grey| [*grey; 3])),
        2 => out.extend(
            row.as_chunks()
                .0
                .iter()
                .flat_map(|[grey, alpha]| [over_white(*grey, *alpha); 3]),
        ),
        3 => out.extend_from_slice(row),
        _ => out.extend(
            row.as_chunks()
                .0
                .iter()
                .flat_map(|[r, g, b, alpha]| [*r, *g, *b].map(|value| over_white(value, *alpha))),
        ),
    }
}
