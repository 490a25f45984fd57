//! Payloads of instructions: a frame that ties each to its predecessor, and a body per kind.

mod asks;
mod ends;
mod leaves;
mod narrows;
mod register;
mod sense;

use minicbor::{Decode, Encode};
use serde::Serialize;

use super::fields::field_names;
use super::kind::InstructionKind;
use super::part::Part;
use crate::cbor::{self, CborError};
use crate::ids::{ChangeHash, Digest};

pub use asks::{Asked, DayWindow, Dispatch, Order, Redo, Resume, Rework, SpotCheck};
pub use ends::{Close, CloseKind, Convert, Decline, DeclineKind, File, Plain, Reopen, Suspend};
pub use leaves::{
    Correct, Decide, Erase, Extend, LinkCase, MAX_ERASED, Ownership, Relationship, Repin, Reply,
    Reward, RewardState, Supervise, Switches,
};
pub use narrows::{Assign, Forward, SendBack, Unassign};
pub use register::Register;
pub use sense::{MOST_REWARD_CENTS, MOST_REWARD_POINTS, Senseless};

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

macro_rules! bodies {
    ($($kind:ident($body:ty),)+) => {
        /// The body of an instruction, typed.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
        #[serde(rename_all = "snake_case")]
        #[allow(missing_docs)] // each variant carries the struct that says what it is
        pub enum Body { $($kind($body),)+ }

        impl Body {
            /// The kind whose body this is.
            pub const fn kind(&self) -> InstructionKind {
                match self { $(Self::$kind(_) => InstructionKind::$kind,)+ }
            }

            /// The body as canonical CBOR.
            pub fn to_cbor(&self) -> Vec<u8> {
                match self { $(Self::$kind(body) => cbor::to_vec(body),)+ }
            }

            /// Reads the body of an instruction of `kind`.
            ///
            /// # Errors
            /// [`CborError`] when the bytes are not canonical or not of that kind.
            pub fn from_cbor(kind: InstructionKind, bytes: &[u8]) -> Result<Self, CborError> {
                Ok(match kind {
                    $(InstructionKind::$kind => Self::$kind(cbor::from_canonical(bytes)?),)+
                })
            }

            /// Reads the body of an instruction of `kind` from its fields by name. Bounds are
            /// checked where the bytes are read.
            ///
            /// # Errors
            /// When a field is absent, unknown in its form, or of another type.
            pub fn from_json(
                kind: InstructionKind,
                fields: serde_json::Value,
            ) -> Result<Self, serde_json::Error> {
                Ok(match kind {
                    $(InstructionKind::$kind => Self::$kind(serde_json::from_value(fields)?),)+
                })
            }

            /// The names of the fields that [`Body::from_json`] reads for `kind`.
            pub fn fields(kind: InstructionKind) -> &'static [&'static str] {
                let fields = match kind {
                    $(InstructionKind::$kind => field_names::<$body>(),)+
                };
                fields.unwrap_or_default()
            }

            pub(super) fn part(&self) -> &dyn Part {
                match self { $(Self::$kind(body) => body,)+ }
            }

            fn part_mut(&mut self) -> &mut dyn Part {
                match self { $(Self::$kind(body) => body,)+ }
            }
        }
    };
}

bodies! {
    Register(Box<Register>),
    Reply(Reply),
    VerifyRequest(Asked),
    CheckRequest(Asked),
    RedoRequest(Redo),
    SpotCheck(SpotCheck),
    Dispatch(Dispatch),
    Order(Order),
    Rework(Rework),
    Resume(Resume),
    Forward(Forward),
    Assign(Assign),
    Unassign(Unassign),
    SendBack(SendBack),
    File(File),
    Decline(Decline),
    Recall(Plain),
    Suspend(Suspend),
    Convert(Convert),
    Close(Close),
    Void(Plain),
    Reopen(Reopen),
    Extend(Extend),
    Decide(Decide),
    Supervise(Supervise),
    Link(LinkCase),
    Correct(Box<Correct>),
    Repin(Repin),
    Ownership(Ownership),
    Reward(Reward),
    Erase(Erase),
}

impl Body {
    /// The digests of the texts that the body names.
    pub fn content(&self) -> Vec<Digest> {
        self.part().text().into_iter().collect()
    }

    /// Puts the digest of a remark into the body; says whether its kind has room for one.
    pub fn set_note(&mut self, note: Option<Digest>) -> bool {
        match self.part_mut().note_mut() {
            Some(place) => {
                *place = note;
                true
            }
            None => false,
        }
    }

    /// The request that the instruction decides, and whether it grants it.
    pub fn decides(&self) -> Option<(ChangeHash, bool)> {
        let granted = match self {
            Self::Decide(body) => return Some((body.request, body.granted)),
            Self::SendBack(body) => body.request,
            Self::Suspend(body) => body.request,
            Self::Reopen(body) => body.request,
            Self::Extend(body) => body.request,
            Self::Link(body) => body.request,
            Self::Ownership(body) => body.request,
            _ => None,
        };
        granted.map(|request| (request, true))
    }
}
