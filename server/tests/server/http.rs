//! The border: who is let in, with what, and how much.

use gewu_model::cbor;
use gewu_server::{Clock, CodeGrant, SystemClock};
use gewu_sync::wire::{
    EnrolResponse, PACKED_TYPE, PROTOCOL, Response, WORTH_PACKING, names_packed, pack, unpack,
};
use serde_json::json;

use crate::kit::web::Web;
use crate::kit::{Phone, enrol_request, signer};

const CBOR: (&str, &str) = ("content-type", "application/cbor");

fn citizen(web: &Web, name: &str) -> Phone {
    Phone::enrol(web.running().core(), None, name, SystemClock.now()).expect("enrolled")
}

#[test]
fn anybody_may_ask_who_is_there() {
    let web = Web::start();
    let hello = web.send("GET", "/v1/hello", &[], b"");
    assert_eq!(hello.status, 200);
    let said = hello.json();
    assert_eq!(said["protocol"], PROTOCOL);
    assert_eq!(said["city"], web.running().core().city().to_string());
    assert_eq!(web.send("GET", "/healthz", &[], b"").body, b"ok\n");
    let nothing = web.send("GET", "/v2/anything", &[], b"");
    assert_eq!(nothing.status, 404);
    assert_eq!(
        nothing.header("content-type"),
        Some("application/problem+json")
    );
}

#[test]
fn a_device_enrols_and_exchanges_over_http() {
    let web = Web::start();
    let core = web.running().core();
    let grant = CodeGrant {
        user: "chen".into(),
        roles: vec!["inspector".into()],
        units: vec![],
        duty_grids: vec!["D1".into()],
        reach: Default::default(),
        any_grid: false,
    };
    let code = core
        .new_code(&grant, 1, SystemClock.now())
        .expect("a code")
        .code;
    let chen = signer("chen", 0);
    let ask = |code: &str| {
        let body = cbor::to_vec(&enrol_request(&chen, Some(code)));
        let headers = [("content-type".into(), "application/cbor".into())];
        web.send("POST", "/v1/enrol", &headers, &body)
    };
    let wrong = ask("WRONG");
    assert_eq!(
        (wrong.status, &wrong.json()["code"]),
        (403, &json!("code_wrong"))
    );
    let enrolled = ask(&code);
    assert_eq!(enrolled.header("content-type"), Some("application/cbor"));
    let _: EnrolResponse = cbor::from_slice(&enrolled.body).expect("a certificate");
    let mut phone = Phone::enrol(core, Some(&code), "chen", SystemClock.now()).expect("the same");
    phone.report("井盖缺失", vec![], SystemClock.now());
    let request = phone.request();
    let body = cbor::to_vec(&request);
    let answer = web.signed(&phone.signer, "POST", "/v1/sync", &[CBOR], &body);
    assert_eq!(answer.status, 200);
    let response: Response = cbor::from_slice(&answer.body).expect("an answer");
    phone.keep(&request, response);
    assert!(phone.unsent.is_empty());
    let used = {
        let other = signer("other", 0);
        let body = cbor::to_vec(&enrol_request(&other, Some(&code)));
        web.send("POST", "/v1/enrol", &[], &body)
    };
    assert_eq!(
        (used.status, &used.json()["code"]),
        (409, &json!("code_used"))
    );
}

#[test]
fn another_version_of_the_protocol_is_told_ours() {
    let web = Web::start();
    let mut ci = citizen(&web, "ci");
    let mut request = ci.request();
    request.protocol = 9;
    let body = cbor::to_vec(&request);
    let refused = web.signed(&ci.signer, "POST", "/v1/sync", &[CBOR], &body);
    assert_eq!(
        (refused.status, &refused.json()["protocol"]),
        (426, &json!(PROTOCOL))
    );
    // A later version may say everything else differently.
    let newer = [&b"\xa2\x00\x02\x01"[..], b"\x63new"].concat();
    for (path, headers) in [("/v1/enrol", vec![]), ("/v1/sync", vec![CBOR])] {
        let refused = web.signed(&ci.signer, "POST", path, &headers, &newer);
        assert_eq!(refused.status, 426, "{path}");
        assert!(
            refused.json()["detail"]
                .as_str()
                .expect("words")
                .contains("version 2")
        );
    }
    let junk = web.signed(&ci.signer, "POST", "/v1/sync", &[CBOR], b"junk");
    assert_eq!(junk.status, 400);
}

