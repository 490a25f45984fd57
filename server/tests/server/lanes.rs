//! One device cannot take the turns of all others.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Instant;

use gewu_model::cbor;
use gewu_server::{Clock, SystemClock};

use crate::kit::web::Web;
use crate::kit::{Phone, signer};

const CBOR: (&str, &str) = ("content-type", "application/cbor");

/// The store's writer is held from outside, so that what was let in stays under way.
#[test]
fn a_device_that_sends_many_exchanges_at_once_is_told_to_wait() {
    let web = Web::start();
    let now = SystemClock.now();
    let enrol = |name| Phone::enrol(web.running().core(), None, name, now).expect("enrolled");
    let (mut ci, mut di) = (enrol("ci"), enrol("di"));
    ci.report("井盖缺失", vec![], now);
    di.report("路灯不亮", vec![], now);
    let bodies = [cbor::to_vec(&ci.request()), cbor::to_vec(&di.request())];
    let writer = rusqlite::Connection::open(web.dir.path().join("gewu.db")).expect("the database");
    writer.execute_batch("BEGIN IMMEDIATE").expect("held");
    let (answered, answers) = mpsc::channel();
    thread::scope(|scope| {
        let send = |name: &'static str, body| {
            let (answered, web) = (answered.clone(), &web);
            scope.spawn(move || {
                let own = signer(name, 0);
                let answer = web.signed(&own, "POST", "/v1/sync", &[CBOR], body);
                let _ = answered.send((name, answer));
            });
        };
        for _ in 0..8 {
            send("ci", &bodies[0]);
        }
        for _ in 0..5 {
            let (_, answer) = answers.recv().expect("an answer");
            assert_eq!(answer.status, 429);
            assert_eq!(answer.header("retry-after"), Some("2"));
        }
        // Another device is let in beside it.
        send("di", &bodies[1]);
        writer.execute_batch("COMMIT").expect("let go");
        let mut passed: Vec<_> = (0..4)
            .map(|_| answers.recv().expect("an answer"))
            .map(|(name, answer)| (name, answer.status))
            .collect();
        passed.sort_unstable();
        assert_eq!(passed, [("ci", 200), ("ci", 200), ("ci", 200), ("di", 200)]);
    });
}

/// Everybody else is answered while one device sends on many connections whatever it is told.
#[test]
fn a_device_that_sends_without_pause_holds_up_nobody() {
    let web = Web::start();
    let now = SystemClock.now();
    let enrol = |name: &str| Phone::enrol(web.running().core(), None, name, now).expect("enrolled");
    let mut flooding = enrol("ci");
    flooding.report("井盖缺失", vec![], now);
    let flood = cbor::to_vec(&flooding.request());
    let names: Vec<String> = (0..40).map(|number| format!("citizen-{number}")).collect();
    let bodies: Vec<Vec<u8>> = names
        .iter()
        .map(|name| {
            let mut phone = enrol(name);
            phone.report("路灯不亮", vec![], now);
            cbor::to_vec(&phone.request())
        })
        .collect();
    let (over, begun) = (AtomicBool::new(false), Instant::now());
    let send = |name: &str, body: &[u8]| {
        let own = signer(name, 0);
        web.signed(&own, "POST", "/v1/sync", &[CBOR], body).status
    };
    let (good, flooded) = thread::scope(|scope| {
        let mut told: BTreeMap<u16, usize> = BTreeMap::new();
        let pour = || {
            let mut told: BTreeMap<u16, usize> = BTreeMap::new();
            while !over.load(Ordering::Relaxed) {
                *told.entry(send("ci", &flood)).or_default() += 1;
            }
            told
        };
        let floods: Vec<_> = (0..8).map(|_| scope.spawn(pour)).collect();
        let answered = names
            .iter()
            .zip(&bodies)
            .map(|(name, body)| send(name, body));
        let good: Vec<u16> = answered.collect();
        over.store(true, Ordering::Relaxed);
        for flood in floods {
            for (status, count) in flood.join().expect("it ran") {
                *told.entry(status).or_default() += count;
            }
        }
        (good, told)
    });
    assert_eq!(good, [200; 40]);
    assert!(
        flooded.keys().all(|status| [200, 429].contains(status)),
        "{flooded:?}"
    );
    let sent_away = flooded.get(&429).copied().unwrap_or(0);
    assert!(sent_away > 0, "{flooded:?}");
    let most = 8 * (begun.elapsed().as_secs() + 1);
    assert!(
        sent_away as u64 <= most,
        "each of its connections waits a second to be sent away: {sent_away} > {most}"
    );
}
