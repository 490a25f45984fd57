//! What changed on the device, for shells that hold more than one query open.

use std::time::Duration;

use super::Gewu;
use crate::db::{Canceller, Revisions};

/// Tells what changed since it was last asked. It keeps no part of the device open: once the
/// [`Gewu`] is gone it says nothing more.
#[derive(Debug)]
pub struct Changes {
    revisions: Revisions,
    seen: u64,
}

/// What changed: query again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// The revision that shows it; it grows while the device is open and begins anew with every
    /// opening.
    pub revision: u64,
    /// Whether lists and tasks may show something else. The status may in any case.
    pub cases: bool,
}

impl Gewu {
    /// Tells what is saved from now on, by whichever call. Several saves between two questions
    /// are one change.
    pub fn changes(&self) -> Changes {
        let revisions = self.core.db.subscribe();
        let seen = revisions.current();
        Changes { revisions, seen }
    }
}

impl Changes {
    /// Waits for the next change. `None` when `timeout` passed first, and ever after the use of
    /// [`Changes::canceller`] or the end of the device.
    pub fn next(&mut self, timeout: Duration) -> Option<Change> {
        let revision = self.revisions.wait_change(self.seen, timeout)?;
        let cases = self.revisions.listed() > self.seen;
        self.seen = revision;
        Some(Change { revision, cases })
    }

    /// Whether nothing more will come: it was cancelled, or the device is closed.
    pub fn is_over(&self) -> bool {
        self.revisions.is_over()
    }

    /// What ends the waiting from another thread.
    pub fn canceller(&self) -> Canceller {
        self.revisions.canceller()
    }
}
