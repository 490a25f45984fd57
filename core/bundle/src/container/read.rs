//! Reading the canonical form, and no other.

use std::io::{self, Read, Write};

use super::header::{CENTRAL, Facts, LOCAL, LOCAL_REST, end};
use super::write::Checked;
use super::{MAX_BYTES, MAX_MEMBERS, MAX_NAME_BYTES};

/// Why bytes are not a container in its canonical form.
#[derive(Debug, thiserror::Error)]
pub enum ContainerFault {
    /// It ends too early.
    #[error("the file is cut off")]
    Cut,
    /// Neither a member nor the directory begins here.
    #[error("the file is not a bundle, or was damaged or repacked here")]
    NotHere,
    /// A member's header is not in the canonical form.
    #[error("the header of a file in it is not as bundles have it: it was altered or repacked")]
    Header,
    /// A name is empty, too long, or not UTF-8.
    #[error("a file in it has an impossible name")]
    Name,
    /// The content is not what the checksum was taken of.
    #[error("its checksum does not match its content")]
    Checksum,
    /// Larger than this kind of member may be.
    #[error("it is larger than such a file may be")]
    TooLarge,
    /// The directory is not that of the members before it.
    #[error("the directory at the end is not that of the files before it")]
    Directory,
    /// Something follows the end.
    #[error("something follows the end")]
    Trailing,
    /// The input failed.
    #[error("cannot read: {0}")]
    Io(#[from] io::Error),
}

/// A member whose header was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Its size in bytes, as the header claims.
    pub bytes: u64,
    crc: u32,
}

/// Reads members one after the other. After each [`Reader::next`] the content has to be taken with
/// [`Reader::read`] or [`Reader::copy`].
#[derive(Debug)]
pub struct Reader<R: Read> {
    input: R,
    offset: u64,
    members: Vec<Facts>,
}

impl<R: Read> Reader<R> {
    /// A reader from the beginning of a container.
    pub const fn new(input: R) -> Self {
        Self {
            input,
            offset: 0,
            members: Vec::new(),
        }
    }

    /// How many bytes were read.
    pub const fn offset(&self) -> u64 {
        self.offset
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], ContainerFault> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), ContainerFault> {
        self.input.read_exact(bytes).map_err(cut)?;
        self.offset += bytes.len() as u64;
        Ok(())
    }

    /// The next member; `None` when the archive ended as it has to.
    ///
    /// # Errors
    /// Any [`ContainerFault`].
    #[allow(clippy::should_implement_trait)] // the content is taken from the reader in between
    pub fn next(&mut self) -> Result<Option<Entry>, ContainerFault> {
        match self.take()? {
            LOCAL if self.members.len() < MAX_MEMBERS => self.header().map(Some),
            CENTRAL if !self.members.is_empty() => self.directory().map(|()| None),
            _ => Err(ContainerFault::NotHere),
        }
    }

    fn header(&mut self) -> Result<Entry, ContainerFault> {
        let offset = u32::try_from(self.offset - LOCAL.len() as u64);
        let fixed: [u8; LOCAL_REST] = self.take()?;
        let number = |at: usize| {
            let bytes = [fixed[at], fixed[at + 1], fixed[at + 2], fixed[at + 3]];
            u32::from_le_bytes(bytes)
        };
        let name_len = usize::from(u16::from_le_bytes([fixed[22], fixed[23]]));
        if !(1..=MAX_NAME_BYTES).contains(&name_len) {
            return Err(ContainerFault::Name);
        }
        let mut name = vec![0; name_len];
        self.fill(&mut name)?;
        let facts = Facts {
            name: String::from_utf8(name).map_err(|_| ContainerFault::Name)?,
            crc: number(10),
            bytes: number(14),
            offset: offset.map_err(|_| ContainerFault::TooLarge)?,
        };
        let written = facts.local();
        if written[LOCAL.len()..LOCAL.len() + LOCAL_REST] != fixed {
            return Err(ContainerFault::Header);
        }
        let entry = Entry {
            name: facts.name.clone(),
            bytes: facts.bytes.into(),
            crc: facts.crc,
        };
        self.members.push(facts);
        Ok(entry)
    }

    /// The content of the member, of at most `limit` bytes.
    ///
    /// # Errors
    /// Any [`ContainerFault`].
    pub fn read(&mut self, entry: &Entry, limit: u64) -> Result<Vec<u8>, ContainerFault> {
        if entry.bytes > limit {
            return Err(ContainerFault::TooLarge);
        }
        let mut content = Vec::new();
        self.copy(entry, &mut content)?;
        Ok(content)
    }

    /// Copies the content of the member to `to`.
    ///
    /// # Errors
    /// Any [`ContainerFault`].
    pub fn copy(&mut self, entry: &Entry, to: &mut dyn Write) -> Result<(), ContainerFault> {
        let mut checked = Checked::new(&mut self.input);
        let copied = io::copy(&mut (&mut checked).take(entry.bytes), to)?;
        let crc = checked.crc();
        self.offset += copied;
        if copied != entry.bytes {
            Err(ContainerFault::Cut)
        } else if crc != entry.crc {
            Err(ContainerFault::Checksum)
        } else {
            Ok(())
        }
    }

    /// The directory is that of the members which were read, and nothing follows it.
    fn directory(&mut self) -> Result<(), ContainerFault> {
        let begin = self.offset - CENTRAL.len() as u64;
        let members = std::mem::take(&mut self.members);
        for (at, facts) in members.iter().enumerate() {
            let line = facts.central();
            let skip = if at == 0 { CENTRAL.len() } else { 0 };
            self.expect(&line[skip..])?;
        }
        let too_large = |_| ContainerFault::TooLarge;
        let count = u16::try_from(members.len()).map_err(too_large)?;
        let bytes = u32::try_from(self.offset - begin).map_err(too_large)?;
        let begin = u32::try_from(begin).map_err(too_large)?;
        self.expect(&end(count, bytes, begin))?;
        match self.input.read(&mut [0])? {
            0 if self.offset <= MAX_BYTES => Ok(()),
            _ => Err(ContainerFault::Trailing),
        }
    }

    fn expect(&mut self, wanted: &[u8]) -> Result<(), ContainerFault> {
        let mut found = vec![0; wanted.len()];
        self.fill(&mut found)?;
        if found == wanted {
            Ok(())
        } else {
            Err(ContainerFault::Directory)
        }
    }
}

fn cut(error: io::Error) -> ContainerFault {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => ContainerFault::Cut,
        _ => ContainerFault::Io(error),
    }
}
