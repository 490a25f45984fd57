//! A photo as a phone takes it: 4,000 by 3,000 with edges, texture, fine detail and the noise of a
//! small sensor, stored on its side with orientation 6.

use image::RgbImage;

use crate::bench::BenchError;

const WIDTH: u32 = 4_000;
const HEIGHT: u32 = 3_000;

/// The picture before it is encoded, as it is stored.
pub(super) fn draw() -> RgbImage {
    let mut state = 0x1234_5678_u32;
    let mut noise = move || {
        // Four bytes make a bell of about ±12.
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        let sum: i32 = state
            .to_le_bytes()
            .iter()
            .map(|byte| i32::from(*byte))
            .sum();
        (sum - 510) as f32 / 22.0
    };
    RgbImage::from_fn(WIDTH, HEIGHT, |x, y| {
        let base = surface(x as f32, y as f32);
        image::Rgb(base.map(|value| (value + noise()).clamp(0.0, 255.0) as u8))
    })
}

/// Sky, walls with windows, leaves, and paving.
fn surface(x: f32, y: f32) -> [f32; 3] {
    let (u, v) = (x / WIDTH as f32, y / HEIGHT as f32);
    if v < 0.3 {
        let cloud = ((u * 7.0).sin() * (v * 23.0).cos() + (u * 31.0 + v * 11.0).sin() * 0.4) * 18.0;
        return [150.0 + cloud, 180.0 + cloud, 225.0 + cloud / 2.0];
    }
    let texture = (x * 0.31 + (y * 0.07).sin() * 6.0).sin() * (y * 0.23).cos();
    if v < 0.65 {
        let window = x as u32 % 240 < 130 && y as u32 % 310 < 190;
        let line = x as u32 % 240 < 8 || y as u32 % 310 < 8;
        let wall = if window { 60.0 } else { 165.0 } - if line { 45.0 } else { 0.0 };
        let shade = wall + u * 30.0 + texture * 7.0;
        return [shade, shade * 0.9, shade * 0.78];
    }
    if u < 0.4 {
        let leaf = ((x * 0.13).sin() * (y * 0.17).sin() + (x * 0.41 + y * 0.37).cos()) * 42.0;
        return [70.0 + leaf, 105.0 + leaf, 45.0 + leaf * 0.6];
    }
    let joint = x as u32 % 97 < 4 || (y as u32 + x as u32 / 97 * 31) % 61 < 3;
    let stone = if joint { 70.0 } else { 135.0 } + texture * 16.0;
    [stone, stone * 0.97, stone * 0.93]
}

/// The file as the camera writes it.
pub(super) fn encode(picture: &RgbImage) -> Result<Vec<u8>, BenchError> {
    let mut file = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut file, 92);
    encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::F_2_2);
    let orientation = b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let failed = |_| BenchError::Missing("a photo");
    encoder.add_exif_metadata(orientation).map_err(failed)?;
    encoder
        .encode(
            picture,
            WIDTH as u16,
            HEIGHT as u16,
            jpeg_encoder::ColorType::Rgb,
        )
        .map_err(failed)?;
    Ok(file)
}
