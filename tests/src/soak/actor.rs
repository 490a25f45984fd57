//! One person with a device, whose processes are killed.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::Child;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::disk::Dice;
use crate::process::Device;
use crate::sim::pictures::{large_picture, picture};

/// How long a process may live that is going to be killed. Saving takes some tens of milliseconds.
const MOMENT_MS: u64 = 400;

/// A save whose process had said so.
#[derive(Debug)]
pub(super) struct Saved {
    pub(super) case: String,
    pub(super) change: String,
    /// Words that no other save has.
    pub(super) marker: String,
    /// How many photos were handed in.
    pub(super) photos: usize,
    /// Whether its author had no right to it.
    pub(super) wrong: bool,
}

/// One person.
pub(super) struct Actor {
    pub(super) user: &'static str,
    pub(super) device: Device,
    pub(super) saved: Vec<Saved>,
    pub(super) killed_saving: u32,
    pub(super) killed_syncing: u32,
    pub(super) syncs: u32,
    place: (&'static str, &'static str),
    dice: Dice,
    number: u32,
}

impl Actor {
    pub(super) fn new(
        user: &'static str,
        device: Device,
        place: (&'static str, &'static str),
        dice: Dice,
    ) -> Self {
        Self {
            user,
            device,
            saved: Vec::new(),
            killed_saving: 0,
            killed_syncing: 0,
            syncs: 0,
            place,
            dice,
            number: 0,
        }
    }

    /// Does what people do until then.
    pub(super) fn live_until(&mut self, end: Instant) {
        while Instant::now() < end {
            let own = self.saved.iter().find(|saved| !saved.wrong).is_some();
            match self.dice.below(12) {
                0..=3 => self.report(),
                4 if own => self.remark(),
                5 if own => self.overstep(),
                _ => self.sync(),
            }
        }
    }

    fn marker(&mut self) -> String {
        self.number += 1;
        format!("{}-{} 井盖缺失", self.user, self.number)
    }

    fn report(&mut self) {
        let marker = self.marker();
        let count = usize::try_from(self.dice.below(3)).unwrap_or(0);
        let photos: Vec<String> = (0..count).filter_map(|_| self.photo()).collect();
        let (lon, lat) = self.place;
        let mut words = vec!["report", "--class", "01002", "--hold", "--text", &marker];
        words.extend(["--lon", lon, "--lat", lat]);
        for photo in &photos {
            words.extend(["--photo", photo]);
        }
        // A process that stays is always killed: before, during or after its save.
        self.save(&words, (marker.clone(), photos.len(), false), true);
    }

    fn photo(&mut self) -> Option<String> {
        let number = self.dice.next();
        let bytes = match self.dice.one_in(6) {
            true => large_picture(number, 300),
            false => picture(number),
        };
        let file: PathBuf = self.device.folder().with_extension(format!("{number}.png"));
        std::fs::write(&file, bytes).ok()?;
        file.to_str().map(str::to_owned)
    }

    /// Something about a case of one's own.
    fn remark(&mut self) {
        let marker = self.marker();
        let case = self.some_case();
        let words = ["note", &case, "--text", &marker];
        let killed = self.dice.one_in(3);
        self.save(&words, (marker.clone(), 0, false), killed);
    }

    /// Something that the server has to set aside.
    fn overstep(&mut self) {
        let marker = self.marker();
        let case = self.some_case();
        let words = ["handle", &case, "--unchecked", "--text", &marker];
        self.save(&words, (marker.clone(), 0, true), false);
    }

    fn some_case(&mut self) -> String {
        let cases: Vec<&Saved> = self.saved.iter().filter(|saved| !saved.wrong).collect();
        let at = self.dice.below(cases.len() as u64);
        cases[usize::try_from(at).unwrap_or(0)].case.clone()
    }

    fn save(&mut self, words: &[&str], about: (String, usize, bool), killed: bool) {
        let Ok(mut child) = self.device.spawn(words) else {
            return;
        };
        if killed {
            self.kill(&mut child);
            self.killed_saving += 1;
        }
        let (marker, photos, wrong) = about;
        let printed = lines(&mut child);
        let _ = child.wait();
        for line in printed.iter().filter(|line| line["saved"] == true) {
            let of = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
            self.saved.push(Saved {
                case: of("case"),
                change: of("change"),
                marker: marker.clone(),
                photos,
                wrong,
            });
        }
    }

    fn sync(&mut self) {
        self.syncs += 1;
        let Ok(mut child) = self.device.spawn(&["sync"]) else {
            return;
        };
        if self.dice.one_in(2) {
            self.kill(&mut child);
            self.killed_syncing += 1;
        }
        drop(lines(&mut child));
        let _ = child.wait();
    }

    fn kill(&mut self, child: &mut Child) {
        std::thread::sleep(Duration::from_millis(self.dice.below(MOMENT_MS)));
        let _ = child.kill();
    }

    /// Syncs to the end; whether nothing is owed then.
    pub(super) fn sync_whole(&self) -> bool {
        let synced = self.device.run(&["sync"]);
        let status = self.device.ok(&["status"]);
        synced.is_ok() && status.is_ok_and(|status| status["synced"] == true)
    }
}

/// What a process prints until it ends.
fn lines(child: &mut Child) -> Vec<Value> {
    let Some(out) = child.stdout.take() else {
        return Vec::new();
    };
    let lines = BufReader::new(out).lines().map_while(Result::ok);
    lines
        .filter_map(|line| serde_json::from_str(&line).ok())
        .collect()
}
