//! One process per device: two would take the same sequence numbers.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::error::{DeviceError, Result};
use crate::files::FilesError;

/// How often a wait looks whether the lock is free.
const TICK: Duration = Duration::from_millis(50);

/// What holds it, in the words of the error.
const IN_USE: &str = "client of this folder, or a call of one that was closed,";

/// A lock that the system lets go of when the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct FolderLock {
    _file: File,
}

impl FolderLock {
    /// Takes the lock, waiting so long for another process, such as a sync in the background.
    pub(crate) fn take(path: &Path, patience: Duration) -> Result<Self> {
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path)
            .map_err(FilesError::from)?;
        let begun = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _file: file }),
                Err(TryLockError::WouldBlock) if begun.elapsed() < patience => thread::sleep(TICK),
                Err(TryLockError::WouldBlock) => {
                    return Err(DeviceError::Busy(IN_USE));
                }
                Err(TryLockError::Error(error)) => return Err(FilesError::from(error).into()),
            }
        }
    }
}
