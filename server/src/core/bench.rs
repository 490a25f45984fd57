//! One case at work, inside its transaction.

use std::cell::RefCell;
use std::rc::Rc;

use gewu_model::fold::CaseView;
use gewu_model::scope::Scope;
use gewu_model::time::Millis;
use gewu_sync::gate::CaseState;

use super::CoreError;
use super::facts::Authors;
use crate::store::{MembershipRow, NewFeedRow, PlaceRow, StoreError, Tx, What};

/// A case under judgement.
pub(super) struct Bench<'a> {
    pub(super) tx: &'a dyn Tx,
    pub(super) state: CaseState,
    pub(super) now: Millis,
    /// Whoever has signed something here, or in another case of the transaction.
    pub(super) authors: Rc<Authors>,
    /// The case with the changes that were taken up, while not all that follows from them is written.
    pub(super) unwritten: Option<Unwritten>,
    /// The scopes of the case, once they were asked for, in the order of the store.
    scopes: RefCell<Option<Vec<MembershipRow>>>,
}

/// What lists, clocks and services are to read of a case.
pub(super) struct Unwritten {
    pub(super) view: CaseView,
    pub(super) place: Option<PlaceRow>,
}

impl<'a> Bench<'a> {
    pub(super) fn new(tx: &'a dyn Tx, state: CaseState, now: Millis) -> Self {
        Self {
            tx,
            state,
            now,
            authors: Rc::default(),
            unwritten: None,
            scopes: RefCell::default(),
        }
    }

    /// Every scope that the case is or was in.
    pub(super) fn memberships(&self) -> Result<Vec<MembershipRow>, StoreError> {
        let mut known = self.scopes.borrow_mut();
        match &*known {
            Some(known) => Ok(known.clone()),
            None => Ok(known.insert(self.tx.memberships(self.state.case)?).clone()),
        }
    }

    pub(super) fn put_membership(&self, row: MembershipRow) -> Result<(), StoreError> {
        self.tx.put_membership(self.state.case, &row)?;
        if let Some(known) = self.scopes.borrow_mut().as_mut() {
            let name = row.scope.to_string();
            match known.binary_search_by_key(&name, |it| it.scope.to_string()) {
                Ok(at) => known[at] = row,
                Err(at) => known.insert(at, row),
            }
        }
        Ok(())
    }

    /// Appends a row to the feed of `scope`.
    pub(super) fn feed(
        &self,
        scope: &Scope,
        what: What,
        reference: &[u8],
    ) -> Result<(), CoreError> {
        self.tx.append(&NewFeedRow {
            scope,
            case: self.state.case,
            what,
            reference,
            n: self.state.changes.len() as u64,
            at: self.now,
        })?;
        Ok(())
    }
}
