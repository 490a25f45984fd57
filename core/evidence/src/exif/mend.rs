//! What writers do to a TIFF structure that is odd and no damage.

/// Pointers to the directories of EXIF, GPS and interoperability.
const POINTERS: [u16; 3] = [0x8769, 0x8825, 0xa005];

const SHORT: u16 = 3;
const LONG: u16 = 4;
const SIGNED_LONG: u16 = 9;
/// TIFF's own type of a pointer to a directory.
const DIRECTORY: u16 = 13;

/// Deepest directory: interoperability in EXIF in the main one.
const DEEPEST: u8 = 2;

/// Gives pointers to directories the type that the standard gives them, whatever whole number a writer
/// took for them. Nothing moves; what cannot be followed stays as it is.
pub(super) fn mend_pointers(tiff: &mut [u8]) {
    let little = match tiff.first_chunk() {
        Some(b"II") => true,
        Some(b"MM") => false,
        _ => return,
    };
    let mut block = Block { tiff, little };
    if let Some(first) = block.long(4) {
        block.mend(first as usize, 0);
    }
}

/// Whether the reader complains of what costs no value: a directory of EXIF or GPS has no successor, and
/// writers that know it leave the pointer to it out; then values lie in its place, or the end.
pub(super) fn is_harmless(error: &exif::Error) -> bool {
    let exif::Error::InvalidFormat(words) = error else {
        return false;
    };
    matches!(*words, "Unexpected next IFD" | "Truncated next IFD offset")
}

struct Block<'a> {
    tiff: &'a mut [u8],
    little: bool,
}

impl Block<'_> {
    fn short(&self, at: usize) -> Option<u16> {
        let bytes = *self.tiff.get(at..)?.first_chunk()?;
        Some(if self.little {
            u16::from_le_bytes(bytes)
        } else {
            u16::from_be_bytes(bytes)
        })
    }

    fn long(&self, at: usize) -> Option<u32> {
        let bytes = *self.tiff.get(at..)?.first_chunk()?;
        Some(if self.little {
            u32::from_le_bytes(bytes)
        } else {
            u32::from_be_bytes(bytes)
        })
    }

    fn put(&mut self, at: usize, kind: u16, value: u32) {
        let (kind, value) = if self.little {
            (kind.to_le_bytes(), value.to_le_bytes())
        } else {
            (kind.to_be_bytes(), value.to_be_bytes())
        };
        self.tiff[at + 2..at + 4].copy_from_slice(&kind);
        self.tiff[at + 8..at + 12].copy_from_slice(&value);
    }

    fn mend(&mut self, directory: usize, depth: u8) {
        let count = usize::from(self.short(directory).unwrap_or(0));
        for entry in (0..count).map(|number| directory + 2 + 12 * number) {
            if self.tiff.len() < entry + 12 {
                return;
            }
            if let Some(to) = self.mend_entry(entry)
                && depth < DEEPEST
            {
                self.mend(to, depth + 1);
            }
        }
    }

    /// Where the entry leads, if it is a pointer.
    fn mend_entry(&mut self, entry: usize) -> Option<usize> {
        if !POINTERS.contains(&self.short(entry)?) || self.long(entry + 4)? != 1 {
            return None;
        }
        let to = match self.short(entry + 2)? {
            LONG | SIGNED_LONG | DIRECTORY => self.long(entry + 8)?,
            SHORT => u32::from(self.short(entry + 8)?),
            _ => return None,
        };
        self.put(entry, LONG, to);
        Some(to as usize)
    }
}

#[cfg(test)]
mod tests {
    use crate::exif::{Metadata, Problem, read_block};

