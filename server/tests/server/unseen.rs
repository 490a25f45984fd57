//! Signs that nobody sees make another name of one that looks the same.

use gewu_model::ids::UserId;
use gewu_server::CodeGrant;
use serde_json::{Value, json};

use crate::kit::POLICY;
use crate::kit::web::{Answer, Web};

const UNSEEN: [char; 6] = [
    '\u{200b}',
    '\u{feff}',
    '\u{ad}',
    '\u{202e}',
    '\u{2063}',
    '\u{e0061}',
];

fn refused(answer: &Answer, what: &str) {
    let words = String::from_utf8_lossy(&answer.body).into_owned();
    assert_eq!(answer.status, 422, "{what}: {words}");
    assert!(words.contains("nobody sees"), "{what}: {words}");
}

fn case(source: Value) -> Value {
    json!({
        "class": { "kind": "component", "code": "01002" }, "lon": 123.42, "lat": 41.8,
        "text": "井盖缺失", "source": source,
    })
}

#[test]
fn codes_and_tokens_are_for_names_that_are_seen() {
    let web = Web::start();
    for sign in UNSEEN {
        let name = |name: &str| format!("{name}{sign}");
        let code = |user: &str, unit: &str| {
            let wish = json!({ "user": user, "roles": ["crew"], "units": [unit], "hours": 1 });
            web.op("POST", "/v1/op/enrolment-codes", Some(wish))
        };
        refused(&code(&name("li"), "drainage"), "a user");
        refused(&code("li", &name("drainage")), "a unit");
        let token = json!({ "user": name("wang"), "roles": ["operator"] });
        refused(&web.op("POST", "/v1/op/tokens", Some(token)), "a token");
        let grid = json!({ "user": "zhao", "roles": ["inspector"], "duty_grids": [name("D1")],
            "any_grid": true, "hours": 1 });
        let grid = web.op("POST", "/v1/op/enrolment-codes", Some(grid));
        refused(&grid, "a duty grid");
    }
    let seen = json!({ "user": "李 7-ａ", "roles": ["crew"], "units": ["排水·西"], "hours": 1 });
    let seen = web.op("POST", "/v1/op/enrolment-codes", Some(seen));
    assert_eq!(seen.status, 200);
}

#[test]
fn ids_and_channels_of_other_systems_are_seen() {
    let web = Web::start();
    let register = |source: Value| web.op("POST", "/v1/op/cases", Some(case(source)));
    for sign in UNSEEN.into_iter().chain(['\u{1b}']) {
        let id = json!({ "code": "hotline", "external_id": format!("7{sign}") });
        refused(&register(id), "an id");
        let channel = json!({ "code": "hotline", "channel": format!("{sign}12345"),
            "external_id": "7" });
        refused(&register(channel), "a channel");
    }
    let id = json!({ "code": "hotline", "external_id": "7" });
    assert_eq!(register(id).status, 201);
}

#[test]
fn nothing_is_asked_of_a_name_that_is_not_seen() {
    let web = Web::start();
    let source = json!({ "code": "hotline", "external_id": null });
    let made = web.op("POST", "/v1/op/cases", Some(case(source))).json();
    let case = made["case"].as_str().expect("an id");
    let path = format!("/v1/op/cases/{case}");
    let decide = |kind: &str, mut body: Value| {
        body["view"] = web.op("GET", &path, None).json()["view_token"].clone();
        web.op("POST", &format!("{path}/{kind}"), Some(body))
    };
    assert_eq!(decide("file", json!({})).status, 200);
    for sign in UNSEEN {
        let unit = json!({ "lead": format!("drain{sign}age") });
        refused(&decide("dispatch", unit), "a unit");
    }
}

#[test]
fn a_policy_names_units_that_are_seen() {
    let city = crate::kit::City::found();
    let publish = |name: &str, version: u64| {
        let mut body: Value = serde_json::from_slice(POLICY).expect("JSON");
        body["version"] = json!(version);
        body["units"] = json!({ name: "east" });
        let body = body.to_string().into_bytes();
        let now = crate::kit::NOON;
        city.core
            .publish_pack("policy", "policy", version, &body, now)
    };
    for sign in UNSEEN {
        let told = publish(&format!("drainage{sign}"), 900).expect_err("refused");
        assert!(told.to_string().contains("nobody sees"), "{told}");
    }
    publish("drainage", 901).expect("published");
}

#[test]
fn a_name_that_is_known_goes_on() {
    let city = crate::kit::City::found();
    let user = UserId::from("li\u{200b}");
    let code = |user: &UserId| {
        let grant = CodeGrant {
            user: user.clone(),
            roles: vec!["inspector".into()],
            units: vec![],
            duty_grids: vec![],
            reach: Default::default(),
            any_grid: false,
        };
        city.core.new_code(&grant, 1, crate::kit::NOON).map(drop)
    };
    code(&user).expect_err("new, and refused");
    let roles = ["operator".into()];
    let added = city.core.add_operator("a token", &user, &roles, &[]);
    added.expect("as an older server took it");
    code(&user).expect("known");
}
