//! Photos on the simulated disk.

use std::io::{Cursor, ErrorKind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gewu::files::{Files, FilesError, ReadSeek, check_path};

use super::Fault;
use super::state::State;

/// The files of one run of a process.
#[derive(Debug, Clone)]
pub struct SimFiles {
    state: Arc<Mutex<State>>,
    boot: u64,
}

impl From<Fault> for FilesError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::DiskFull => Self::DiskFull,
            Fault::Io | Fault::PowerOff => Self::Io(ErrorKind::Other),
        }
    }
}

impl SimFiles {
    pub(super) const fn new(state: Arc<Mutex<State>>, boot: u64) -> Self {
        Self { state, boot }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The steps of the real implementation, each of which may be the last.
    fn put(&self, disk: &mut State, path: &str, bytes: &[u8]) -> Result<(), Fault> {
        let aside = format!(".aside/{}", disk.steps);
        let file = disk.create(self.boot, &aside)?;
        let filled = disk.write(file, 0, bytes).and_then(|()| disk.sync(file));
        let named = filled.and_then(|()| disk.rename(self.boot, &aside, path));
        if named.is_err() {
            // As in the real one the first failure is the one that counts.
            let _ = disk.remove(self.boot, &aside);
        }
        named?;
        disk.sync_names(self.boot)
    }
}

impl Files for SimFiles {
    fn put_atomic(&self, path: &str, bytes: &[u8]) -> Result<(), FilesError> {
        check_path(path)?;
        Ok(self.put(&mut self.lock(), path, bytes)?)
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, FilesError> {
        check_path(path)?;
        let disk = self.lock();
        disk.alive(self.boot)?;
        Ok(disk
            .find(path)
            .ok_or(FilesError::NotFound)?
            .content()
            .to_vec())
    }

    fn read_range(&self, path: &str, offset: u64, len: usize) -> Result<Vec<u8>, FilesError> {
        let skip = usize::try_from(offset).unwrap_or(usize::MAX);
        Ok(self.read(path)?.into_iter().skip(skip).take(len).collect())
    }

    fn open_read(&self, path: &str) -> Result<Box<dyn ReadSeek>, FilesError> {
        Ok(Box::new(Cursor::new(self.read(path)?)))
    }

    fn len(&self, path: &str) -> Result<Option<u64>, FilesError> {
        match self.read(path) {
            Ok(content) => Ok(Some(content.len() as u64)),
            Err(FilesError::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn remove(&self, path: &str) -> Result<(), FilesError> {
        check_path(path)?;
        let mut disk = self.lock();
        if disk.remove(self.boot, path)? {
            disk.sync_names(self.boot)?;
        }
        Ok(())
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, FilesError> {
        if !folder.is_empty() {
            check_path(folder)?;
        }
        let disk = self.lock();
        disk.alive(self.boot)?;
        let inside = |name: &str| {
            folder.is_empty()
                || name
                    .strip_prefix(folder)
                    .is_some_and(|rest| rest.starts_with('/'))
        };
        let listed = |name: &&String| inside(name) && check_path(name).is_ok();
        Ok(disk.names().filter(listed).cloned().collect())
    }

    fn free_space(&self) -> Result<Option<u64>, FilesError> {
        let disk = self.lock();
        disk.alive(self.boot)?;
        Ok(disk.free())
    }
}
