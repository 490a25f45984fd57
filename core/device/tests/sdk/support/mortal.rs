//! Files and keys of a process that is killed at some step, and of a disk that fills.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use gewu::Options;
use gewu::files::{Files, FilesError, FolderFiles, ReadSeek};
use gewu::host::{FolderSecrets, SecretError, SecretStore};
use zeroize::Zeroizing;

/// How many steps on files and keys there are until the process dies; below 0 it is immortal.
#[derive(Clone)]
pub struct Steps(Arc<AtomicI64>);

impl Steps {
    pub fn immortal() -> Self {
        Self(Arc::new(AtomicI64::new(-1)))
    }

    /// The process dies before its n-th step from now on.
    pub fn die_at(&self, n: i64) {
        self.0.store(n, Ordering::SeqCst);
    }

    fn step(&self) {
        match self.0.fetch_sub(1, Ordering::SeqCst) {
            0 => {
                // Whoever is still running has died with the process.
                self.0.store(0, Ordering::SeqCst);
                panic!("the process is killed");
            }
            left if left < 0 => self.0.store(-1, Ordering::SeqCst),
            _ => {}
        }
    }
}

/// Files of a folder, for a process that is killed at some step, on a disk on which so many more may be put.
pub struct MortalFiles {
    files: FolderFiles,
    steps: Steps,
    room: AtomicI64,
}

impl MortalFiles {
    pub fn new(folder: &Path, steps: &Steps, room: i64) -> Self {
        Self {
            files: FolderFiles::open(folder.join("media")).unwrap(),
            steps: steps.clone(),
            room: room.into(),
        }
    }
}

impl Files for MortalFiles {
    fn put_atomic(&self, path: &str, bytes: &[u8]) -> Result<(), FilesError> {
        self.steps.step();
        match self.room.fetch_sub(1, Ordering::SeqCst) {
            left if left > 0 => self.files.put_atomic(path, bytes),
            _ => Err(FilesError::DiskFull),
        }
    }
    fn read(&self, path: &str) -> Result<Vec<u8>, FilesError> {
        self.files.read(path)
    }
    fn read_range(&self, path: &str, offset: u64, len: usize) -> Result<Vec<u8>, FilesError> {
        self.files.read_range(path, offset, len)
    }
    fn open_read(&self, path: &str) -> Result<Box<dyn ReadSeek>, FilesError> {
        self.files.open_read(path)
    }
    fn len(&self, path: &str) -> Result<Option<u64>, FilesError> {
        self.files.len(path)
    }
    fn remove(&self, path: &str) -> Result<(), FilesError> {
        self.steps.step();
        self.files.remove(path)
    }
    fn list(&self, folder: &str) -> Result<Vec<String>, FilesError> {
        self.files.list(folder)
    }
    fn free_space(&self) -> Result<Option<u64>, FilesError> {
        self.files.free_space()
    }
}

struct MortalSecrets(FolderSecrets, Steps);

impl SecretStore for MortalSecrets {
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, SecretError> {
        self.0.get(name)
    }
    fn put(&self, name: &str, secret: &[u8]) -> Result<(), SecretError> {
        self.1.step();
        self.0.put(name, secret)
    }
    fn delete(&self, name: &str) -> Result<(), SecretError> {
        self.1.step();
        self.0.delete(name)
    }
}

/// Everything of a process that is killed at some step.
pub fn mortal(mut options: Options, folder: &Path, steps: &Steps) -> Options {
    let secrets = FolderSecrets::open(folder.join("secrets")).unwrap();
    options.host.files = Arc::new(MortalFiles::new(folder, steps, i64::MAX));
    options.host.secrets = Arc::new(MortalSecrets(secrets, steps.clone()));
    options
}
