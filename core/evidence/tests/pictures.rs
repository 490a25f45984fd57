//! Good pictures are described, every kind of bad one is refused with its own words.

// A helper of a test may fail the test as the test itself may.
#![allow(clippy::unwrap_used)]

use std::io::Cursor;

use gewu_evidence::{Bounds, EvidenceError, FileType, hash_bytes, inspect, thumbnail};
use gewu_model::media::MediaType;
use image::{DynamicImage, ImageFormat, RgbImage};

fn scene(width: u32, height: u32) -> DynamicImage {
    RgbImage::from_fn(width, height, |x, y| {
        image::Rgb([x as u8, (y * 3) as u8, (x ^ y) as u8])
    })
    .into()
}

fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn jpeg(width: u32, height: u32) -> Vec<u8> {
    encoded(&scene(width, height), ImageFormat::Jpeg)
}

fn png(width: u32, height: u32) -> Vec<u8> {
    encoded(&scene(width, height), ImageFormat::Png)
}

fn refusal(bytes: &[u8]) -> &'static str {
    inspect(bytes, &Bounds::default()).map_or_else(|error| error.code(), |_| "accepted")
}

/// A JPEG whose EXIF holds nothing but the orientation tag.
fn turned(orientation: u8) -> Vec<u8> {
    let plain = jpeg(80, 40);
    let tiff = [
        b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".as_slice(),
        &[orientation, 0, 0, 0, 0, 0, 0],
    ]
    .concat();
    let length = (tiff.len() as u16 + 2).to_be_bytes();
    [&plain[..2], &[0xff, 0xe1], &length, &tiff, &plain[2..]].concat()
}

#[test]
fn good_pictures_are_described() {
    for (bytes, media_type) in [
        (jpeg(64, 48), MediaType::Jpeg),
        (png(64, 48), MediaType::Png),
    ] {
        let found = inspect(&bytes, &Bounds::default()).unwrap();
        assert_eq!(
            (found.media_type, found.width, found.height),
            (media_type, 64, 48)
        );
        assert_eq!(
            (found.bytes, found.sha256),
            (bytes.len() as u64, hash_bytes(&bytes))
        );
    }
}

#[test]
fn what_is_no_picture_says_so() {
    assert_eq!(refusal(b""), "photo_empty");
    assert_eq!(
        refusal(b"just some words about a pothole"),
        "photo_not_a_picture"
    );
    assert_eq!(refusal(&[0; 4096]), "photo_not_a_picture");
    assert_eq!(refusal(b"GIF89a\x01\0\x01\0"), "photo_unsupported");
    assert_eq!(
        refusal(b"\0\0\0\x18ftypmp42\0\0\0\0isommp42"),
        "photo_unsupported"
    );
    let heic = inspect(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", &Bounds::default()).unwrap_err();
    assert_eq!(heic, EvidenceError::ConvertFirst(FileType::Heic));
    assert_eq!(
        heic.to_string(),
        "the picture is HEIC; convert to JPEG first"
    );
}

#[test]
fn a_picture_that_is_cut_off_anywhere_is_refused() {
    for whole in [jpeg(48, 32), png(48, 32), turned(6)] {
        assert_eq!(refusal(&whole), "accepted");
        for end in 8..whole.len() {
            assert_eq!(refusal(&whole[..end]), "photo_truncated", "cut at {end}");
        }
        let mut zeroed = whole.clone();
        let middle = whole.len() / 2;
        zeroed[middle..].fill(0);
        assert_ne!(refusal(&zeroed), "accepted");
    }
}

#[test]
fn the_end_of_an_embedded_thumbnail_is_not_the_end_of_the_picture() {
    let (outer, inner) = (jpeg(64, 64), jpeg(16, 16));
    let length = (inner.len() as u16 + 2).to_be_bytes();
    let nested = [&outer[..2], &[0xff, 0xe1], &length, &inner, &outer[2..]].concat();
    assert_eq!(refusal(&nested), "accepted");
    assert_eq!(refusal(&nested[..nested.len() - 2]), "photo_truncated");
}

#[test]
fn what_follows_the_end_does_no_harm() {
    let motion_photo = [jpeg(32, 32), b"\0\0\0\x18ftypmp42 the film".to_vec()].concat();
    assert_eq!(refusal(&motion_photo), "accepted");
}

#[test]
fn sizes_are_bounded_at_the_edge() {
    let bytes = jpeg(100, 10);
    let just = Bounds {
        max_bytes: bytes.len() as u64,
        max_pixels: 1_000,
        max_decoded_bytes: 3_000,
    };
    assert!(inspect(&bytes, &just).is_ok());
    let code = |bounds| inspect(&bytes, &bounds).unwrap_err().code();
    assert_eq!(
        code(Bounds {
            max_bytes: just.max_bytes - 1,
            ..just
        }),
        "photo_too_large"
    );
    assert_eq!(
        code(Bounds {
            max_pixels: 999,
            ..just
        }),
        "photo_too_many_pixels"
    );
    assert_eq!(
        code(Bounds {
            max_decoded_bytes: 2_999,
            ..just
        }),
        "photo_too_much_memory"
    );
}

/// CRC-32 as PNG uses it.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg())
        })
    })
}

