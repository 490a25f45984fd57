//! One process per device: two would take the same sequence numbers.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use crate::error::{DeviceError, Result};
use crate::files::FilesError;

/// A lock that the system lets go of when the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct FolderLock {
    _file: File,
}

impl FolderLock {
    pub(crate) fn take(path: &Path) -> Result<Self> {
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path)
            .map_err(FilesError::from)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(DeviceError::Busy("process on this device")),
            Err(TryLockError::Error(error)) => Err(FilesError::from(error).into()),
        }
    }
}
