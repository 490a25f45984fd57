//! From a camera's file to the file that is sealed.
//!
//! ```text
//! check  size, type, wholeness, pixels    nothing is decoded
//! decode at a half, quarter or eighth     where the wanted size allows it
//! resize to the long edge, then turn      never enlarged; turning the small picture is cheaper
//! stamp  encode  thumbnail  hash
//! ```

use gewu_model::ids::Digest;
use gewu_model::media::MediaType;
use gewu_model::policy::PhotoPolicy;

use crate::decode::{Wanted, accepted, decode};
use crate::encode::{Extras, jpeg};
use crate::error::EvidenceError;
use crate::exif::{Metadata, Written, icc_profile, metadata_of};
use crate::hash::hash_bytes;
use crate::inspect::{Bounds, Inspected};
use crate::pixels::Pixels;
use crate::resize::{fit, fit_upright};
use crate::stamp::Stamp;
use crate::watch::{Stage, Watch};

/// What is to be made of a picture.
#[derive(Debug, Clone)]
pub struct Recipe<'a> {
    /// Long edge of the picture in pixels.
    pub long_edge: u32,
    /// JPEG quality of picture and thumbnail, 1 to 100.
    pub quality: u8,
    /// Long edge of the thumbnail in pixels.
    pub thumb_edge: u32,
    /// What the original may cost.
    pub bounds: Bounds,
    /// What is drawn onto it.
    pub stamp: Option<Stamp<'a>>,
    /// What others may read in the file.
    pub written: Written,
    /// Whether a colour profile is taken over. It may name the device's maker.
    pub keep_profile: bool,
}

impl Recipe<'_> {
    /// What the policy says, without stamp and without any metadata.
    pub fn of(policy: &PhotoPolicy) -> Self {
        Self {
            long_edge: policy.long_edge,
            quality: policy.quality,
            thumb_edge: policy.thumb_edge,
            bounds: Bounds {
                max_bytes: policy.max_bytes,
                max_pixels: policy.max_pixels,
                ..Bounds::default()
            },
            stamp: None,
            written: Written::default(),
            keep_profile: false,
        }
    }
}

/// A JPEG that was made here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// The file.
    pub bytes: Vec<u8>,
    /// Its SHA-256.
    pub sha256: Digest,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl Made {
    fn new(pixels: &Pixels, bytes: Vec<u8>) -> Self {
        Self {
            sha256: hash_bytes(&bytes),
            bytes,
            width: pixels.width(),
            height: pixels.height(),
        }
    }
}

/// What the pipeline gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Sealed {
    /// The picture.
    pub photo: Made,
    /// Its thumbnail, without any metadata.
    pub thumb: Made,
    /// The file that came in.
    pub original: Inspected,
}

/// Makes the picture and its thumbnail. The same file and recipe give the same bytes.
///
/// # Errors
/// [`EvidenceError`] says what is wrong with the picture and what to do about it, or that the
/// watcher asked to stop.
pub fn seal(
    bytes: &[u8],
    recipe: &Recipe<'_>,
    watch: &mut Watch<'_>,
) -> Result<Sealed, EvidenceError> {
    watch.enter(Stage::Check)?;
    let kind = accepted(bytes, &recipe.bounds)?;
    let media_type = kind.as_media().unwrap_or(MediaType::Jpeg);
    let Metadata { orientation, .. } = metadata_of(kind, bytes);
    watch.enter(Stage::Decode)?;
    let wanted = Wanted::LongEdge(recipe.long_edge);
    let decoded = decode(kind, bytes, wanted, &recipe.bounds, watch)?;
    let (width, height) = (decoded.width, decoded.height);
    watch.enter(Stage::Resize)?;
    let mut pixels = fit_upright(decoded, recipe.long_edge, orientation)?;
    if let Some(stamp) = &recipe.stamp {
        watch.enter(Stage::Stamp)?;
        stamp.draw(&mut pixels);
    }
    watch.enter(Stage::Encode)?;
    let profile = recipe
        .keep_profile
        .then(|| icc_profile(kind, bytes))
        .flatten();
    let exif = recipe.written.to_tiff()?;
    let extras = Extras {
        exif: exif.as_deref(),
        icc: profile.as_deref(),
    };
    let photo = jpeg(&pixels, recipe.quality, extras)?;
    watch.enter(Stage::Thumbnail)?;
    let photo = Made::new(&pixels, photo);
    let small = fit(pixels, recipe.thumb_edge)?;
    let thumb = Made::new(&small, jpeg(&small, recipe.quality, Extras::default())?);
    watch.enter(Stage::Hash)?;
    let original = Inspected {
        media_type,
        bytes: bytes.len() as u64,
        width,
        height,
        sha256: hash_bytes(bytes),
    };
    watch.enter(Stage::Done)?;
    Ok(Sealed {
        photo,
        thumb,
        original,
    })
}
