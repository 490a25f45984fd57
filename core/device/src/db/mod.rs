//! The database kit: one SQLite file, one writer, readers beside it, numbered migrations.
//!
//! It knows nothing of cases; the store brings its schema as a list of [`Migration`]s.
//!
//! - A [`Database::write`] that returned survives power loss: WAL with `synchronous=FULL`.
//! - Reads see one moment: each [`Database::read`] is a transaction of its own and does not wait
//!   for the writer.
//! - The file's version is written by the kit, in the transaction of the migration. A file of a
//!   newer version is refused, and a file of somebody else's too.
//! - A corrupt file is an error of its own, [`DbError::Corrupt`]. Whoever opened it moves it aside
//!   with [`Database::move_aside`] and tells the user; nothing here deletes one.
//! - [`Database::suspend`] leaves no connection, statement or lock (iOS kills an app that keeps
//!   one in the background); [`Database::resume`] goes on.
//! - After every write that changed something a counter moves, and [`Revisions`] wake.

mod aside;
mod connect;
mod error;
mod image;
mod migrate;
mod options;
mod pool;
mod revision;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use gewu_model::time::Millis;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use zeroize::Zeroizing;

use crate::files::FilesError;
use pool::Pool;
use revision::Counter;

pub(crate) use aside::Aside;
pub use error::DbError;
pub use migrate::{APPLICATION_ID, Migration};
pub use options::{OpenOptions, Synchronous};
pub use revision::{Canceller, Revisions};

/// An open database. Callable from any thread; put it behind an `Arc` to share it.
///
/// ```
/// use gewu::db::{Database, DbError, Migration, OpenOptions};
///
/// const MIGRATIONS: &[Migration] =
///     &[Migration { version: 1, name: "notes", sql: "CREATE TABLE note (text TEXT NOT NULL) STRICT" }];
///
/// # let folder = tempfile::tempdir().unwrap();
/// let db = Database::open(OpenOptions::new(folder.path().join("notes.db")), MIGRATIONS)?;
/// db.write(|tx| -> Result<(), DbError> {
///     tx.execute("INSERT INTO note (text) VALUES (?1)", ["hello"])?;
///     Ok(())
/// })?;
/// let count: i64 = db.read(|tx| -> Result<_, DbError> {
///     Ok(tx.query_row("SELECT count(*) FROM note", [], |row| row.get(0))?)
/// })?;
/// assert_eq!(count, 1);
/// # Ok::<(), DbError>(())
/// ```
#[derive(Debug)]
pub struct Database {
    pool: Pool,
    revisions: Arc<Counter>,
    listed: Option<&'static str>,
}

impl Database {
    /// Opens the file, makes it if there is none, and migrates it to the last of `migrations`.
    ///
    /// # Errors
    /// [`DbError::Corrupt`], [`DbError::Newer`], [`DbError::Foreign`], and what a disk can do.
    pub fn open(options: OpenOptions, migrations: &[Migration]) -> Result<Self, DbError> {
        migrate::check(migrations)?;
        connect::prepare_file(&options)?;
        let mut writer = connect::writer(&options)?;
        migrate::run(&mut writer, migrations)?;
        let listed = options.listed;
        let pool = Pool::new(options, connect::folding(writer)?);
        Ok(Self {
            pool,
            listed,
            revisions: Arc::default(),
        })
    }

