//! What a JPEG says about itself before its compressed data: segments and the frame header
//! (ITU-T T.81, B.2).

/// The frame header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) precision: u8,
    pub(crate) components: u8,
    progressive: bool,
    /// Horizontal and vertical sampling factors of each component.
    sampling: Vec<(u8, u8)>,
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
            progressive: matches!(marker, 0xc2 | 0xc6 | 0xca | 0xce),
            sampling: listed
                .map(|[_, factors, _]| (factors >> 4, factors & 15))
                .collect(),
        })
    }

    /// What a decoder has to keep of a progressive picture between its scans: every coefficient
    /// in two bytes, in whole blocks.
    pub(crate) fn coefficient_bytes(&self) -> u64 {
        if !self.progressive {
            return 0;
        }
        let most = |pick: fn(&(u8, u8)) -> u8| {
            u32::from(self.sampling.iter().map(pick).max().unwrap_or(1).max(1))
        };
        let (across, down) = (most(|f| f.0), most(|f| f.1));
        let units =
            u64::from(self.width.div_ceil(8 * across)) * u64::from(self.height.div_ceil(8 * down));
        let blocks: u64 = self
            .sampling
            .iter()
            .map(|(h, v)| u64::from(*h) * u64::from(*v))
            .sum();
        units * blocks * 128
    }
}

/// Marker and body of each segment up to the compressed data.
pub(crate) fn segments(bytes: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let mut rest = bytes.get(2..).unwrap_or_default();
    std::iter::from_fn(move || {
        loop {
            let at = rest
                .windows(2)
                .position(|pair| pair[0] == 0xff && !matches!(pair[1], 0 | 0xff))?;
            let marker = rest[at + 1];
            let after = &rest[at + 2..];
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
}
