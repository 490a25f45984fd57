//! Small pictures for lists.

use crate::decode::{Wanted, accepted, decode};
use crate::encode::{Extras, jpeg};
use crate::error::EvidenceError;
use crate::exif::metadata_of;
use crate::inspect::Bounds;
use crate::resize::fit_upright;
use crate::watch::unwatched;

/// Long edge of a list thumbnail in pixels.
pub const THUMBNAIL_EDGE: u32 = 320;

const QUALITY: u8 = 80;

/// A JPEG of at most `long_edge` pixels on its long side, upright, without any metadata.
///
/// A smaller picture keeps its size. The same bytes and edge give the same thumbnail.
///
/// # Errors
/// Those of [`crate::inspect`]: what is no evidence has no thumbnail.
pub fn thumbnail(bytes: &[u8], long_edge: u32, bounds: &Bounds) -> Result<Vec<u8>, EvidenceError> {
    let kind = accepted(bytes, bounds)?;
    let edge = long_edge.max(1);
    let decoded = unwatched(|watch| decode(kind, bytes, Wanted::LongEdge(edge), bounds, watch))?;
    let orientation = metadata_of(kind, bytes).orientation;
    let small = fit_upright(decoded, edge, orientation)?;
    jpeg(&small, QUALITY, Extras::default())
}
