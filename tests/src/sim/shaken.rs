//! The server's machine while devices ask it: its power goes between any two steps of the database's disk,
//! and that disk refuses, fails and fills.
//!
//! What an operator asks for arrives at calm moments, so that each answer still tells what was decided.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gewu::host::{HttpRequest, HttpResponse};

use super::centre::Centre;
use super::coverage::{Mishap, Tally};
use super::network::Answer;
use super::story::Story;
use crate::disk::{Dice, Fault, SimDisk};

/// One request in so many meets something.
const SELDOM: u64 = 15;
/// How much room is left on a full disk, at most.
const LITTLE_ROOM: u64 = 40_000;
/// What a proxy says whose server is gone.
const BAD_GATEWAY: u16 = 502;

/// The server as devices reach it.
pub struct Shaken {
    centre: Arc<Centre>,
    dice: Mutex<Dice>,
    calm: AtomicBool,
    story: Arc<Story>,
    tally: Arc<Tally>,
    findings: Mutex<Vec<String>>,
}

impl Shaken {
    /// A machine whose troubles the seed decides.
    pub fn new(centre: Arc<Centre>, (story, tally): (Arc<Story>, Arc<Tally>), seed: u64) -> Self {
        Self {
            centre,
            dice: Mutex::new(Dice::new(seed)),
            calm: AtomicBool::new(false),
            story,
            tally,
            findings: Mutex::default(),
        }
    }

    /// Nothing more happens.
    pub fn rest(&self) {
        self.calm.store(true, Ordering::Relaxed);
    }

    /// What must not have happened.
    pub fn findings(&self) -> Vec<String> {
        std::mem::take(&mut lock(&self.findings))
    }

    /// Plans something, as long as nobody rests.
    fn plan(&self, disk: &SimDisk) -> Option<Mishap> {
        let mut dice = lock(&self.dice);
        if self.calm.load(Ordering::Relaxed) || !dice.one_in(SELDOM) {
            return None;
        }
        let steps = dice.below(60);
        Some(match dice.below(6) {
            0 => {
                disk.fail_write(steps / 8, Fault::Io);
                Mishap::ServerWriteFailed
            }
            1 => {
                disk.fail_sync(steps / 24);
                Mishap::ServerFlushFailed
            }
            2 => {
                disk.set_capacity(Some(disk.used() + dice.below(LITTLE_ROOM)));
                Mishap::ServerDiskFull
            }
            _ => {
                disk.crash_at(steps);
                Mishap::ServerCrash
            }
        })
    }

    /// The power comes back, perhaps to go once more while the server begins.
    fn begin_again(&self, disk: &SimDisk) {
        let mut dice = lock(&self.dice);
        self.centre.fall();
        // A machine that refuses uploads has a file in the place of their folder: with that no server begins.
        let taken = self.centre.refuse_uploads(false);
        taken.unwrap_or_else(|error| lock(&self.findings).push(error.to_string()));
        disk.reboot(&mut dice);
        if dice.one_in(3) {
            disk.crash_at(dice.below(30));
            if self.centre.restart().is_ok() && !disk.is_down() {
                disk.calm();
                return;
            }
            self.centre.fall();
            disk.reboot(&mut dice);
        }
        if let Err(error) = self.centre.restart() {
            lock(&self.findings).push(format!("the server begins no more: {error}"));
        }
    }

    fn meets(&self, mishap: Mishap) {
        self.tally.all_meet(mishap);
        self.story.tell("server", mishap.words());
    }
}

impl Answer for Shaken {
    fn answer(&self, request: &HttpRequest) -> HttpResponse {
        let Some(disk) = self.centre.disk() else {
            return self.centre.answer(request);
        };
        let planned = self.plan(&disk);
        let answer = self.centre.answer(request);
        let Some(mishap) = planned else { return answer };
        if disk.is_down() {
            // Whatever was said, the machine is off before it leaves.
            self.meets(mishap);
            self.begin_again(&disk);
            return HttpResponse {
                status: BAD_GATEWAY,
                headers: Vec::new(),
                body: Vec::new(),
            };
        }
        if disk.has_failed() || answer.status >= 500 {
            self.meets(mishap);
        }
        disk.calm();
        answer
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
