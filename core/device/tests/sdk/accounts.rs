//! Citizens who are signed in in a host app, against a city that knows no accounts until it is told to.

use std::sync::Arc;

use crate::support::{City, device, report};
use gewu::{CancelToken, GewuError, SignInRequest};

fn never() -> CancelToken {
    CancelToken::new()
}

#[test]
fn a_server_that_knows_no_accounts_leaves_the_device_anonymous_and_the_app_is_told() {
    let city = Arc::new(City::new());
    let citizen = device(&city, "citizen");
    let server = citizen.gewu.whoami().unwrap().server;
    let refused = citizen.gewu.sign_in(&server, "a.b.c", &never());
    assert!(
        matches!(refused, Err(GewuError::TooOld { .. })),
        "{refused:?}"
    );
    assert_eq!(citizen.gewu.whoami().unwrap().account, None);
    // It is a citizen's as before.
    citizen.gewu.report(report()).unwrap();
    citizen.sync();
}

#[test]
fn what_is_asked_of_the_backend_needs_no_network_once_the_city_is_known() {
    let city = Arc::new(City::new());
    let citizen = device(&city, "citizen");
    let who = citizen.gewu.whoami().unwrap();
    let sent = city.state().sent.len();
    let asked = citizen.gewu.sign_in_request(&who.server, &never()).unwrap();
    let expected = SignInRequest {
        city: who.city,
        device: who.device,
    };
    assert_eq!(asked, expected);
    assert_eq!(city.state().sent.len(), sent);
    let elsewhere = citizen
        .gewu
        .sign_in_request("http://elsewhere.test", &never());
    assert!(matches!(elsewhere, Err(GewuError::NotPermitted { .. })));
    let empty = citizen.gewu.sign_in(&who.server, " ", &never());
    assert!(matches!(
        empty,
        Err(GewuError::InvalidInput { field: "token", .. })
    ));
    let long = citizen
        .gewu
        .sign_in(&who.server, &"x".repeat(9_000), &never());
    assert!(matches!(
        long,
        Err(GewuError::InvalidInput { field: "token", .. })
    ));
}

#[test]
fn a_member_of_staff_s_device_signs_nobody_in() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let server = wang.gewu.whoami().unwrap().server;
    let asked = wang.gewu.sign_in_request(&server, &never());
    assert!(matches!(asked, Err(GewuError::NotPermitted { .. })));
    let signed = wang.gewu.sign_in(&server, "a.b.c", &never());
    assert!(matches!(signed, Err(GewuError::NotPermitted { .. })));
}

#[test]
fn each_exchange_says_whether_reports_go_under_an_account_also_after_a_restart() {
    let city = Arc::new(City::new());
    let citizen = device(&city, "citizen");
    let tell = |account: Option<&'static str>| {
        let edit = move |response: &mut gewu_sync::wire::Response| {
            response.account = account.map(str::to_owned);
        };
        city.state().response = Some(Box::new(edit));
    };
    tell(Some("bank"));
    citizen.sync();
    let account = |device: &crate::support::Device| device.gewu.whoami().unwrap().account;
    assert_eq!(account(&citizen).as_deref(), Some("bank"));
    let citizen = citizen.reopen(&city);
    assert_eq!(account(&citizen).as_deref(), Some("bank"));
    // Restored from before the sign-in.
    tell(None);
    citizen.sync();
    assert_eq!(account(&citizen), None);
}
