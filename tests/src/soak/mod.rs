//! Real processes under blows: `gewu serve`, a device process for each command, and between them a
//! network that misbehaves; both sides are killed at random moments, for minutes.
//!
//! Three inspectors report, remark, sync, and now and then try what they must not. When the time is over
//! the faults end, everybody syncs, and then every save whose process had printed it is looked for: at the
//! server, with its text and every photo under its right hash, or named as set aside on its device and at
//! the server. The moments are drawn from a seed; where they fall in the work depends on the machine.

mod actor;
mod judge;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::disk::Dice;
use crate::process::{Device, Server};
use crate::proxy::Proxy;

use actor::Actor;

/// Who takes part, with the duty grid and a place in it.
const CAST: [(&str, &str, &str, &str); 3] = [
    ("chen", "990101Z01", "123.422729", "41.7999616"),
    ("wang", "990101Z02", "123.4261173", "41.7963117"),
    ("zhou", "990101Z01", "123.422729", "41.7999616"),
];
/// How long the server lives between two blows, at most.
const SERVER_LIVES_MS: u64 = 6_000;
/// How often everybody may sync when the faults are over.
const ROUNDS: usize = 12;

/// What a soak came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// How long the faults went on.
    pub lasted: Duration,
    /// Saves that returned.
    pub saves: usize,
    /// Those whose entry the server accepted.
    pub accepted: usize,
    /// Those that are named as set aside, by reason.
    pub set_aside: BTreeMap<String, usize>,
    /// Photos and small pictures that are at the server under the right hash.
    pub files: usize,
    /// Device processes that were killed while they saved.
    pub killed_saving: u32,
    /// Device processes that were killed while they synced.
    pub killed_syncing: u32,
    /// How often the server was killed.
    pub server_kills: u32,
    /// Syncs that were begun.
    pub syncs: u32,
    /// What the network did, and how often.
    pub met: BTreeMap<&'static str, u32>,
    /// What must not be. Empty when all is well.
    pub findings: Vec<String>,
}

impl Outcome {
    /// How often the network did anything but carry.
    pub fn faults(&self) -> u32 {
        let faults = self.met.iter().filter(|(name, _)| **name != "none");
        faults.map(|(_, times)| times).sum()
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut row = |name: &str, value: String| writeln!(f, "| {name} | {value} |");
        row("what", "how many".to_owned())?;
        row("--", "--".to_owned())?;
        row("seconds under faults", self.lasted.as_secs().to_string())?;
        row("saves that returned", self.saves.to_string())?;
        row("of these accepted by the server", self.accepted.to_string())?;
        let aside: usize = self.set_aside.values().sum();
        row(
            "of these named as set aside",
            format!("{aside} {:?}", self.set_aside),
        )?;
        row(
            "files at the server by the right hash",
            self.files.to_string(),
        )?;
        row(
            "device processes killed while saving",
            self.killed_saving.to_string(),
        )?;
        row(
            "device processes killed while syncing",
            self.killed_syncing.to_string(),
        )?;
        row("server killed", self.server_kills.to_string())?;
        row("syncs begun", self.syncs.to_string())?;
        row(
            "faults of the network",
            format!("{} {:?}", self.faults(), self.met),
        )?;
        row("lost, doubled or damaged", self.findings.len().to_string())
    }
}

/// Soaks for `time`, in `folder`.
///
/// # Errors
/// When server or devices cannot be set up, in words.
pub fn soak(folder: &Path, time: Duration, seed: u64) -> Result<Outcome, String> {
    let words = |error: std::io::Error| error.to_string();
    let server = Server::start(&folder.join("server")).map_err(words)?;
    let mut actors = Vec::new();
    let mut proxies = Vec::new();
    for (number, (user, grid, lon, lat)) in CAST.iter().enumerate() {
        let seed = seed.wrapping_mul(31).wrapping_add(number as u64);
        let proxy = Proxy::start(server.url(), seed).map_err(words)?;
        let code = server.code(user, "inspector", &["--duty-grid", grid])?;
        let device = Device::new(&folder.join(user));
        device.ok(&["enroll", "--server", &proxy.url(), "--code", &code])?;
        device.ok(&["sync"])?;
        actors.push(Actor::new(user, device, (lon, lat), Dice::new(seed)));
        proxies.push(proxy);
    }
    let server = Mutex::new(server);
    let begun = Instant::now();
    proxies.iter().for_each(|proxy| proxy.misbehave(true));
    let end = begun + time;
    let server_kills = thread::scope(|scope| {
        for actor in &mut actors {
            scope.spawn(move || actor.live_until(end));
        }
        blows(&server, end, Dice::new(seed ^ 0x50AC))
    })?;
    let lasted = begun.elapsed();
    proxies.iter().for_each(|proxy| proxy.misbehave(false));
    let mut met = BTreeMap::new();
    for (fault, times) in proxies.iter().flat_map(Proxy::met) {
        *met.entry(fault).or_default() += times;
    }
    let server = server.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut outcome = Outcome {
        lasted,
        server_kills,
        met,
        ..Outcome::default()
    };
    settle(&actors, &mut outcome);
    judge::judge(&server, folder, &actors, &mut outcome)?;
    Ok(outcome)
}

/// Kills the server again and again and starts it again; how often.
fn blows(server: &Mutex<Server>, end: Instant, mut dice: Dice) -> Result<u32, String> {
    let mut kills = 0;
    while Instant::now() < end {
        let pause = Duration::from_millis(200 + dice.below(SERVER_LIVES_MS));
        thread::sleep(pause.min(end.saturating_duration_since(Instant::now())));
        let mut server = server.lock().unwrap_or_else(PoisonError::into_inner);
        server.kill();
        kills += 1;
        thread::sleep(Duration::from_millis(dice.below(300)));
        server.start_again().map_err(|error| error.to_string())?;
    }
    Ok(kills)
}

/// The faults are over: everybody syncs until nothing is owed, and nobody helps.
fn settle(actors: &[Actor], outcome: &mut Outcome) {
    for actor in actors {
        let synced = (0..ROUNDS).any(|_| actor.sync_whole());
        if !synced {
            let user = actor.user;
            outcome
                .findings
                .push(format!("{user} still owes something after {ROUNDS} syncs"));
        }
    }
}
