//! What descriptions of samples say of whoever made them: ISO/IEC 14496-12, 8.5.2 and 12, QuickTime File
//! Format, "Sample description atoms", 3GPP TS 26.244, 6.
//!
//! Blanked in place; what a decoder needs stays as it is.

use std::ops::Range;

use crate::boxes::{Boxes, Part};

/// The maker of the encoder: behind what every description begins with, version and revision.
const VENDOR: Range<usize> = 12..16;
/// In a picture's description: a length and at most 31 bytes.
const COMPRESSOR: Range<usize> = 42..74;
/// Where boxes begin in a picture's description.
const PICTURE: usize = 78;
/// The same in a sound's, by its version: the second has four numbers more.
const SOUND: [usize; 2] = [28, 44];
/// Boxes that no decoder needs.
const SPARE: [&[u8; 4]; 5] = [b"udta", b"meta", b"uuid", b"free", b"skip"];

/// Blanks the makers in a box `stsd` of sound or of pictures: version and flags, a count, and so many
/// descriptions.
pub(crate) fn blank_description(bytes: &mut [u8], part: &Part, sound: bool) {
    let from = part.content.start.saturating_add(8);
    let entries: Vec<Part> = Boxes::within(bytes, from..part.content.end)
        .flatten()
        .collect();
    for entry in entries {
        blank_entry(bytes, &entry, sound);
    }
}

fn blank_entry(bytes: &mut [u8], entry: &Part, sound: bool) {
    let content = &mut bytes[entry.content.clone()];
    fill(content, VENDOR);
    let start = if sound {
        let version = content.get(9).map_or(0, |version| usize::from(*version));
        SOUND.get(version).copied()
    } else {
        fill(content, COMPRESSOR);
        Some(PICTURE)
    };
    let Some(start) = start.filter(|start| *start < entry.content.len()) else {
        return;
    };
    let inside = entry.content.start + start..entry.content.end;
    let boxes: Vec<Part> = Boxes::within(bytes, inside).flatten().collect();
    for part in boxes {
        blank_box(bytes, part);
    }
}

/// What a description holds beside its numbers. 3GPP's begin with the maker.
fn blank_box(bytes: &mut [u8], part: Part) {
    if SPARE.contains(&&part.kind) {
        bytes[part.kind_at..part.kind_at + 4].copy_from_slice(b"free");
        bytes[part.content].fill(0);
    } else if matches!(&part.kind, b"damr" | b"d263") {
        fill(&mut bytes[part.content], 0..4);
    }
}

fn fill(bytes: &mut [u8], range: Range<usize>) {
    if let Some(told) = bytes.get_mut(range) {
        told.fill(0);
    }
}
