//! Contact cards: taking them in, showing them to operators, and a mask of them to others.

use std::collections::BTreeSet;

use gewu_model::contact::{CardKey, Contact, ContactCard, Masked, NONCE_BYTES, open, seal};
use gewu_model::ids::{CaseId, Digest};
use gewu_model::time::Millis;
use gewu_sync::gate::{AcceptedChange, CaseState};
use gewu_sync::wire::CasePush;
use serde::Serialize;
use serde_json::{Value, json};

use super::admit::payload_of;
use super::bench::Bench;
use super::devices::Caller;
use super::load::load;
use super::operators::Operator;
use super::register::RegisterError;
use super::{Core, CoreError};
use crate::seam::random;
use crate::store::{CardRead, StoreError, Tx};

mod again;

pub use again::ContactNews;
pub(super) use again::cards_of;
use again::current;

/// Names the key that the stored cards lie under.
const KEY_NAME: &str = "card_key";

/// What an operator is shown of who reported a case.
#[derive(Clone, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ContactView {
    /// The report names no contact.
    None,
    /// It names one that has not arrived yet.
    Missing,
    /// It was erased.
    Erased,
    /// The card lies under a key that is not at hand.
    Sealed,
    /// Here it is; the reading was logged.
    Open {
        /// What stands on the card.
        contact: Contact,
    },
}

impl std::fmt::Debug for ContactView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ContactView")
    }
}

/// What became of pushed cards.
#[derive(Debug, Default)]
pub(super) struct TakenCards {
    pub(super) held: Vec<Digest>,
    pub(super) erased: Vec<Digest>,
}

impl Core {
    /// Stores the cards that an accepted or kept change of this case names. Without its key the server
    /// takes none: the device stays responsible.
    pub(super) fn take_cards(
        &self,
        bench: &Bench<'_>,
        push: &CasePush,
        before: usize,
    ) -> Result<TakenCards, CoreError> {
        let mut taken = TakenCards::default();
        let Some(cards) = push.cards.as_deref().filter(|cards| !cards.is_empty()) else {
            return Ok(taken);
        };
        let (earlier, new) = bench.state.changes.split_at(before);
        let (earlier, new) = (named(earlier), named(new));
        let kept = kept(bench)?;
        for card in cards.iter().filter(|card| card.check().is_ok()) {
            let digest = card.digest();
            if bench.tx.is_erased(digest)? {
                taken.erased.push(digest);
                continue;
            }
            let late = earlier.contains(&digest);
            if !late && !new.contains(&digest) && !kept.contains(&digest) {
                continue;
            }
            if bench.tx.card(push.case, digest)?.is_none() {
                if !self.keep_card(bench.tx, push.case, card)? {
                    continue;
                }
                if late {
                    bench.tell_content(digest)?;
                }
                self.carry_on(bench, card)?;
            }
            taken.held.push(digest);
        }
        Ok(taken)
    }

    /// Seals and stores a card; `false` when the key is not at hand.
    pub(super) fn keep_card(
        &self,
        tx: &dyn Tx,
        case: CaseId,
        card: &ContactCard,
    ) -> Result<bool, CoreError> {
        let key = match tx.meta(KEY_NAME)? {
            Some(name) => self.cards.named(&name),
            None => self.cards.first(&*self.entropy),
        };
        let Some(key) = key else { return Ok(false) };
        let nonce = random::<NONCE_BYTES>(&*self.entropy);
        tx.put_meta(KEY_NAME, &key.name())?;
        tx.add_card(case, card.digest(), &seal(&key, &case, card, nonce))?;
        Ok(true)
    }

    /// The card that a report names, for another case in which that report is issued again. It goes from
    /// one seal into the other and nobody reads it, so no reading is logged. `None` when it names none,
    /// or one that was erased or never arrived.
    ///
    /// # Errors
    /// [`RegisterError::NoCardKey`] while the key is not at hand: without it the card would be lost.
    pub(super) fn card_again(
        &self,
        tx: &dyn Tx,
        case: CaseId,
        named: Option<Digest>,
    ) -> Result<Option<ContactCard>, RegisterError> {
        let Some(digest) = named else { return Ok(None) };
        if tx.is_erased(digest)? {
            return Ok(None);
        }
        let Some(sealed) = tx.card(case, digest)? else {
            return Ok(None);
        };
        let key = self.card_key(tx)?.ok_or(RegisterError::NoCardKey)?;
        let card = open(&key, &case, &digest, &sealed);
        let card = card.map_err(|_| StoreError::Corrupt("a contact card"))?;
        Ok(Some(card))
    }

