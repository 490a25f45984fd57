//! Other people's work: tasks, commands, cases that come and go.

use std::sync::Arc;

use crate::support::city::Weather;
use crate::support::desk::Desk;
use crate::support::{City, MARKET, device, is_synced, photo, report, with_photo};
use gewu::{Act, CommandState, Gewu, GewuError, Query};
use gewu_model::crypto::sha256;
use gewu_model::entry::{Asked, Body, CheckResult, Dispatch, File, VerifyResult};
use gewu_model::fold::Stage;
use gewu_model::media::EvidenceRole;
use gewu_model::scope::Scope;
use gewu_sync::verdict::{Outcome, Verdict};

#[test]
fn a_task_arrives_is_done_and_its_answer_names_the_question() {
    let city = Arc::new(City::new());
    let (wang, li) = (device(&city, "wang"), device(&city, "li"));
    let saved = wang.gewu.report(report()).unwrap();
    wang.sync();
    let mut desk = Desk::open(&city, saved.case);
    let asked = desk.instruct(Body::VerifyRequest(Asked {
        persons: vec!["li".into()],
        also: false,
        note: None,
        same_period: None,
        limit: None,
    }));
    desk.hand_over(Scope::Asked("li".into()));
    let pulled = li.sync();
    assert_eq!(
        (pulled.received, pulled.changed.as_slice()),
        (3, &[saved.case][..])
    );
    let tasks = li.gewu.tasks().unwrap();
    assert_eq!(
        (tasks.len(), tasks[0].question.as_str(), tasks[0].in_person),
        (1, "verify", true)
    );
    let check = li.gewu.check(saved.case, CheckResult::Pass, Act::new());
    assert!(
        matches!(check, Err(GewuError::NotPermitted { .. })),
        "nobody asked for a check"
    );
    li.gewu
        .verify(saved.case, VerifyResult::Exists, Act::new().text("属实"))
        .unwrap();
    assert_eq!(li.gewu.tasks().unwrap(), []);
    let shown = li.gewu.show(saved.case).unwrap();
    assert_eq!(shown.row.stage, Stage::VerifiedExists);
    let answer = shown.entries.last().unwrap();
    assert_eq!(answer.answers, Some(asked));
    assert!(!shown.row.mine);
    li.sync();
    assert!(is_synced(&li));
    assert_eq!(li.gewu.verify_projection().unwrap(), []);
    desk.hand_over(Scope::Asked("wang".into()));
    wang.sync();
    assert_eq!(
        wang.gewu.show(saved.case).unwrap().row.stage,
        Stage::Verifying
    );
    assert_ne!(
        wang.gewu.replica_hash().unwrap(),
        li.gewu.replica_hash().unwrap()
    );
}

#[test]
fn crews_find_their_unit_s_work() {
    let city = Arc::new(City::new());
    let (wang, zhao) = (device(&city, "wang"), device(&city, "zhao"));
    let saved = wang.gewu.report(report()).unwrap();
    wang.sync();
    let mut desk = Desk::open(&city, saved.case);
    desk.instruct(Body::File(File {
        task_number: "2026-1".into(),
        note: None,
    }));
    desk.instruct(Body::Dispatch(Dispatch {
        lead: "drainage".into(),
        assist: vec![],
        limit: None,
        note: None,
        substitute_for: None,
        bundle_limit: None,
        must_accept: None,
        external_due: None,
        rule: None,
    }));
    desk.hand_over(Scope::Unit("drainage".into()));
    zhao.sync();
    let tasks = zhao.gewu.tasks().unwrap();
    assert_eq!(
        (tasks[0].question.as_str(), tasks[0].in_person),
        ("dispatch", false)
    );
    assert_eq!(tasks[0].row.task_number.as_deref(), Some("2026-1"));
    let unit = Query {
        unit: Some("drainage".into()),
        stage: Some(Stage::Dispatched),
        ..Query::default()
    };
    assert_eq!(zhao.gewu.list(&unit).unwrap().rows.len(), 1);
    for act in [Gewu::take, Gewu::set_out, Gewu::arrive] {
        act(&zhao.gewu, saved.case, Act::new().at(MARKET)).unwrap();
    }
    let done = Act::new()
        .photo(photo("manhole-before.jpg", EvidenceRole::Before))
        .photo(photo("manhole-after.jpg", EvidenceRole::After));
    zhao.gewu.handle(saved.case, done).unwrap();
    assert_eq!(
        zhao.gewu.show(saved.case).unwrap().row.stage,
        Stage::Handled
    );
    assert_eq!(zhao.gewu.tasks().unwrap(), []);
    let own = zhao.gewu.check(saved.case, CheckResult::Pass, Act::new());
    assert!(matches!(own, Err(GewuError::NotPermitted { .. })));
    zhao.gewu
        .check(saved.case, CheckResult::Pass, Act::new().unchecked(true))
        .unwrap();
    assert_eq!(zhao.sync().accepted, 5);
}

