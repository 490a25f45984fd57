//! Which packs a case is judged by.

use super::Row;
use super::chain::{Chain, instruction};
use super::graph::Graph;
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
}

fn repins(row: &Row) -> bool {
    let payload = row
        .entry
        .as_ref()
        .and_then(|written| written.payload.as_ref().ok());
    matches!(payload, Some(Payload::Instruction(_, Body::Repin(_))))
}
