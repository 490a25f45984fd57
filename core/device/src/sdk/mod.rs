//! The entry object: opening, and one file per domain of calls.

mod acts;
mod allowed;
mod aside;
mod bounds;
mod bundle;
mod changes;
mod checkup;
mod classes;
mod clocks;
mod commands;
mod contacts;
mod delivery;
mod drafts;
mod enrolment;
mod export;
mod hashes;
mod labels;
mod leaving;
mod lock;
mod locker;
mod open;
mod photos;
mod queries;
mod reports;
mod requests;
mod scrub;
mod sealing;
mod sign_in;
mod similar;
mod status;
mod staying;
mod syncing;
mod tasks;
mod time;
mod watch;
mod wishes;

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use gewu_model::catalogue::Catalogue;
use gewu_model::ids::{CaseId, Digest};
use gewu_sync::machine;
use rusqlite::Transaction;

use crate::api::{Consent, PackInfo};
use crate::db::Database;
use crate::error::{DeviceError, GewuError, Result};
use crate::files::Reserve;
use crate::grids::Grids;
use crate::host::{LogLevel, LogLine, Transport};
use crate::identity::Identity;
use crate::options::Options;
use crate::packs::Packs;
use crate::store::{meta, packs};
use crate::write::{Pen, Stamp};

pub use changes::{Change, Changes};
pub(crate) use contacts::{open_card, readable_unsent};
pub(crate) use status::{count_undelivered, count_unsent, put_last_sync};
pub use staying::{Ear, Nudge, nudge};
pub use watch::{Watch, WatchEvent};

/// What a public call answers.
pub(crate) type Answer<T> = std::result::Result<T, GewuError>;

/// The SDK on one device. Callable from any thread; calls that wait for disk or network block.
///
/// Every call that saves returns only when the work survives power loss. No call but
/// [`Gewu::enrol`], [`Gewu::sync`], [`Gewu::hand_over_uploads`] and [`Gewu::photo_bytes`] touches the network.
pub struct Gewu {
    core: Arc<Core>,
}

/// What all calls share.
pub(crate) struct Core {
    pub(crate) db: Database,
    pub(crate) options: Options,
    pub(crate) machine: Mutex<machine::State>,
    /// Held by the one sync that runs.
    pub(crate) flight: Mutex<()>,
    /// Held shared from when a photo's file is found or written until a row names it, and alone
    /// while files that no row names are removed.
    pub(crate) naming: RwLock<()>,
    /// Eight bytes: another's work that is unlocked here goes on under new ones.
    install_epoch: AtomicU64,
    /// Once seen, consent stays: signing out does not take it back.
    consented: AtomicBool,
    identity: RwLock<Option<Arc<Identity>>>,
    packs: RwLock<Option<Arc<Packs>>>,
    clock: Mutex<time::ServerClock>,
    /// How large the next part of a file may be; 0 when nobody looked yet.
    pub(crate) part_bytes: AtomicUsize,
    transport: Mutex<Option<(String, Arc<dyn Transport>)>>,
    /// Takes what room is left once the database above is closed, and before the lock below is let go.
    pub(crate) reserve: Reserve,
    /// Whoever holds the lock has the database; the system lets go of it with the process.
    _lock: Option<lock::FolderLock>,
}

impl std::fmt::Debug for Gewu {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Gewu")
    }
}

impl Gewu {
    /// Opens a device.
    ///
    /// # Errors
    /// [`GewuError::Busy`] when another process has it and keeps it for
    /// [`Options::lock_patience`], [`GewuError::TooOld`] when a newer app
    /// wrote it, and [`GewuError::Storage`]. A damaged database is moved aside, whole, and
    /// reported as [`crate::StorageProblem::Corrupt`]; opening again starts a new one. So does
    /// opening again after one that the key store remembers was found to be gone.
    pub fn open(options: Options) -> Answer<Self> {
        let core = Arc::new(Core::open(options)?);
        core.leave_on()?;
        Ok(Self { core })
    }

