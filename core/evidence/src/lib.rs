//! A photo in; a small, upright, private and provable one out, with its thumbnail and its hash.
//!
//! [`seal`] is the pipeline. It goes from cheap to dear, and a later step sees only what the earlier
//! ones let through:
//!
//! 1. size: not empty, not above [`Bounds::max_bytes`];
//! 2. type by content, never by file name ([`sniff`]);
//! 3. wholeness: the markers of a JPEG, the chunks of a PNG, the length of a WebP are walked to their
//!    end, because decoders fill the missing part of a cut-off picture with grey and call it a success;
//! 4. dimensions from the header against [`Bounds::max_pixels`], and what decoding would take against
//!    [`Bounds::max_decoded_bytes`], before a pixel is decoded;
//! 5. decode, resize, turn upright, stamp, encode, thumbnail, hash.
//!
//! [`inspect`] runs the first four and a full decode, and describes the file as it is.
//! [`read_metadata`] reads what the camera wrote, as far as it can be read. [`carry`] bounds films
//! and sounds, which are sealed as they came.
//!
//! Every refusal is an [`EvidenceError`] that says what to do. The crate uses the processor only: no
//! files, no clock, no randomness. Long work tells a [`Watch`] how far it is and stops when asked.
//!
//! Walking to the end finds a file that was cut or whose tail is zeros; counting the blocks of a JPEG
//! finds one that was cut and closed again. Damage in the middle of a JPEG's compressed data often
//! decodes to a disturbed picture and is not found; the hash keeps it from being exchanged later.

mod boxes;
mod carry;
mod coverage;
mod decode;
mod described;
mod encode;
mod entropy;
mod error;
mod exif;
mod film;
mod frame;
mod guard;
mod hash;
mod inspect;
mod pipeline;
mod pixels;
mod private;
mod resize;
mod samples;
mod scan;
mod sniff;
mod stamp;
mod thumbnail;
mod watch;
mod whole;

pub use carry::{Carried, CarryBounds, carry, is_carried, too_large};
pub use error::{Costs, EvidenceError};
pub use exif::{
    Captured, GpsPosition, MapDatum, Metadata, Problem, Taken, Written, read_block, read_metadata,
};
pub use hash::{hash_bytes, hash_reader};
pub use inspect::{Bounds, Inspected, inspect};
pub use pipeline::{Made, Recipe, Sealed, seal};
pub use pixels::{Orientation, Pixels};
pub use sniff::{FileType, sniff};
pub use stamp::{Font, Stamp, place_words};
pub use thumbnail::{THUMBNAIL_EDGE, thumbnail};
pub use watch::{Answer, Progress, Stage, Watch};