    /// A block in either order of bytes: the main directory points to that of GPS by a value of
    /// `kind`, and that one has `behind` after its entries.
    fn block(little: bool, kind: u16, behind: &[u8]) -> Vec<u8> {
        let short = |value: u16| {
            if little {
                value.to_le_bytes()
            } else {
                value.to_be_bytes()
            }
        };
        let long = |value: u32| {
            if little {
                value.to_le_bytes()
            } else {
                value.to_be_bytes()
            }
        };
        let mut out = if little {
            b"II*\0".to_vec()
        } else {
            b"MM\0*".to_vec()
        };
        let entry = |out: &mut Vec<u8>, tag: u16, kind: u16, count: u32, value: [u8; 4]| {
            out.extend(short(tag));
            out.extend(short(kind));
            out.extend(long(count));
            out.extend(value);
        };
        out.extend(long(8));
        out.extend(short(1));
        let to = if kind == 3 {
            let [a, b] = short(26);
            [a, b, 0, 0]
        } else {
            long(26)
        };
        entry(&mut out, 0x8825, kind, 1, to);
        out.extend(long(0));
        out.extend(short(4));
        let values = 26 + 2 + 4 * 12 + behind.len() as u32;
        entry(&mut out, 1, 2, 2, *b"N\0\0\0");
        entry(&mut out, 2, 9, 3, long(values));
        entry(&mut out, 3, 2, 2, *b"W\0\0\0");
        entry(&mut out, 4, 9, 3, long(values + 12));
        out.extend(behind);
        for part in [36, 26, 43, 116, 49, 12] {
            out.extend(long(part));
        }
        out
    }

    fn is_read(found: &Metadata) {
        let position = found.position.as_ref().unwrap();
        let near = |value: f64, wanted: f64| (value - wanted).abs() < 1e-9;
        assert!(
            near(position.lat, 36.0 + 26.0 / 60.0 + 43.0 / 3_600.0),
            "{found:?}"
        );
        assert!(
            near(position.lon, -(116.0 + 49.0 / 60.0 + 12.0 / 3_600.0)),
            "{found:?}"
        );
    }

    #[test]
    fn a_pointer_may_be_any_whole_number() {
        for little in [false, true] {
            for kind in [3, 4, 9, 13] {
                let found = read_block(&block(little, kind, &[0; 4]));
                is_read(&found);
                assert_eq!(found.problems, [], "{little} {kind}");
            }
            let found = read_block(&block(little, 2, &[0; 4]));
            assert!(
                matches!(found.problems[..], [Problem::Damaged(_)]),
                "{found:?}"
            );
        }
    }

    #[test]
    fn a_directory_without_a_successor_is_no_damage() {
        for little in [false, true] {
            let found = read_block(&block(little, 4, b""));
            is_read(&found);
            assert_eq!(found.problems, []);
            let found = read_block(&block(little, 4, b"\x13\x57\x9b\xdf"));
            is_read(&found);
            assert_eq!(found.problems, []);
        }
    }

    /// LightZone and others write the time into the main directory, and some the maker into EXIF's.
    #[test]
    fn texts_count_in_either_directory_and_the_right_one_first() {
        let text = |tag: u16, at: u32, len: u32| {
            let parts = [
                &tag.to_be_bytes()[..],
                b"\0\x02",
                &len.to_be_bytes(),
                &at.to_be_bytes(),
            ];
            parts.concat()
        };
        let mut block = b"MM\0*\0\0\0\x08\0\x03".to_vec();
        block.extend(b"\x01\x0f\0\x02\0\0\0\x01\0\0\0\0");
        block.extend(b"\x87\x69\0\x04\0\0\0\x01\0\0\0\x32");
        block.extend(text(0x9003, 80, 20));
        block.extend(b"\0\0\0\0\0\x02");
        block.extend(text(0x010f, 100, 6));
        block.extend(text(0x0110, 106, 6));
        block.extend(b"\0\0\0\0");
        assert_eq!(block.len(), 80);
        block.extend(b"2006:05:27 12:37:03\0Maker\0Model\0");
        let found = read_block(&block);
        assert_eq!(found.problems, []);
        assert_eq!(
            found.taken.map(|taken| taken.to_exif()).as_deref(),
            Some("2006:05:27 12:37:03")
        );
        let named = (found.make.as_deref(), found.model.as_deref());
        assert_eq!(named, (Some("Maker"), Some("Model")));
    }

    #[test]
    fn what_leads_in_circles_ends() {
        let mut looped = block(false, 9, &[0; 4]);
        // The entry of GPS that was a latitude leads back to the directory it stands in.
        looped[40..52].copy_from_slice(b"\xa0\x05\0\x09\0\0\0\x01\0\0\0\x1a");
        assert!(read_block(&looped).position.is_none());
    }
}
