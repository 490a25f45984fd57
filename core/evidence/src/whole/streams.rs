//! The ends of formats that are written as they are recorded.

/// `Segment`, which holds everything but the head (RFC 9559, 5.1).
const SEGMENT: u64 = 0x1853_8067;

/// EBML (RFC 8794, 5 and 6): elements of an id and a size, among them a segment that is there as far as it
/// says. One that does not say how long it is, as it is recorded, has no end that could be missing.
pub(super) fn webm_is_whole(bytes: &[u8]) -> Option<()> {
    let mut rest = bytes;
    loop {
        let (id, behind) = number(rest, 0xff)?;
        let (size, content) = number(behind, 0x7f)?;
        let unknown = 1 << (7 * (behind.len() - content.len()));
        if id == SEGMENT && size == unknown - 1 {
            return Some(());
        }
        rest = content.get(usize::try_from(size).ok()?..)?;
        if id == SEGMENT {
            return Some(());
        }
    }
}

/// A number of one to eight bytes, as many as there are zeros before its first bit that is set. In an id
/// that bit counts, in a size `counts` leaves it out.
fn number(bytes: &[u8], counts: u8) -> Option<(u64, &[u8])> {
    let first = *bytes.first()?;
    let more = first.leading_zeros() as usize;
    let (tail, rest) = bytes
        .get(1..)?
        .split_at_checked(more)
        .filter(|_| more < 8)?;
    let start = u64::from(first & counts >> more);
    let value = tail
        .iter()
        .fold(start, |all, byte| all << 8 | u64::from(*byte));
    Some((value, rest))
}

/// More streams has no recorder's file.
const MAX_STREAMS: usize = 16;

/// Ogg (RFC 3533, 6): pages to the last one of each stream that began, which says that it is the last.
pub(super) fn ogg_is_whole(bytes: &[u8]) -> Option<()> {
    let mut open: Vec<[u8; 4]> = Vec::new();
    let mut began = false;
    let mut rest = bytes;
    while let Some(page) = rest.strip_prefix(b"OggS") {
        let flags = *page.get(1)?;
        let stream: [u8; 4] = *page.get(10..)?.first_chunk()?;
        let (count, behind) = page.get(22..)?.split_first()?;
        let (lacing, content) = behind.split_at_checked(usize::from(*count))?;
        let size: usize = lacing.iter().map(|size| usize::from(*size)).sum();
        rest = content.get(size..)?;
        if flags & 2 != 0 && open.len() < MAX_STREAMS {
            open.push(stream);
        }
        if flags & 4 != 0 {
            open.retain(|known| *known != stream);
        }
        began = true;
    }
    (began && open.is_empty()).then_some(())
}

/// FLAC (RFC 9639, 8 and 9): whole blocks of metadata, and behind them, where the first one says how many
/// samples there are, the beginning of the frame that holds the last of them.
pub(super) fn flac_is_whole(bytes: &[u8]) -> Option<()> {
    let mut rest = bytes.get(4..)?;
    let info = Info::read(rest.get(4..)?)?;
    loop {
        let [kind, a, b, c, behind @ ..] = rest else {
            return None;
        };
        let size = u32::from_be_bytes([0, *a, *b, *c]) as usize;
        rest = behind.get(size..)?;
        if kind & 0x80 != 0 {
            break;
        }
    }
    let mut from_the_end = (0..rest.len()).rev();
    let found = info.samples == 0
        || from_the_end.any(|at| rest[at] == 0xff && info.end(&rest[at..]) == Some(info.samples));
    (found && !rest.is_empty()).then_some(())
}

/// What a FLAC file says of all its frames.
struct Info {
    /// Samples of a frame, where all but the last have the same.
    block: u64,
    /// Of each channel; 0 when nobody counted.
    samples: u64,
}

impl Info {
    fn read(block: &[u8]) -> Option<Self> {
        let counted: [u8; 5] = *block.get(13..)?.first_chunk()?;
        let low = u32::from_be_bytes(*counted.last_chunk()?);
        Some(Self {
            block: u64::from(u16::from_be_bytes(*block.first_chunk()?)),
            samples: u64::from(counted[0] & 15) << 32 | u64::from(low),
        })
    }

    /// The sample with which the frame ends that begins here; `None` when none does.
    fn end(&self, bytes: &[u8]) -> Option<u64> {
        let [0xff, second, codes, channels, rest @ ..] = bytes else {
            return None;
        };
        if second & 0xfe != 0xf8 || channels & 1 != 0 {
            return None;
        }
        let (number, rest) = frame_number(rest)?;
        let (samples, rest) = block_size(codes >> 4, rest)?;
        let skipped = match codes & 15 {
            12 => 1,
            13 | 14 => 2,
            _ => 0,
        };
        let sum = *rest.get(skipped)?;
        let head = bytes.len() - rest.len() + skipped;
        let per_number = if second & 1 == 0 { self.block } else { 1 };
        (crc8(&bytes[..head]) == sum).then(|| number.saturating_mul(per_number) + samples)
    }
}

/// A number as UTF-8 would write it, of up to seven bytes.
fn frame_number(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let (first, rest) = bytes.split_first()?;
    let ones = first.leading_ones() as usize;
    let more = match ones {
        0 => 0,
        2..=7 => ones - 1,
        _ => return None,
    };
    let (tail, rest) = rest.split_at_checked(more)?;
    let start = u64::from(first & (0x7f >> ones));
    let value = tail
        .iter()
        .fold(start, |all, byte| all << 6 | u64::from(byte & 0x3f));
    Some((value, rest))
}

/// How many samples a frame has, by a code or behind the number.
fn block_size(code: u8, bytes: &[u8]) -> Option<(u64, &[u8])> {
    Some(match code {
        1 => (192, bytes),
        2..=5 => (576 << (code - 2), bytes),
        6 => (u64::from(*bytes.first()?) + 1, bytes.get(1..)?),
        7 => {
            let size = u16::from_be_bytes(*bytes.first_chunk()?);
            (u64::from(size) + 1, bytes.get(2..)?)
        }
        8.. => (256 << (code - 8), bytes),
        0 => return None,
    })
}

/// The sum behind a frame's head: x⁸ + x² + x + 1.
fn crc8(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| {
        (0..8).fold(sum ^ byte, |sum, _| {
            sum << 1 ^ if sum & 0x80 == 0 { 0 } else { 7 }
        })
    })
}
