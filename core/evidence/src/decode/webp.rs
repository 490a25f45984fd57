//! WebP: lossy and lossless; of an animation the first picture.

use std::io::Cursor;

use image_webp::{DecodingError, WebPDecoder};

use super::{Decoded, check_memory, check_size, guarded, push_rgb, undecodable};
use crate::error::{Costs, EvidenceError};
use crate::inspect::Bounds;
use crate::pixels::{Pixels, rgb_bytes};

pub(super) fn decode(bytes: &[u8], bounds: &Bounds) -> Result<Decoded, EvidenceError> {
    guarded(|| {
        let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(undecodable)?;
        let (width, height) = decoder.dimensions();
        check_size(width, height, bounds)?;
        let channels = if decoder.has_alpha() { 4 } else { 3 };
        let raw = u64::from(width) * u64::from(height) * channels;
        let spare = if channels == 4 {
            rgb_bytes(width, height)
        } else {
            0
        };
        // The decoder holds planes of its own beside what it writes.
        check_memory(2 * raw + spare, Costs::Pixels, bounds)?;
        decoder.set_memory_limit(usize::try_from(bounds.max_decoded_bytes).unwrap_or(usize::MAX));
        let mut data = vec![0; raw as usize];
        decoder.read_image(&mut data).map_err(|error| match error {
            DecodingError::MemoryLimitExceeded => EvidenceError::TooMuchMemory {
                limit: bounds.max_decoded_bytes,
                costs: Costs::Pixels,
            },
            other => undecodable(other),
        })?;
        if channels == 4 {
            let mut rgb = Vec::with_capacity(spare as usize);
            push_rgb(&data, 4, &mut rgb);
            data = rgb;
        }
        let pixels = Pixels::new(width, height, data);
        Ok(Decoded {
            pixels: pixels.ok_or_else(|| undecodable("its size is contradictory"))?,
            width,
            height,
            shrink: 1,
        })
    })
}
