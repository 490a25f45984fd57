//! Room that is kept for the day on which others fill the disk.
//!
//! A file without content lies beside the database. When the disk has no room, its bytes are given
//! back, so that the device can still say what it owes, hand that in, and write it into a bundle;
//! when there is room again, the file takes it. Only whoever has the device's lock touches the file.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::{FilesError, create_private};

/// What is kept, in bytes: a log of SQLite up to its checkpoint (4 MiB), and as much again for what the
/// checkpoint adds to the database and for the small files beside it.
const RESERVE: u64 = 8 << 20;

/// With less free than this the disk counts as full, in bytes.
const LOW: u64 = RESERVE / 2;

/// With this much free, in bytes, the reserve is taken at any time; with less only as the device is closed.
const PLENTY: u64 = 4 * RESERVE;

const PIECE: usize = 64 << 10;

/// The reserve of one device. When it is dropped, it takes what is free, up to its size.
#[derive(Debug)]
pub(crate) struct Reserve(Option<PathBuf>);

impl Reserve {
    /// The reserve in the file at `path`; `None` for a device without one.
    pub(crate) fn new(path: Option<&Path>) -> Self {
        Self(path.map(Path::to_owned))
    }

    /// How many bytes it holds.
    pub(crate) fn len(&self) -> u64 {
        let found = self.0.as_ref().and_then(|path| path.metadata().ok());
        found.map_or(0, |found| found.len())
    }

    /// Gives its bytes back; whether there were any.
    pub(crate) fn release(&self) -> Result<bool, FilesError> {
        let Some(path) = &self.0 else {
            return Ok(false);
        };
        let held = self.len() > 0;
        match fs::remove_file(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            removed => removed.map(|()| held).map_err(FilesError::from),
        }
    }

    /// Gives its bytes back when `free` bytes are all that the disk has, and takes them when it has plenty.
    /// A disk that does not say how much is free is left alone.
    pub(crate) fn adjust(&self, free: Option<u64>) -> Result<(), FilesError> {
        match free {
            Some(free) if free < LOW => self.release().map(|_| ()),
            Some(free) if free >= PLENTY => {
                self.take();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Takes what is free, up to its size. What a full disk leaves of it is kept: it is room all the same.
    fn take(&self) {
        let Some(path) = &self.0 else {
            return;
        };
        if self.len() < RESERVE {
            let _ = grow(path, RESERVE);
        }
    }
}

impl Drop for Reserve {
    fn drop(&mut self) {
        self.take();
    }
}

/// Lets the file grow to `size` bytes, or until the disk is full.
fn grow(path: &Path, size: u64) -> io::Result<()> {
    match create_private(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().append(true).open(path)?;
    let mut held = file.metadata()?.len();
    let mut noise = Noise(held | 1);
    let mut piece = vec![0; PIECE];
    while held < size {
        noise.fill(&mut piece);
        let most = usize::try_from(size - held).map_or(PIECE, |left| left.min(PIECE));
        held += match file.write(piece.get(..most).unwrap_or(&piece))? {
            0 => return Err(ErrorKind::WriteZero.into()),
            written => written as u64,
        };
    }
    Ok(())
}

/// Bytes that no file system can store in less room than they have (xorshift64, Marsaglia 2003).
struct Noise(u64);

impl Noise {
    fn fill(&mut self, piece: &mut [u8]) {
        for word in piece.chunks_mut(8) {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            word.copy_from_slice(self.0.to_le_bytes().get(..word.len()).unwrap_or(&[]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_given_back_on_a_full_disk_and_taken_again_when_there_is_room() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("reserve");
        let reserve = Reserve::new(Some(&path));
        reserve.adjust(Some(PLENTY - 1)).unwrap();
        assert_eq!(
            reserve.len(),
            0,
            "room is left to others while it is scarce"
        );
        reserve.adjust(Some(PLENTY)).unwrap();
        assert_eq!(reserve.len(), RESERVE);
        reserve.adjust(Some(LOW)).unwrap();
        reserve.adjust(None).unwrap();
        assert_eq!(reserve.len(), RESERVE);
        reserve.adjust(Some(LOW - 1)).unwrap();
        assert!(!path.exists());
        assert!(!reserve.release().unwrap(), "nothing is left to give");
        fs::write(&path, b"what a full disk left").unwrap();
        drop(reserve);
        assert_eq!(path.metadata().unwrap().len(), RESERVE);
    }

    #[test]
    fn a_device_without_a_reserve_makes_no_file() {
        let reserve = Reserve::new(None);
        reserve.adjust(Some(u64::MAX)).unwrap();
        assert!(!reserve.release().unwrap());
        assert_eq!(reserve.len(), 0);
    }
}
