//! An open pack: bytes that somebody mapped or read, and which of its sections are known to be sound.

use std::sync::atomic::{AtomicU8, Ordering};

use gewu_model::ids::Digest;
use sha2::{Digest as _, Sha256};

use super::fault::PackFault;
use super::layout::{Section, Table, read_table};

const UNKNOWN: u8 = 0;
const SOUND: u8 = 1;
const DAMAGED: u8 = 2;

/// A binary pack over bytes of any owner: a memory map, a vector, a static slice.
///
/// Opening reads the head only. A section's checksum is verified when the section is first used;
/// every read afterwards is bounded, so that a file made to deceive costs an error and no more.
#[derive(Debug)]
pub struct GridFile<B> {
    bytes: B,
    digest: Digest,
    table: Table,
    states: [AtomicU8; Section::ALL.len()],
}

impl<B: AsRef<[u8]>> GridFile<B> {
    /// Opens a pack whose SHA-256 the signed envelope states. The digest is what reports carry; it
    /// is not recomputed, because whoever stored the file has checked it.
    ///
    /// # Errors
    /// [`PackFault`] when head or section table are not those of a whole pack of this format.
    pub fn open(bytes: B, digest: Digest) -> Result<Self, PackFault> {
        let table = read_table(bytes.as_ref())?;
        Ok(Self {
            bytes,
            digest,
            table,
            states: Default::default(),
        })
    }

    /// Opens a pack of unknown origin and computes its SHA-256, which reads the whole file.
    ///
    /// # Errors
    /// As [`GridFile::open`].
    pub fn open_unsigned(bytes: B) -> Result<Self, PackFault> {
        let digest = Digest(Sha256::digest(bytes.as_ref()).into());
        Self::open(bytes, digest)
    }

    /// SHA-256 of the file.
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// Size of the file in bytes.
    pub fn size(&self) -> usize {
        self.bytes.as_ref().len()
    }

    /// The sections that the file has, with their sizes in bytes.
    pub fn sections(&self) -> impl Iterator<Item = (Section, usize)> + '_ {
        let extent = |section: &Section| self.table[section.slot()];
        let sizes = Section::ALL.into_iter();
        sizes.filter_map(move |section| extent(&section).map(|e| (section, e.end - e.start)))
    }

    /// Verifies every checksum now.
    ///
    /// # Errors
    /// [`PackFault::Checksum`] names the first damaged section.
    pub fn verify_all(&self) -> Result<(), PackFault> {
        let present = self.sections().map(|(section, _)| section);
        present
            .into_iter()
            .try_for_each(|section| self.section(section).map(|_| ()))
    }

    /// The bytes of a section, verified once.
    #[inline]
    pub(crate) fn section(&self, section: Section) -> Result<&[u8], PackFault> {
        let extent = self.table[section.slot()].ok_or(PackFault::Missing { section })?;
        let bytes = self.bytes.as_ref().get(extent.start..extent.end);
        let bytes = bytes.ok_or(PackFault::Length)?;
        match self.states[section.slot()].load(Ordering::Relaxed) {
            SOUND => Ok(bytes),
            UNKNOWN => self.verify(section, bytes, extent.crc),
            _ => Err(PackFault::Checksum { section }),
        }
    }

    #[cold]
    fn verify<'a>(
        &self,
        section: Section,
        bytes: &'a [u8],
        crc: u32,
    ) -> Result<&'a [u8], PackFault> {
        let sound = crc32fast::hash(bytes) == crc;
        let state = if sound { SOUND } else { DAMAGED };
        self.states[section.slot()].store(state, Ordering::Relaxed);
        match sound {
            true => Ok(bytes),
            false => Err(PackFault::Checksum { section }),
        }
    }
}
