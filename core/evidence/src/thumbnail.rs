//! Small pictures for lists.

use image::DynamicImage;
use image::codecs::jpeg::JpegEncoder;

use crate::error::EvidenceError;
use crate::inspect::Bounds;
use crate::picture::decode;

/// Long edge of a list thumbnail in pixels.
pub const THUMBNAIL_EDGE: u32 = 320;

const QUALITY: u8 = 80;

/// A JPEG of at most `long_edge` pixels on its long side, upright, without any metadata.
///
/// A smaller picture keeps its size. The same bytes and edge give the same thumbnail.
///
/// # Errors
/// Those of [`crate::inspect`]: what is no evidence has no thumbnail.
pub fn thumbnail(bytes: &[u8], long_edge: u32, bounds: &Bounds) -> Result<Vec<u8>, EvidenceError> {
    let picture = decode(bytes, bounds)?;
    let mut small = shrink(picture.pixels, long_edge.max(1));
    small.apply_orientation(picture.orientation);
    encode(&small)
}

fn shrink(pixels: DynamicImage, long_edge: u32) -> DynamicImage {
    if pixels.width().max(pixels.height()) <= long_edge {
        return pixels;
    }
    pixels.thumbnail(long_edge, long_edge)
}

fn encode(pixels: &DynamicImage) -> Result<Vec<u8>, EvidenceError> {
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY)
        .encode_image(&pixels.to_rgb8())
        .map_err(|error| EvidenceError::Undecodable {
            reason: error.to_string(),
        })?;
    Ok(jpeg)
}
