//! What services do by themselves: filing, direct dispatch, resuming, what was settled on the spot.

use gewu_model::entry::{
    Body, CheckResult, Decide, Payload, Plain, SpotCheck, Suspend, Verify, VerifyResult, Withdraw,
};
use gewu_model::fold::Stage;
use gewu_model::ids::{CaseId, Digest};
use gewu_server::{DecideError, Decision};
use serde_json::{Value, json};

use crate::kit::entries::{asked, check, file};
use crate::kit::{City, NOON, POLICY, Phone, open, options};

const HOUR: i64 = 3_600_000;

/// A city whose policy has these services.
pub(crate) fn city(services: Value, percent: u8) -> (City, Digest) {
    let city = City::found();
    let mut body: Value = serde_json::from_slice(POLICY).expect("JSON");
    body["version"] = json!(100);
    body["services"] = services;
    body["self_handled_spot_check_percent"] = json!(percent);
    let body = body.to_string().into_bytes();
    let policy = city
        .core
        .publish_pack("policy", "fixture", 100, &body, NOON);
    (city, policy.expect("a policy"))
}

pub(crate) fn all() -> Value {
    json!([
        { "service": "self_handled", "kinds": ["file", "close:normal"] },
        { "service": "auto_file", "kinds": ["file"], "in": ["reported"] },
        { "service": "direct_dispatch", "kinds": ["dispatch"], "unit": "drainage",
          "limit": "2工作时", "classes": [{ "kind": "component", "code": "01" }] },
        { "service": "auto_resume", "kinds": ["resume"] },
    ])
}

fn inspector(city: &City, policy: Digest, user: &str) -> Phone {
    let mut phone = city.inspector(user);
    phone.pins.0 = policy;
    phone
}

pub(crate) fn reported(city: &City, policy: Digest) -> (Phone, CaseId) {
    let mut chen = inspector(city, policy, "chen");
    let case = chen.report("井盖缺失", vec![], city.now);
    chen.sync(&city.core, city.now);
    (chen, case)
}

pub(crate) fn kinds(city: &City, case: CaseId) -> Vec<&'static str> {
    let view = city.view(case);
    view.chain.iter().map(|link| link.kind).collect()
}

fn entry(shown: &Value, kind: &str) -> Value {
    let entries = shown["entries"].as_array().expect("entries");
    let found = entries.iter().find(|entry| entry["kind"] == kind);
    found.unwrap_or_else(|| panic!("no {kind}")).clone()
}

#[test]
fn a_report_is_filed_and_dispatched_by_rule_once_however_often_it_is_asked() {
    let (mut city, policy) = city(all(), 0);
    let mut li = city.crew("li", "drainage");
    let (_, case) = reported(&city, policy);
    assert_eq!(
        city.view(case).stage,
        Stage::Reported,
        "nothing acts by itself"
    );
    let ran = city.core.run_services(city.now).expect("run");
    assert_eq!(kinds(&city, case), ["file", "dispatch"]);
    let did: Vec<_> = ran.done.iter().map(|one| (one.service, one.kind)).collect();
    assert_eq!(
        did,
        [("auto_file", "file"), ("direct_dispatch", "dispatch")]
    );
    assert_eq!(city.core.run_services(city.now).expect("run").done, []);
    // The crew gets a task like any other, and everybody sees who sent it.
    li.sync(&city.core, city.now);
    assert_eq!(li.view(case), city.view(case));
    let shown = city.core.show(case).expect("shown");
    assert_eq!(shown["task_number"], "20251123-00001");
    let sent = entry(&shown, "dispatch");
    let asked_by = json!({ "user": "direct_dispatch", "role": "service", "unit": null });
    assert_eq!(sent["asked_by"], asked_by);
    assert_eq!(sent["payload"]["dispatch"]["rule"], "direct_dispatch");
    assert_eq!(sent["payload"]["dispatch"]["limit"], "2工作时");
    // The operator takes it back, and no rule sends it out again.
    city.decide(case, Body::Recall(Plain::default()));
    assert_eq!(city.core.run_services(city.now).expect("run").done, []);
    assert_eq!(city.view(case).stage, Stage::Filed);
}

