//! How much of a JPEG's picture is in its compressed data.
//!
//! A file that was cut off and closed again looks whole, and decoders fill what is missing with grey.
//! So the codes are walked and the blocks are counted that they make, against those that the frame
//! header claims. Time is bounded by the bytes, memory by four tables of either kind.
//!
//! Not judged, and taken for whole: arithmetic and lossless coding, a height that comes after the first
//! scan, and the passes that refine AC coefficients, which cannot be walked without decoding.

use crate::entropy::{Bits, Codes};
use crate::frame::{Coding, Frame, next_marker};
use crate::scan::Header;

/// Cameras use one scan, encoders up to some twenty. Of more nothing is said, for time's sake.
const MOST_SCANS: usize = 100;

/// Bytes of zeros behind the last block that make a copy that was not filled.
pub(crate) const ZEROS: usize = 1_024;

const RESTARTS: std::ops::RangeInclusive<u8> = 0xd0..=0xd7;

/// How much of the picture is there, in percent below 100; `None` when all of it is, or when that
/// cannot be said.
pub(crate) fn cut_at(bytes: &[u8], frame: &Frame) -> Option<u8> {
    let judged = matches!(frame.coding, Coding::Sequential | Coding::Progressive);
    if !judged || frame.height == 0 || frame.sampling.len() != usize::from(frame.components) {
        return None;
    }
    let mut walk = Walk::new(frame);
    let mut rest = bytes.get(2..)?;
    loop {
        let (_, marker, after) = next_marker(rest)?;
        rest = match marker {
            0xd9 => return walk.verdict(),
            0x01 | 0xd0..=0xd8 => after,
            _ => {
                let length = usize::from(u16::from_be_bytes(*after.first_chunk()?));
                let (body, behind) = (after.get(2..length)?, after.get(length..)?);
                walk.hear(marker, body, behind)?
            }
        };
    }
}

/// A table as the file gives it, and as it is used.
#[derive(Default)]
struct Slot<'a> {
    given: Option<(&'a [u8; 16], &'a [u8])>,
    built: Option<Codes>,
}

impl Slot<'_> {
    fn codes(&mut self) -> Option<()> {
        if self.built.is_none() {
            let (counts, symbols) = self.given?;
            self.built = Some(Codes::new(counts, symbols)?);
        }
        Some(())
    }
}

