//! Requests that stand until there is news.

use std::time::{Duration, Instant};

use gewu_model::cbor;
use gewu_server::{Clock, CodeGrant, SystemClock};
use gewu_sync::wire::{Hint, HintQuery};

use crate::kit::Phone;
use crate::kit::web::{Answer, Web};

/// Longer than any of these tests lasts.
const LONG_S: u64 = 30;

fn inspector(web: &Web, user: &str, duty: &str) -> Phone {
    let grant = CodeGrant {
        user: user.into(),
        roles: vec!["inspector".into()],
        units: vec![],
        duty_grids: vec![duty.into()],
        reach: Default::default(),
        any_grid: true,
    };
    let (core, now) = (web.running().core(), SystemClock.now());
    let code = core.new_code(&grant, 1, now).expect("a code").code;
    let mut phone = Phone::enrol(core, Some(&code), user, now).expect("enrolled");
    phone.sync(core, now);
    phone
}

/// What the device of a phone would ask for.
fn asked(phone: &Phone, wait_s: u64) -> HintQuery {
    let lowest = phone.cursors.iter().map(|cursor| cursor.position).min();
    HintQuery {
        generation: phone.generation,
        after: lowest.expect("cursors"),
        wait_s,
    }
}

fn ask(web: &Web, phone: &Phone, query: HintQuery) -> Answer {
    web.signed(&phone.signer, "GET", &query.path(), &[], b"")
}

fn news(answer: &Answer) -> bool {
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/cbor"));
    cbor::from_slice::<Hint>(&answer.body).expect("a hint").news
}

#[test]
fn a_standing_request_is_answered_when_a_case_of_the_device_changes_and_not_for_others() {
    let web = Web::start();
    let (mut chen, wang) = (inspector(&web, "chen", "D1"), inspector(&web, "wang", "D1"));
    let far = inspector(&web, "far", "D9");
    std::thread::scope(|threads| {
        let near = threads.spawn(|| (ask(&web, &wang, asked(&wang, LONG_S)), Instant::now()));
        let other = threads.spawn(|| ask(&web, &far, asked(&far, 3)));
        std::thread::sleep(Duration::from_secs(1));
        chen.report("井盖缺失", vec![], SystemClock.now());
        let said = Instant::now();
        chen.sync(web.running().core(), SystemClock.now());
        let (answer, heard) = near.join().expect("no panic");
        assert!(news(&answer));
        assert!(heard.duration_since(said) < Duration::from_secs(5));
        assert!(!news(&other.join().expect("no panic")));
    });
}

#[test]
fn what_was_missed_meanwhile_is_told_at_once_and_nothing_when_all_was_read() {
    let web = Web::start();
    let (mut chen, mut wang) = (inspector(&web, "chen", "D1"), inspector(&web, "wang", "D1"));
    chen.report("井盖缺失", vec![], SystemClock.now());
    chen.sync(web.running().core(), SystemClock.now());
    assert!(news(&ask(&web, &wang, asked(&wang, LONG_S))));
    wang.sync(web.running().core(), SystemClock.now());
    assert!(!news(&ask(&web, &wang, asked(&wang, 0))));
    // What chen brought chen knows.
    assert!(!news(&ask(&web, &chen, asked(&chen, 0))));
    let another_life = HintQuery {
        generation: chen.generation + 1,
        ..asked(&chen, LONG_S)
    };
    assert!(news(&ask(&web, &chen, another_life)));
}

#[test]
fn a_device_that_waits_hears_at_once_that_it_is_to_be_cleared_retired_or_in_wrong_hands() {
    let web = Web::start();
    let core = web.running().core();
    let now = SystemClock.now();
    let ends: [&(dyn Fn(&Phone) -> bool + Sync); 3] = [
        &|phone| core.wipe(phone.key(), 3, now).is_ok(),
        &|phone| core.retire(phone.key(), now).is_ok(),
        &|phone| core.compromise(phone.key()).is_ok(),
    ];
    let phones = [("wang", "D1"), ("li", "D2"), ("sun", "D3")];
    for ((user, duty), end) in phones.into_iter().zip(ends) {
        let phone = inspector(&web, user, duty);
        std::thread::scope(|threads| {
            let standing = threads.spawn(|| ask(&web, &phone, asked(&phone, LONG_S)));
            std::thread::sleep(Duration::from_secs(1));
            let said = Instant::now();
            assert!(end(&phone), "{user}");
            assert!(news(&standing.join().expect("no panic")), "{user}");
            assert!(said.elapsed() < Duration::from_secs(5), "{user}");
        });
    }
}

#[test]
fn a_device_has_one_standing_request_and_gets_no_answer_sooner_than_others() {
    let web = Web::start();
    let wang = inspector(&web, "wang", "D1");
    let begun = Instant::now();
    std::thread::scope(|threads| {
        let old = threads.spawn(|| ask(&web, &wang, asked(&wang, LONG_S)));
        std::thread::sleep(Duration::from_millis(700));
        assert!(!news(&ask(&web, &wang, asked(&wang, 0))));
        assert!(!news(&old.join().expect("no panic")));
    });
    let taken = begun.elapsed();
    assert!(taken >= Duration::from_millis(1_200) && taken < Duration::from_secs(10));
}

#[test]
fn a_server_that_stops_does_not_wait_for_standing_requests() {
    let mut web = Web::start();
    let wang = inspector(&web, "wang", "D1");
    let (addr, query) = (web.addr(), asked(&wang, LONG_S));
    let path = query.path();
    let headers = gewu_sync::auth::sign(&wang.signer, "GET", &path, b"", SystemClock.now());
    let standing = std::thread::spawn(move || {
        let mut head = format!("GET {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n");
        for (name, value) in headers.expect("signed") {
            head += &format!("{name}: {value}\r\n");
        }
        crate::kit::web::raw_to(addr, format!("{head}\r\n").as_bytes())
    });
    std::thread::sleep(Duration::from_secs(1));
    let begun = Instant::now();
    web.stop();
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert!(!news(&standing.join().expect("no panic")));
}

#[test]
fn strangers_and_half_a_question_are_refused() {
    let web = Web::start();
    let wang = inspector(&web, "wang", "D1");
    let path = asked(&wang, 0).path();
    assert_eq!(web.send("GET", &path, &[], b"").status, 401);
    let half = web.signed(&wang.signer, "GET", "/v1/hints?after=1", &[], b"");
    assert_eq!(half.status, 400);
}
