//! What a device is opened with.

use std::path::PathBuf as FilePath;
use std::sync::Arc;
use std::time::Duration;

use gewu::host::{Connectivity, NetworkKind};
use gewu::{GewuError, Options};

use crate::host::{HostConnector, HostLog, HostSecrets, HostTransport, Logging, Secrets};

pub use gewu::BundledPack;

/// A pack body that the app brings along, for use until the city publishes its own.
#[uniffi::remote(Record)]
pub struct BundledPack {
    /// `grid`, `catalogue`, `policy` or `font`.
    pub kind: String,
    /// The body.
    pub body: Vec<u8>,
}

/// What a device is opened with. All but the folder may be left out.
#[derive(uniffi::Record)]
pub struct OpenOptions {
    /// The folder in which the device lives: a database, photos, a lock.
    pub folder: FilePath,
    /// The folder for keys, where the app hands no key store in; left out, `secrets` in the folder.
    /// Keep it out of backups.
    #[uniffi(default = None)]
    pub secrets_folder: Option<FilePath>,
    /// The platform's key store.
    #[uniffi(default = None)]
    pub secrets: Option<Arc<dyn HostSecrets>>,
    /// HTTP by the app. A library that was built without a network of its own needs it.
    #[uniffi(default = None)]
    pub transport: Option<Arc<dyn HostTransport>>,
    /// The app's log.
    #[uniffi(default = None)]
    pub log: Option<Arc<dyn HostLog>>,
    /// The app and its version, as entries of staff name it.
    #[uniffi(default = None)]
    pub app: Option<String>,
    /// Packs for use until the city publishes its own.
    #[uniffi(default = [])]
    pub bundled: Vec<BundledPack>,
    /// The most bytes that the folder may take; a photo beyond is refused. Left out, as many as the
    /// disk has.
    #[uniffi(default = None)]
    pub quota_bytes: Option<u64>,
    /// For how many days a photo stays after the server acknowledged it; left out, for ever.
    #[uniffi(default = None)]
    pub keep_days: Option<u32>,
    /// How long a sync waits out failures of the network by itself, in milliseconds, before it
    /// answers *later*.
    #[uniffi(default = 0)]
    pub patience_ms: u64,
    /// How long opening waits for another process to let go of the folder, in milliseconds.
    #[uniffi(default = 10000)]
    pub lock_patience_ms: u64,
}

impl OpenOptions {
    /// This folder, and nothing else said.
    pub(crate) fn of_folder(folder: FilePath) -> Self {
        Self {
            folder,
            secrets_folder: None,
            secrets: None,
            transport: None,
            log: None,
            app: None,
            bundled: Vec::new(),
            quota_bytes: None,
            keep_days: None,
            patience_ms: 0,
            lock_patience_ms: 10_000,
        }
    }

    /// The same for the core, with the network's kind as `network` says it.
    pub(crate) fn into_core(self, network: Arc<dyn Connectivity>) -> Result<Options, GewuError> {
        let mut options = match (self.secrets, self.secrets_folder) {
            (Some(store), _) => Options::folder_with_secrets(self.folder, Arc::new(Secrets(store))),
            (None, Some(keys)) => Options::folder_and_secrets(self.folder, keys),
            (None, None) => Options::folder(self.folder),
        }?;
        options.host.connectivity = network;
        if let Some(transport) = self.transport {
            options.host.connector = Arc::new(HostConnector(transport));
        }
        if let Some(log) = self.log {
            options.host.log = Arc::new(Logging(log));
        }
        if let Some(app) = self.app {
            options.app = app;
        }
        options.bundled = self.bundled;
        options.quota_bytes = self.quota_bytes;
        options.keep_days = self.keep_days;
        options.patience = Duration::from_millis(self.patience_ms);
        options.lock_patience = Duration::from_millis(self.lock_patience_ms);
        Ok(options)
    }
}

/// The kind of network that the app last told.
#[derive(Debug, Default)]
pub(crate) struct ToldNetwork(std::sync::Mutex<NetworkKind>);

impl ToldNetwork {
    pub(crate) fn tell(&self, kind: NetworkKind) {
        *self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = kind;
    }
}

impl Connectivity for ToldNetwork {
    fn network(&self) -> NetworkKind {
        *self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
