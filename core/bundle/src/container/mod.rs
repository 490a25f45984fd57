//! A ZIP archive in one canonical form (PKWARE APPNOTE 6.3.10, without ZIP64).
//!
//! Every member is stored, not compressed; names are UTF-8; dates, versions and attributes are
//! constants; no extra fields, no comments, no gaps; the directory lists the members in their order.
//! So the bytes follow from names and contents alone. The reader demands exactly these bytes: it
//! knows what each header must be and writes the directory anew to compare it, so a change anywhere
//! is found, also where other tools look away.
//!
//! Reading needs no seeking and keeps nothing but the directory, which [`MAX_MEMBERS`] bounds.

mod header;
mod read;
mod write;

pub use read::{ContainerFault, Entry, Reader};
pub use write::{Writer, WriterError};

/// The most members of a container.
pub const MAX_MEMBERS: usize = 65_535;

/// The longest name of a member in bytes.
pub const MAX_NAME_BYTES: usize = 128;

/// The most bytes of a container: offsets have 32 bits.
pub const MAX_BYTES: u64 = u32::MAX as u64;
