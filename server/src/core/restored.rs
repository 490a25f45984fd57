//! What devices show of an earlier life of the server, when it was restored or put back by hand.

use gewu_model::crypto::StandardSuite;
use gewu_model::time::Millis;
use gewu_sync::wire::Request;

use super::bench::Bench;
use super::devices::Caller;
use super::{Core, CoreError, generation};
use crate::store::{DeviceStatus, StoreError, Tx};

/// A cursor is not signed, so it moves the city no more often than this.
const PUT_BACK_MS: i64 = 3_600_000;
/// When a cursor last did.
const PUT_BACK_AT: &str = "put_back_at";

impl Core {
    /// Takes in what a request shows of an earlier life, before anything else of it is looked at.
    pub(super) fn remember(
        &self,
        tx: &dyn Tx,
        caller: &Caller,
        request: &Request,
        now: Millis,
    ) -> Result<(), StoreError> {
        for signed in request.certificates.iter().flatten() {
            // Our own signature: the device or its holder was given exactly this.
            if let Ok(certificate) = self.anchor.device(&StandardSuite, signed) {
                tx.add_certificate(certificate.key.id(), signed)?;
            }
        }
        if was_put_back(tx, caller, request)? && is_due(tx, now)? {
            tx.put_meta(PUT_BACK_AT, &now.0.to_be_bytes())?;
            generation::next(tx, &*self.entropy)?;
        }
        Ok(())
    }

    /// Judges again what waited for a key that has become known.
    pub(super) fn judge_waiting_of(
        &self,
        tx: &dyn Tx,
        caller: &Caller,
        now: Millis,
    ) -> Result<(), CoreError> {
        for case in tx.cases_waiting_for(caller.key)? {
            let state = super::load::load(tx, case)?;
            let before = state.changes.len();
            let mut bench = Bench::new(tx, state, now);
            self.judge_waiting(&mut bench, caller)?;
            self.erase_late(&mut bench, before)?;
        }
        Ok(())
    }
}

/// Whether a person's device has read further than the feed goes.
fn was_put_back(tx: &dyn Tx, caller: &Caller, request: &Request) -> Result<bool, StoreError> {
    if caller.is_citizen() || caller.status != DeviceStatus::Good {
        return Ok(false);
    }
    let (generation, head) = (generation::current(tx)?, tx.head()?);
    let beyond = |position: u64| position > head;
    Ok(request
        .cursors
        .iter()
        .any(|cursor| cursor.generation == generation && beyond(cursor.position)))
}

fn is_due(tx: &dyn Tx, now: Millis) -> Result<bool, StoreError> {
    let last = tx.meta(PUT_BACK_AT)?.and_then(crate::backup::read_time);
    Ok(last.is_none_or(|last| now.since(last) >= PUT_BACK_MS))
}
