//! Sync may be stopped at any instant, on either side, and run again: nothing twice, nothing lost.

use std::time::{Duration, Instant};

use super::*;

#[test]
fn a_server_killed_during_syncs_has_everything_once_in_the_end() {
    let mut town = Town::new();
    let picture = photo("rubbish-before.jpg");
    let mut saved = Vec::new();
    let mut typical = Duration::from_millis(200);
    for round in 0..12_u32 {
        let words = report(&["--text", "垃圾未清", "--photo", &picture]);
        saved.push(town.device.ok(&words).unwrap());
        let start = Instant::now();
        let mut sync = town.device.spawn(&["sync"]).unwrap();
        if round == 0 {
            assert!(sync.wait().unwrap().success());
            typical = start.elapsed();
            continue;
        }
        std::thread::sleep(typical * round / 12);
        town.server.kill();
        sync.wait().unwrap();
        town.server.start_again().unwrap();
    }
    town.device.ok(&["sync"]).unwrap();
    let status = town.device.ok(&["status"]).unwrap();
    assert_eq!(status["synced"], true, "{status}");
    for one in &saved {
        let shown = town.server.op(&["show", text(one, "case")]).unwrap();
        let entries = shown["entries"].as_array().unwrap();
        assert_eq!(entries.len(), 1, "{shown}");
        assert_eq!(entries[0]["hash"], one["change"]);
        let media = shown["media"].as_array().unwrap();
        assert!(
            !media.is_empty() && media.iter().all(|one| one["present"] == true),
            "{shown}"
        );
    }
    let again = town.device.ok(&["sync"]).unwrap();
    assert_eq!(
        (&again["sent"], &again["received"]),
        (&0.into(), &0.into()),
        "{again}"
    );
}
