//! Who has which connection. One writer, some readers, opened when first needed, given to one
//! piece of work at a time.
//!
//! A connection that comes back inside a transaction (a disk that failed while it rolled back) is
//! closed and the next work opens a new one.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use rusqlite::{Connection, InterruptHandle};

use super::{DbError, OpenOptions, connect};

#[derive(Debug)]
pub(super) struct Pool {
    options: OpenOptions,
    state: Mutex<State>,
    freed: Condvar,
}

#[derive(Default)]
struct State {
    /// Closed before the writer, in the order of these fields: only the last connection folds the
    /// log in, and one that cannot write cannot do it.
    readers: Vec<Connection>,
    writer: Option<Connection>,
    out: Vec<Out>,
    suspended: bool,
    next: u64,
}

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Writer,
    Reader,
}

/// A connection that is in use.
struct Out {
    number: u64,
    role: Role,
    thread: ThreadId,
    /// Absent while it is being opened.
    interrupt: Option<InterruptHandle>,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (idle, out) = (self.readers.len(), self.out.len());
        write!(
            f,
            "State {{ idle readers: {idle}, out: {out}, suspended: {} }}",
            self.suspended
        )
    }
}

impl State {
    /// The number of connections of a role that are in use.
    fn used(&self, role: Role) -> usize {
        self.out.iter().filter(|out| out.role == role).count()
    }

    fn take(&mut self, role: Role) -> Option<Connection> {
        match role {
            Role::Writer => self.writer.take(),
            Role::Reader => self.readers.pop(),
        }
    }
}

impl Pool {
    pub(super) fn new(options: OpenOptions, writer: Connection) -> Self {
        let state = State {
            writer: Some(writer),
            ..State::default()
        };
        Self {
            options,
            state: Mutex::new(state),
            freed: Condvar::new(),
        }
    }

    /// Runs `work` with the connection that writes.
    pub(super) fn write<T, E: From<DbError>>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        self.with(Role::Writer, work)
    }

    /// Runs `work`, which takes back what it changes, with a connection that refuses to write: the writer's
    /// when there are no readers, and then the work is refused as a whole once it has written.
    pub(super) fn read<T, E: From<DbError>>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        if self.options.reader_count() > 0 {
            return self.with(Role::Reader, work);
        }
        // Telling the connection not to write would have SQLite plan every statement again, twice a read.
        self.with(Role::Writer, |connection| {
            let before = connection.total_changes();
            let result = work(connection);
            match connection.total_changes() == before {
                true => result,
                false => Err(DbError::ReadOnly.into()),
            }
        })
    }

    fn with<T, E: From<DbError>>(
        &self,
        role: Role,
        work: impl FnOnce(&mut Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        let (mut place, idle) = self.reserve(role)?;
        // Declared after the place, so that a panic closes the connection before the place is free.
        let mut connection = match idle {
            Some(connection) => connection,
            None => self.open(role)?,
        };
        place.begin(connection.get_interrupt_handle());
        let result = work(&mut connection);
        place.back = Some(connection);
        result
    }

    /// Waits for a free place of this role and takes it, with an idle connection if there is one.
    fn reserve(&self, role: Role) -> Result<(Place<'_>, Option<Connection>), DbError> {
        let places = if role == Role::Writer {
            1
        } else {
            self.options.reader_count()
        };
        let thread = thread::current().id();
        let mut state = self.lock();
        loop {
            if state.suspended {
                return Err(DbError::Suspended);
            }
            if state.used(role) < places {
                break;
            }
            if state
                .out
                .iter()
                .any(|out| out.role == role && out.thread == thread)
            {
                return Err(DbError::Nested);
            }
            state = self
                .freed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        let number = state.next;
        state.next += 1;
        state.out.push(Out {
            number,
            role,
            thread,
            interrupt: None,
        });
        Ok((
            Place {
                pool: self,
                number,
                role,
                back: None,
            },
            state.take(role),
        ))
    }

    fn open(&self, role: Role) -> Result<Connection, DbError> {
        match role {
            Role::Writer => connect::writer(&self.options).and_then(connect::folding),
            Role::Reader => connect::reader(&self.options),
        }
    }

    /// Frees a place and takes its connection back.
    fn put_back(&self, number: u64, role: Role, connection: Option<Connection>) {
        let mut state = self.lock();
        state.out.retain(|out| out.number != number);
        let keep = connection.filter(|connection| !state.suspended && connection.is_autocommit());
        match role {
            Role::Writer => state.writer = keep,
            Role::Reader => state.readers.extend(keep),
        }
        drop(state);
        self.freed.notify_all();
    }

    pub(super) fn suspend(&self, grace: Duration) -> Result<(), DbError> {
        let mut state = self.lock();
        state.suspended = true;
        self.freed.notify_all();
        state = self.wait_idle(state, grace);
        state
            .out
            .iter()
            .filter_map(|out| out.interrupt.as_ref())
            .for_each(InterruptHandle::interrupt);
        state = self.wait_idle(state, grace);
        let busy = !state.out.is_empty();
        state.readers.clear();
        if let Some(writer) = state.writer.take() {
            // Fails when another process reads; then the log stays and is as durable.
            let _ = fold_log(&writer);
        }
        if busy { Err(DbError::Locked) } else { Ok(()) }
    }

    pub(super) fn fold_log(&self) -> Result<(), DbError> {
        self.write(|writer| fold_log(writer))
    }

    fn wait_idle<'a>(
        &'a self,
        mut state: MutexGuard<'a, State>,
        grace: Duration,
    ) -> MutexGuard<'a, State> {
        let start = Instant::now();
        while !state.out.is_empty() {
            let left = grace.saturating_sub(start.elapsed());
            if left.is_zero() {
                break;
            }
            state = self
                .freed
                .wait_timeout(state, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        state
    }

    pub(super) fn resume(&self) -> Result<(), DbError> {
        self.lock().suspended = false;
        // Opens now what would otherwise fail at the first save.
        self.write(|_| Ok(()))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No code that can panic runs while it is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn fold_log(writer: &Connection) -> Result<(), DbError> {
    Ok(writer.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
}

/// A reserved connection's place; dropping it frees the place.
struct Place<'a> {
    pool: &'a Pool,
    number: u64,
    role: Role,
    back: Option<Connection>,
}

impl Place<'_> {
    /// From now on the work can be interrupted.
    fn begin(&mut self, interrupt: InterruptHandle) {
        let mut state = self.pool.lock();
        if let Some(out) = state.out.iter_mut().find(|out| out.number == self.number) {
            out.interrupt = Some(interrupt);
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.pool.put_back(self.number, self.role, self.back.take());
    }
}
