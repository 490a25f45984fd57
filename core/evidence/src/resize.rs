//! Smaller pictures, by Lanczos with three lobes.

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8x3;
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};

use crate::decode::Decoded;
use crate::error::EvidenceError;
use crate::pixels::{Orientation, Pixels};

/// Width and height whose long edge is at most `edge`, in the same proportion, never enlarged.
pub(crate) fn fitted(width: u32, height: u32, edge: u32) -> (u32, u32) {
    let (long, edge) = (u64::from(width.max(height)), u64::from(edge.max(1)));
    if long <= edge {
        return (width, height);
    }
    let part = |side: u32| ((u64::from(side) * edge + long / 2) / long).max(1) as u32;
    (part(width), part(height))
}

/// The part of `pixels` that the picture covers, at exactly that size. A picture that was decoded at
/// a fraction of its size ends within its last row and column.
fn resized(
    pixels: &Pixels,
    covered: (f64, f64),
    size: (u32, u32),
) -> Result<Pixels, EvidenceError> {
    let failed = |reason: String| EvidenceError::Undecodable { reason };
    // The calls that find the kind of pixels out at run time bring code for every kind, 2 MB of it.
    let source = TypedImageRef::<U8x3>::from_buffer(pixels.width(), pixels.height(), pixels.data())
        .map_err(|error| failed(error.to_string()))?;
    let (width, height) = size;
    let mut data = vec![0; width as usize * height as usize * 3];
    let mut target = TypedImage::<U8x3>::from_buffer(width, height, &mut data)
        .map_err(|error| failed(error.to_string()))?;
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
        .crop(0.0, 0.0, covered.0, covered.1);
    Resizer::new()
        .resize_typed(&source, &mut target, &options)
        .map_err(|error| failed(error.to_string()))?;
    Pixels::new(width, height, data).ok_or_else(|| failed("its size is contradictory".to_owned()))
}

/// The picture with a long edge of at most `edge`.
pub(crate) fn fit(pixels: Pixels, edge: u32) -> Result<Pixels, EvidenceError> {
    let (width, height) = (pixels.width(), pixels.height());
    let size = fitted(width, height, edge);
    if size == (width, height) {
        return Ok(pixels);
    }
    resized(&pixels, (f64::from(width), f64::from(height)), size)
}

/// The same for a picture that was perhaps decoded at a fraction of its size, and turned.
pub(crate) fn fit_upright(
    decoded: Decoded,
    edge: u32,
    orientation: Orientation,
) -> Result<Pixels, EvidenceError> {
    let Decoded {
        pixels,
        width,
        height,
        shrink,
    } = decoded;
    if shrink == 1 {
        return Ok(fit(pixels, edge)?.upright(orientation));
    }
    let part =
        |side: u32, there: u32| (f64::from(side) / f64::from(shrink)).clamp(0.01, f64::from(there));
    let covered = (part(width, pixels.width()), part(height, pixels.height()));
    let small = resized(&pixels, covered, fitted(width, height, edge))?;
    Ok(small.upright_in(pixels.into_data(), orientation))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_keep_their_proportion_and_never_grow() {
        assert_eq!(fitted(4_000, 3_000, 1_920), (1_920, 1_440));
        assert_eq!(fitted(3_000, 4_001, 1_600), (1_200, 1_600));
        assert_eq!(fitted(100, 50, 320), (100, 50));
        assert_eq!(fitted(60_000, 1, 320), (320, 1));
        assert_eq!(fitted(5, 1, 0), (1, 1));
    }
}
