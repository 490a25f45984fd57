//! One device cannot take the turns of all others.

use std::sync::mpsc;
use std::thread;

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
