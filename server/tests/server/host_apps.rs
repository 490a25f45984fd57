//! Host apps and their tokens over HTTP.

use gewu_model::cbor;
use gewu_model::crypto::Signer;
use gewu_server::host_token::Claims;
use gewu_server::{Clock, SystemClock};
use serde_json::{Value, json};

use crate::accounts::{PRIVATE, PUBLIC, signed};
use crate::kit::web::{Answer, Web};
use crate::kit::{enrol_request, signer};

fn post(web: &Web, phone: &str, token: &str) -> Answer {
    let mut request = enrol_request(&signer(phone, 0), None);
    request.host_token = Some(token.to_owned());
    let kind = ("content-type".to_owned(), "application/cbor".to_owned());
    web.send("POST", "/v1/enrol", &[kind], &cbor::to_vec(&request))
}

#[test]
fn over_http_each_refusal_has_its_status_and_its_name() {
    let web = Web::start();
    let app = json!({ "name": "https://bank.example/app", "key": PUBLIC });
    let added = web.op("POST", "/v1/op/host-apps", Some(app.clone()));
    assert_eq!(
        (added.status, &added.json()["algorithm"]),
        (200, &json!("EdDSA"))
    );
    assert_eq!(
        web.op("POST", "/v1/op/host-apps", Some(app)).status,
        200,
        "again"
    );
    let wrong = json!({ "name": "x", "key": "none" });
    assert_eq!(web.op("POST", "/v1/op/host-apps", Some(wrong)).status, 422);
    let now = SystemClock.now().0 / 1_000;
    let good = Claims {
        iss: "https://bank.example/app".into(),
        sub: "user-1".into(),
        aud: web.running().core().city().to_string(),
        iat: now,
        exp: now + 600,
        nonce: signer("wu", 0).public_key().id().to_string(),
    };
    let cases: [(Claims, u16, &str); 4] = [
        (
            Claims {
                iss: "x".into(),
                ..good.clone()
            },
            403,
            "host_app_unknown",
        ),
        (
            Claims {
                iat: now - 1_000,
                exp: now - 400,
                ..good.clone()
            },
            401,
            "host_token_expired",
        ),
        (
            Claims {
                aud: "x".into(),
                ..good.clone()
            },
            403,
            "host_token_audience",
        ),
        (
            Claims {
                nonce: "x".into(),
                ..good.clone()
            },
            403,
            "host_token_nonce",
        ),
    ];
    for (claims, status, code) in cases {
        let refused = post(&web, "wu", &signed(PRIVATE, &claims));
        let said: Value = refused.json();
        assert_eq!(
            (refused.status, &said["code"]),
            (status, &json!(code)),
            "{said}"
        );
        assert_eq!(said["server_time"].is_i64(), code == "host_token_expired");
    }
    assert_eq!(
        post(&web, "wu", "a.b.c").json()["code"],
        "host_token_malformed"
    );
    assert_eq!(post(&web, "wu", &signed(PRIVATE, &good)).status, 200);
    let other = Claims {
        sub: "user-2".into(),
        ..good
    };
    let refused = post(&web, "wu", &signed(PRIVATE, &other));
    assert_eq!(
        (refused.status, &refused.json()["code"]),
        (403, &json!("account_other"))
    );
    let named = "/v1/op/host-apps/https%3A%2F%2Fbank.example%2Fapp";
    assert!(web.op("DELETE", named, None).json()["removed_at"].is_i64());
    let listed = web.op("GET", "/v1/op/host-apps", None).json();
    assert_eq!(listed["host_apps"][0]["added_by"], "operator");
    // Only the centre administers apps and reads accounts.
    let unit = json!({ "user": "lead", "roles": ["unit_lead"], "units": ["drainage"] });
    let made = web.op("POST", "/v1/op/tokens", Some(unit)).json();
    let token = made["token"].as_str().expect("a token");
    for path in ["/v1/op/host-apps", "/v1/op/cases/00/account"] {
        let asked = crate::tokens::op_as(&web, token, "GET", path, None);
        assert_eq!(asked.status, 403, "{path}");
    }
}
