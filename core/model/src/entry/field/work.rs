//! What the people say who do the work, and their unit.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::entry::PayloadError;
use crate::entry::part::part;
use crate::ids::{Digest, UnitId, UserId};
use crate::media::EvidenceRecord;
use crate::place::{GridRef, Position};

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
    /// The grid that the device found there.
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grid: Option<GridRef>,
}

/// How far the work is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Progress {
    /// How much is done, in percent.
    #[n(0)]
    pub percent: Option<u8>,
    /// The digest of the remark.
    #[n(1)]
    pub note: Option<Digest>,
    /// The evidence.
    #[n(2)]
    pub photos: Vec<EvidenceRecord>,
    /// Where the handler was.
    #[n(3)]
    pub position: Option<Position>,
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

/// The unit's word that the work of its people is done, where the city's policy has that step. The
/// entry's `about` names the handle.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Confirm {
    /// The digest of the feedback (反馈).
    #[n(0)]
    pub note: Option<Digest>,
    /// The evidence.
    #[n(1)]
    pub photos: Vec<EvidenceRecord>,
}

/// Whoever guarded the place handed it to those who came: a collector may leave a dangerous spot
/// only after the crew has arrived.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct HandedOver {
    /// The person who took it.
    #[n(0)]
    pub to: Option<UserId>,
    /// The unit that took it.
    #[n(1)]
    pub unit: Option<UnitId>,
    /// The digest of the remark.
    #[n(2)]
    pub note: Option<Digest>,
    /// The evidence.
    #[n(3)]
    pub photos: Vec<EvidenceRecord>,
    /// Where it was.
    #[n(4)]
    pub position: Option<Position>,
}

/// How far a task went on the way to its addressee.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum SeenState {
    /// It reached the phone (已收).
    #[n(0)]
    Received,
    /// It was opened (已读).
    #[n(1)]
    Read,
    /// Its addressee put it away as done (已办).
    #[n(2)]
    Done,
}

/// The addressee's receipt for the instruction that the entry answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Seen {
    /// How far it went.
    #[n(0)]
    pub state: SeenState,
}

part!(Mark, note: note, position: position);
part!(Progress, note: note, photos: photos, position: position,
check: |it| match it.percent {
    Some(101..) => Err(PayloadError::Bounds("percent")),
    _ => Ok(()),
});
part!(Handle, note: note, photos: photos, position: position);
part!(Confirm, note: note, photos: photos);
part!(HandedOver, note: note, photos: photos, position: position,
check: |it| {
    crate::entry::part::optional("to", it.to.as_ref())?;
    crate::entry::part::optional("unit", it.unit.as_ref())
});
part!(Seen);
