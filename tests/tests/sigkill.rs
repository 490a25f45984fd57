//! SIGKILL at random moments of saving and syncing: what a process said was saved is found again,
//! on the device and then at the server, once.
//!
//! Real processes, a real server, real files. The moments are drawn from a seed; where they fall in
//! the work depends on the machine, which is the point.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::Child;
use std::time::{Duration, Instant};

use gewu_tests::disk::Dice;
use gewu_tests::process::{Device, Server};
use gewu_tests::sim::pictures::picture;
use serde_json::Value;

const KILLS_WHILE_SAVING: u32 = 35;
const KILLS_WHILE_SYNCING: u32 = 20;
/// A sync may end before the blow; so often it is tried at most.
const SYNC_ATTEMPTS: u32 = 120;

/// A save that returned: its change and what was written in it.
struct Saved {
    case: String,
    change: String,
}

struct Victim {
    folder: PathBuf,
    device: Device,
    dice: Dice,
    saved: BTreeMap<String, Saved>,
    reports: u32,
    kills: u32,
}

/// Kills the process after `delay`; whether it was still alive, and the lines it had printed.
fn kill_after(mut child: Child, delay: Duration) -> (bool, Vec<Value>) {
    std::thread::sleep(delay);
    child.kill().unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    let lines = out
        .lines()
        .map(|line| serde_json::from_str(&line.unwrap()).unwrap())
        .collect();
    let status = child.wait().unwrap();
    (status.signal() == Some(9), lines)
}

impl Victim {
    fn report(&mut self, hold: bool) -> (Child, String) {
        self.reports += 1;
        let text = format!("report-{} 井盖缺失", self.reports);
        let photo = self.folder.join(format!("{}.png", self.reports));
        std::fs::write(&photo, picture(self.reports.into())).unwrap();
        let mut words = vec!["report", "--class", "01002", "--lon", "123.422729"];
        words.extend(["--lat", "41.7999616", "--text", &text]);
        words.extend(["--photo", photo.to_str().unwrap()]);
        words.extend(hold.then_some("--hold"));
        (self.device.spawn(&words).unwrap(), text)
    }

    fn remember(&mut self, text: String, lines: &[Value]) {
        for line in lines.iter().filter(|line| line["saved"] == true) {
            let of = |name: &str| line[name].as_str().unwrap().to_owned();
            let saved = Saved {
                case: of("case"),
                change: of("change"),
            };
            self.saved.insert(text.clone(), saved);
        }
    }

    /// Saves once undisturbed, and says how long that took.
    fn save(&mut self) -> Duration {
        let start = Instant::now();
        let (child, text) = self.report(false);
        let output = child.wait_with_output().unwrap();
        let spent = start.elapsed();
        assert!(output.status.success(), "{output:?}");
        let line: Value = serde_json::from_slice(&output.stdout).unwrap();
        self.remember(text, &[line]);
        spent
    }

    /// The process stays after the save, so that every blow meets a living one: before, during or
    /// just after. Whether the save had returned.
    fn kill_while_saving(&mut self, within: Duration) -> bool {
        let moment = self.moment(within);
        let (child, text) = self.report(true);
        let (alive, lines) = kill_after(child, moment);
        assert!(alive, "a process that was told to stay ended by itself");
        self.kills += 1;
        self.remember(text, &lines);
        !lines.is_empty()
    }

    /// Whether the process was still at it.
    fn kill_while_syncing(&mut self, within: Duration) -> bool {
        let moment = self.moment(within);
        let child = self.device.spawn(&["sync"]).unwrap();
        let (alive, _) = kill_after(child, moment);
        self.kills += u32::from(alive);
        alive
    }

    fn moment(&mut self, within: Duration) -> Duration {
        let micros = u64::try_from(within.as_micros()).unwrap();
        Duration::from_micros(self.dice.below(micros))
    }

