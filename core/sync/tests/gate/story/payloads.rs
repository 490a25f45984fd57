//! What people write, short.

use gewu_model::entry::{
    Asked, Body, Check, CheckResult, ClassKind, ClassRef, Close, CloseKind, Dispatch, File, Handle,
    Mark, Note, Payload, Plain, Rate, Register, Report, Source, Supplement, Verify, VerifyResult,
    Withdraw,
};
use gewu_model::ids::{Digest, UserId};
use gewu_model::place::{Datum, Position};

fn found() -> Report {
    Report {
        class: ClassRef {
            kind: ClassKind::Component,
            code: "01002".into(),
        },
        condition: None,
        position: Position::from_degrees(123.4, 41.8, Datum::Wgs84, Some(5.0)).unwrap(),
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
        photos: vec![],
        contact: None,
    }
}

pub(crate) fn report() -> Payload {
    Payload::Report(found())
}

/// A report of something that no catalogue knows.
pub(crate) fn report_of_class(code: &str) -> Payload {
    let mut report = found();
    report.class.code = code.into();
    Payload::Report(report)
}

pub(crate) fn register() -> Body {
    Body::Register(Box::new(Register { report: found() }))
}

pub(crate) fn supplement() -> Payload {
    Payload::Supplement(Supplement {
        text: Some(Digest([5; 32])),
        photos: vec![],
    })
}

pub(crate) fn withdraw() -> Payload {
    Payload::Withdraw(Withdraw { reason: None })
}

pub(crate) fn note() -> Payload {
    Payload::Note(Note {
        text: Digest([6; 32]),
        photos: None,
    })
}

pub(crate) fn take() -> Payload {
    Payload::Take(Mark::default())
}

pub(crate) fn handle() -> Payload {
    Payload::Handle(Handle {
        note: None,
        photos: vec![],
        position: None,
    })
}

pub(crate) fn rate(score: u8) -> Payload {
    Payload::Rate(Rate { score, note: None })
}

pub(crate) fn verify() -> Payload {
    Payload::Verify(Verify {
        result: VerifyResult::Exists,
        note: None,
        photos: vec![],
        position: None,
    })
}

pub(crate) fn check() -> Payload {
    Payload::Check(Check {
        result: CheckResult::Pass,
        note: None,
        photos: vec![],
        position: None,
    })
}

fn asked(persons: &[&str]) -> Asked {
    Asked::of(persons.iter().map(|person| UserId::from(*person)).collect())
}

pub(crate) fn verify_request(persons: &[&str]) -> Body {
    Body::VerifyRequest(asked(persons))
}

pub(crate) fn check_request(persons: &[&str]) -> Body {
    Body::CheckRequest(asked(persons))
}

pub(crate) fn file() -> Body {
    Body::File(File {
        task_number: "T-1".into(),
        note: None,
    })
}

pub(crate) fn dispatch(lead: &str) -> Body {
    Body::Dispatch(Dispatch {
        lead: lead.into(),
        assist: vec![],
        limit: None,
        note: None,
        substitute_for: None,
        bundle_limit: None,
        must_accept: None,
        external_due: None,
        rule: None,
    })
}

pub(crate) fn recall() -> Body {
    Body::Recall(Plain::default())
}

pub(crate) fn close() -> Body {
    Body::Close(Close {
        kind: CloseKind::Normal,
        note: None,
        condition: None,
    })
}
