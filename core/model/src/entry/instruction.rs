//! Payloads of instructions: a frame that ties each to its predecessor, and a body per kind.

use std::collections::BTreeSet;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::field::Report;
use super::kind::InstructionKind;
use crate::cbor::{self, CborError};
use crate::ids::{ChangeHash, Digest, UnitId, UserId};
use crate::media::EvidenceRecord;

/// What every instruction carries.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct InstructionFrame {
    /// The instruction before it; `None` for the first of the case.
    #[n(0)]
    pub prev: Option<ChangeHash>,
    /// The server's generation when it was written.
    #[n(1)]
    pub generation: u64,
    /// Its number in the chain, from 1.
    #[n(2)]
    pub number: u32,
    /// The command that asked for it, as an encoded [`crate::command::CommandRecord`].
    #[n(3)]
    #[cbor(with = "minicbor::bytes")]
    pub command: Vec<u8>,
    /// The body of the kind, as canonical CBOR.
    #[n(4)]
    #[cbor(with = "minicbor::bytes")]
    pub body: Vec<u8>,
}

/// Persons asked to verify or to check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Asked {
    /// Who is asked; at least one.
    #[n(0)]
    pub persons: Vec<UserId>,
    /// Whether they are asked beside those asked before, instead of in their place.
    #[n(1)]
    #[serde(default)]
    pub also: bool,
    /// The digest of the remark.
    #[n(2)]
    #[serde(default)]
    pub note: Option<Digest>,
}

/// Sends the case to a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Dispatch {
    /// The unit that answers for the work.
    #[n(0)]
    pub lead: UnitId,
    /// Units that help.
    #[n(1)]
    #[serde(default)]
    pub assist: Vec<UnitId>,
    /// The limit as the catalogue or the dispatcher wrote it.
    #[n(2)]
    #[serde(default)]
    pub limit: Option<String>,
    /// The digest of the remark.
    #[n(3)]
    #[serde(default)]
    pub note: Option<Digest>,
}

/// Sends the work back to the unit that leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Rework {
    /// The unit that does it again.
    #[n(0)]
    pub lead: UnitId,
    /// The digest of the reason.
    #[n(1)]
    #[serde(default)]
    pub note: Option<Digest>,
}

/// Passes the open dispatch to another unit below.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Forward {
    /// The unit that now does it; the upper one stays accountable.
    #[n(0)]
    pub unit: UnitId,
    /// The digest of the remark.
    #[n(1)]
    #[serde(default)]
    pub note: Option<Digest>,
}

/// Names the person of the unit who does it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Assign {
    /// Who does it.
    #[n(0)]
    pub person: UserId,
    /// The digest of the remark.
    #[n(1)]
    #[serde(default)]
    pub note: Option<Digest>,
}

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
}

/// An instruction that carries a remark at most: recall, void.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Plain {
    /// The digest of the reason.
    #[n(0)]
    #[serde(default)]
    pub note: Option<Digest>,
}

/// Removes texts and files for good, wherever they went. The signed entries that name them stay, and
/// this instruction is the tombstone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Erase {
    /// The digests of texts.
    #[n(0)]
    #[serde(default)]
    pub texts: Vec<Digest>,
    /// The SHA-256 of files. What else the same evidence record names (thumbnail, original) goes
    /// with them.
    #[n(1)]
    #[serde(default)]
    pub files: Vec<Digest>,
    /// The digest of the reason.
    #[n(2)]
    #[serde(default)]
    pub note: Option<Digest>,
}

impl Erase {
    /// Every file that goes, given the evidence records of the case: those that it names, and what
    /// else their records name.
    pub fn takes<'r>(
        &self,
        records: impl IntoIterator<Item = &'r EvidenceRecord>,
    ) -> BTreeSet<Digest> {
        let named = records
            .into_iter()
            .filter(|record| self.files.contains(&record.sha256));
        let files = named.flat_map(EvidenceRecord::all_files);
        files.chain(self.files.iter().copied()).collect()
    }
}

/// A word to the reporter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Reply {
    /// The digest of the text.
    #[n(0)]
    pub text: Digest,
}

/// A case that reached the centre otherwise than through a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Register {
    /// What is known of it.
    #[n(0)]
    pub report: Report,
}

