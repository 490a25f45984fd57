//! Typed payloads: decoding by kind, encoding, and the bounds that every payload keeps.

use serde::Serialize;

use super::field::{Check, Handle, Mark, Note, Rate, Report, Supplement, Verify, Withdraw};
use super::header::Entry;
use super::instruction::{Body, InstructionFrame};
use super::kind::{FieldKind, InstructionKind, Kind};
use crate::cbor::{self, CborError};
use crate::ids::Digest;
use crate::media::{EvidenceRecord, MAX_EVIDENCE};
use crate::place::Position;

/// The longest code or name inside a payload, in bytes.
const MAX_CODE_BYTES: usize = 256;

/// The most texts and files that one instruction may erase.
const MAX_ERASED: usize = 200;

/// The payload of an entry, typed by its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)] // each variant carries the struct of its own name
#[allow(clippy::large_enum_variant)] // one lives at a time; a box would be an allocation per report
pub enum Payload {
    Report(Report),
    Supplement(Supplement),
    Withdraw(Withdraw),
    Verify(Verify),
    Take(Mark),
    SetOut(Mark),
    Arrived(Mark),
    Handle(Handle),
    Check(Check),
    Rate(Rate),
    Note(Note),
    Instruction(InstructionFrame, Body),
}

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

impl Payload {
    /// Reads and bounds the payload of `entry`.
    ///
    /// # Errors
    /// [`PayloadError`] when it is unreadable, newer than this library, or out of bounds.
    pub fn of(entry: &Entry) -> Result<Self, PayloadError> {
        if entry.header.version > super::ENTRY_VERSION {
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

    /// The kind whose payload this is.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Report(_) => Kind::Field(FieldKind::Report),
            Self::Supplement(_) => Kind::Field(FieldKind::Supplement),
            Self::Withdraw(_) => Kind::Field(FieldKind::Withdraw),
            Self::Verify(_) => Kind::Field(FieldKind::Verify),
            Self::Take(_) => Kind::Field(FieldKind::Take),
            Self::SetOut(_) => Kind::Field(FieldKind::SetOut),
            Self::Arrived(_) => Kind::Field(FieldKind::Arrived),
            Self::Handle(_) => Kind::Field(FieldKind::Handle),
            Self::Check(_) => Kind::Field(FieldKind::Check),
            Self::Rate(_) => Kind::Field(FieldKind::Rate),
            Self::Note(_) => Kind::Field(FieldKind::Note),
            Self::Instruction(_, body) => Kind::Instruction(body.kind()),
        }
    }

    /// The payload as canonical CBOR.
    pub fn to_cbor(&self) -> Vec<u8> {
        match self {
            Self::Report(p) => cbor::to_vec(p),
            Self::Supplement(p) => cbor::to_vec(p),
            Self::Withdraw(p) => cbor::to_vec(p),
            Self::Verify(p) => cbor::to_vec(p),
            Self::Take(p) | Self::SetOut(p) | Self::Arrived(p) => cbor::to_vec(p),
            Self::Handle(p) => cbor::to_vec(p),
            Self::Check(p) => cbor::to_vec(p),
            Self::Rate(p) => cbor::to_vec(p),
            Self::Note(p) => cbor::to_vec(p),
            Self::Instruction(frame, body) => cbor::to_vec(&InstructionFrame {
                body: body.to_cbor(),
                ..frame.clone()
            }),
        }
    }

    /// The evidence records that the payload brings.
    pub fn photos(&self) -> &[EvidenceRecord] {
        match self {
            Self::Report(p) => &p.photos,
            Self::Supplement(p) => &p.photos,
            Self::Verify(p) => &p.photos,
            Self::Handle(p) => &p.photos,
            Self::Check(p) => &p.photos,
            Self::Note(p) => p.photos.as_deref().unwrap_or_default(),
            Self::Instruction(_, Body::Register(p)) => &p.report.photos,
            _ => &[],
        }
    }

    /// The digests of the texts that the payload names.
    pub fn content(&self) -> Vec<Digest> {
        let one = match self {
            Self::Report(p) => p.description,
            Self::Supplement(p) => p.text,
            Self::Withdraw(p) => p.reason,
            Self::Verify(p) => p.note,
            Self::Take(p) | Self::SetOut(p) | Self::Arrived(p) => p.note,
            Self::Handle(p) => p.note,
            Self::Check(p) => p.note,
            Self::Rate(p) => p.note,
            Self::Note(p) => Some(p.text),
            Self::Instruction(_, body) => return body.content(),
        };
        one.into_iter().collect()
    }

    /// The payload for people and scripts; the shape follows the kind.
    pub fn to_json(&self) -> serde_json::Value {
        fn json<T: Serialize>(value: &T) -> serde_json::Value {
            serde_json::to_value(value).unwrap_or(serde_json::Value::Null)
        }
        match self {
            Self::Report(p) => json(p),
            Self::Supplement(p) => json(p),
            Self::Withdraw(p) => json(p),
            Self::Verify(p) => json(p),
            Self::Take(p) | Self::SetOut(p) | Self::Arrived(p) => json(p),
            Self::Handle(p) => json(p),
            Self::Check(p) => json(p),
            Self::Rate(p) => json(p),
            Self::Note(p) => json(p),
            Self::Instruction(_, body) => json(body),
        }
    }

