//! Whether a picture file reaches its own end.
//!
//! Only the skeleton is walked: no allocation, no decoding, at most one pass over the bytes. What
//! follows the end (a motion photo's film, a second picture) is nobody's business here.

use gewu_model::media::MediaType;

/// Whether the structure of `bytes` runs to its end marker.
pub(crate) fn is_whole(media_type: MediaType, bytes: &[u8]) -> bool {
    match media_type {
        MediaType::Jpeg => jpeg_is_whole(bytes).is_some(),
        MediaType::Png => png_is_whole(bytes).is_some(),
    }
}

const END_OF_IMAGE: u8 = 0xd9;

/// Markers stand alone or head a segment with a length; compressed data hides no marker, since
/// it writes 0xFF as 0xFF 0x00. Segments are jumped over, so that the end of a thumbnail inside
/// EXIF is not taken for the end of the picture.
fn jpeg_is_whole(bytes: &[u8]) -> Option<()> {
    let mut rest = bytes.get(2..)?;
    loop {
        let (marker, after) = next_marker(rest)?;
        rest = match marker {
            END_OF_IMAGE => return Some(()),
            0x01 | 0xd0..=0xd8 => after,
            _ => after.get(usize::from(u16::from_be_bytes(*after.first_chunk()?))..)?,
        };
    }
}

fn next_marker(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let at = bytes
        .windows(2)
        .position(|pair| pair[0] == 0xff && !matches!(pair[1], 0 | 0xff))?;
    Some((bytes[at + 1], &bytes[at + 2..]))
}

/// Signature, then chunks of length, type, data and checksum up to `IEND`. The decoder checks the
/// checksums.
fn png_is_whole(bytes: &[u8]) -> Option<()> {
    let mut rest = bytes.get(8..)?;
    loop {
        let length = u32::from_be_bytes(*rest.first_chunk()?) as usize;
        let kind = rest.get(4..8)?;
        let after = rest.get(length.checked_add(12)?..)?;
        if kind == b"IEND" {
            return Some(());
        }
        rest = after;
    }
}
