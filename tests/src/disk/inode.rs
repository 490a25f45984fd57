//! The content of one file: what is on the medium, and what only the system's memory knows.

use super::Dice;

/// What a disk writes whole or not at all.
const SECTOR: u64 = 512;

#[derive(Debug, Clone)]
enum Change {
    Write { offset: u64, data: Vec<u8> },
    Truncate(u64),
}

impl Change {
    fn apply(&self, content: &mut Vec<u8>) {
        match self {
            Self::Write { offset, data } => {
                let start = usize_of(*offset);
                let end = start + data.len();
                if content.len() < end {
                    content.resize(end, 0);
                }
                content[start..end].copy_from_slice(data);
            }
            Self::Truncate(len) => content.resize(usize_of(*len), 0),
        }
    }

    /// The parts of a write that lie in one sector each; another change is its only part.
    fn sectors(&self) -> Vec<Self> {
        let Self::Write { offset, data } = self else {
            return vec![self.clone()];
        };
        let mut parts = Vec::new();
        let (mut at, mut rest) = (*offset, data.as_slice());
        while !rest.is_empty() {
            let room = usize_of(SECTOR - at % SECTOR).min(rest.len());
            let (part, after) = rest.split_at(room);
            parts.push(Self::Write {
                offset: at,
                data: part.to_vec(),
            });
            at += room as u64;
            rest = after;
        }
        parts
    }
}

fn usize_of(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[derive(Debug, Clone, Default)]
pub(super) struct Inode {
    durable: Vec<u8>,
    live: Vec<u8>,
    pending: Vec<Change>,
}

impl Inode {
    /// What a running process reads.
    pub(super) fn content(&self) -> &[u8] {
        &self.live
    }

    pub(super) fn write(&mut self, offset: u64, data: &[u8]) {
        self.change(Change::Write {
            offset,
            data: data.to_vec(),
        });
    }

    pub(super) fn truncate(&mut self, len: u64) {
        self.change(Change::Truncate(len));
    }

    fn change(&mut self, change: Change) {
        change.apply(&mut self.live);
        self.pending.push(change);
    }

    /// Everything reaches the medium.
    pub(super) fn sync(&mut self) {
        for change in self.pending.drain(..) {
            change.apply(&mut self.durable);
        }
    }

    /// The power goes: of what was not flushed the medium has some, in an order of its own, and
    /// the last of it perhaps in part.
    pub(super) fn lose_power(&mut self, dice: &mut Dice) {
        let mut kept = draw(std::mem::take(&mut self.pending), dice);
        if let Some(last) = kept.pop_if(|_| dice.one_in(2)) {
            kept.extend(last.sectors().into_iter().filter(|_| dice.one_in(2)));
        }
        kept.iter()
            .for_each(|change| change.apply(&mut self.durable));
        self.live.clone_from(&self.durable);
    }
}

/// All, none, the first few, or any of the changes; each as often as the others.
fn draw(mut changes: Vec<Change>, dice: &mut Dice) -> Vec<Change> {
    match dice.below(4) {
        0 => {}
        1 => changes.clear(),
        2 => changes.truncate(usize_of(dice.below(changes.len() as u64 + 1))),
        _ => changes.retain(|_| dice.one_in(2)),
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_flushed_stays_and_what_was_not_may_go() {
        let mut seen = std::collections::BTreeSet::new();
        for seed in 0..200 {
            let mut inode = Inode::default();
            inode.write(0, b"flushed");
            inode.sync();
            inode.write(7, b" first");
            inode.write(13, b" second");
            inode.lose_power(&mut Dice::new(seed));
            assert!(inode.content().starts_with(b"flushed"), "seed {seed}");
            seen.insert(inode.content().to_vec());
        }
        let has = |text: &[u8]| seen.contains(text);
        assert!(has(b"flushed") && has(b"flushed first") && has(b"flushed first second"));
        assert!(
            has(b"flushed\0\0\0\0\0\0 second"),
            "writes are never reordered"
        );
    }

    #[test]
    fn a_torn_write_breaks_at_sectors_only() {
        let mut torn = 0;
        for seed in 0..200 {
            let mut inode = Inode::default();
            inode.write(0, &[1; 3000]);
            inode.sync();
            inode.write(100, &[2; 2000]);
            inode.lose_power(&mut Dice::new(seed));
            let content = inode.content();
            let edges = (1..3000).filter(|at| content[at - 1] != content[*at]);
            let edges: Vec<_> = edges.collect();
            assert!(
                edges
                    .iter()
                    .all(|at| at % 512 == 0 || [100, 2100].contains(at)),
                "{edges:?}"
            );
            torn += usize::from(edges.iter().any(|at| at % 512 == 0));
        }
        assert!(torn > 20, "{torn} of 200");
    }
}
