//! Contacts that come after their report: under the same id of a channel, or late.
//!
//! The digest that a report names is signed and stays. Beside it the server keeps which card took its
//! place, when, and by whose hand. The last one said counts; the one before is no longer held, and the log says
//! that there was one.

use std::collections::BTreeSet;

use gewu_model::contact::{Contact, ContactCard};
use gewu_model::entry::{InstructionKind, Kind};
use gewu_model::fold::fold;
use gewu_model::ids::{CaseId, Digest, UserId};
use gewu_model::time::Millis;
use gewu_sync::gate::CaseState;
use serde::Serialize;
use serde_json::{Value, json};

use super::named;
use crate::core::admit::payload_of;
use crate::core::bench::Bench;
use crate::core::decide::open;
use crate::core::load::load;
use crate::core::notices::user_of;
use crate::core::operators::Operator;
use crate::core::register::RegisterError;
use crate::core::{Core, CoreError};
use crate::seam::random;
use crate::store::{AccountRead, CardChange, CardDid, CardRead, StoreError, Tx};

/// The most lines that one list shows.
const MAX_LINES: u32 = 10_000;

/// What became of a contact that came with a matter which was registered before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactNews {
    /// The case had none and has it now.
    Added,
    /// It took the place of what the case had. What it does not say stays as it was.
    Changed,
    /// The case has it already.
    Same,
    /// The case's contact was erased: a new one is not taken.
    Erased,
}

impl Core {
    /// Carries a contact into the case that the same matter became before.
    pub(in crate::core) fn contact_again(
        &self,
        tx: &dyn Tx,
        operator: &Operator,
        (case, said): (CaseId, Option<&Contact>),
        now: Millis,
    ) -> Result<Option<ContactNews>, RegisterError> {
        let Some(said) = said else { return Ok(None) };
        said.check()?;
        let bench = open(tx, case, now)?;
        let kind = Kind::Instruction(InstructionKind::Register);
        self.capacity(operator, &bench, (&kind, None), &fold(&[]))?;
        let before = current(tx, &bench.state)?;
        if before.map(|digest| tx.is_erased(digest)).transpose()? == Some(true) {
            return Ok(Some(ContactNews::Erased));
        }
        let held = self.card_again(tx, case, before)?;
        let held = held.map(|card| card.contact()).unwrap_or_default();
        let whole = joined(said, &held);
        if same(&whole, &held) {
            return Ok(Some(ContactNews::Same));
        }
        let card = ContactCard::new(&whole, random(&*self.entropy))?;
        let by = (operator.user(), before);
        if !self.replace_card(&bench, &card, by)? {
            return Err(RegisterError::NoCardKey);
        }
        Ok(Some(match before {
            None => ContactNews::Added,
            Some(_) => ContactNews::Changed,
        }))
    }

    /// Makes a card the one of its case; `false` when the key is not at hand.
    fn replace_card(
        &self,
        bench: &Bench<'_>,
        card: &ContactCard,
        (user, before): (&UserId, Option<Digest>),
    ) -> Result<bool, CoreError> {
        let (tx, case) = (bench.tx, bench.state.case);
        if !self.keep_card(tx, case, card)? {
            return Ok(false);
        }
        if let Some(before) = before {
            tx.drop_card(case, before)?;
        }
        tx.log_card_change(&CardChange {
            at: bench.now,
            user: user.clone(),
            case,
            digest: card.digest(),
            before,
            did: before.map_or(CardDid::Added, |_| CardDid::Changed),
        })?;
        bench.tell_content(card.digest())?;
        Ok(true)
    }

    /// Carries a card that has just arrived into the case in which its report was issued again.
    pub(super) fn carry_on(&self, bench: &Bench<'_>, card: &ContactCard) -> Result<(), CoreError> {
        let digest = card.digest();
        for row in bench.tx.fates(bench.state.case)? {
            let names = |digest| {
                let payload = payload_of(&row.signed);
                payload.and_then(|payload| payload.contact()) == Some(digest)
            };
            let Some(by) = row.replaced_by.filter(|_| row.binding && names(digest)) else {
                continue;
            };
            let other = bench.tx.case_of_change(by)?;
            let Some(other) = other.filter(|other| *other != bench.state.case) else {
                continue;
            };
            let other = Bench::new(bench.tx, load(bench.tx, other)?, bench.now);
            // What the centre has learned since is the later word.
            let author = user_of(bench.tx, row.signed.key)?;
            if let Some(author) = author
                && current(other.tx, &other.state)?.is_none()
                && self.keep_card(other.tx, other.state.case, card)?
            {
                other.tx.log_card_change(&CardChange {
                    at: other.now,
                    user: author,
                    case: other.state.case,
                    digest,
                    before: None,
                    did: CardDid::Carried,
                })?;
                other.tell_content(digest)?;
            }
        }
        Ok(())
    }

