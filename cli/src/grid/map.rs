//! Packs are opened by mapping: a city's file costs the pages that a question touches.

use std::fs::File;
use std::path::Path;

use gewu_grid::file::GridFile;
use memmap2::Mmap;

use super::about;
use crate::out::Failure;

/// Opens a pack by mapping it.
pub(super) fn open(path: &Path) -> Result<GridFile<Mmap>, Failure> {
    let file = File::open(path).map_err(|error| about(path, &error))?;
    // SAFETY: a mapping is only sound while nobody changes the file below it. Packs are written
    // aside and renamed (`save`), never in place, so whoever replaces this one leaves the mapped
    // file as it was. Reading is bounded on every byte, whatever the bytes are.
    let bytes = unsafe { Mmap::map(&file) }.map_err(|error| about(path, &error))?;
    GridFile::open_unsigned(bytes).map_err(|fault| about(path, &fault))
}
