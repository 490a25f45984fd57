//! What the pipeline makes of good files and bad ones.

// A helper of a test may fail the test as the test itself may.
#![allow(clippy::unwrap_used)]

use gewu_evidence::{
    Answer, Bounds, EvidenceError, Font, Problem, Progress, Recipe, Sealed, Stage, Stamp, Watch,
    Written, read_metadata, seal,
};
use gewu_model::media::MediaType;
use gewu_model::policy::{Corner, PhotoPolicy};
use jpeg_encoder::{ColorType, Encoder};

fn plain() -> Recipe<'static> {
    Recipe::of(&PhotoPolicy::default())
}

fn made(bytes: &[u8], recipe: &Recipe<'_>) -> Result<Sealed, EvidenceError> {
    seal(bytes, recipe, &mut Watch::new(&mut |_| Answer::GoOn))
}

fn slope(width: u16, height: u16) -> Vec<u8> {
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    pixels
        .flat_map(|(x, y)| [(x / 4) as u8, (y / 4) as u8, 90])
        .collect()
}

/// A JPEG with these segments of APP1 and APP2 before its picture.
fn jpeg(width: u16, height: u16, segments: &[(u8, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, 90);
    for (number, body) in segments {
        encoder.add_app_segment(*number, body.to_vec()).unwrap();
    }
    encoder
        .encode(&slope(width, height), width, height, ColorType::Rgb)
        .unwrap();
    out
}

#[test]
fn the_watcher_hears_every_step_in_order_and_may_stop_at_each() {
    let photo = jpeg(1_200, 900, &[]);
    let mut heard: Vec<Progress> = Vec::new();
    let mut tell = |progress| {
        heard.push(progress);
        Answer::GoOn
    };
    seal(&photo, &plain(), &mut Watch::new(&mut tell)).unwrap();
    assert!(heard.is_sorted_by_key(|progress| (progress.stage, progress.permille)));
    assert_eq!(
        heard.last().map(|progress| progress.stage),
        Some(Stage::Done)
    );
    for stop in 0..heard.len() {
        let mut left = stop;
        let mut tell = |_| {
            let answer = if left == 0 {
                Answer::Stop
            } else {
                Answer::GoOn
            };
            left = left.saturating_sub(1);
            answer
        };
        let end = seal(&photo, &plain(), &mut Watch::new(&mut tell));
        assert_eq!(end, Err(EvidenceError::Stopped), "stopped at {stop}");
    }
}

#[test]
fn a_long_decode_is_stopped_in_its_middle() {
    let mut out = Vec::new();
    let mut state = 1_u32;
    let noise: Vec<u8> = (0..2_000 * 1_500 * 3)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .collect();
    Encoder::new(&mut out, 90)
        .encode(&noise, 2_000, 1_500, ColorType::Rgb)
        .unwrap();
    let recipe = Recipe {
        long_edge: 400,
        ..plain()
    };
    let mut tell = |progress: Progress| {
        let middle = progress.stage == Stage::Decode && progress.permille > 300;
        if middle { Answer::Stop } else { Answer::GoOn }
    };
    let end = seal(&out, &recipe, &mut Watch::new(&mut tell));
    assert_eq!(end, Err(EvidenceError::Stopped));
}

#[test]
fn pictures_shrink_to_the_edge_and_never_grow() {
    let large = made(&jpeg(2_500, 1_000, &[]), &plain()).unwrap();
    assert_eq!((large.photo.width, large.photo.height), (1_920, 768));
    assert_eq!((large.thumb.width, large.thumb.height), (320, 128));
    assert_eq!(
        (large.original.width, large.original.height),
        (2_500, 1_000)
    );
    let small = made(&jpeg(100, 50, &[]), &plain()).unwrap();
    assert_eq!((small.photo.width, small.thumb.width), (100, 100));
    assert_eq!(small, made(&jpeg(100, 50, &[]), &plain()).unwrap());
}

/// An RGB profile as far as anybody looks at it.
fn profile() -> Vec<u8> {
    let mut profile = vec![0; 128];
    profile[16..20].copy_from_slice(b"RGB ");
    [b"ICC_PROFILE\0\x01\x01".as_slice(), &profile].concat()
}

const SECRETS: [&[u8]; 5] = [
    b"Exif",
    b"ICC_PROFILE",
    b"SN-4711",
    b"http://ns.adobe.com",
    b"Maker",
];

fn leaks(file: &[u8]) -> Vec<&'static [u8]> {
    let holds = |secret: &&&[u8]| file.windows(secret.len()).any(|window| window == **secret);
    SECRETS.iter().filter(holds).copied().collect()
}

