//! What is published: under which names, for whom, and what is not.

use gewu_model::crypto::sha256;
use gewu_model::ids::Digest;
use gewu_model::pack::PackAudience;
use gewu_server::{Core, CoreError, Publication};
use gewu_sync::wire::PackHave;
use serde_json::{Value, json};

use crate::kit::files::phone;
use crate::kit::web::Web;
use crate::kit::{CATALOGUE, City, NOON, POLICY};
use crate::tokens::token;

/// The built-in policy, changed.
fn policy(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut body: Value = serde_json::from_slice(POLICY).expect("JSON");
    change(&mut body);
    body.to_string().into_bytes()
}

fn publish(core: &Core, kind: &str, name: &str, body: &[u8]) -> Result<Digest, CoreError> {
    core.publish_pack(kind, name, 7, body, NOON)
}

fn refused(done: Result<Digest, CoreError>) -> String {
    match done.expect_err("refused") {
        CoreError::Pack(words) => words,
        other => panic!("not a refusal of the pack: {other:?}"),
    }
}

fn in_force(core: &Core) -> Vec<(String, String, u64)> {
    let all = core.packs_in_force().expect("readable").into_iter();
    all.map(|pack| (pack.kind, pack.name, pack.version))
        .collect()
}

/// A wrong name must not keep a body from being published under the right one.
#[test]
fn a_body_is_published_again_under_another_name_kind_and_version() {
    let city = City::found();
    let words = br#"{"zh":{"stage":{}}}"#;
    for (kind, name, version) in [
        ("notes", "note", 1),
        ("notes", "notes", 1),
        ("lables", "notes", 1),
        ("notes", "notes", 2),
    ] {
        let done = city.core.publish_pack(kind, name, version, words, NOON);
        assert_eq!(done, Ok(sha256(words)), "{kind} {name} {version}");
        let named = (kind.to_owned(), name.to_owned(), version);
        assert!(in_force(&city.core).contains(&named), "{named:?}");
    }
    let rules = policy(|body| body["name"] = json!("another"));
    for name in ["polciy", "policy"] {
        assert_eq!(
            publish(&city.core, "policy", name, &rules),
            Ok(sha256(&rules))
        );
    }
    let mut wang = city.phone("wang", "inspector", None, Some("D1"));
    let told = wang.sync(&city.core, city.now);
    let offered = told.response.packs.iter();
    let names: Vec<String> = offered
        .map(|offer| gewu_model::cbor::from_slice(&offer.pack.header).expect("a header"))
        .map(|header: gewu_model::pack::PackHeader| format!("{} {}", header.kind, header.name))
        .collect();
    for name in [
        "policy polciy",
        "policy policy",
        "notes notes",
        "lables notes",
    ] {
        assert!(names.iter().any(|own| own == name), "{name} in {names:?}");
    }
    let again = crate::kit::open(city.dir.path());
    assert_eq!(in_force(&again), in_force(&city.core));
}

#[test]
fn what_was_published_under_a_wrong_kind_can_be_fetched_and_put_right() {
    let web = Web::start();
    let font = b"no JSON: it does not say what it is";
    let token = [(
        "authorization".to_owned(),
        format!("Bearer {}", web.token()),
    )];
    for kind in ["fnot", "font"] {
        let path = format!("/v1/op/packs?kind={kind}&name=font&version=1");
        let done = web.send("POST", &path, &token, font);
        assert_eq!(
            done.status,
            200,
            "{kind}: {:?}",
            String::from_utf8_lossy(&done.body)
        );
        assert_eq!(done.json()["pack"]["kind"], kind);
    }
    let wang = phone(&web, "wang", "990101Z01");
    let got = web.signed(
        &wang.signer,
        "GET",
        &format!("/v1/packs/{}", sha256(font)),
        &[],
        b"",
    );
    assert_eq!((got.status, &got.body[..]), (200, &font[..]));
}

#[test]
fn a_body_that_calls_itself_something_else_is_refused_with_words() {
    let city = City::found();
    let said = refused(publish(&city.core, "catalogue", "catalogue", POLICY));
    assert!(said.contains("calls itself a policy"), "{said}");
    let said = refused(publish(&city.core, "polciy", "policy", POLICY));
    assert!(said.contains("calls itself a policy"), "{said}");
}