    /// Opens a device in a folder with real seams: `gewu.db`, `media/`, `secrets/`, `lock`.
    ///
    /// # Errors
    /// As [`Gewu::open`].
    pub fn open_folder(folder: impl AsRef<Path>) -> Answer<Self> {
        Self::open(Options::folder(folder.as_ref())?)
    }

    pub(crate) fn core(&self) -> &Core {
        &self.core
    }

    /// Records that the user agreed. Before that nothing is collected and no network is touched.
    ///
    /// # Errors
    /// [`GewuError::InvalidInput`] without terms.
    pub fn consent(&self, consent: &Consent) -> Answer<()> {
        if consent.terms.trim().is_empty() {
            let message = "name the version of the words that the user saw";
            return Err(DeviceError::input("terms", message).into());
        }
        let text = serde_json::to_vec(consent).map_err(|_| DeviceError::Damaged)?;
        Ok(self.core.write(|tx| meta::put(tx, meta::CONSENT, &text))?)
    }

    /// Whether the user has agreed.
    ///
    /// # Errors
    /// [`GewuError::Storage`].
    pub fn has_consent(&self) -> Answer<bool> {
        Ok(self.core.has_consent()?)
    }

    /// The packs that are held.
    ///
    /// # Errors
    /// [`GewuError::Storage`].
    pub fn packs(&self) -> Answer<Vec<PackInfo>> {
        Ok(self.core.read(|tx| packs::list(tx))?)
    }

    /// The classes that can be reported now.
    ///
    /// # Errors
    /// [`GewuError::TooOld`] when none are here yet: sync.
    pub fn catalogue(&self) -> Answer<Arc<Catalogue>> {
        Ok(Arc::clone(self.core.packs()?.catalogue()?))
    }

    /// The classes of the catalogue that a case pins, by [`crate::CaseDetail::catalogue`].
    ///
    /// # Errors
    /// [`GewuError::TooOld`] when it is not here yet: sync.
    pub fn catalogue_of(&self, digest: Digest) -> Answer<Arc<Catalogue>> {
        Ok(Arc::clone(self.core.packs()?.catalogue_of(&digest)?))
    }

    /// Lets go of the database for the background: new calls answer
    /// [`crate::StorageProblem::Suspended`], running ones get `grace`, requests under way end.
    ///
    /// # Errors
    /// [`GewuError::Busy`] when a call still runs after twice the grace.
    pub fn suspend(&self, grace: Duration) -> Answer<()> {
        if let Some((_, transport)) = guard(&self.core.transport).as_ref() {
            transport.cancel();
        }
        Ok(self.core.db.suspend(grace).map_err(DeviceError::from)?)
    }

    /// Takes the database up again after [`Gewu::suspend`].
    ///
    /// # Errors
    /// [`GewuError::Storage`].
    pub fn resume(&self) -> Answer<()> {
        Ok(self.core.db.resume().map_err(DeviceError::from)?)
    }
}

