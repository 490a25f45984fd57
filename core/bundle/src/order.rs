//! The one order in which the changes of a case lie.

use std::collections::{BTreeMap, BTreeSet};

use gewu_model::ids::ChangeHash;
use gewu_model::receipt::CaseReceipt;
use gewu_model::small::Gather as _;

use crate::record::HeldChange;

/// A change with what its place depends on.
#[derive(Debug, Clone)]
pub struct Piece {
    /// Its hash.
    pub hash: ChangeHash,
    /// What it was made upon.
    pub deps: Vec<ChangeHash>,
    /// The change.
    pub held: HeldChange,
}

/// Puts changes in the order that [`crate::record::CaseRecord::changes`] demands. `accepted` are
/// those that a verdict accepted.
pub fn arrange(
    pieces: Vec<Piece>,
    receipt: Option<&CaseReceipt>,
    accepted: &BTreeSet<ChangeHash>,
) -> Vec<HeldChange> {
    let mut pieces: BTreeMap<ChangeHash, Piece> = pieces
        .into_iter()
        .map(|piece| (piece.hash, piece))
        .into_map();
    let received = receipt.iter().flat_map(|receipt| &receipt.received);
    let mut ordered: Vec<HeldChange> = received
        .filter_map(|received| pieces.remove(&received.change))
        .map(|piece| piece.held)
        .collect();
    let (told, tail): (Vec<Piece>, Vec<Piece>) = pieces
        .into_values()
        .partition(|piece| accepted.contains(&piece.hash));
    for part in [told, tail] {
        let order = canonical(part.iter().map(|piece| (piece.hash, piece.deps.as_slice())));
        let mut part: BTreeMap<ChangeHash, HeldChange> = part
            .into_iter()
            .map(|piece| (piece.hash, piece.held))
            .into_map();
        ordered.extend(order.iter().filter_map(|hash| part.remove(hash)));
    }
    ordered
}

/// The one order of changes that no receipt orders: each after those of them that it was made upon,
/// otherwise by hash. What depends on itself is left out.
pub(crate) fn canonical<'a>(
    changes: impl Iterator<Item = (ChangeHash, &'a [ChangeHash])> + Clone,
) -> Vec<ChangeHash> {
    let among: BTreeSet<ChangeHash> = changes.clone().map(|(hash, _)| hash).into_set();
    let mut waiting: BTreeMap<ChangeHash, usize> = BTreeMap::new();
    let mut upon: BTreeMap<ChangeHash, Vec<ChangeHash>> = BTreeMap::new();
    for (hash, deps) in changes {
        let deps = deps.iter().filter(|dep| among.contains(dep));
        waiting.insert(hash, deps.clone().count());
        deps.for_each(|dep| upon.entry(*dep).or_default().push(hash));
    }
    let free = waiting.iter().filter(|(_, deps)| **deps == 0);
    let mut free: BTreeSet<ChangeHash> = free.map(|(hash, _)| *hash).into_set();
    let mut ordered = Vec::with_capacity(among.len());
    while let Some(hash) = free.pop_first() {
        ordered.push(hash);
        for next in upon.remove(&hash).unwrap_or_default() {
            let left = waiting.entry(next).or_default();
            *left = left.saturating_sub(1);
            if *left == 0 {
                free.insert(next);
            }
        }
    }
    ordered
}
