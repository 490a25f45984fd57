//! Writing the canonical form.

use std::io::{self, Read, Write};

use super::header::{Facts, end};
use super::{MAX_BYTES, MAX_MEMBERS, MAX_NAME_BYTES};

/// Why a container cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum WriterError {
    /// More than a ZIP archive without extensions can hold.
    #[error("a bundle holds at most 4 GiB and 65535 files: export fewer cases at a time")]
    TooLarge,
    /// A member's content is not what its checksum and size were taken of.
    #[error("a file changed while it was being exported: try again")]
    Changed,
    /// The name is empty or too long.
    #[error("a member has no usable name")]
    Name,
    /// The output failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Writes members one after the other. Holds the directory, nothing else.
#[derive(Debug)]
pub struct Writer<W: Write> {
    out: W,
    offset: u64,
    members: Vec<Facts>,
}

impl<W: Write> Writer<W> {
    /// A writer of a new container.
    pub const fn new(out: W) -> Self {
        Self {
            out,
            offset: 0,
            members: Vec::new(),
        }
    }

    /// Adds a member from memory.
    ///
    /// # Errors
    /// Any [`WriterError`].
    pub fn add(&mut self, name: &str, content: &[u8]) -> Result<(), WriterError> {
        let (bytes, crc) = (content.len() as u64, crc32fast::hash(content));
        self.add_stream(name, bytes, crc, &mut &*content)
    }

    /// Adds a member from a reader, whose size and CRC-32 are known already.
    ///
    /// # Errors
    /// Any [`WriterError`].
    pub fn add_stream(
        &mut self,
        name: &str,
        bytes: u64,
        crc: u32,
        content: &mut dyn Read,
    ) -> Result<(), WriterError> {
        let facts = self.facts(name, bytes, crc)?;
        self.put(&facts.local())?;
        let mut checked = Checked::new(content);
        let copied = io::copy(&mut (&mut checked).take(bytes), &mut self.out)?;
        if copied != bytes || checked.crc() != crc {
            return Err(WriterError::Changed);
        }
        self.offset += copied;
        self.members.push(facts);
        Ok(())
    }

    fn facts(&self, name: &str, bytes: u64, crc: u32) -> Result<Facts, WriterError> {
        if name.is_empty() || name.len() > MAX_NAME_BYTES {
            return Err(WriterError::Name);
        }
        let fits = self.offset + bytes <= MAX_BYTES && self.members.len() < MAX_MEMBERS;
        let (Ok(bytes), Ok(offset), true) =
            (u32::try_from(bytes), u32::try_from(self.offset), fits)
        else {
            return Err(WriterError::TooLarge);
        };
        Ok(Facts {
            name: name.to_owned(),
            crc,
            bytes,
            offset,
        })
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.offset += bytes.len() as u64;
        self.out.write_all(bytes)
    }

    /// Writes the directory and gives the output back.
    ///
    /// # Errors
    /// Any [`WriterError`].
    pub fn finish(mut self) -> Result<W, WriterError> {
        let directory_offset = u32::try_from(self.offset).map_err(|_| WriterError::TooLarge)?;
        for facts in std::mem::take(&mut self.members) {
            self.put(&facts.central())?;
            self.members.push(facts);
        }
        let directory = u32::try_from(self.offset).map_err(|_| WriterError::TooLarge)?;
        let members = u16::try_from(self.members.len()).map_err(|_| WriterError::TooLarge)?;
        self.put(&end(
            members,
            directory - directory_offset,
            directory_offset,
        ))?;
        self.out.flush()?;
        Ok(self.out)
    }
}

/// A reader that computes the CRC-32 of what went through it.
pub(super) struct Checked<'a> {
    inner: &'a mut dyn Read,
    hasher: crc32fast::Hasher,
}

impl<'a> Checked<'a> {
    pub(super) fn new(inner: &'a mut dyn Read) -> Self {
        Self {
            inner,
            hasher: crc32fast::Hasher::new(),
        }
    }

    pub(super) fn crc(self) -> u32 {
        self.hasher.finalize()
    }
}

impl Read for Checked<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buf)?;
        self.hasher.update(&buf[..read]);
        Ok(read)
    }
}