/// The server is gone between any two steps, and twenty of them ask at once.
#[test]
fn neither_a_restart_nor_a_race_doubles_an_instruction() {
    let (city, policy) = city(all(), 0);
    let mut chen = inspector(&city, policy, "chen");
    let cases: Vec<_> = (0..6)
        .map(|_| chen.report("井盖", vec![], city.now))
        .collect();
    chen.sync(&city.core, city.now);
    let City { dir, core, now, .. } = city;
    drop(core);
    let core = open(dir.path());
    std::thread::scope(|scope| {
        for _ in 0..20 {
            scope.spawn(|| core.run_services(now).expect("run"));
        }
    });
    for case in &cases {
        let view = core.case_view(*case).expect("read").expect("a case");
        let kinds: Vec<_> = view.chain.iter().map(|link| link.kind).collect();
        assert_eq!(kinds, ["file", "dispatch"]);
    }
    drop(core);
    let core = gewu_server::Core::open(options(dir.path()), now).expect("again");
    assert_eq!(core.run_services(now).expect("run").done, []);
}

#[test]
fn a_case_outside_the_rule_s_class_and_area_waits_for_a_dispatcher() {
    let mut services = all();
    services[2]["areas"] = json!(["D7"]);
    let (city, policy) = city(services, 0);
    let (_, case) = reported(&city, policy);
    city.core.run_services(city.now).expect("run");
    assert_eq!(kinds(&city, case), ["file"], "it lies in D1");
    let mut wang = inspector(&city, policy, "wang");
    wang.grid = wang.grid.map(|mut grid| {
        grid.duty = Some("D7".into());
        grid
    });
    let there = wang.report("井盖缺失", vec![], city.now);
    wang.sync(&city.core, city.now);
    city.core.run_services(city.now).expect("run");
    assert_eq!(kinds(&city, there), ["file", "dispatch"]);
}

#[test]
fn a_suspension_ends_on_its_date_and_not_before() {
    let (mut city, policy) = city(all(), 0);
    let (mut chen, case) = reported(&city, policy);
    city.core.run_services(city.now).expect("run");
    let until = city.now.plus(5 * HOUR);
    city.decide(
        case,
        Body::Suspend(Suspend {
            until: Some(until),
            ..Suspend::default()
        }),
    );
    let early = city.core.run_services(until.plus(-1)).expect("run");
    assert_eq!((early.done.len(), early.next_at), (0, Some(until)));
    assert_eq!(city.view(case).stage, Stage::Suspended);
    let waits = city.core.show(case).expect("shown")["services"].clone();
    assert_eq!(waits["at"], json!(until));
    let ran = city.core.run_services(until).expect("run");
    assert_eq!((ran.done.len(), ran.next_at), (1, None));
    let view = city.view(case);
    assert_eq!(view.stage, Stage::Dispatched);
    assert_eq!(view.lead(), Some(&"drainage".into()), "the same unit again");
    // Resumed by a person before its date: the date means nothing any more.
    let later = until.plus(HOUR);
    city.now = until;
    let case = chen.report("井盖又缺失", vec![], city.now);
    chen.sync(&city.core, city.now);
    city.core.run_services(city.now).expect("run");
    let suspend = Suspend {
        until: Some(later),
        ..Suspend::default()
    };
    city.decide(case, Body::Suspend(suspend));
    city.decide(case, Body::Resume(Default::default()));
    assert_eq!(city.core.run_services(later).expect("run").done, []);
}

