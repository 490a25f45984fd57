//! A device that keeps itself synced, as people run it: `gewu sync --watch` in a process of its own.

use std::io::{BufRead, BufReader};
use std::process::Child;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use super::*;

/// Longer than any wait between attempts.
const PATIENCE: Duration = Duration::from_secs(150);

/// The process, and each sync that it tells of.
struct Watch {
    child: Child,
    told: Receiver<Value>,
}

impl Watch {
    fn start(device: &Device) -> Self {
        let mut child = device.spawn(&["sync", "--watch"]).unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (tell, told) = channel();
        std::thread::spawn(move || {
            let told = lines.map_while(Result::ok);
            let read = told.map(|line| serde_json::from_str(&line).unwrap_or(Value::Null));
            read.take_while(|value| tell.send(value.clone()).is_ok())
                .for_each(drop);
        });
        Self { child, told }
    }

    /// Waits for syncs until this many of what `name` counts were told.
    fn until(&self, name: &str, wanted: u64) {
        let (begun, mut sum) = (Instant::now(), 0);
        while sum < wanted {
            let left = PATIENCE.saturating_sub(begun.elapsed());
            let told = self.told.recv_timeout(left);
            let told = told.unwrap_or_else(|_| panic!("{sum} of {wanted} {name}"));
            sum += told[name].as_u64().unwrap();
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_device_that_watches_sends_what_is_owed_and_brings_what_the_server_has() {
    let town = Town::new();
    let wang = town.server.inspector(&town.path("wang"), "wang").unwrap();
    town.device.ok(&report(&["--text", "井盖缺失"])).unwrap();
    let watch = Watch::start(&town.device);
    watch.until("accepted", 2);
    for text in ["路灯不亮", "垃圾堆积"] {
        wang.ok(&report(&["--text", text])).unwrap();
        wang.ok(&["sync"]).unwrap();
        watch.until("received", 2);
    }
    drop(watch);
    assert_eq!(town.device.lines(&["list"]).unwrap().len(), 3);
}

/// It has the folder for itself, and says so to whoever comes.
#[test]
fn a_device_that_watches_outlives_its_server_and_its_death_holds_up_nobody() {
    let mut town = Town::new();
    let wang = town.server.inspector(&town.path("wang"), "wang").unwrap();
    let mut watch = Watch::start(&town.device);
    watch.told.recv_timeout(PATIENCE).unwrap();
    let beside = town.device.run(&["status"]).unwrap();
    assert_eq!(beside.code, Some(1), "{beside:?}");
    assert!(
        beside.err.contains("another client of this folder"),
        "{beside:?}"
    );
    town.server.kill();
    wang.ok(&report(&["--text", "井盖缺失"])).unwrap();
    // It tries, and waits longer each time.
    std::thread::sleep(Duration::from_secs(6));
    assert!(watch.child.try_wait().unwrap().is_none(), "it gave up");
    town.server.start_again().unwrap();
    wang.ok(&["sync"]).unwrap();
    watch.until("received", 2);

    watch.child.kill().unwrap();
    watch.child.wait().unwrap();
    town.device.ok(&report(&["--text", "路灯不亮"])).unwrap();
    Watch::start(&town.device).until("accepted", 2);
    let status = town.device.ok(&["status"]).unwrap();
    assert_eq!(status["synced"], true, "{status}");
}
