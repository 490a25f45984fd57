//! Supervision apart from handling (监管分离), already where somebody is asked.

use gewu_model::entry::{Body, CheckResult, Close, CloseKind, Convert, Redo, SpotCheck};
use gewu_model::fold::Stage;
use gewu_model::ids::CaseId;
use gewu_server::{CodeGrant, DecideError, Decision};
use serde_json::{Value, json};

use crate::kit::entries::{asked, check, dispatch, file, handle};
use crate::kit::{City, NOON, POLICY, Phone};

fn refused(city: &City, case: CaseId, body: Body) -> String {
    let decision = Decision {
        case,
        view: city.view(case).token(),
        body,
        content: vec![],
    };
    match city.core.decide(&city.operator, &decision, city.now) {
        Err(DecideError::Denied(words)) => words,
        other => panic!("{other:?}"),
    }
}

/// A case that li handled for drainage.
fn handled(city: &mut City, policy: Option<gewu_model::ids::Digest>) -> CaseId {
    let mut chen = city.inspector("chen");
    chen.pins.0 = policy.unwrap_or(chen.pins.0);
    let case = chen.report("井盖缺失", vec![], city.now);
    chen.sync(&city.core, city.now);
    city.decide(case, file());
    let sent = city.decide(case, dispatch("drainage")).instruction;
    let mut li = city.crew("li", "drainage");
    li.sync(&city.core, city.now);
    li.write(case, &handle(), Some(sent), city.now);
    li.sync(&city.core, city.now);
    case
}

#[test]
fn whoever_handled_the_work_is_not_asked_to_check_it() {
    let mut city = City::found();
    let case = handled(&mut city, None);
    let words = refused(&city, case, Body::CheckRequest(asked("li")));
    assert!(words.contains("li") && words.contains("handled"), "{words}");
    let asked_by = city
        .decide(case, Body::CheckRequest(asked("wang")))
        .instruction;
    let mut wang = city.inspector("wang");
    wang.sync(&city.core, city.now);
    wang.write(case, &check(CheckResult::Unable), Some(asked_by), city.now);
    wang.sync(&city.core, city.now);
    let again = Body::RedoRequest(Redo {
        persons: vec!["li".into()],
        ..Redo::default()
    });
    assert!(refused(&city, case, again).contains("li"));
}

#[test]
fn who_settled_it_on_the_spot_is_not_asked_to_spot_check_it() {
    let mut city = City::found();
    let mut chen: Phone = city.inspector("chen");
    chen.settles = true;
    let case = chen.report("小广告已清", vec![], city.now);
    chen.sync(&city.core, city.now);
    city.decide(case, file());
    let drawn = |person: &str| {
        Body::SpotCheck(SpotCheck {
            persons: vec![person.into()],
            ..SpotCheck::default()
        })
    };
    assert!(refused(&city, case, drawn("chen")).contains("chen"));
    city.decide(case, drawn("wang"));
}

fn close(kind: CloseKind) -> Body {
    Body::Close(Close {
        kind,
        note: None,
        condition: None,
    })
}

fn finds(city: &City, wang: &mut Phone, case: CaseId, found: CheckResult) {
    wang.sync(&city.core, city.now);
    let open = city.view(case).question.expect("asked").answer_to;
    wang.write(case, &check(found), Some(open), city.now);
    wang.sync(&city.core, city.now);
}

#[test]
fn a_drawn_case_is_done_when_somebody_else_found_it_done_and_not_before() {
    let mut city = City::found();
    let mut body: Value = serde_json::from_slice(POLICY).expect("JSON");
    body["version"] = json!(100);
    body["self_handled_spot_check_percent"] = json!(100);
    let body = body.to_string().into_bytes();
    let policy = city
        .core
        .publish_pack("policy", "fixture", 100, &body, NOON);
    let mut chen = city.inspector("chen");
    chen.pins.0 = policy.expect("a policy");
    chen.settles = true;
    let case = chen.report("小广告已清", vec![], city.now);
    chen.sync(&city.core, city.now);
    city.decide(case, file());
    let mut wang = city.inspector("wang");
    let drawn = Body::SpotCheck(SpotCheck {
        persons: vec!["wang".into()],
        ..SpotCheck::default()
    });
    city.decide(case, drawn);
    finds(&city, &mut wang, case, CheckResult::Unable);
    assert_eq!(city.view(case).stage, Stage::CheckUnable);
    for kind in [CloseKind::Normal, CloseKind::Late] {
        assert!(refused(&city, case, close(kind)).contains("drawn for a spot check"));
    }
    city.decide(case, Body::RedoRequest(Redo::default()));
    finds(&city, &mut wang, case, CheckResult::NotPass);
    for kind in [CloseKind::Normal, CloseKind::Late] {
        assert!(refused(&city, case, close(kind)).contains("not done"));
    }
    // It is done properly, and still has to be found so.
    city.decide(case, Body::Convert(Convert::default()));
    let sent = city.decide(case, dispatch("drainage")).instruction;
    let mut li = city.crew("li", "drainage");
    li.sync(&city.core, city.now);
    li.write(case, &handle(), Some(sent), city.now);
    li.sync(&city.core, city.now);
    assert!(refused(&city, case, close(CloseKind::Normal)).contains("nobody has checked"));
    city.decide(case, Body::CheckRequest(asked("wang")));
    finds(&city, &mut wang, case, CheckResult::Pass);
    city.decide(case, close(CloseKind::Normal));
}

#[test]
fn what_a_check_found_not_done_is_closed_as_done_by_nobody() {
    let mut city = City::found();
    let case = handled(&mut city, None);
    city.decide(case, Body::CheckRequest(asked("wang")));
    let mut wang = city.inspector("wang");
    finds(&city, &mut wang, case, CheckResult::NotPass);
    let words = refused(&city, case, close(CloseKind::Normal));
    assert!(
        words.contains("the check found that it is not done"),
        "{words}"
    );
    city.decide(case, close(CloseKind::Forced));
}

#[test]
fn where_a_city_lets_a_role_check_its_own_work_its_people_may_be_asked() {
    let mut city = City::found();
    let mut body: Value = serde_json::from_slice(POLICY).expect("JSON");
    body["version"] = json!(100);
    body["separation"]["except"] =
        json!([{ "roles": ["sub_centre"], "relation": "own_duty_grid" }]);
    body["rules"].as_array_mut().expect("rules").push(json!({
        "roles": ["sub_centre"], "kinds": ["check"], "relation": "asked"
    }));
    let body = body.to_string().into_bytes();
    let policy = city
        .core
        .publish_pack("policy", "fixture", 100, &body, NOON)
        .expect("a policy");
    let case = handled(&mut city, Some(policy));
    // In which of their roles they will answer nobody knows yet: the gate judges the check.
    let second = CodeGrant {
        user: "li".into(),
        roles: vec!["sub_centre".into()],
        units: vec![],
        duty_grids: vec![],
        reach: Default::default(),
        any_grid: true,
    };
    city.core.new_code(&second, 1, city.now).expect("a code");
    city.decide(case, Body::CheckRequest(asked("li")));
}