/// Zhao was asked for a look that somebody else had first, and does the work then.
#[test]
fn what_was_done_is_not_shown_as_cancelled_because_of_what_was_asked_before() {
    let city = Arc::new(City::new());
    let (wang, zhao) = (device(&city, "wang"), device(&city, "zhao"));
    let case = wang.gewu.report(report()).unwrap().case;
    wang.sync();
    let mut desk = Desk::open(&city, case);
    desk.instruct(Body::VerifyRequest(Asked::of(vec!["zhao".into()])));
    desk.instruct(Body::File(File {
        task_number: "2026-1".into(),
        note: None,
    }));
    desk.instruct(Body::Dispatch(Dispatch::to("drainage".into())));
    desk.hand_over(Scope::Unit("drainage".into()));
    zhao.sync();
    assert_eq!(zhao.gewu.tasks().unwrap()[0].cancelled, None);
    zhao.gewu.handle(case, Act::new()).unwrap();
    zhao.sync();
    desk.take_in();
    desk.instruct(Body::CheckRequest(Asked::of(vec!["li".into()])));
    desk.hand_over(Scope::Unit("drainage".into()));
    zhao.sync();
    assert_eq!(zhao.gewu.show(case).unwrap().row.stage, Stage::Checking);
    assert_eq!(zhao.gewu.tasks().unwrap(), []);
}

#[test]
fn a_team_finds_what_was_assigned_to_it() {
    let city = Arc::new(City::new());
    let (wang, zhao) = (device(&city, "wang"), device(&city, "zhao"));
    let saved = wang.gewu.report(report()).unwrap();
    wang.sync();
    let mut desk = Desk::open(&city, saved.case);
    desk.instruct(Body::Dispatch(Dispatch::to("roads".into())));
    desk.instruct(Body::Assign(gewu_model::entry::Assign {
        team: Some("drainage".into()),
        ..gewu_model::entry::Assign::default()
    }));
    desk.hand_over(Scope::Unit("drainage".into()));
    zhao.sync();
    let tasks = zhao.gewu.tasks().unwrap();
    let found = tasks.iter().map(|task| (task.row.case, task.in_person));
    assert_eq!(found.collect::<Vec<_>>(), [(saved.case, false)]);
}

#[test]
fn hostile_cases_are_refused_and_the_others_go_on() {
    let city = Arc::new(City::new());
    let (wang, li) = (device(&city, "wang"), device(&city, "li"));
    let cases: Vec<_> = (0..4)
        .map(|_| wang.gewu.report(report()).unwrap().case)
        .collect();
    wang.sync();
    let pull = |at: usize| Desk::open(&city, cases[at]).pull(Scope::Asked("li".into()));
    let mut damaged = pull(0);
    damaged.changes[1].signed.bytes[40] ^= 1;
    let mut unvouched = pull(1);
    unvouched.receipt = None;
    let mut incomplete = pull(2);
    incomplete.changes.remove(0);
    city.state().pulls = vec![damaged, unvouched, incomplete, pull(3)];
    let report = li.sync();
    assert_eq!(report.changed, [cases[3]]);
    let mut refused = cases[..3].to_vec();
    refused.sort();
    assert_eq!(li.gewu.status().unwrap().refused, refused);
    assert_eq!(li.gewu.list(&Query::default()).unwrap().rows.len(), 1);
    city.state().pulls = (0..3).map(pull).collect();
    li.sync();
    assert_eq!(
        li.gewu.status().unwrap().refused,
        [],
        "heals when the case comes whole"
    );
    assert_eq!(li.gewu.verify_projection().unwrap(), []);
}

