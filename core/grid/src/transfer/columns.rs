//! Numbers as differences, like bytes beside each other: what deflate then finds short.

/// Appends `count` numbers of `width` bytes: all lowest bytes, then all of the next place, and so on.
pub(super) fn put(out: &mut Vec<u8>, numbers: &[u32], width: usize) {
    for place in 0..width {
        out.extend(numbers.iter().map(|number| (number >> (8 * place)) as u8));
    }
}

/// Takes what [`put`] appended from the front of `rest`.
pub(super) fn take<'a>(rest: &mut &'a [u8], count: usize, width: usize) -> Option<Column<'a>> {
    let (planes, tail) = rest.split_at_checked(count.checked_mul(width)?)?;
    *rest = tail;
    Some(Column { planes, count })
}

/// Two columns, one behind the other.
pub(super) fn take_pair<'a>(
    rest: &mut &'a [u8],
    count: usize,
    width: usize,
) -> Option<[Column<'a>; 2]> {
    Some([take(rest, count, width)?, take(rest, count, width)?])
}

/// Numbers of a few bytes each.
#[derive(Clone, Copy)]
pub(super) struct Column<'a> {
    planes: &'a [u8],
    count: usize,
}

impl<'a> Column<'a> {
    pub(super) fn numbers(self) -> impl Iterator<Item = u32> + 'a {
        let planes = move |row: usize| self.planes[row..].iter().step_by(self.count.max(1));
        (0..self.count).map(move |row| {
            let shifted = planes(row).zip([0, 8, 16, 24]);
            shifted.fold(0, |number, (byte, shift)| {
                number | u32::from(*byte) << shift
            })
        })
    }
}

/// The difference between two numbers of `width` bytes, small for small differences of either sign.
pub(super) fn fold(number: u32, previous: u32, width: usize) -> u32 {
    let spare = 32 - 8 * width as u32;
    let difference = (number.wrapping_sub(previous) << spare).cast_signed() >> spare;
    ((difference << 1) ^ (difference >> 31)).cast_unsigned() << spare >> spare
}

/// The number of which [`fold`] made the difference.
pub(super) fn unfold(folded: u32, previous: u32, width: usize) -> u32 {
    let spare = 32 - 8 * width as u32;
    let difference = (folded >> 1) ^ (folded & 1).wrapping_neg();
    previous.wrapping_add(difference) << spare >> spare
}

/// Appends records of numbers of the given widths, each number as the difference from the one above.
pub(super) fn put_records(out: &mut Vec<u8>, records: &[u8], widths: &[usize]) {
    let size: usize = widths.iter().sum();
    let mut at = 0;
    for &width in widths {
        let mut previous = 0;
        let numbers = records.chunks_exact(size).map(|record| {
            let number = number(&record[at..at + width]);
            let folded = fold(number, previous, width);
            previous = number;
            folded
        });
        put(out, &numbers.collect::<Vec<_>>(), width);
        at += width;
    }
}

/// Appends `count` records that [`put_records`] wrote, and takes them from the front of `rest`.
pub(super) fn take_records(
    rest: &mut &[u8],
    count: usize,
    widths: &[usize],
    out: &mut Vec<u8>,
) -> Option<()> {
    let size: usize = widths.iter().sum();
    let start = out.len();
    let mut columns = *rest;
    *rest = rest.get(count.checked_mul(size)?..)?;
    out.resize(start + count * size, 0);
    let mut at = 0;
    for &width in widths {
        let folded = take(&mut columns, count, width)?.numbers();
        let mut previous = 0;
        for (record, folded) in out[start..].chunks_exact_mut(size).zip(folded) {
            previous = unfold(folded, previous, width);
            record[at..at + width].copy_from_slice(&previous.to_le_bytes()[..width]);
        }
        at += width;
    }
    Some(())
}

fn number(bytes: &[u8]) -> u32 {
    let shifted = bytes.iter().rev();
    shifted.fold(0, |number, byte| number << 8 | u32::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn differences_of_every_width_come_back(number: u32, previous: u32, width in 1_usize..=4) {
            let within = |n: u32| n << (32 - 8 * width) >> (32 - 8 * width);
            let (number, previous) = (within(number), within(previous));
            let folded = fold(number, previous, width);
            proptest::prop_assert_eq!(folded, within(folded));
            proptest::prop_assert_eq!(unfold(folded, previous, width), number);
        }
    }

    #[test]
    fn small_differences_of_either_sign_are_small() {
        let small = [(7, 7, 0), (6, 7, 1), (8, 7, 2), (0, 0xff_ffff, 2)];
        for (number, previous, folded) in small {
            assert_eq!(fold(number, previous, 3), folded);
        }
    }
}
