//! How a server is opened.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gewu_model::crypto::Signer;
use object_store::ObjectStore;
use object_store::local::LocalFileSystem;

use super::OpenError;
use crate::cards::CardKeySource;
use crate::seam::{Entropy, OsEntropy};
use crate::store::sqlite::Database;

/// Where the city's keys come from.
#[derive(Clone)]
pub enum KeySource {
    /// A folder with `root.key` and `server.key`, made on first use.
    Folder(PathBuf),
    /// Keys that live elsewhere.
    Given {
        /// The city's root key: signs the server's certificate once.
        root: Arc<dyn Signer>,
        /// The server's key.
        server: Arc<dyn Signer>,
    },
}

/// What a city decides about its server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Whether anybody may enrol as a citizen without a code.
    pub citizens: bool,
    /// The largest file, in bytes. A published policy that allows larger ones raises it.
    pub max_file_bytes: u64,
    /// The most bytes of all unfinished uploads together; without, as many as stay free beside them.
    pub max_unfinished_bytes: Option<u64>,
    /// The city's offset from UTC in minutes; task numbers begin with the city's date.
    pub utc_offset_minutes: i32,
    /// For how many days a device's certificate holds.
    pub certificate_days: u32,
    /// For how many days after its retirement a device may still deliver what it wrote before.
    pub retirement_days: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            citizens: true,
            max_file_bytes: 64 << 20,
            max_unfinished_bytes: None,
            utc_offset_minutes: 8 * 60,
            certificate_days: 730,
            retirement_days: 30,
        }
    }
}

/// Everything that a server is opened with.
#[derive(Clone)]
pub struct CoreOptions {
    /// The database.
    pub database: Database,
    /// The city's keys.
    pub keys: KeySource,
    /// Where whole files lie.
    pub objects: Arc<dyn ObjectStore>,
    /// The folder in which those are, if it is one of this machine's.
    pub files: Option<PathBuf>,
    /// The folder where parts of unfinished files lie.
    pub uploads: PathBuf,
    /// The file that remembers what was erased. It must outlive the database: a restored older one
    /// learns from it.
    pub erased: PathBuf,
    /// Where the key of contact cards comes from.
    pub card_key: CardKeySource,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// The city's decisions.
    pub settings: Settings,
}

impl CoreOptions {
    /// A server in one folder, with the operating system's services. Makes the folder where there is
    /// none.
    ///
    /// # Errors
    /// [`OpenError::Folder`] when it cannot be made.
    pub fn in_folder(folder: &Path) -> Result<Self, OpenError> {
        let media = folder.join("media");
        for made in [folder, &media] {
            fs::create_dir_all(made).map_err(|error| OpenError::folder(made, &error))?;
        }
        let objects = LocalFileSystem::new_with_prefix(&media)
            .map_err(|_| OpenError::Folder(media.clone(), std::io::ErrorKind::Other))?;
        Ok(Self {
            database: Database::new(folder.join("gewu.db")),
            keys: KeySource::Folder(folder.join("keys")),
            objects: Arc::new(objects.with_fsync(true)),
            files: Some(media),
            uploads: folder.join("uploads"),
            erased: folder.join(crate::erased::NAME),
            card_key: CardKeySource::OfUser,
            entropy: Arc::new(OsEntropy),
            settings: Settings::default(),
        })
    }
}
