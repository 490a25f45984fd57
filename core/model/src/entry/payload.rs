//! Typed payloads: decoding by kind, encoding, and the bounds that every payload keeps.

use serde::Serialize;

use super::field::{
    Appeal, Check, ComponentChange, Confirm, DuplicateSuggestion, ExtendRequest, HandedOver,
    Handle, Mark, Note, OwnershipDispute, Progress, Rate, Refuse, ReopenRequest, Report, Seen,
    SendBackRequest, Supplement, SuspendRequest, Urge, Verify, Withdraw,
};
use super::fields::field_names;
use super::header::Entry;
use super::instruction::{Body, InstructionFrame};
use super::kind::{FieldKind, InstructionKind, Kind};
use super::part::Part;
use crate::cbor::{self, CborError};
use crate::ids::Digest;
use crate::media::{EvidenceRecord, MAX_EVIDENCE};
use crate::place::Position;

/// Why a payload is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PayloadError {
    /// The bytes are not the canonical form of that kind's payload.
    #[error("the payload cannot be read: {0}")]
    Unreadable(#[from] CborError),
    /// Written by a newer app.
    #[error("the entry is of a kind or version that this app does not know: update the app")]
    Newer,
    /// A number, list or text lies outside its bounds.
    #[error("the field {0} is out of bounds")]
    Bounds(&'static str),
}

macro_rules! payloads {
    ($($kind:ident($body:ty),)+) => {
        /// The payload of an entry, typed by its kind.
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[allow(missing_docs)] // each variant carries the struct that says what it is
        #[allow(clippy::large_enum_variant)] // one lives at a time; a box is an allocation per report
        pub enum Payload { $($kind($body),)+ Instruction(InstructionFrame, Body) }

        impl Payload {
            /// The kind whose payload this is.
            pub const fn kind(&self) -> Kind {
                match self {
                    $(Self::$kind(_) => Kind::Field(FieldKind::$kind),)+
                    Self::Instruction(_, body) => Kind::Instruction(body.kind()),
                }
            }

            /// The payload as canonical CBOR.
            pub fn to_cbor(&self) -> Vec<u8> {
                match self {
                    $(Self::$kind(body) => cbor::to_vec(body),)+
                    Self::Instruction(frame, body) => cbor::to_vec(&InstructionFrame {
                        body: body.to_cbor(),
                        ..frame.clone()
                    }),
                }
            }

            /// The payload for people and scripts; the shape follows the kind.
            pub fn to_json(&self) -> serde_json::Value {
                fn json<T: Serialize>(value: &T) -> serde_json::Value {
                    serde_json::to_value(value).unwrap_or(serde_json::Value::Null)
                }
                match self {
                    $(Self::$kind(body) => json(body),)+
                    Self::Instruction(_, body) => json(body),
                }
            }

            fn part(&self) -> &dyn Part {
                match self {
                    $(Self::$kind(body) => body,)+
                    Self::Instruction(_, body) => body.part(),
                }
            }
        }

        /// The names of the fields of a kind's payload.
        fn fields_of(kind: FieldKind) -> &'static [&'static str] {
            let fields = match kind {
                $(FieldKind::$kind => field_names::<$body>(),)+
            };
            fields.unwrap_or_default()
        }

        fn field_from_json(
            kind: FieldKind,
            fields: serde_json::Value,
        ) -> Result<Payload, serde_json::Error> {
            Ok(match kind {
                $(FieldKind::$kind => Payload::$kind(serde_json::from_value(fields)?),)+
            })
        }

        fn decode_field(kind: FieldKind, bytes: &[u8]) -> Result<Payload, CborError> {
            Ok(match kind {
                $(FieldKind::$kind => Payload::$kind(cbor::from_canonical(bytes)?),)+
            })
        }
    };
}

payloads! {
    Report(Report),
    Supplement(Supplement),
    Withdraw(Withdraw),
    Verify(Verify),
    Take(Mark),
    SetOut(Mark),
    Arrived(Mark),
    Progress(Progress),
    Handle(Handle),
    Confirm(Confirm),
    SendBackRequest(SendBackRequest),
    ExtendRequest(ExtendRequest),
    SuspendRequest(SuspendRequest),
    Refuse(Refuse),
    OwnershipDispute(OwnershipDispute),
    Check(Check),
    Rate(Rate),
    Urge(Urge),
    ReopenRequest(ReopenRequest),
    Appeal(Appeal),
    DuplicateSuggestion(DuplicateSuggestion),
    ComponentChange(ComponentChange),
    Seen(Seen),
    HandedOver(HandedOver),
    Note(Note),
}

