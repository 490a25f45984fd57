//! Consoles tell people apart: each has a token of its own, with the roles of whoever sits there.

use gewu_server::{Clock, SystemClock};
use serde_json::{Value, json};

use crate::kit::Phone;
use crate::kit::web::{Answer, Web};

pub(crate) fn op_as(
    web: &Web,
    token: &str,
    method: &str,
    path: &str,
    body: Option<Value>,
) -> Answer {
    let headers = [("authorization".to_owned(), format!("Bearer {token}"))];
    let body = body.map_or_else(Vec::new, |body| body.to_string().into_bytes());
    web.send(method, path, &headers, &body)
}

/// A new token; its id and itself.
pub(crate) fn token(web: &Web, user: &str, role: &str) -> (String, String) {
    let wish = json!({ "user": user, "roles": [role] });
    let made = web.op("POST", "/v1/op/tokens", Some(wish));
    assert_eq!(
        made.status,
        200,
        "{:?}",
        String::from_utf8_lossy(&made.body)
    );
    let made = made.json();
    let text = |name: &str| made[name].as_str().expect("a text").to_owned();
    (text("id"), text("token"))
}

fn dispatched(web: &Web, token: &str) -> String {
    let new = json!({
        "class": { "kind": "component", "code": "01002" }, "lon": 123.42, "lat": 41.8,
        "source": { "code": "hotline", "external_id": null },
    });
    let made = op_as(web, token, "POST", "/v1/op/cases", Some(new));
    assert_eq!(
        made.status,
        201,
        "{:?}",
        String::from_utf8_lossy(&made.body)
    );
    let case = made.json()["case"].as_str().expect("an id").to_owned();
    let unit = json!({ "user": "li", "roles": ["crew"], "units": ["drainage"], "hours": 1 });
    assert_eq!(
        web.op("POST", "/v1/op/enrolment-codes", Some(unit)).status,
        200
    );
    for (kind, body) in [
        ("file", json!({})),
        ("dispatch", json!({ "lead": "drainage" })),
    ] {
        let (status, words) = decide(web, token, &case, kind, body);
        assert_eq!(status, 200, "{words}");
    }
    case
}

fn shown(web: &Web, token: &str, case: &str) -> Value {
    let shown = op_as(web, token, "GET", &format!("/v1/op/cases/{case}"), None);
    assert_eq!(shown.status, 200);
    shown.json()
}

fn decide(web: &Web, token: &str, case: &str, kind: &str, mut body: Value) -> (u16, Value) {
    body["view"] = shown(web, token, case)["view_token"].clone();
    let path = format!("/v1/op/cases/{case}/{kind}");
    let answer = op_as(web, token, "POST", &path, Some(body));
    (answer.status, answer.json())
}

#[test]
fn what_is_under_way_only_the_shift_leader_s_console_voids_in_the_shift_leader_s_name() {
    let web = Web::start();
    let (_, wu) = token(&web, "wu", "operator");
    let (_, gao) = token(&web, "gao", "shift_leader");
    let case = dispatched(&web, &wu);
    let (status, refused) = decide(&web, &wu, &case, "void", json!({}));
    assert_eq!(status, 403, "{refused}");
    let (status, done) = decide(&web, &gao, &case, "void", json!({}));
    assert_eq!(status, 200, "{done}");
    let shown = shown(&web, &gao, &case);
    let entries = shown["entries"].as_array().expect("entries");
    let by: Vec<&str> = entries
        .iter()
        .filter_map(|entry| entry["asked_by"]["user"].as_str())
        .collect();
    assert_eq!(by, ["wu", "wu", "wu", "gao"]);
    assert_eq!(entries[3]["asked_by"]["role"], "shift_leader");
}

