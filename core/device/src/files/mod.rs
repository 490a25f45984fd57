//! The seam to the file system: photos, thumbnails, keys.
//!
//! A file is written aside, flushed, renamed to its name, and the folder is flushed; only then
//! does the call return, and only then may a row in the database name the file. So a name that
//! the database knows always leads to whole content, whatever the power does.
//!
//! Paths are relative to one root, `/` between segments, and never leave it. The implementation
//! for real folders is [`FolderFiles`]; the simulator's disk implements [`Files`] too.

mod error;
mod folder;
mod mapped;
mod os;
mod path;
mod reserve;

use std::io::{Read, Seek};
use std::path::PathBuf;

pub use error::FilesError;
pub use folder::FolderFiles;
pub use mapped::Mapped;
pub(crate) use os::{create_private, sync_folder};
pub use path::check_path;
pub(crate) use reserve::Reserve;

/// A file that is open for reading.
pub trait ReadSeek: Read + Seek + Send {}

impl<T: Read + Seek + Send> ReadSeek for T {}

/// A folder of files. Callable from any thread.
///
/// A path that is empty, absolute, has an empty segment, a segment that begins with a dot, a
/// backslash or a NUL is refused with [`FilesError::BadPath`].
pub trait Files: Send + Sync {
    /// Puts `bytes` at `path` in place of what was there, making folders as needed. When it
    /// returns, the content survives power loss; when it fails, the path leads to what was there
    /// or (when only the last flush failed) to the new content, never to a part of either.
    ///
    /// # Errors
    /// Any [`FilesError`].
    fn put_atomic(&self, path: &str, bytes: &[u8]) -> Result<(), FilesError>;

    /// The whole content.
    ///
    /// # Errors
    /// [`FilesError::NotFound`] when there is no such file.
    fn read(&self, path: &str) -> Result<Vec<u8>, FilesError>;

    /// The content from `offset`, at most `len` bytes; shorter at the end of the file.
    ///
    /// # Errors
    /// [`FilesError::NotFound`] when there is no such file.
    fn read_range(&self, path: &str, offset: u64, len: usize) -> Result<Vec<u8>, FilesError>;

    /// The file opened for reading.
    ///
    /// # Errors
    /// [`FilesError::NotFound`] when there is no such file.
    fn open_read(&self, path: &str) -> Result<Box<dyn ReadSeek>, FilesError>;

    /// The whole content for as long as the value lives, mapped where the platform can so that
    /// nothing is read before it is used. Only for files that are never put again under the same
    /// path. Stays readable when the file is removed meanwhile.
    ///
    /// # Errors
    /// [`FilesError::NotFound`] when there is no such file.
    fn map(&self, path: &str) -> Result<Mapped, FilesError> {
        self.read(path).map(Mapped::from)
    }

    /// The number of bytes, or `None` when there is no such file.
    ///
    /// # Errors
    /// When the disk cannot say.
    fn len(&self, path: &str) -> Result<Option<u64>, FilesError>;

    /// Whether there is such a file.
    ///
    /// # Errors
    /// When the disk cannot say.
    fn exists(&self, path: &str) -> Result<bool, FilesError> {
        Ok(self.len(path)?.is_some())
    }

    /// Removes the file, if there is one. When it returns, the removal survives power loss.
    ///
    /// # Errors
    /// When it could not be removed.
    fn remove(&self, path: &str) -> Result<(), FilesError>;

    /// Removes a folder in which nothing lies any more, where there are folders. One that something lies in
    /// stays.
    ///
    /// # Errors
    /// When it could not be removed.
    fn remove_empty(&self, _folder: &str) -> Result<(), FilesError> {
        Ok(())
    }

    /// The paths of all files in `folder` and below, sorted; an empty `folder` means the root.
    /// A folder that does not exist has no files.
    ///
    /// # Errors
    /// When a folder cannot be read.
    fn list(&self, folder: &str) -> Result<Vec<String>, FilesError>;

    /// Where the file lies for other programs of the platform; `None` when no other can read it.
    fn place(&self, _path: &str) -> Option<PathBuf> {
        None
    }

    /// The bytes that may still be written, if the platform tells.
    ///
    /// # Errors
    /// When the disk cannot say although the platform can.
    fn free_space(&self) -> Result<Option<u64>, FilesError>;
}
