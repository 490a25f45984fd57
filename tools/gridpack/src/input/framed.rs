//! FlatGeobuf's frames, checked before anything believes them: a length costs the bytes that are
//! there, never the bytes it speaks of.

use std::cell::RefCell;
use std::io::{self, Read};

use flatgeobuf::FgbReader;

use super::Trouble;

/// The magic bytes and the length of the header.
const START: u64 = 12;
/// What the format allows a header at most, in bytes.
const LONGEST_HEADER: u64 = 10 << 20;
/// A node of the index: four coordinates and an offset of 8 bytes each.
const NODE_BYTES: u128 = 40;

/// What stopped the reading inside a frame; the reader above takes that for the end.
pub(super) type Stopped = RefCell<Option<Trouble>>;

/// A reader of the whole file in which every length is true.
pub(super) fn checked<'a, R: Read + 'a>(
    mut from: R,
    stopped: &'a Stopped,
) -> Result<FgbReader<impl Read + 'a>, Trouble> {
    let mut start = taken(&mut from, START)?;
    let length = start.last_chunk::<4>().copied().map(u32::from_le_bytes);
    let length = u64::from(length.unwrap_or_default()).min(LONGEST_HEADER + 1);
    if length <= LONGEST_HEADER {
        start.extend(taken(&mut from, length)?);
    }
    let header = FgbReader::open(start.as_slice()).map_err(super::fgb::format)?;
    let nodes = index_nodes(
        header.header().features_count(),
        header.header().index_node_size(),
    )?;
    let index = u64::try_from(nodes * NODE_BYTES).map_err(|_| cut_off())?;
    if io::copy(&mut (&mut from).take(index), &mut io::sink()).map_err(super::fgb::format)? < index
    {
        return Err(cut_off());
    }
    // The index is passed over above; the reader passes over as many bytes of nothing.
    let features = Features {
        from,
        ready: io::Cursor::new(Vec::new()),
        stopped,
    };
    let whole = io::Cursor::new(start)
        .chain(io::repeat(0).take(index))
        .chain(features);
    FgbReader::open(whole).map_err(super::fgb::format)
}

/// How many nodes the packed tree over so many features has; no tree without a node size.
fn index_nodes(features: u64, node_size: u16) -> Result<u128, Trouble> {
    if features == 0 || node_size == 0 {
        return Ok(0);
    }
    if node_size == 1 {
        return Err(Trouble::Format(
            "its index is damaged; fetch it again".to_owned(),
        ));
    }
    let mut level = u128::from(features);
    let mut nodes = level;
    while level > 1 {
        level = level.div_ceil(u128::from(node_size));
        nodes += level;
    }
    // One feature has a leaf and a root.
    Ok(if features == 1 { 2 } else { nodes })
}

pub(super) fn cut_off() -> Trouble {
    Trouble::Format("it is cut off, fetch it again".to_owned())
}

/// Exactly so many bytes; memory grows with those that come.
fn taken(from: &mut impl Read, bytes: u64) -> Result<Vec<u8>, Trouble> {
    let mut out = Vec::new();
    let got = from
        .take(bytes)
        .read_to_end(&mut out)
        .map_err(super::fgb::format)?;
    if (got as u64) < bytes {
        return Err(cut_off());
    }
    Ok(out)
}

/// The features with their lengths; each is read whole before its length is passed on.
struct Features<'a, R> {
    from: R,
    ready: io::Cursor<Vec<u8>>,
    stopped: &'a Stopped,
}

impl<R: Read> Features<'_, R> {
    /// The next feature with its length; empty at the end.
    fn next(&mut self) -> Result<Vec<u8>, Trouble> {
        let mut frame = Vec::new();
        (&mut self.from)
            .take(4)
            .read_to_end(&mut frame)
            .map_err(super::fgb::format)?;
        if frame.is_empty() {
            return Ok(frame);
        }
        let length = frame.first_chunk::<4>().ok_or_else(cut_off)?;
        let length = u64::from(u32::from_le_bytes(*length));
        frame.extend(taken(&mut self.from, length)?);
        Ok(frame)
    }
}

impl<R: Read> Read for Features<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let got = self.ready.read(into)?;
        if got > 0 || into.is_empty() {
            return Ok(got);
        }
        match self.next() {
            Ok(frame) => self.ready = io::Cursor::new(frame),
            Err(trouble) => {
                *self.stopped.borrow_mut() = Some(trouble);
                return Err(io::ErrorKind::InvalidData.into());
            }
        }
        self.ready.read(into)
    }
}
