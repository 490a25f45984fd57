//! Whether a file reaches its own end.
//!
//! Only the skeleton is walked: no allocation, no decoding, at most one pass over the bytes. What
//! follows the end (a motion photo's film, a second picture) is nobody's business here.

mod streams;

use crate::frame::next_marker;
use crate::sniff::FileType;

/// Whether the structure of `bytes` runs to its end. Types without a structure that says where it
/// ends are whole.
pub(crate) fn is_whole(kind: FileType, bytes: &[u8]) -> bool {
    match kind {
        FileType::Jpeg => jpeg_is_whole(bytes).is_some(),
        FileType::Png => png_is_whole(bytes).is_some(),
        FileType::WebP | FileType::Wav => riff_is_whole(bytes).is_some(),
        FileType::Mp4 | FileType::Mov | FileType::M4a | FileType::ThreeGp => {
            boxes_are_whole(bytes).is_some()
        }
        FileType::WebM => streams::webm_is_whole(bytes).is_some(),
        FileType::Ogg => streams::ogg_is_whole(bytes).is_some(),
        FileType::Flac => streams::flac_is_whole(bytes).is_some(),
        _ => true,
    }
}

/// The size after `RIFF` counts what follows it.
fn riff_is_whole(bytes: &[u8]) -> Option<()> {
    let size = u32::from_le_bytes(*bytes.get(4..)?.first_chunk()?) as usize;
    bytes.get(8..size.checked_add(8)?).map(|_| ())
}

/// ISO base media: boxes of size and type to the end of the file, an index (`moov` or, in
/// fragments, `moof`) among them. Recorders write it last, so a film that was cut off has none.
fn boxes_are_whole(bytes: &[u8]) -> Option<()> {
    let mut indexed = false;
    for part in crate::boxes::Boxes::new(bytes) {
        let part = part?;
        indexed |= matches!(&part.kind, b"moov" | b"moof");
    }
    indexed.then_some(())
}

const END_OF_IMAGE: u8 = 0xd9;

/// Markers stand alone or head a segment with a length; compressed data hides no marker, since
/// it writes 0xFF as 0xFF 0x00. Segments are jumped over, so that the end of a thumbnail inside
/// EXIF is not taken for the end of the picture.
fn jpeg_is_whole(bytes: &[u8]) -> Option<()> {
    let mut rest = bytes.get(2..)?;
    let mut scan = Scan::default();
    loop {
        let (before, marker, after) = next_marker(rest)?;
        if scan.is_blanked(before) {
            return None;
        }
        rest = match marker {
            END_OF_IMAGE => return Some(()),
            0x01 | 0xd0..=0xd8 => after,
            _ => {
                let length = usize::from(u16::from_be_bytes(*after.first_chunk()?));
                scan.hear(marker, after.get(2..length).unwrap_or_default());
                after.get(length..)?
            }
        };
    }
}

/// What is known of a JPEG's compressed data: whether a run of zero bytes in them can be a picture.
///
/// In sequential data (ITU-T T.81, F.2.2) zeros repeat the first code of the table for AC. Where that
/// means "end of block" an even area is written so; where it means a coefficient, as in the tables
/// that cameras use (K.3), zeros are blocks full of equal coefficients: a copy that was not filled.
#[derive(Default)]
struct Scan {
    sequential: bool,
    inside: bool,
    /// Which tables for AC, by their number, are given and begin with something else.
    full: [bool; 4],
}

impl Scan {
    fn hear(&mut self, marker: u8, body: &[u8]) {
        match (marker, body) {
            (0xc0 | 0xc1, _) => self.sequential = true,
            (0xc2, _) => self.sequential = false,
            (0xc4, _) => self.tables(body),
            // The first component of the scan names its tables in its second byte.
            (0xda, [_, _, tables, ..]) => {
                self.inside = self.sequential && self.full[usize::from(tables & 3)];
            }
            _ => self.inside = false,
        }
    }

    fn tables(&mut self, mut body: &[u8]) {
        while let [number, rest @ ..] = body {
            let Some((counts, symbols)) = rest.split_first_chunk::<16>() else {
                return;
            };
            let count = counts.iter().map(|count| usize::from(*count)).sum();
            if number >> 4 == 1 {
                self.full[usize::from(number & 3)] = matches!(symbols.first(), Some(1..));
            }
            body = symbols.get(count..).unwrap_or_default();
        }
    }

    fn is_blanked(&self, data: &[u8]) -> bool {
        let zeros = |part: &[u8]| part.iter().all(|byte| *byte == 0);
        self.inside && data.chunks_exact(256).any(zeros)
    }
}

/// Signature, then chunks of length, type, data and checksum up to `IEND`. The decoder checks the
/// checksums.
fn png_is_whole(bytes: &[u8]) -> Option<()> {
    let mut rest = bytes.get(8..)?;
    loop {
        let length = u32::from_be_bytes(*rest.first_chunk()?) as usize;
        let kind = rest.get(4..8)?;
        let after = rest.get(length.checked_add(12)?..)?;
        if kind == b"IEND" {
            return Some(());
        }
        rest = after;
    }
}
