//! A phone that lies still: what is on its disk, for others to look at.

use std::fs;
use std::io;
use std::path::Path;

use gewu::files::Files;
use rusqlite::{Connection, OpenFlags};

use super::Phone;

impl Phone {
    /// Opens its database beside the SDK, which must be closed.
    pub(super) fn database(&self) -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let vfs = self.disk.vfs_name();
        let connection = Connection::open_with_flags_and_vfs("gewu.db", flags, vfs)?;
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        Ok(connection)
    }

    /// Ends its process, hands its database to `look`, and starts it again.
    ///
    /// # Errors
    /// When the database cannot be opened.
    pub fn with_database<T>(&mut self, look: impl FnOnce(&Connection) -> T) -> rusqlite::Result<T> {
        self.sdk = None;
        self.disk.kill();
        let looked = self.database().map(|db| look(&db));
        self.disk.kill();
        self.boot();
        looked
    }

    /// Ends its process and copies its files and keys into `folder`, laid out as
    /// [`gewu::Options::folder`] has them. The phone stays off until [`Phone::with_database`].
    ///
    /// # Errors
    /// When a file cannot be read or written.
    pub fn leave_in(&mut self, folder: &Path) -> io::Result<()> {
        self.sdk = None;
        self.disk.kill();
        let disk = self.disk.files();
        let refused = |_| io::Error::from(io::ErrorKind::InvalidData);
        for path in disk.list("").map_err(refused)? {
            if !path.starts_with("gewu.db") {
                put(
                    &folder.join("media").join(&path),
                    &disk.read(&path).map_err(refused)?,
                )?;
            }
        }
        for (name, secret) in self.secrets.all() {
            put(&folder.join("secrets").join(name), &secret)?;
        }
        Ok(())
    }
}

fn put(file: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::create_dir_all(file.parent().unwrap_or(Path::new("")))?;
    fs::write(file, bytes)
}
