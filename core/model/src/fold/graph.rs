//! The causal order of a case's rows.

use std::collections::{BTreeMap, BTreeSet};

use super::{Row, Written};
use crate::entry::{Kind, Payload};
use crate::ids::ChangeHash;
use crate::small::Gather as _;

/// Rows in causal order (ties by hash), with the set of ancestors of each as a bit set.
///
/// Rows that no order can place, because their dependencies form a circle, are left out: no hash
/// function lets that happen, but a total function may not hang on it.
pub(super) struct Graph<'a> {
    rows: Vec<&'a Row>,
    index: BTreeMap<ChangeHash, usize>,
    ancestors: Vec<Bits>,
}

#[derive(Clone, Default)]
struct Bits(Vec<u64>);

impl Bits {
    fn insert(&mut self, at: usize) {
        let word = at / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (at % 64);
    }

    fn contains(&self, at: usize) -> bool {
        self.0
            .get(at / 64)
            .is_some_and(|word| word & (1 << (at % 64)) != 0)
    }

    fn join(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        self.0
            .iter_mut()
            .zip(&other.0)
            .for_each(|(word, more)| *word |= more);
    }
}

impl<'a> Graph<'a> {
    pub(super) fn new(rows: &[&'a Row]) -> Self {
        let by_hash: BTreeMap<ChangeHash, &Row> =
            rows.iter().map(|row| (row.hash, *row)).into_map();
        let mut waits: BTreeMap<ChangeHash, usize> = BTreeMap::new();
        let mut children: BTreeMap<ChangeHash, Vec<ChangeHash>> = BTreeMap::new();
        for row in by_hash.values() {
            let deps: BTreeSet<_> = row
                .deps
                .iter()
                .filter(|d| by_hash.contains_key(d))
                .into_set();
            waits.insert(row.hash, deps.len());
            deps.into_iter()
                .for_each(|dep| children.entry(*dep).or_default().push(row.hash));
        }
        let mut ready: BTreeSet<ChangeHash> = waits
            .iter()
            .filter(|(_, count)| **count == 0)
            .map(|(hash, _)| *hash)
            .into_set();
        let mut graph = Self {
            rows: Vec::new(),
            index: BTreeMap::new(),
            ancestors: Vec::new(),
        };
        while let Some(hash) = ready.pop_first() {
            graph.place(by_hash[&hash]);
            for child in children.get(&hash).into_iter().flatten() {
                if let Some(count) = waits.get_mut(child) {
                    *count -= 1;
                    if *count == 0 {
                        ready.insert(*child);
                    }
                }
            }
        }
        graph
    }

    fn place(&mut self, row: &'a Row) {
        let mut past = Bits::default();
        for at in row
            .deps
            .iter()
            .filter_map(|dep| self.index.get(dep).copied())
        {
            past.join(&self.ancestors[at]);
            past.insert(at);
        }
        self.index.insert(row.hash, self.rows.len());
        self.rows.push(row);
        self.ancestors.push(past);
    }

    pub(super) fn indices(&self) -> std::ops::Range<usize> {
        0..self.rows.len()
    }

    pub(super) fn find(&self, hash: &ChangeHash) -> Option<usize> {
        self.index.get(hash).copied()
    }

    pub(super) fn hash(&self, at: usize) -> ChangeHash {
        self.rows[at].hash
    }

    pub(super) fn written(&self, at: usize) -> Option<&'a Written> {
        self.rows[at].entry.as_ref()
    }

    pub(super) fn payload(&self, at: usize) -> Option<&'a Payload> {
        self.written(at)?.payload.as_ref().ok()
    }

    pub(super) fn kind(&self, at: usize) -> Option<&'a Kind> {
        self.written(at).map(|written| &written.entry.header.kind)
    }

    /// Whether row `past` is an ancestor of row `of`.
    pub(super) fn precedes(&self, past: usize, of: usize) -> bool {
        self.ancestors[of].contains(past)
    }
}
