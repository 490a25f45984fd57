//! What devices show of an earlier life of the server, when it was restored or put back by hand.

use gewu_model::cert::{Certificate, SignedCertificate};
use gewu_model::crypto::StandardSuite;
use gewu_model::time::Millis;
use gewu_sync::wire::Request;

use super::bench::Bench;
use super::devices::Caller;
use super::{Core, CoreError, generation};
use crate::store::{DeviceRow, DeviceStatus, StoreError, Tx};

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
        let mut newest = caller.certificate.not_before;
        for signed in request.certificates.iter().flatten() {
            // Our own signature: the device or its holder was given exactly this.
            let Ok(certificate) = self.anchor.device(&StandardSuite, signed) else {
                continue;
            };
            tx.add_certificate(certificate.key.id(), signed)?;
            if is_own(caller, &certificate) && certificate.not_before > newest {
                newest = certificate.not_before;
                give_back(tx, caller, signed)?;
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

/// Whether a certificate is one of the caller's device, which is in use and whose person is the same.
fn is_own(caller: &Caller, certificate: &Certificate) -> bool {
    caller.status == DeviceStatus::Good
        && certificate.key.id() == caller.key
        && certificate.user == caller.user
}

/// What a device was given after the copy was made is what it has, until the centre says otherwise anew.
fn give_back(tx: &dyn Tx, caller: &Caller, signed: &SignedCertificate) -> Result<(), StoreError> {
    let Some(device) = tx.device(caller.key)? else {
        return Ok(());
    };
    tx.put_device(&DeviceRow {
        certificate: signed.digest(),
        ..device
    })
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
