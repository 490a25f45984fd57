//! Every picture beside libvips's own: upright, at the same size, mean difference at most 3 of 255.

use std::fs;

use gewu_evidence::{Answer, Recipe, Sealed, Watch, inspect, seal};
use gewu_model::policy::PhotoPolicy;
use jpeg_encoder::{ColorType, SamplingFactor};

use super::draw::{Jpeg, PLAIN, Png, RGB8, jpeg, png};
use super::{is_here, run};

const EDGE: u32 = 320;

fn sealed(bytes: &[u8], edge: u32) -> Sealed {
    let recipe = Recipe {
        long_edge: edge,
        quality: 95,
        ..Recipe::of(&PhotoPolicy::default())
    };
    seal(bytes, &recipe, &mut Watch::new(&mut |_| Answer::GoOn)).unwrap()
}

type Case = (String, Vec<u8>);

fn turned() -> Vec<Case> {
    let turned = (1..=8).flat_map(|orientation| {
        let as_jpeg = jpeg(
            401,
            233,
            &Jpeg {
                orientation,
                ..PLAIN
            },
        );
        let as_png = png(
            233,
            301,
            &Png {
                orientation,
                ..RGB8
            },
        );
        [
            (format!("turn{orientation}.jpg"), as_jpeg),
            (format!("turn{orientation}.png"), as_png),
        ]
    });
    turned.collect()
}

fn jpegs() -> Vec<Case> {
    let mut all = Vec::new();
    let mut add = |name: &str, bytes| all.push((format!("{name}.jpg"), bytes));
    let sampled = |sampling| Jpeg { sampling, ..PLAIN };
    add("s444", jpeg(333, 211, &sampled(SamplingFactor::F_1_1)));
    add("s422", jpeg(333, 211, &sampled(SamplingFactor::F_2_1)));
    add("s440", jpeg(333, 211, &sampled(SamplingFactor::F_1_2)));
    add("s411", jpeg(333, 211, &sampled(SamplingFactor::F_4_1)));
    let progressive = || Jpeg {
        progressive: true,
        ..PLAIN
    };
    add("progressive", jpeg(300, 200, &progressive()));
    add("progressive-half", jpeg(900, 700, &progressive()));
    add(
        "restarts",
        jpeg(
            700,
            300,
            &Jpeg {
                restart: 3,
                ..PLAIN
            },
        ),
    );
    let grey = || Jpeg {
        colour: ColorType::Luma,
        sampling: SamplingFactor::F_1_1,
        ..PLAIN
    };
    add("grey", jpeg(250, 130, &grey()));
    add("grey-quarter", jpeg(1_500, 800, &grey()));
    add(
        "grey-progressive",
        jpeg(
            700,
            80,
            &Jpeg {
                progressive: true,
                ..grey()
            },
        ),
    );
    for (name, width, height) in [
        ("half", 801, 601),
        ("quarter", 1_601, 900),
        ("eighth", 2_777, 1_999),
        ("narrow", 1, 77),
        ("flat", 511, 1),
        ("dot", 1, 1),
        ("odd", 17, 31),
        ("long", 1_283, 90),
        ("just", 640, 480),
    ] {
        add(name, jpeg(width, height, &PLAIN));
    }
    all
}

fn pngs() -> Vec<Case> {
    use png::BitDepth::{Eight, Four, One, Sixteen, Two};
    use png::ColorType::{Grayscale, GrayscaleAlpha, Indexed, Rgb, Rgba};
    let kinds = [
        (Rgb, Eight, 400, 333),
        (Rgb, Sixteen, 222, 333),
        (Rgba, Eight, 301, 200),
        (Rgba, Sixteen, 200, 150),
        (Grayscale, One, 203, 101),
        (Grayscale, Two, 203, 101),
        (Grayscale, Four, 203, 101),
        (Grayscale, Eight, 500, 101),
        (Grayscale, Sixteen, 203, 101),
        (GrayscaleAlpha, Eight, 203, 101),
        (GrayscaleAlpha, Sixteen, 203, 101),
        (Indexed, One, 203, 101),
        (Indexed, Two, 203, 101),
        (Indexed, Four, 203, 101),
        (Indexed, Eight, 203, 101),
        (Rgb, Eight, 1, 90),
        (Rgb, Eight, 90, 1),
    ];
    let mut all: Vec<Case> = Vec::new();
    for (colour, depth, width, height) in kinds {
        let kind = Png {
            colour,
            depth,
            ..RGB8
        };
        let name = format!("{colour:?}-{depth:?}-{width}.png");
        all.push((name, png(width, height, &kind)));
    }
    let see_through = Png {
        colour: Indexed,
        depth: Four,
        transparent: true,
        ..RGB8
    };
    all.push(("see-through.png".into(), png(99, 88, &see_through)));
    all
}

