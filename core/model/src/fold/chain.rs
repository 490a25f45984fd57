//! The one chain of instructions.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::CENTRE;
use super::graph::Graph;
use crate::cbor;
use crate::entry::{Body, InstructionFrame, Kind, Payload, PayloadError};
use crate::ids::ChangeHash;
use crate::small::Gather as _;

/// The instructions that hold, in order, as row indices.
pub(super) struct Chain {
    links: Vec<usize>,
    positions: BTreeMap<usize, usize>,
}

/// An instruction that may become a link.
struct Candidate {
    prev: Option<ChangeHash>,
    generation: u64,
    /// The highest generation of any instruction that was written upon this one.
    reaches: u64,
    read: bool,
}

impl Chain {
    /// Follows `prev` from the first instruction. At a fork the branch that reaches the highest
    /// generation wins; between equals, which no honest server writes, the smaller hash. The chain
    /// stops before an instruction of a newer app: nothing behind it can be understood.
    pub(super) fn of(graph: &Graph<'_>) -> Self {
        let candidates = candidates(graph);
        let rank = |at: usize| {
            let it = &candidates[&at];
            (it.reaches, it.generation, Reverse(graph.hash(at)))
        };
        let mut next: BTreeMap<Option<ChangeHash>, usize> = BTreeMap::new();
        for (at, candidate) in &candidates {
            let best = next.entry(candidate.prev).or_insert(*at);
            if rank(*at) > rank(*best) {
                *best = *at;
            }
        }
        let mut links = Vec::new();
        let mut prev = None;
        while let Some(at) = next.remove(&prev).filter(|at| candidates[at].read) {
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

    /// How many links lie in the past of row `at`: what its author had seen.
    pub(super) fn seen(&self, graph: &Graph<'_>, at: usize) -> usize {
        self.links.partition_point(|link| graph.precedes(*link, at))
    }

    /// The position of the first link that has row `at` in its past: when the centre had been told.
    /// The number of links when there is none.
    pub(super) fn told(&self, graph: &Graph<'_>, at: usize) -> usize {
        self.links
            .partition_point(|link| !graph.precedes(at, *link))
    }
}

/// The frame and body of the instruction in row `at`, if the centre wrote one there.
pub(super) fn instruction<'a>(
    graph: &Graph<'a>,
    at: usize,
) -> Option<(&'a InstructionFrame, &'a Body)> {
    match graph.payload(at)? {
        Payload::Instruction(frame, body) if by_centre(graph, at) => Some((frame, body)),
        _ => None,
    }
}

/// Whether row `at` holds an instruction of the centre that this version cannot read.
pub(super) fn is_newer_instruction(graph: &Graph<'_>, at: usize) -> bool {
    let newer = graph
        .written(at)
        .is_some_and(|it| it.payload == Err(PayloadError::Newer));
    newer && by_centre(graph, at) && !matches!(graph.kind(at), Some(Kind::Field(_)))
}

fn by_centre(graph: &Graph<'_>, at: usize) -> bool {
    graph
        .written(at)
        .is_some_and(|written| written.entry.header.role.0 == CENTRE)
}

/// Every instruction that was written upon its predecessor, by row.
fn candidates(graph: &Graph<'_>) -> BTreeMap<usize, Candidate> {
    let mut found: BTreeMap<usize, Candidate> = graph
        .indices()
        .filter_map(|at| Some((at, candidate(graph, at)?)))
        .filter(|(at, candidate)| follows(graph, *at, candidate.prev))
        .into_map();
    // From the last to the first, so that each has heard from all that build on it.
    for at in graph.indices().rev() {
        let Some((prev, reaches)) = found.get(&at).map(|it| (it.prev, it.reaches)) else {
            continue;
        };
        let before = prev.and_then(|prev| graph.find(&prev));
        if let Some(before) = before.and_then(|before| found.get_mut(&before)) {
            before.reaches = before.reaches.max(reaches);
        }
    }
    found
}

fn candidate(graph: &Graph<'_>, at: usize) -> Option<Candidate> {
    let of = |frame: &InstructionFrame, read| Candidate {
        prev: frame.prev,
        generation: frame.generation,
        reaches: frame.generation,
        read,
    };
    if let Some((frame, _)) = instruction(graph, at) {
        return Some(of(frame, true));
    }
    if !is_newer_instruction(graph, at) {
        return None;
    }
    // Whatever a newer kind says, its frame still tells where it stands.
    let frame: InstructionFrame = cbor::from_slice(&graph.written(at)?.entry.payload).ok()?;
    Some(of(&frame, false))
}

fn follows(graph: &Graph<'_>, at: usize, prev: Option<ChangeHash>) -> bool {
    prev.is_none_or(|prev| {
        graph
            .find(&prev)
            .is_some_and(|prev| graph.precedes(prev, at))
    })
}
