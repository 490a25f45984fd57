//! How a case is closed says what was done, so nothing is closed as done that nobody did.

use gewu_model::entry::{Body, CloseKind, LinkCase, Relationship};
use gewu_model::fold::Stage;
use gewu_model::ids::CaseId;
use serde_json::{Value, json};

use crate::kit::entries::{dispatch, file, handle};
use crate::kit::{City, NOON, POLICY};
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
    city.decide(first, close(CloseKind::Special));
    city.decide(second, close(CloseKind::Normal));
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

fn tied(other: CaseId) -> Body {
    Body::Link(LinkCase {
        other,
        relation: Relationship::DuplicateOf,
        request: None,
        external_due: None,
        note: None,
    })
}
