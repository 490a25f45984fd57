//! PNG: sixteen bits, palettes, grey and alpha become eight-bit RGB row by row, so that a picture
//! is held in memory once.

use png::{ColorType, Decoder, Limits, Reader, Transformations};

use super::watched::Watched;
use super::{Decoded, check_memory, check_size, guarded, push_rgb, undecodable};
use crate::error::{Costs, EvidenceError};
use crate::inspect::Bounds;
use crate::pixels::{Pixels, rgb_bytes};
use crate::watch::Watch;

type Png<'a, 'w, 'f> = Reader<Watched<'a, 'w, 'f>>;

pub(super) fn decode(
    bytes: &[u8],
    bounds: &Bounds,
    watch: &mut Watch<'_>,
) -> Result<Decoded, EvidenceError> {
    guarded(|| {
        let limits = Limits {
            bytes: usize::try_from(bounds.max_decoded_bytes).unwrap_or(usize::MAX),
        };
        let mut decoder = Decoder::new_with_limits(Watched::new(bytes, watch), limits);
        // Sixteen bits lose their lower eight, everything below eight bits and palettes grow.
        decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
        let mut reader = decoder
            .read_info()
            .map_err(|error| refusal(&error, bounds))?;
        let (width, height) = reader.info().size();
        check_size(width, height, bounds)?;
        // The decoder takes for granted that a palette is of whole colours.
        if reader
            .info()
            .palette
            .as_ref()
            .is_some_and(|all| all.len() % 3 != 0)
        {
            return Err(undecodable("its palette is damaged"));
        }
        let interlaced = reader.info().interlaced;
        let channels = channels(reader.output_color_type().0)?;
        let frame = u64::from(width) * u64::from(height) * channels as u64;
        let (spare, costs) = if interlaced {
            (frame, Costs::Interlaced)
        } else {
            (0, Costs::Pixels)
        };
        check_memory(rgb_bytes(width, height) + spare, costs, bounds)?;
        let mut data = Vec::with_capacity(rgb_bytes(width, height) as usize);
        if interlaced {
            at_once(&mut reader, width as usize * channels, channels, &mut data)
        } else {
            by_rows(&mut reader, channels, &mut data)
        }
        .map_err(|error| refusal(&error, bounds))?;
        let pixels = Pixels::new(width, height, data);
        Ok(Decoded {
            pixels: pixels.ok_or_else(|| undecodable("its size is contradictory"))?,
            width,
            height,
            shrink: 1,
        })
    })
}

fn channels(colour: ColorType) -> Result<usize, EvidenceError> {
    match colour {
        ColorType::Indexed => Err(undecodable("it has no palette")),
        other => Ok(other.samples()),
    }
}

fn by_rows(
    reader: &mut Png<'_, '_, '_>,
    channels: usize,
    data: &mut Vec<u8>,
) -> Result<(), png::DecodingError> {
    while let Some(row) = reader.next_row()? {
        push_rgb(row.data(), channels, data);
    }
    Ok(())
}

/// Interlaced rows come seven times.
fn at_once(
    reader: &mut Png<'_, '_, '_>,
    row: usize,
    channels: usize,
    data: &mut Vec<u8>,
) -> Result<(), png::DecodingError> {
    let size = reader.output_buffer_size().unwrap_or(usize::MAX);
    let mut frame = vec![0; size];
    reader.next_frame(&mut frame)?;
    for row in frame.chunks_exact(row.max(1)) {
        push_rgb(row, channels, data);
    }
    Ok(())
}

fn refusal(error: &png::DecodingError, bounds: &Bounds) -> EvidenceError {
    match error {
        png::DecodingError::LimitsExceeded => EvidenceError::TooMuchMemory {
            limit: bounds.max_decoded_bytes,
            costs: Costs::Pixels,
        },
        other => undecodable(other),
    }
}
