//! Taking place and device out of films and sounds that must tell neither.
//!
//! Films: ISO/IEC 14496-12 and QuickTime. What is not known to be needed for picture and sound is
//! blanked in place, so that no offset moves; a track that is neither picture nor sound keeps its
//! samples among theirs and is refused. Sounds: ADTS (ISO/IEC 13818-7, 6.2) and AMR (RFC 4867, 5)
//! are walked frame by frame, and what follows the last frame is cut off.

use crate::boxes::{Boxes, Part};
use crate::error::EvidenceError;
use crate::sniff::FileType;

/// What may stand in a box and is needed; everything else there is blanked.
const NEEDED: [(&[u8; 4], &[&[u8; 4]]); 8] = [
    (
        b"file",
        &[
            b"ftyp", b"styp", b"moov", b"moof", b"mdat", b"mfra", b"sidx", b"ssix",
        ],
    ),
    (b"moov", &[b"mvhd", b"trak", b"mvex", b"iods"]),
    (
        b"trak",
        &[b"tkhd", b"tref", b"edts", b"mdia", b"tapt", b"trgr"],
    ),
    (b"mdia", &[b"mdhd", b"hdlr", b"minf", b"elng"]),
    (
        b"minf",
        &[b"vmhd", b"smhd", b"gmhd", b"hdlr", b"dinf", b"stbl"],
    ),
    (
        b"stbl",
        &[
            b"stsd", b"stts", b"ctts", b"cslg", b"stsc", b"stsz", b"stz2", b"stco", b"co64",
            b"stss", b"stps", b"sdtp", b"sbgp", b"sgpd", b"subs",
        ],
    ),
    (b"moof", &[b"mfhd", b"traf"]),
    (
        b"traf",
        &[
            b"tfhd", b"tfdt", b"trun", b"sdtp", b"sbgp", b"sgpd", b"subs",
        ],
    ),
];

/// The deepest of [`NEEDED`] lies five deep.
const MAX_DEPTH: usize = 6;

/// Makes a file of `kind` tell neither place nor device.
pub(crate) fn clean(kind: FileType, bytes: &mut Vec<u8>) -> Result<(), EvidenceError> {
    match kind {
        FileType::Mp4 | FileType::Mov | FileType::ThreeGp | FileType::M4a => film(bytes),
        FileType::Amr | FileType::Aac => {
            let end = sound_end(kind, bytes).ok_or(EvidenceError::Unsupported(kind))?;
            bytes.truncate(end);
            Ok(())
        }
        _ => Err(EvidenceError::Unsupported(kind)),
    }
}

fn film(bytes: &mut [u8]) -> Result<(), EvidenceError> {
    let mut plan = Plan::default();
    plan.walk(bytes, b"file", Boxes::new(bytes), 0)?;
    for part in plan.blank {
        bytes[part.kind_at..part.kind_at + 4].copy_from_slice(b"free");
        bytes[part.content].fill(0);
    }
    for part in plan.handlers {
        // Behind the type stand the maker and the name of the handler.
        if let Some(name) = bytes[part.content].get_mut(12..) {
            name.fill(0);
        }
    }
    Ok(())
}

#[derive(Default)]
struct Plan {
    blank: Vec<Part>,
    handlers: Vec<Part>,
}

impl Plan {
    fn walk(
        &mut self,
        bytes: &[u8],
        holder: &[u8; 4],
        boxes: Boxes<'_>,
        depth: usize,
    ) -> Result<(), EvidenceError> {
        let needed = needed(holder).unwrap_or_default();
        for part in boxes {
            let part = part.ok_or(EvidenceError::Truncated)?;
            if !needed.contains(&&part.kind) {
                self.blank.push(part);
            } else if part.kind == *b"hdlr" {
                self.handler(bytes, holder, part)?;
            } else if needed_in(&part) && depth < MAX_DEPTH {
                let inside = Boxes::within(bytes, part.content.clone());
                self.walk(bytes, &part.kind, inside, depth + 1)?;
            }
        }
        Ok(())
    }

    fn handler(&mut self, bytes: &[u8], holder: &[u8; 4], part: Part) -> Result<(), EvidenceError> {
        let kind = bytes[part.content.clone()].get(8..12);
        if holder == b"mdia" && !matches!(kind, Some(b"vide" | b"soun")) {
            let kind = kind.unwrap_or_default().escape_ascii().to_string();
            return Err(EvidenceError::NotPrivate { track: kind });
        }
        self.handlers.push(part);
        Ok(())
    }
}

fn needed(holder: &[u8; 4]) -> Option<&'static [&'static [u8; 4]]> {
    let found = NEEDED.iter().find(|(kind, _)| *kind == holder);
    found.map(|(_, inside)| *inside)
}

fn needed_in(part: &Part) -> bool {
    needed(&part.kind).is_some()
}

/// Bytes of the frame that begins here; `None` when none does.
type FrameSize = fn(&[u8]) -> Option<usize>;

/// Where the last whole frame ends; `None` when there is none.
fn sound_end(kind: FileType, bytes: &[u8]) -> Option<usize> {
    let (start, frame): (usize, FrameSize) = match kind {
        FileType::Aac => (0, adts_frame),
        _ if bytes.starts_with(b"#!AMR\n") => (6, amr_frame),
        _ if bytes.starts_with(b"#!AMR-WB\n") => (9, amr_wide_frame),
        _ => return None,
    };
    let mut end = start;
    while let Some(size) = bytes.get(end..).and_then(frame) {
        if size > bytes.len() - end {
            break;
        }
        end += size;
    }
    (end > start).then_some(end)
}

fn adts_frame(bytes: &[u8]) -> Option<usize> {
    let [0xff, second, _, b3, b4, b5, ..] = bytes else {
        return None;
    };
    let size = usize::from(b3 & 3) << 11 | usize::from(*b4) << 3 | usize::from(b5 >> 5);
    (second & 0xf6 == 0xf0 && size >= 7).then_some(size)
}

/// Bytes of a frame with its head, by the type in the head; 0 where there is no such type.
fn amr_sized(bytes: &[u8], sizes: [usize; 16]) -> Option<usize> {
    let head = bytes.first()?;
    let size = sizes[usize::from(head >> 3 & 15)];
    (head & 0x83 == 0 && size > 0).then_some(size)
}

fn amr_frame(bytes: &[u8]) -> Option<usize> {
    let sizes = [13, 14, 16, 18, 20, 21, 27, 32, 6, 0, 0, 0, 0, 0, 0, 1];
    amr_sized(bytes, sizes)
}

fn amr_wide_frame(bytes: &[u8]) -> Option<usize> {
    let sizes = [18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 0, 0, 0, 0, 1, 1];
    amr_sized(bytes, sizes)
}
