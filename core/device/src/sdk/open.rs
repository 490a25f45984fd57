//! Opening: the lock, the database, and whether it is the one that the key store remembers.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, RwLock};

use gewu_sync::machine;
use rusqlite::Transaction;

use super::lock::FolderLock;
use super::time::ServerClock;
use super::{Core, meta};
use crate::db::{Database, DbError, OpenOptions};
use crate::error::{DeviceError, Result};
use crate::files::Reserve;
use crate::host::LogLevel;
use crate::identity::{DEVICE_KEY, Identity};
use crate::options::{Host, Options};
use crate::store::{MIGRATIONS, facts};

/// The name of the install mark in the key store: 8 bytes of epoch, 8 of how often it was opened.
const INSTALL: &str = "install";

/// The table that lists and tasks are read from.
const CASES: &str = "cases";

/// Which install this is. Kept in the database and in the key store; a database that falls behind
/// its mirror was restored from a backup and must not write on under the same actors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Install {
    epoch: [u8; 8],
    opens: u64,
}

impl Install {
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (epoch, opens) = bytes.split_at_checked(8)?;
        Some(Self {
            epoch: epoch.try_into().ok()?,
            opens: u64::from_be_bytes(opens.try_into().ok()?),
        })
    }

    fn to_bytes(self) -> Vec<u8> {
        [self.epoch, self.opens.to_be_bytes()].concat()
    }

    fn put(self, tx: &Transaction<'_>) -> Result<()> {
        meta::put(tx, meta::EPOCH, &self.epoch)?;
        let opens = i64::try_from(self.opens).unwrap_or(i64::MAX);
        meta::put_number(tx, meta::OPENS, opens)
    }

    /// The install to go on as, and whether it is a new one.
    fn next(in_database: Option<Self>, in_keys: Option<Self>, fresh: [u8; 8]) -> (Self, bool) {
        match (in_database, in_keys) {
            (Some(ours), Some(mirror))
                if ours.epoch == mirror.epoch && ours.opens >= mirror.opens =>
            {
                let opens = ours.opens + 1;
                (Self { opens, ..ours }, false)
            }
            _ => (
                Self {
                    epoch: fresh,
                    opens: 1,
                },
                true,
            ),
        }
    }
}

impl Core {
    pub(super) fn open(options: Options) -> Result<Self> {
        let lock = match &options.lock {
            Some(path) => Some(FolderLock::take(path, options.lock_patience)?),
            None => None,
        };
        let reserve = Reserve::new(options.reserve.as_deref());
        reserve.adjust(options.host.files.free_space().ok().flatten())?;
        let opened = open_and_begin(&options);
        let (db, install_epoch) = match opened {
            // A disk may be full for this user while others have room.
            Err(error) if error.is_disk_full() && reserve.release()? => open_and_begin(&options)?,
            opened => opened?,
        };
        let (identity, offset) = db.read(|tx| -> Result<_> {
            let identity = Identity::load(tx, &*options.host.secrets)?;
            Ok((identity, meta::get_number(tx, meta::CLOCK_OFFSET)?))
        })?;
        Ok(Self {
            db,
            options,
            machine: Mutex::new(machine::State::default()),
            flight: Mutex::new(()),
            naming: RwLock::new(()),
            install_epoch: AtomicU64::new(u64::from_be_bytes(install_epoch)),
            consented: AtomicBool::new(false),
            identity: RwLock::new(identity.map(Arc::new)),
            packs: RwLock::new(None),
            clock: Mutex::new(ServerClock::new(offset)),
            part_bytes: AtomicUsize::new(0),
            transport: Mutex::new(None),
            reserve,
            _lock: lock,
        })
    }
}

fn open_and_begin(options: &Options) -> Result<(Database, [u8; 8])> {
    let db = open_database(options)?;
    let epoch = begin(&db, &options.host)?;
    Ok((db, epoch))
}

fn open_database(options: &Options) -> Result<Database> {
    let OpenOptions { path, vfs, .. } = &options.database;
    match open_unless_empty(options)? {
        Err(DbError::Corrupt) if vfs.is_none() => {
            Database::read_through(path).map_err(DbError::from)?;
            // A read that failed and succeeds now is no damage either.
            match open_unless_empty(options)? {
                Err(DbError::Corrupt) => Err(put_aside(options)?),
                opened => Ok(opened?),
            }
        }
        opened => Ok(opened?),
    }
}

/// Moves the database aside; what to tell the host.
fn put_aside(options: &Options) -> Result<DeviceError> {
    let moved_to = Database::move_aside(&options.database.path, options.host.clock.now())?;
    options.host.secrets.delete(INSTALL)?;
    Ok(DeviceError::Corrupt(moved_to))
}

