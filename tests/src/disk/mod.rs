//! A disk in memory that tears writes, fills up, fails, and forgets what was not flushed.
//!
//! It carries a device's whole folder: the SQLite file through a VFS of its own
//! ([`SimDisk::vfs_name`]) and the photos through [`gewu::files::Files`] ([`SimDisk::files`]), so
//! that one crash hits both at the same moment.
//!
//! # The model
//! - A write is seen by every reader at once and is on the medium after a flush of its file.
//! - A created, renamed or removed name is on the medium after a flush of the names. SQLite
//!   flushes the folder with the first flush of a file that it made, and so does this disk.
//! - When the power goes ([`SimDisk::crash`], [`SimDisk::reboot`]), the medium has of the rest:
//!   all, nothing, the first few or any of the writes to each file, the last of them perhaps torn
//!   between sectors of 512 bytes; and the first few of the changed names. Bytes that no write
//!   touched stay as they were.
//! - When only the process dies ([`SimDisk::kill`]) nothing is lost.
//! - After either, files that the old process holds open fail for ever.
//! - A file has one lock and there is no shared memory: the database must be opened exclusively
//!   ([`gewu::db::OpenOptions::on_vfs`]).
//!
//! The seed and the calls decide everything that happens. (SQLite draws the salts of its log from
//! a generator of the process; they change bytes, never what happens.)

mod dice;
mod files;
mod inode;
mod names;
mod state;
mod vfs;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gewu_model::time::Millis;

pub use dice::Dice;
pub use files::SimFiles;
use state::State;
use vfs::Registration;

/// How an operation fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// No room (ENOSPC).
    DiskFull,
    /// The medium failed (EIO).
    Io,
    /// The machine is off, or the process that opened the file is dead.
    PowerOff,
}

/// One thing that was done to the disk and did not fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The file's name at that moment; empty for [`What::SyncNames`].
    pub path: String,
    /// What was done.
    pub what: What,
}

/// What a [`Step`] did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Made the file.
    Create,
    /// Wrote into it.
    Write {
        /// From this byte on.
        offset: u64,
        /// So many bytes.
        len: usize,
    },
    /// Gave it this length.
    Truncate(u64),
    /// Flushed its content.
    Sync,
    /// Gave it this name.
    Rename(String),
    /// Took its name away.
    Remove,
    /// Flushed all names.
    SyncNames,
}

/// A disk. Clones are the same disk.
#[derive(Debug, Clone)]
pub struct SimDisk {
    state: Arc<Mutex<State>>,
    registration: Arc<Registration>,
}

impl SimDisk {
    /// An empty disk, registered with SQLite under a name of its own.
    pub fn new(seed: u64) -> Self {
        let state = Arc::new(Mutex::new(State::new(seed)));
        let registration = Arc::new(Registration::new(&state));
        Self {
            state,
            registration,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The name to open a database with.
    pub fn vfs_name(&self) -> &str {
        self.registration.name()
    }

    /// The files as the process that runs now sees them. After a crash the new process needs a
    /// new one.
    pub fn files(&self) -> SimFiles {
        let boot = self.lock().boot;
        SimFiles::new(Arc::clone(&self.state), boot)
    }

    /// What SQLite believes the time to be.
    pub fn set_now(&self, now: Millis) {
        self.lock().now = now.0;
    }

    /// The power goes after `steps` more writes, truncations, flushes, creations, renames and
    /// removals: from then on everything fails until [`SimDisk::reboot`].
    pub fn crash_at(&self, steps: u64) {
        self.lock().until_crash = Some(steps);
    }

    /// The power goes now.
    pub fn power_off(&self) {
        self.lock().down = true;
    }

    /// Whether the power is gone.
    pub fn is_down(&self) -> bool {
        self.lock().down
    }

    /// The power comes back; `dice` decides what the medium has of what was not flushed.
    pub fn reboot(&self, dice: &mut Dice) {
        self.lock().lose_power(dice);
    }

    /// The power goes and comes back.
    pub fn crash(&self, dice: &mut Dice) {
        self.power_off();
        self.reboot(dice);
    }

    /// The process dies, the machine does not: its open files fail from now on, nothing is lost.
    pub fn kill(&self) {
        self.lock().restart();
    }

    /// The `nth` write from now (0 is the next) fails once.
    pub fn fail_write(&self, nth: u64, fault: Fault) {
        self.lock().failing_write = Some((nth, fault));
    }

    /// The `nth` flush of a file from now (0 is the next) fails once and flushes nothing.
    pub fn fail_sync(&self, nth: u64) {
        self.lock().failing_sync = Some(nth);
    }

    /// Whether a planned failure of a write or a flush has happened since the disk was calm.
    pub fn has_failed(&self) -> bool {
        self.lock().failed
    }

    /// Nothing that was planned to go wrong does: no crash, no failing write or flush, no bound.
    pub fn calm(&self) {
        let mut state = self.lock();
        state.until_crash = None;
        state.failing_write = None;
        state.failing_sync = None;
        state.failed = false;
        state.capacity = None;
    }

    /// Bounds what all files together may hold; `None` lifts the bound.
    pub fn set_capacity(&self, bytes: Option<u64>) {
        self.lock().capacity = bytes;
    }

    /// What all files together hold now, in bytes.
    pub fn used(&self) -> u64 {
        self.lock().used()
    }

    /// How many steps have changed the disk since it was made.
    pub fn steps(&self) -> u64 {
        self.lock().steps
    }

    /// Begins to write down what is done.
    pub fn record(&self) {
        self.lock().record = Some(Vec::new());
    }

    /// What was done since [`SimDisk::record`] or the last call of this.
    pub fn take_record(&self) -> Vec<Step> {
        self.lock()
            .record
            .as_mut()
            .map(std::mem::take)
            .unwrap_or_default()
    }
}
