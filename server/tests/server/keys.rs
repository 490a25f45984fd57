//! Keys of the operators' requests: what nobody reads is refused by its name.

use serde_json::{Value, json};

use crate::kit::web::Web;

fn new_case() -> Value {
    json!({
        "class": { "kind": "component", "code": "01002" }, "lon": 123.42, "lat": 41.8,
        "source": { "code": "hotline", "external_id": "H-1" },
    })
}

fn post(web: &Web, path: &str, body: Value) -> (u16, String) {
    let answer = web.op("POST", path, Some(body));
    let detail = answer.json()["detail"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    (answer.status, detail)
}

fn with(mut body: Value, key: &str, value: Value) -> Value {
    body[key] = value;
    body
}

#[test]
fn a_key_that_no_instruction_of_the_kind_has_is_refused_and_named() {
    let web = Web::start();
    let made = web.op("POST", "/v1/op/cases", Some(new_case())).json();
    let case = made["case"].as_str().expect("an id");
    let view = made["view"].clone();
    let decide = |kind: &str, body: Value| {
        let body = with(body, "view", view.clone());
        post(&web, &format!("/v1/op/cases/{case}/{kind}"), body)
    };
    for (kind, body, key) in [
        (
            "verify_request",
            json!({ "persons": ["li"], "limt": "2小时" }),
            "limt",
        ),
        ("file", json!({ "kind": "normal" }), "kind"),
        ("recall", json!({ "raeson": "x" }), "raeson"),
        (
            "file",
            json!({ "even_if_nothing_is_allowed": true }),
            "even_if_nothing_is_allowed",
        ),
        (
            "correct",
            json!({ "class": { "kind": "matter", "code": "06010", "cod": 1 } }),
            "cod",
        ),
        (
            "verify_request",
            json!({ "persons": ["li"], "same_period": { "from_minute": 1, "to_minute": 2, "to": 3 } }),
            "to",
        ),
    ] {
        let (status, words) = decide(kind, body);
        assert_eq!(status, 400, "{kind} {key}: {words}");
        assert!(words.contains(&format!("has no key {key}")), "{words}");
    }
    let (_, words) = decide("extend", json!({ "limt": "2小时" }));
    assert!(
        words.contains("limit") && words.contains("request"),
        "{words}"
    );
    // What every console sends with every instruction, also null for what it does not say.
    let known = json!({ "known_names": true, "note": null });
    assert_eq!(decide("file", known).0, 200);
}

#[test]
fn a_key_that_no_other_request_has_is_refused_too() {
    let web = Web::start();
    for (path, body, key) in [
        (
            "/v1/op/cases",
            with(new_case(), "externl_due", json!(1)),
            "externl_due",
        ),
        (
            "/v1/op/cases",
            with(
                new_case(),
                "source",
                json!({ "code": "hotline", "chanel": "a" }),
            ),
            "chanel",
        ),
        (
            "/v1/op/cases",
            with(new_case(), "contact", json!({ "phon": "13812345678" })),
            "phon",
        ),
        (
            "/v1/op/enrolment-codes",
            json!({ "user": "li", "roles": ["inspector"], "duty_grid": ["D1"] }),
            "duty_grid",
        ),
        (
            "/v1/op/tokens",
            json!({ "user": "li", "roles": ["operator"], "role": 1 }),
            "role",
        ),
    ] {
        let (status, words) = post(&web, path, body);
        assert_eq!(status, 400, "{path}: {words}");
        assert!(words.contains(&format!("has no key {key}")), "{words}");
    }
    let whole = json!({
        "user": "li", "roles": ["inspector"], "units": [], "duty_grids": ["D1"], "areas": ["A"],
        "roads": [], "any_grid": true, "hours": 3,
    });
    let (status, words) = post(&web, "/v1/op/enrolment-codes", whole);
    assert_eq!(status, 200, "{words}");
}
