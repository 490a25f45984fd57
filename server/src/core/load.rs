//! A case as the gate and the fold read it, from its rows.

use gewu_model::case::{CaseRoot, row};
use gewu_model::change::{Body, Limits, decode_known};
use gewu_model::fold::{CaseView, Row};
use gewu_model::ids::{CaseId, ChangeHash, Digest, KeyId};
use gewu_model::signed::SignedChange;
use gewu_sync::gate::{AcceptedChange, CaseState, Fate};
use gewu_sync::verdict::SetAside;

use super::Core;
use crate::store::{FateKind, FateRow, StoreError, StoredChange, Tx};

/// Loads everything that is stored of a case's history.
pub(super) fn load(tx: &dyn Tx, case: CaseId) -> Result<CaseState, StoreError> {
    let mut state = CaseState::new(case);
    // A case that is being taken in has its changes before it has these.
    if let Some(head) = tx.case(case)? {
        state.set_document(head.document);
    }
    for stored in tx.changes(case)? {
        let (change, root) = accepted(&stored)?;
        state.root = state.root.take().or(root);
        state.changes.push(change);
    }
    with_fates(tx, state)
}

fn with_fates(tx: &dyn Tx, mut state: CaseState) -> Result<CaseState, StoreError> {
    for row in tx.fates(state.case)?.iter().filter(|row| row.binding) {
        state.fates.entry(row.hash).or_insert_with(|| fate(row));
    }
    Ok(state)
}

fn fate(row: &FateRow) -> Fate {
    match row.kind {
        FateKind::Waiting => Fate::Waiting,
        FateKind::Pending => Fate::Pending,
        FateKind::SetAside => Fate::set_aside(&row.signed, reason(row)).replaced(row.replaced_by),
    }
}

/// Why a change was set aside. A reason that a newer server wrote reads as the most general one.
pub(super) fn reason(row: &FateRow) -> SetAside {
    row.reason
        .as_deref()
        .and_then(SetAside::from_name)
        .unwrap_or(SetAside::Malformed)
}

fn accepted(stored: &StoredChange) -> Result<(AcceptedChange, Option<CaseRoot>), StoreError> {
    const DAMAGED: StoreError = StoreError::Corrupt("an accepted change");
    let decoded = decode_known(&stored.signed.bytes, &Limits::default()).map_err(|_| DAMAGED)?;
    let root = match &decoded.change.body {
        Body::Root { case } => Some(CaseRoot::from_fields(case).map_err(|_| DAMAGED)?),
        Body::Entry { .. } => None,
    };
    let change = AcceptedChange {
        hash: stored.hash,
        actor: stored.actor,
        seq: stored.seq,
        max_op: stored.max_op,
        key: stored.signed.key,
        counter: stored.signed.counter,
        received_at: stored.received_at,
        row: row(&decoded).map_err(|_| DAMAGED)?,
    };
    Ok((change, root))
}

/// The rows of a case for the fold.
pub(super) fn rows(state: &CaseState) -> impl Iterator<Item = &Row> + Clone {
    state.changes.iter().map(|change| &change.row)
}

/// The same, side by side.
pub(super) fn all_rows(state: &CaseState) -> Vec<Row> {
    rows(state).cloned().collect()
}

impl Core {
    /// The state of a case, by the policy that it pins.
    pub(super) fn view(&self, state: &CaseState) -> CaseView {
        self.rules().view(state.root.as_ref(), rows(state))
    }
}

/// Accepted changes that no other accepted change was made upon, ascending.
pub(super) fn heads(state: &CaseState) -> Vec<ChangeHash> {
    heads_among(state.changes.iter())
}

/// Those of `changes` that none of the others was made upon, ascending.
pub(super) fn heads_among<'a>(
    changes: impl Iterator<Item = &'a AcceptedChange> + Clone,
) -> Vec<ChangeHash> {
    let covered: std::collections::BTreeSet<_> = changes
        .clone()
        .flat_map(|change| &change.row.deps)
        .collect();
    let mut heads: Vec<_> = changes
        .map(|change| change.hash)
        .filter(|hash| !covered.contains(hash))
        .collect();
    heads.sort_unstable();
    heads
}

/// The key that opened the case.
pub(super) fn opener(state: &CaseState) -> Option<KeyId> {
    state.changes.first().map(|root| root.key)
}

/// Tells two signed forms of one change apart.
pub(super) fn sum(signed: &SignedChange) -> Digest {
    gewu_model::crypto::sha256(&gewu_model::cbor::to_vec(signed))
}