/// The body of an instruction, typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // each variant carries the struct of its own name
pub enum Body {
    Register(Box<Register>),
    Reply(Reply),
    VerifyRequest(Asked),
    CheckRequest(Asked),
    Dispatch(Dispatch),
    Rework(Rework),
    Forward(Forward),
    Assign(Assign),
    File(File),
    Decline(Decline),
    Recall(Plain),
    Close(Close),
    Void(Plain),
    Erase(Erase),
}

impl Body {
    /// The kind whose body this is.
    pub const fn kind(&self) -> InstructionKind {
        match self {
            Self::Register(_) => InstructionKind::Register,
            Self::Reply(_) => InstructionKind::Reply,
            Self::VerifyRequest(_) => InstructionKind::VerifyRequest,
            Self::CheckRequest(_) => InstructionKind::CheckRequest,
            Self::Dispatch(_) => InstructionKind::Dispatch,
            Self::Rework(_) => InstructionKind::Rework,
            Self::Forward(_) => InstructionKind::Forward,
            Self::Assign(_) => InstructionKind::Assign,
            Self::File(_) => InstructionKind::File,
            Self::Decline(_) => InstructionKind::Decline,
            Self::Recall(_) => InstructionKind::Recall,
            Self::Close(_) => InstructionKind::Close,
            Self::Void(_) => InstructionKind::Void,
            Self::Erase(_) => InstructionKind::Erase,
        }
    }

    /// The body as canonical CBOR.
    pub fn to_cbor(&self) -> Vec<u8> {
        match self {
            Self::Register(body) => cbor::to_vec(body.as_ref()),
            Self::Reply(body) => cbor::to_vec(body),
            Self::VerifyRequest(body) | Self::CheckRequest(body) => cbor::to_vec(body),
            Self::Dispatch(body) => cbor::to_vec(body),
            Self::Rework(body) => cbor::to_vec(body),
            Self::Forward(body) => cbor::to_vec(body),
            Self::Assign(body) => cbor::to_vec(body),
            Self::File(body) => cbor::to_vec(body),
            Self::Decline(body) => cbor::to_vec(body),
            Self::Recall(body) | Self::Void(body) => cbor::to_vec(body),
            Self::Close(body) => cbor::to_vec(body),
            Self::Erase(body) => cbor::to_vec(body),
        }
    }

    /// Reads the body of an instruction of `kind`.
    ///
    /// # Errors
    /// [`CborError`] when the bytes are not canonical or not of that kind.
    pub fn from_cbor(kind: InstructionKind, bytes: &[u8]) -> Result<Self, CborError> {
        use cbor::from_canonical as read;
        Ok(match kind {
            InstructionKind::Register => Self::Register(Box::new(read(bytes)?)),
            InstructionKind::Reply => Self::Reply(read(bytes)?),
            InstructionKind::VerifyRequest => Self::VerifyRequest(read(bytes)?),
            InstructionKind::CheckRequest => Self::CheckRequest(read(bytes)?),
            InstructionKind::Dispatch => Self::Dispatch(read(bytes)?),
            InstructionKind::Rework => Self::Rework(read(bytes)?),
            InstructionKind::Forward => Self::Forward(read(bytes)?),
            InstructionKind::Assign => Self::Assign(read(bytes)?),
            InstructionKind::File => Self::File(read(bytes)?),
            InstructionKind::Decline => Self::Decline(read(bytes)?),
            InstructionKind::Recall => Self::Recall(read(bytes)?),
            InstructionKind::Close => Self::Close(read(bytes)?),
            InstructionKind::Void => Self::Void(read(bytes)?),
            InstructionKind::Erase => Self::Erase(read(bytes)?),
        })
    }

    /// The digests of the texts that the body names.
    pub fn content(&self) -> Vec<Digest> {
        let note = match self {
            Self::Register(body) => body.report.description,
            Self::Reply(body) => Some(body.text),
            Self::VerifyRequest(body) | Self::CheckRequest(body) => body.note,
            Self::Dispatch(body) => body.note,
            Self::Rework(body) => body.note,
            Self::Forward(body) => body.note,
            Self::Assign(body) => body.note,
            Self::File(body) => body.note,
            Self::Decline(body) => body.note,
            Self::Recall(body) | Self::Void(body) => body.note,
            Self::Close(body) => body.note,
            Self::Erase(body) => body.note,
        };
        note.into_iter().collect()
    }
}
