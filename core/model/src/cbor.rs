//! Canonical CBOR: what we write, and the check of what others wrote.
//!
//! RFC 8949 §4.2.1: shortest heads, definite lengths, map keys in ascending bytewise order and
//! distinct. Two different encodings of one payload would give one entry two hashes' worth of
//! meaning, so the gate refuses every other form.

use minicbor::{Decode, Encode};

/// Deepest nesting that a canonical item may have.
pub const MAX_DEPTH: usize = 16;

/// Why bytes are not one canonical CBOR item of the expected shape.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CborError {
    /// The bytes end inside an item, or go on after it.
    #[error("the data is cut off or has trailing bytes")]
    Length,
    /// A longer head than needed, an indefinite length, unsorted or repeated keys, a bad text.
    #[error("the data is not canonical CBOR")]
    NotCanonical,
    /// Nested deeper than [`MAX_DEPTH`].
    #[error("the data is nested too deeply")]
    TooDeep,
    /// Canonical, but not what was expected here.
    #[error("the data has an unexpected shape")]
    Shape,
}

/// Encodes a value whose `Encode` writes ascending integer keys, which is canonical.
pub fn to_vec<T: Encode<()>>(value: &T) -> Vec<u8> {
    let mut out = Vec::new();
    // Writing to a Vec cannot fail and our Encode implementations raise no error of their own.
    let _ = minicbor::encode(value, &mut out);
    out
}

/// Decodes one item, ignoring unknown map keys, and refuses trailing bytes.
///
/// # Errors
/// [`CborError::Shape`] when the item is not a `T`, [`CborError::Length`] for trailing bytes.
pub fn from_slice<'b, T: Decode<'b, ()>>(bytes: &'b [u8]) -> Result<T, CborError> {
    let mut decoder = minicbor::Decoder::new(bytes);
    let value = decoder.decode().map_err(|_| CborError::Shape)?;
    if decoder.position() == bytes.len() {
        Ok(value)
    } else {
        Err(CborError::Length)
    }
}

/// Like [`from_slice`], after [`check_canonical`].
///
/// # Errors
/// As both.
pub fn from_canonical<'b, T: Decode<'b, ()>>(bytes: &'b [u8]) -> Result<T, CborError> {
    check_canonical(bytes)?;
    from_slice(bytes)
}

/// Checks that `bytes` are exactly one canonical item.
///
/// # Errors
/// The first thing that is off.
pub fn check_canonical(bytes: &[u8]) -> Result<(), CborError> {
    let rest = item(bytes, 0)?;
    if rest.is_empty() {
        Ok(())
    } else {
        Err(CborError::Length)
    }
}

fn item(bytes: &[u8], depth: usize) -> Result<&[u8], CborError> {
    if depth > MAX_DEPTH {
        return Err(CborError::TooDeep);
    }
    let (major, value, rest) = head(bytes)?;
    match major {
        0 | 1 => Ok(rest),
        2 => Ok(take(rest, value)?.1),
        3 => text(rest, value),
        4 => array(rest, value, depth),
        5 => map(rest, value, depth),
        7 if matches!(value, 20..=22) => Ok(rest),
        _ => Err(CborError::NotCanonical),
    }
}

fn text(rest: &[u8], len: u64) -> Result<&[u8], CborError> {
    let (text, rest) = take(rest, len)?;
    std::str::from_utf8(text).map_err(|_| CborError::NotCanonical)?;
    Ok(rest)
}

fn array(mut rest: &[u8], len: u64, depth: usize) -> Result<&[u8], CborError> {
    for _ in 0..len {
        rest = item(rest, depth + 1)?;
    }
    Ok(rest)
}

fn map(mut rest: &[u8], len: u64, depth: usize) -> Result<&[u8], CborError> {
    let mut last: Option<&[u8]> = None;
    for _ in 0..len {
        let after_key = item(rest, depth + 1)?;
        let key = &rest[..rest.len() - after_key.len()];
        if last.is_some_and(|last| key <= last) {
            return Err(CborError::NotCanonical);
        }
        last = Some(key);
        rest = item(after_key, depth + 1)?;
    }
    Ok(rest)
}

/// Major type, argument and what follows; refuses longer heads than needed.
fn head(bytes: &[u8]) -> Result<(u8, u64, &[u8]), CborError> {
    let (&first, rest) = bytes.split_first().ok_or(CborError::Length)?;
    let (major, info) = (first >> 5, first & 0x1f);
    let width = match info {
        0..=23 => return Ok((major, u64::from(info), rest)),
        24 => 1,
        25 => 2,
        26 => 4,
        27 => 8,
        _ => return Err(CborError::NotCanonical),
    };
    let (raw, rest) = take(rest, width)?;
    let value = raw
        .iter()
        .fold(0u64, |value, byte| value << 8 | u64::from(*byte));
    let smallest = [24, 0x100, 0x1_0000, 0x1_0000_0000][usize::from(info) - 24];
    if value < smallest || major == 7 {
        return Err(CborError::NotCanonical);
    }
    Ok((major, value, rest))
}

fn take(bytes: &[u8], len: u64) -> Result<(&[u8], &[u8]), CborError> {
    let len = usize::try_from(len).map_err(|_| CborError::Length)?;
    bytes.split_at_checked(len).ok_or(CborError::Length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_what_we_write() {
        for good in [
            &b"\x00"[..],
            b"\xa2\x00\x01\x01\x61a",
            b"\x82\x18\x18\xf5",
            b"\x40",
        ] {
            assert_eq!(check_canonical(good), Ok(()), "{good:x?}");
        }
    }

    #[test]
    fn refuses_every_other_form() {
        let bad: [(&[u8], CborError); 9] = [
            (b"\x18\x01", CborError::NotCanonical),
            (b"\x9f\xff", CborError::NotCanonical),
            (b"\xa2\x01\x00\x00\x00", CborError::NotCanonical),
            (b"\xa2\x00\x00\x00\x00", CborError::NotCanonical),
            (b"\x61\xff", CborError::NotCanonical),
            (
                b"\xfb\x00\x00\x00\x00\x00\x00\x00\x00",
                CborError::NotCanonical,
            ),
            (b"\x5b\xff\xff\xff\xff\xff\xff\xff\xff", CborError::Length),
            (b"\x00\x00", CborError::Length),
            (&[0x81; 40], CborError::TooDeep),
        ];
        for (bytes, error) in bad {
            assert_eq!(check_canonical(bytes), Err(error), "{bytes:x?}");
        }
    }

    #[test]
    fn huge_claimed_lengths_cost_nothing() {
        assert_eq!(
            check_canonical(b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff"),
            Err(CborError::Length)
        );
    }
}
