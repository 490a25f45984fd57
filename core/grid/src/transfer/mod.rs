//! The transfer form of a pack: smaller on the way, the same bytes on arrival.
//!
//! What a lookup reads where it lies has fixed widths and is stored ready to be used. On the way
//! that costs bytes for nothing, so [`pack`] leaves out what can be made again exactly (the rasters,
//! which borders each unit has), writes numbers as differences from their neighbours with like bytes
//! beside each other, and deflates the result. [`unpack`] gives back the file byte for byte; a pack
//! of which that is not true is deflated as it is.
//!
//! `docs/grid-pack.md` states the form.
//!
//! ```
//! use gewu_grid::file::{PackInput, write};
//! use gewu_grid::transfer::{pack, unpack};
//!
//! let file = write(&PackInput::default())?;
//! assert_eq!(unpack(&pack(&file)?, 1 << 20)?, file);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod columns;
mod error;
mod pieces;
mod sections;

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

pub use error::TransferError;

use crate::file::{PackFault, array, check_head, u32_at, u64_at};

/// The first seven bytes of a pack in transfer form; the version follows.
pub const MAGIC: [u8; 7] = *b"GEWUGTF";
/// The version that is written and read.
pub const VERSION: u8 = 1;

/// What headers call this form.
pub const ENCODING: &str = "gewugtf";

const WHOLE: u8 = 0;
const BY_SECTION: u8 = 1;
const HEAD_BYTES: usize = 21;
/// What section heads add to the bytes of the file, at most.
const MOST_ADDED: usize = 1_024;

/// The transfer form of a pack.
///
/// # Errors
/// [`PackFault`] when the head of `file` is not that of a whole pack.
pub fn pack(file: &[u8]) -> Result<Vec<u8>, PackFault> {
    check_head(file)?;
    if let Some(content) = sections::take_apart(file) {
        let packed = encode(file, BY_SECTION, &content);
        if unpack(&packed, file.len() as u64).is_ok_and(|again| again == file) {
            return Ok(packed);
        }
    }
    Ok(encode(file, WHOLE, file))
}

/// The pack in a transfer form. Needs memory for a few times the length of the file, and nothing
/// before that length is known to be at most `max_bytes`.
///
/// # Errors
/// [`TransferError`] when these are no such bytes, of a later version, damaged, or the file would be
/// larger than `max_bytes`.
pub fn unpack(bytes: &[u8], max_bytes: u64) -> Result<Vec<u8>, TransferError> {
    let head = Head::read(bytes)?;
    let length = usize::try_from(head.length)
        .ok()
        .filter(|_| head.length <= max_bytes)
        .ok_or(TransferError::TooLarge { max_bytes })?;
    let body = &bytes[HEAD_BYTES..];
    let file = match head.method {
        WHOLE => inflate(body, length),
        BY_SECTION => inflate(body, length.saturating_add(MOST_ADDED))
            .and_then(|content| sections::put_together(&content, length)),
        _ => None,
    };
    file.filter(|file| file.len() == length && crc32fast::hash(file) == head.crc)
        .ok_or(TransferError::Damaged)
}

/// What stands before the deflated bytes.
struct Head {
    method: u8,
    length: u64,
    crc: u32,
}

impl Head {
    fn read(bytes: &[u8]) -> Result<Self, TransferError> {
        if array(bytes, 0) != Some(MAGIC) {
            return Err(TransferError::NotATransfer);
        }
        let number = |at: usize| bytes.get(at).copied().ok_or(TransferError::Damaged);
        match number(7)? {
            VERSION => {}
            found => return Err(TransferError::Version { found }),
        }
        Ok(Self {
            method: number(8)?,
            length: u64_at(bytes, 9).ok_or(TransferError::Damaged)?,
            crc: u32_at(bytes, 17).ok_or(TransferError::Damaged)?,
        })
    }
}

fn encode(file: &[u8], method: u8, content: &[u8]) -> Vec<u8> {
    let mut head = MAGIC.to_vec();
    head.extend_from_slice(&[VERSION, method]);
    head.extend_from_slice(&(file.len() as u64).to_le_bytes());
    head.extend_from_slice(&crc32fast::hash(file).to_le_bytes());
    deflate(head, content)
}

fn deflate(head: Vec<u8>, content: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(head, Compression::best());
    // Writing into memory does not fail; were it to, unpacking would say so.
    let _ = encoder.write_all(content);
    encoder.finish().unwrap_or_default()
}

/// At most `most` bytes; `None` when there are more, or when bytes follow the end.
fn inflate(bytes: &[u8], most: usize) -> Option<Vec<u8>> {
    let mut decoder = DeflateDecoder::new(bytes);
    let mut out = Vec::new();
    let limit = (most as u64).saturating_add(1);
    decoder.by_ref().take(limit).read_to_end(&mut out).ok()?;
    (out.len() <= most && decoder.total_in() == bytes.len() as u64).then_some(out)
}