    fn positions(&self) -> Vec<&Position> {
        let own = match self {
            Self::Report(p) => Some(&p.position),
            Self::Take(p) | Self::SetOut(p) | Self::Arrived(p) => p.position.as_ref(),
            Self::Verify(p) => p.position.as_ref(),
            Self::Handle(p) => p.position.as_ref(),
            Self::Check(p) => p.position.as_ref(),
            Self::Instruction(_, Body::Register(p)) => Some(&p.report.position),
            _ => None,
        };
        own.into_iter()
            .chain(self.photos().iter().filter_map(|p| p.position.as_ref()))
            .collect()
    }

    fn check(&self) -> Result<(), PayloadError> {
        if self.photos().len() > MAX_EVIDENCE {
            return Err(PayloadError::Bounds("photos"));
        }
        if !self.positions().iter().all(|position| position.is_valid()) {
            return Err(PayloadError::Bounds("position"));
        }
        match self {
            Self::Report(report) => check_report(report),
            Self::Rate(rate) if !(1..=5).contains(&rate.score) => {
                Err(PayloadError::Bounds("score"))
            }
            Self::Instruction(_, body) => check_body(body),
            _ => Ok(()),
        }
    }
}

fn decode_field(kind: FieldKind, bytes: &[u8]) -> Result<Payload, CborError> {
    use cbor::from_canonical as read;
    Ok(match kind {
        FieldKind::Report => Payload::Report(read(bytes)?),
        FieldKind::Supplement => Payload::Supplement(read(bytes)?),
        FieldKind::Withdraw => Payload::Withdraw(read(bytes)?),
        FieldKind::Verify => Payload::Verify(read(bytes)?),
        FieldKind::Take => Payload::Take(read(bytes)?),
        FieldKind::SetOut => Payload::SetOut(read(bytes)?),
        FieldKind::Arrived => Payload::Arrived(read(bytes)?),
        FieldKind::Handle => Payload::Handle(read(bytes)?),
        FieldKind::Check => Payload::Check(read(bytes)?),
        FieldKind::Rate => Payload::Rate(read(bytes)?),
        FieldKind::Note => Payload::Note(read(bytes)?),
    })
}

fn decode_instruction(kind: InstructionKind, bytes: &[u8]) -> Result<Payload, CborError> {
    let frame: InstructionFrame = cbor::from_canonical(bytes)?;
    let body = Body::from_cbor(kind, &frame.body)?;
    Ok(Payload::Instruction(frame, body))
}

fn check_report(report: &Report) -> Result<(), PayloadError> {
    let texts = [
        ("class", Some(report.class.code.as_str())),
        ("condition", report.condition.as_deref()),
        ("component", report.component.as_deref()),
        ("source", Some(report.source.code.as_str())),
        ("channel", report.source.channel.as_deref()),
        ("external_id", report.source.external_id.as_deref()),
        ("campaign", report.campaign.as_deref()),
        ("language", Some(report.language.as_str())),
    ];
    texts
        .iter()
        .try_for_each(|(name, text)| text.map_or(Ok(()), |text| check_code(name, text)))
}

fn check_body(body: &Body) -> Result<(), PayloadError> {
    match body {
        Body::Register(register) => check_report(&register.report),
        Body::VerifyRequest(asked) | Body::CheckRequest(asked) => {
            if !(1..=50).contains(&asked.persons.len()) {
                return Err(PayloadError::Bounds("persons"));
            }
            asked
                .persons
                .iter()
                .try_for_each(|person| check_code("persons", &person.0))
        }
        Body::Dispatch(dispatch) => {
            if dispatch.assist.len() > 50 {
                return Err(PayloadError::Bounds("assist"));
            }
            check_code("lead", &dispatch.lead.0)?;
            dispatch
                .assist
                .iter()
                .try_for_each(|unit| check_code("assist", &unit.0))
        }
        Body::Rework(rework) => check_code("lead", &rework.lead.0),
        Body::Forward(forward) => check_code("unit", &forward.unit.0),
        Body::Assign(assign) => check_code("person", &assign.person.0),
        Body::File(file) => check_code("task_number", &file.task_number),
        Body::Erase(erase) => {
            let named = erase.texts.len() + erase.files.len();
            let fits = (1..=MAX_ERASED).contains(&named);
            fits.then_some(()).ok_or(PayloadError::Bounds("erased"))
        }
        _ => Ok(()),
    }
}

fn check_code(name: &'static str, text: &str) -> Result<(), PayloadError> {
    if text.is_empty() || text.len() > MAX_CODE_BYTES || text.contains('\0') {
        return Err(PayloadError::Bounds(name));
    }
    Ok(())
}