fn with_claimed_size(mut png: Vec<u8>, width: u32, height: u32) -> Vec<u8> {
    png[16..20].copy_from_slice(&width.to_be_bytes());
    png[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = crc(&png[12..29]);
    png[29..33].copy_from_slice(&sum.to_be_bytes());
    png
}

#[test]
fn a_bomb_is_refused_by_its_header() {
    let bomb = with_claimed_size(png(8, 8), 60_000, 60_000);
    let error = inspect(&bomb, &Bounds::default()).unwrap_err();
    let limit = Bounds::default().max_pixels;
    assert_eq!(
        error,
        EvidenceError::TooManyPixels {
            width: 60_000,
            height: 60_000,
            limit
        }
    );
    assert_eq!(thumbnail(&bomb, 320, &Bounds::default()), Err(error));

    let mut wide = jpeg(8, 8);
    let frame = wide
        .windows(2)
        .position(|pair| pair == [0xff, 0xc0])
        .unwrap();
    wide[frame + 5..frame + 9].fill(0xff);
    assert_eq!(refusal(&wide), "photo_too_many_pixels");
}

#[test]
fn a_claim_beyond_the_data_is_damage() {
    assert_eq!(
        refusal(&with_claimed_size(png(8, 8), 9, 900)),
        "photo_undecodable"
    );
    assert_eq!(
        refusal(&with_claimed_size(png(8, 8), 0, 8)),
        "photo_undecodable"
    );
}

#[test]
fn thumbnails_are_small_upright_and_bare() {
    let small = thumbnail(&jpeg(1_000, 500), 320, &Bounds::default()).unwrap();
    let found = inspect(&small, &Bounds::default()).unwrap();
    assert_eq!(
        (found.media_type, found.width, found.height),
        (MediaType::Jpeg, 320, 160)
    );
    assert_eq!(
        small,
        thumbnail(&jpeg(1_000, 500), 320, &Bounds::default()).unwrap()
    );

    let upright = thumbnail(&turned(6), 320, &Bounds::default()).unwrap();
    let found = inspect(&upright, &Bounds::default()).unwrap();
    assert_eq!((found.width, found.height), (40, 80));
    assert!(!upright.windows(4).any(|window| window == b"Exif"));
    assert!(thumbnail(&png(5, 1), 0, &Bounds::default()).is_ok());
}

#[test]
fn damaged_bytes_are_refused_or_decoded_but_never_panic() {
    let mut state = 0x9e37_79b9_u32;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as usize
    };
    let bounds = Bounds {
        max_pixels: 1 << 20,
        ..Bounds::default()
    };
    for whole in [jpeg(40, 30), png(40, 30), turned(3)] {
        for _ in 0..1_500 {
            let mut damaged = whole.clone();
            for _ in 0..1 + random() % 6 {
                let at = random() % damaged.len();
                damaged[at] = random() as u8;
            }
            if let Ok(found) = inspect(&damaged, &bounds) {
                assert!(u64::from(found.width) * u64::from(found.height) <= bounds.max_pixels);
                assert!(thumbnail(&damaged, 320, &bounds).is_ok());
            }
        }
    }
}
