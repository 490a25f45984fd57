//! What this program does when it is one of the processes that are measured.

use std::fs;

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use gewu_evidence::{Answer, Orientation, Pixels, Recipe, Watch, hash_bytes, seal};
use gewu_model::policy::PhotoPolicy;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType as Filter;
use image::{DynamicImage, ImageDecoder, ImageReader};

use crate::bench::BenchError;

/// The first argument of a child.
pub(super) const MARK: &str = "--evidence-child";

const EDGES: [u32; 2] = [1_600, 320];
const QUALITY: u8 = 80;

/// Does a child's work when the arguments say that this process is one.
///
/// # Errors
/// When a file or a picture fails.
pub fn run_as_child(args: &[String]) -> Option<Result<(), BenchError>> {
    let (mark, rest) = args.split_first()?;
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    (mark == MARK).then(|| match rest.as_slice() {
        ["photo", photo, reference] => make(photo, reference),
        ["seal", photo, large, small] => sealed(photo, large, small),
        ["image", photo, large, small] => by_image(photo, large, small),
        ["resize", half, large, small] => resize(half, large, small),
        ["hash", files @ ..] => hash(files),
        ["ssim", reference, file] => ssim(reference, file),
        _ => Err(BenchError::Missing("a child's task")),
    })
}

/// The photo, and what it should look like: decoded in full, turned, Lanczos.
fn make(photo: &str, reference: &str) -> Result<(), BenchError> {
    let file = super::photo::encode(&super::photo::draw())?;
    fs::write(photo, &file)?;
    let whole = image::load_from_memory(&file)?.rotate90();
    whole
        .resize(EDGES[0], EDGES[0], Filter::Lanczos3)
        .save(reference)?;
    Ok(())
}

fn sealed(photo: &str, large: &str, small: &str) -> Result<(), BenchError> {
    let recipe = Recipe {
        long_edge: EDGES[0],
        thumb_edge: EDGES[1],
        quality: QUALITY,
        ..Recipe::of(&PhotoPolicy::default())
    };
    let made = seal(
        &fs::read(photo)?,
        &recipe,
        &mut Watch::new(&mut |_| Answer::GoOn),
    )
    .map_err(|_| BenchError::Missing("a sealed photo"))?;
    fs::write(large, made.photo.bytes)?;
    fs::write(small, made.thumb.bytes)?;
    Ok(())
}

/// As one writes it first.
fn by_image(photo: &str, large: &str, small: &str) -> Result<(), BenchError> {
    let mut decoder = ImageReader::open(photo)?.into_decoder()?;
    let orientation = decoder.orientation()?;
    let mut picture = DynamicImage::from_decoder(decoder)?;
    picture.apply_orientation(orientation);
    for (edge, file) in EDGES.into_iter().zip([large, small]) {
        picture = picture.resize(edge, edge, Filter::Lanczos3);
        let mut bytes = Vec::new();
        JpegEncoder::new_with_quality(&mut bytes, QUALITY).encode_image(&picture)?;
        std::hint::black_box(hash_bytes(&bytes));
        fs::write(file, bytes)?;
    }
    std::hint::black_box(hash_bytes(&fs::read(photo)?));
    Ok(())
}

fn resize(half: &str, large: &str, small: &str) -> Result<(), BenchError> {
    let mut pixels = read_ppm(half)?;
    for (edge, file) in EDGES.into_iter().zip([large, small]) {
        let long = pixels.0.max(pixels.1);
        let size = (pixels.0 * edge / long, pixels.1 * edge / long);
        let shrunk = shrink(&pixels, size)?;
        pixels = (size.0, size.1, shrunk);
        let upright = Pixels::new(pixels.0, pixels.1, pixels.2.clone())
            .ok_or(BenchError::Missing("pixels"))?
            .upright(Orientation::QuarterTurn);
        let head = format!("P6\n{} {}\n255\n", upright.width(), upright.height());
        fs::write(file, [head.as_bytes(), upright.data()].concat())?;
    }
    Ok(())
}

/// A portable pixmap as djpeg writes it: three words, a number, one blank, the pixels.
fn read_ppm(file: &str) -> Result<(u32, u32, Vec<u8>), BenchError> {
    let bytes = fs::read(file)?;
    let missing = || BenchError::Missing("a pixmap");
    let mut words = bytes.splitn(5, u8::is_ascii_whitespace);
    let mut number = || {
        let word = std::str::from_utf8(words.next()?).ok()?;
        word.trim_start_matches('P').parse::<u32>().ok()
    };
    let head = (number(), number(), number(), number());
    let (Some(6), Some(width), Some(height), Some(255)) = head else {
        return Err(missing());
    };
    let pixels = words.next().ok_or_else(missing)?.to_vec();
    Ok((width, height, pixels))
}

fn shrink(
    (width, height, data): &(u32, u32, Vec<u8>),
    size: (u32, u32),
) -> Result<Vec<u8>, BenchError> {
    let failed = |_| BenchError::Missing("a resized picture");
    let source = ImageRef::new(*width, *height, data, PixelType::U8x3).map_err(failed)?;
    let mut target = Image::new(size.0, size.1, PixelType::U8x3);
    let lanczos = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3));
    Resizer::new()
        .resize(&source, &mut target, &lanczos)
        .map_err(|_| BenchError::Missing("a resized picture"))?;
    Ok(target.into_vec())
}

fn hash(files: &[&str]) -> Result<(), BenchError> {
    for file in files {
        std::hint::black_box(hash_bytes(&fs::read(file)?));
    }
    Ok(())
}

/// Prints how alike two pictures are, from 0 to 1.
fn ssim(reference: &str, file: &str) -> Result<(), BenchError> {
    let (wanted, given) = (
        image::open(reference)?.into_luma8(),
        image::open(file)?.into_luma8(),
    );
    let found = image_compare::gray_similarity_structure(
        &image_compare::Algorithm::MSSIMSimple,
        &wanted,
        &given,
    );
    let score = found
        .map_err(|_| BenchError::Missing("pictures of one size"))?
        .score;
    println!("{score}");
    Ok(())
}
