//! Which bytes of a film its pictures and sounds are (ISO/IEC 14496-12, 8.7 and 8.8; QuickTime's tables
//! are the same).

use std::ops::Range;

use crate::boxes::{Boxes, Part};

/// A bit for each byte of the file: an eighth of it, however many samples it claims.
pub(crate) struct Kept {
    words: Vec<u64>,
    bytes: usize,
    /// How many bytes may still be named. Samples do not overlap; tables that name the same bytes over
    /// and over only take time.
    credit: u64,
}

/// Bytes in a word of [`Kept`].
const WORD: usize = 64;

impl Kept {
    pub(crate) fn of(bytes: usize) -> Self {
        Self {
            words: vec![0; bytes.div_ceil(WORD)],
            bytes,
            credit: 4 * bytes as u64,
        }
    }

    /// Names bytes; `None` when too many were named. What lies behind the end is left out.
    fn name(&mut self, from: u64, length: u64) -> Option<()> {
        let end = from.saturating_add(length).min(self.bytes as u64);
        let from = from.min(end);
        self.credit = self.credit.checked_sub(end - from)?;
        let (mut at, end) = (from as usize, end as usize);
        while at < end {
            let next = end.min((at / WORD + 1) * WORD);
            let bits = u64::MAX >> (WORD - (next - at));
            self.words[at / WORD] |= bits << (at % WORD);
            at = next;
        }
        Some(())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// Blanks what is not kept of a part of the file.
    pub(crate) fn blank_rest(&self, bytes: &mut [u8], part: Range<usize>) {
        let mut at = part.start;
        while at < part.end {
            let next = part.end.min((at / WORD + 1) * WORD);
            let word = self.words[at / WORD];
            match word {
                u64::MAX => {}
                0 => bytes[at..next].fill(0),
                _ => (at..next)
                    .filter(|at| word >> (at % WORD) & 1 == 0)
                    .for_each(|at| bytes[at] = 0),
            }
            at = next;
        }
    }
}

/// The first box of that kind in a part of the file.
pub(crate) fn child(bytes: &[u8], within: &Part, kind: &[u8; 4]) -> Option<Part> {
    Boxes::within(bytes, within.content.clone())
        .flatten()
        .find(|part| part.kind == *kind)
}

pub(crate) fn long(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn wide(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// Names the samples of a track by the tables in its `stbl`; `None` when they cannot be followed.
/// `sound`: whether it is sound.
pub(crate) fn name_samples(bytes: &[u8], track: &Part, sound: bool, kept: &mut Kept) -> Option<()> {
    let media = child(bytes, track, b"mdia")?;
    let information = child(bytes, &media, b"minf")?;
    let tables = child(bytes, &information, b"stbl")?;
    let table = |kind| child(bytes, &tables, kind).map(|part| &bytes[part.content]);
    let mut sizes = Sizes::read(table(b"stsz"), table(b"stz2"))?;
    if sound && sizes.every == 1 {
        sizes.frame = table(b"stsd").and_then(frame_of)?;
    }
    let runs = table(b"stsc")?;
    let (offsets, width) = match (table(b"stco"), table(b"co64")) {
        (Some(short), _) => (short, 4),
        (None, Some(long)) => (long, 8),
        _ => return None,
    };
    let offsets = entries(offsets, width)?;
    let mut runs = entries(runs, 12)?.peekable();
    let mut per_chunk = 0;
    for (number, offset) in (1..).zip(offsets) {
        while let Some(run) = runs.next_if(|run| long(run, 0).is_some_and(|first| first <= number))
        {
            per_chunk = long(run, 4)?;
        }
        let from = if width == 4 {
            u64::from(long(offset, 0)?)
        } else {
            wide(offset, 0)?
        };
        kept.name(from, sizes.next(per_chunk))?;
    }
    Some(())
}

/// The entries of a table: version and flags, how many, and so many of `width` bytes.
fn entries(table: &[u8], width: usize) -> Option<impl Iterator<Item = &[u8]>> {
    let count = long(table, 4)? as usize;
    let entries = table.get(8..)?.get(..count.checked_mul(width)?)?;
    Some(entries.chunks_exact(width))
}

/// The sizes of samples, one after the other.
struct Sizes<'a> {
    /// The size of each, 0 when they differ.
    every: u32,
    /// Bytes and samples of a frame, where a sample is less than a byte says.
    frame: (u64, u64),
    left: u64,
    list: &'a [u8],
    /// Bits of an entry of the list.
    width: u8,
    at: usize,
}

impl<'a> Sizes<'a> {
    fn read(usual: Option<&'a [u8]>, compact: Option<&'a [u8]>) -> Option<Self> {
        let (table, every, width) = match (usual, compact) {
            (Some(table), _) => (table, long(table, 4)?, 32),
            (None, Some(table)) => (table, 0, *table.get(7)?),
            _ => return None,
        };
        let count = u64::from(long(table, 8)?);
        let list = table.get(12..)?;
        let held = list.len() as u64 * 8 / u64::from(width.max(1));
        let listed = matches!(width, 4 | 8 | 16 | 32) && count <= held;
        (every > 0 || listed).then_some(Self {
            every,
            frame: (1, 1),
            left: count,
            list,
            width,
            at: 0,
        })
    }

    /// Bytes of the next `count` samples.
    fn next(&mut self, count: u32) -> u64 {
        let count = u64::from(count).min(self.left);
        self.left -= count;
        if self.every > 0 {
            let (bytes, samples) = self.frame;
            return (count * u64::from(self.every)).saturating_mul(bytes) / samples;
        }
        (0..count).map(|_| self.one()).sum()
    }

    fn one(&mut self) -> u64 {
        let at = self.at;
        self.at += 1;
        let byte = |at: usize| u64::from(self.list[at]);
        match self.width {
            4 => byte(at / 2) >> (4 * (1 - at % 2)) & 15,
            8 => byte(at),
            16 => byte(2 * at) << 8 | byte(2 * at + 1),
            _ => long(self.list, 4 * at).map_or(0, u64::from),
        }
    }
}

/// QuickTime counts sound that is not compressed in samples of "one byte" and says in the description
/// what a frame of them takes: bytes, and samples (QuickTime File Format, "Sound Sample Descriptions").
fn frame_of(descriptions: &[u8]) -> Option<(u64, u64)> {
    let entry = descriptions.get(16..)?;
    let short = |at: usize| {
        Some(u64::from(u16::from_be_bytes(
            *entry.get(at..)?.first_chunk()?,
        )))
    };
    let (version, channels, bits) = (short(8)?, short(16)?, short(18)?);
    let frame = match version {
        1 => (u64::from(long(entry, 36)?), u64::from(long(entry, 28)?)),
        2 => (u64::from(long(entry, 56)?), u64::from(long(entry, 60)?)),
        _ => (channels * bits.div_ceil(8), 1),
    };
    (frame.0 > 0 && frame.1 > 0).then_some(frame)
}

/// What a fragment of a track takes over where it says nothing itself.
#[derive(Clone, Copy, Default)]
struct Defaults {
    size: u32,
}

/// Names the samples of one `moof`. `keeps` says of a track's number whether it is kept.
pub(crate) fn name_fragment(
    bytes: &[u8],
    fragment: &Part,
    extends: Option<&Part>,
    keeps: impl Fn(u32) -> bool,
    kept: &mut Kept,
) -> Option<()> {
    // Size and type before the type's four bytes.
    let start = (fragment.kind_at - 4) as u64;
    let mut behind = start;
    let mut dropped = false;
    for part in Boxes::within(bytes, fragment.content.clone()).flatten() {
        if part.kind != *b"traf" {
            continue;
        }
        let head = child(bytes, &part, b"tfhd")?;
        let head = Head::read(&bytes[head.content])?;
        let from = match head.base {
            Some(base) => base,
            None if head.from_fragment => start,
            // What went before it goes, and then it would begin elsewhere.
            None if dropped && keeps(head.track) => return None,
            None => behind,
        };
        dropped |= !keeps(head.track);
        let default = extends.and_then(|extends| defaults(bytes, extends, head.track));
        let size = head
            .size
            .or(default.map(|default| default.size))
            .unwrap_or(0);
        let mut at = from;
        for run in Boxes::within(bytes, part.content.clone()).flatten() {
            if run.kind == *b"trun" {
                let (start, length) = run_of(&bytes[run.content], from, at, size)?;
                at = start.checked_add(length)?;
                if keeps(head.track) {
                    kept.name(start, length)?;
                }
            }
        }
        behind = at;
    }
    Some(())
}

fn defaults(bytes: &[u8], extends: &Part, track: u32) -> Option<Defaults> {
    Boxes::within(bytes, extends.content.clone())
        .flatten()
        .filter(|part| part.kind == *b"trex")
        .map(|part| &bytes[part.content])
        .find(|body| long(body, 4) == Some(track))
        .and_then(|body| {
            Some(Defaults {
                size: long(body, 16)?,
            })
        })
}

/// The head of a fragment of a track (8.8.7).
struct Head {
    track: u32,
    base: Option<u64>,
    from_fragment: bool,
    size: Option<u32>,
}

impl Head {
    fn read(body: &[u8]) -> Option<Self> {
        let flags = long(body, 0)?;
        let mut at = 8;
        let mut field = |flag: u32, width: usize| {
            let here = (flags & flag > 0).then_some(at);
            at += here.map_or(0, |_| width);
            here
        };
        let base = field(0x1, 8);
        field(0x2, 4);
        field(0x8, 4);
        let size = field(0x10, 4);
        Some(Self {
            track: long(body, 4)?,
            base: base.map_or(Some(None), |at| wide(body, at).map(Some))?,
            from_fragment: flags & 0x2_0000 > 0,
            size: size.map_or(Some(None), |at| long(body, at).map(Some))?,
        })
    }
}

/// Where a run of samples begins and how long it is (8.8.8). Without a place of its own it begins `at`,
/// where the one before ended.
fn run_of(body: &[u8], base: u64, at: u64, size: u32) -> Option<(u64, u64)> {
    let flags = long(body, 0)?;
    let count = long(body, 4)? as usize;
    let has = |flag: u32| usize::from(flags & flag > 0);
    let start = match has(0x1) {
        0 => at,
        _ => base.checked_add_signed(i64::from(long(body, 8)? as i32))?,
    };
    let list = body.get(8 + 4 * (has(0x1) + has(0x4))..)?;
    if has(0x200) == 0 {
        return Some((start, count as u64 * u64::from(size)));
    }
    let width = 4 * (has(0x100) + has(0x200) + has(0x400) + has(0x800));
    let list = list.get(..count.checked_mul(width)?)?;
    let sizes = list
        .chunks_exact(width)
        .map(|entry| long(entry, 4 * has(0x100)));
    let length = sizes.map(|size| size.map_or(0, u64::from)).sum();
    Some((start, length))
}
