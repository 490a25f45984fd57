//! The server without HTTP: synchronous, with the time as an argument of every call.
//!
//! # How a request is served
//!
//! Each public method is one or more transactions of [`crate::store`]; what it returns was durable
//! before it returned. An exchange records first what the device states of its counters and
//! cursors, then takes each case's changes in a transaction of its own, so that one bad case holds
//! up no other, then the commands, and at the end reads what is new for the device.
//!
//! # Where things are decided
//!
//! - [`push`] hands changes to the gate of `gewu-sync` and keeps what became of them;
//! - [`admit`] does everything that follows from an accepted change: scopes, feed, notices, public
//!   status with each, document and projection once for all that a push brings;
//! - [`decide`] turns a command into an instruction, under the same lock;
//! - [`care`] looks a decision over for slips;
//! - [`services`] does what rules and timers do by themselves;
//! - [`reissue`] lets operators take up what was set aside;
//! - [`erasure`] removes what instructions erase, and keeps it from coming back;
//! - [`pull`] reads the feed, and [`hints`] says that it grew;
//! - [`contacts`] keeps contact cards sealed, and logs who reads them;
//! - [`accounts`] knows host apps and the accounts under which their users report;
//! - [`wrong_clock`] doubts the time that all of these are given.

mod accounts;
mod admit;
mod bench;
mod care;
mod clocks;
mod code;
mod contacts;
mod decide;
mod devices;
mod enrol;
mod erasure;
mod error;
mod exchange;
mod facts;
mod fitting;
pub(crate) mod generation;
mod grids;
mod hints;
mod incoming;
pub(crate) mod keys;
mod late;
mod link;
mod lists;
mod load;
mod media;
mod names;
mod notices;
mod operators;
mod options;
mod packs;
mod passing;
mod placed;
mod public;
mod pull;
mod push;
mod register;
mod reissue;
mod requests;
mod restored;
mod scrub;
mod services;
mod slips;
mod spot;
mod state;
mod strange;
mod tokens;
mod unchanged;
mod untie;
mod uploads;
mod views;
mod whereabouts;
mod wipes;
mod wrong_clock;

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use gewu_model::cert::TrustAnchor;
use gewu_model::crypto::{Signer, StandardSuite};
use gewu_model::ids::CityId;
use gewu_model::nearest;
use gewu_model::time::Millis;
use gewu_sync::gate::{Credential, Gate, Limits, Rules};

use crate::cards::{CardBox, lies_in};
use crate::erased::ErasedLog;
use crate::media::{Objects, sweep_staged};
use crate::seam::Entropy;
use crate::store::{self, Store, Tx};

pub use accounts::{AccountView, HostAppView};
pub use care::Anyway;
pub use code::{CodeGrant, NewCode};
pub use contacts::{ContactNews, ContactView};
pub use decide::{DecideError, Decided, Decision};
pub use devices::{Access, Caller, DeviceView};
pub use enrol::EnrolError;
pub use error::{CoreError, OpenError};
pub use exchange::ExchangeError;
pub(crate) use hints::Listener;
pub(crate) use incoming::{Incoming, Sum};
pub use keys::{read_key, signing_keys};
pub use lists::CasePage;
pub use operators::Operator;
pub use options::{CoreOptions, KeySource, Settings};
pub use packs::{PackPart, Publication};
pub use register::{NewCase, RegisterError, Registered};
pub use reissue::Reissued;
pub use scrub::Scrubbed;
pub use services::{Ran, Refused, Served};
pub(crate) use tokens::check_may_give;
pub use tokens::{NewToken, TokenGrant, TokenView};
pub use uploads::{Upload, UploadError};
pub(crate) use wipes::WIPE_DAYS;
pub use wipes::WipeView;
pub use wrong_clock::ClockDoubt;

/// The server without HTTP. Shared between threads; every call takes its turn at the database.
pub struct Core {
    store: Arc<dyn Store>,
    objects: Objects,
    erased: ErasedLog,
    cards: CardBox,
    entropy: Arc<dyn Entropy>,
    signer: Arc<dyn Signer>,
    anchor: TrustAnchor,
    credential: Credential,
    rules: RwLock<Arc<Rules>>,
    grids: RwLock<Arc<grids::Grids>>,
    settings: Settings,
    listeners: hints::Listeners,
}

