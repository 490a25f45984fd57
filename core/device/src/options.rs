//! What an SDK is opened with.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use gewu_evidence::{Bounds, Font};

use crate::db::OpenOptions;
use crate::files::{Files, FolderFiles};
use crate::host::{
    AnyNetwork, Clock, Connectivity, Entropy, FolderSecrets, HttpSetupError, LogSink, NoLog,
    OsEntropy, SecretStore, SystemClock, Transport,
};
#[cfg(feature = "http")]
use crate::host::{HttpOptions, HttpTransport, TlsRoots};

/// About how many bytes of news one exchange brings, unless the host says otherwise.
const PAGE_BYTES: u32 = 4 << 20;

/// Makes the transport to a server, when it is first needed.
pub trait Connector: Send + Sync {
    /// The transport to the server at `url`.
    ///
    /// # Errors
    /// When the address is not usable.
    fn connect(&self, url: &str) -> Result<Arc<dyn Transport>, HttpSetupError>;
}

/// Connects over a network of one's own.
#[cfg(feature = "http")]
#[derive(Debug, Clone, Default)]
pub struct HttpConnector {
    /// Bounds.
    pub options: HttpOptions,
    /// Certificates to trust in place of the system's.
    pub roots: Option<TlsRoots>,
}

#[cfg(feature = "http")]
impl Connector for HttpConnector {
    fn connect(&self, url: &str) -> Result<Arc<dyn Transport>, HttpSetupError> {
        Ok(Arc::new(HttpTransport::trusting(
            url,
            self.options,
            self.roots.as_ref(),
        )?))
    }
}

/// The connector of a build without a network of its own, until the host hands one in.
#[cfg(not(feature = "http"))]
struct NoConnector;

#[cfg(not(feature = "http"))]
impl Connector for NoConnector {
    fn connect(&self, _url: &str) -> Result<Arc<dyn Transport>, HttpSetupError> {
        Err(HttpSetupError::NoTransport)
    }
}

fn usual_connector() -> Arc<dyn Connector> {
    #[cfg(feature = "http")]
    return Arc::new(HttpConnector::default());
    #[cfg(not(feature = "http"))]
    return Arc::new(NoConnector);
}

/// The seams: all that the SDK asks of its host.
#[derive(Clone)]
pub struct Host {
    /// The clocks.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// The key store. It must not be part of a backup that holds the database.
    pub secrets: Arc<dyn SecretStore>,
    /// Photos and thumbnails.
    pub files: Arc<dyn Files>,
    /// The network.
    pub connector: Arc<dyn Connector>,
    /// The log.
    pub log: Arc<dyn LogSink>,
    /// What kind of network there is.
    pub connectivity: Arc<dyn Connectivity>,
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Host")
    }
}

/// A pack body that the app brings along, for use until the city publishes its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundledPack {
    /// `grid`, `catalogue`, `policy` or `font`.
    pub kind: String,
    /// The body.
    pub body: Vec<u8>,
}

/// What to open.
#[derive(Debug, Clone)]
pub struct Options {
    /// The seams.
    pub host: Host,
    /// The database.
    pub database: OpenOptions,
    /// The file whose lock says that one process has the database; `None` when the host sees to
    /// that itself.
    pub lock: Option<PathBuf>,
    /// How long opening waits for another process to let go of the lock.
    pub lock_patience: Duration,
    /// The file that keeps 8 MiB of the disk for the device and gives them back when others have filled
    /// it, so that what is owed can still be told, sent and exported; `None` for no such file. It must
    /// lie on the disk of the database.
    pub reserve: Option<PathBuf>,
    /// Packs for use until the city publishes its own.
    pub bundled: Vec<BundledPack>,
    /// What a photo may cost; the city's policy may say less.
    pub photo_bounds: Bounds,
    /// The app and its version, as staff's entries and bundles name it.
    pub app: String,
    /// Fonts for stamps, the preferred first. Packs of the kind `font` come after them.
    pub stamp_fonts: Vec<Arc<Font>>,
    /// How long a sync waits out failures of the network by itself before it answers *later*.
    pub patience: Duration,
    /// About how many bytes of news one exchange brings. Smaller pages take less memory and more requests;
    /// the server gives at least 64 KiB and at most 8 MiB.
    pub page_bytes: u32,
    /// How many files go up at once, at least one.
    pub uploads_at_once: usize,
    /// How many bytes of the disk photos leave free, so that the database can always write.
    pub headroom_bytes: u64,
    /// The most bytes that the database and the files may have together; a photo beyond is refused.
    /// `None` for as many as the disk has.
    pub quota_bytes: Option<u64>,
    /// For how many days a photo stays after the server acknowledged it, and at least until a backup
    /// of the server covers it; `None` for ever. Small pictures stay.
    pub keep_days: Option<u32>,
}

