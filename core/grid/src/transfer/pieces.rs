//! A section of border pieces, part by part: counts, anchors, sides, steps.
//!
//! A piece mostly begins where the one before it ended or near it, and a step resembles the step
//! before it.

use super::columns::{Column, fold, put, take, take_pair, unfold};
use crate::file::{Arc, Steps, pieces, put_u24};

/// The numbers of a section, each as the difference from what its neighbours suggest.
#[derive(Default)]
struct Parts {
    counts: Vec<u32>,
    flags: Vec<u32>,
    anchors: [Vec<u32>; 2],
    sides: [Vec<u32>; 2],
    narrow: [Vec<u32>; 2],
    wide: [Vec<u32>; 2],
}

/// What the next piece is compared with.
#[derive(Default)]
struct Before {
    end: [u32; 2],
    left: u32,
}

/// The parts of a section, or `None` when it does not wholly consist of pieces.
pub(super) fn take_apart(section: &[u8]) -> Option<Vec<u8>> {
    let mut parts = Parts::default();
    let mut before = Before::default();
    let mut end = 0;
    for (word, piece) in pieces(section) {
        let at = word as usize * 4;
        end = at + HEAD_BYTES + piece.steps.bytes().len();
        parts.add(&section[at..at + HEAD_BYTES], piece, &mut before);
    }
    (end == section.len()).then(|| parts.encode())
}

const HEAD_BYTES: usize = 16;

impl Parts {
    fn add(&mut self, head: &[u8], piece: Arc<'_>, before: &mut Before) {
        self.counts.push(u32::from(head[11]));
        self.flags.push(u32::from(head[15]));
        let start = [piece.start.lon_e7, piece.start.lat_e7].map(i32::cast_unsigned);
        let anchors = self.anchors.iter_mut().zip(start.iter().zip(before.end));
        anchors.for_each(|(anchors, (start, end))| anchors.push(fold(*start, end, 4)));
        self.sides[0].push(fold(piece.left, before.left, 3));
        self.sides[1].push(fold(piece.right, piece.left, 3));
        *before = Before {
            end: start,
            left: piece.left,
        };
        let (steps, width) = match piece.steps {
            Steps::Narrow(_) => (&mut self.narrow, 2),
            Steps::Wide(_) => (&mut self.wide, 4),
        };
        let mut previous = [0; 2];
        for (run, rise) in piece.steps.iter() {
            // The low 32 bits are all that the file has of a step.
            let step = [run as u32, rise as u32];
            for axis in 0..2 {
                steps[axis].push(fold(step[axis], previous[axis], width));
                before.end[axis] = before.end[axis].wrapping_add(step[axis]);
            }
            previous = step;
        }
    }

    fn encode(&self) -> Vec<u8> {
        let mut out = (self.counts.len() as u32).to_le_bytes().to_vec();
        put(&mut out, &self.counts, 1);
        put(&mut out, &self.flags, 1);
        self.anchors.iter().for_each(|axis| put(&mut out, axis, 4));
        self.sides.iter().for_each(|side| put(&mut out, side, 3));
        self.narrow.iter().for_each(|axis| put(&mut out, axis, 2));
        self.wide.iter().for_each(|axis| put(&mut out, axis, 4));
        out
    }
}

/// Appends the section that `rest` begins with, `length` bytes of it, and takes it from there.
pub(super) fn put_together(rest: &mut &[u8], length: usize, out: &mut Vec<u8>) -> Option<()> {
    let count = take(rest, 1, 4)?.numbers().next()? as usize;
    let counts = take(rest, count, 1)?;
    let flags = take(rest, count, 1)?;
    let anchors = take_pair(rest, count, 4)?;
    let sides = take_pair(rest, count, 3)?;
    let steps_of = |wide: u32| {
        let pieces = counts.numbers().zip(flags.numbers());
        let those = pieces.filter(move |(_, flags)| flags & WIDE == wide);
        those.map(|(count, _)| count as usize).sum::<usize>()
    };
    let (narrow, wide) = (steps_of(0), steps_of(WIDE));
    if count * HEAD_BYTES + narrow * 4 + wide * 8 != length {
        return None;
    }
    let (narrow, wide) = (take_pair(rest, narrow, 2)?, take_pair(rest, wide, 4)?);
    let mut writer = Writer {
        before: Before::default(),
        narrow: Numbers::of(narrow, 2),
        wide: Numbers::of(wide, 4),
        out,
    };
    let heads = counts.numbers().zip(flags.numbers());
    let anchors = anchors[0].numbers().zip(anchors[1].numbers());
    let sides = sides[0].numbers().zip(sides[1].numbers());
    for ((head, anchor), sides) in heads.zip(anchors).zip(sides) {
        writer.piece(head, anchor.into(), sides)?;
    }
    Some(())
}

const WIDE: u32 = 1;

/// Steps of one width, in their order.
struct Numbers<I> {
    steps: I,
    width: usize,
}

impl<'a> Numbers<std::iter::Empty<[u32; 2]>> {
    fn of(axes: [Column<'a>; 2], width: usize) -> Numbers<impl Iterator<Item = [u32; 2]> + 'a> {
        let steps = axes[0].numbers().zip(axes[1].numbers());
        Numbers {
            steps: steps.map(<[u32; 2]>::from),
            width,
        }
    }
}

struct Writer<'a, N, W> {
    before: Before,
    narrow: Numbers<N>,
    wide: Numbers<W>,
    out: &'a mut Vec<u8>,
}

impl<N: Iterator<Item = [u32; 2]>, W: Iterator<Item = [u32; 2]>> Writer<'_, N, W> {
    fn piece(
        &mut self,
        (count, flags): (u32, u32),
        anchor: [u32; 2],
        sides: (u32, u32),
    ) -> Option<()> {
        let left = unfold(sides.0, self.before.left, 3);
        self.before.left = left;
        for (end, folded) in self.before.end.iter_mut().zip(anchor) {
            *end = unfold(folded, *end, 4);
            self.out.extend_from_slice(&end.to_le_bytes());
        }
        put_u24(self.out, left);
        self.out.push(count as u8);
        put_u24(self.out, unfold(sides.1, left, 3));
        self.out.push(flags as u8);
        let end = &mut self.before.end;
        match flags & WIDE {
            0 => self.narrow.write(count, end, self.out),
            _ => self.wide.write(count, end, self.out),
        }
    }
}

impl<I: Iterator<Item = [u32; 2]>> Numbers<I> {
    fn write(&mut self, count: u32, end: &mut [u32; 2], out: &mut Vec<u8>) -> Option<()> {
        let mut previous = [0; 2];
        for _ in 0..count {
            let folded = self.steps.next()?;
            for axis in 0..2 {
                let step = unfold(folded[axis], previous[axis], self.width);
                out.extend_from_slice(&step.to_le_bytes()[..self.width]);
                end[axis] = end[axis].wrapping_add(signed(step, self.width));
                previous[axis] = step;
            }
        }
        Some(())
    }
}

/// A step of `width` bytes in 32 bits.
fn signed(step: u32, width: usize) -> u32 {
    let spare = 32 - 8 * width as u32;
    ((step << spare).cast_signed() >> spare).cast_unsigned()
}
