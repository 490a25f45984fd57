use serde_json::{Value, json};

use super::*;
use crate::entry::{ClassKind, ClassRef, FieldKind, Report};
use crate::fold::Stage;
use crate::fold::{EntryView, Finding, Link, Reason, Said, Status, Tie, fold};
use crate::ids::{CaseId, Digest};
use crate::policy::BUILT_IN;

const HOUR: i64 = 3_600_000;
/// 2026-10-12, a Monday, at ten in the morning in China.
const MONDAY: Millis = Millis(1_791_770_400_000);

fn policy(services: Value) -> Policy {
    let mut body: Value = serde_json::from_slice(BUILT_IN).expect("JSON");
    body["services"] = services;
    Policy::from_json(body.to_string().as_bytes()).expect("well formed")
}

fn everything() -> Policy {
    policy(json!([
        { "service": "self_handled", "kinds": ["file", "close:normal"] },
        { "service": "auto_file", "kinds": ["file"], "in": ["reported", "verified_exists", "withdrawn"] },
        { "service": "direct_dispatch", "kinds": ["dispatch"], "unit": "night-market", "limit": "2小时",
          "classes": [{ "kind": "matter", "code": "0900" }] },
        { "service": "auto_resume", "kinds": ["resume"], "limit": "3自然日" },
    ]))
}

fn reported(self_handled: bool) -> CaseView {
    let mut view = fold(&[]);
    let report = json!({
        "class": ClassRef { kind: ClassKind::Matter, code: "09006".into() }, "condition": null,
        "position": { "lon_e7": 1_234_200_000, "lat_e7": 418_000_000, "datum": "wgs84" },
        "grid": null, "component": null, "source": { "code": "inspector" },
        "measured_milli": null, "campaign": null, "self_handled": self_handled,
        "language": "zh-CN", "description": null, "photos": [], "contact": null,
    });
    view.report = Some(serde_json::from_value::<Report>(report).expect("a report"));
    view.facts.self_handled = self_handled;
    view
}

fn given(view: &mut CaseView, stage: Stage, kind: InstructionKind) {
    view.stage = stage;
    view.chain.push(Link {
        hash: ChangeHash([u8::try_from(view.chain.len()).expect("few"); 32]),
        kind: kind.name(),
        generation: 1,
    });
}

fn found_done(view: &mut CaseView) {
    given(view, Stage::CheckPassed, InstructionKind::SpotCheck);
    view.findings.push(Finding {
        round: view.round,
        asked: view.chain.len() - 1,
        said: Said::Done([ChangeHash([8; 32])].into()),
    });
}

fn waiting(kind: FieldKind) -> EntryView {
    EntryView {
        hash: ChangeHash([9; 32]),
        kind: kind.name().to_owned(),
        by: "li".into(),
        unit: None,
        role: "crew".into(),
        status: Status::Effective,
        reason: Some(Reason::Request),
    }
}

fn asked(policy: &Policy, view: &CaseView, drawn: bool, now: Millis) -> Due {
    let received = |_: &ChangeHash| Some(MONDAY);
    policy.due(&Moment {
        view,
        place: &Whereabouts::default(),
        drawn,
        received: &received,
        calendar: Some(&Calendar::shipped()),
        now,
    })
}

fn kind_of(due: &Due) -> Option<(Service, InstructionKind)> {
    match due {
        Due::Now(act) => Some((act.service, act.body.kind())),
        _ => None,
    }
}

#[test]
fn a_report_is_filed_and_dispatched_once_and_never_again_by_rule() {
    let policy = everything();
    let mut view = reported(false);
    let now = |view: &CaseView| kind_of(&asked(&policy, view, false, MONDAY));
    assert_eq!(now(&view), Some((Service::AutoFile, InstructionKind::File)));
    given(&mut view, Stage::Filed, InstructionKind::File);
    let Due::Now(act) = asked(&policy, &view, false, MONDAY) else {
        panic!("nothing is dispatched");
    };
    let expected = Dispatch {
        limit: Some("2小时".into()),
        rule: Some("direct_dispatch".into()),
        ..Dispatch::to("night-market".into())
    };
    assert_eq!(act.body, Body::Dispatch(expected));
    given(&mut view, Stage::Dispatched, InstructionKind::Dispatch);
    assert_eq!(now(&view), None);
    given(&mut view, Stage::Filed, InstructionKind::Recall);
    assert_eq!(
        now(&view),
        None,
        "the operator took it back: it is the operator's now"
    );
}

#[test]
fn what_was_withdrawn_not_found_or_is_in_somebody_s_hands_is_left_alone() {
    let policy = everything();
    let now = |view: &CaseView| kind_of(&asked(&policy, view, false, MONDAY));
    for stage in [
        Stage::Withdrawn,
        Stage::Verifying,
        Stage::VerifiedNotExists,
        Stage::Closed,
    ] {
        let mut view = reported(false);
        view.stage = stage;
        assert_eq!(now(&view), None, "{stage:?}");
    }
    let mut asks = reported(false);
    asks.entries.push(waiting(FieldKind::DuplicateSuggestion));
    assert_eq!(now(&asks), None, "somebody takes it for a duplicate");
    let mut duplicate = reported(false);
    duplicate.facts.ties.push(Tie {
        external_due: None,
        other: CaseId([5; 16]),
        relation: Relationship::DuplicateOf,
        by: ChangeHash([5; 32]),
    });
    assert_eq!(now(&duplicate), None);
    let mut old = reported(false);
    old.needs_pack = Some(Digest([5; 32]));
    assert_eq!(now(&old), None);
}

