//! The few calls to the operating system that durability rests on, behind a trait so that a test
//! can write down their order and make one fail.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// What [`super::FolderFiles`] does to a disk.
pub trait Os: Send + Sync {
    /// Makes one folder; an existing one is an error of kind `AlreadyExists`.
    fn create_folder(&self, path: &Path) -> io::Result<()>;
    /// Makes a new file that only its owner may read; an existing one is an error.
    fn create_file(&self, path: &Path) -> io::Result<File>;
    /// Writes all of `bytes` at the end of what was written.
    fn write(&self, file: &mut File, path: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Waits until the file's content is on the medium.
    fn sync_file(&self, file: &File, path: &Path) -> io::Result<()>;
    /// Gives the file another name, replacing what had it.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Waits until the folder's names are on the medium.
    fn sync_folder(&self, path: &Path) -> io::Result<()>;
    /// Takes a file's name away.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Removes a folder; one that is not empty is an error.
    fn remove_folder(&self, path: &Path) -> io::Result<()>;
}

/// The operating system itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct RealOs;

impl Os for RealOs {
    fn create_folder(&self, path: &Path) -> io::Result<()> {
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(path)
    }

    fn create_file(&self, path: &Path) -> io::Result<File> {
        create_private(path)
    }

    fn write(&self, file: &mut File, _path: &Path, bytes: &[u8]) -> io::Result<()> {
        file.write_all(bytes)
    }

    fn sync_file(&self, file: &File, _path: &Path) -> io::Result<()> {
        file.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        sync_folder(path)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        fs::remove_dir(path)
    }
}

/// A new, empty file that only its owner may read and write; an existing one is an error.
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Waits until the names in a folder are on the medium.
#[cfg(unix)]
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    // An empty path is the parent of a bare file name: the working folder.
    let path = if path.as_os_str().is_empty() {
        Path::new(".")
    } else {
        path
    };
    File::open(path)?.sync_all()
}

/// A folder cannot be opened here; its names are written through.
#[cfg(not(unix))]
pub(crate) fn sync_folder(_path: &Path) -> io::Result<()> {
    Ok(())
}
