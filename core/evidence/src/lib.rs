//! A photo in, facts about it out: what it is, how large, whether it is whole, and its hash.
//!
//! [`inspect`] is the gate that every picture passes before a report may name it. It goes from
//! cheap to dear, and a later step sees only what the earlier ones let through:
//!
//! 1. size: not empty, not above [`Bounds::max_bytes`];
//! 2. type by content, never by file name ([`sniff`]);
//! 3. wholeness: the markers of a JPEG and the chunks of a PNG are walked to their end, because
//!    decoders fill the missing part of a cut-off picture with grey and call it a success;
//! 4. dimensions from the header against [`Bounds::max_pixels`], before a pixel is decoded;
//! 5. a real decode within [`Bounds::max_decoded_bytes`].
//!
//! A picture that has passed can be shown to whoever has to judge it. Every refusal is an
//! [`EvidenceError`] that says what to do. The crate uses the processor only: no files, no clock.
//!
//! Walking to the end finds a file that was cut or whose tail is zeros. Damage in the middle of a
//! JPEG's compressed data often decodes to a disturbed picture and is not found; the hash keeps
//! it from being exchanged later.

mod error;
mod hash;
mod inspect;
mod picture;
mod sniff;
mod thumbnail;
mod whole;

pub use error::EvidenceError;
pub use hash::{hash_bytes, hash_reader};
pub use inspect::{Bounds, Inspected, inspect};
pub use sniff::{FileType, sniff};
pub use thumbnail::{THUMBNAIL_EDGE, thumbnail};