#[test]
fn a_request_that_waits_for_a_person_keeps_services_away_until_it_is_decided() {
    let (mut city, policy) = city(all(), 0);
    let (mut chen, case) = reported(&city, policy);
    // The reporter holds an instruction already, so taking it back is a request.
    city.decide(case, Body::VerifyRequest(asked("chen")));
    chen.sync(&city.core, city.now);
    let exists = Payload::Verify(Verify {
        result: VerifyResult::Exists,
        note: None,
        photos: vec![],
        position: None,
    });
    let answers = city.view(case).question.map(|open| open.answer_to);
    chen.write(case, &exists, answers, city.now);
    let back = Payload::Withdraw(Withdraw { reason: None });
    chen.write(case, &back, None, city.now);
    chen.sync(&city.core, city.now);
    city.decide(case, file());
    city.core.run_services(city.now).expect("run");
    assert_eq!(
        kinds(&city, case),
        ["verify_request", "file"],
        "not dispatched"
    );
    let request = city
        .view(case)
        .pending_requests()
        .next()
        .map(|one| one.hash);
    let refused = Decide {
        request: request.expect("waits"),
        granted: false,
        step: None,
        reason: None,
        note: None,
    };
    city.decide(case, Body::Decide(refused));
    city.core.run_services(city.now).expect("run");
    assert_eq!(city.view(case).stage, Stage::Dispatched);
}

#[test]
fn what_was_settled_on_the_spot_is_closed_with_the_proof_that_it_was_not_drawn() {
    let (city, policy) = city(all(), 0);
    let mut chen = inspector(&city, policy, "chen");
    chen.settles = true;
    let case = chen.report("扶正", vec![], city.now);
    chen.sync(&city.core, city.now);
    let ran = city.core.run_services(city.now).expect("run");
    assert_eq!(ran.refused, []);
    assert_eq!(kinds(&city, case), ["file", "close"]);
    assert_eq!(city.view(case).stage, Stage::Closed);
    // Nothing is drawn where the policy draws none.
    assert_eq!(city.core.draws(10).expect("draws")["draws"], json!([]));
}

/// At 50 % some are drawn and some are not, and every draw is kept, proven and the same ever after.
#[test]
fn draws_are_kept_with_their_proof_and_never_made_again() {
    let (mut city, policy) = city(all(), 50);
    let mut chen = inspector(&city, policy, "chen");
    chen.settles = true;
    let cases: Vec<_> = (0..24)
        .map(|_| chen.report("扶正", vec![], city.now))
        .collect();
    chen.sync(&city.core, city.now);
    let before = city.core.draws(100).expect("draws");
    assert_eq!(
        before["draws"].as_array().map(Vec::len),
        Some(24),
        "at the report"
    );
    city.core.run_services(city.now).expect("run");
    let (closed, drawn): (Vec<_>, Vec<_>) = cases
        .iter()
        .partition(|case| city.view(**case).stage == Stage::Closed);
    assert!(
        !closed.is_empty() && !drawn.is_empty(),
        "{closed:?} {drawn:?}"
    );
    let shown = city.core.show(closed[0]).expect("shown");
    let close = entry(&shown, "close");
    let words = close["texts"].to_string();
    let proof = shown["spot_check"]["proof"].as_str().expect("a proof");
    assert!(words.contains(proof), "{words}");
    assert_eq!(shown["spot_check"]["drawn"], false);
    // The drawn ones wait, filed, for somebody else's look.
    let waiting = |city: &City| -> Vec<String> {
        let listed = city.core.draws_waiting(100).expect("draws");
        let lines = listed["draws"].as_array().cloned().unwrap_or_default();
        let cases = lines
            .iter()
            .map(|line| line["case"].as_str().expect("an id").to_owned());
        cases.collect()
    };
    let named = |cases: &[CaseId]| -> Vec<String> {
        let mut named: Vec<String> = cases.iter().map(ToString::to_string).collect();
        named.sort();
        named
    };
    let mut listed = waiting(&city);
    listed.sort();
    assert_eq!(listed, named(&drawn));
    let case = drawn[0];
    assert_eq!(kinds(&city, case), ["file"]);
    let look = SpotCheck {
        persons: vec!["zhao".into()],
        ..SpotCheck::default()
    };
    city.decide(case, Body::SpotCheck(look));
    let shown = city.core.show(case).expect("shown");
    let ordered = entry(&shown, "spot_check");
    assert_eq!(ordered["payload"]["spot_check"]["rule"], "drawn");
    assert!(
        !waiting(&city).contains(&case.to_string()),
        "somebody is asked"
    );
    let mut zhao = inspector(&city, policy, "zhao");
    zhao.sync(&city.core, city.now);
    let answers = city.view(case).question.map(|open| open.answer_to);
    zhao.write(case, &check(CheckResult::Pass), answers, city.now);
    zhao.sync(&city.core, city.now);
    city.core.run_services(city.now).expect("run");
    assert_eq!(city.view(case).stage, Stage::Closed, "found in order");
    let close = entry(&city.core.show(case).expect("shown"), "close");
    assert!(!close.to_string().contains("not drawn"), "{close}");
    let City { dir, core, .. } = city;
    drop(core);
    let again = open(dir.path());
    let after = again.draws(100).expect("draws");
    assert_eq!(before, after, "a restart draws nothing again");
}