#[test]
fn commands_are_queued_signed_and_answered() {
    let city = Arc::new(City::new());
    let (wang, sun) = (device(&city, "wang"), device(&city, "sun"));
    let saved = wang.gewu.report(report()).unwrap();
    wang.sync();
    let mut desk = Desk::open(&city, saved.case);
    desk.instruct(Body::Dispatch(Dispatch {
        lead: "drainage".into(),
        assist: vec![],
        limit: None,
        note: None,
        substitute_for: None,
        bundle_limit: None,
        must_accept: None,
        external_due: None,
        rule: None,
    }));
    desk.hand_over(Scope::Unit("drainage".into()));
    sun.sync();
    let assign = Body::Assign(gewu_model::entry::Assign {
        person: Some("zhao".into()),
        ..gewu_model::entry::Assign::default()
    });
    let close = Body::Close(gewu_model::entry::Close {
        kind: gewu_model::entry::CloseKind::Normal,
        note: None,
        condition: None,
    });
    assert!(matches!(
        sun.gewu.command(saved.case, close, None),
        Err(GewuError::NotPermitted { .. })
    ));
    let queued = sun
        .gewu
        .command(saved.case, assign.clone(), Some("快去"))
        .unwrap();
    assert_eq!(
        sun.gewu.status().unwrap().commands[0].outcome,
        CommandState::Unsent
    );
    city.state().outcomes = vec![Outcome::Denied {
        why: "not now".into(),
    }];
    assert_eq!(sun.sync().unsent, 0);
    let status = sun.gewu.status().unwrap();
    assert_eq!(status.commands[0].command, queued.command);
    assert_eq!(
        status.commands[0].outcome,
        CommandState::Denied {
            why: "not now".into()
        }
    );
    let state = city.state();
    let request = state
        .requests
        .iter()
        .rfind(|request| !request.commands.is_empty())
        .unwrap();
    let command = request.commands[0].command().unwrap();
    let body = Body::from_cbor(command.instruction_kind().unwrap(), &command.body).unwrap();
    let note = request.command_content[0].digest();
    assert_eq!(body.content(), [note]);
    assert_eq!(command.view, sun.gewu.show(saved.case).unwrap().view_token);
}

#[test]
fn leaving_a_scope_takes_the_case_away_once_nothing_is_owed() {
    let city = Arc::new(City::new());
    let (wang, li) = (device(&city, "wang"), device(&city, "li"));
    let saved = wang.gewu.report(report()).unwrap();
    wang.sync();
    let pull = Desk::open(&city, saved.case).pull(Scope::Asked("li".into()));
    let mut leaving = pull.clone();
    leaving.changes.clear();
    leaving.left = std::mem::take(&mut leaving.entered);
    city.state().pulls = vec![pull.clone()];
    li.sync();
    li.gewu.note(saved.case, Act::new().text("看过")).unwrap();
    city.weather([Weather::Fine]);
    city.state().verdicts.insert(
        li.gewu
            .show(saved.case)
            .unwrap()
            .entries
            .last()
            .unwrap()
            .hash,
        Verdict::Pending,
    );
    city.state().pulls = vec![leaving.clone()];
    li.sync();
    assert!(li.gewu.show(saved.case).is_ok(), "a remark is still owed");
    city.state().verdicts.clear();
    city.state().pulls = vec![pull];
    li.sync();
    city.state().pulls = vec![leaving];
    li.sync();
    assert!(matches!(
        li.gewu.show(saved.case),
        Err(GewuError::NotFound { .. })
    ));
}

#[test]
fn other_people_s_photos_come_by_hash_and_are_checked() {
    let city = Arc::new(City::new());
    let (wang, li) = (device(&city, "wang"), device(&city, "li"));
    let saved = wang.gewu.report(with_photo()).unwrap();
    wang.sync();
    Desk::open(&city, saved.case).hand_over(Scope::Asked("li".into()));
    li.sync();
    let photo = li.gewu.show(saved.case).unwrap().entries[0].photos[0].clone();
    assert!(!photo.held && photo.delivery.is_none());
    let bytes = li.gewu.photo_bytes(photo.record.sha256).unwrap();
    assert_eq!(sha256(&bytes), photo.record.sha256);
    assert!(li.gewu.show(saved.case).unwrap().entries[0].photos[0].held);
    let thumb = photo.record.thumb_sha256.unwrap();
    city.state().media.insert(thumb, b"something else".to_vec());
    assert!(li.gewu.photo_bytes(thumb).is_err());
}
