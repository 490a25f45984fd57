//! The operators' JSON API, as `gewu op` and scripts see it.

use gewu_model::crypto::{StandardSuite, sha256};
use gewu_server::{Clock, SystemClock};
use serde_json::{Value, json};

use crate::kit::files::{phone, photo, record, upload};
use crate::kit::web::Web;
use crate::kit::{Phone, Told};

fn register(web: &Web) -> String {
    let body = json!({
        "class": { "kind": "component", "code": "01002" }, "lon": 123.42, "lat": 41.8,
        "text": "电话：井盖缺失", "source": { "code": "hotline", "external_id": null },
    });
    let made = web.op("POST", "/v1/op/cases", Some(body));
    assert_eq!(
        made.status,
        201,
        "{:?}",
        String::from_utf8_lossy(&made.body)
    );
    made.json()["case"].as_str().expect("an id").to_owned()
}

fn show(web: &Web, case: &str) -> Value {
    let shown = web.op("GET", &format!("/v1/op/cases/{case}"), None);
    assert_eq!(shown.status, 200);
    shown.json()
}

fn decide(web: &Web, case: &str, kind: &str, mut body: Value) -> (u16, Value) {
    if body.get("view").is_none() {
        body["view"] = show(web, case)["view_token"].clone();
    }
    let answer = web.op("POST", &format!("/v1/op/cases/{case}/{kind}"), Some(body));
    (answer.status, answer.json())
}