#[test]
fn a_refusal_is_kept_with_its_reason_and_does_not_hold_up_others() {
    let mut services = all();
    // A unit's name is bounded; this one no dispatch can carry.
    services[2]["unit"] = json!("x".repeat(400));
    let (city, policy) = city(services, 0);
    let (mut chen, case) = reported(&city, policy);
    let ran = city.core.run_services(city.now).expect("run");
    assert_eq!((ran.done.len(), ran.refused.len()), (1, 1), "{ran:?}");
    assert_eq!(kinds(&city, case), ["file"]);
    let waits = city.core.services().expect("rows");
    assert_eq!(waits.len(), 1);
    assert!(
        waits[0]["at"].is_null() && waits[0]["why"].is_string(),
        "{waits:?}"
    );
    assert_eq!(
        city.core.run_services(city.now).expect("run"),
        Default::default()
    );
    let other = chen.report("井盖缺失", vec![], city.now);
    chen.sync(&city.core, city.now);
    city.core.run_services(city.now).expect("run");
    assert_eq!(kinds(&city, other), ["file"]);
}

#[test]
fn an_operator_who_looked_before_a_rule_acted_is_told_so() {
    let (city, policy) = city(all(), 0);
    let (_, case) = reported(&city, policy);
    let seen = city.view(case).token();
    city.core.run_services(city.now).expect("run");
    let late = Decision {
        case,
        view: seen,
        body: file(),
        content: vec![],
    };
    let refused = city.core.decide(&city.operator, &late, city.now);
    assert!(
        matches!(refused, Err(DecideError::Stale { .. })),
        "{refused:?}"
    );
}

#[test]
fn cases_from_before_services_ran_are_looked_at_when_the_server_is_new() {
    let (city, policy) = city(all(), 0);
    let (_, case) = reported(&city, policy);
    let City { dir, core, now, .. } = city;
    drop(core);
    let database = rusqlite::Connection::open(dir.path().join("gewu.db")).expect("a database");
    let older = "DROP TABLE service_due; DROP TABLE draws; DROP TABLE card_changes;
        PRAGMA user_version = 10;";
    database
        .execute_batch(crate::kit::PACKS_BY_BODY)
        .expect("older");
    database.execute_batch(older).expect("older");
    drop(database);
    let core = open(dir.path());
    core.run_services(now).expect("run");
    let view = core.case_view(case).expect("read").expect("a case");
    assert_eq!(view.stage, Stage::Dispatched);
}

/// Nothing places a case before there is a map.
#[test]
fn a_rule_for_an_area_acts_when_a_map_is_published() {
    let mut services = all();
    services[2]["areas"] = json!(["990101Z01"]);
    let (city, policy) = city(services, 0);
    let mut chen = inspector(&city, policy, "chen");
    chen.grid = None;
    let case = chen.report("井盖缺失", vec![], city.now);
    chen.sync(&city.core, city.now);
    city.core.run_services(city.now).expect("run");
    assert_eq!(kinds(&city, case), ["file"]);
    let map = include_bytes!("../../../fixtures/district/district.gewugrid");
    let put = city.core.publish_pack("grid", "grid", 1, map, NOON);
    put.expect("a map");
    city.core.run_services(city.now).expect("run");
    assert_eq!(kinds(&city, case), ["file", "dispatch"]);
}
