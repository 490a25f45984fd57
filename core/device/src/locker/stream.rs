//! Named items as one stream of sealed parts.

use std::cmp::min;

use zeroize::Zeroizing;

use super::PART;
use super::key::{LockerKey, Place};
use crate::error::{DeviceError, Result};
use crate::files::Files;

/// The longest name of an item, in bytes.
const NAME: u64 = 1 << 12;

/// Writes a locker's parts.
pub(crate) struct Writer<'a> {
    files: &'a dyn Files,
    folder: &'a str,
    key: &'a LockerKey,
    number: u64,
    plain: Zeroizing<Vec<u8>>,
}

impl<'a> Writer<'a> {
    pub(crate) fn new(files: &'a dyn Files, folder: &'a str, key: &'a LockerKey) -> Self {
        Self {
            files,
            folder,
            key,
            number: 0,
            plain: Zeroizing::new(Vec::with_capacity(PART)),
        }
    }

    /// One item more.
    pub(crate) fn item(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        self.push(&(name.len() as u64).to_be_bytes())?;
        self.push(name.as_bytes())?;
        self.push(&(bytes.len() as u64).to_be_bytes())?;
        self.push(bytes)
    }

    /// Puts the last part and says how many there are.
    pub(crate) fn end(mut self) -> Result<u64> {
        self.put(true)?;
        Ok(self.number)
    }

    fn push(&mut self, mut bytes: &[u8]) -> Result<()> {
        while !bytes.is_empty() {
            if self.plain.len() == PART {
                self.put(false)?;
            }
            let (now, later) = bytes.split_at(min(bytes.len(), PART - self.plain.len()));
            self.plain.extend_from_slice(now);
            bytes = later;
        }
        Ok(())
    }

    fn put(&mut self, last: bool) -> Result<()> {
        let number = self.number;
        let sealed = self.key.seal(Place { number, last }, &self.plain)?;
        self.files.put_atomic(&part(self.folder, number), &sealed)?;
        self.number += 1;
        self.plain.clear();
        Ok(())
    }
}

/// Reads a locker's items in their order.
pub(crate) struct Reader<'a> {
    files: &'a dyn Files,
    folder: &'a str,
    key: &'a LockerKey,
    parts: u64,
    number: u64,
    plain: Zeroizing<Vec<u8>>,
    at: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(
        files: &'a dyn Files,
        folder: &'a str,
        key: &'a LockerKey,
        parts: u64,
    ) -> Self {
        Self {
            files,
            folder,
            key,
            parts,
            number: 0,
            plain: Zeroizing::default(),
            at: 0,
        }
    }

    /// The next item; `None` at the end. [`DeviceError::Damaged`] when a part is not what was put.
    pub(crate) fn item(&mut self) -> Result<Option<(String, Zeroizing<Vec<u8>>)>> {
        if !self.has_more()? {
            return Ok(None);
        }
        let len = self.number()?;
        let name = self.take(if len <= NAME { len } else { u64::MAX })?;
        let name = String::from_utf8(name.to_vec()).map_err(|_| DeviceError::Damaged)?;
        let len = self.number()?;
        Ok(Some((name, self.take(len)?)))
    }

    fn number(&mut self) -> Result<u64> {
        let bytes = self.take(8)?;
        let bytes: [u8; 8] = bytes
            .as_slice()
            .try_into()
            .map_err(|_| DeviceError::Damaged)?;
        Ok(u64::from_be_bytes(bytes))
    }

    fn take(&mut self, len: u64) -> Result<Zeroizing<Vec<u8>>> {
        let mut taken = Zeroizing::new(Vec::new());
        while (taken.len() as u64) < len {
            if !self.has_more()? {
                return Err(DeviceError::Damaged);
            }
            let lies = self.plain.get(self.at..).unwrap_or_default();
            let wanted = usize::try_from(len - taken.len() as u64).unwrap_or(usize::MAX);
            let some = &lies[..min(lies.len(), wanted)];
            taken.extend_from_slice(some);
            self.at += some.len();
        }
        Ok(taken)
    }

    /// Whether there is a byte that was not taken, after opening the next part if need be.
    fn has_more(&mut self) -> Result<bool> {
        while self.at == self.plain.len() && self.number < self.parts {
            let number = self.number;
            let last = number + 1 == self.parts;
            let sealed = self.files.read(&part(self.folder, number))?;
            self.plain = self.key.open(Place { number, last }, &sealed)?;
            self.number += 1;
            self.at = 0;
        }
        Ok(self.at < self.plain.len())
    }
}

/// Where a part lies.
pub(super) fn part(folder: &str, number: u64) -> String {
    format!("{folder}/{number:06}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::FolderFiles;

    fn key() -> LockerKey {
        LockerKey::grown("six or more", [1; 16], b"store").unwrap()
    }

    fn read_all(files: &FolderFiles, parts: u64) -> Result<Vec<(String, Vec<u8>)>> {
        let key = key();
        let mut reader = Reader::new(files, "lockers/a", &key, parts);
        let mut items = Vec::new();
        while let Some((name, bytes)) = reader.item()? {
            items.push((name, bytes.to_vec()));
        }
        Ok(items)
    }

    #[test]
    fn items_of_any_length_come_back_and_nothing_can_be_taken_out() {
        let folder = tempfile::tempdir().unwrap();
        let files = FolderFiles::open(folder.path()).unwrap();
        let key = key();
        let items = [
            ("database".to_owned(), vec![7; 2 * PART + 5]),
            ("empty".to_owned(), vec![]),
            ("file/媒/a.jpg".to_owned(), vec![9; PART - 40]),
        ];
        let mut writer = Writer::new(&files, "lockers/a", &key);
        for (name, bytes) in &items {
            writer.item(name, bytes).unwrap();
        }
        let parts = writer.end().unwrap();
        assert_eq!(parts, 4);
        assert_eq!(read_all(&files, parts).unwrap(), items);
        assert!(matches!(read_all(&files, 3), Err(DeviceError::Damaged)));
        let (one, two) = (part("lockers/a", 0), part("lockers/a", 1));
        let (first, second) = (files.read(&one).unwrap(), files.read(&two).unwrap());
        files.put_atomic(&one, &second).unwrap();
        files.put_atomic(&two, &first).unwrap();
        assert!(matches!(read_all(&files, parts), Err(DeviceError::Damaged)));
    }
}