#[test]
fn bodies_travel_packed_between_those_who_say_so() {
    const PACKED: (&str, &str) = ("content-type", PACKED_TYPE);
    const READS: (&str, &str) = ("accept", PACKED_TYPE);
    let web = Web::start();
    let mut ci = citizen(&web, "ci");
    // Keys and signatures are random and half of a short report: the words have to be the larger part.
    let words = "井盖缺失，行人绕行，夜间没有照明，附近有学校，请尽快派人设置围挡并修复。";
    for at in 0..8 {
        ci.report(words, vec![], SystemClock.now().plus(at));
    }
    let plain = cbor::to_vec(&ci.request());
    let packed = pack(&plain).expect("it repeats");
    assert!(packed.len() * 2 < plain.len());
    let own = signer("ci", 0);
    let sync =
        |headers: &[(&str, &str)], body: &[u8]| web.signed(&own, "POST", "/v1/sync", headers, body);
    // An old device: plain both ways, and nothing is said of another form.
    let old = sync(&[CBOR], &plain);
    assert_eq!(old.header("content-type"), Some("application/cbor"));
    assert_eq!(old.header("accept-post"), None);
    // A new one gets the same answer in less, and learns that it may send so too.
    let new = sync(&[PACKED, READS], &packed);
    assert_eq!(
        (new.status, new.header("content-type")),
        (200, Some(PACKED_TYPE))
    );
    assert!(names_packed(new.header("accept-post")));
    assert!(new.body.len() < old.body.len());
    let answer = unpack(&new.body, 1 << 20).expect("a frame");
    let (old, new): (Response, Response) = (
        cbor::from_slice(&old.body).expect("an answer"),
        cbor::from_slice(&answer).expect("an answer"),
    );
    assert_eq!((old.cases, &old.cursors), (new.cases, &new.cursors));
    // A small answer is not worth it.
    let request = gewu_sync::wire::Request {
        cursors: new.cursors,
        cases: vec![],
        packs: new.in_force.unwrap_or_default(),
        ..ci.request()
    };
    let quiet = sync(&[CBOR, READS], &cbor::to_vec(&request));
    assert_eq!(quiet.header("content-type"), Some("application/cbor"));
    assert!(
        quiet.body.len() < WORTH_PACKING,
        "{} bytes",
        quiet.body.len()
    );
}

#[test]
fn a_packed_bomb_is_refused_and_so_is_a_damaged_body() {
    let web = Web::start();
    let ci = citizen(&web, "ci");
    let packed = |body: &[u8]| {
        let headers = [("content-type", PACKED_TYPE)];
        web.signed(&ci.signer, "POST", "/v1/sync", &headers, body)
    };
    // A frame with a window of 1 MiB and run-length blocks of 128 KiB in four bytes each: 1 GiB.
    let mut bomb = vec![0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x50];
    for number in 0..8_192 {
        let block = u32::from(number == 8_191) | 1 << 1 | (128 << 10) << 3;
        bomb.extend(&block.to_le_bytes()[..3]);
        bomb.push(0);
    }
    assert_eq!(packed(&bomb).status, 413);
    assert_eq!(packed(b"junk").status, 400);
    let whole = pack(&[0; 5_000]).expect("it repeats");
    assert_eq!(packed(&whole[..whole.len() - 1]).status, 400);
}

#[test]
fn a_wrong_clock_is_told_the_time_and_nobody_else_is() {
    let web = Web::start();
    let mut ci = citizen(&web, "ci");
    let body = cbor::to_vec(&ci.request());
    let year = 365 * 86_400_000;
    for skew in [-55 * year, -360_000, 360_000] {
        let refused = web.signed_at(&ci.signer, skew, "POST", "/v1/sync", &[CBOR], &body);
        assert_eq!(refused.status, 401);
        let told: i64 = refused
            .header("gewu-server-time")
            .expect("the time")
            .parse()
            .expect("a number");
        assert!((SystemClock.now().0 - told).abs() < 60_000);
    }
    let taken = web.signed_at(&ci.signer, -240_000, "POST", "/v1/sync", &[CBOR], &body);
    assert_eq!(taken.status, 200);
    let unknown = web.signed(&signer("nobody", 0), "POST", "/v1/sync", &[CBOR], &body);
    assert_eq!(
        (unknown.status, unknown.header("gewu-server-time")),
        (401, None)
    );
    let unsigned = web.send("POST", "/v1/sync", &[], &body);
    assert_eq!(
        (unsigned.status, unsigned.header("gewu-server-time")),
        (401, None)
    );
}

