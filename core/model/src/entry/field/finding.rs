//! What verifiers and checkers found.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::entry::part::part;
use crate::ids::Digest;
use crate::media::EvidenceRecord;
use crate::place::Position;

/// What a verifier found (核实).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum VerifyResult {
    /// The problem exists (属实).
    #[n(0)]
    Exists,
    /// It could not be seen.
    #[n(1)]
    Unable,
    /// The problem does not exist (不属实).
    #[n(2)]
    NotExists,
}

/// The answer to a verify request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Verify {
    /// What was found.
    #[n(0)]
    pub result: VerifyResult,
    /// The digest of the remark.
    #[n(1)]
    pub note: Option<Digest>,
    /// The evidence.
    #[n(2)]
    pub photos: Vec<EvidenceRecord>,
    /// Where the verifier stood.
    #[n(3)]
    pub position: Option<Position>,
}

/// What a checker found (核查).
///
/// The order is the order of weight: a worse answer outweighs a better one.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum CheckResult {
    /// The work is done (通过).
    #[n(0)]
    Pass,
    /// It could not be seen.
    #[n(1)]
    Unable,
    /// The work is not done (不通过).
    #[n(2)]
    NotPass,
}

/// The answer to a check request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Check {
    /// What was found.
    #[n(0)]
    pub result: CheckResult,
    /// The digest of the remark.
    #[n(1)]
    pub note: Option<Digest>,
    /// The evidence.
    #[n(2)]
    pub photos: Vec<EvidenceRecord>,
    /// Where the checker stood.
    #[n(3)]
    pub position: Option<Position>,
}

part!(Verify, note: note, photos: photos, position: position);
part!(Check, note: note, photos: photos, position: position);