/// What a mutex holds. All that lies in ours is whole after any panic.
pub(crate) fn guard<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Core {
    /// Keeps files that no row names yet from being removed.
    pub(crate) fn name_files(&self) -> RwLockReadGuard<'_, ()> {
        self.naming.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until nobody is about to name a file, and has everybody wait who wants to.
    pub(crate) fn alone_with_files(&self) -> RwLockWriteGuard<'_, ()> {
        self.naming.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn read<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        self.db.read(work)
    }

    pub(crate) fn write<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        self.db.write(work).inspect_err(|error| {
            if error.is_disk_full() {
                // For whoever tries again; that it cannot be given back changes nothing.
                let _ = self.reserve.release();
            }
        })
    }

    /// Gives the reserve back when the disk is full, and takes it when there is room.
    pub(crate) fn adjust_reserve(&self) -> Result<()> {
        let free = self.options.host.files.free_space().ok().flatten();
        Ok(self.reserve.adjust(free)?)
    }

    fn has_consent(&self) -> Result<bool> {
        if self.consented.load(Ordering::Relaxed) {
            return Ok(true);
        }
        let found = self.read(|tx| Ok(meta::get(tx, meta::CONSENT)?.is_some()))?;
        self.consented.store(found, Ordering::Relaxed);
        Ok(found)
    }

    pub(crate) fn require_consent(&self) -> Result<()> {
        if self.has_consent()? {
            Ok(())
        } else {
            Err(DeviceError::NotNow(
                "the user's consent is not recorded; ask for it first",
            ))
        }
    }

    /// Who the device is; an error before enrolment.
    pub(crate) fn identity(&self) -> Result<Arc<Identity>> {
        self.known_identity().ok_or(DeviceError::NotEnrolled)
    }

    pub(crate) fn known_identity(&self) -> Option<Arc<Identity>> {
        let identity = self.identity.read();
        identity.unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_identity(&self, identity: Option<Arc<Identity>>) {
        *self
            .identity
            .write()
            .unwrap_or_else(PoisonError::into_inner) = identity;
    }

    /// The packs, read when they are first needed.
    pub(crate) fn packs(&self) -> Result<Arc<Packs>> {
        let known = self
            .packs
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some(packs) = known {
            return Ok(packs);
        }
        let packs = Arc::new(self.read(|tx| Packs::load(tx, &self.options.bundled))?);
        *self.packs.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&packs));
        Ok(packs)
    }

    /// The grid packs in force, opened when they are first needed.
    pub(crate) fn grids<'a>(&self, packs: &'a Packs) -> Result<&'a Grids> {
        if let Some(grids) = packs.grids() {
            return Ok(grids);
        }
        let rows = self.read(|tx| packs::grids(tx))?;
        let files = &*self.options.host.files;
        Ok(packs.open_grids(files, &rows, &self.options.bundled))
    }

    /// Reads the packs anew when they are next needed.
    pub(crate) fn forget_packs(&self) {
        *self.packs.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// All that writing an entry needs now.
    pub(crate) fn pen(&self) -> Result<Pen> {
        let packs = self.packs()?;
        if packs.ask_for_place() {
            self.grids(&packs)?;
        }
        self.pen_with(packs)
    }

    /// A pen under rules that are not in force yet.
    pub(crate) fn pen_with(&self, packs: Arc<Packs>) -> Result<Pen> {
        Ok(Pen {
            identity: self.identity()?,
            packs,
            install_epoch: self.install_epoch(),
            stamp: self.stamp(),
            servers_time: self.servers_time(),
            app: self.options.app.clone(),
        })
    }

    pub(crate) fn install_epoch(&self) -> [u8; 8] {
        self.install_epoch.load(Ordering::Relaxed).to_be_bytes()
    }

    pub(crate) fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.options.host.entropy.fill(&mut bytes);
        bytes
    }

    /// The transport to the server at `url`, made when it is first needed.
    pub(crate) fn transport(&self, url: &str) -> Result<Arc<dyn Transport>> {
        let mut known = guard(&self.transport);
        match &*known {
            Some((to, transport)) if to == url => Ok(Arc::clone(transport)),
            _ => {
                let transport = self.options.host.connector.connect(url)?;
                *known = Some((url.to_owned(), Arc::clone(&transport)));
                Ok(transport)
            }
        }
    }

    pub(crate) const fn clock(&self) -> &Mutex<time::ServerClock> {
        &self.clock
    }

    /// Reads the identity anew, after the certificate was renewed.
    pub(crate) fn reload_identity(&self) -> Result<()> {
        let secrets = &*self.options.host.secrets;
        let identity = self.read(|tx| Identity::load(tx, secrets))?;
        self.set_identity(identity.map(Arc::new));
        Ok(())
    }

    pub(crate) fn log(&self, level: LogLevel, text: &'static str) {
        self.log_line(LogLine::new(level, "device", text));
    }

    pub(crate) fn log_line(&self, line: LogLine) {
        self.options.host.log.log(&line);
    }

    /// The time for an entry.
    pub(crate) fn stamp(&self) -> Stamp {
        let host = &self.options.host;
        guard(&self.clock).stamp(host.clock.now(), host.clock.monotonic_ms())
    }
}

/// The error for a case that is not here.
pub(crate) const fn no_case(_case: &CaseId) -> DeviceError {
    DeviceError::NotFound("the case")
}
