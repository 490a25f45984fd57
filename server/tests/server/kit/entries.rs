//! Payloads and instructions, as short as they can be.

use gewu_model::entry::{
    Asked, Body, Check, CheckResult, Dispatch, File, Handle, Mark, Payload, Plain, Report, Source,
};
use gewu_model::ids::Digest;
use gewu_model::media::EvidenceRecord;
use gewu_model::place::{Datum, GridCertainty, GridRef, Position};

use super::class;

pub(crate) fn mark() -> Mark {
    Mark::default()
}

pub(crate) fn plain_note() -> Plain {
    Plain::default()
}

pub(crate) fn file() -> Body {
    Body::File(File {
        task_number: "-".into(),
        note: None,
    })
}

pub(crate) fn dispatch(unit: &str) -> Body {
    Body::Dispatch(Dispatch {
        lead: unit.into(),
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

pub(crate) fn handle() -> Payload {
    Payload::Handle(Handle {
        note: None,
        photos: vec![],
        position: None,
    })
}

pub(crate) fn check(result: CheckResult) -> Payload {
    Payload::Check(Check {
        result,
        note: None,
        photos: vec![],
        position: None,
    })
}

pub(crate) fn asked(person: &str) -> Asked {
    Asked::of(vec![person.into()])
}

/// Inside duty grid D1.
pub(crate) fn somewhere() -> GridRef {
    GridRef {
        unit: "U1".into(),
        duty: Some("D1".into()),
        road: None,
        pack: Digest([5; 32]),
        certainty: GridCertainty::Certain,
        border_mm: 9_000,
        level: None,
    }
}

/// A report of that text and these photos.
pub(crate) fn report(
    description: Digest,
    photos: Vec<EvidenceRecord>,
    source: &str,
    grid: Option<GridRef>,
) -> Report {
    let position = Position::from_degrees(123.4227, 41.7999, Datum::Wgs84, Some(4.0));
    Report {
        class: class(),
        condition: None,
        position: position.expect("a place"),
        grid,
        component: None,
        source: Source {
            code: source.into(),
            channel: None,
            external_id: None,
        },
        measured_milli: None,
        campaign: None,
        self_handled: false,
        language: "zh-CN".into(),
        description: Some(description),
        photos,
        contact: None,
    }
}
