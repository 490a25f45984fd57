//! The one chain of instructions.

use std::collections::BTreeMap;

use super::graph::Graph;
use crate::entry::{Body, InstructionFrame, Payload};
use crate::ids::ChangeHash;

/// The instructions that hold, in order, as row indices.
pub(super) struct Chain {
    links: Vec<usize>,
    positions: BTreeMap<usize, usize>,
}

impl Chain {
    /// Follows `prev` from the first instruction. At a fork the highest generation wins; between
    /// equals, which no honest server writes, the smaller hash.
    pub(super) fn of(graph: &Graph<'_>) -> Self {
        let mut next: BTreeMap<Option<ChangeHash>, (u64, usize)> = BTreeMap::new();
        for at in graph.indices() {
            let Some((frame, _)) = instruction(graph, at) else {
                continue;
            };
            if !follows(graph, at, frame) {
                continue;
            }
            let candidate = (frame.generation, at);
            next.entry(frame.prev)
                .and_modify(|best| {
                    let rank = |(generation, at): (u64, usize)| {
                        (generation, std::cmp::Reverse(graph.hash(at)))
                    };
                    if rank(candidate) > rank(*best) {
                        *best = candidate;
                    }
                })
                .or_insert(candidate);
        }
        let mut links = Vec::new();
        let mut prev = None;
        while let Some((_, at)) = next.remove(&prev) {
            links.push(at);
            prev = Some(graph.hash(at));
        }
        let positions = links
            .iter()
            .enumerate()
            .map(|(position, at)| (*at, position))
            .collect();
        Self { links, positions }
    }

    pub(super) fn links(&self) -> &[usize] {
        &self.links
    }

    pub(super) fn first(&self) -> Option<usize> {
        self.links.first().copied()
    }

    /// The place in the chain of the row `at`.
    pub(super) fn position(&self, at: usize) -> Option<usize> {
        self.positions.get(&at).copied()
    }

    pub(super) fn position_of(&self, graph: &Graph<'_>, hash: &ChangeHash) -> Option<usize> {
        self.position(graph.find(hash)?)
    }
}

/// The frame and body of the instruction in row `at`.
pub(super) fn instruction<'a>(
    graph: &Graph<'a>,
    at: usize,
) -> Option<(&'a InstructionFrame, &'a Body)> {
    match graph.payload(at)? {
        Payload::Instruction(frame, body) => Some((frame, body)),
        _ => None,
    }
}

/// An instruction is written upon its predecessor; one that is not cannot hold.
fn follows(graph: &Graph<'_>, at: usize, frame: &InstructionFrame) -> bool {
    frame.prev.is_none_or(|prev| {
        graph
            .find(&prev)
            .is_some_and(|prev| graph.precedes(prev, at))
    })
}
