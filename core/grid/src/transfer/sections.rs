//! The sections of a pack, each in the form that takes the fewest bytes.

use super::columns::{put_records, take, take_records};
use super::pieces;
use crate::file::{
    CODES_PER_BLOCK, FRAME_BYTES, Frame, Raster, Section, assemble, encode_faces, sections_of,
    u32_at,
};

/// Numbers as differences, by the section's layout.
const RECORDS: u8 = 0;
/// Border pieces, part by part.
const PIECES: u8 = 1;
/// Left out, and made again from what stands before it.
const MADE_AGAIN: u8 = 2;

type Sections = Vec<(Section, Vec<u8>)>;

/// What is deflated for a pack that consists of nothing but known sections.
pub(super) fn take_apart(file: &[u8]) -> Option<Vec<u8>> {
    let mut sections: Sections = Vec::new();
    let mut out = Vec::new();
    for (section, bytes) in sections_of(file)? {
        let (form, content) = shortest(section, bytes, &sections);
        out.extend_from_slice(&[section as u8, form]);
        out.extend_from_slice(&u32::try_from(bytes.len()).ok()?.to_le_bytes());
        out.extend_from_slice(&content);
        sections.push((section, bytes.to_vec()));
    }
    Some(out)
}

fn shortest(section: Section, bytes: &[u8], before: &Sections) -> (u8, Vec<u8>) {
    let frame = bytes
        .get(..FRAME_BYTES.min(bytes.len()))
        .unwrap_or_default();
    if makes_again(section)
        && make_again(section, frame, before, bytes.len()).as_deref() == Some(bytes)
    {
        let kept = if section == Section::UnitFaces {
            &[]
        } else {
            frame
        };
        return (MADE_AGAIN, kept.to_vec());
    }
    let pieces = matches!(section, Section::UnitArcs | Section::RoadArcs)
        .then(|| pieces::take_apart(bytes))
        .flatten();
    match pieces {
        Some(content) => (PIECES, content),
        None => (RECORDS, records(section, bytes)),
    }
}

/// The file that the content tells of, if it is one of `length` bytes.
pub(super) fn put_together(mut rest: &[u8], length: usize) -> Option<Vec<u8>> {
    let mut sections: Sections = Vec::new();
    let mut left = length;
    while !rest.is_empty() {
        let (&[kind, form], tail) = rest.split_first_chunk()?;
        rest = tail;
        let section = Section::ALL
            .into_iter()
            .find(|known| *known as u8 == kind)?;
        let size = take(&mut rest, 1, 4)?.numbers().next()? as usize;
        left = left.checked_sub(size)?;
        let bytes = read(section, form, size, &mut rest, &sections)?;
        sections.push((section, bytes));
    }
    // Whole files are compared by length and checksum afterwards.
    (sections.len() <= Section::ALL.len()).then(|| assemble(sections))
}

fn read(
    section: Section,
    form: u8,
    size: usize,
    rest: &mut &[u8],
    before: &Sections,
) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    match form {
        RECORDS => read_records(section, size, rest, &mut out)?,
        PIECES => pieces::put_together(rest, size, &mut out)?,
        MADE_AGAIN => {
            let kept = if section == Section::UnitFaces {
                0
            } else {
                FRAME_BYTES
            };
            let (frame, tail) = rest.split_at_checked(kept)?;
            *rest = tail;
            out = make_again(section, frame, before, size)?;
        }
        _ => return None,
    }
    (out.len() == size).then_some(out)
}

const fn makes_again(section: Section) -> bool {
    matches!(
        section,
        Section::UnitFaces | Section::UnitIndex | Section::RoadIndex
    )
}

