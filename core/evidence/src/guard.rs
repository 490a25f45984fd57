//! Whether a JPEG's decoder can be made to notice by itself that data are missing.

use crate::coverage::ZEROS;
use crate::frame::{Coding, Frame, next_marker};

/// Where the compressed data end, if a decoder that is given something else than codes there is sure to
/// notice when it needs more than there is. Then nothing has to be walked: there is one scan without
/// restarts, it does not end in zeros, and a run of ones is no code in any table (as T.81, C asks).
pub(crate) fn guarded_end(bytes: &[u8], frame: &Frame) -> Option<usize> {
    let mut rest = bytes.get(2..)?;
    loop {
        let (_, marker, after) = next_marker(rest)?;
        rest = match marker {
            0x01 | 0xd0..=0xd8 => after,
            0xd9 => return None,
            _ => {
                let length = usize::from(u16::from_be_bytes(*after.first_chunk()?));
                let (body, behind) = (after.get(2..length)?, after.get(length..)?);
                match marker {
                    0xc4 if !leaves_ones(body)? => return None,
                    0xdd if body != [0, 0] => return None,
                    0xda => return end_of_only_scan(bytes, body, behind, frame),
                    _ => behind,
                }
            }
        };
    }
}

fn end_of_only_scan(bytes: &[u8], header: &[u8], behind: &[u8], frame: &Frame) -> Option<usize> {
    let (data, marker, after) = next_marker(behind)?;
    let tail = &data[data.len().saturating_sub(ZEROS)..];
    let guarded = frame.coding == Coding::Sequential
        && header.first() == Some(&frame.components)
        && marker == 0xd9
        && tail.iter().any(|byte| *byte != 0);
    guarded.then(|| bytes.len() - after.len() - 2)
}

/// Whether no table of a DHT segment uses the code of ones alone.
fn leaves_ones(mut body: &[u8]) -> Option<bool> {
    let mut leaves = true;
    while let [_, rest @ ..] = body {
        let (counts, symbols) = rest.split_first_chunk::<16>()?;
        let (mut used, mut count) = (0_u32, 0_usize);
        for (length, codes) in (1..).zip(counts) {
            used += u32::from(*codes) << (16 - length);
            count += usize::from(*codes);
        }
        leaves &= used < 1 << 16;
        body = symbols.get(count..)?;
    }
    Some(leaves)
}
