//! A counter that moves when the database changes, and threads that wait for it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

#[derive(Debug, Default)]
pub(super) struct Counter {
    state: Mutex<State>,
    moved: Condvar,
}

#[derive(Debug, Default)]
struct State {
    revision: u64,
    /// The revision that last touched the listed table.
    listed: u64,
    closed: bool,
}

impl Counter {
    /// Counts a write; `listed` when it touched the listed table.
    pub(super) fn bump(&self, listed: bool) {
        let mut state = self.lock();
        state.revision += 1;
        if listed {
            state.listed = state.revision;
        }
        drop(state);
        self.moved.notify_all();
    }

    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.moved.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A number and a flag are whole after any panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sees the database's revision: a number that grows with every write that changed something,
/// made through this [`super::Database`]. It starts again with every opening, so it is good for
/// waiting and not for keeping.
#[derive(Debug)]
pub struct Revisions {
    counter: Arc<Counter>,
    cancelled: Arc<AtomicBool>,
}

impl Revisions {
    pub(super) fn new(counter: Arc<Counter>) -> Self {
        Self {
            counter,
            cancelled: Arc::default(),
        }
    }

    /// The revision at this moment.
    pub fn current(&self) -> u64 {
        self.counter.lock().revision
    }

    /// The revision that last touched the table of [`super::OpenOptions::listed`]; 0 when none did.
    pub fn listed(&self) -> u64 {
        self.counter.lock().listed
    }

    /// Waits until the revision is above `since` and returns it. `None` when `timeout` passed
    /// first, when this subscription was cancelled, or when the database is closed.
    pub fn wait_change(&self, since: u64, timeout: Duration) -> Option<u64> {
        let end = Instant::now().checked_add(timeout);
        let mut state = self.counter.lock();
        loop {
            if self.is_cancelled() {
                return None;
            }
            if state.revision > since {
                return Some(state.revision);
            }
            let left = end.map_or(timeout, |end| end.saturating_duration_since(Instant::now()));
            if state.closed || left.is_zero() {
                return None;
            }
            let woken = self.counter.moved.wait_timeout(state, left);
            state = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Whether the [`Canceller`] was used.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Acquire)
    }

    /// Whether no wait will bring anything any more: cancelled, or the database is closed.
    pub fn is_over(&self) -> bool {
        self.is_cancelled() || self.counter.lock().closed
    }

    /// What ends this subscription's waiting from another thread.
    pub fn canceller(&self) -> Canceller {
        Canceller {
            counter: Arc::clone(&self.counter),
            cancelled: Arc::clone(&self.cancelled),
        }
    }
}

/// Ends one subscription.
#[derive(Debug, Clone)]
pub struct Canceller {
    counter: Arc<Counter>,
    cancelled: Arc<AtomicBool>,
}

impl Canceller {
    /// Wakes the waiting thread, now and at every later wait, with `None`.
    pub fn cancel(&self) {
        let state = self.counter.lock();
        self.cancelled.store(true, Ordering::Release);
        drop(state);
        self.counter.moved.notify_all();
    }
}
