//! Small pictures, no two alike.

use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};

use crate::disk::Dice;

/// A PNG of 48 by 32 pixels; its number decides every byte. Empty when the encoder refuses, which
/// the SDK then says.
pub fn picture(number: u64) -> Vec<u8> {
    let mut dice = Dice::new(number);
    let mut shade = || (dice.next() & 0xFF) as u8;
    let (sky, ground) = (
        Rgb([shade(), shade(), shade()]),
        Rgb([shade(), shade(), shade()]),
    );
    let image = RgbImage::from_fn(48, 32, |x, y| {
        let noise = (x * 7 + y * 13) % 16;
        let base = if y < 16 { sky } else { ground };
        Rgb(base
            .0
            .map(|part| part.wrapping_add(u8::try_from(noise).unwrap_or(0))))
    });
    let mut bytes = Cursor::new(Vec::new());
    match image.write_to(&mut bytes, ImageFormat::Png) {
        Ok(()) => bytes.into_inner(),
        Err(_) => Vec::new(),
    }
}

/// A square PNG that does not compress: about three bytes for each of `edge` times `edge` pixels.
pub fn large_picture(number: u64, edge: u32) -> Vec<u8> {
    let mut dice = Dice::new(number);
    let image = RgbImage::from_fn(edge, edge, |_, _| {
        let [r, g, b, ..] = dice.next().to_le_bytes();
        Rgb([r, g, b])
    });
    let mut bytes = Cursor::new(Vec::new());
    match image.write_to(&mut bytes, ImageFormat::Png) {
        Ok(()) => bytes.into_inner(),
        Err(_) => Vec::new(),
    }
}