fn difference(ours: &[u8], theirs: &[u8]) -> f64 {
    assert_eq!(ours.len(), theirs.len());
    let sum: u64 = ours
        .iter()
        .zip(theirs)
        .map(|(a, b)| u64::from(a.abs_diff(*b)))
        .sum();
    sum as f64 / ours.len() as f64
}

/// Their picture over white.
fn flattened(picture: &image::DynamicImage) -> image::RgbImage {
    let rgba = picture.to_rgba8();
    image::RgbImage::from_fn(rgba.width(), rgba.height(), |x, y| {
        let [r, g, b, alpha] = rgba.get_pixel(x, y).0.map(u32::from);
        image::Rgb([r, g, b].map(|value| ((value * alpha + 255 * (255 - alpha)) / 255) as u8))
    })
}

#[test]
fn every_kind_of_picture_looks_as_libvips_shows_it() {
    if !is_here("vipsthumbnail", "--vips-version") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let cases: Vec<Case> = [turned(), jpegs(), pngs()].concat();
    assert!(cases.len() >= 50);
    for (name, bytes) in cases {
        fs::write(folder.path().join(&name), &bytes).unwrap();
        let ours = sealed(&bytes, EDGE).photo;
        let (width, height) = (ours.width, ours.height);
        // The exact size: vips and we may round the short edge differently by half a pixel.
        let size = format!("{width}x{height}!");
        run(
            "vipsthumbnail",
            &[&name, "-s", &size, "-o", "ref.png"],
            folder.path(),
        );
        let theirs = flattened(&image::open(folder.path().join("ref.png")).unwrap());
        let shown = image::load_from_memory(&ours.bytes).unwrap().into_rgb8();
        let mean = difference(shown.as_raw(), theirs.as_raw());
        assert!(mean <= 3.0, "{name}: {mean:.2} at {width} by {height}");
    }
}

/// libvips converts inks to colours by a press's profile, we by their definition. So its inks are
/// compared, and its idea of which are written inverted.
#[test]
fn inks_are_read_as_libvips_reads_them() {
    if !is_here("vips", "--version") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for colour in [ColorType::Cmyk, ColorType::CmykAsYcck] {
        for (name, marked) in [("marked.jpg", true), ("plain.jpg", false)] {
            if !marked && colour == ColorType::CmykAsYcck {
                // Without the marker nothing says that these are not inks.
                continue;
            }
            let kind = Jpeg {
                colour,
                sampling: SamplingFactor::F_1_1,
                ..PLAIN
            };
            let mut bytes = jpeg(120, 77, &kind);
            if !marked {
                bytes = without_adobe(&bytes);
            }
            fs::write(folder.path().join(name), &bytes).unwrap();
            run("vips", &["rawsave", name, "inks.raw"], folder.path());
            let inks = fs::read(folder.path().join("inks.raw")).unwrap();
            let theirs: Vec<u8> = inks
                .as_chunks()
                .0
                .iter()
                .flat_map(|[c, m, y, k]: &[u8; 4]| [c, m, y].map(|ink| under(*ink, *k)))
                .collect();
            let ours = image::load_from_memory(&sealed(&bytes, EDGE).photo.bytes).unwrap();
            let mean = difference(ours.into_rgb8().as_raw(), &theirs);
            assert!(mean <= 3.0, "{colour:?} {name}: {mean:.2}");
        }
    }
}

const fn under(ink: u8, black: u8) -> u8 {
    ((255 - ink as u32) * (255 - black as u32) / 255) as u8
}

fn without_adobe(jpeg: &[u8]) -> Vec<u8> {
    let at = jpeg
        .windows(4)
        .position(|four| four[..2] == [0xff, 0xee])
        .unwrap();
    let length = usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
    [&jpeg[..at], &jpeg[at + 2 + length..]].concat()
}

#[test]
fn what_goes_in_is_described_as_it_is_stored() {
    for (name, bytes) in turned() {
        let found = inspect(&bytes, &gewu_evidence::Bounds::default()).unwrap();
        assert!(found.width.max(found.height) > 230, "{name}");
        let made = sealed(&bytes, 4_000);
        let orientation = gewu_evidence::read_metadata(&bytes).orientation;
        let stored = (found.width, found.height);
        let swapped = if orientation.swaps() {
            (stored.1, stored.0)
        } else {
            stored
        };
        assert_eq!((made.photo.width, made.photo.height), swapped, "{name}");
    }
}
