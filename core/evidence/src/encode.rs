//! JPEG out: 4:2:0 with fitted Huffman tables, and no segment but those that are asked for.

use jpeg_encoder::{ColorType, Encoder, EncodingError, SamplingFactor};

use crate::error::EvidenceError;
use crate::pixels::Pixels;

/// What goes beside the picture.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Extras<'a> {
    /// A TIFF structure for EXIF's segment.
    pub(crate) exif: Option<&'a [u8]>,
    /// A colour profile.
    pub(crate) icc: Option<&'a [u8]>,
}

/// The picture as a JPEG file.
pub(crate) fn jpeg(
    pixels: &Pixels,
    quality: u8,
    extras: Extras<'_>,
) -> Result<Vec<u8>, EvidenceError> {
    // A little more than a street scene takes.
    let mut out = Vec::with_capacity(pixels.data().len() / 12 + 2_048);
    let mut encoder = Encoder::new(&mut out, quality);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.set_chroma_subsampling_method(jpeg_encoder::ChromaSubsamplingMethod::Average);
    let side = |side: u32| u16::try_from(side).map_err(|_| EvidenceError::Unwritable);
    let (width, height) = (side(pixels.width())?, side(pixels.height())?);
    let written = || -> Result<(), EncodingError> {
        if let Some(exif) = extras.exif {
            encoder.add_exif_metadata(exif)?;
        }
        if let Some(icc) = extras.icc {
            encoder.add_icc_profile(icc)?;
        }
        encoder.encode(pixels.data(), width, height, ColorType::Rgb)
    };
    written().map_err(|_| EvidenceError::Unwritable)?;
    Ok(out)
}