/// Rules that come back are no old rules: nobody outgrew what is in force now.
#[test]
fn rules_that_are_published_again_are_not_outgrown() {
    let city = City::found();
    let mut wang = city.phone("wang", "inspector", None, Some("D1"));
    let held = |version| PackHave {
        kind: "policy".into(),
        name: "fixture".into(),
        version,
    };
    let other = policy(|body| body["name"] = json!("other"));
    for (version, body) in [(2, &other[..]), (3, POLICY)] {
        let done = city
            .core
            .publish_pack("policy", "fixture", version, body, NOON);
        done.expect("published");
    }
    let mut request = wang.request();
    request.packs = vec![held(3)];
    wang.exchange(&city.core, &request, city.now);
    let case = wang.report("井盖缺失", vec![], city.now);
    let mut request = wang.request();
    request.packs = vec![held(3)];
    wang.exchange(&city.core, &request, city.now);
    let seen = city.core.case_view(case).expect("readable");
    assert!(seen.is_some(), "begun under the rules in force");
}

#[test]
fn what_cases_pin_is_published_for_everybody() {
    let city = City::found();
    let rules = policy(|body| body["name"] = json!("for few"));
    for (kind, body) in [("policy", &rules[..]), ("catalogue", CATALOGUE)] {
        let new = Publication {
            kind,
            name: kind,
            version: 7,
            audience: Some(PackAudience::Operator),
            body,
            over: None,
        };
        let said = refused(city.core.publish_as(&new, NOON));
        assert!(said.contains("for everybody"), "{said}");
    }
    let other = |audience| Publication {
        kind: "notes",
        name: "notes",
        version: 1,
        audience,
        body: b"staff only",
        over: None,
    };
    let staff = || other(Some(PackAudience::Staff));
    city.core.publish_as(&staff(), NOON).expect("published");
    city.core
        .publish_as(&staff(), NOON)
        .expect("published already");
    let said = refused(city.core.publish_as(&other(None), NOON));
    assert!(
        said.contains("already for staff") && said.contains("raise the version"),
        "{said}"
    );
}

/// Published by an older server for operators only, and pinned by cases that others hold.
#[test]
fn whoever_holds_a_case_may_fetch_the_rules_that_it_pins() {
    let city = City::found();
    let wang = city.phone("wang", "inspector", None, Some("D1"));
    let database = rusqlite::Connection::open(city.dir.path().join("gewu.db")).expect("a database");
    let narrowed = database.execute("UPDATE packs SET audience = 'operator'", []);
    assert_eq!(narrowed, Ok(2));
    let caller = city.core.caller(wang.key()).expect("enrolled");
    for body in [POLICY, CATALOGUE] {
        let part = city
            .core
            .readable_pack(&caller, sha256(body))
            .expect("readable");
        assert!(part.is_some());
    }
}

#[test]
fn packs_that_nobody_could_use_are_not_published() {
    let city = City::found();
    let empty = br#"{"format":"gewu-catalogue/1","edition":"2026","classes":[]}"#;
    let said = refused(publish(&city.core, "catalogue", "catalogue", empty));
    assert!(said.contains("no class"), "{said}");
    let mut calendar: Value = serde_json::from_slice(gewu_model::deadline::SHIPPED).expect("JSON");
    calendar["week"] = json!([]);
    calendar["years"] = json!({});
    let calendar = calendar.to_string();
    let said = refused(publish(
        &city.core,
        "calendar",
        "calendar",
        calendar.as_bytes(),
    ));
    assert!(said.contains("working time"), "{said}");
    // Weekends that are worked alone are no week that anybody means.
    let mut calendar: Value = serde_json::from_slice(gewu_model::deadline::SHIPPED).expect("JSON");
    calendar["week"] = json!([]);
    let calendar = calendar.to_string();
    let body = calendar.as_bytes();
    let said = refused(publish(&city.core, "calendar", "calendar", body));
    assert!(said.contains("no working day"), "{said}");
}

/// Of a year that stands there twice the first one's holidays would be gone.
#[test]
fn what_stands_twice_in_a_calendar_is_not_published() {
    let city = City::found();
    let shipped = std::str::from_utf8(gewu_model::deadline::SHIPPED).expect("text");
    for (once, twice) in [
        (
            "\"years\": {",
            "\"years\": { \"2026\": { \"off\": [], \"work\": [] },",
        ),
        ("\"week\":", "\"week\": [\"mon\"], \"week\":"),
    ] {
        assert!(shipped.contains(once), "{once}");
        let body = shipped.replacen(once, twice, 1);
        let said = refused(publish(&city.core, "calendar", "calendar", body.as_bytes()));
        assert!(said.contains("stands twice"), "{said}");
    }
}

