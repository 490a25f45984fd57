//! How a case is closed says what was done, so nothing is closed as done that nobody did.

use gewu_model::entry::{Body, CheckResult, CloseKind, LinkCase, Plain, Relationship};
use gewu_model::fold::Stage;
use gewu_model::ids::CaseId;
use gewu_server::{DecideError, Decision};
use serde_json::{Value, json};

use crate::kit::entries::{asked, check, dispatch, file, handle};
use crate::kit::{City, NOON, POLICY, Phone};
use crate::ties::{close, refused, registered};

#[test]
fn what_nobody_handled_is_not_closed_as_done() {
    let mut city = City::found();
    let case = registered(&city, None);
    for stage in [Stage::Reported, Stage::Filed] {
        assert_eq!(city.view(case).stage, stage);
        for kind in [CloseKind::Normal, CloseKind::Late] {
            let words = refused(&city, case, close(kind));
            for word in ["nobody handled", "mistaken", "special", "forced"] {
                assert!(words.contains(word), "{word}: {words}");
            }
        }
        if stage == Stage::Reported {
            city.decide(case, file());
        }
    }
    city.decide(case, close(CloseKind::Mistaken));
}

#[test]
fn what_was_handled_once_is_closed_as_done_when_it_was_opened_again_for_nothing() {
    let mut city = City::found();
    let case = registered(&city, None);
    city.decide(case, file());
    let sent = city.decide(case, dispatch("drainage")).instruction;
    let mut li = city.crew("li", "drainage");
    li.sync(&city.core, city.now);
    li.write(case, &handle(), Some(sent), city.now);
    li.sync(&city.core, city.now);
    city.decide(case, close(CloseKind::Normal));
    city.decide(case, Body::Reopen(gewu_model::entry::Reopen::default()));
    assert_eq!(city.view(case).stage, Stage::Filed);
    city.decide(case, close(CloseKind::Normal));
}

#[test]
fn a_duplicate_is_closed_as_done_where_the_other_case_was() {
    let mut city = City::found();
    let (first, second) = (registered(&city, None), registered(&city, None));
    city.decide(first, file());
    city.decide(second, tied(first));
    let words = refused(&city, second, close(CloseKind::Normal));
    assert!(words.contains("goes on with it"), "{words}");
    let mut li = handled(&mut city, first);
    city.decide(first, close(CloseKind::Normal));
    city.decide(second, close(CloseKind::Normal));
    // Work that counts and that no check refuted is enough, also over several ties.
    let cases = [0; 3].map(|_| registered(&city, None));
    city.decide(cases[0], file());
    city.decide(cases[1], tied(cases[0]));
    city.decide(cases[2], tied(cases[1]));
    handles(&mut city, &mut li, cases[0]);
    city.decide(cases[2], close(CloseKind::Normal));
}

#[test]
fn a_duplicate_is_not_closed_as_done_where_the_other_case_was_not() {
    let mut city = City::found();
    let (first, second) = (registered(&city, None), registered(&city, None));
    city.decide(first, file());
    city.decide(second, tied(first));
    let mut wang = city.inspector("wang");
    handled(&mut city, first);
    city.decide(first, Body::CheckRequest(asked("wang")));
    wang.sync(&city.core, city.now);
    let open = city.view(first).question.expect("asked").answer_to;
    wang.write(first, &check(CheckResult::NotPass), Some(open), city.now);
    wang.sync(&city.core, city.now);
    let words = refused(&city, second, close(CloseKind::Normal));
    assert!(words.contains("not found done either"), "{words}");
    city.decide(first, close(CloseKind::Special));
    let words = refused(&city, second, close(CloseKind::Late));
    assert!(words.contains("special"), "{words}");
    city.decide(second, close(CloseKind::Special));
}

#[test]
fn whoever_did_the_work_of_the_other_case_does_not_close_its_duplicate() {
    let mut city = City::found();
    let (first, second) = (registered(&city, None), registered(&city, None));
    city.decide(first, file());
    city.decide(second, tied(first));
    handled(&mut city, first);
    let console = city
        .core
        .add_operator("second", &"li".into(), &["operator".into()], &[])
        .expect("a console");
    let decision = Decision {
        case: second,
        view: city.view(second).token(),
        body: close(CloseKind::Normal),
        content: vec![],
    };
    match city.core.decide(&console, &decision, city.now) {
        Err(DecideError::Denied(words)) => assert!(words.contains("whoever handled"), "{words}"),
        other => panic!("{other:?}"),
    }
    city.decide(second, close(CloseKind::Normal));
}

#[test]
fn where_the_unit_has_to_confirm_its_people_s_word_is_not_enough() {
    let mut city = City::found();
    let mut body: Value = serde_json::from_slice(POLICY).expect("JSON");
    body["version"] = json!(100);
    body["steps"]["unit_confirm"] = json!(true);
    let body = body.to_string().into_bytes();
    city.core
        .publish_pack("policy", "fixture", 100, &body, NOON)
        .expect("a policy");
    let mut wang = city.inspector("wang");
    let case = registered(&city, None);
    city.decide(case, file());
    let mut li = handled(&mut city, case);
    assert_eq!(city.view(case).stage, Stage::Worked);
    let words = refused(&city, case, close(CloseKind::Normal));
    assert!(words.contains("confirmed"), "{words}");
    // A check that is only asked for says nothing; one that found it done does.
    city.decide(case, Body::CheckRequest(asked("wang")));
    refused(&city, case, close(CloseKind::Normal));
    wang.sync(&city.core, city.now);
    let open = city.view(case).question.expect("asked").answer_to;
    wang.write(case, &check(CheckResult::Pass), Some(open), city.now);
    wang.sync(&city.core, city.now);
    city.decide(case, close(CloseKind::Normal));
    // Neither is it a way round to take the task back.
    let case = registered(&city, None);
    city.decide(case, file());
    handles(&mut city, &mut li, case);
    city.decide(case, Body::Recall(Plain::default()));
    refused(&city, case, close(CloseKind::Normal));
}

#[test]
fn a_city_whose_rule_says_so_closes_from_there_as_normal() {
    let mut city = City::found();
    let mut body: Value = serde_json::from_slice(POLICY).expect("JSON");
    body["version"] = json!(100);
    let rules = body["rules"].as_array_mut().expect("rules");
    rules.push(json!({
        "roles": ["operator"], "kinds": ["close:normal"], "relation": "anyone", "in": ["reported"]
    }));
    let body = body.to_string().into_bytes();
    city.core
        .publish_pack("policy", "fixture", 100, &body, NOON)
        .expect("a policy");
    let case = registered(&city, None);
    city.decide(case, close(CloseKind::Normal));
}

pub(crate) fn tied(other: CaseId) -> Body {
    Body::Link(LinkCase {
        other,
        relation: Relationship::DuplicateOf,
        request: None,
        external_due: None,
        note: None,
    })
}

/// Dispatches a case to drainage, whose li handles it.
fn handled(city: &mut City, case: CaseId) -> Phone {
    let mut li = city.crew("li", "drainage");
    handles(city, &mut li, case);
    li
}

fn handles(city: &mut City, li: &mut Phone, case: CaseId) {
    let sent = city.decide(case, dispatch("drainage")).instruction;
    li.sync(&city.core, city.now);
    li.write(case, &handle(), Some(sent), city.now);
    li.sync(&city.core, city.now);
}
