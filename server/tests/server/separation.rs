//! Supervision apart from handling (监管分离), already where somebody is asked.

use gewu_model::entry::{Body, CheckResult, Redo, SpotCheck};
use gewu_model::ids::CaseId;
use gewu_server::{DecideError, Decision};
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

#[test]
fn where_a_city_lets_a_role_check_its_own_work_its_people_may_be_asked() {
    let mut city = City::found();
    let mut body: Value = serde_json::from_slice(POLICY).expect("JSON");
    body["version"] = json!(100);
    body["separation"]["except"] =
        json!([{ "roles": ["sub_centre"], "relation": "own_duty_grid" }]);
    let body = body.to_string().into_bytes();
    let policy = city
        .core
        .publish_pack("policy", "fixture", 100, &body, NOON)
        .expect("a policy");
    let case = handled(&mut city, Some(policy));
    // In which role they will answer nobody knows yet: the gate judges the check.
    city.decide(case, Body::CheckRequest(asked("li")));
}