/// What is at hand beside it: its catalogues, its maps, its people.
#[test]
fn a_policy_is_looked_at_beside_the_city_s_catalogue_and_map() {
    let city = City::found();
    let body = policy(|body| {
        body["rules"].as_array_mut().expect("rules").push(json!({
            "roles": ["operator"], "kinds": ["note"], "relation": "own_area", "level": "stret",
            "classes": [{ "kind": "order" }]
        }));
        body["services"] = json!([{ "service": "auto_file", "kinds": ["file"],
            "areas": ["990101Z01", "990101Z99"] }]);
    });
    let published = publish(&city.core, "policy", "beside", &body).expect("published");
    let told = |name: &str| {
        let warnings = city.core.look_again("policy", &published).expect("read");
        warnings
            .into_iter()
            .filter(|words| words.contains(name))
            .count()
    };
    assert_eq!(told("no class is of the kind order"), 1);
    assert_eq!(
        (told("stret"), told("990101Z99")),
        (0, 0),
        "there is no map"
    );
    let district = include_bytes!("../../../fixtures/district/district.gewugrid");
    let map = city.core.publish_pack("grid", "grid", 1, district, NOON);
    map.expect("a map");
    assert_eq!((told("of the level stret"), told("990101Z99")), (1, 1));
}

#[test]
fn a_policy_with_what_can_never_work_is_refused_over_http() {
    let web = Web::start();
    let body = policy(|body| {
        body["rules"][0]["in"] = json!([]);
        body["units"] = json!({ " ": "drainage" });
    });
    let headers = [(
        "authorization".to_owned(),
        format!("Bearer {}", web.token()),
    )];
    let path = "/v1/op/packs?kind=policy&name=policy&version=9";
    let refused = web.send("POST", path, &headers, &body);
    assert_eq!(refused.status, 409);
    let words = refused.json()["detail"].as_str().expect("words").to_owned();
    for told in ["`in` is empty", "a unit has no name"] {
        assert!(words.contains(told), "{words}");
    }
}

#[test]
fn a_policy_is_published_by_whoever_may_re_pin_cases() {
    let web = Web::start();
    let (_, plain) = token(&web, "wu", "operator");
    let (_, leader) = token(&web, "gao", "shift_leader");
    let lax = policy(|body| body["separation"]["on"] = json!(false));
    let path = "/v1/op/packs?kind=policy&name=policy&version=9";
    let publish = |token: &str| {
        let headers = [("authorization".to_owned(), format!("Bearer {token}"))];
        web.send("POST", path, &headers, &lax)
    };
    let refused = publish(&plain);
    assert_eq!(refused.status, 403);
    let words = refused.json()["detail"].as_str().expect("words").to_owned();
    assert!(words.contains("re-pin"), "{words}");
    assert_eq!(publish(&leader).status, 200);
    // What gives no rights an operator publishes as ever.
    let headers = [("authorization".to_owned(), format!("Bearer {plain}"))];
    let path = "/v1/op/packs?kind=font&name=font&version=1";
    let font = web.send("POST", path, &headers, b"no JSON");
    assert_eq!(font.status, 200);
}

/// A misspelt key would leave holidays out in silence.
#[test]
fn a_calendar_with_a_key_that_nobody_knows_is_not_published() {
    let city = City::found();
    let body: Value = serde_json::from_slice(gewu_model::deadline::SHIPPED).expect("JSON");
    let as_bytes = |body: &Value| body.to_string().into_bytes();
    let done = publish(&city.core, "calendar", "calendar", &as_bytes(&body));
    done.expect("published");
    for (at, key) in [
        ("", "holidays"),
        ("/years/2026", "of"),
        ("/seasons/0", "window"),
    ] {
        let mut slip = body.clone();
        slip.pointer_mut(at).expect("an object")[key] = json!([]);
        let said = refused(publish(&city.core, "calendar", "slips", &as_bytes(&slip)));
        assert!(said.contains(key), "{said}");
    }
}

/// What ships is published as it is, notes and sources and all.
#[test]
fn every_calendar_that_ships_is_published() {
    let city = City::found();
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../core/model/src/deadline/calendar"
    );
    let files = std::fs::read_dir(folder).expect("a folder");
    let mut bodies = 0;
    for file in files.map(|file| file.expect("a file").path()) {
        if file.extension().is_some_and(|ending| ending == "json") {
            let body = std::fs::read(&file).expect("readable");
            let name = file.file_stem().and_then(|name| name.to_str());
            let done = publish(&city.core, "calendar", name.expect("a name"), &body);
            done.expect("published");
            bodies += 1;
        }
    }
    assert!(bodies > 0);
}
