//! What units ask the centre for. A request moves nothing by itself: it waits for an instruction.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::entry::part::{self, part};
use crate::ids::{Digest, UnitId};
use crate::media::EvidenceRecord;
use crate::time::Millis;

/// The addressee asks to give the task back. Answered by `send_back` or `decide`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct SendBackRequest {
    /// The reason, by the policy's code.
    #[n(0)]
    pub reason: String,
    /// The unit that should have it instead.
    #[n(1)]
    pub instead: Option<UnitId>,
    /// The digest of the text.
    #[n(2)]
    pub note: Option<Digest>,
    /// The evidence.
    #[n(3)]
    pub photos: Vec<EvidenceRecord>,
}

/// The addressee asks for more time. Answered by `extend` or `decide`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct ExtendRequest {
    /// How much more, as a limit in the catalogue's spelling.
    #[n(0)]
    pub limit: String,
    /// The reason, by the policy's code.
    #[n(1)]
    pub reason: Option<String>,
    /// The digest of the text.
    #[n(2)]
    pub note: Option<Digest>,
    /// The evidence.
    #[n(3)]
    pub photos: Vec<EvidenceRecord>,
}

/// The addressee asks to suspend the work. Answered by `suspend` or `decide`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct SuspendRequest {
    /// The reason, by the policy's code.
    #[n(0)]
    pub reason: String,
    /// Until when.
    #[n(1)]
    pub until: Option<Millis>,
    /// The digest of the text.
    #[n(2)]
    pub note: Option<Digest>,
    /// The evidence.
    #[n(3)]
    pub photos: Vec<EvidenceRecord>,
}

/// The addressee does not sign for the task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Refuse {
    /// The reason, by the policy's code.
    #[n(0)]
    pub reason: String,
    /// The digest of the text.
    #[n(1)]
    pub note: Option<Digest>,
}

/// The addressee contests whose the object is. Answered by `ownership` or `decide`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct OwnershipDispute {
    /// Who should be the owner (权属单位).
    #[n(0)]
    pub owner: Option<UnitId>,
    /// The digest of the text.
    #[n(1)]
    pub note: Option<Digest>,
    /// The evidence.
    #[n(2)]
    pub photos: Vec<EvidenceRecord>,
}

part!(SendBackRequest, note: note, photos: photos, check: |it| {
    part::code("reason", &it.reason)?;
    part::optional("instead", it.instead.as_ref())
});
part!(ExtendRequest, note: note, photos: photos, check: |it| {
    part::code("limit", &it.limit)?;
    part::optional("reason", it.reason.as_ref())
});
part!(SuspendRequest, note: note, photos: photos, check: |it| part::code("reason", &it.reason));
part!(Refuse, note: note, check: |it| part::code("reason", &it.reason));
part!(OwnershipDispute, note: note, photos: photos,
    check: |it| part::optional("owner", it.owner.as_ref()));
