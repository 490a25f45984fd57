//! Upgrades that are killed: real processes, from the oldest schema to the newest, and what they leave
//! goes on to what an undisturbed upgrade makes.

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use gewu_tests::disk::Dice;
use gewu_tests::frozen::Side;
use gewu_tests::process::binary;

use super::{all, rows, server, thawed, version};

/// So many upgrades must have been met between the oldest and the newest schema.
const IN_BETWEEN: u32 = 4;
/// So often it is tried at most, and at least.
const TRIES: std::ops::Range<u32> = 20..300;

/// What two undisturbed upgrades do not have in common: how often the device was opened, and the signed
/// moment at which the server published the map that comes with it.
const APART: &[&str] = &["VALUES ('opens', ", "VALUES ('grid', 'grid"];

/// Upgrades a folder undisturbed, by a process.
type Upgrade = fn(&Path);

/// Kills upgrades at random moments and finishes them; each must end as one that was left alone.
fn end_alike(side: Side, start: fn(&Path) -> Command, finish: Upgrade) {
    let mut frozen = all(side);
    let (oldest, newest) = (frozen.remove(0), frozen.pop().unwrap().version);
    let folder = thawed(&oldest);
    let begun = Instant::now();
    finish(folder.path());
    let span = begun.elapsed();
    let undisturbed = rows(folder.path(), APART);
    assert_eq!(version(folder.path()), newest);

    let mut dice = Dice::new(35);
    let (mut killed, mut between) = (0, 0);
    for tried in 1..TRIES.end {
        let folder = thawed(&oldest);
        let micros = u64::try_from(span.as_micros()).unwrap();
        let moment = Duration::from_micros(dice.below(micros));
        killed += u32::from(kill_after(&mut start(folder.path()), moment));
        between += u32::from((2..newest).contains(&version(folder.path())));
        finish(folder.path());
        assert_eq!(version(folder.path()), newest, "try {tried}");
        let found = rows(folder.path(), APART);
        let other = found
            .iter()
            .zip(&undisturbed)
            .find(|(one, other)| one != other);
        assert_eq!(other, None, "try {tried}");
        assert_eq!(found.len(), undisturbed.len(), "try {tried}");
        if between >= IN_BETWEEN && tried >= TRIES.start {
            println!("{tried} upgrades, {killed} killed, {between} between two schemas");
            return;
        }
    }
    panic!("only {between} of {killed} blows met an upgrade between two schemas");
}

/// Whether the process still lived.
fn kill_after(command: &mut Command, moment: Duration) -> bool {
    let mut child = command.spawn().unwrap();
    std::thread::sleep(moment);
    child.kill().unwrap();
    child.wait().unwrap().signal() == Some(9)
}

fn status_of(folder: &Path) -> Command {
    let mut command = Command::new(binary());
    command
        .args(["--json", "status", "--dir"])
        .arg(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    command
}

#[test]
fn a_phone_whose_upgrade_is_killed_ends_like_one_that_was_left_alone() {
    end_alike(Side::Device, status_of, |folder| {
        assert!(status_of(folder).status().unwrap().success());
    });
}

#[test]
fn a_server_whose_upgrade_is_killed_ends_like_one_that_was_left_alone() {
    let start = |folder: &Path| server::serve(folder, &folder.join("ready"));
    end_alike(Side::Server, start, |folder| {
        let ready = folder.join("ready");
        let _ = std::fs::remove_file(&ready);
        let mut child = server::serve(folder, &ready).spawn().unwrap();
        let begun = Instant::now();
        while !ready.exists() {
            assert!(
                begun.elapsed() < Duration::from_secs(30),
                "not ready in time"
            );
            assert!(child.try_wait().unwrap().is_none(), "the server ended");
            std::thread::sleep(Duration::from_millis(5));
        }
        child.kill().unwrap();
        child.wait().unwrap();
    });
}