impl Payload {
    /// Whether entries of that kind bring photos.
    pub fn brings_photos(kind: FieldKind) -> bool {
        fields_of(kind).contains(&"photos")
    }

    /// Reads and bounds the payload of `entry`.
    ///
    /// # Errors
    /// [`PayloadError`] when it is unreadable, newer than this library, or out of bounds.
    pub fn of(entry: &Entry) -> Result<Self, PayloadError> {
        if entry.header.version > super::newest_version(&entry.header.kind) {
            return Err(PayloadError::Newer);
        }
        Self::decode(&entry.header.kind, &entry.payload)
    }

    /// Reads and bounds a payload of `kind`.
    ///
    /// # Errors
    /// As [`Payload::of`].
    pub fn decode(kind: &Kind, bytes: &[u8]) -> Result<Self, PayloadError> {
        let payload = match kind {
            Kind::Field(kind) => decode_field(*kind, bytes)?,
            Kind::Instruction(kind) => decode_instruction(*kind, bytes)?,
            Kind::Unknown(_) => return Err(PayloadError::Newer),
        };
        payload.check()?;
        Ok(payload)
    }

    /// Reads what [`Payload::to_json`] wrote of an entry of `kind`, for whoever shows it. The frame of an
    /// instruction is not in it: it is empty here. Bounds are not checked.
    ///
    /// # Errors
    /// When the kind is unknown, or a field is absent, unknown in its form, or of another type.
    pub fn from_json(kind: &Kind, mut json: serde_json::Value) -> Result<Self, serde_json::Error> {
        match kind {
            Kind::Field(kind) => field_from_json(*kind, json),
            Kind::Instruction(kind) => {
                let frame = InstructionFrame {
                    prev: None,
                    generation: 0,
                    number: 0,
                    command: Vec::new(),
                    body: Vec::new(),
                };
                let fields = json[kind.name()].take();
                Ok(Self::Instruction(frame, Body::from_json(*kind, fields)?))
            }
            Kind::Unknown(name) => {
                Err(serde::de::Error::custom(format!("{name} is no known kind")))
            }
        }
    }

    /// The version of the kind's shape that a reader needs; the entry's header names it.
    pub fn version(&self) -> u64 {
        self.part().version()
    }

    /// The evidence records that the payload brings.
    pub fn photos(&self) -> &[EvidenceRecord] {
        self.part().photos()
    }

    /// Where it was written, or what place it is about.
    pub fn position(&self) -> Option<&Position> {
        self.part().position()
    }

    /// Whether its kind has room for a position.
    pub fn takes_position(&self) -> bool {
        self.part().takes_position()
    }

    /// The digests of the texts that the payload names.
    pub fn content(&self) -> Vec<Digest> {
        self.part().text().into_iter().collect()
    }

    /// The digest of the contact card that the payload names. It lies beside the entry like a text, and
    /// is no text: it goes to the server only.
    pub fn contact(&self) -> Option<Digest> {
        match self {
            Self::Report(p) => p.contact,
            Self::Instruction(_, Body::Register(p)) => p.report.contact,
            _ => None,
        }
    }

    fn check(&self) -> Result<(), PayloadError> {
        let part = self.part();
        let photos = part.photos();
        if photos.len() > MAX_EVIDENCE {
            return Err(PayloadError::Bounds("photos"));
        }
        let taken = photos.iter().filter_map(|photo| photo.position.as_ref());
        if !part
            .position()
            .into_iter()
            .chain(taken)
            .all(Position::is_valid)
        {
            return Err(PayloadError::Bounds("position"));
        }
        part.check()
    }
}

fn decode_instruction(kind: InstructionKind, bytes: &[u8]) -> Result<Payload, CborError> {
    let frame: InstructionFrame = cbor::from_canonical(bytes)?;
    let body = Body::from_cbor(kind, &frame.body)?;
    Ok(Payload::Instruction(frame, body))
}
