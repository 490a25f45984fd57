//! Huffman-coded data of a JPEG (ITU-T T.81, C and F.2.2), walked without looking at a value: only how
//! far each symbol leads matters here. The tables therefore hold several symbols per look-up.

/// Bits that a look-up sees at once.
const SEEN: u32 = 10;

/// Longest code.
const LONGEST: usize = 16;

/// Bits that are held before each look-up, enough for a code and what follows it.
const HELD: u8 = 32;

/// Coefficients of a block.
const BLOCK: u32 = 64;

/// Where one look-up leads: bits to skip, coefficients to advance, whether the block ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Leap {
    /// Bits of codes and of what follows them; 0 where no code begins so.
    bits: u8,
    /// Coefficients.
    coefficients: u8,
    /// An end of block was read.
    ends: bool,
}

/// One code: its length, 0 where there is none, and its symbol.
#[derive(Debug, Clone, Copy, Default)]
struct Code {
    length: u8,
    symbol: u8,
}

impl Code {
    /// Run and size (F.1.2.2): a size of nought ends the block, but for sixteen noughts in a row.
    const fn leap(self) -> Leap {
        let (run, size) = (self.symbol >> 4, self.symbol & 15);
        Leap {
            bits: self.length + size,
            coefficients: run + 1,
            ends: size == 0 && run != 15,
        }
    }
}

/// A table of codes (T.81, C.2), by the first bits of what is to be read.
pub(crate) struct Codes {
    /// By the next [`SEEN`] bits: as far as they are understood, and the first code alone.
    leaps: Box<[(Leap, Code); 1 << SEEN]>,
    /// For codes longer than that: the first code of each length, how many there are, and where
    /// their symbols begin.
    first: [u32; LONGEST + 1],
    count: [u32; LONGEST + 1],
    start: [usize; LONGEST + 1],
    symbols: Vec<u8>,
}

impl Codes {
    /// A table of a DHT segment: 16 counts, then the symbols. `None` when there can be no such codes.
    pub(crate) fn new(counts: &[u8; LONGEST], symbols: &[u8]) -> Option<Self> {
        let mut table = Self {
            leaps: Box::new([(Leap::default(), Code::default()); 1 << SEEN]),
            first: [0; LONGEST + 1],
            count: [0; LONGEST + 1],
            start: [0; LONGEST + 1],
            symbols: symbols.to_vec(),
        };
        let (mut code, mut at) = (0_u32, 0_usize);
        for (length, count) in (1..).zip(counts) {
            table.first[length] = code;
            table.count[length] = u32::from(*count);
            table.start[length] = at;
            code += u32::from(*count);
            at += usize::from(*count);
            if code > 1 << length {
                return None;
            }
            code <<= 1;
        }
        symbols.get(..at)?;
        for seen in 0..1 << SEEN {
            let one = table.code(seen, SEEN).unwrap_or_default();
            table.leaps[seen as usize] = (table.leap(seen), one);
        }
        Some(table)
    }

    /// The code that `window`, of `bits` bits, begins with.
    fn code(&self, window: u32, bits: u32) -> Option<Code> {
        (1..=(bits as usize).min(LONGEST)).find_map(|length| {
            let value = window >> (bits as usize - length);
            let number = value.checked_sub(self.first[length])?;
            let found = number < self.count[length];
            found.then(|| Code {
                length: length as u8,
                symbol: self.symbols[self.start[length] + number as usize],
            })
        })
    }

    /// As many symbols as the bits show whole; what follows the last code may lie beyond.
    fn leap(&self, seen: u32) -> Leap {
        let mut all = Leap::default();
        while u32::from(all.bits) < SEEN && !all.ends {
            let left = SEEN - u32::from(all.bits);
            let code = self.code(seen & ((1 << left) - 1), left);
            let Some(next) = code.map(Code::leap) else {
                break;
            };
            if all.bits + next.bits > HELD {
                break;
            }
            all.bits += next.bits;
            all.coefficients = all.coefficients.saturating_add(next.coefficients);
            all.ends = next.ends;
        }
        all
    }

    /// The next code, which stays to be skipped.
    #[inline]
    fn next(&self, bits: &mut Bits<'_>) -> Option<Code> {
        bits.fill();
        let (_, one) = self.leaps[bits.seen()];
        if one.length > 0 {
            return Some(one);
        }
        self.code((bits.held >> 48) as u32, 16)
    }

    /// Takes the next symbol.
    #[inline]
    pub(crate) fn symbol(&self, bits: &mut Bits<'_>) -> Option<u8> {
        let code = self.next(bits)?;
        bits.skip(code.length);
        Some(code.symbol)
    }

    /// Skips the difference of a DC coefficient: a size, and so many bits (F.2.2.1).
    #[inline]
    pub(crate) fn skip_difference(&self, bits: &mut Bits<'_>) -> Option<()> {
        let code = self.next(bits)?;
        bits.skip(code.leap().bits);
        Some(())
    }

