//! The one place that decodes, and so the one place that bounds decoding.

use std::io::Cursor;

use gewu_model::media::MediaType;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};

use crate::error::EvidenceError;
use crate::inspect::Bounds;
use crate::sniff::{FileType, sniff};
use crate::whole::is_whole;

/// A decoded picture, as stored: its orientation tag is not applied.
pub(crate) struct Picture {
    pub(crate) media_type: MediaType,
    pub(crate) pixels: DynamicImage,
    pub(crate) orientation: image::metadata::Orientation,
}

/// Every check of [`crate::inspect`], in its order.
pub(crate) fn decode(bytes: &[u8], bounds: &Bounds) -> Result<Picture, EvidenceError> {
    let media_type = accepted_type(bytes, bounds)?;
    if !is_whole(media_type, bytes) {
        return Err(EvidenceError::Truncated);
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format_of(media_type));
    reader.limits(limits(bounds));
    let mut decoder = reader
        .into_decoder()
        .map_err(|error| refusal(&error, bounds))?;
    check_dimensions(&decoder, bounds)?;
    let orientation = decoder
        .orientation()
        .map_err(|error| refusal(&error, bounds))?;
    let pixels = DynamicImage::from_decoder(decoder).map_err(|error| refusal(&error, bounds))?;
    Ok(Picture {
        media_type,
        pixels,
        orientation,
    })
}

fn accepted_type(bytes: &[u8], bounds: &Bounds) -> Result<MediaType, EvidenceError> {
    let size = bytes.len() as u64;
    if size == 0 {
        return Err(EvidenceError::Empty);
    }
    if size > bounds.max_bytes {
        return Err(EvidenceError::TooLarge {
            bytes: size,
            limit: bounds.max_bytes,
        });
    }
    let found = sniff(bytes);
    found.as_media().ok_or(match found {
        FileType::Heic | FileType::Avif => EvidenceError::ConvertFirst(found),
        FileType::Unknown => EvidenceError::NotAPicture,
        _ => EvidenceError::Unsupported(found),
    })
}

fn check_dimensions(decoder: &impl ImageDecoder, bounds: &Bounds) -> Result<(), EvidenceError> {
    let (width, height) = decoder.dimensions();
    let limit = bounds.max_pixels;
    match u64::from(width) * u64::from(height) {
        0 => Err(EvidenceError::Undecodable {
            reason: "it has no pixels".to_owned(),
        }),
        pixels if pixels > limit => Err(EvidenceError::TooManyPixels {
            width,
            height,
            limit,
        }),
        _ if decoder.total_bytes() > bounds.max_decoded_bytes => {
            Err(EvidenceError::TooMuchMemory {
                limit: bounds.max_decoded_bytes,
            })
        }
        _ => Ok(()),
    }
}

fn limits(bounds: &Bounds) -> Limits {
    let mut limits = Limits::default();
    limits.max_alloc = Some(bounds.max_decoded_bytes);
    limits
}

const fn format_of(media_type: MediaType) -> ImageFormat {
    match media_type {
        MediaType::Jpeg => ImageFormat::Jpeg,
        MediaType::Png => ImageFormat::Png,
    }
}

fn refusal(error: &ImageError, bounds: &Bounds) -> EvidenceError {
    match error {
        ImageError::Limits(_) => EvidenceError::TooMuchMemory {
            limit: bounds.max_decoded_bytes,
        },
        other => EvidenceError::Undecodable {
            reason: other.to_string(),
        },
    }
}