impl std::fmt::Debug for Core {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Core")
            .field("city", &self.city())
            .finish_non_exhaustive()
    }
}

impl Core {
    /// Opens the server's store, makes it where there is none, and takes up the city's keys.
    ///
    /// # Errors
    /// [`OpenError`] says what is missing or damaged.
    pub fn open(options: CoreOptions, now: Millis) -> Result<Self, OpenError> {
        let files = options.files.clone();
        let core = Self::open_beside(options, now)?;
        core.read_originals()?;
        core.resume_erasures()?;
        core.tidy_uploads()?;
        if let Some(folder) = &files {
            sweep_staged(folder).map_err(|error| OpenError::folder(folder, &error))?;
        }
        Ok(core)
    }

    /// Opens the store as [`Core::open`] does, and leaves everything as it is that a server which runs
    /// on the same folder may be writing.
    ///
    /// # Errors
    /// As [`Core::open`].
    pub fn open_beside(options: CoreOptions, now: Millis) -> Result<Self, OpenError> {
        keys::check_database(&options)?;
        let store = Arc::new(store::sqlite::Sqlite::open(&options.database)?);
        let keys = keys::take_up(&options, &*store, now)?;
        generation::begin(&*store, &*options.entropy)?;
        let cards = CardBox::new(options.card_key, keys.anchor.city());
        check_card_key(&cards, &options.database.path)?;
        let objects = Objects::open(options.objects, options.uploads)?;
        let core = Self {
            store,
            objects,
            erased: ErasedLog::new(options.erased),
            cards,
            entropy: options.entropy,
            signer: keys.signer,
            credential: keys.credential,
            anchor: keys.anchor,
            rules: RwLock::default(),
            grids: RwLock::default(),
            settings: options.settings,
            listeners: hints::Listeners::default(),
        };
        core.reload_rules()?;
        Ok(core)
    }

    /// The city's root key and the server's certificate.
    pub const fn anchor(&self) -> &TrustAnchor {
        &self.anchor
    }

    /// The city.
    pub fn city(&self) -> CityId {
        self.anchor.city()
    }

    /// The server's settings.
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The generation in which the server writes now.
    ///
    /// # Errors
    /// [`CoreError`] when the store cannot be read.
    pub fn generation(&self) -> Result<u64, CoreError> {
        store::read(&*self.store, |tx| Ok(generation::current(tx)?))
    }

    /// The largest file that is taken, in bytes: what the server was set to, and no less than what a
    /// device may seal under any published policy.
    pub fn max_file_bytes(&self) -> u64 {
        let rules = self.rules();
        let largest = rules.policies.values().map(|policy| {
            let photo = policy.photo();
            let film_or_sound = photo.max_video_bytes.max(photo.max_audio_bytes);
            photo.max_bytes.max(film_or_sound)
        });
        largest.fold(self.settings.max_file_bytes, u64::max)
    }

    fn rules(&self) -> Arc<Rules> {
        let rules = self.rules.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&rules)
    }

    fn places(&self) -> Arc<grids::Grids> {
        let grids = self.grids.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&grids)
    }

    fn gate<'a>(
        &self,
        rules: &'a Rules,
        places: &'a grids::Grids,
        ties: &'a link::Tied<'_>,
        now: Millis,
    ) -> Gate<'a> {
        Gate {
            city: self.city(),
            rules,
            verifier: &StandardSuite,
            limits: Limits::default(),
            places: Some(places),
            ties,
            now,
        }
    }

    fn write<T, E: From<store::StoreError>>(
        &self,
        work: impl FnOnce(&dyn Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let (done, fed) = store::feed(&*self.store, work)?;
        self.heard(&fed);
        Ok(done)
    }

    fn read<T, E: From<store::StoreError>>(
        &self,
        work: impl FnOnce(&dyn Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        store::read(&*self.store, work)
    }

    pub(crate) const fn objects(&self) -> &Objects {
        &self.objects
    }
}

/// The key of contact cards does not lie where the cards do.
fn check_card_key(cards: &CardBox, database: &Path) -> Result<(), OpenError> {
    match (cards.path(), database.parent()) {
        (Some(file), Some(folder)) if lies_in(file, folder) => {
            Err(OpenError::CardKey(file.to_owned()))
        }
        _ => Ok(()),
    }
}