    /// Skips the AC coefficients of a block of sequential data (F.2.2.2).
    #[inline]
    pub(crate) fn skip_block(&self, bits: &mut Bits<'_>) -> Option<()> {
        let mut at = 1;
        while at < BLOCK {
            bits.fill();
            let (mut leap, _) = self.leaps[bits.seen()];
            // Of a block that is full the leap would lead into the next.
            if leap.bits == 0 || at + u32::from(leap.coefficients) >= BLOCK {
                leap = self.next(bits)?.leap();
            }
            bits.skip(leap.bits);
            if leap.ends {
                break;
            }
            at += u32::from(leap.coefficients);
        }
        Some(())
    }
}

/// Reads compressed data up to the next marker.
#[derive(Debug)]
pub(crate) struct Bits<'a> {
    rest: &'a [u8],
    /// The next bits, from the highest on.
    held: u64,
    /// How many of them are real; below 0 when more was read than there is.
    count: i32,
}

impl<'a> Bits<'a> {
    pub(crate) const fn new(data: &'a [u8]) -> Self {
        Self {
            rest: data,
            held: 0,
            count: 0,
        }
    }

    /// Holds at least 32 bits, of which those behind the end are noughts.
    #[inline]
    fn fill(&mut self) {
        if let Some(eight) = self.rest.first_chunk::<8>() {
            let word = u64::from_be_bytes(*eight);
            let ones = word & !word.wrapping_add(0x0101_0101_0101_0101) & 0x8080_8080_8080_8080;
            // No byte of it is 0xFF. What is held beyond `count` is read again the next time.
            if ones == 0 && (0..64).contains(&self.count) {
                self.held |= word >> self.count;
                let bytes = (63 - self.count) / 8;
                self.rest = &self.rest[bytes as usize..];
                self.count += 8 * bytes;
                return;
            }
        }
        self.fill_slowly();
    }

    #[cold]
    fn fill_slowly(&mut self) {
        while (0..=56).contains(&self.count) {
            let (byte, used) = match self.rest {
                [0xff, 0, ..] => (0xff, 2),
                [0xff, ..] | [] => return,
                [byte, ..] => (*byte, 1),
            };
            self.held |= u64::from(byte) << (56 - self.count);
            self.count += 8;
            self.rest = &self.rest[used..];
        }
    }

    /// The bits that a look-up sees.
    #[inline]
    const fn seen(&self) -> usize {
        (self.held >> (64 - SEEN)) as usize
    }

    #[inline]
    pub(crate) const fn skip(&mut self, bits: u8) {
        self.held <<= bits;
        self.count -= bits as i32;
    }

    /// The next `bits`, at most 16.
    pub(crate) fn take(&mut self, bits: u8) -> u32 {
        self.fill();
        let value = (self.held >> 32) as u32;
        let value = value.checked_shr(32 - u32::from(bits)).unwrap_or(0);
        self.skip(bits);
        value
    }

    /// Whether more was read than there is.
    #[inline]
    pub(crate) const fn is_spent(&self) -> bool {
        self.count < 0
    }

    /// What was not looked at.
    pub(crate) const fn rest(&self) -> &'a [u8] {
        self.rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The codes of the two-bit symbols `00`, `01`, `10` and of one of sixteen bits.
    fn table() -> Codes {
        let mut counts = [0; 16];
        (counts[1], counts[15]) = (3, 1);
        Codes::new(&counts, &[0x00, 0x01, 0xf0, 0x02]).unwrap()
    }

    #[test]
    fn one_leap_leads_over_several_symbols_and_long_codes_are_found() {
        let table = table();
        // Four times a coefficient of one bit, then the end of the block, twice.
        let data = [0b0110_1001, 0b1010_0001, 0b1010_0110, 0b1000_0000];
        let mut bits = Bits::new(&data);
        assert_eq!(table.skip_block(&mut bits), Some(()));
        assert_eq!(bits.count, 32 - 14);
        let mut bits = Bits::new(&[0xc0, 0, 0b0100_0000, 0]);
        assert_eq!(table.skip_block(&mut bits), Some(()));
        assert_eq!(bits.count, 32 - 16 - 2 - 2, "{bits:?}");
        assert_eq!(table.skip_block(&mut Bits::new(&[0xc1, 0, 0])), None);
    }

    #[test]
    fn data_end_at_a_marker_and_stuffed_bytes_are_one() {
        let mut bits = Bits::new(&[1, 2, 0xff, 0, 3, 4, 5, 6, 7, 0xff, 0xd9]);
        let read: Vec<u32> = (0..8).map(|_| bits.take(8)).collect();
        assert_eq!(read, [1, 2, 0xff, 3, 4, 5, 6, 7]);
        assert!(!bits.is_spent());
        assert_eq!(bits.rest(), [0xff, 0xd9]);
        bits.take(1);
        assert!(bits.is_spent());
    }

    #[test]
    fn codes_that_cannot_be_are_refused() {
        let mut counts = [0; 16];
        counts[0] = 3;
        assert!(Codes::new(&counts, &[0, 1, 2]).is_none());
        counts[0] = 2;
        assert!(Codes::new(&counts, &[0]).is_none());
    }
}