#[test]
fn nothing_of_the_original_is_left_beside_its_pixels() {
    let exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x0f\0\x02\0\0\0\x08\0\0\0\x1a\0\0\0\0SN-4711\0";
    let xmp = b"http://ns.adobe.com/xap/1.0/\0<Maker/>";
    let profile = profile();
    let photo = jpeg(60, 40, &[(1, exif), (1, xmp), (2, &profile)]);
    assert_eq!(read_metadata(&photo).make.as_deref(), Some("SN-4711"));
    let bare = made(&photo, &plain()).unwrap();
    assert_eq!(leaks(&bare.photo.bytes), <Vec<&[u8]>>::new());
    assert_eq!(leaks(&bare.thumb.bytes), <Vec<&[u8]>>::new());
    let written = Written {
        grid: Some("1".into()),
        ..Written::default()
    };
    let told = made(
        &photo,
        &Recipe {
            written,
            keep_profile: true,
            ..plain()
        },
    )
    .unwrap();
    assert_eq!(
        leaks(&told.photo.bytes),
        [b"Exif".as_slice(), b"ICC_PROFILE"]
    );
    assert_eq!(leaks(&told.thumb.bytes), <Vec<&[u8]>>::new());
}

#[test]
fn webp_goes_in_with_alpha_and_orientation() {
    let mut file = Vec::new();
    let mut encoder = image_webp::WebPEncoder::new(&mut file);
    encoder.set_exif_metadata(
        b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0".to_vec(),
    );
    let pixels: Vec<u8> = (0..40 * 20)
        .flat_map(|at| [10, 20, 30, if at % 40 < 20 { 0 } else { 255 }])
        .collect();
    encoder
        .encode(&pixels, 40, 20, image_webp::ColorType::Rgba8)
        .unwrap();
    let sealed = made(&file, &plain()).unwrap();
    assert_eq!((sealed.photo.width, sealed.photo.height), (20, 40));
    assert_eq!(sealed.original.media_type, MediaType::WebP);
    let shown = image::load_from_memory(&sealed.photo.bytes)
        .unwrap()
        .into_rgb8();
    // What lay on the left, and through which white shows, is at the top now.
    assert!(shown.get_pixel(10, 5).0.iter().all(|value| *value > 245));
    assert!(shown.get_pixel(10, 35).0.iter().all(|value| *value < 50));
    for end in 12..file.len() - 1 {
        assert_eq!(
            made(&file[..end], &plain()),
            Err(EvidenceError::Truncated),
            "{end}"
        );
    }
}

#[test]
fn what_would_take_too_much_memory_is_refused_before_it_is_taken() {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, 80);
    encoder.set_progressive(true);
    encoder
        .encode(&slope(640, 480), 640, 480, ColorType::Rgb)
        .unwrap();
    // The header alone claims what would need 800 megabytes between its scans.
    let at = file
        .windows(2)
        .position(|pair| pair == [0xff, 0xc2])
        .unwrap();
    file[at + 5..at + 9].copy_from_slice(&[0x3f, 0xff, 0x3f, 0xff]);
    let wide = Bounds {
        max_pixels: u64::MAX,
        ..Bounds::default()
    };
    let refused = made(
        &file,
        &Recipe {
            bounds: wide,
            ..plain()
        },
    );
    let refused = refused.map_or_else(|error| error, |_| panic!("sealed"));
    assert_eq!(refused.code(), "photo_too_much_memory");
    // Eight bits it has already.
    let words = refused.to_string();
    assert!(
        words.contains("baseline") && !words.contains("8 bits"),
        "{words}"
    );
}

