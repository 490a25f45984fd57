//! What a transaction would ask again with every change of a push, and what changes the answer.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use gewu_model::ids::{CaseId, KeyId};

use crate::store::{EndorsementRow, StoreError};

/// Keys beyond these are asked for again: a transaction that reads a whole city keeps no list of it.
const MOST_KEYS: usize = 1_000;

/// Answers that hold until the transaction itself changes them.
#[derive(Default)]
pub(super) struct Memo {
    /// A case that has no fates.
    unfated: Cell<Option<CaseId>>,
    /// Who stands behind a key.
    endorsements: Answers<Option<EndorsementRow>>,
    /// The highest counter that came from a key.
    highest: Answers<u64>,
}

/// Answers by key.
struct Answers<T>(RefCell<BTreeMap<KeyId, T>>);

impl<T> Default for Answers<T> {
    fn default() -> Self {
        Self(RefCell::default())
    }
}

impl<T: Clone> Answers<T> {
    fn of(&self, key: KeyId, ask: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
        if let Some(known) = self.0.borrow().get(&key) {
            return Ok(known.clone());
        }
        let answer = ask()?;
        let mut known = self.0.borrow_mut();
        if known.len() >= MOST_KEYS {
            known.clear();
        }
        known.insert(key, answer.clone());
        Ok(answer)
    }

    fn forget(&self) {
        self.0.borrow_mut().clear();
    }
}

impl Memo {
    /// Whether it is known that the case has no fates.
    pub(super) fn has_no_fates(&self, case: CaseId) -> bool {
        self.unfated.get() == Some(case)
    }

    /// The case was found to have no fates.
    pub(super) fn found_no_fates(&self, case: CaseId) {
        self.unfated.set(Some(case));
    }

    /// Fates were written or removed.
    pub(super) fn fates_changed(&self) {
        self.unfated.set(None);
        self.highest.forget();
    }

    pub(super) fn endorsement(
        &self,
        key: KeyId,
        ask: impl FnOnce() -> Result<Option<EndorsementRow>, StoreError>,
    ) -> Result<Option<EndorsementRow>, StoreError> {
        self.endorsements.of(key, ask)
    }

    /// A device vouched for another key.
    pub(super) fn endorsed(&self) {
        self.endorsements.forget();
    }

    pub(super) fn highest(
        &self,
        key: KeyId,
        ask: impl FnOnce() -> Result<u64, StoreError>,
    ) -> Result<u64, StoreError> {
        self.highest.of(key, ask)
    }

    /// A change or command of the key came under `counter`.
    pub(super) fn counted(&self, key: KeyId, counter: u64) {
        if let Some(highest) = self.highest.0.borrow_mut().get_mut(&key) {
            *highest = counter.max(*highest);
        }
    }
}
