//! Which pieces of border each unit has.

use crate::file::arc::pieces;
use crate::file::bytes::{put_u24, put_u32};

/// `units + 1` offsets, then the words, ascending for each unit. `None` when a piece names a unit
/// beyond `units`, or when the answer were larger than `most` bytes.
pub(crate) fn encode(arcs: &[u8], units: u32, most: usize) -> Option<Vec<u8>> {
    let count = units as usize;
    if count.checked_add(1)?.checked_mul(4)? > most {
        return None;
    }
    let mut ends = vec![0_u32; count + 1];
    for (_, side) in sides(arcs) {
        *ends.get_mut(side as usize)? += 1;
    }
    let mut out = Vec::new();
    put_u32(&mut out, 0);
    for unit in 1..=count {
        ends[unit] = ends[unit - 1].checked_add(ends[unit])?;
        put_u32(&mut out, ends[unit]);
    }
    let total = ends[count] as usize;
    if total.checked_mul(3)?.checked_add(out.len())? > most {
        return None;
    }
    let mut words = vec![0; total];
    // From here on the end of one unit is where the next word of the unit after it belongs.
    for (word, side) in sides(arcs) {
        let next = &mut ends[side as usize - 1];
        words[*next as usize] = word;
        *next += 1;
    }
    words.iter().for_each(|word| put_u24(&mut out, *word));
    Some(out)
}

/// Word and unit number plus one of every side that is a unit.
fn sides(arcs: &[u8]) -> impl Iterator<Item = (u32, u32)> {
    pieces(arcs).flat_map(|(word, piece)| {
        let sides = [piece.left, piece.right].into_iter();
        sides
            .filter(|side| *side != 0)
            .map(move |side| (word, side))
    })
}
