//! Files in a real folder.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::os::{Os, RealOs};
use super::{Files, FilesError, Mapped, ReadSeek, check_path};
use gewu_model::small::Arrange as _;

/// Where files grow before they get their name. Its own name begins with a dot, so no path of a
/// caller leads into it and no listing shows it.
const ASIDE: &str = ".aside";

/// A folder of the real file system. Several processes may share one.
#[derive(Debug)]
pub struct FolderFiles<O = RealOs> {
    root: PathBuf,
    os: O,
    next: AtomicU64,
}

impl FolderFiles {
    /// The files in `root`, which is made if need be, for its owner only.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn open(root: impl AsRef<Path>) -> Result<Self, FilesError> {
        Self::with_os(root.as_ref(), RealOs)
    }
}

impl<O: Os> FolderFiles<O> {
    /// The files in `root` on a disk of one's own.
    pub(super) fn with_os(root: &Path, os: O) -> Result<Self, FilesError> {
        let files = Self {
            root: root.to_path_buf(),
            os,
            next: AtomicU64::new(0),
        };
        files.make_folder(root)?;
        files.make_folder(&root.join(ASIDE))?;
        Ok(files)
    }

    /// Removes what writes that never finished have left, and says how many there were. Only
    /// for a moment when no other process writes here.
    ///
    /// # Errors
    /// When something could not be removed.
    pub fn sweep(&self) -> Result<usize, FilesError> {
        let mut swept = 0;
        for entry in fs::read_dir(self.root.join(ASIDE))? {
            self.os.remove(&entry?.path())?;
            swept += 1;
        }
        Ok(swept)
    }

    /// Makes a folder and the missing ones above it; each is flushed into the one above before
    /// anything is put in it.
    fn make_folder(&self, path: &Path) -> Result<(), FilesError> {
        if path.as_os_str().is_empty() || path.is_dir() {
            return Ok(());
        }
        let above = path.parent().unwrap_or(Path::new(""));
        self.make_folder(above)?;
        match self.os.create_folder(path) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error.into()),
            _ => Ok(self.os.sync_folder(above)?),
        }
    }

    /// A new file aside. A name that another process uses, or left behind, is passed over.
    fn create_aside(&self) -> Result<(File, PathBuf), FilesError> {
        loop {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            let path = self
                .root
                .join(ASIDE)
                .join(format!("{}-{number}", std::process::id()));
            match self.os.create_file(&path) {
                Ok(file) => return Ok((file, path)),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn fill_and_name(
        &self,
        mut file: File,
        aside: &Path,
        path: &Path,
        bytes: &[u8],
    ) -> Result<(), FilesError> {
        self.os.write(&mut file, aside, bytes)?;
        self.os.sync_file(&file, aside)?;
        drop(file);
        self.os.rename(aside, path)?;
        Ok(self.os.sync_folder(path.parent().unwrap_or(&self.root))?)
    }

    fn at(&self, path: &str) -> Result<PathBuf, FilesError> {
        check_path(path)?;
        Ok(self.root.join(path))
    }

    fn open_file(&self, path: &str) -> Result<File, FilesError> {
        let file = File::open(self.at(path)?)?;
        if file.metadata()?.is_dir() {
            Err(FilesError::NotFound)
        } else {
            Ok(file)
        }
    }

    fn collect(&self, folder: &str, found: &mut Vec<String>) -> Result<(), FilesError> {
        let entries = match fs::read_dir(self.root.join(folder)) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            // What is not UTF-8 or begins with a dot was not put there through this type.
            let Some(name) = entry.file_name().to_str().map(str::to_owned) else {
                continue;
            };
            let path = if folder.is_empty() {
                name
            } else {
                format!("{folder}/{name}")
            };
            if check_path(&path).is_err() {
                continue;
            }
            if entry.file_type()?.is_dir() {
                self.collect(&path, found)?;
            } else {
                found.push(path);
            }
        }
        Ok(())
    }
}

impl<O: Os> Files for FolderFiles<O> {
    fn put_atomic(&self, path: &str, bytes: &[u8]) -> Result<(), FilesError> {
        let path = self.at(path)?;
        self.make_folder(path.parent().unwrap_or(&self.root))?;
        let (file, aside) = self.create_aside()?;
        self.fill_and_name(file, &aside, &path, bytes)
            .inspect_err(|_| {
                // The first error is the one to report; `sweep` takes what stays.
                let _ = self.os.remove(&aside);
            })
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, FilesError> {
        let mut bytes = Vec::new();
        self.open_file(path)?.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn read_range(&self, path: &str, offset: u64, len: usize) -> Result<Vec<u8>, FilesError> {
        let mut file = self.open_file(path)?;
        file.seek(SeekFrom::Start(offset))?;
        let mut bytes = Vec::new();
        file.take(len as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn open_read(&self, path: &str) -> Result<Box<dyn ReadSeek>, FilesError> {
        Ok(Box::new(self.open_file(path)?))
    }

    fn map(&self, path: &str) -> Result<Mapped, FilesError> {
        let file = self.open_file(path)?;
        // SAFETY: a mapping is unsound when its file changes underneath. A file here is written
        // aside, and once it has its name nothing writes into it any more: putting another one
        // there renames a new file, removing takes the name away, and either way the mapped one
        // stays as it is until the mapping goes. The folder is the app's own, for its owner only.
        let map = unsafe { memmap2::Mmap::map(&file) }?;
        Ok(Mapped::map(map))
    }

    fn len(&self, path: &str) -> Result<Option<u64>, FilesError> {
        match fs::metadata(self.at(path)?) {
            Ok(found) if found.is_file() => Ok(Some(found.len())),
            Ok(_) => Ok(None),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn remove(&self, path: &str) -> Result<(), FilesError> {
        let path = self.at(path)?;
        match self.os.remove(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error.into()),
            Ok(()) => Ok(self.os.sync_folder(path.parent().unwrap_or(&self.root))?),
        }
    }

    fn remove_empty(&self, folder: &str) -> Result<(), FilesError> {
        let folder = self.at(folder)?;
        match self.os.remove_folder(&folder) {
            Ok(()) => Ok(self.os.sync_folder(folder.parent().unwrap_or(&self.root))?),
            Err(error) if is_no_failure(error.kind()) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, FilesError> {
        if !folder.is_empty() {
            check_path(folder)?;
        }
        let mut found = Vec::new();
        self.collect(folder, &mut found)?;
        found.arrange();
        Ok(found)
    }

    fn place(&self, path: &str) -> Option<PathBuf> {
        self.at(path).ok()
    }

    fn free_space(&self) -> Result<Option<u64>, FilesError> {
        Ok(free_space(&self.root)?)
    }
}

/// Whether a folder stays because something is in it, or is gone already.
const fn is_no_failure(why: ErrorKind) -> bool {
    matches!(why, ErrorKind::DirectoryNotEmpty | ErrorKind::NotFound)
}

#[cfg(unix)]
fn free_space(root: &Path) -> io::Result<Option<u64>> {
    let stat = rustix::fs::statvfs(root)?;
    Ok(Some(stat.f_bavail.saturating_mul(stat.f_frsize)))
}

#[cfg(not(unix))]
fn free_space(_root: &Path) -> io::Result<Option<u64>> {
    Ok(None)
}

#[cfg(test)]
mod tests;
