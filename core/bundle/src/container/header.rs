//! The three headers of a ZIP archive, each written in full from what may vary.

/// Begins a member.
pub(super) const LOCAL: [u8; 4] = *b"PK\x03\x04";
/// Begins a line of the directory.
pub(super) const CENTRAL: [u8; 4] = *b"PK\x01\x02";
/// Begins the end.
const END: [u8; 4] = *b"PK\x05\x06";

/// The fixed length of a member's header after its signature, without the name.
pub(super) const LOCAL_REST: usize = 26;

/// Version 1.0 is enough for stored members.
const NEEDED: u16 = 10;
/// Made as on Unix, so that the attributes below are read as a file's mode.
const MADE_BY: u16 = 3 << 8 | NEEDED;
/// Names are UTF-8.
const FLAGS: u16 = 0x0800;
const STORED: u16 = 0;
const MIDNIGHT: u16 = 0;
/// 1980-01-01, the first day that ZIP knows.
const FIRST_DAY: u16 = 0x0021;
/// A regular file, readable by all, writable by its owner.
const MODE: u32 = 0o100_644 << 16;

/// What varies in the headers of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) name: String,
    pub(super) crc: u32,
    pub(super) bytes: u32,
    pub(super) offset: u32,
}

impl Facts {
    fn name_len(&self) -> u16 {
        // Names are bounded by MAX_NAME_BYTES before they get here.
        u16::try_from(self.name.len()).unwrap_or(u16::MAX)
    }

    /// What both headers of a member share.
    fn common(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(LOCAL_REST);
        for number in [NEEDED, FLAGS, STORED, MIDNIGHT, FIRST_DAY] {
            out.extend(number.to_le_bytes());
        }
        for number in [self.crc, self.bytes, self.bytes] {
            out.extend(number.to_le_bytes());
        }
        out.extend(self.name_len().to_le_bytes());
        out.extend([0, 0]);
        out
    }

    /// The header before the member's bytes.
    pub(super) fn local(&self) -> Vec<u8> {
        [&LOCAL[..], &self.common(), self.name.as_bytes()].concat()
    }

    /// The member's line in the directory.
    pub(super) fn central(&self) -> Vec<u8> {
        let no_comment_first_disk_binary = [0; 6];
        [
            &CENTRAL[..],
            &MADE_BY.to_le_bytes(),
            &self.common(),
            &no_comment_first_disk_binary,
            &MODE.to_le_bytes(),
            &self.offset.to_le_bytes(),
            self.name.as_bytes(),
        ]
        .concat()
    }
}

/// The end of the archive.
pub(super) fn end(members: u16, directory_bytes: u32, directory_offset: u32) -> Vec<u8> {
    [
        &END[..],
        &[0; 4],
        &members.to_le_bytes(),
        &members.to_le_bytes(),
        &directory_bytes.to_le_bytes(),
        &directory_offset.to_le_bytes(),
        &[0; 2],
    ]
    .concat()
}
