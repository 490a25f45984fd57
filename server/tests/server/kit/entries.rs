//! Payloads and instructions, as short as they can be.

use gewu_model::entry::{
    Asked, Body, Check, CheckResult, Dispatch, File, Handle, Mark, Payload, Plain,
};

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
