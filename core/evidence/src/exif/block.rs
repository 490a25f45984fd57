//! Where EXIF and colour profiles lie in each container.

use std::borrow::Cow;
use std::io::Cursor;

use crate::frame::segments;
use crate::sniff::FileType;
use gewu_model::small::Arrange as _;

/// The TIFF structure of a picture file.
pub(crate) fn exif_block(kind: FileType, bytes: &[u8]) -> Option<Cow<'_, [u8]>> {
    match kind {
        FileType::Jpeg => in_jpeg(bytes).map(Cow::Borrowed),
        FileType::Png => in_png(bytes),
        FileType::WebP => in_webp(bytes).map(Cow::Borrowed),
        _ => None,
    }
}

/// The first segment that holds a TIFF header; some files have several, of which the later ones
/// are an editor's copies.
fn in_jpeg(bytes: &[u8]) -> Option<&[u8]> {
    let mut blocks = segments(bytes)
        .filter(|(marker, _)| *marker == 0xe1)
        .filter_map(|(_, body)| body.strip_prefix(b"Exif\0")?.get(1..));
    let first = blocks.next()?;
    if is_tiff(first) {
        return Some(first);
    }
    blocks.find(|block| is_tiff(block)).or(Some(first))
}

fn is_tiff(block: &[u8]) -> bool {
    block.starts_with(b"II*\0") || block.starts_with(b"MM\0*")
}

/// The chunk `eXIf`, wherever it stands, or what ImageMagick wrote before there was one.
fn in_png(bytes: &[u8]) -> Option<Cow<'_, [u8]>> {
    if let Some(chunk) =
        png_chunks(bytes).find_map(|(kind, body)| (kind == *b"eXIf").then_some(body))
    {
        return Some(Cow::Borrowed(
            chunk.strip_prefix(b"Exif\0\0").unwrap_or(chunk),
        ));
    }
    let profile = raw_profile(bytes)?;
    let start = profile.strip_prefix(b"Exif\0\0").unwrap_or(&profile);
    Some(Cow::Owned(start.to_vec()))
}

fn png_chunks(bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    let mut rest = bytes.get(8..).unwrap_or_default();
    std::iter::from_fn(move || {
        let length = u32::from_be_bytes(*rest.first_chunk()?) as usize;
        let kind = *rest.get(4..)?.first_chunk()?;
        let body = rest.get(8..length.checked_add(8)?)?;
        rest = rest.get(length.checked_add(12)?..).unwrap_or_default();
        Some((kind, body))
    })
}

/// Most bytes that a compressed text may become.
const MAX_TEXT: usize = 1 << 20;

/// `Raw profile type exif` (or APP1): a name, a length in decimal, then hexadecimal digits.
fn raw_profile(bytes: &[u8]) -> Option<Vec<u8>> {
    const NAMES: [&str; 2] = ["Raw profile type exif", "Raw profile type APP1"];
    let limits = png::Limits { bytes: 64 << 20 };
    let reader = png::Decoder::new_with_limits(Cursor::new(bytes), limits)
        .read_info()
        .ok()?;
    let info = reader.info();
    let plain = info
        .uncompressed_latin1_text
        .iter()
        .find(|text| NAMES.contains(&text.keyword.as_str()))
        .map(|text| text.text.clone());
    let text = plain.or_else(|| {
        let mut packed = info
            .compressed_latin1_text
            .iter()
            .find(|text| NAMES.contains(&text.keyword.as_str()))?
            .clone();
        packed.decompress_text_with_limit(MAX_TEXT).ok()?;
        packed.get_text().ok()
    })?;
    let mut lines = text.trim_start().lines().skip(2);
    let digits: Vec<u32> = lines
        .by_ref()
        .flat_map(str::chars)
        .filter_map(|c| c.to_digit(16))
        .collect();
    Some(
        digits
            .as_chunks()
            .0
            .iter()
            .map(|[high, low]| (high << 4 | low) as u8)
            .collect(),
    )
}

fn in_webp(bytes: &[u8]) -> Option<&[u8]> {
    let body = webp_chunk(bytes, b"EXIF")?;
    Some(body.strip_prefix(b"Exif\0\0").unwrap_or(body))
}

fn webp_chunk<'a>(bytes: &'a [u8], wanted: &[u8; 4]) -> Option<&'a [u8]> {
    let mut rest = bytes.get(12..)?;
    loop {
        let kind: [u8; 4] = *rest.first_chunk()?;
        let length = u32::from_le_bytes(*rest.get(4..)?.first_chunk()?) as usize;
        let body = rest.get(8..length.checked_add(8)?)?;
        if kind == *wanted {
            return Some(body);
        }
        rest = rest.get((length + (length & 1)).checked_add(8)?..)?;
    }
}

/// Largest profile that is taken over: what a camera needs, not what a press needs.
const MAX_PROFILE: usize = 64 << 10;

/// The colour profile of a JPEG, if it describes RGB: everything else was converted.
pub(crate) fn icc_profile(kind: FileType, bytes: &[u8]) -> Option<Vec<u8>> {
    if kind != FileType::Jpeg {
        return None;
    }
    let mut parts: Vec<(u8, &[u8])> = segments(bytes)
        .filter(|(marker, _)| *marker == 0xe2)
        .filter_map(|(_, body)| match body.strip_prefix(b"ICC_PROFILE\0")? {
            [number, _, rest @ ..] => Some((*number, rest)),
            _ => None,
        })
        .collect();
    parts.arrange_by_key(|(number, _)| *number);
    let profile: Vec<u8> = parts.iter().flat_map(|(_, part)| *part).copied().collect();
    let is_rgb = profile.get(16..20) == Some(b"RGB ");
    (is_rgb && profile.len() <= MAX_PROFILE).then_some(profile)
}
