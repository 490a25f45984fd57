//! The generation: which life of the server this is.
//!
//! The high half counts restores, the low half is random, so that two servers restored from one
//! backup never share a generation. Everything that must not repeat after a restore is bound to it:
//! cursors, receipts, task numbers, the actor and the counter under which the server writes.

use gewu_model::ids::{ActorId, KeyId};

use crate::seam::{Entropy, random};
use crate::store::{self, Store, StoreError, Tx};

/// Restores that one proof can make the server skip.
const MAX_LEAP: u64 = 1 << 16;
/// Counters that the server may use in one generation.
const COUNTERS_SHIFT: u32 = 40;
/// The last restore for which counters fit into 63 bits.
const MAX_RESTORES: u64 = 1 << 22;

const GENERATION: &str = "generation";
const COUNTER: &str = "server_counter";

fn number(tx: &dyn Tx, name: &str) -> Result<Option<u64>, StoreError> {
    tx.meta(name)?
        .map(|bytes| {
            let bytes = bytes.as_slice().try_into();
            bytes
                .map(u64::from_be_bytes)
                .map_err(|_| StoreError::Corrupt("a number of the server's own"))
        })
        .transpose()
}

/// A number of the server's own, one higher at each call, from 1.
pub(super) fn next_number(tx: &dyn Tx, name: &str) -> Result<u64, StoreError> {
    let next = number(tx, name)?.unwrap_or(0) + 1;
    tx.put_meta(name, &next.to_be_bytes())?;
    Ok(next)
}

/// Starts the first generation of a new database.
pub(super) fn begin(store: &dyn Store, entropy: &dyn Entropy) -> Result<(), StoreError> {
    store::write(store, |tx| match number(tx, GENERATION)? {
        Some(_) => Ok(()),
        None => start(tx, entropy, 1),
    })
}

/// The generation in which the server writes now.
pub(crate) fn current(tx: &dyn Tx) -> Result<u64, StoreError> {
    number(tx, GENERATION)?.ok_or(StoreError::Corrupt("no generation"))
}

/// Starts the next generation, as a restored server does.
pub(crate) fn next(tx: &dyn Tx, entropy: &dyn Entropy) -> Result<(), StoreError> {
    let restores = current(tx)? >> 32;
    start(tx, entropy, restores + 1)
}

/// Rises above a generation that our own signature proves: the server was restored from a backup
/// that knew nothing of it.
pub(super) fn rise_above(tx: &dyn Tx, entropy: &dyn Entropy, shown: u64) -> Result<(), StoreError> {
    let own = current(tx)?;
    let leap = (shown >> 32).saturating_sub(own >> 32);
    if shown > own && leap <= MAX_LEAP && (shown >> 32) < MAX_RESTORES {
        start(tx, entropy, (shown >> 32) + 1)?;
    }
    Ok(())
}

fn start(tx: &dyn Tx, entropy: &dyn Entropy, restores: u64) -> Result<(), StoreError> {
    let generation = restores << 32 | u64::from(u32::from_be_bytes(random(entropy)));
    tx.put_meta(GENERATION, &generation.to_be_bytes())?;
    use_counter(tx, restores << COUNTERS_SHIFT)
}

/// The actor under which the server writes in this generation.
pub(super) fn actor(key: KeyId, generation: u64) -> ActorId {
    ActorId::new(key, generation.to_be_bytes())
}

/// The next counter of the server's key.
pub(super) fn next_counter(tx: &dyn Tx) -> Result<u64, StoreError> {
    next_number(tx, COUNTER)
}

/// Notes that the server's key has used `counter`, in whatever generation.
pub(super) fn use_counter(tx: &dyn Tx, counter: u64) -> Result<(), StoreError> {
    if number(tx, COUNTER)?.is_none_or(|used| used < counter) {
        tx.put_meta(COUNTER, &counter.to_be_bytes())?;
    }
    Ok(())
}