#[test]
fn nobody_decides_without_a_token() {
    let web = Web::start();
    for path in ["/v1/op/cases", "/v1/op/status", "/v1/op/devices"] {
        let refused = web.send("GET", path, &[], b"");
        assert_eq!(refused.status, 401, "{path}");
        assert_eq!(refused.header("www-authenticate"), Some("Bearer"));
        let wrong = [("authorization".to_owned(), "Bearer wrong".to_owned())];
        assert_eq!(web.send("GET", path, &wrong, b"").status, 401);
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let token = std::fs::metadata(web.dir.path().join("operator.token")).expect("a file");
        assert_eq!(token.permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_case_goes_through_the_api_from_register_to_close() {
    let web = Web::start();
    let case = register(&web);
    let units = ["drainage", "drainage-west"];
    let li = json!({ "user": "li", "roles": ["crew"], "units": units, "hours": 1 });
    assert_eq!(
        web.op("POST", "/v1/op/enrolment-codes", Some(li)).status,
        200
    );
    let (status, filed) = decide(&web, &case, "file", json!({ "note": "受理" }));
    assert_eq!(status, 200, "{filed}");
    let dispatch = json!({ "lead": "drainage", "assist": [], "limit": "2紧急工作时" });
    assert_eq!(decide(&web, &case, "dispatch", dispatch).0, 200);
    assert_eq!(
        decide(&web, &case, "forward", json!({ "unit": "drainage-west" })).0,
        200
    );
    assert_eq!(
        decide(&web, &case, "assign", json!({ "person": "li" })).0,
        200
    );
    assert_eq!(decide(&web, &case, "recall", json!({})).0, 200);
    assert_eq!(
        decide(&web, &case, "reply", json!({ "text": "正在处理" })).0,
        200
    );
    assert_eq!(
        decide(&web, &case, "close", json!({ "kind": "mistaken" })).0,
        200
    );
    let shown = show(&web, &case);
    assert_eq!(shown["stage"], "closed");
    let kinds: Vec<_> = shown["entries"]
        .as_array()
        .expect("entries")
        .iter()
        .map(|e| e["kind"].clone())
        .collect();
    assert_eq!(
        kinds,
        [
            "register", "file", "dispatch", "forward", "assign", "recall", "reply", "close"
        ]
    );
    let texts = shown["entries"][1]["texts"].as_object().expect("texts");
    assert_eq!(texts.values().collect::<Vec<_>>(), ["受理"]);
    let number = shown["task_number"].as_str().expect("a number");
    assert_eq!(show(&web, number)["case"], case.as_str());
    assert_eq!(shown["state_hash"].as_str().map(str::len), Some(64));
}

#[test]
fn each_refusal_has_its_own_status_and_words() {
    let web = Web::start();
    let case = register(&web);
    let old = show(&web, &case)["view_token"].clone();
    decide(&web, &case, "file", json!({}));
    let (status, stale) = decide(
        &web,
        &case,
        "dispatch",
        json!({ "view": old, "lead": "drainage" }),
    );
    assert_eq!(status, 409);
    assert_eq!(stale["view"], show(&web, &case)["view_token"]);
    assert_eq!(
        decide(&web, &case, "file", json!({})).0,
        403,
        "filed already"
    );
    assert_eq!(
        decide(&web, &case, "dispatch", json!({})).0,
        422,
        "to whom?"
    );
    assert_eq!(
        decide(&web, &case, "dispatch", json!({ "view": "x", "lead": "y" })).0,
        422
    );
    assert_eq!(
        decide(&web, &case, "reply", json!({ "text": "a\u{0}b" })).0,
        422
    );
    assert_eq!(decide(&web, &case, "levitate", json!({})).0, 404);
    assert_eq!(decide(&web, &case, "register", json!({})).0, 404);
    let nobody = web.op(
        "POST",
        &format!("/v1/op/cases/{}/file", "0".repeat(32)),
        Some(json!({ "view": "0".repeat(64) })),
    );
    assert_eq!(nobody.status, 404);
    let post = |body| web.op("POST", "/v1/op/cases", Some(body)).status;
    let base = json!({ "class": { "kind": "component", "code": "01002" }, "lon": 1.0, "lat": 2.0, "source": { "code": "hotline" } });
    let with = |name: &str, value: Value| {
        let mut body = base.clone();
        body[name] = value;
        body
    };
    assert_eq!(post(with("lat", json!(95))), 422);
    assert_eq!(
        post(with(
            "class",
            json!({ "kind": "component", "code": "nope" })
        )),
        422
    );
    assert_eq!(post(with("edition", json!("1999"))), 422);
    assert_eq!(post(with("text", json!("长".repeat(4_001)))), 422);
    assert_eq!(
        web.op("GET", "/v1/op/cases", None).json()["cases"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
}

#[test]
fn lists_are_paged_and_filtered() {
    let web = Web::start();
    let mut all: Vec<String> = (0..5).map(|_| register(&web)).collect();
    decide(&web, &all[0], "file", json!({}));
    let filed = web.op("GET", "/v1/op/cases?stage=filed", None).json();
    assert_eq!(filed["cases"].as_array().map(Vec::len), Some(1));
    assert_eq!(filed["cases"][0]["case"], all[0].as_str());
    assert_eq!(filed["cases"][0]["class"], "component 01002");
    let (mut seen, mut next) = (Vec::new(), String::new());
    loop {
        let page = web
            .op("GET", &format!("/v1/op/cases?limit=2{next}"), None)
            .json();
        seen.extend(
            page["cases"]
                .as_array()
                .expect("cases")
                .iter()
                .map(|case| case["case"].as_str().expect("an id").to_owned()),
        );
        match page["next"].as_str() {
            Some(mark) => next = format!("&after={mark}"),
            None => break,
        }
    }
    assert_eq!(seen[0], all[0], "the latest change first");
    seen.sort();
    all.sort();
    assert_eq!(seen, all);
    assert_eq!(web.op("GET", "/v1/op/cases?after=junk", None).status, 404);
}

#[test]
fn codes_and_devices_are_an_operator_s_business() {
    let web = Web::start();
    let core = web.running().core();
    let wish = json!({ "user": "li", "roles": ["crew"], "units": ["drainage"], "duty_grids": [], "hours": 2 });
    let made = web.op("POST", "/v1/op/enrolment-codes", Some(wish)).json();
    let code = made["code"].as_str().expect("a code");
    let now = SystemClock.now();
    assert!(made["expires_at"].as_i64().expect("a time") > now.0);
    let mut li = Phone::enrol(core, Some(code), "li", now).expect("enrolled");
    let listed = web.op("GET", "/v1/op/devices", None).json();
    assert_eq!(listed["devices"][0]["user"], "li");
    assert_eq!(listed["devices"][0]["status"], "good");
    let path = format!("/v1/op/devices/{}/retire", li.key());
    assert_eq!(web.op("POST", &path, Some(json!({}))).status, 200);
    let Told { response, .. } = li.sync(core, now);
    let scopes: Vec<_> = response
        .cursors
        .iter()
        .map(|cursor| cursor.scope.to_string())
        .collect();
    assert_eq!(scopes, ["user:li"]);
    let path = format!("/v1/op/devices/{}/compromise", "0".repeat(32));
    assert_eq!(web.op("POST", &path, Some(json!({}))).status, 404);
    assert_eq!(web.op("GET", "/v1/op/status", None).json()["devices"], 1);
}

#[test]
fn a_compromised_device_stays_so_and_a_retired_one_is_told_until_when_it_is_heard() {
    let web = Web::start();
    let core = web.running().core();
    let (chen, mut zhao) = (phone(&web, "chen", "D1"), phone(&web, "zhao", "D1"));
    let verb = |phone: &Phone, verb: &str| {
        let path = format!("/v1/op/devices/{}/{verb}", phone.key());
        web.op("POST", &path, Some(json!({})))
    };
    assert_eq!(verb(&chen, "compromise").status, 200);
    let refused = verb(&chen, "retire");
    assert_eq!(refused.status, 409);
    assert!(
        refused.json()["detail"]
            .as_str()
            .expect("words")
            .contains("compromised")
    );
    let listed = web.op("GET", "/v1/op/devices", None).json();
    let statuses = listed["devices"].as_array().expect("devices").iter();
    let lost = statuses.filter(|device| device["status"] == "compromised");
    assert_eq!(lost.count(), 1);
    let first = verb(&zhao, "retire").json()["until"].clone();
    assert_eq!(
        verb(&zhao, "retire").json()["until"],
        first,
        "no longer by asking again"
    );
    let Told { response, .. } = zhao.sync(core, SystemClock.now());
    let told = response.certificate.expect("one that ends");
    let told = zhao.enrolled.anchor.device(&StandardSuite, &told);
    assert_eq!(json!(told.expect("signed").not_after), first);
}

#[test]
fn a_code_that_nobody_could_use_is_not_made() {
    let web = Web::start();
    let ask = |user: &str, role: &str, hours: u32| {
        let wish = json!({
            "user": user, "roles": [role], "hours": hours, "units": ["drainage"],
        });
        web.op("POST", "/v1/op/enrolment-codes", Some(wish))
    };
    let long = "a".repeat(65);
    let wrong = [
        ("", "crew", 1, "a user has 1 to 64"),
        ("  ", "crew", 1, "a user has 1 to 64"),
        (&long, "crew", 1, "a user has 1 to 64"),
        (&"长".repeat(43), "crew", 1, "128 bytes"),
        ("a\nb", "crew", 1, "no control characters"),
        ("centre", "crew", 1, "choose another name"),
        ("citizen:abc", "crew", 1, "choose another name"),
        ("li", "", 1, "a role has 1 to 64"),
        ("li", "king", 1, "name inspector, crew"),
        ("li", "centre", 1, "name inspector, crew"),
        ("li", "citizen", 1, "name inspector, crew"),
        ("li", "crew", 0, "at least one hour"),
    ];
    for (user, role, hours, words) in wrong {
        let refused = ask(user, role, hours);
        assert_eq!(refused.status, 422, "{user:?} {role:?} {hours}");
        let detail = refused.json()["detail"].clone();
        assert!(detail.as_str().expect("words").contains(words), "{detail}");
    }
    let none = web.op(
        "POST",
        "/v1/op/enrolment-codes",
        Some(json!({ "user": "li", "roles": [] })),
    );
    assert_eq!(none.status, 422);
    for role in ["inspector", "crew", "unit_lead", "operator"] {
        assert_eq!(ask("李", role, 1).status, 200, "{role}");
    }
}

#[test]
fn thumbnails_are_counted_apart_from_photos() {
    let web = Web::start();
    let core = web.running().core();
    let mut chen = phone(&web, "chen", "D1");
    let (whole, small) = (photo(), b"\xff\xd8\xff\xe0 small".to_vec());
    let mut named = record(sha256(&whole), whole.len() as u64);
    named.thumb_sha256 = Some(sha256(&small));
    let case = chen.report("井盖缺失", vec![named], SystemClock.now());
    chen.sync(core, SystemClock.now());
    let counts = || {
        let line = web.op("GET", "/v1/op/cases", None).json()["cases"][0].clone();
        let media = web.op("GET", "/v1/op/status", None).json()["media"].clone();
        let number = |of: &Value, name: &str| of[name].as_u64().expect("a number");
        let of_media = ["present", "thumbnails", "missing", "thumbnails_missing"];
        let of_media = of_media.map(|name| number(&media, name));
        (
            [number(&line, "photos"), number(&line, "photos_missing")],
            of_media,
        )
    };
    assert_eq!(counts(), ([1, 1], [0, 0, 1, 1]));
    upload(&web, &chen, &small);
    assert_eq!(counts(), ([1, 1], [0, 1, 1, 0]));
    upload(&web, &chen, &whole);
    assert_eq!(counts(), ([1, 0], [1, 1, 0, 0]));
    let media = show(&web, &case.to_string())["media"].clone();
    let thumbs = media
        .as_array()
        .expect("files")
        .iter()
        .filter(|file| file["thumbnail"] == true);
    assert_eq!(thumbs.count(), 1);
}

#[test]
fn a_decision_says_what_the_next_one_finds_the_case_by() {
    let web = Web::start();
    let case = register(&web);
    let (status, filed) = decide(&web, &case, "file", json!({}));
    assert_eq!(status, 200, "{filed}");
    assert_eq!(
        (&filed["case"], &filed["stage"]),
        (&json!(case), &json!("filed"))
    );
    let number = show(&web, &case)["task_number"].clone();
    assert!(number.is_string() && filed["task_number"] == number);
    let (_, sent) = decide(&web, &case, "dispatch", json!({ "lead": "drainage" }));
    assert_eq!(
        (&sent["task_number"], &sent["stage"]),
        (&number, &json!("dispatched"))
    );
}

#[test]
fn names_are_looked_at_unless_told_otherwise_and_texts_hold_no_control_characters() {
    let web = Web::start();
    let case = register(&web);
    decide(&web, &case, "file", json!({}));
    let lead = |known: Value| json!({ "lead": "nobody", "known_names": known });
    let person = json!({ "user": "li", "roles": ["crew"], "units": ["drainage"], "hours": 1 });
    let code = web.op("POST", "/v1/op/enrolment-codes", Some(person));
    assert_eq!(code.status, 200);
    let (status, refused) = decide(&web, &case, "dispatch", json!({ "lead": "nobody" }));
    assert_eq!(
        status, 422,
        "unless it says otherwise, a program is asked too: {refused}"
    );
    let (status, refused) = decide(&web, &case, "dispatch", lead(json!(true)));
    assert_eq!(status, 422, "{refused}");
    assert!(
        refused["detail"]
            .as_str()
            .expect("words")
            .contains("drainage")
    );
    assert_eq!(decide(&web, &case, "dispatch", lead(json!("yes"))).0, 422);
    let evil = json!({ "lead": "drainage", "note": "a\u{1b}[31mb" });
    let (status, refused) = decide(&web, &case, "dispatch", evil);
    assert_eq!(status, 422, "{refused}");
    assert_eq!(decide(&web, &case, "dispatch", lead(json!(false))).0, 200);
}
