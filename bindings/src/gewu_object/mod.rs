//! The entry object: opening, consent, enrolling and leaving; one file per domain of calls.

mod acts;
mod catalogue;
mod checkup;
mod drafts;
mod leaving;
mod lists;
mod photos;
mod place;
mod reporting;
mod requests;
mod sign_in;
mod staying;
mod syncing;

use std::sync::Arc;
use std::time::Duration;

use gewu::Consent;

use crate::cancel::CancelHandle;
use crate::error::Answer;
use crate::listen::{self, ChangeListener, Listening};
use crate::types::{Enrolment, NetworkKind, OpenOptions, ToldNetwork, WhoAmI};

pub use drafts::PhotoListener;
pub use staying::SyncEndListener;
pub use syncing::SyncListener;

/// The SDK on one device. Callable from any thread; every call blocks until its work is done, so
/// keep them off the main thread. Closing or dropping the object closes the SDK.
#[derive(uniffi::Object)]
pub struct Gewu {
    pub(crate) sdk: gewu::Gewu,
    network: Arc<ToldNetwork>,
    staying: staying::Staying,
}

#[uniffi::export]
impl Gewu {
    /// Opens the device that lives in this folder, or begins one there. One object at a time may
    /// hold a folder.
    ///
    /// Nothing is collected and no network is touched before [`Gewu::consent`].
    #[uniffi::constructor]
    pub fn open(folder: String) -> Answer<Self> {
        Self::open_with(OpenOptions::of_folder(folder.into()))
    }

    /// The same with a key store, a transport, a log or bounds of the app's.
    #[uniffi::constructor]
    pub fn open_with(options: OpenOptions) -> Answer<Self> {
        let network = Arc::new(ToldNetwork::default());
        let sdk = gewu::Gewu::open(options.into_core(network.clone())?)?;
        Ok(Self {
            sdk,
            network,
            staying: staying::Staying::default(),
        })
    }

    /// Records that the user agreed to these terms; `terms` is their version.
    pub fn consent(&self, terms: String) -> Answer<()> {
        Ok(self.sdk.consent(&Consent { terms })?)
    }

    /// Whether the user agreed to any terms.
    pub fn has_consent(&self) -> Answer<bool> {
        Ok(self.sdk.has_consent()?)
    }

    /// Makes this the device of a user: the one whom the code was issued for, or without a code a
    /// citizen. Needs the network. The first sync is part of it, and may take minutes where a device is
    /// given many cases: `listener` hears how far it is.
    ///
    /// Stopped by `cancel` before the server has answered it fails as busy, and the same code works
    /// again; afterwards the device is enrolled, and only the first sync ends.
    #[uniffi::method(default(code = None, listener = None))]
    pub fn enrol(
        &self,
        server: String,
        cancel: &CancelHandle,
        code: Option<String>,
        listener: Option<Arc<dyn SyncListener>>,
    ) -> Answer<Enrolment> {
        let mut tell = syncing::telling(listener);
        let (code, cancel) = (code.as_deref(), cancel.token());
        Ok(self.sdk.enrol_telling(&server, code, &mut tell, cancel)?)
    }

    /// Who uses the device, by its certificate.
    pub fn whoami(&self) -> Answer<WhoAmI> {
        Ok(self.sdk.whoami()?)
    }

    /// Has a listener hear at once, and then whenever something changed that a screen may show.
    /// Keep what this returns as long as it should hear.
    pub fn listen(&self, listener: Arc<dyn ChangeListener>) -> Answer<Listening> {
        listen::start(self.sdk.changes(), listener)
    }

    /// Tells what kind of network there is from now on, or that there is none; uploads keep to it from
    /// their next part.
    pub fn tell_network(&self, kind: NetworkKind) -> Answer<()> {
        self.network.tell(kind);
        self.staying.network(kind);
        Ok(())
    }

    /// Lets go of the database for the background: new calls fail as suspended, running ones get
    /// `grace_ms`, requests under way end.
    pub fn suspend(&self, grace_ms: u64) -> Answer<()> {
        Ok(self.sdk.suspend(Duration::from_millis(grace_ms))?)
    }

    /// Takes the database up again after [`Gewu::suspend`].
    pub fn resume(&self) -> Answer<()> {
        Ok(self.sdk.resume()?)
    }
}