fn open_unless_empty(options: &Options) -> Result<std::result::Result<Database, DbError>> {
    let OpenOptions { path, vfs, .. } = &options.database;
    let size = path.metadata().map(|found| found.len());
    match size {
        Ok(0) if vfs.is_none() && was_used(&options.host)? => Ok(Err(DbError::Corrupt)),
        _ => open_unless_gone(options),
    }
}

/// A database that is not there is made, unless the key store remembers that there was one with
/// work in it. That is said once.
fn open_unless_gone(options: &Options) -> Result<std::result::Result<Database, DbError>> {
    let OpenOptions { path, vfs, .. } = &options.database;
    let (database, log) = (path.exists(), Database::log_of(path).exists());
    if vfs.is_none() && !database && !log && was_used(&options.host)? {
        options.host.secrets.delete(INSTALL)?;
        return Err(DeviceError::Gone);
    }
    let database = OpenOptions {
        listed: Some(CASES),
        ..options.database.clone()
    };
    Ok(Database::open(database, MIGRATIONS))
}

/// Whether a database was opened here with which the device was enrolled. The mark of the install
/// is kept only after the first commit, so the database cannot be one that was never written.
fn was_used(host: &Host) -> Result<bool> {
    let secrets = &host.secrets;
    Ok(secrets.get(INSTALL)?.is_some() && secrets.get(DEVICE_KEY)?.is_some())
}

/// Counts this opening in the database, then in the key store: whatever is lost in between, the
/// key store is never ahead of the database that goes with it.
fn begin(db: &Database, host: &Host) -> Result<[u8; 8]> {
    let mirror = host.secrets.get(INSTALL)?;
    let mirror = mirror
        .as_deref()
        .and_then(|bytes| Install::from_bytes(bytes));
    let mut fresh = [0; 8];
    host.entropy.fill(&mut fresh);
    let install = db.write(|tx| next_install(tx, mirror, fresh, host))?;
    host.secrets.put(INSTALL, &install.to_bytes())?;
    Ok(install.epoch)
}

fn next_install(
    tx: &Transaction<'_>,
    mirror: Option<Install>,
    fresh: [u8; 8],
    host: &Host,
) -> Result<Install> {
    let epoch = meta::get(tx, meta::EPOCH)?.and_then(|bytes| bytes.try_into().ok());
    let opens = meta::get_number(tx, meta::OPENS)?.and_then(|opens| u64::try_from(opens).ok());
    let ours = epoch
        .zip(opens)
        .map(|(epoch, opens)| Install { epoch, opens });
    let (install, is_new) = Install::next(ours, mirror, fresh);
    if is_new {
        if ours.is_some() {
            let line = crate::host::LogLine::new(
                LogLevel::Warn,
                "device",
                "the database was restored or moved; it goes on as a new install",
            );
            host.log.log(&line);
        }
        facts::clear_epochs(tx)?;
    }
    install.put(tx)?;
    Ok(install)
}

impl Core {
    /// Has what is in the database go on as a new install, in the transaction that puts it there.
    pub(super) fn renew(&self, tx: &Transaction<'_>) -> Result<Renewed> {
        let install = Install {
            epoch: self.random(),
            opens: 1,
        };
        install.put(tx)?;
        facts::clear_epochs(tx)?;
        Ok(Renewed(install))
    }

    /// Goes on as that install, once the transaction is over.
    pub(super) fn go_on_as(&self, Renewed(install): Renewed) -> Result<()> {
        let epoch = u64::from_be_bytes(install.epoch);
        self.install_epoch.store(epoch, Ordering::Relaxed);
        let secrets = &self.options.host.secrets;
        Ok(secrets.put(INSTALL, &install.to_bytes())?)
    }
}

/// An install that begins with a transaction.
#[must_use]
pub(super) struct Renewed(Install);

#[cfg(test)]
mod tests {
    use super::*;

    fn install(epoch: u8, opens: u64) -> Install {
        Install {
            epoch: [epoch; 8],
            opens,
        }
    }

    #[test]
    fn a_database_that_fell_behind_the_key_store_is_a_new_install() {
        let next = |ours, mirror| Install::next(ours, mirror, [9; 8]);
        let same = next(Some(install(1, 5)), Some(install(1, 5)));
        assert_eq!(same, (install(1, 6), false));
        // The power went between the two writes.
        let ahead = next(Some(install(1, 6)), Some(install(1, 5)));
        assert_eq!(ahead, (install(1, 7), false));
        let restored = next(Some(install(1, 3)), Some(install(1, 5)));
        assert_eq!(restored, (install(9, 1), true));
        let other_phone = next(Some(install(1, 3)), None);
        assert_eq!(other_phone, (install(9, 1), true));
        let emptied = next(None, Some(install(1, 5)));
        assert_eq!(emptied, (install(9, 1), true));
        let bytes = install(3, 77).to_bytes();
        assert_eq!(Install::from_bytes(&bytes), Some(install(3, 77)));
    }
}
