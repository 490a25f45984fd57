//! What befalls a phone.

use gewu::GewuError;

use super::{Between, Phone};
use crate::disk::Fault;
use crate::sim::coverage::Mishap;

/// How much room other things leave on a full disk, at most.
const LITTLE_ROOM: u64 = 60_000;
/// Makes the newest schema the one of two versions before: that lacks what was kept of the last syncs, and
/// knows a pack by its digest alone.
const TWO_VERSIONS_BACK: &str = "
    CREATE TABLE packs_old (digest BLOB PRIMARY KEY NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
        version INTEGER NOT NULL, header BLOB, active INTEGER NOT NULL, bytes INTEGER NOT NULL,
        audience TEXT, body BLOB, spare_since INTEGER) STRICT;
    INSERT OR IGNORE INTO packs_old SELECT digest, kind, name, version, header, active, bytes,
        audience, body, spare_since FROM packs;
    DROP TABLE packs;
    ALTER TABLE packs_old RENAME TO packs;
    CREATE TABLE pack_faults_old (digest BLOB PRIMARY KEY NOT NULL, tries INTEGER NOT NULL,
        cuts INTEGER NOT NULL, retry_at INTEGER, app TEXT NOT NULL) STRICT, WITHOUT ROWID;
    INSERT OR IGNORE INTO pack_faults_old SELECT digest, tries, cuts, retry_at, app FROM pack_faults;
    DROP TABLE pack_faults;
    ALTER TABLE pack_faults_old RENAME TO pack_faults;
    DROP TABLE syncs;
    PRAGMA user_version = 10;";

/// What a device says when a commit failed while its log was flushed (SQLite's `SQLITE_IOERR_FSYNC`).
const FLUSH_FAILED: &str = "sqlite code 1034";

impl Phone {
    /// Remembers that what an error said not to have happened may have.
    pub(super) fn doubt(&mut self, error: &GewuError, between: Between) {
        if error.to_string().contains(FLUSH_FAILED) {
            self.unsure = Some(between);
        }
    }

    /// Looks at what the phone counts as unsent after its database was opened again.
    fn account_anew(&mut self) {
        let between = self.unsure.take().unwrap_or(Between::Nothing);
        self.account(between);
    }

    /// The process ends and starts again, as when its user closes it.
    pub fn restart(&mut self) {
        self.sdk = None;
        if self.disk.is_down() {
            // The power went while it closed its database.
            self.recover();
        } else {
            self.disk.kill();
            self.boot();
        }
        self.account_anew();
    }

    /// The battery falls out and is put back.
    pub fn power_cut(&mut self) {
        self.meets(Mishap::PowerCut);
        self.tell("loses power");
        self.disk.power_off();
        self.recover();
        self.account_anew();
    }

    /// Starts again if the power went during the last call.
    pub fn recover(&mut self) {
        if !self.disk.is_down() {
            return;
        }
        self.meets(Mishap::Crash);
        self.sdk = None;
        self.disk.reboot(&mut self.dice);
        self.tell("starts again");
        self.boot();
    }

    /// Makes the next calls meet an accident: the power goes, or the disk fails once.
    pub fn plan_accident(&mut self) {
        let steps = self.dice.below(70);
        match self.dice.below(5) {
            0 => {
                self.meets(Mishap::WriteRefused);
                self.disk.fail_write(steps / 2, Fault::DiskFull);
            }
            1 => {
                self.meets(Mishap::WriteFailed);
                self.disk.fail_write(steps / 2, Fault::Io);
            }
            2 => {
                self.meets(Mishap::FlushFailed);
                self.disk.fail_sync(steps / 12);
            }
            _ => self.disk.crash_at(steps),
        }
    }

    /// No more accidents.
    pub fn end_accidents(&mut self) {
        self.empty_disk();
        self.disk.calm();
    }

    /// The user fills the disk with other things.
    pub fn fill_disk(&mut self) {
        self.meets(Mishap::DiskFull);
        let room = self.dice.below(LITTLE_ROOM);
        self.tell(format_args!("has {room} bytes left on its disk"));
        self.disk.set_capacity(Some(self.disk.used() + room));
        self.full = true;
    }

    /// The user makes room.
    pub fn empty_disk(&mut self) {
        if std::mem::take(&mut self.full) {
            self.disk.set_capacity(None);
            self.tell("has room on its disk again");
        }
    }

    /// Whether other things fill its disk.
    pub const fn is_full(&self) -> bool {
        self.full
    }

    /// A clock that somebody set, or that came back from 1970.
    pub fn wrong_clock(&mut self) {
        const YEAR_MS: i64 = 365 * 86_400_000;
        self.meets(Mishap::WrongClock);
        let error = match self.dice.below(6) {
            0 => 0,
            1 => 3_600_000,
            2 => -3_600_000,
            3 => -10 * YEAR_MS,
            4 => -86_400_000,
            _ => 2 * YEAR_MS,
        };
        self.clock.set_error(error);
        self.tell(format_args!("clock is now wrong by {error} ms"));
    }

    /// Into a basement.
    pub fn goes_offline(&mut self) {
        self.meets(Mishap::Offline);
        self.link.set_offline(true);
        self.tell("goes into a basement");
    }

    /// The app was one version older until now: the database is as that one left it, and the power may
    /// go while the new one takes it over.
    pub fn upgrade(&mut self) {
        self.sdk = None;
        self.recover();
        self.sdk = None;
        self.disk.kill();
        let stepped = self.step_back();
        self.disk.kill();
        match stepped {
            Ok(true) => {
                self.meets(Mishap::Upgrade);
                self.tell("gets a newer app");
                if self.dice.one_in(2) {
                    let steps = self.dice.below(40);
                    self.disk.crash_at(steps);
                }
            }
            Ok(false) => {}
            Err(error) => self.tell(format_args!("gets no newer app: {error}")),
        }
        self.boot();
        self.recover();
        self.account_anew();
    }

    /// `false` when the newer schemas already hold something that the one before them had no place for.
    fn step_back(&self) -> rusqlite::Result<bool> {
        let connection = self.database()?;
        let sql = "SELECT EXISTS (SELECT 1 FROM packs GROUP BY digest HAVING count(*) > 1)";
        if connection.query_row(sql, [], |row| row.get::<_, bool>(0))? {
            return Ok(false);
        }
        connection.execute_batch(&format!("BEGIN;{TWO_VERSIONS_BACK}COMMIT;"))?;
        Ok(true)
    }

    /// The phone was set up from a backup that holds no keys.
    pub fn lose_keys(&mut self) {
        self.meets(Mishap::KeysLost);
        self.tell("loses its keys");
        self.sdk = None;
        self.recover();
        self.secrets.lose();
        self.restart();
    }
}