/// A section from its frame and the sections before it. Work and memory stay in proportion to
/// `size`, the length that it is said to have.
fn make_again(section: Section, frame: &[u8], before: &Sections, size: usize) -> Option<Vec<u8>> {
    let find = |wanted: Section| {
        let found = before.iter().find(|(section, _)| *section == wanted)?;
        Some(found.1.as_slice())
    };
    let units = || u32_at(find(Section::UnitCodes)?, 0);
    match section {
        Section::UnitFaces => encode_faces(find(Section::UnitArcs)?, units()?, size),
        Section::UnitIndex => raster(frame, find(Section::UnitArcs)?, size)?
            .encode(units()?)
            .ok(),
        Section::RoadIndex => Some(raster(frame, find(Section::RoadArcs)?, size)?.encode_lines()),
        _ => None,
    }
}

fn raster<'a>(frame: &[u8], arcs: &'a [u8], size: usize) -> Option<Raster<'a>> {
    let frame = Frame::decode(frame)?;
    if frame.cells() > size / 4 {
        return None;
    }
    // Every cell and entry of a raster has its bytes in it; edges that add none have theirs in the
    // borders.
    Raster::over(frame, arcs, size.saturating_add(arcs.len()))
}

/// Records of one layout, one behind the other.
#[derive(Clone, Copy)]
struct Run {
    count: usize,
    widths: &'static [usize],
}

const fn run(count: usize, widths: &'static [usize]) -> Run {
    Run { count, widths }
}

/// What follows the first `known.len()` bytes of a section. Any answer is right as long as it is the
/// same on both sides; a good one puts like numbers together.
fn next_run(section: Section, known: &[u8]) -> Run {
    let count = |at: usize| u32_at(known, at).unwrap_or(0) as usize;
    let every = usize::MAX;
    let runs: &[Run] = match section {
        Section::Texts => &[run(1, &[4]), run(count(0).saturating_add(1), &[4])],
        Section::UnitCodes => &[run(1, &[4]), run(count(0).div_ceil(CODES_PER_BLOCK), &[4])],
        Section::UnitHolds => &[
            run(2, &[4]),
            run(count(0), &[3]),
            run(count(4), &[4]),
            run(every, &[4]),
        ],
        Section::Roads => &[run(1, &[4]), run(every, &[4, 4, 4])],
        Section::Attributes => &[run(every, &[4, 4])],
        Section::Components | Section::Plates => {
            let cells = Frame::decode(known).map_or(0, |frame| frame.cells());
            let points = count(FRAME_BYTES);
            &[
                run(8, &[4]),
                run(count(FRAME_BYTES + 4), &[4]),
                run(cells + 1, &[4]),
                run(points, &[4, 4]),
                run(points, &[2]),
                run(points, &[4, 4, 4]),
            ]
        }
        _ => &[],
    };
    let mut end = 0_usize;
    for run in runs {
        let size: usize = run.widths.iter().sum();
        end = end.saturating_add(run.count.saturating_mul(size));
        if end > known.len() {
            let left = (end - known.len()).div_ceil(size);
            return Run {
                count: left,
                ..*run
            };
        }
    }
    run(every, &[1])
}

/// The run, cut to what fits into `left` bytes; single bytes where not one record fits.
fn fitting(run: Run, left: usize) -> (usize, &'static [usize]) {
    let size: usize = run.widths.iter().sum();
    match left / size {
        0 => (left, &[]),
        fits => (fits.min(run.count), run.widths),
    }
}

fn records(section: Section, bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let (count, widths) = fitting(next_run(section, &bytes[..at]), bytes.len() - at);
        let size: usize = widths.iter().sum();
        let end = at + count * size.max(1);
        match widths {
            [] | [1] => out.extend_from_slice(&bytes[at..end]),
            widths => put_records(&mut out, &bytes[at..end], widths),
        }
        at = end;
    }
    out
}

fn read_records(section: Section, size: usize, rest: &mut &[u8], out: &mut Vec<u8>) -> Option<()> {
    while out.len() < size {
        let (count, widths) = fitting(next_run(section, out), size - out.len());
        match widths {
            [] | [1] => {
                let (bytes, tail) = rest.split_at_checked(count)?;
                out.extend_from_slice(bytes);
                *rest = tail;
            }
            widths => take_records(rest, count, widths, out)?,
        }
    }
    Some(())
}