/// EXIF with a date and, behind it, a GPS directory that leads out of the block.
fn half_damaged() -> Vec<u8> {
    let mut block = b"Exif\0\0MM\0*\0\0\0\x08\0\x03".to_vec();
    block.extend(b"\x01\x12\0\x03\0\0\0\x01\0\x03\0\0");
    block.extend(b"\x01\x32\0\x02\0\0\0\x14\0\0\0\x32");
    block.extend(b"\x88\x25\0\x04\0\0\0\x01\x7f\xff\xff\xff");
    block.extend(b"\0\0\0\0");
    block.extend(b"2026:03:02 08:15:30\0");
    block
}

#[test]
fn damaged_metadata_cost_the_damaged_value_and_never_the_picture() {
    let block = half_damaged();
    let photo = jpeg(60, 40, &[(1, &block)]);
    let found = read_metadata(&photo);
    assert_eq!(found.orientation.to_exif(), 3);
    assert_eq!(found.taken.unwrap().to_exif(), "2026:03:02 08:15:30");
    assert!(
        matches!(found.problems.as_slice(), [Problem::Damaged(_)]),
        "{found:?}"
    );
    assert!(made(&photo, &plain()).is_ok());
    for end in 6..block.len() {
        let cut = jpeg(60, 40, &[(1, &block[..end])]);
        assert!(made(&cut, &plain()).is_ok(), "cut at {end}");
    }
    let mut state = 7_u32;
    for _ in 0..400 {
        let mut mad = block.clone();
        for _ in 0..3 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let at = 6 + (state >> 8) as usize % (mad.len() - 6);
            mad[at] = (state >> 24) as u8;
        }
        read_metadata(&jpeg(8, 8, &[(1, &mad)]));
    }
}

#[test]
fn a_copy_that_was_not_filled_is_refused() {
    let whole = jpeg(1_200, 900, &[]);
    assert!(made(&whole, &plain()).is_ok());
    let mut half = whole;
    let end = half.len();
    half[end / 2..end - 2].fill(0);
    assert_eq!(made(&half, &plain()), Err(EvidenceError::Truncated));
}

