//! Which packs a case is judged by.

use super::chain::{Chain, instruction};
use super::graph::Graph;
use super::question::Questions;
use super::{Row, Rules};
use crate::case::CaseRoot;
use crate::entry::{Body, Payload};
use crate::ids::Digest;

/// The packs by which a case is judged: what its root pins, until an instruction names others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pins {
    /// The policy.
    pub policy: Digest,
    /// The catalogue.
    pub catalogue: Digest,
    /// The catalogue's edition.
    pub edition: String,
}

impl Pins {
    /// The pins of a case with that root and these rows. Only a re-pinning instruction that holds
    /// changes what the root says; which ones hold depends on no policy.
    pub fn of<'a>(root: &CaseRoot, rows: impl IntoIterator<Item = &'a Row>) -> Self {
        Self::among(root, &rows.into_iter().collect::<Vec<_>>())
    }

    fn among(root: &CaseRoot, rows: &[&Row]) -> Self {
        let mut pins = Self {
            policy: root.policy,
            catalogue: root.catalogue,
            edition: root.edition.clone(),
        };
        if !rows.iter().any(|row| repins(row)) {
            return pins;
        }
        let graph = Graph::new(rows);
        for at in Chain::of(&graph).links() {
            if let Some((_, Body::Repin(repin))) = instruction(&graph, *at) {
                pins.policy = repin.policy.unwrap_or(pins.policy);
                pins.catalogue = repin.catalogue.unwrap_or(pins.catalogue);
                pins.edition = repin.edition.clone().unwrap_or(pins.edition);
            }
        }
        pins
    }

    /// The policy under which the latest round of work began, or before any round the case itself. What was
    /// done under one is checked, drawn and closed by it, whatever another one says that was named since.
    pub fn began_under<'a>(root: &CaseRoot, rows: impl IntoIterator<Item = &'a Row>) -> Digest {
        let rows: Vec<&Row> = rows.into_iter().collect();
        if !rows.iter().any(|row| repins(row)) {
            return root.policy;
        }
        let graph = Graph::new(&rows);
        let chain = Chain::of(&graph);
        // Which rounds there are depends on the instructions alone.
        let questions = Questions::of(&graph, &chain, &Rules::BUILT_IN);
        let first = questions.works_of(questions.rounds()).next();
        let began = first.and_then(|at| questions.get(at).links.first());
        let links = chain.links().iter().take(began.copied().unwrap_or(0));
        let mut named = links.filter_map(|at| match instruction(&graph, *at)?.1 {
            Body::Repin(repin) => repin.policy,
            _ => None,
        });
        named.next_back().unwrap_or(root.policy)
    }
}

fn repins(row: &Row) -> bool {
    let payload = row
        .entry
        .as_ref()
        .and_then(|written| written.payload.as_ref().ok());
    matches!(payload, Some(Payload::Instruction(_, Body::Repin(_))))
}