    /// Who read which contact when, and which took the place of another, the latest first.
    ///
    /// # Errors
    /// [`CoreError`] when the store cannot be read.
    pub fn contact_log(&self, case: Option<CaseId>, limit: u32) -> Result<Vec<Value>, CoreError> {
        let limit = limit.clamp(1, MAX_LINES);
        let (reads, changes, accounts) = self.read(|tx| {
            let cards = (tx.card_reads(case, limit)?, tx.card_changes(case, limit)?);
            Ok::<_, CoreError>((cards.0, cards.1, tx.account_reads(case, limit)?))
        })?;
        let reads = reads.iter().map(|read| (read.at, shown_read(read)));
        let changes = changes.iter().map(|it| (it.at, shown_change(it)));
        let accounts = accounts.iter().map(|it| (it.at, shown_account_read(it)));
        let mut lines: Vec<(Millis, Value)> = reads.chain(changes).chain(accounts).collect();
        lines.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        lines.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(lines.into_iter().map(|(_, line)| line).collect())
    }
}

fn shown_read(read: &CardRead) -> Value {
    json!({ "at": read.at, "user": read.user, "case": read.case, "card": read.digest, "did": "read" })
}

fn shown_account_read(read: &AccountRead) -> Value {
    json!({ "at": read.at, "user": read.user, "case": read.case, "did": "account_read" })
}

fn shown_change(change: &CardChange) -> Value {
    json!({
        "at": change.at, "user": change.user, "case": change.case, "card": change.digest,
        "did": change.did.name(), "before": change.before,
    })
}

/// The card that counts in a case: the last that came after the report, or the one that it names.
pub(super) fn current(tx: &dyn Tx, state: &CaseState) -> Result<Option<Digest>, StoreError> {
    let latest = tx.card_changes(Some(state.case), 1)?;
    let latest = latest.first().map(|change| change.digest);
    Ok(latest.or_else(|| named(&state.changes).first().copied()))
}

/// Every card that a case ever had.
pub(in crate::core) fn cards_of(
    tx: &dyn Tx,
    state: &CaseState,
) -> Result<BTreeSet<Digest>, StoreError> {
    let mut cards = named(&state.changes);
    let changes = tx.card_changes(Some(state.case), u32::MAX)?;
    cards.extend(changes.iter().map(|change| change.digest));
    Ok(cards)
}

/// What is said, and what was known of what is not said.
fn joined(said: &Contact, held: &Contact) -> Contact {
    let either = |said: &Option<String>, held: &Option<String>| said.clone().or(held.clone());
    Contact {
        phone: either(&said.phone, &held.phone),
        name: either(&said.name, &held.name),
        id_number: either(&said.id_number, &held.id_number),
    }
}

/// Whether two contacts say the same. A telephone number is its digits: how they are parted is nobody's news.
fn same(one: &Contact, other: &Contact) -> bool {
    let dialled = |contact: &Contact| -> Option<String> {
        let phone = contact.phone.as_deref()?;
        Some(
            phone
                .chars()
                .filter(|c| c.is_ascii_digit() || *c == '+')
                .collect(),
        )
    };
    dialled(one) == dialled(other) && one.name == other.name && one.id_number == other.id_number
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(phone: &str, name: Option<&str>) -> Contact {
        Contact {
            phone: Some(phone.into()),
            name: name.map(str::to_owned),
            id_number: None,
        }
    }

    #[test]
    fn what_is_not_said_again_stays_and_separators_are_no_news() {
        let held = contact("138 1234-5678", Some("吴"));
        let again = joined(&contact("13812345678", None), &held);
        assert!(same(&again, &held));
        let moved = joined(&contact("13912345678", None), &held);
        assert_eq!(moved, contact("13912345678", Some("吴")));
        assert!(!same(&moved, &held));
        assert!(!same(&contact("+8613812345678", Some("吴")), &held));
    }
}
