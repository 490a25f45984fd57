//! What is asked over the operators' API is read whole, or refused with what there is to ask.

use serde_json::json;

use crate::kit::web::Web;
use crate::tokens::{op_as, token};

#[test]
fn a_query_string_has_no_keys_that_nobody_reads() {
    let web = Web::start();
    for (path, key, known) in [
        ("/v1/op/cases?stgae=filed", "stgae", "stage, limit, after"),
        (
            "/v1/op/cases?limit=5&Limit=6",
            "Limit",
            "stage, limit, after",
        ),
        ("/v1/op/draws?wating=true", "wating", "limit, waiting"),
        ("/v1/op/contact-log?cases=1", "cases", "case, limit"),
    ] {
        let refused = web.op("GET", path, None);
        assert_eq!(refused.status, 400, "{path}");
        let words = refused.json()["detail"].as_str().expect("words").to_owned();
        assert!(words.contains(&format!("no key {key}:")), "{words}");
        assert!(words.contains(known), "{words}");
    }
    let policy = "/v1/op/packs?kind=policy&name=p&version=9&audeince=staff";
    assert_eq!(web.op("POST", policy, Some(json!({}))).status, 400);
    let wrong = web.op("GET", "/v1/op/cases?limit=many", None);
    assert_eq!(wrong.status, 400);
    assert_eq!(
        wrong.header("content-type"),
        Some("application/problem+json")
    );
    let good = "/v1/op/cases?stage=filed&limit=3";
    assert_eq!(web.op("GET", good, None).status, 200);
}

#[test]
fn a_key_that_stands_twice_is_refused_at_any_depth() {
    let web = Web::start();
    let bodies = [
        r#"{"class":{"kind":"component","code":"01002"},"lon":1.0,"lon":2.0,"lat":41.8,"source":{"code":"hotline"}}"#,
        r#"{"class":{"kind":"component","code":"01002","code":"01004"},"lon":123.42,"lat":41.8,"source":{"code":"hotline"}}"#,
    ];
    for body in bodies {
        let refused = web.op_raw("POST", "/v1/op/cases", body.as_bytes());
        assert_eq!(refused.status, 400, "{body}");
        let words = refused.json()["detail"].as_str().expect("words").to_owned();
        assert!(words.contains("stands twice"), "{words}");
    }
    let made = json!({
        "class": { "kind": "component", "code": "01002" }, "lon": 123.42, "lat": 41.8,
        "source": { "code": "hotline", "external_id": null },
    });
    let made = web.op("POST", "/v1/op/cases", Some(made)).json();
    let (case, view) = (made["case"].as_str(), made["view"].as_str());
    let (case, view) = (case.expect("an id"), view.expect("a view"));
    let twice = format!(r#"{{"view":"{view}","kind":"not_accepted","reason":"a","reason":"b"}}"#);
    let path = format!("/v1/op/cases/{case}/decline");
    assert_eq!(web.op_raw("POST", &path, twice.as_bytes()).status, 400);
    let once = json!({ "view": view, "kind": "not_accepted", "reason": "a" });
    assert_eq!(web.op("POST", &path, Some(once)).status, 200);
}

#[test]
fn whoever_is_told_who_reads_contacts_is_told_all_of_them() {
    let web = Web::start();
    let (_, gao) = token(&web, "gao", "shift_leader");
    let (_, sun) = token(&web, "sun", "inspector");
    let asked = |token: &str| {
        op_as(
            &web,
            token,
            "GET",
            "/v1/op/cases/0123456789ab/contact",
            None,
        )
    };
    assert_eq!(asked(&gao).status, 404, "a shift leader reads contacts");
    let refused = asked(&sun);
    assert_eq!(refused.status, 403);
    let words = refused.json()["detail"].as_str().expect("words").to_owned();
    assert!(words.contains("operators and shift leaders"), "{words}");
}
