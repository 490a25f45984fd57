//! JPEG: a scaled decode where that is enough, a full one where it is not or where the scaling
//! decoder refuses.
//!
//! The scaling decoder (`jpeg-decoder`) is no longer developed, so nothing but speed depends on it:
//! what it refuses, and every picture of four colours, goes to the full decoder (`zune-jpeg`).

use jpeg_decoder::PixelFormat;
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;

use super::watched::Watched;
use super::{Decoded, Wanted, check_memory, check_size, guarded, push_rgb, undecodable};
use crate::coverage::cut_at;
use crate::error::{Costs, EvidenceError};
use crate::frame::{Coding, Frame};
use crate::guard::guarded_end;
use crate::inspect::Bounds;
use crate::pixels::{Pixels, rgb_bytes};
use crate::watch::Watch;

pub(super) fn decode(
    bytes: &[u8],
    wanted: Wanted,
    bounds: &Bounds,
    watch: &mut Watch<'_>,
) -> Result<Decoded, EvidenceError> {
    let frame = Frame::find(bytes).ok_or_else(|| undecodable("it has no frame"))?;
    check_size(frame.width, frame.height, bounds)?;
    let by = shrink(&frame, wanted);
    check_memory(need(&frame, by), costs(&frame), bounds)?;
    let end = guarded_end(bytes, &frame).filter(|_| by > 1);
    if end.is_none() {
        check_cut(bytes, &frame)?;
    }
    let (pixels, shrink) = match by {
        1 => (full(bytes, &frame, bounds), 1),
        by => match scaled(bytes, end, &frame, by, watch) {
            Err(EvidenceError::Undecodable { .. }) if !watch.is_stopped() => {
                check_cut(bytes, &frame)?;
                (full(bytes, &frame, bounds), 1)
            }
            done => (done, by),
        },
    };
    watch.go_on()?;
    Ok(Decoded {
        pixels: pixels?,
        width: frame.width,
        height: frame.height,
        shrink,
    })
}

/// The largest of 8, 4, 2 that leaves the wanted long edge, or 1.
fn shrink(frame: &Frame, wanted: Wanted) -> u32 {
    let Wanted::LongEdge(edge) = wanted else {
        return 1;
    };
    if !matches!(frame.components, 1 | 3) || frame.precision != 8 {
        return 1;
    }
    let long = frame.width.max(frame.height);
    [8, 4, 2]
        .into_iter()
        .find(|by| long.div_ceil(*by) >= edge)
        .unwrap_or(1)
}

fn check_cut(bytes: &[u8], frame: &Frame) -> Result<(), EvidenceError> {
    match cut_at(bytes, frame) {
        Some(percent) => Err(EvidenceError::CutOff { percent }),
        None => Ok(()),
    }
}

/// Ones, as they are stuffed: no code in any table.
const NO_CODE: [u8; 32] = [
    0xff, 0, 0xff, 0, 0xff, 0, 0xff, 0, 0xff, 0, 0xff, 0, 0xff, 0, 0xff, 0, 0xff, 0, 0xff, 0, 0xff,
    0, 0xff, 0, 0xff, 0, 0xff, 0, 0xff, 0, 0xff, 0,
];

const fn costs(frame: &Frame) -> Costs {
    match frame.coding {
        Coding::Progressive | Coding::OtherProgressive => Costs::Passes,
        _ => Costs::Pixels,
    }
}

/// Bytes that decoding takes: the picture, before it the planes of its components when they are
/// scaled, and what a progressive one keeps between its scans.
fn need(frame: &Frame, by: u32) -> u64 {
    let picture = rgb_bytes(frame.width.div_ceil(by), frame.height.div_ceil(by));
    let planes = if by > 1 { picture } else { 0 };
    picture + planes + frame.coefficient_bytes()
}

/// The decoder takes what is missing for zeros. So at the `end` of the data, where that is known, it
/// finds what it cannot take for anything.
fn scaled(
    bytes: &[u8],
    end: Option<usize>,
    frame: &Frame,
    by: u32,
    watch: &mut Watch<'_>,
) -> Result<Pixels, EvidenceError> {
    let (width, height) = (frame.width.div_ceil(by), frame.height.div_ceil(by));
    guarded(|| {
        let mut decoder = jpeg_decoder::Decoder::new(match end {
            Some(end) => Watched::with(bytes, end, &NO_CODE, watch),
            None => Watched::new(bytes, watch),
        });
        decoder
            .scale(width as u16, height as u16)
            .map_err(undecodable)?;
        let data = decoder.decode().map_err(undecodable)?;
        let info = decoder
            .info()
            .ok_or_else(|| undecodable("it has no frame"))?;
        let data = match info.pixel_format {
            PixelFormat::RGB24 => data,
            PixelFormat::L8 => {
                let mut rgb = Vec::with_capacity(data.len() * 3);
                push_rgb(&data, 1, &mut rgb);
                rgb
            }
            _ => return Err(undecodable("its colours are unusual")),
        };
        let (width, height) = (u32::from(info.width), u32::from(info.height));
        Pixels::new(width, height, data).ok_or_else(|| undecodable("its size is contradictory"))
    })
}

fn full(bytes: &[u8], frame: &Frame, bounds: &Bounds) -> Result<Pixels, EvidenceError> {
    check_memory(need(frame, 1), costs(frame), bounds)?;
    guarded(|| {
        let options = DecoderOptions::default()
            .jpeg_set_out_colorspace(ColorSpace::RGB)
            .set_strict_mode(false)
            .set_max_width(usize::from(u16::MAX))
            .set_max_height(usize::from(u16::MAX));
        let mut decoder = zune_jpeg::JpegDecoder::new_with_options(ZCursor::new(bytes), options);
        let data = decoder.decode().map_err(undecodable)?;
        Pixels::new(frame.width, frame.height, data)
            .ok_or_else(|| undecodable("its size is contradictory"))
    })
}
