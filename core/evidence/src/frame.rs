//! What a JPEG says about itself before its compressed data: segments and the frame header
//! (ITU-T T.81, B.2).

/// The frame header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) precision: u8,
    pub(crate) components: u8,
    pub(crate) coding: Coding,
    pub(crate) sampling: Vec<Sampled>,
}

/// How the picture is coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    /// Block after block, by Huffman's codes.
    Sequential,
    /// In several passes, by Huffman's codes.
    Progressive,
    /// In several passes, by other codes.
    OtherProgressive,
    /// Anything else.
    Other,
}

impl Coding {
    const fn of(marker: u8) -> Self {
        match marker {
            0xc0 | 0xc1 => Self::Sequential,
            0xc2 => Self::Progressive,
            0xc6 | 0xca | 0xce => Self::OtherProgressive,
            _ => Self::Other,
        }
    }
}

/// A component: its name, and its horizontal and vertical sampling factors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sampled {
    pub(crate) id: u8,
    pub(crate) across: u8,
    pub(crate) down: u8,
}

/// Markers with a frame header: SOF0 to SOF15 without the three that mean something else.
const fn is_frame(marker: u8) -> bool {
    matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc)
}

impl Frame {
    /// The first frame header of a JPEG.
    pub(crate) fn find(bytes: &[u8]) -> Option<Self> {
        segments(bytes)
            .find_map(|(marker, body)| is_frame(marker).then(|| Self::parse(marker, body)))?
    }

    fn parse(marker: u8, body: &[u8]) -> Option<Self> {
        let [precision, h1, h0, w1, w0, components, rest @ ..] = body else {
            return None;
        };
        let listed = rest
            .as_chunks::<3>()
            .0
            .iter()
            .take(usize::from(*components));
        Some(Self {
            width: u32::from(u16::from_be_bytes([*w1, *w0])),
            height: u32::from(u16::from_be_bytes([*h1, *h0])),
            precision: *precision,
            components: *components,
            coding: Coding::of(marker),
            sampling: listed
                .map(|[id, factors, _]| Sampled {
                    id: *id,
                    across: factors >> 4,
                    down: factors & 15,
                })
                .collect(),
        })
    }

    /// The largest sampling factors, at least 1.
    pub(crate) fn factors(&self) -> (u32, u32) {
        let most = |pick: fn(&Sampled) -> u8| {
            u32::from(self.sampling.iter().map(pick).max().unwrap_or(1).max(1))
        };
        (most(|part| part.across), most(|part| part.down))
    }

    /// Columns and rows of the units in which components lie interleaved (A.2.3).
    pub(crate) fn units(&self) -> u64 {
        let (across, down) = self.factors();
        u64::from(self.width.div_ceil(8 * across)) * u64::from(self.height.div_ceil(8 * down))
    }

    /// What a decoder has to keep of a progressive picture between its scans: every coefficient
    /// in two bytes, in whole blocks.
    pub(crate) fn coefficient_bytes(&self) -> u64 {
        if !matches!(self.coding, Coding::Progressive | Coding::OtherProgressive) {
            return 0;
        }
        let blocks: u64 = self.sampling.iter().map(Sampled::blocks).sum();
        self.units() * blocks * 128
    }
}

impl Sampled {
    /// Blocks of the component in one unit.
    pub(crate) fn blocks(&self) -> u64 {
        u64::from(self.across) * u64::from(self.down)
    }
}

/// The next marker: what lies before it, which it is, and what follows. 0xFF before 0 is data, and
/// before 0xFF it is filling.
pub(crate) fn next_marker(bytes: &[u8]) -> Option<(&[u8], u8, &[u8])> {
    let follows = bytes.get(1..)?;
    let (blocks, following) = (bytes.as_chunks::<32>().0, follows.as_chunks::<32>().0);
    // Compressed data are megabytes without a marker: whole blocks are asked first, without branches.
    let clean = blocks.iter().zip(following).take_while(|(block, next)| {
        let pairs = block.iter().zip(*next);
        !pairs.fold(false, |found, (byte, next)| found | is_marker(*byte, *next))
    });
    let from = clean.count() * 32;
    let mut pairs = bytes[from..].iter().zip(&follows[from..]);
    let at = from + pairs.position(|(byte, next)| is_marker(*byte, *next))?;
    Some((&bytes[..at], follows[at], &follows[at + 1..]))
}

const fn is_marker(byte: u8, next: u8) -> bool {
    (byte == 0xff) & (next != 0) & (next != 0xff)
}

/// Marker and body of each segment up to the compressed data.
pub(crate) fn segments(bytes: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let mut rest = bytes.get(2..).unwrap_or_default();
    std::iter::from_fn(move || {
        loop {
            let (_, marker, after) = next_marker(rest)?;
            match marker {
                0x01 | 0xd0..=0xd8 => rest = after,
                0xd9 | 0xda => return None,
                _ => {
                    let length = usize::from(u16::from_be_bytes(*after.first_chunk()?));
                    let body = after.get(2..length)?;
                    rest = &after[length..];
                    return Some((marker, body));
                }
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_read_and_a_progressive_one_counts_its_coefficients() {
        let body = b"\x08\x00\x11\x00\x21\x03\x01\x22\0\x02\x11\x01\x03\x11\x01";
        let jpeg = |marker| [b"\xff\xd8\xff", &[marker][..], b"\x00\x11", body].concat();
        let frame = Frame::find(&jpeg(0xc0)).unwrap();
        assert_eq!((frame.width, frame.height, frame.components), (33, 17, 3));
        assert_eq!(frame.coefficient_bytes(), 0);
        // 3 by 2 units of 4 + 1 + 1 blocks of 64 coefficients.
        let frame = Frame::find(&jpeg(0xc2)).unwrap();
        assert_eq!(frame.coefficient_bytes(), 6 * 6 * 128);
        assert_eq!(Frame::find(b"\xff\xd8\xff\xc0\x00\x03\x08"), None);
        assert_eq!(Frame::find(b"\xff\xd8\xff\xd9"), None);
    }

    #[test]
    fn a_marker_is_found_wherever_it_stands() {
        for at in 0..70 {
            let mut data = vec![7; at];
            data.extend(b"\xff\x00\xff\xff\xd9rest");
            let (before, marker, after) = next_marker(&data).unwrap();
            assert_eq!((before.len(), marker, after), (at + 3, 0xd9, &b"rest"[..]));
        }
        assert_eq!(next_marker(b"\xff\x00 and nothing \xff"), None);
    }
}
