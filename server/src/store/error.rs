//! What can go wrong with the database, by what can be done about it.

use rusqlite::ErrorCode;

/// Why the database did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// What is stored cannot be read.
    #[error("the server's database is damaged ({0}): restore a backup")]
    Corrupt(&'static str),
    /// No room on the disk.
    #[error("the server's disk is full: make room")]
    Full,
    /// Another process holds the database for too long.
    #[error("the server's database is in use by another process: stop it")]
    Busy,
    /// Written by a newer version of this program.
    #[error("the server's database was written by a newer version: update the server")]
    Newer,
    /// The database of something else lies there: a device keeps its own under the same name.
    #[error(
        "this is a device's folder and holds no server: name the folder that gewu serve was started with"
    )]
    Foreign,
    /// A constraint of the schema was broken, which is a mistake of ours.
    #[error("the server's database refused a row: report this")]
    Constraint,
    /// The disk or the file system failed.
    #[error("the server's database cannot be used (SQLite {0}): check its folder")]
    Unusable(i32),
    /// A case was to be written in a transaction that does not hold it, which is a mistake of ours.
    #[error("the server's database does not hold the case: report this")]
    Unheld,
    /// The work itself failed and was undone.
    #[error("the work was undone")]
    Undone,
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error
            .sqlite_error()
            .map(|error| (error.code, error.extended_code))
        {
            Some((ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase, _)) => {
                Self::Corrupt("not a sound SQLite file")
            }
            Some((ErrorCode::DiskFull, _)) => Self::Full,
            Some((ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _)) => Self::Busy,
            Some((ErrorCode::ConstraintViolation, _)) => Self::Constraint,
            Some((_, code)) => Self::Unusable(code),
            None => Self::Corrupt("a value of an unexpected type"),
        }
    }
}
