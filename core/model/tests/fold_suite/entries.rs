//! Small entries of every kind.

use gewu_model::entry::*;
use gewu_model::ids::{CaseId, ChangeHash, Digest, UnitId, UserId};
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
        contact: None,
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
        FieldKind::Progress => Payload::Progress(Progress::default()),
        FieldKind::Confirm => Payload::Confirm(Confirm::default()),
        FieldKind::SendBackRequest => Payload::SendBackRequest(SendBackRequest {
            reason: "not_ours".into(),
            instead: None,
            note,
            photos,
        }),
        FieldKind::ExtendRequest => Payload::ExtendRequest(ExtendRequest {
            limit: "1工作日".into(),
            reason: None,
            note,
            photos,
        }),
        FieldKind::SuspendRequest => Payload::SuspendRequest(SuspendRequest {
            reason: "season".into(),
            until: Some(Millis(1_000)),
            note,
            photos,
        }),
        FieldKind::Refuse => Payload::Refuse(Refuse {
            reason: "not_ours".into(),
            note,
        }),
        FieldKind::OwnershipDispute => Payload::OwnershipDispute(OwnershipDispute::default()),
        FieldKind::Urge => Payload::Urge(Urge::default()),
        FieldKind::ReopenRequest => Payload::ReopenRequest(ReopenRequest::default()),
        FieldKind::Appeal => Payload::Appeal(Appeal {
            reason: "overdue".into(),
            against: None,
            note,
            photos,
        }),
        FieldKind::DuplicateSuggestion => Payload::DuplicateSuggestion(DuplicateSuggestion {
            other: CaseId([7; 16]),
            distance_mm: Some(900),
            note,
        }),
        FieldKind::ComponentChange => Payload::ComponentChange(ComponentChange {
            difference: ComponentDifference::Moved,
            component: None,
            class: None,
            position,
            note,
            photos,
        }),
        FieldKind::Seen => Payload::Seen(Seen {
            state: [SeenState::Received, SeenState::Read, SeenState::Done][pick % 3],
        }),
        FieldKind::HandedOver => Payload::HandedOver(HandedOver::default()),
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
    /// The request that is decided.
    pub(crate) request: Option<ChangeHash>,
    pub(crate) granted: bool,
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
        same_period: None,
        limit: None,
    };
    let unit = || names.units.first().cloned();
    let person = || names.persons.first().cloned();
    let request = names.request;
    match kind {
        InstructionKind::Register => Body::Register(Box::new(Register::of(report()))),
        InstructionKind::Reply => Body::Reply(Reply {
            text: Digest([8; 32]),
            to: None,
        }),
        InstructionKind::VerifyRequest => Body::VerifyRequest(asked()),
        InstructionKind::CheckRequest => Body::CheckRequest(asked()),
        InstructionKind::RedoRequest => Body::RedoRequest(Redo {
            persons: names.persons.clone(),
            ..Redo::default()
        }),
        InstructionKind::SpotCheck => Body::SpotCheck(SpotCheck {
            persons: names.persons.clone(),
            ..SpotCheck::default()
        }),
        InstructionKind::Dispatch => Body::Dispatch(Dispatch {
            assist: names.units[1..].to_vec(),
            ..Dispatch::to(names.units[0].clone())
        }),
        InstructionKind::Order => Body::Order(Order {
            persons: names.persons.clone(),
            units: names.units.clone(),
            ..Order::default()
        }),
        InstructionKind::Rework => Body::Rework(Rework {
            lead: names.units[0].clone(),
            note,
            limit: None,
            reason: None,
        }),
        InstructionKind::Resume => Body::Resume(Resume::default()),
        InstructionKind::Forward => Body::Forward(Forward {
            unit: names.units[0].clone(),
            note,
            from: names.units.get(1).cloned(),
            limit: None,
        }),
        InstructionKind::Assign => Body::Assign(Assign {
            person: person(),
            note,
            team: unit(),
            helping: names.units.get(1).cloned(),
        }),
        InstructionKind::Unassign => Body::Unassign(Unassign {
            person: person(),
            team: unit(),
            note,
        }),
        InstructionKind::SendBack => Body::SendBack(SendBack {
            request,
            unit: unit(),
            ..SendBack::default()
        }),
        InstructionKind::File => Body::File(File {
            task_number: "26-000001".into(),
            note,
        }),
        InstructionKind::Decline => Body::Decline(Decline {
            kind: DeclineKind::NotFiled,
            note,
            reason: None,
        }),
        InstructionKind::Recall => Body::Recall(Plain::default()),
        InstructionKind::Suspend => Body::Suspend(Suspend {
            request,
            until: Some(Millis(1_000)),
            ..Suspend::default()
        }),
        InstructionKind::Convert => Body::Convert(Convert::default()),
        InstructionKind::Close => Body::Close(Close {
            kind: CloseKind::Normal,
            note,
            condition: None,
        }),
        InstructionKind::Void => Body::Void(Plain::default()),
        InstructionKind::Reopen => Body::Reopen(Reopen {
            request,
            ..Reopen::default()
        }),
        InstructionKind::Extend => Body::Extend(Extend {
            request,
            limit: "1工作日".into(),
            unit: unit(),
            note,
        }),
        InstructionKind::Decide => Body::Decide(Decide {
            request: request.unwrap_or(ChangeHash([0; 32])),
            granted: names.granted,
            step: None,
            reason: None,
            note,
        }),
        InstructionKind::Supervise => Body::Supervise(Supervise {
            units: names.units.clone(),
            persons: names.persons.clone(),
            ..Supervise::default()
        }),
        InstructionKind::Link => Body::Link(LinkCase {
            other: CaseId([7; 16]),
            relation: Relationship::DuplicateOf,
            request,
            external_due: None,
            note,
        }),
        InstructionKind::Correct => Body::Correct(Box::default()),
        InstructionKind::Repin => Body::Repin(Repin {
            catalogue: Some(Digest([4; 32])),
            ..Repin::default()
        }),
        InstructionKind::Ownership => Body::Ownership(Ownership {
            request,
            owner: unit(),
            ..Ownership::default()
        }),
        InstructionKind::Reward => Body::Reward(Reward {
            state: RewardState::Granted,
            rule: "first".into(),
            points: Some(10),
            cents: None,
            reason: None,
            note,
        }),
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
