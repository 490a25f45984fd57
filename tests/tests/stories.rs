//! What the simulator found once, each told on its own.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::sync::Arc;

use gewu::db::Synchronous;
use gewu_tests::disk::Fault;
use gewu_tests::sim::centre::Centre;
use gewu_tests::sim::host::WorldTime;
use gewu_tests::sim::network::{Link, SimNetwork};
use gewu_tests::sim::people::Person;
use gewu_tests::sim::phone::{Make, Phone};
use gewu_tests::sim::story::Story;

const YEAR_MS: i64 = 365 * 86_400_000;
const CITIZEN: Person = Person {
    name: "citizen",
    roles: &[],
    units: &[],
    duty: &[],
};

/// A citizen's phone and a server, nothing wrong yet.
fn phone() -> Phone {
    let time = WorldTime::default();
    let story = Arc::new(Story::new(time.clone(), false));
    let centre = Arc::new(Centre::open(time.clone(), 1).unwrap());
    let network = SimNetwork::new(centre, time.clone(), Arc::clone(&story), 1);
    let make = Make {
        time,
        story,
        link: Link::new("citizen", Arc::new(network)),
        seed: 1,
        synchronous: Synchronous::Full,
    };
    let mut phone = Phone::new(CITIZEN, make);
    assert!(phone.enrol(None));
    phone
}

#[test]
fn a_sync_whose_disk_failed_at_any_write_can_be_run_again_without_a_restart() {
    let mut failed = 0;
    for nth in 0..12 {
        let mut phone = phone();
        // The server says how wrong the clock is, and remembering that is a write as well.
        phone.clock.set_error(-10 * YEAR_MS);
        phone.disk().fail_write(nth, Fault::DiskFull);
        failed += u32::from(phone.sync(None).is_none());
        phone.end_accidents();
        let report = phone.sync(None).unwrap();
        assert!(report.exchanges > 0, "write {nth}: {report:?}");
    }
    assert!(failed > 2, "only {failed} writes of a sync failed");
}
