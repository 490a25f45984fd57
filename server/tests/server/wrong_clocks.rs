//! A server whose own clock cannot be right judges nothing, and says so.

use gewu_model::cbor;
use gewu_model::ids::{CaseId, ChangeHash};
use gewu_model::time::Millis;
use gewu_server::{
    Access, Clock, ClockDoubt, CoreError, DecideError, Decision, EnrolError, SystemClock,
};
use gewu_sync::auth::{claim, sign};
use serde_json::json;

use crate::kit::entries::file;
use crate::kit::files::phone;
use crate::kit::web::Web;
use crate::kit::{City, Phone, enrol_request, signer};

const DAY: i64 = 86_400_000;

/// What the server says to the phone's request, which states `claimed`, at `now`.
fn asks(city: &City, phone: &Phone, claimed: Millis, now: Millis) -> Result<(), Access> {
    let headers = sign(&phone.signer, "POST", "/v1/sync", b"", claimed).expect("signed");
    let header = |name: &str| {
        let found = headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    };
    let claim = claim(header).expect("a claim");
    let let_in = city.core.authenticate(&claim, "POST", "/v1/sync", b"", now);
    let_in.map(drop)
}

fn reported(city: &City) -> (Phone, CaseId) {
    let mut wang = city.inspector("wang");
    let case = wang.report("井盖缺失", vec![], city.now);
    wang.sync(&city.core, city.now);
    assert!(city.core.case_view(case).expect("read").is_some());
    (wang, case)
}

#[test]
fn behind_its_own_records_a_server_lets_nobody_in() {
    let city = City::found();
    let (wang, case) = reported(&city);
    let now = city.now.plus(-DAY);
    let doubt = ClockDoubt::Behind {
        now,
        newest: city.now,
    };
    let core = CoreError::Clock(doubt);
    // Whether the device's clock is right or the same as the server's.
    for claimed in [city.now, now] {
        let refused = asks(&city, &wang, claimed, now);
        assert_eq!(refused, Err(Access::Core(core.clone())));
    }
    let enrolled = city.core.enrol(&enrol_request(&signer("li", 0), None), now);
    assert_eq!(enrolled.map(drop), Err(EnrolError::Core(core.clone())));
    let decision = Decision {
        case,
        view: wang.view(case).token(),
        body: file(),
        content: vec![],
    };
    let decided = city.core.decide(&city.operator, &decision, now);
    assert_eq!(decided.map(drop), Err(DecideError::Core(core.clone())));
    // Whether or not anything waits: that is asked later.
    let (operator, nothing) = (&city.operator, ChangeHash([9; 32]));
    let late = city.core.decide_late(operator, nothing, true, now);
    assert_eq!(late.map(drop), Err(core.clone()));
    let again = city.core.reissue(operator, nothing, None, false, now);
    let again = again.map(drop).map_err(|error| error.to_string());
    assert_eq!(again, Err(core.to_string()));
    assert_eq!(city.core.run_services(now).map(drop), Err(core));
    assert_eq!(asks(&city, &wang, city.now, city.now), Ok(()));
}

#[test]
fn what_a_clock_wrote_in_the_future_counts_no_more_once_somebody_says_that_it_is_right() {
    let city = City::found();
    let (wang, _) = reported(&city);
    let now = city.now.plus(-400 * DAY);
    assert!(asks(&city, &wang, now, now).is_err());
    assert!(city.core.clock_warning(now).expect("read").is_some());
    city.core.believe_clock().expect("written");
    assert_eq!(asks(&city, &wang, now, now), Ok(()));
    assert_eq!(city.core.clock_warning(now), Ok(None));
    let mut li = city.inspector("li");
    li.report("路灯不亮", vec![], now);
    li.sync(&city.core, now);
    let before = now.plus(-DAY);
    assert!(
        asks(&city, &wang, before, before).is_err(),
        "again in doubt"
    );
}

#[test]
fn a_leap_is_told_to_no_device_as_the_time() {
    let city = City::found();
    let (wang, _) = reported(&city);
    let now = city.now.plus(3_650 * DAY);
    let refused = asks(&city, &wang, city.now.plus(DAY), now);
    let ahead = ClockDoubt::Ahead {
        now,
        newest: city.now,
        claimed: city.now.plus(DAY),
    };
    assert_eq!(refused, Err(Access::Core(CoreError::Clock(ahead))));
    assert_eq!(asks(&city, &wang, now, now), Ok(()));
    let warning = city.core.clock_warning(now).expect("read");
    assert!(warning.is_some_and(|words| words.contains("2025-11-23T04:00:00Z")));
}

#[test]
fn over_http_it_is_not_ready_and_tells_no_time() {
    let web = Web::start();
    let mut wang = phone(&web, "wang", "D1");
    wang.report("井盖缺失", vec![], SystemClock.now());
    let body = cbor::to_vec(&wang.request());
    let cbor = [("content-type", "application/cbor")];
    let taken = web.signed(&wang.signer, "POST", "/v1/sync", &cbor, &body);
    assert_eq!(taken.status, 200);
    let database = web.dir.path().join("gewu.db");
    let db = rusqlite::Connection::open(database).expect("opened");
    let later = format!("UPDATE feed SET at = at + {}", 2 * DAY);
    assert!(db.execute(&later, []).expect("written") > 0);
    for skew in [0, DAY] {
        let refused = web.signed_at(&wang.signer, skew, "POST", "/v1/sync", &cbor, &body);
        let told = refused.header("gewu-server-time");
        assert_eq!((refused.status, told), (503, None));
        let why = refused.json()["detail"].as_str().unwrap_or("").to_owned();
        assert!(why.contains("--clock-is-right"), "{why}");
    }
    assert_eq!(web.send("GET", "/healthz", &[], b"").status, 503);
    let new = json!({
        "class": { "kind": "component", "code": "01002" }, "lon": 123.42, "lat": 41.8,
        "text": "电话", "source": { "code": "hotline", "external_id": null },
    });
    assert_eq!(
        web.op("POST", "/v1/op/cases", Some(new.clone())).status,
        503
    );
    web.running().core().believe_clock().expect("written");
    assert_eq!(web.send("GET", "/healthz", &[], b"").status, 200);
    assert_eq!(web.op("POST", "/v1/op/cases", Some(new)).status, 201);
}