#[test]
fn nobody_gives_a_role_of_the_centre_that_the_own_console_lacks() {
    let web = Web::start();
    let (_, wu) = token(&web, "wu", "operator");
    let (gao_id, gao) = token(&web, "gao", "shift_leader");
    let leader = || json!({ "user": "wu2", "roles": ["operator", "shift_leader"] });
    for path in ["/v1/op/tokens", "/v1/op/enrolment-codes"] {
        let refused = op_as(&web, &wu, "POST", path, Some(leader()));
        assert_eq!(refused.status, 403, "{path}");
        let words = refused.json()["detail"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        assert!(words.contains("no shift_leader here"), "{words}");
    }
    let inspector = json!({ "user": "lin", "roles": ["inspector"] });
    let made = op_as(&web, &wu, "POST", "/v1/op/enrolment-codes", Some(inspector));
    assert_eq!(made.status, 200);
    let taken = op_as(
        &web,
        &wu,
        "POST",
        &format!("/v1/op/tokens/{gao_id}/revoke"),
        None,
    );
    assert_eq!(taken.status, 403);
    assert_eq!(op_as(&web, &gao, "GET", "/v1/op/status", None).status, 200);
    let slip = json!({ "user": "yu", "roles": ["shift_leadr"] });
    assert_eq!(web.op("POST", "/v1/op/tokens", Some(slip)).status, 422);
    let field = json!({ "user": "yu", "roles": ["operator"], "unit": ["x"] });
    // A key that no token has.
    assert_eq!(web.op("POST", "/v1/op/tokens", Some(field)).status, 400);
}

#[test]
fn a_token_that_is_taken_back_lets_nobody_in_and_is_kept_by_its_hash_only() {
    let web = Web::start();
    let (id, wu) = token(&web, "wu", "operator");
    assert_eq!(op_as(&web, &wu, "GET", "/v1/op/status", None).status, 200);
    let own = op_as(
        &web,
        &wu,
        "POST",
        &format!("/v1/op/tokens/{id}/revoke"),
        None,
    );
    assert_eq!(own.status, 403, "the own one");
    let revoke = format!("/v1/op/tokens/{id}/revoke");
    assert_eq!(web.op("POST", &revoke, None).status, 200);
    assert_eq!(web.op("POST", &revoke, None).status, 200, "again");
    assert_eq!(op_as(&web, &wu, "GET", "/v1/op/status", None).status, 401);
    let unknown = format!("/v1/op/tokens/{}/revoke", "ab".repeat(32));
    assert_eq!(web.op("POST", &unknown, None).status, 404);
    let listed = web.op("GET", "/v1/op/tokens", None).json();
    let rows = listed["tokens"].as_array().expect("tokens");
    assert_eq!(rows.len(), 2, "{rows:?}");
    assert_eq!(rows[0]["user"], "operator");
    assert_eq!(rows[0]["own"], true);
    assert_eq!(
        (&rows[1]["id"], &rows[1]["made_by"]),
        (&json!(id), &json!("operator"))
    );
    assert!(rows[1]["made_at"].is_i64() && rows[1]["revoked_at"].is_i64());
    assert!(!listed.to_string().contains(&wu));
    for file in std::fs::read_dir(web.dir.path())
        .expect("a folder")
        .flatten()
    {
        let name = file.file_name().to_string_lossy().into_owned();
        if !name.starts_with("gewu.db") {
            continue;
        }
        let bytes = std::fs::read(file.path()).expect("readable");
        assert!(
            !bytes.windows(wu.len()).any(|part| part == wu.as_bytes()),
            "{name}"
        );
    }
}

#[test]
fn only_the_centre_has_devices_cleared() {
    let web = Web::start();
    let (core, now) = (web.running().core(), SystemClock.now());
    let code = web.op("POST", "/v1/op/enrolment-codes", Some(json!({ "user": "li", "roles": ["crew"], "units": ["drainage"], "duty_grids": [], "hours": 2 })));
    let code = code.json()["code"].as_str().expect("a code").to_owned();
    let li = Phone::enrol(core, Some(&code), "li", now).expect("enrolled");
    let path = format!("/v1/op/devices/{}/wipe", li.key());
    let (_, field) = token(&web, "lin", "inspector");
    for body in [None, Some(json!({ "days": 0 }))] {
        assert_eq!(op_as(&web, &field, "POST", &path, body).status, 403);
    }
    let nobodys = format!("/v1/op/devices/{}/wipe", "0".repeat(32));
    assert_eq!(op_as(&web, &field, "POST", &nobodys, None).status, 403);
    let listed = web.op("GET", "/v1/op/devices", None).json();
    assert_eq!(listed["devices"][0]["status"], "good");
    assert_eq!(web.op("POST", &path, None).status, 200);
}

#[test]
fn a_console_of_the_field_does_not_learn_that_a_case_moved() {
    let web = Web::start();
    let (_, wu) = token(&web, "wu", "operator");
    let (_, lin) = token(&web, "lin", "inspector");
    let case = dispatched(&web, &wu);
    let path = format!("/v1/op/cases/{case}/recall");
    let stale = || Some(json!({ "view": "0".repeat(64) }));
    let told = op_as(&web, &lin, "POST", &path, stale());
    assert_eq!(told.status, 403, "{}", told.json());
    assert_eq!(op_as(&web, &wu, "POST", &path, stale()).status, 409);
    // Nor how many cases there are, nor whether anything is asked there.
    let number = op_as(&web, &wu, "GET", &format!("/v1/op/cases/{case}"), None);
    let number = number.json()["task_number"].as_str().map(str::to_owned);
    let known = number.expect("filed");
    let unknown = known.replace("00001", "00002");
    assert_ne!(known, unknown);
    let ask = |number: &str, body: Value| {
        let path = format!("/v1/op/cases/{number}/forward");
        let told = op_as(&web, &lin, "POST", &path, Some(body));
        (told.status, told.json()["detail"].clone())
    };
    for body in [
        json!({ "view": "0".repeat(64), "to": "roads" }),
        json!({ "view": "0".repeat(64), "to": 7 }),
    ] {
        assert_eq!(ask(&known, body.clone()), ask(&unknown, body));
    }
    // Whoever has a part in it is told what is lacking.
    let wish = json!({ "user": "li", "roles": ["crew"], "units": ["drainage"] });
    let made = web.op("POST", "/v1/op/tokens", Some(wish)).json();
    let li = made["token"].as_str().expect("a token");
    let told = op_as(&web, li, "POST", &path, stale());
    let words = told.json()["detail"].to_string();
    assert!(
        told.status == 403 && words.contains("the role crew"),
        "{words}"
    );
    // Nor what the centre has registered from elsewhere.
    let new = |text: &str| {
        Some(json!({
            "class": { "kind": "component", "code": "01002" }, "lon": 123.42, "lat": 41.8, "text": text,
            "source": { "code": "hotline", "channel": "12345", "external_id": "K1" },
        }))
    };
    let path = "/v1/op/cases";
    assert_eq!(op_as(&web, &wu, "POST", path, new("灯")).status, 201);
    for text in ["灯", "井"] {
        assert_eq!(
            op_as(&web, &lin, "POST", path, new(text)).status,
            403,
            "{text}"
        );
    }
    assert_eq!(op_as(&web, &wu, "POST", path, new("灯")).status, 200);
}