#[test]
fn what_was_settled_on_the_spot_is_filed_and_closed_unless_it_was_drawn() {
    let policy = everything();
    let mut view = reported(true);
    let now = |view: &CaseView, drawn| kind_of(&asked(&policy, view, drawn, MONDAY));
    let (file, close) = (InstructionKind::File, InstructionKind::Close);
    assert_eq!(now(&view, true), Some((Service::SelfHandled, file)));
    given(&mut view, Stage::Filed, file);
    assert_eq!(now(&view, true), None, "somebody has to look");
    assert_eq!(now(&view, false), Some((Service::SelfHandled, close)));
    let mut closed = view.clone();
    given(&mut closed, Stage::Closed, close);
    given(&mut closed, Stage::Filed, InstructionKind::Reopen);
    assert_eq!(now(&closed, false), None, "it was opened again by a person");
    let mut sent = view.clone();
    sent.round = 1;
    given(&mut sent, Stage::Dispatched, InstructionKind::Dispatch);
    given(&mut sent, Stage::Filed, InstructionKind::Recall);
    assert_eq!(
        now(&sent, false),
        None,
        "somebody was sent to it all the same"
    );
    found_done(&mut sent);
    assert_eq!(now(&sent, false), Some((Service::SelfHandled, close)));
    // Somebody has looked, and it is as it was said to be.
    found_done(&mut view);
    assert_eq!(now(&view, false), Some((Service::SelfHandled, close)));
    view.stage = Stage::CheckFailed;
    assert_eq!(now(&view, false), None);
    // A case that was turned into an ordinary one goes the ordinary way.
    given(&mut view, Stage::Filed, InstructionKind::Convert);
    view.facts.self_handled = false;
    let dispatch = (Service::DirectDispatch, InstructionKind::Dispatch);
    assert_eq!(now(&view, false), Some(dispatch));
}

#[test]
fn a_suspension_ends_on_its_date_or_when_the_rule_s_limit_is_used_up() {
    let policy = everything();
    let mut view = reported(false);
    given(&mut view, Stage::Filed, InstructionKind::File);
    given(&mut view, Stage::Dispatched, InstructionKind::Dispatch);
    given(&mut view, Stage::Suspended, InstructionKind::Suspend);
    view.entries.push(waiting(FieldKind::Appeal));
    let until = MONDAY.plus(5 * HOUR);
    let pause = |until| Pause {
        from: ChangeHash([7; 32]),
        until,
        to: None,
    };
    view.facts.pauses = vec![pause(Some(until))];
    assert_eq!(asked(&policy, &view, false, MONDAY), Due::At(until));
    let early = asked(&policy, &view, false, until.plus(-1));
    assert_eq!(early, Due::At(until));
    let resume = Some((Service::AutoResume, InstructionKind::Resume));
    assert_eq!(kind_of(&asked(&policy, &view, false, until)), resume);
    // Without a date: three days of the rule, which the calendar counts from the receipt.
    view.facts.pauses = vec![pause(None)];
    let end = MONDAY.plus(3 * 24 * HOUR);
    assert_eq!(asked(&policy, &view, false, MONDAY), Due::At(end));
    assert_eq!(kind_of(&asked(&policy, &view, false, end)), resume);
    let plain = super::super::Policy::built_in();
    assert_eq!(
        asked(&plain, &view, false, end),
        Due::Nothing,
        "no limit in that rule"
    );
    // Suspended again: the new suspension has a date of its own.
    let later = end.plus(HOUR);
    view.facts.pauses[0].to = Some(ChangeHash([8; 32]));
    view.facts.pauses.push(pause(Some(later)));
    assert_eq!(asked(&policy, &view, false, end), Due::At(later));
}

/// The field is the author's to write: a modified app may say it of anything.
#[test]
fn a_citizen_s_word_settles_nothing() {
    let mut view = reported(true);
    view.entries.push(EntryView {
        kind: FieldKind::Report.name().to_owned(),
        role: "citizen".into(),
        reason: None,
        ..waiting(FieldKind::Report)
    });
    let now = |view: &CaseView| kind_of(&asked(&everything(), view, false, MONDAY));
    assert_eq!(now(&view), Some((Service::AutoFile, InstructionKind::File)));
    given(&mut view, Stage::Filed, InstructionKind::File);
    assert_eq!(
        now(&view),
        Some((Service::DirectDispatch, InstructionKind::Dispatch)),
        "it goes on like any other"
    );
    view.entries[0].role = "inspector".into();
    assert_eq!(
        now(&view),
        Some((Service::SelfHandled, InstructionKind::Close))
    );
}
