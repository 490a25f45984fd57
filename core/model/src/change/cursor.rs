//! Reading numbers and slices off the front of untrusted bytes.

use super::ChangeError;

/// The bytes that are still to be read. Never panics, never allocates.
pub(super) struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    pub(super) fn new(rest: &'a [u8]) -> Self {
        Self { rest }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn remaining(&self) -> usize {
        self.rest.len()
    }

    pub(super) fn take(&mut self, len: usize) -> Result<&'a [u8], ChangeError> {
        let (head, rest) = self
            .rest
            .split_at_checked(len)
            .ok_or(ChangeError::Truncated)?;
        self.rest = rest;
        Ok(head)
    }

    pub(super) fn byte(&mut self) -> Result<u8, ChangeError> {
        let (first, rest) = self.rest.split_first().ok_or(ChangeError::Truncated)?;
        self.rest = rest;
        Ok(*first)
    }

    /// As many bytes as the number before them says.
    pub(super) fn counted(&mut self) -> Result<&'a [u8], ChangeError> {
        let len = self.uleb()?;
        self.take(usize::try_from(len).map_err(|_| ChangeError::Truncated)?)
    }

    /// An unsigned LEB128 number in its shortest form.
    pub(super) fn uleb(&mut self) -> Result<u64, ChangeError> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                return Err(ChangeError::NumberTooLarge);
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                let overlong = byte == 0 && shift > 0;
                return if overlong {
                    Err(ChangeError::OverlongNumber)
                } else {
                    Ok(value)
                };
            }
        }
        Err(ChangeError::NumberTooLarge)
    }

    /// A signed LEB128 number in its shortest form.
    pub(super) fn sleb(&mut self) -> Result<i64, ChangeError> {
        let mut value = 0i64;
        let mut previous = 0u8;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = byte & 0x7f;
            if shift == 63 && bits != 0 && bits != 0x7f {
                return Err(ChangeError::NumberTooLarge);
            }
            value |= i64::from(bits) << shift;
            if byte & 0x80 == 0 {
                if shift > 0 && bits == sign_fill(previous) {
                    return Err(ChangeError::OverlongNumber);
                }
                let negative = bits & 0x40 != 0 && shift < 57;
                return Ok(if negative {
                    value | -1 << (shift + 7)
                } else {
                    value
                });
            }
            previous = byte;
        }
        Err(ChangeError::NumberTooLarge)
    }
}

/// The last byte that would add nothing after `previous` but its sign.
fn sign_fill(previous: u8) -> u8 {
    if previous & 0x40 == 0 { 0 } else { 0x7f }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uleb(bytes: &[u8]) -> Result<u64, ChangeError> {
        Cursor::new(bytes).uleb()
    }

    fn sleb(bytes: &[u8]) -> Result<i64, ChangeError> {
        Cursor::new(bytes).sleb()
    }

    #[test]
    fn unsigned_numbers_reach_from_zero_to_the_largest() {
        assert_eq!(uleb(&[0]), Ok(0));
        assert_eq!(uleb(&[0x80, 1]), Ok(128));
        let largest = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1];
        assert_eq!(uleb(&largest), Ok(u64::MAX));
    }

    #[test]
    fn signed_numbers_reach_from_the_smallest_to_the_largest() {
        assert_eq!(sleb(&[0x7f]), Ok(-1));
        assert_eq!(sleb(&[0x3f]), Ok(63));
        assert_eq!(sleb(&[0xc0, 0]), Ok(64));
        let mut smallest = [0x80; 10];
        smallest[9] = 0x7f;
        assert_eq!(sleb(&smallest), Ok(i64::MIN));
        let mut largest = [0xff; 10];
        largest[9] = 0;
        assert_eq!(sleb(&largest), Ok(i64::MAX));
        let mut wide = [0x80; 9];
        wide[8] = 0x40;
        assert_eq!(sleb(&wide), Ok(-(1 << 62)));
    }

    #[test]
    fn longer_forms_than_needed_are_refused() {
        assert_eq!(uleb(&[0x81, 0]), Err(ChangeError::OverlongNumber));
        assert_eq!(sleb(&[0x81, 0]), Err(ChangeError::OverlongNumber));
        assert_eq!(sleb(&[0xff, 0x7f]), Err(ChangeError::OverlongNumber));
    }

    #[test]
    fn numbers_beyond_64_bits_are_refused() {
        let mut wide = [0x80; 10];
        wide[9] = 2;
        assert_eq!(uleb(&wide), Err(ChangeError::NumberTooLarge));
        assert_eq!(sleb(&wide), Err(ChangeError::NumberTooLarge));
        assert_eq!(uleb(&[0xff; 11]), Err(ChangeError::NumberTooLarge));
        assert_eq!(sleb(&[0xff; 11]), Err(ChangeError::NumberTooLarge));
    }

    #[test]
    fn a_number_cut_short_is_refused() {
        assert_eq!(uleb(&[0x80]), Err(ChangeError::Truncated));
        assert_eq!(sleb(&[]), Err(ChangeError::Truncated));
    }
}
