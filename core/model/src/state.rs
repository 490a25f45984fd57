//! One digest for what a replica holds of a case, to compare replicas by.

use crate::crypto::sha256_parts;
use crate::fold::{CaseView, Row};
use crate::ids::{CaseId, ChangeHash, Digest};

/// SHA-256 over the sorted hashes of a case's accepted changes and its canonical view. Two replicas
/// with one digest hold the same history and derive the same state from it.
pub fn state_hash(rows: &[Row], view: &CaseView) -> Digest {
    let mut hashes: Vec<ChangeHash> = rows.iter().map(|row| row.hash).collect();
    hashes.sort_unstable();
    hashes.dedup();
    let history: Vec<u8> = hashes.iter().flat_map(|hash| hash.0).collect();
    sha256_parts(&[b"gewu.state.v1\0", &history, &view.canonical()])
}

/// One digest over several cases, whatever their order.
pub fn replica_hash(cases: &[(CaseId, Digest)]) -> Digest {
    let mut cases = cases.to_vec();
    cases.sort_unstable();
    let bytes: Vec<u8> = cases
        .iter()
        .flat_map(|(case, hash)| [&case.0[..], &hash.0].concat())
        .collect();
    sha256_parts(&[b"gewu.replica.v1\0", &bytes])
}