#[test]
fn the_thumbnails_directory_says_nothing_about_the_picture() {
    let mut block = b"MM\0*\0\0\0\x08\0\0\0\0\0\x0e\0\x03".to_vec();
    block.extend(b"\x01\x0f\0\x02\0\0\0\x04SN4\0");
    block.extend(b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0");
    block.extend(b"\x01\x32\0\x02\0\0\0\x14\0\0\0\x38");
    block.extend(b"\0\0\0\0");
    block.extend(b"2026:03:02 08:15:30\0");
    let found = gewu_evidence::read_block(&block);
    assert_eq!(found, gewu_evidence::Metadata::default());
}

const FONT: &[u8] = include_bytes!("data/microhei-subset.ttf");

fn stamped(lines: &[&str], corner: Corner, size: (u16, u16)) -> image::RgbImage {
    let font = Font::new(FONT.to_vec()).unwrap();
    let stamp = Stamp {
        lines: lines.iter().map(|line| (*line).to_owned()).collect(),
        fonts: vec![&font],
        corner,
        opacity: 45,
    };
    let white = vec![255; usize::from(size.0) * usize::from(size.1) * 3];
    let mut file = Vec::new();
    Encoder::new(&mut file, 95)
        .encode(&white, size.0, size.1, ColorType::Rgb)
        .unwrap();
    let recipe = Recipe {
        stamp: Some(stamp),
        quality: 95,
        ..plain()
    };
    let sealed = made(&file, &recipe).unwrap();
    image::load_from_memory(&sealed.photo.bytes)
        .unwrap()
        .into_rgb8()
}

/// Pixels that the stamp changed, as left, top, right, bottom.
fn touched(picture: &image::RgbImage) -> Option<(u32, u32, u32, u32)> {
    let dark = |pixel: &image::Rgb<u8>| pixel.0[0] < 225;
    let changed: Vec<(u32, u32)> = picture
        .enumerate_pixels()
        .filter(|(_, _, pixel)| dark(pixel))
        .map(|(x, y, _)| (x, y))
        .collect();
    let (xs, ys) = (changed.iter().map(|at| at.0), changed.iter().map(|at| at.1));
    Some((xs.clone().min()?, ys.clone().min()?, xs.max()?, ys.max()?))
}

#[test]
fn a_stamp_keeps_to_its_corner_and_is_scaled_to_the_picture() {
    let lines = ["2026-03-02 08:15:30", "瑞祥路 井盖缺失", "王芳"];
    let (left, top, right, bottom) =
        touched(&stamped(&lines, Corner::BottomLeft, (1_600, 1_200))).unwrap();
    assert!(
        left < 40 && bottom > 1_160 && right < 800 && top > 1_000,
        "{left} {top} {right} {bottom}"
    );
    let (left, top, ..) = touched(&stamped(&lines, Corner::TopRight, (1_600, 1_200))).unwrap();
    assert!(left > 800 && top < 40);
    let (.., small, _) = touched(&stamped(&lines, Corner::TopLeft, (800, 600))).unwrap();
    let (.., large, _) = touched(&stamped(&lines, Corner::TopLeft, (1_600, 1_200))).unwrap();
    assert!(
        (1.8..2.2).contains(&(f64::from(large) / f64::from(small))),
        "{small} {large}"
    );
}

#[test]
fn a_stamp_is_crisp_and_different_words_look_different() {
    let one = stamped(&["井盖"], Corner::TopLeft, (1_600, 1_200));
    let other = stamped(&["路号"], Corner::TopLeft, (1_600, 1_200));
    assert_ne!(one, other);
    let area = touched(&one).unwrap();
    let inside = one
        .enumerate_pixels()
        .filter(|(x, y, _)| (area.0..=area.2).contains(x) && (area.1..=area.3).contains(y));
    let values: Vec<u8> = inside.map(|(_, _, pixel)| pixel.0[1]).collect();
    let bright = values.iter().filter(|value| **value > 240).count();
    let dark = values.iter().filter(|value| **value < 80).count();
    assert!(
        bright > values.len() / 20 && dark > values.len() / 100,
        "{bright} {dark}"
    );
}

#[test]
fn a_long_line_goes_on_below_and_a_strange_character_is_a_box() {
    let long = "瑞祥路".repeat(40);
    let (.., right, bottom) = touched(&stamped(&[&long], Corner::TopLeft, (400, 300))).unwrap();
    assert!(right < 400 && bottom > 45, "{right} {bottom}");
    let font = Font::new(FONT.to_vec()).unwrap();
    let stamp = Stamp {
        lines: vec!["路 龘路\u{7}".into()],
        fonts: vec![&font],
        corner: Corner::TopLeft,
        opacity: 0,
    };
    assert_eq!(stamp.missing(), ['\u{7}', '龘']);
    let without = stamped(&["路 "], Corner::TopLeft, (400, 300));
    assert_ne!(without, stamped(&["路 龘"], Corner::TopLeft, (400, 300)));
    // A picture too small for any text stays a picture.
    stamped(&["路", "路", "路"], Corner::BottomRight, (9, 7));
    assert_eq!(
        Font::new(b"no font".to_vec()).unwrap_err(),
        EvidenceError::Font
    );
}
