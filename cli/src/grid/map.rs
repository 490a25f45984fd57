//! Packs are opened by mapping: a city's file costs the pages that a question touches.

use std::fs::File;
use std::path::Path;

use gewu_grid::file::GridFile;
use gewu_model::ids::Digest;
use memmap2::Mmap;

use super::about;
use crate::out::Failure;

/// Opens a pack by mapping it. Its SHA-256 would mean reading all of it and is not computed: what
/// the caller prints must not carry it.
pub(super) fn open(path: &Path) -> Result<GridFile<Mmap>, Failure> {
    GridFile::open(map(path)?, Digest([0; 32])).map_err(|fault| about(path, &fault))
}

/// As [`open`], with the SHA-256.
pub(super) fn open_hashed(path: &Path) -> Result<GridFile<Mmap>, Failure> {
    GridFile::open_unsigned(map(path)?).map_err(|fault| about(path, &fault))
}

fn map(path: &Path) -> Result<Mmap, Failure> {
    let file = File::open(path).map_err(|error| about(path, &error))?;
    // SAFETY: a mapping is only sound while nobody changes the file below it. Packs are written
    // aside and renamed (`save`), never in place, so whoever replaces this one leaves the mapped
    // file as it was. Reading is bounded on every byte, whatever the bytes are.
    unsafe { Mmap::map(&file) }.map_err(|error| about(path, &error))
}