    /// Runs `work` in a transaction that sees one moment of the database and cannot change it.
    ///
    /// # Errors
    /// What `work` returns, and [`DbError`] when no connection can be had.
    pub fn read<T, E>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, E>) -> Result<T, E>
    where
        E: From<DbError>,
    {
        let (mut work, mut done) = (Some(work), None);
        self.reading(&mut |tx| done = work.take().map(|work| work(tx)))?;
        answer(done)
    }

    /// [`Database::read`] for work of every kind, so that its code is there once.
    fn reading(&self, work: &mut dyn FnMut(&Transaction<'_>)) -> Result<(), DbError> {
        self.pool.read(|connection| {
            let tx = connection.transaction()?;
            work(&tx);
            Ok(())
        })
    }

    /// Runs `work` in a transaction that holds the write lock from its beginning, and commits it.
    /// When this returns `Ok`, the work survives power loss; when it returns an error or `work`
    /// panics, nothing has changed.
    ///
    /// # Errors
    /// What `work` returns, and [`DbError`] when it cannot begin or commit.
    pub fn write<T, E>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, E>) -> Result<T, E>
    where
        E: From<DbError>,
    {
        let (mut work, mut done) = (Some(work), None);
        self.writing(&mut |tx| {
            done = work.take().map(|work| work(tx));
            matches!(done, Some(Ok(_)))
        })?;
        answer(done)
    }

    /// [`Database::write`] for work of every kind; what `work` says is whether to commit.
    fn writing(&self, work: &mut dyn FnMut(&Transaction<'_>) -> bool) -> Result<(), DbError> {
        let listed = Arc::new(AtomicBool::new(false));
        let changed = self.pool.write(|connection| -> Result<_, DbError> {
            self.watch_listed(connection, &listed)?;
            let before = connection.total_changes();
            let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            if !work(&tx) {
                return Ok(false);
            }
            tx.commit()?;
            Ok(connection.total_changes() != before)
        })?;
        if changed {
            self.revisions.bump(listed.load(Ordering::Relaxed));
        }
        Ok(())
    }

    /// Has the next writes of the connection note whether they touch the listed table.
    fn watch_listed(
        &self,
        connection: &mut Connection,
        touched: &Arc<AtomicBool>,
    ) -> Result<(), DbError> {
        let Some(listed) = self.listed else {
            return Ok(());
        };
        let touched = Arc::clone(touched);
        let note = move |_, _: &str, table: &str, _| {
            if table == listed {
                touched.store(true, Ordering::Relaxed);
            }
        };
        Ok(connection.update_hook(Some(note))?)
    }

    /// A view of the counter that moves after every write that changed something.
    pub fn subscribe(&self) -> Revisions {
        Revisions::new(Arc::clone(&self.revisions))
    }

    /// Lets go of the file: new work is refused with [`DbError::Suspended`], running work gets
    /// `grace` to finish and is then interrupted, the log is folded into the file, and every
    /// connection is closed. Suspending twice is the same as once.
    ///
    /// # Errors
    /// [`DbError::Locked`] when work still runs after `2 * grace`; its connection closes when it
    /// ends.
    pub fn suspend(&self, grace: Duration) -> Result<(), DbError> {
        self.pool.suspend(grace)
    }

    /// Folds the log into the file and empties it, so that nothing of removed rows stays readable there.
    /// Another process that reads keeps it from that; closing does it then.
    ///
    /// # Errors
    /// [`DbError::Suspended`], and what a disk can do.
    pub fn fold_log(&self) -> Result<(), DbError> {
        self.pool.fold_log()
    }

    /// Takes the file up again after [`Database::suspend`].
    ///
    /// # Errors
    /// When it cannot be opened any more.
    pub fn resume(&self) -> Result<(), DbError> {
        self.pool.resume()
    }

    /// Everything of one moment as the bytes of a database file.
    pub(crate) fn image(&self) -> Result<Zeroizing<Vec<u8>>, DbError> {
        self.pool.read(image::of)
    }

    /// What [`Database::image`] gave, now or by an older version of the app, in memory.
    pub(crate) fn open_image(
        image: &[u8],
        migrations: &[Migration],
    ) -> Result<Connection, DbError> {
        image::open(image, migrations)
    }

    /// Puts every row of an opened image in the place of what is here.
    pub(crate) fn adopt(tx: &Transaction<'_>, image: &Connection) -> Result<(), DbError> {
        image::adopt(tx, image)
    }

    /// Reads every page and says whether the file is sound. Takes as long as the file is big.
    ///
    /// # Errors
    /// [`DbError::Corrupt`] when it is not.
    pub fn check(&self) -> Result<(), DbError> {
        let verdict: String = self.read(|tx| -> Result<_, DbError> {
            Ok(tx.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?)
        })?;
        if verdict == "ok" {
            Ok(())
        } else {
            Err(DbError::Corrupt)
        }
    }

    /// The statements that make the schema, sorted by name, in one form of white space: two files
    /// with equal lists have equal schemas.
    ///
    /// # Errors
    /// When the schema cannot be read.
    pub fn schema(&self) -> Result<Vec<String>, DbError> {
        self.read(migrate::schema)
    }

    /// The log that belongs to the database at `path`.
    pub(crate) fn log_of(path: &Path) -> PathBuf {
        connect::beside(path, "-wal")
    }

    /// Reads every byte of a database and of its log. SQLite calls some reads that fail damage: only what can
    /// be read and makes no sense is.
    ///
    /// # Errors
    /// What the disk says; then nobody knows whether the database is sound.
    pub(crate) fn read_through(path: &Path) -> Result<(), FilesError> {
        aside::read_through(path)
    }

    /// Moves a database that cannot be used to `NAME.corrupt-<now>` beside it, with its log and
    /// index, and returns the new path of the database. Call it only when the file is not open.
    ///
    /// # Errors
    /// When a file cannot be moved; then the database is where it was.
    pub fn move_aside(path: &Path, now: Millis) -> Result<PathBuf, FilesError> {
        aside::move_aside(path, now)
    }

    /// What [`Database::move_aside`] has moved from `path`, the oldest first.
    pub(crate) fn moved_aside(path: &Path) -> Result<Vec<Aside>, FilesError> {
        aside::moved_aside(path)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        self.revisions.close();
    }
}

/// What the work answered; it was called once, or its caller has failed.
fn answer<T, E: From<DbError>>(done: Option<Result<T, E>>) -> Result<T, E> {
    done.unwrap_or_else(|| Err(DbError::Interrupted.into()))
}