    /// Every returned save is on the device, once.
    fn check_device(&self) {
        let listed = self.device.lines(&["list", "--limit", "1000"]).unwrap();
        for (text, saved) in &self.saved {
            let rows = listed.iter().filter(|row| row["case"] == *saved.case);
            assert_eq!(rows.count(), 1, "{text} on the device");
        }
        let some = self.saved.iter().step_by(7);
        for (text, saved) in some {
            let shown = self.device.ok(&["show", &saved.case]).unwrap();
            check_entries(text, saved, &shown);
        }
    }

    /// Every returned save is at the server with its picture, and nothing is there twice.
    fn check_server(&self, server: &Server) {
        let status = server.op(&["status"]).unwrap();
        assert_eq!(status["media"]["missing"], 0, "{status}");
        let listed = server.op_lines(&["list", "--limit", "1000"]).unwrap();
        let mut found: BTreeMap<String, Value> = BTreeMap::new();
        for row in &listed {
            let shown = server.op(&["show", row["case"].as_str().unwrap()]).unwrap();
            let entries = shown["entries"].as_array().unwrap();
            assert_eq!(entries.len(), 1, "{shown}");
            assert_eq!(shown["media"].as_array().unwrap().len(), 2, "{shown}");
            let texts = entries[0]["texts"].as_object().unwrap();
            let text = texts.values().next().unwrap().as_str().unwrap();
            let before = found.insert(text.to_owned(), shown.clone());
            assert!(before.is_none(), "{text} is there twice");
        }
        for (text, saved) in &self.saved {
            let shown = found.get(text).unwrap_or_else(|| panic!("{text} was lost"));
            assert_eq!(shown["case"], *saved.case, "{text}");
            check_entries(text, saved, shown);
        }
    }
}

/// The case has exactly the saved entry, under its name and with its text.
fn check_entries(text: &str, saved: &Saved, shown: &Value) {
    let entries = shown["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 1, "{text}: {shown}");
    assert_eq!(entries[0]["hash"], *saved.change, "{text}");
    let texts = entries[0]["texts"].as_object().unwrap();
    assert!(texts.values().any(|found| found == text), "{text}: {shown}");
}

#[test]
fn every_returned_save_is_found_again_after_fifty_kills() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder.path().join("server")).unwrap();
    let device = server
        .inspector(&folder.path().join("device"), "chen")
        .unwrap();
    let mut victim = Victim {
        folder: folder.path().to_owned(),
        device,
        dice: Dice::new(7),
        saved: BTreeMap::new(),
        reports: 0,
        kills: 0,
    };
    save_under_blows(&mut victim);
    victim.check_device();
    sync_under_blows(&mut victim);
    victim.check_device();
    victim.device.ok(&["sync"]).unwrap();
    let status = victim.device.ok(&["status"]).unwrap();
    assert_eq!(status["synced"], true, "{status}");
    victim.check_server(&server);
    assert!(victim.kills >= 50, "{} kills", victim.kills);
}

/// The blows follow the machine's pace, so that some come before the save returned and some after.
fn save_under_blows(victim: &mut Victim) {
    let mut within = victim.save() * 2;
    let (mut before, mut after) = (0, 0);
    while before + after < KILLS_WHILE_SAVING || before < 5 || after < 5 {
        if victim.kill_while_saving(within) {
            after += 1;
            within = within * 9 / 10;
        } else {
            before += 1;
            within = within * 11 / 10;
        }
        assert!(before + after < 200, "{before} before, {after} after");
    }
}

fn sync_under_blows(victim: &mut Victim) {
    // The first sync carries all that was saved so far; what one report takes is typical.
    victim.device.ok(&["sync"]).unwrap();
    victim.save();
    let start = Instant::now();
    victim.device.ok(&["sync"]).unwrap();
    let mut within = start.elapsed();
    let mut killed = 0;
    for _ in 0..SYNC_ATTEMPTS {
        victim.save();
        if victim.kill_while_syncing(within) {
            killed += 1;
            within = within * 11 / 10;
        } else {
            within = within * 8 / 10;
        }
        if killed == KILLS_WHILE_SYNCING {
            return;
        }
    }
    panic!("only {killed} blows met a sync");
}
