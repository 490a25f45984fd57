//! What is new for a device, read from the feed in one transaction.
//!
//! The feed is one line of positions. The rows of all the device's scopes are told in order of
//! position until the response is full; every cursor then stands at the same place, the last row
//! told, or at the head of the feed when nothing is left. No row between two cursors is ever
//! skipped, and telling one twice does no harm.

use std::collections::BTreeSet;

use gewu_model::cert::SignedCertificate;
use gewu_model::ids::{CaseId, ChangeHash, KeyId};
use gewu_model::scope::Scope;
use gewu_model::status::SignedStatus;
use gewu_sync::gate::CaseState;
use gewu_sync::wire::{CasePull, Cursor, Membership, Notice, Request};

mod gather;

use gather::{Gathered, News};

use super::devices::Caller;
use super::load::load;
use super::public::citizen_of;
use super::state::held_cursors;
use super::{Core, CoreError, generation};
use crate::store::{MembershipRow, StoreError, Tx};

/// Rows of the feed that one response tells at most.
const MAX_ROWS: usize = 2_000;
/// What a response tells.
#[derive(Debug, Default)]
pub(super) struct Pull {
    pub(super) cursors: Vec<Cursor>,
    pub(super) cases: Vec<CasePull>,
    pub(super) statuses: Vec<SignedStatus>,
    pub(super) notices: Vec<Notice>,
    pub(super) certificates: Vec<SignedCertificate>,
    pub(super) more: bool,
}

impl Core {
    /// Reads what is new for the caller. `pushed` came with the same request and is not sent back:
    /// the verdicts in the same response speak of it.
    pub(super) fn pull(
        &self,
        caller: &Caller,
        request: &Request,
        pushed: &BTreeSet<(CaseId, ChangeHash)>,
    ) -> Result<Pull, CoreError> {
        self.read(|tx| {
            let after = positions(tx, caller, &request.cursors)?;
            let rows = tx.rows_after(&after, MAX_ROWS)?;
            let full = rows.len() == MAX_ROWS;
            let mut gathered = Gathered::new(tx, pushed, request.max_bytes);
            let told = gathered.take(&rows)?;
            let cut = told < rows.len() || full;
            let head = match rows.get(told.wrapping_sub(1)) {
                Some(last) if cut => last.pos,
                _ => tx.head()?,
            };
            let generation = generation::current(tx)?;
            let cursors = after.into_iter().map(|(scope, position)| Cursor {
                scope,
                generation,
                position: position.max(head),
            });
            let mut pull = Pull {
                cursors: cursors.collect(),
                more: cut,
                ..Pull::default()
            };
            self.write_out(tx, caller, gathered, &mut pull)?;
            Ok(pull)
        })
    }

    fn write_out(
        &self,
        tx: &dyn Tx,
        caller: &Caller,
        gathered: Gathered<'_>,
        pull: &mut Pull,
    ) -> Result<(), CoreError> {
        let scopes = caller.scopes();
        let mut authors = BTreeSet::new();
        for (case, news) in gathered.cases {
            let state = load(tx, case)?;
            authors.extend(news.authors(&state));
            let contact = match news.card {
                Some(card) => self.mask_for(tx, caller, &state, card)?,
                None => None,
            };
            pull.cases.push(CasePull {
                case,
                entered: members(tx, case, &scopes, true)?,
                left: members(tx, case, &scopes, false)?,
                receipt: self.receipt_for(tx, &state, &news)?,
                changes: news.changes.into_values().collect(),
                content: news.content.into_values().collect(),
                contact,
            });
        }
        for (key, digest) in authors {
            // A citizen's entry names an endorsement, which is none of others' business.
            match tx.certificate(digest)? {
                Some(named) => pull.certificates.push(named),
                // Lost in a restore; any other one shows the key just as well.
                None => pull.certificates.extend(tx.certificates_of(key)?.pop()),
            }
        }
        pull.statuses = gathered.statuses.into_values().collect();
        pull.notices = gathered.notices;
        Ok(())
    }

    fn receipt_for(
        &self,
        tx: &dyn Tx,
        state: &CaseState,
        news: &News,
    ) -> Result<Option<gewu_model::receipt::SignedReceipt>, CoreError> {
        if state.changes.is_empty() {
            return Ok(None);
        }
        match (news.own, citizen_of(tx, state)?) {
            (true, Some(row)) => {
                let key: KeyId = row.endorsement.key.id();
                Ok(Some(self.own_receipt(tx, state, key)?))
            }
            _ if news.member => Ok(Some(self.receipt(tx, state)?)),
            _ => Ok(None),
        }
    }
}

/// From where each scope of the device is read: a cursor that does not hold means from the start.
fn positions(
    tx: &dyn Tx,
    caller: &Caller,
    cursors: &[Cursor],
) -> Result<Vec<(Scope, u64)>, StoreError> {
    let held = held_cursors(tx, caller, cursors)?;
    let position = |scope: &Scope| {
        let own = held.iter().filter(|cursor| cursor.scope == *scope);
        own.map(|cursor| cursor.position).max().unwrap_or(0)
    };
    let scopes = caller.scopes().into_iter();
    Ok(scopes
        .map(|scope| (scope.clone(), position(&scope)))
        .collect())
}

/// The device's scopes that the case is in, or that it has left.
fn members(
    tx: &dyn Tx,
    case: CaseId,
    scopes: &[Scope],
    held: bool,
) -> Result<Vec<Membership>, StoreError> {
    let rows = tx.memberships(case)?.into_iter();
    let ours = rows.filter(|row| row.held == held && scopes.contains(&row.scope));
    Ok(ours
        .map(|MembershipRow { scope, epoch, .. }| Membership { scope, epoch })
        .collect())
}
