//! The head of the file: magic, format, length and the table of sections.

use super::bytes::{array, put_u32, u32_at, u64_at};
use super::fault::PackFault;
use gewu_model::small::Arrange as _;

/// The first eight bytes of every pack.
pub const MAGIC: [u8; 8] = *b"GEWUGRID";
/// The format that this version reads and writes.
pub const FORMAT_VERSION: u32 = 1;
const HEADER_BYTES: usize = 32;
const ENTRY_BYTES: usize = 24;
const MAX_SECTIONS: usize = 64;
/// Sections start at multiples of a cache line.
const ALIGNMENT: usize = 64;

/// What a stretch of the file holds. Numbers are part of the format; unknown ones are passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u32)]
pub enum Section {
    /// City, version, origin of the coordinates, audience and sensitivity of the layers.
    Meta = 1,
    /// Every text but the unit codes.
    Texts = 2,
    /// Field names and texts of roads, components and plates.
    Attributes = 3,
    /// The codes of the units, ascending.
    UnitCodes = 4,
    /// Which duty grid, road section and parents each unit has.
    UnitHolds = 5,
    /// The borders between units.
    UnitArcs = 6,
    /// Which borders each unit has.
    UnitFaces = 7,
    /// Which borders run through each cell of a raster.
    UnitIndex = 8,
    /// The road sections' codes and attributes.
    Roads = 9,
    /// The road sections' lines.
    RoadArcs = 10,
    /// Which lines run through each cell of a raster.
    RoadIndex = 11,
    /// Components, by place.
    Components = 12,
    /// Door plates, by place.
    Plates = 13,
    /// What the pack was cut from.
    Cut = 14,
}

impl Section {
    /// Every section that this version knows.
    pub const ALL: [Self; 14] = [
        Self::Meta,
        Self::Texts,
        Self::Attributes,
        Self::UnitCodes,
        Self::UnitHolds,
        Self::UnitArcs,
        Self::UnitFaces,
        Self::UnitIndex,
        Self::Roads,
        Self::RoadArcs,
        Self::RoadIndex,
        Self::Components,
        Self::Plates,
        Self::Cut,
    ];

    pub(crate) const fn slot(self) -> usize {
        self as usize - 1
    }
}

/// Where a section lies and what its bytes must hash to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Extent {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) crc: u32,
}

pub(crate) type Table = [Option<Extent>; Section::ALL.len()];

/// Reads head and table, and nothing behind them.
pub(crate) fn read_table(file: &[u8]) -> Result<Table, PackFault> {
    let entries = entries(file)?;
    let mut table: Table = [None; Section::ALL.len()];
    let mut free_from = HEADER_BYTES + entries.len();
    for entry in entries.chunks_exact(ENTRY_BYTES) {
        let (kind, extent) = extent(entry, file.len()).ok_or(PackFault::Header)?;
        if extent.start < free_from {
            return Err(PackFault::Header);
        }
        free_from = extent.end;
        if let Some(known) = Section::ALL.iter().find(|section| **section as u32 == kind)
            && table[known.slot()].replace(extent).is_some()
        {
            return Err(PackFault::Header);
        }
    }
    Ok(table)
}

/// Whether head and table are those of a whole pack.
pub(crate) fn check_head(file: &[u8]) -> Result<(), PackFault> {
    read_table(file).map(|_| ())
}

/// The sections of a pack that has no others than known ones, in the order of their numbers.
pub(crate) fn sections_of(file: &[u8]) -> Option<Vec<(Section, &[u8])>> {
    let table = read_table(file).ok()?;
    let present = Section::ALL.into_iter();
    let sections: Vec<_> = present
        .filter_map(|section| {
            let extent = table[section.slot()]?;
            Some((section, file.get(extent.start..extent.end)?))
        })
        .collect();
    (u32_at(file, 12) == u32::try_from(sections.len()).ok()).then_some(sections)
}

/// The checked table behind a checked header.
fn entries(file: &[u8]) -> Result<&[u8], PackFault> {
    if array(file, 0) != Some(MAGIC) {
        return Err(PackFault::NotAPack);
    }
    let head = file.get(..HEADER_BYTES).ok_or(PackFault::Length)?;
    let number = |at| u32_at(head, at).ok_or(PackFault::Header);
    match number(8)? {
        FORMAT_VERSION => {}
        found => return Err(PackFault::Version { found }),
    }
    if number(28)? != crc32fast::hash(&head[..28]) {
        return Err(PackFault::Header);
    }
    if u64_at(head, 16) != Some(file.len() as u64) {
        return Err(PackFault::Length);
    }
    let count = number(12)? as usize;
    let entries = file
        .get(HEADER_BYTES..HEADER_BYTES + count.min(MAX_SECTIONS + 1) * ENTRY_BYTES)
        .filter(|_| count <= MAX_SECTIONS)
        .ok_or(PackFault::Header)?;
    if number(24)? != crc32fast::hash(entries) {
        return Err(PackFault::Header);
    }
    Ok(entries)
}

fn extent(entry: &[u8], file_len: usize) -> Option<(u32, Extent)> {
    let start = usize::try_from(u64_at(entry, 8)?).ok()?;
    let end = start.checked_add(usize::try_from(u64_at(entry, 16)?).ok()?)?;
    let crc = u32_at(entry, 4)?;
    (end <= file_len).then_some((u32_at(entry, 0)?, Extent { start, end, crc }))
}

/// The file of `sections`, in the order of their numbers.
pub(crate) fn assemble(mut sections: Vec<(Section, Vec<u8>)>) -> Vec<u8> {
    sections.arrange_by_key(|(section, _)| *section);
    let mut body = Vec::new();
    let mut table = Vec::new();
    let front = HEADER_BYTES + sections.len() * ENTRY_BYTES;
    for (section, bytes) in &sections {
        body.resize((front + body.len()).next_multiple_of(ALIGNMENT) - front, 0);
        put_u32(&mut table, *section as u32);
        put_u32(&mut table, crc32fast::hash(bytes));
        table.extend_from_slice(&((front + body.len()) as u64).to_le_bytes());
        table.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
        body.extend_from_slice(bytes);
    }
    let mut file = header(sections.len(), front + body.len(), &table);
    file.extend_from_slice(&table);
    file.extend_from_slice(&body);
    file
}

fn header(sections: usize, length: usize, table: &[u8]) -> Vec<u8> {
    let mut head = MAGIC.to_vec();
    put_u32(&mut head, FORMAT_VERSION);
    put_u32(&mut head, sections as u32);
    head.extend_from_slice(&(length as u64).to_le_bytes());
    put_u32(&mut head, crc32fast::hash(table));
    let crc = crc32fast::hash(&head);
    put_u32(&mut head, crc);
    head
}