impl Options {
    /// These seams and this database, everything else as usual.
    pub fn new(host: Host, database: OpenOptions) -> Self {
        Self {
            host,
            database,
            lock: None,
            lock_patience: Duration::from_secs(10),
            reserve: None,
            bundled: Vec::new(),
            photo_bounds: Bounds::default(),
            app: concat!("gewu ", env!("CARGO_PKG_VERSION")).to_owned(),
            stamp_fonts: Vec::new(),
            patience: Duration::ZERO,
            page_bytes: PAGE_BYTES,
            uploads_at_once: 3,
            headroom_bytes: 16 << 20,
            quota_bytes: None,
            keep_days: None,
        }
    }

    /// A device in a folder: `gewu.db`, `media/`, `secrets/`, `lock` and `reserve` in it, real seams.
    ///
    /// # Errors
    /// When the folder cannot be made or written.
    pub fn folder(folder: impl Into<PathBuf>) -> Result<Self, crate::GewuError> {
        let folder = folder.into();
        let secrets = folder.join("secrets");
        Self::folder_and_secrets(folder, secrets)
    }

    /// A device in a folder whose keys lie in another one, so that whoever copies the first can
    /// neither write in the device's name nor read contacts.
    ///
    /// # Errors
    /// As [`Options::folder`].
    pub fn folder_and_secrets(
        folder: impl Into<PathBuf>,
        secrets: impl Into<PathBuf>,
    ) -> Result<Self, crate::GewuError> {
        let folder = folder.into();
        named(&folder)?;
        let secrets = FolderSecrets::open(secrets.into());
        let secrets = secrets.map_err(crate::error::DeviceError::from)?;
        Self::folder_with_secrets(folder, Arc::new(secrets))
    }

    /// A device in a folder whose keys lie in the platform's key store.
    ///
    /// # Errors
    /// As [`Options::folder`].
    pub fn folder_with_secrets(
        folder: impl Into<PathBuf>,
        secrets: Arc<dyn SecretStore>,
    ) -> Result<Self, crate::GewuError> {
        let folder = folder.into();
        named(&folder)?;
        let files = FolderFiles::open(folder.join("media"));
        let host = Host {
            clock: Arc::new(SystemClock),
            entropy: Arc::new(OsEntropy),
            secrets,
            files: Arc::new(files.map_err(crate::error::DeviceError::from)?),
            connector: usual_connector(),
            log: Arc::new(NoLog),
            connectivity: Arc::new(AnyNetwork),
        };
        let database = OpenOptions::new(folder.join("gewu.db"));
        Ok(Self {
            lock: Some(folder.join("lock")),
            reserve: Some(folder.join("reserve")),
            ..Self::new(host, database)
        })
    }
}

/// A folder without a name would be whichever the process happens to be in.
fn named(folder: &Path) -> Result<(), crate::GewuError> {
    if folder.as_os_str().is_empty() {
        let words = "name the folder that the device is kept in";
        return Err(crate::error::DeviceError::input("folder", words).into());
    }
    Ok(())
}
