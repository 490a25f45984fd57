//! Taking place and device out of films and sounds that must tell neither.
//!
//! Films are blanked in place ([`crate::film`]). Sounds, ADTS (ISO/IEC 13818-7, 6.2) and AMR
//! (RFC 4867, 5), are walked frame by frame, and what follows the last frame is cut off.

use crate::error::EvidenceError;
use crate::film;
use crate::sniff::FileType;

/// Makes a file of `kind` tell neither place nor device.
pub(crate) fn clean(kind: FileType, bytes: &mut Vec<u8>) -> Result<(), EvidenceError> {
    match kind {
        FileType::Mp4 | FileType::Mov | FileType::ThreeGp | FileType::M4a => film::clean(bytes),
        FileType::Amr | FileType::Aac => {
            let end = sound_end(kind, bytes).ok_or(EvidenceError::Unsupported(kind))?;
            bytes.truncate(end);
            Ok(())
        }
        _ => Err(EvidenceError::NotPrivateFormat(kind)),
    }
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
