//! Pictures in and out.

use std::io::Cursor;

use ab_glyph::{Font as _, ScaleFont as _};
use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8x3;
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;

use crate::{FloorError, failed};

/// A JPEG, whole and at a fraction of its size.
#[uniffi::export]
fn jpeg_in(bytes: Vec<u8>) -> Result<Vec<u8>, FloorError> {
    let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut whole = zune_jpeg::JpegDecoder::new_with_options(ZCursor::new(&bytes), options);
    let mut pixels = whole.decode().map_err(failed)?;
    let mut part = jpeg_decoder::Decoder::new(Cursor::new(&bytes));
    part.scale(400, 300).map_err(failed)?;
    pixels.extend(part.decode().map_err(failed)?);
    Ok(pixels)
}

/// A PNG or a WebP.
#[uniffi::export]
fn others_in(bytes: Vec<u8>) -> Result<Vec<u8>, FloorError> {
    let mut decoder = png::Decoder::new(Cursor::new(&bytes));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(failed)?;
    let mut pixels = Vec::new();
    while let Some(row) = reader.next_row().map_err(failed)? {
        pixels.extend_from_slice(row.data());
    }
    let mut decoder = image_webp::WebPDecoder::new(Cursor::new(&bytes)).map_err(failed)?;
    decoder.read_image(&mut pixels).map_err(failed)?;
    Ok(pixels)
}

/// Pixels made smaller, as a JPEG.
#[uniffi::export]
fn jpeg_out(pixels: Vec<u8>) -> Result<Vec<u8>, FloorError> {
    let source = TypedImageRef::<U8x3>::from_buffer(400, 300, &pixels).map_err(failed)?;
    let mut small = vec![0; 200 * 150 * 3];
    let mut target = TypedImage::<U8x3>::from_buffer(200, 150, &mut small).map_err(failed)?;
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
        .crop(0.0, 0.0, 399.5, 299.5);
    Resizer::new()
        .resize_typed(&source, &mut target, &options)
        .map_err(failed)?;
    let mut out = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut out, 80);
    encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::F_2_2);
    encoder.add_exif_metadata(&[0]).map_err(failed)?;
    encoder
        .encode(&small, 200, 150, jpeg_encoder::ColorType::Rgb)
        .map_err(failed)?;
    Ok(out)
}

/// What a picture says of itself.
#[uniffi::export]
fn metadata(bytes: Vec<u8>) -> Result<Vec<String>, FloorError> {
    let mut reader = exif::Reader::new();
    reader.continue_on_error(true);
    let found = reader.read_raw(bytes).map_err(failed)?;
    Ok(found.fields().map(|it| format!("{:?}", it.value)).collect())
}

/// How dark a letter is.
#[uniffi::export]
fn letter(font: Vec<u8>) -> Result<f32, FloorError> {
    let font = ab_glyph::FontVec::try_from_vec(font).map_err(failed)?;
    let glyph = font.as_scaled(20.0).scaled_glyph('格');
    let mut sum = 0.0;
    if let Some(outline) = font.outline_glyph(glyph) {
        outline.draw(|_, _, dark| sum += dark);
    }
    Ok(sum)
}
