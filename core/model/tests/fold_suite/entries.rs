//! Small entries of every kind.

use gewu_model::entry::{
    Asked, Assign, Body, Check, CheckResult, ClassKind, ClassRef, Close, CloseKind, Decline,
    DeclineKind, Dispatch, Entry, EntryHeader, Erase, FieldKind, File, Forward, Handle,
    InstructionFrame, InstructionKind, Kind, Mark, Note, Payload, Plain, Rate, Register, Reply,
    Report, Rework, Source, Supplement, Verify, VerifyResult, Withdraw,
};
use gewu_model::ids::{ChangeHash, Digest, UnitId, UserId};
use gewu_model::place::{Datum, Position};
use gewu_model::time::{ClockTrust, Millis};

/// Who writes, in which capacity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Author {
    pub(crate) user: &'static str,
    pub(crate) role: &'static str,
    pub(crate) unit: Option<&'static str>,
}

pub(crate) fn entry(author: &Author, payload: &Payload, answers: Option<ChangeHash>) -> Entry {
    Entry {
        header: EntryHeader {
            kind: payload.kind(),
            version: 1,
            by: author.user.into(),
            unit: author.unit.map(UnitId::from),
            role: author.role.into(),
            cert: Digest([1; 32]),
            claimed_at: Millis(0),
            clock: ClockTrust::from_code(0),
            answers,
            about: None,
            replaces: None,
        },
        payload: payload.to_cbor(),
        extra: Vec::new(),
    }
}

/// An entry whose kind only a newer app knows.
pub(crate) fn unknown(author: &Author, kind: &str, payload: Vec<u8>) -> Entry {
    let mut entry = entry(author, &field(FieldKind::Take, 0), None);
    entry.header.kind = Kind::Unknown(kind.into());
    entry.payload = payload;
    entry
}

pub(crate) fn report() -> Report {
    Report {
        class: ClassRef {
            kind: ClassKind::Matter,
            code: "010101".into(),
        },
        condition: None,
        position: Position {
            lon_e7: 1_234_000_000,
            lat_e7: 418_000_000,
            datum: Datum::Wgs84,
            accuracy_mm: None,
        },
        grid: None,
        component: None,
        source: Source {
            code: "inspector".into(),
            channel: None,
            external_id: None,
        },
        measured_milli: None,
        campaign: None,
        self_handled: false,
        language: "zh".into(),
        description: None,
        photos: Vec::new(),
    }
}

/// A field entry; `pick` chooses between the results that its kind knows.
pub(crate) fn field(kind: FieldKind, pick: usize) -> Payload {
    let verify = [
        VerifyResult::Exists,
        VerifyResult::Unable,
        VerifyResult::NotExists,
    ][pick % 3];
    let check = [CheckResult::Pass, CheckResult::Unable, CheckResult::NotPass][pick % 3];
    let (note, photos, position) = (None, Vec::new(), None);
    match kind {
        FieldKind::Report => Payload::Report(report()),
        FieldKind::Supplement => Payload::Supplement(Supplement { text: None, photos }),
        FieldKind::Withdraw => Payload::Withdraw(Withdraw { reason: None }),
        FieldKind::Verify => Payload::Verify(Verify {
            result: verify,
            note,
            photos,
            position,
        }),
        FieldKind::Take => Payload::Take(Mark::default()),
        FieldKind::SetOut => Payload::SetOut(Mark::default()),
        FieldKind::Arrived => Payload::Arrived(Mark::default()),
        FieldKind::Handle => Payload::Handle(Handle {
            note,
            photos,
            position,
        }),
        FieldKind::Check => Payload::Check(Check {
            result: check,
            note,
            photos,
            position,
        }),
        FieldKind::Rate => Payload::Rate(Rate { score: 3, note }),
        FieldKind::Note => Payload::Note(Note {
            text: Digest([9; 32]),
            photos: None,
        }),
    }
}

/// Whom an instruction names.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    pub(crate) persons: Vec<UserId>,
    pub(crate) units: Vec<UnitId>,
    pub(crate) also: bool,
}

impl Names {
    pub(crate) fn persons(persons: &[&str]) -> Self {
        Self {
            persons: persons.iter().map(|it| UserId::from(*it)).collect(),
            ..Self::default()
        }
    }

    pub(crate) fn units(units: &[&str]) -> Self {
        Self {
            units: units.iter().map(|it| UnitId::from(*it)).collect(),
            ..Self::default()
        }
    }
}

pub(crate) fn body(kind: InstructionKind, names: &Names) -> Body {
    let note = None;
    let asked = || Asked {
        persons: names.persons.clone(),
        also: names.also,
        note,
    };
    match kind {
        InstructionKind::Register => Body::Register(Box::new(Register { report: report() })),
        InstructionKind::Reply => Body::Reply(Reply {
            text: Digest([8; 32]),
        }),
        InstructionKind::VerifyRequest => Body::VerifyRequest(asked()),
        InstructionKind::CheckRequest => Body::CheckRequest(asked()),
        InstructionKind::Dispatch => Body::Dispatch(Dispatch {
            lead: names.units[0].clone(),
            assist: names.units[1..].to_vec(),
            limit: None,
            note,
        }),
        InstructionKind::Rework => Body::Rework(Rework {
            lead: names.units[0].clone(),
            note,
        }),
        InstructionKind::Forward => Body::Forward(Forward {
            unit: names.units[0].clone(),
            note,
        }),
        InstructionKind::Assign => Body::Assign(Assign {
            person: names.persons[0].clone(),
            note,
        }),
        InstructionKind::File => Body::File(File {
            task_number: "26-000001".into(),
            note,
        }),
        InstructionKind::Decline => Body::Decline(Decline {
            kind: DeclineKind::NotFiled,
            note,
        }),
        InstructionKind::Recall => Body::Recall(Plain { note }),
        InstructionKind::Close => Body::Close(Close {
            kind: CloseKind::Normal,
            note,
        }),
        InstructionKind::Void => Body::Void(Plain { note }),
        InstructionKind::Erase => Body::Erase(Erase {
            texts: vec![Digest([8; 32])],
            files: vec![],
            note,
        }),
    }
}

pub(crate) fn instruction(
    body: Body,
    prev: Option<ChangeHash>,
    generation: u64,
    number: u32,
) -> Payload {
    let frame = InstructionFrame {
        prev,
        generation,
        number,
        command: Vec::new(),
        body: body.to_cbor(),
    };
    Payload::Instruction(frame, body)
}
