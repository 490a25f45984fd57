//! Syncing, as hosts call it.

use gewu_sync::machine::Trigger;

use super::{Answer, Gewu};
use crate::api::{CancelToken, SyncProgress, SyncReport};
use crate::sync;

impl Gewu {
    /// Syncs now: changes, texts, commands, packs and photos, until nothing is left to do. May be
    /// stopped at any instant and run again. What is unsent is freed only by receipts, see
    /// [`Gewu::status`].
    ///
    /// A network that is away is no error: the report then says *later*, and when. Nothing else of
    /// the SDK waits for it.
    ///
    /// # Errors
    /// [`crate::GewuError::TooOld`] and [`crate::GewuError::ServerRefused`] when a person must act;
    /// [`crate::GewuError::Busy`] when another sync runs, which then makes one more round;
    /// [`crate::GewuError::Storage`].
    pub fn sync(
        &self,
        progress: &mut dyn FnMut(SyncProgress),
        cancel: &CancelToken,
    ) -> Answer<SyncReport> {
        self.sync_on(Trigger::Manual, progress, cancel)
    }

    /// Like [`Gewu::sync`] for a reason other than a person's wish: after failures it keeps the
    /// machine's waits, and the report says how long they still are.
    ///
    /// # Errors
    /// As [`Gewu::sync`].
    pub fn sync_on(
        &self,
        trigger: Trigger,
        progress: &mut dyn FnMut(SyncProgress),
        cancel: &CancelToken,
    ) -> Answer<SyncReport> {
        Ok(sync::run(&self.core, trigger, progress, cancel)?)
    }
}