    pub(super) fn card_key(&self, tx: &dyn Tx) -> Result<Option<CardKey>, StoreError> {
        let name = tx.meta(KEY_NAME)?;
        Ok(name.and_then(|name| self.cards.named(&name)))
    }

    /// Who reported the case and how to reach them. That it was read is durable before it is shown.
    ///
    /// # Errors
    /// [`CoreError::Unknown`] when there is no such case.
    pub fn contact(
        &self,
        operator: &Operator,
        case: CaseId,
        now: Millis,
    ) -> Result<ContactView, CoreError> {
        self.write(|tx| {
            let state = load(tx, case)?;
            if state.changes.is_empty() {
                return Err(CoreError::Unknown("the case"));
            }
            let Some(digest) = current(tx, &state)? else {
                return Ok(ContactView::None);
            };
            if tx.is_erased(digest)? {
                return Ok(ContactView::Erased);
            }
            let Some(sealed) = tx.card(case, digest)? else {
                return Ok(ContactView::Missing);
            };
            let Some(key) = self.card_key(tx)? else {
                return Ok(ContactView::Sealed);
            };
            tx.log_card_read(&CardRead {
                at: now,
                user: operator.user().clone(),
                case,
                digest,
            })?;
            let card = open(&key, &case, &digest, &sealed)
                .map_err(|_| StoreError::Corrupt("a contact card"))?;
            let contact = card.contact();
            Ok(ContactView::Open { contact })
        })
    }

    /// What the case's policy shows the caller of a contact.
    pub(super) fn mask_for(
        &self,
        tx: &dyn Tx,
        caller: &Caller,
        state: &CaseState,
    ) -> Result<Option<Masked>, CoreError> {
        let rules = self.rules();
        let policy = state
            .root
            .as_ref()
            .and_then(|root| rules.policies.get(&root.policy));
        let shown = policy.is_some_and(|policy| {
            let roles = &policy.contact().masked;
            caller
                .certificate
                .roles
                .iter()
                .any(|role| roles.contains(role))
        });
        if !shown {
            return Ok(None);
        }
        let Some(digest) = current(tx, state)? else {
            return Ok(None);
        };
        let (Some(sealed), Some(key)) = (tx.card(state.case, digest)?, self.card_key(tx)?) else {
            return Ok(None);
        };
        let card = open(&key, &state.case, &digest, &sealed);
        Ok(card.ok().map(|card| card.masked()))
    }

    /// How the cards lie, for the server's status.
    pub(super) fn card_status(&self, tx: &dyn Tx) -> Result<Value, CoreError> {
        let key = match tx.meta(KEY_NAME)? {
            None => "unused",
            Some(name) if self.cards.named(&name).is_some() => "present",
            Some(_) => "missing",
        };
        Ok(json!({
            "held": tx.count_cards()?,
            "key": key,
            "key_file": self.cards.path(),
        }))
    }
}

/// How the card that a case's report names stands; `null` when it names none.
pub(super) fn card_state(tx: &dyn Tx, state: &CaseState) -> Result<Value, StoreError> {
    let Some(digest) = current(tx, state)? else {
        return Ok(Value::Null);
    };
    let held = tx.card(state.case, digest)?.is_some();
    Ok(json!({ "digest": digest, "present": held, "erased": tx.is_erased(digest)? }))
}

/// The cards that changes name.
pub(super) fn named(changes: &[AcceptedChange]) -> BTreeSet<Digest> {
    let entries = changes
        .iter()
        .filter_map(|change| change.row.entry.as_ref());
    let payloads = entries.filter_map(|written| written.payload.as_ref().ok());
    payloads.filter_map(|payload| payload.contact()).collect()
}

/// The cards that changes name which are no part of the case, and whose author vouched for them.
fn kept(bench: &Bench<'_>) -> Result<BTreeSet<Digest>, StoreError> {
    let fates = bench.tx.fates(bench.state.case)?;
    let proven = fates.iter().filter(|row| row.binding);
    let payloads = proven.filter_map(|row| payload_of(&row.signed));
    Ok(payloads.filter_map(|payload| payload.contact()).collect())
}
