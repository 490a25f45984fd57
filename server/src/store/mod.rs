//! Storage behind one trait.
//!
//! All work happens inside a [`Tx`]: reads see one state, writes become durable together or not at
//! all. The methods are coarse, about whole cases, keys and pages, so that another database (one
//! row lock per case) can stand in for SQLite without a change above. Nothing above this module
//! writes SQL; nothing in it knows the rules.

mod accounts;
mod admin;
mod cards;
mod cases;
mod clocks;
mod error;
mod feed;
mod keys;
mod media;
mod places;
mod services;
pub(crate) mod sqlite;
mod tombstones;

use std::collections::BTreeSet;

use gewu_model::scope::Scope;

pub(crate) use accounts::{AccountRead, AccountRow, Accounts, HostAppRow};
pub(crate) use admin::{Admin, CodeRow, FoundPack, OperatorRow, PackBytes, PackForm, PackRow};
pub(crate) use cards::{CardChange, CardDid, CardRead, Cards};
pub(crate) use cases::{
    CaseFilter, CaseHead, CaseSummary, Cases, EvidenceFile, ExternalRow, FateKind, FateRow, Fates,
    HeldEvidence, LateDecision, MembershipRow, Projection, StatusRow, StoredChange,
};
pub(crate) use clocks::Clocks;
pub use error::StoreError;
pub(crate) use feed::{Feed, FeedRow, NewFeedRow, ReadFrom, What};
pub(crate) use keys::{DeviceRow, DeviceStatus, EndorsementRow, Keys, WipeRow};
pub(crate) use media::{Media, UploadRow};
pub(crate) use places::{Doubt, PlaceRow, Places};
pub(crate) use services::{DrawRow, DueRow, Services};
pub(crate) use tombstones::{Tombstone, Tombstones};

/// One transaction.
pub(crate) trait Tx:
    Cases
    + Clocks
    + Fates
    + Keys
    + Feed
    + Media
    + Places
    + Services
    + Tombstones
    + Cards
    + Accounts
    + Admin
{
}

impl<T> Tx for T where
    T: Cases
        + Clocks
        + Fates
        + Keys
        + Feed
        + Media
        + Places
        + Services
        + Tombstones
        + Cards
        + Accounts
        + Admin
{
}

/// Scopes whose feeds grew in a transaction.
pub(crate) type Fed = BTreeSet<Scope>;

/// Work done in a transaction; an error undoes it.
pub(crate) type Work<'a> = dyn FnMut(&dyn Tx) -> Result<(), StoreError> + 'a;

/// A database.
pub(crate) trait Store: Send + Sync {
    /// Does `work` in a transaction that may write. It is durable when this returns `Ok`, with the
    /// scopes whose feeds grew.
    fn in_write(&self, work: &mut Work<'_>) -> Result<Fed, StoreError>;

    /// Does `work` in a transaction that only reads.
    fn in_read(&self, work: &mut Work<'_>) -> Result<(), StoreError>;

    /// Copies a consistent state of the whole database into a new file, and looks whether that is sound.
    fn backup(&self, to: &std::path::Path) -> Result<(), StoreError>;

    /// Empties the write-ahead log, so that nothing of removed rows stays readable there. `false`
    /// when a reader is in the way.
    fn checkpoint(&self) -> Result<bool, StoreError>;
}

/// Like [`Store::in_write`], with a result of any kind. The work's own error undoes it as well.
pub(crate) fn write<T, E: From<StoreError>>(
    store: &dyn Store,
    work: impl FnOnce(&dyn Tx) -> Result<T, E>,
) -> Result<T, E> {
    feed(store, work).map(|(done, _)| done)
}

/// Like [`write`], with the scopes whose feeds grew.
pub(crate) fn feed<T, E: From<StoreError>>(
    store: &dyn Store,
    work: impl FnOnce(&dyn Tx) -> Result<T, E>,
) -> Result<(T, Fed), E> {
    carry(|work| store.in_write(work), work)
}

/// Like [`Store::in_read`], with a result of any kind.
pub(crate) fn read<T, E: From<StoreError>>(
    store: &dyn Store,
    work: impl FnOnce(&dyn Tx) -> Result<T, E>,
) -> Result<T, E> {
    carry(|work| store.in_read(work), work).map(|(done, ())| done)
}

fn carry<T, R, E: From<StoreError>>(
    run: impl FnOnce(&mut Work<'_>) -> Result<R, StoreError>,
    work: impl FnOnce(&dyn Tx) -> Result<T, E>,
) -> Result<(T, R), E> {
    let mut work = Some(work);
    let mut outcome = None;
    let ended = run(&mut |tx| {
        let Some(work) = work.take() else {
            return Err(StoreError::Undone);
        };
        let result = work(tx);
        let failed = result.is_err();
        outcome = Some(result);
        if failed {
            Err(StoreError::Undone)
        } else {
            Ok(())
        }
    });
    match (ended, outcome) {
        (Err(StoreError::Undone), Some(Err(error))) => Err(error),
        (Err(error), _) => Err(error.into()),
        (Ok(ended), Some(result)) => Ok((result?, ended)),
        (Ok(_), None) => Err(StoreError::Undone.into()),
    }
}