struct Walk<'a> {
    frame: &'a Frame,
    dc: [Slot<'a>; 4],
    ac: [Slot<'a>; 4],
    /// Units between restart markers; 0 for none.
    interval: u64,
    scans: usize,
    /// Coefficients of each component that some scan was to bring, by their bits.
    brought: Vec<u64>,
    /// Of all coefficients of all components, what is there.
    share: f64,
    short: bool,
}

impl<'a> Walk<'a> {
    fn new(frame: &'a Frame) -> Self {
        Self {
            frame,
            dc: Default::default(),
            ac: Default::default(),
            interval: 0,
            scans: 0,
            brought: vec![0; frame.sampling.len()],
            share: 0.0,
            short: false,
        }
    }

    /// A segment, and what lies behind it. Gives what is still to be read; `None` when nothing can be
    /// said.
    fn hear(&mut self, marker: u8, body: &'a [u8], behind: &'a [u8]) -> Option<&'a [u8]> {
        match marker {
            0xc4 => self.tables(body)?,
            0xdd => self.interval = u64::from(u16::from_be_bytes(*body.first_chunk()?)),
            0xda => return self.scan(body, behind),
            _ => {}
        }
        Some(behind)
    }

    fn tables(&mut self, mut body: &'a [u8]) -> Option<()> {
        while let [number, rest @ ..] = body {
            let (counts, symbols) = rest.split_first_chunk::<16>()?;
            let count = counts.iter().map(|count| usize::from(*count)).sum();
            let slots = if number >> 4 == 0 {
                &mut self.dc
            } else {
                &mut self.ac
            };
            slots[usize::from(number & 3)] = Slot {
                given: Some((counts, symbols.get(..count)?)),
                built: None,
            };
            body = &symbols[count..];
        }
        Some(())
    }

    fn scan(&mut self, body: &[u8], data: &'a [u8]) -> Option<&'a [u8]> {
        self.scans += 1;
        let header = Header::read(body, self.frame).filter(|_| self.scans <= MOST_SCANS)?;
        let kind = Pass::of(&header, self)?;
        if header.high > 0 && header.first > 0 {
            return Some(data);
        }
        let units = header.units().max(1);
        let (mut coded, rest) = self.count(&header, kind, units, data);
        if coded == units
            && let Some(filled) = without_zeros(data, rest)
        {
            coded = self.count(&header, kind, units, filled).0;
        }
        self.short |= coded < units;
        if header.high == 0 {
            let band = f64::from(header.last - header.first + 1) * header.parts.len() as f64;
            self.share += band * coded as f64 / units as f64;
            for (at, _) in &header.parts {
                self.brought[*at] |= header.band();
            }
        }
        Some(rest)
    }

    /// Counts the units that are coded in a scan's data, interval by interval.
    fn count(
        &self,
        header: &Header<'_>,
        pass: Pass,
        units: u64,
        mut data: &'a [u8],
    ) -> (u64, &'a [u8]) {
        let (mut coded, mut at) = (0, 0);
        loop {
            let goal = match self.interval {
                0 => units - at,
                interval => interval.min(units - at),
            };
            let mut bits = Bits::new(data);
            coded += self.units(header, pass, goal, &mut bits);
            at += goal;
            data = bits.rest();
            match next_marker(data) {
                Some((_, marker, after))
                    if self.interval > 0 && at < units && RESTARTS.contains(&marker) =>
                {
                    data = after;
                }
                _ => return (coded, data),
            }
        }
    }

    /// At most `goal` units.
    fn units(&self, header: &Header<'_>, pass: Pass, goal: u64, bits: &mut Bits<'_>) -> u64 {
        let counted = match pass {
            Pass::Whole => self.whole_units(header, goal, bits),
            Pass::Dc => self.dc_units(header, goal, bits),
            Pass::DcBits => {
                let per_unit = header.blocks_per_unit();
                Some(one_by_one(goal, bits, |bits| {
                    (0..per_unit).for_each(|_| _ = bits.take(1));
                    Some(())
                }))
            }
            Pass::Ac => self.ac_blocks(header, goal, bits),
        };
        counted.unwrap_or(0)
    }

    fn whole_units(&self, header: &Header<'_>, goal: u64, bits: &mut Bits<'_>) -> Option<u64> {
        let parts: Option<Vec<_>> = header
            .sampled()
            .map(|(part, tables)| {
                let dc = self.dc[usize::from(tables >> 4 & 3)].built.as_ref()?;
                let ac = self.ac[usize::from(tables & 3)].built.as_ref()?;
                Some((dc, ac, header.blocks(part)))
            })
            .collect();
        let parts = parts?;
        Some(one_by_one(goal, bits, |bits| {
            for (dc, ac, blocks) in &parts {
                for _ in 0..*blocks {
                    dc.skip_difference(bits)?;
                    ac.skip_block(bits)?;
                }
            }
            Some(())
        }))
    }

    fn dc_units(&self, header: &Header<'_>, goal: u64, bits: &mut Bits<'_>) -> Option<u64> {
        let parts: Option<Vec<_>> = header
            .sampled()
            .map(|(part, tables)| {
                let dc = self.dc[usize::from(tables >> 4 & 3)].built.as_ref()?;
                Some((dc, header.blocks(part)))
            })
            .collect();
        let parts = parts?;
        Some(one_by_one(goal, bits, |bits| {
            for (dc, blocks) in &parts {
                for _ in 0..*blocks {
                    dc.skip_difference(bits)?;
                }
            }
            Some(())
        }))
    }

    /// The first pass of AC coefficients (G.1.2.2): a code may end the bands of many blocks at once.
    fn ac_blocks(&self, header: &Header<'_>, goal: u64, bits: &mut Bits<'_>) -> Option<u64> {
        let (_, tables) = *header.parts.first()?;
        let codes = self.ac[usize::from(tables & 3)].built.as_ref()?;
        let mut done = 0;
        while done < goal {
            let ended = band(codes, header, bits);
            match ended {
                Some(blocks) if !bits.is_spent() => done += u64::from(blocks),
                _ => break,
            }
        }
        Some(done.min(goal))
    }

    fn verdict(&self) -> Option<u8> {
        let all = self.brought.iter().all(|band| *band == u64::MAX);
        if all && !self.short {
            return None;
        }
        let whole = 64.0 * self.brought.len() as f64;
        Some((self.share / whole * 100.0).clamp(0.0, 99.0) as u8)
    }
}

/// What a scan brings of its blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pass {
    Whole,
    Dc,
    /// One more bit of each DC coefficient.
    DcBits,
    Ac,
}

impl Pass {
    /// Also makes the tables ready.
    fn of(header: &Header<'_>, walk: &mut Walk<'_>) -> Option<Self> {
        let pass = match (walk.frame.coding, header.first, header.high) {
            (Coding::Sequential, ..) => Self::Whole,
            (_, 0, 0) => Self::Dc,
            (_, 0, _) => Self::DcBits,
            _ => Self::Ac,
        };
        for (_, tables) in &header.parts {
            if matches!(pass, Self::Whole | Self::Dc) {
                walk.dc[usize::from(tables >> 4 & 3)].codes()?;
            }
            if pass == Self::Whole || (pass == Self::Ac && header.high == 0) {
                walk.ac[usize::from(tables & 3)].codes()?;
            }
        }
        Some(pass)
    }
}

fn one_by_one(
    goal: u64,
    bits: &mut Bits<'_>,
    mut unit: impl FnMut(&mut Bits<'_>) -> Option<()>,
) -> u64 {
    for done in 0..goal {
        if unit(bits).is_none() || bits.is_spent() {
            return done;
        }
    }
    goal
}

/// Reads a block's band; gives how many blocks it ends.
fn band(codes: &Codes, header: &Header<'_>, bits: &mut Bits<'_>) -> Option<u32> {
    let mut at = header.first;
    while at <= header.last {
        let symbol = codes.symbol(bits)?;
        let (run, size) = (symbol >> 4, symbol & 15);
        if size == 0 && run < 15 {
            return Some((1 << run) + bits.take(run));
        }
        bits.skip(size);
        at += run + 1;
    }
    Some(1)
}

/// The data without the zeros that they end with, when `rest`, behind the last block, is zeros.
fn without_zeros<'a>(data: &'a [u8], rest: &'a [u8]) -> Option<&'a [u8]> {
    let (left, ..) = next_marker(rest)?;
    let zeros = |part: &[u8]| part.iter().all(|byte| *byte == 0);
    if left.len() < ZEROS || !zeros(left) {
        return None;
    }
    let end = data.len() - rest.len() + left.len();
    let filled = data[..end].iter().rposition(|byte| *byte != 0);
    Some(&data[..filled.map_or(0, |at| at + 1)])
}
