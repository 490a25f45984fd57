//! Payloads of field entries.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::ids::Digest;
use crate::media::EvidenceRecord;
use crate::place::{GridRef, Position};

/// Whether a class is about a thing that stands in the city or about something that happens.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum ClassKind {
    /// A managed component (部件).
    #[n(0)]
    Component,
    /// A matter (事项; 事件 in the 2013 edition).
    #[n(1)]
    Matter,
}

/// A class within the edition that the case's root names.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode,
)]
#[cbor(map)]
pub struct ClassRef {
    /// Component or matter: the code spaces overlap.
    #[n(0)]
    pub kind: ClassKind,
    /// The code as the catalogue writes it.
    #[n(1)]
    pub code: String,
}

/// Where a report came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Source {
    /// The source's code, such as `inspector`, `citizen` or `hotline`.
    #[n(0)]
    pub code: String,
    /// The channel within the source.
    #[n(1)]
    pub channel: Option<String>,
    /// The identity of the matter in that channel.
    #[n(2)]
    pub external_id: Option<String>,
}

/// What was found, where: the second change of a case, by the root's author, and the only one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Report {
    /// The class in the root's edition.
    #[n(0)]
    pub class: ClassRef,
    /// The filing condition (立案条件) that is met, by the catalogue's code.
    #[n(1)]
    pub condition: Option<String>,
    /// Where it is.
    #[n(2)]
    pub position: Position,
    /// The grid that the authoring device found; `None` outside every grid it knew.
    #[n(3)]
    pub grid: Option<GridRef>,
    /// The component's identifier, when one was chosen.
    #[n(4)]
    pub component: Option<String>,
    /// Where the report came from.
    #[n(5)]
    pub source: Source,
    /// A measured value in thousandths of the condition's own unit.
    #[n(6)]
    pub measured_milli: Option<i64>,
    /// The campaign that it belongs to.
    #[n(7)]
    pub campaign: Option<String>,
    /// Whether the reporter already settled it on the spot (自处置).
    #[n(8)]
    pub self_handled: bool,
    /// The language of the texts, as a BCP 47 tag.
    #[n(9)]
    pub language: String,
    /// The digest of the description.
    #[n(10)]
    pub description: Option<Digest>,
    /// The evidence.
    #[n(11)]
    pub photos: Vec<EvidenceRecord>,
}

/// More from the reporter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Supplement {
    /// The digest of the text.
    #[n(0)]
    pub text: Option<Digest>,
    /// The evidence.
    #[n(1)]
    pub photos: Vec<EvidenceRecord>,
}

/// The reporter takes the report back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Withdraw {
    /// The digest of the reason.
    #[n(0)]
    pub reason: Option<Digest>,
}

/// What a verifier found.
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

/// A mark on the way: taken, set out, arrived.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Mark {
    /// Where the handler was.
    #[n(0)]
    pub position: Option<Position>,
    /// The digest of the remark.
    #[n(1)]
    pub note: Option<Digest>,
}

/// The work is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Handle {
    /// The digest of the remark.
    #[n(0)]
    pub note: Option<Digest>,
    /// Pictures before and after.
    #[n(1)]
    pub photos: Vec<EvidenceRecord>,
    /// Where the handler was.
    #[n(2)]
    pub position: Option<Position>,
}

/// What a checker found. The order is the order of weight: a worse answer outweighs a better one.
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

/// The reporter's rating of the result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Rate {
    /// 1 (worst) to 5 (best).
    #[n(0)]
    pub score: u8,
    /// The digest of the remark.
    #[n(1)]
    pub note: Option<Digest>,
}

/// A remark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Note {
    /// The digest of the text.
    #[n(0)]
    pub text: Digest,
    /// Pictures that belong to the remark, such as redacted copies; absent when there are none.
    #[n(1)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photos: Option<Vec<EvidenceRecord>>,
}

impl Note {
    /// A remark of words alone.
    pub const fn of(text: Digest) -> Self {
        Self { text, photos: None }
    }
}
