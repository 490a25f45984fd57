//! Bodies of exchanges in zstd (RFC 8878).
//!
//! A device says in `accept` that it reads [`PACKED_TYPE`]; a server that does answers in
//! `accept-post` that it does too. Whoever says nothing goes on in plain CBOR. The type is our own and
//! no content coding of HTTP: a platform's network stack must neither unpack it nor add it, for the
//! signature covers the body as it travels.
//!
//! What comes is bounded before anything is reserved for it: by the frame's own window, and by
//! the bytes that come out.

use std::io::Read;

use ruzstd::decoding::StreamingDecoder;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

/// The media type of a packed exchange.
pub const PACKED_TYPE: &str = "application/cbor+zstd";

/// The header in which a server says what bodies it takes.
pub const ACCEPT_POST_HEADER: &str = "accept-post";

/// A smaller body is sent as it is, in bytes.
pub const WORTH_PACKING: usize = 512;

/// What a decoder may always keep, in bytes: a packer's window is no smaller for a small body.
const MODEST_WINDOW: u64 = 1 << 20;

/// What a frame begins with.
const MAGIC: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];

/// Why a packed body is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnpackError {
    /// It is not one whole frame.
    #[error("the packed body is damaged")]
    Damaged,
    /// It holds more than the reader takes.
    #[error("the packed body holds more than is taken")]
    TooLarge,
}

/// Whether a header names the packed form, alone or in a list.
pub fn names_packed(header: Option<&str>) -> bool {
    let named = |part: &str| part.split(';').next().map(str::trim) == Some(PACKED_TYPE);
    header.is_some_and(|list| list.split(',').any(named))
}

/// The packed form as a device makes it: quick, in little memory. `None` where that saves nothing.
pub fn pack(bytes: &[u8]) -> Option<Vec<u8>> {
    if bytes.len() < WORTH_PACKING {
        return None;
    }
    saves(compress_to_vec(bytes, CompressionLevel::Fastest), bytes)
}

/// The packed form, if it is smaller.
pub fn saves(packed: Vec<u8>, bytes: &[u8]) -> Option<Vec<u8>> {
    (packed.len() < bytes.len()).then_some(packed)
}

/// What a packed body holds, up to `limit` bytes.
///
/// # Errors
/// [`UnpackError`].
pub fn unpack(bytes: &[u8], limit: usize) -> Result<Vec<u8>, UnpackError> {
    let window = window(bytes).ok_or(UnpackError::Damaged)?;
    if window > MODEST_WINDOW.max(limit as u64) {
        return Err(UnpackError::TooLarge);
    }
    let mut rest = bytes;
    let decoder = StreamingDecoder::new(&mut rest).map_err(|_| UnpackError::Damaged)?;
    let mut out = Vec::new();
    let read = decoder.take(limit as u64 + 1).read_to_end(&mut out);
    read.map_err(|_| UnpackError::Damaged)?;
    match out.len() {
        length if length > limit => Err(UnpackError::TooLarge),
        _ if !rest.is_empty() => Err(UnpackError::Damaged),
        _ => Ok(out),
    }
}

/// How much a decoder has to keep for the first frame, by its header (RFC 8878, 3.1.1.1).
fn window(bytes: &[u8]) -> Option<u64> {
    let rest = bytes.strip_prefix(&MAGIC)?;
    let (descriptor, rest) = rest.split_first()?;
    if descriptor & 0x20 == 0 {
        let window = rest.first()?;
        let base = 1u64 << (10 + (window >> 3));
        return Some(base + base / 8 * u64::from(window & 7));
    }
    // One segment: the window is the content, whose size comes after the dictionary's name.
    let rest = rest.get([0, 1, 2, 4][usize::from(descriptor & 3)]..)?;
    let size = |length: usize| {
        let mut number = [0; 8];
        number[..length].copy_from_slice(rest.get(..length)?);
        Some(u64::from_le_bytes(number))
    };
    match descriptor >> 6 {
        0 => size(1),
        1 => Some(size(2)? + 256),
        2 => size(4),
        _ => size(8),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: usize) -> Vec<u8> {
        (0..bytes).map(|at| (at * at / 7 % 61) as u8).collect()
    }

    #[test]
    fn what_is_packed_is_unpacked_and_smaller() {
        for bytes in [WORTH_PACKING, 5_000, 300_000] {
            let text = text(bytes);
            let packed = pack(&text).expect("it repeats");
            assert!(packed.len() < text.len());
            assert_eq!(unpack(&packed, bytes).as_ref(), Ok(&text));
            assert_eq!(unpack(&packed, bytes - 1), Err(UnpackError::TooLarge));
        }
    }

    #[test]
    fn what_saves_nothing_stays_plain() {
        assert_eq!(pack(&text(WORTH_PACKING - 1)), None);
        let mut noise = Vec::new();
        let mut state = 1u64;
        while noise.len() < 2_000 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            noise.push((state >> 33) as u8);
        }
        assert_eq!(pack(&noise), None);
    }

    /// Frames of run-length blocks: 128 KiB in four bytes each.
    fn bomb(blocks: usize, head: &[u8]) -> Vec<u8> {
        let mut bytes = [&MAGIC[..], head].concat();
        for number in 1..=blocks {
            let last = u32::from(number == blocks);
            let header = last | 1 << 1 | (128 << 10) << 3;
            bytes.extend(&header.to_le_bytes()[..3]);
            bytes.push(0);
        }
        bytes
    }

    #[test]
    fn a_bomb_is_refused_when_the_bound_is_reached() {
        // A window of 1 MiB, then a gigabyte of zeros in 32 KB.
        let bytes = bomb(8_192, &[0x00, 0x50]);
        assert!(bytes.len() < 33_000);
        assert_eq!(unpack(&bytes, 8 << 20), Err(UnpackError::TooLarge));
        let small = bomb(8, &[0x00, 0x50]);
        assert_eq!(unpack(&small, 8 << 20).map(|out| out.len()), Ok(1 << 20));
    }

    #[test]
    fn a_window_beyond_the_bound_is_refused_before_it_is_reserved() {
        // Window descriptors of 64 MiB and of 3.75 TiB; one segment that says a terabyte.
        for head in [
            &[0x00, 0x80][..],
            &[0x00, 0xFF],
            &[0xE0, 0, 0, 0, 0, 0, 1, 0, 0],
        ] {
            let bytes = bomb(1, head);
            assert_eq!(unpack(&bytes, 8 << 20), Err(UnpackError::TooLarge));
        }
    }

    #[test]
    fn what_is_cut_off_or_goes_on_is_damaged() {
        let packed = pack(&text(5_000)).expect("it repeats");
        for end in [0, 3, 4, 5, 9, packed.len() / 2, packed.len() - 1] {
            assert_eq!(
                unpack(&packed[..end], 8 << 20),
                Err(UnpackError::Damaged),
                "{end}"
            );
        }
        let more = [&packed[..], b"x"].concat();
        assert_eq!(unpack(&more, 8 << 20), Err(UnpackError::Damaged));
        assert_eq!(unpack(b"{\"a\": 1}", 8 << 20), Err(UnpackError::Damaged));
    }

    #[test]
    fn the_packed_form_is_named_alone_or_in_a_list() {
        assert!(names_packed(Some("application/cbor+zstd")));
        assert!(names_packed(Some(
            "application/cbor, application/cbor+zstd;q=1"
        )));
        assert!(!names_packed(Some("application/cbor")));
        assert!(!names_packed(Some("application/cbor+zstd2")));
        assert!(!names_packed(None));
    }
}
