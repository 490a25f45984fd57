//! What can go wrong with a file, by what the caller can do about it.

use std::io;

/// Why a file could not be read or written. Holds no path: a path may name what a person did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FilesError {
    /// No room, or the user's quota is used up.
    #[error("the disk is full; make room and try again")]
    DiskFull,
    /// The file system or the folder may not be written.
    #[error("the folder cannot be written; check its permissions")]
    ReadOnly,
    /// There is no such file.
    #[error("the file does not exist")]
    NotFound,
    /// The path would leave the folder, or no file system takes it.
    #[error("the path must be relative, without empty, dotted or overlong segments")]
    BadPath,
    /// The disk failed in another way.
    #[error("the disk failed: {0}")]
    Io(io::ErrorKind),
}

impl From<io::Error> for FilesError {
    fn from(error: io::Error) -> Self {
        use io::ErrorKind as Kind;
        match error.kind() {
            Kind::StorageFull | Kind::QuotaExceeded | Kind::FileTooLarge => Self::DiskFull,
            Kind::ReadOnlyFilesystem | Kind::PermissionDenied => Self::ReadOnly,
            Kind::NotFound => Self::NotFound,
            kind => Self::Io(kind),
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn system_errors_become_what_the_caller_can_do() {
        use rustix::io::Errno;
        let of = |errno: Errno| FilesError::from(io::Error::from(errno));
        assert_eq!(of(Errno::NOSPC), FilesError::DiskFull);
        assert_eq!(of(Errno::DQUOT), FilesError::DiskFull);
        assert_eq!(of(Errno::ROFS), FilesError::ReadOnly);
        assert_eq!(of(Errno::ACCESS), FilesError::ReadOnly);
        assert_eq!(of(Errno::NOENT), FilesError::NotFound);
        assert!(matches!(of(Errno::IO), FilesError::Io(_)));
    }
}
