//! Instructions that end the open question.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::entry::part::{self, part};
use crate::ids::{ChangeHash, Digest};
use crate::time::Millis;

/// Files the case and gives it its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct File {
    /// The task number (任务号), minted by the server.
    #[n(0)]
    pub task_number: String,
    /// The digest of the remark.
    #[n(1)]
    #[serde(default)]
    pub note: Option<Digest>,
}

/// Which way a case was declined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum DeclineKind {
    /// Not accepted (不予受理).
    #[n(0)]
    NotAccepted,
    /// Not filed (不予立案).
    #[n(1)]
    NotFiled,
}

/// Declines the case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Decline {
    /// Which way.
    #[n(0)]
    pub kind: DeclineKind,
    /// The digest of the reason.
    #[n(1)]
    #[serde(default)]
    pub note: Option<Digest>,
    /// The reason, by the policy's code.
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Suspends the work: nothing is asked until it is resumed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Suspend {
    /// The request that it grants, when there was one.
    #[n(0)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<ChangeHash>,
    /// Until when. A fact for those who resume it; the fold knows no clock.
    #[n(1)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Millis>,
    /// The reason, by the policy's code.
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The digest of the remark.
    #[n(3)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Digest>,
}

/// Makes a case that its reporter had settled on the spot an ordinary one, to be dispatched.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Convert {
    /// The reason, by the policy's code.
    #[n(0)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The digest of the remark.
    #[n(1)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Digest>,
    /// The task number (任务号) of a case that was never filed, minted by the server.
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_number: Option<String>,
}

/// How a case ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum CloseKind {
    /// Within its limit (正常结案).
    #[n(0)]
    Normal,
    /// Over its limit (超时结案).
    #[n(1)]
    Late,
    /// Without the usual conditions (强制结案).
    #[n(2)]
    Forced,
    /// Filed in error (差错结案).
    #[n(3)]
    Mistaken,
    /// By a special decision (特殊结案).
    #[n(4)]
    Special,
}

/// Closes the case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Close {
    /// How it ended.
    #[n(0)]
    pub kind: CloseKind,
    /// The digest of the remark.
    #[n(1)]
    #[serde(default)]
    pub note: Option<Digest>,
    /// The closing condition (结案条件) that is met, by the catalogue's code.
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
}

/// An instruction that carries a remark at most: recall, void.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Plain {
    /// The digest of the reason.
    #[n(0)]
    #[serde(default)]
    pub note: Option<Digest>,
    /// The reason, by the policy's code.
    #[n(1)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Opens an ended case again, and files it: one that has no number yet gets one. Whatever is asked next
/// begins anew, in a new round.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Reopen {
    /// The request that it grants, when there was one.
    #[n(0)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<ChangeHash>,
    /// The reason, by the policy's code.
    #[n(1)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The digest of the remark.
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Digest>,
    /// The task number (任务号) of a case that was never filed, minted by the server.
    #[n(3)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_number: Option<String>,
}

part!(File, note: note, check: |it| part::code("task_number", &it.task_number));
part!(Decline, note: note, check: |it| part::optional("reason", it.reason.as_ref()));
part!(Suspend, note: note, check: |it| part::optional("reason", it.reason.as_ref()));
part!(Convert, note: note, check: |it| {
    part::optional("reason", it.reason.as_ref())?;
    part::optional("task_number", it.task_number.as_ref())
});
part!(Close, note: note, check: |it| part::optional("condition", it.condition.as_ref()));
part!(Plain, note: note, check: |it| part::optional("reason", it.reason.as_ref()));
part!(Reopen, note: note, check: |it| {
    part::optional("reason", it.reason.as_ref())?;
    part::optional("task_number", it.task_number.as_ref())
});
