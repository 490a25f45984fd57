//! What can go wrong with a database, by what the caller can do about it.

use rusqlite::ErrorCode;

use crate::files::FilesError;

/// Why a database could not be opened, read or written. The message holds no data and no path.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// No room for the write.
    #[error("the disk is full; make room and try again")]
    DiskFull,
    /// The file or its folder may not be written.
    #[error("the database cannot be written; check the folder's permissions")]
    ReadOnly,
    /// Another process or a long transaction holds it.
    #[error("the database is in use by another process; try again")]
    Locked,
    /// The file is not a sound database any more. Move it aside, say so, and go on with a new one.
    #[error("the database is damaged; it must be moved aside")]
    Corrupt,
    /// A newer version of the app wrote it.
    #[error(
        "the database was written by a newer version of the app (schema {found}, this app knows {known}); update the app"
    )]
    Newer {
        /// The version in the file.
        found: u32,
        /// The last version that this build knows.
        known: u32,
    },
    /// It is a database, but not one of ours.
    #[error("the file is a database of another application")]
    Foreign,
    /// There is no such file or folder, or it may not be opened.
    #[error("the database cannot be opened; check that its folder exists")]
    CannotOpen,
    /// The disk failed; the number is SQLite's extended code.
    #[error(
        "the disk failed (sqlite code {0}); try again, and copy the folder elsewhere if it stays so"
    )]
    Io(i32),
    /// The app is in the background.
    #[error("the database is suspended; resume it first")]
    Suspended,
    /// The work was stopped so that the app can go to the background.
    #[error("the database work was interrupted")]
    Interrupted,
    /// A transaction was asked for inside another one of the same thread.
    #[error("a transaction cannot be opened inside another one")]
    Nested,
    /// The list of migrations makes no sense, or one of them broke a reference.
    #[error("the migrations are wrong: {0}")]
    Migrations(&'static str),
    /// A migration's SQL failed; the file is as it was before it.
    #[error("the migration to schema {version} failed")]
    Migration {
        /// The version that could not be reached.
        version: u32,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// Anything else that SQLite says.
    #[error("the database refused the statement")]
    Sql(#[source] rusqlite::Error),
}

impl From<rusqlite::Error> for DbError {
    fn from(error: rusqlite::Error) -> Self {
        let Some(failure) = error.sqlite_error() else {
            return Self::Sql(error);
        };
        match failure.code {
            ErrorCode::DiskFull => Self::DiskFull,
            ErrorCode::ReadOnly | ErrorCode::PermissionDenied => Self::ReadOnly,
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Locked,
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Self::Corrupt,
            ErrorCode::CannotOpen => Self::CannotOpen,
            // The index of the log could not grow, which takes room and nothing else.
            ErrorCode::SystemIoFailure
                if failure.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE =>
            {
                Self::DiskFull
            }
            ErrorCode::SystemIoFailure => Self::Io(failure.extended_code),
            ErrorCode::OperationInterrupted => Self::Interrupted,
            _ => Self::Sql(error),
        }
    }
}

impl From<FilesError> for DbError {
    fn from(error: FilesError) -> Self {
        match error {
            FilesError::DiskFull => Self::DiskFull,
            FilesError::ReadOnly => Self::ReadOnly,
            FilesError::NotFound | FilesError::BadPath => Self::CannotOpen,
            FilesError::Io(_) => Self::Io(rusqlite::ffi::SQLITE_IOERR),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::ffi;

    #[test]
    fn an_index_that_cannot_grow_is_a_full_disk() {
        let of = |code| DbError::from(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None));
        assert!(matches!(of(ffi::SQLITE_FULL), DbError::DiskFull));
        assert!(matches!(of(ffi::SQLITE_IOERR_SHMSIZE), DbError::DiskFull));
        assert!(matches!(of(ffi::SQLITE_IOERR_READ), DbError::Io(266)));
    }
}