#[test]
fn a_signature_covers_method_path_and_body() {
    let web = Web::start();
    let mut ci = citizen(&web, "ci");
    let body = cbor::to_vec(&ci.request());
    let at = SystemClock.now();
    let headers = gewu_sync::auth::sign(&ci.signer, "POST", "/v1/sync", &body, at).expect("signed");
    let mut other = body.clone();
    *other.last_mut().expect("a byte") ^= 1;
    assert_eq!(web.send("POST", "/v1/sync", &headers, &other).status, 401);
    assert_eq!(web.send("POST", "/v1/sync?x", &headers, &body).status, 401);
    assert_eq!(web.send("POST", "/v1/sync", &headers, &body).status, 200);
}

#[test]
fn bodies_are_bounded_and_slow_senders_are_let_go() {
    let web = Web::start_with(|options| options.patience = std::time::Duration::from_millis(300));
    let ci = citizen(&web, "ci");
    let large = vec![0; 9 << 20];
    let refused = web.signed(&ci.signer, "POST", "/v1/sync", &[CBOR], &large);
    assert_eq!(refused.status, 413);
    let enrol = web.send("POST", "/v1/enrol", &[], &vec![0; 70 << 10]);
    assert_eq!(enrol.status, 413);
    let slow =
        b"POST /v1/enrol HTTP/1.1\r\nhost: t\r\nconnection: close\r\ncontent-length: 9\r\n\r\nabc";
    let began = std::time::Instant::now();
    assert_eq!(web.raw(slow).status, 408);
    assert!(began.elapsed() < std::time::Duration::from_secs(5));
}

#[test]
fn packs_are_fetched_by_digest_by_devices() {
    let web = Web::start();
    let ci = citizen(&web, "ci");
    let digest = gewu_model::crypto::sha256(crate::kit::POLICY);
    let path = format!("/v1/packs/{digest}");
    let pack = web.signed(&ci.signer, "GET", &path, &[], b"");
    assert_eq!(
        (pack.status, pack.body.as_slice()),
        (200, crate::kit::POLICY)
    );
    assert_eq!(web.send("GET", &path, &[], b"").status, 401);
    let none = format!("/v1/packs/{}", "0".repeat(64));
    assert_eq!(web.signed(&ci.signer, "GET", &none, &[], b"").status, 404);
}

/// Each would decide without regard to the other.
#[test]
fn a_second_server_on_the_same_folder_does_not_start() {
    let mut web = Web::start();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let again = || {
        let options = gewu_server::ServeOptions::new(web.dir.path());
        runtime.block_on(gewu_server::serve(options))
    };
    match again() {
        Err(refused @ gewu_server::ServeError::Running(_)) => {
            assert!(refused.to_string().contains("runs on"), "{refused}");
        }
        other => panic!("not refused: {other:?}"),
    }
    web.stop();
    let options = gewu_server::ServeOptions::new(web.dir.path());
    let running = runtime
        .block_on(gewu_server::serve(options))
        .expect("it is free");
    runtime.block_on(running.shutdown()).expect("a clean end");
}

#[test]
fn a_server_ends_cleanly_and_starts_again_on_what_it_had() {
    let mut web = Web::start();
    let mut ci = citizen(&web, "ci");
    let case = ci.report("垃圾三天", vec![], SystemClock.now());
    ci.sync(web.running().core(), SystemClock.now());
    web.stop();
    let core = crate::kit::open(web.dir.path());
    assert!(core.case_view(case).expect("readable").is_some());
    assert!(core.operator(&web.token()).expect("readable").is_some());
}
