//! The request of one exchange, from one moment of the store.
//!
//! Counters and the lists of what is unsent are read in the transaction that reads the cursors:
//! only so does the request say what its device had been given when it signed.

mod authors;

use std::collections::{BTreeMap, BTreeSet};

use gewu_model::contact::CardKey;
use gewu_model::ids::{CaseId, ChangeHash, Digest, KeyId};
use gewu_model::receipt::SignedReceipt;
use gewu_model::signed::SignedChange;
use gewu_model::small::{Arrange as _, Gather as _};
use gewu_sync::verdict::SignedVerdicts;
use gewu_sync::wire::{
    CasePush, CounterStatement, EarlierWords, MAX_CHANGES, MAX_WORDS, PROTOCOL, READS_ONE_POSITION,
    READS_READINGS, READS_SHORT_RECEIPTS, Reading, Request,
};
use rusqlite::Connection;

use crate::error::Result;
use crate::identity::Identity;
use crate::sdk::readable_unsent;
use crate::store::changes::{self, State, StoredChange};
use crate::store::media::FileState;
use crate::store::{
    commands, content, facts, keys, media, meta, packs, proofs, read, scopes, uint,
};

/// About how many bytes of changes and texts one request carries.
const REQUEST_BYTES: usize = 2 << 20;
/// The most files that one request asks about.
const MOST_FILES: usize = 2_000;

/// The most commands that one request carries.
const MOST_COMMANDS: usize = 200;

/// A request with what must be remembered until its response.
pub(crate) struct Outgoing {
    pub(crate) request: Request,
    /// How many changes it carries.
    pub(crate) changes: u32,
    /// Cases that it offers again whole.
    pub(crate) offered: Vec<CaseId>,
    /// Files that were at the server, as far as the device knew.
    pub(crate) uploaded: Vec<Digest>,
}

/// The next request.
pub(crate) fn build(
    tx: &Connection,
    identity: &Identity,
    key: &CardKey,
    nonce: [u8; 16],
    page_bytes: u32,
) -> Result<Outgoing> {
    let mut parcel = Parcel::new(tx);
    parcel.add_offers(nonce)?;
    parcel.add_unsent()?;
    parcel.add_texts()?;
    parcel.add_cards(key)?;
    let certificates = parcel.certificates()?;
    let earlier = parcel.earlier();
    let Parcel { cases, offered, .. } = parcel;
    let commands = commands::unsent(tx)?.into_iter().take(MOST_COMMANDS);
    let (commands, texts): (Vec<_>, Vec<_>) = commands.unzip();
    let files = media::unsent(tx)?;
    let is_uploaded = |file: &&media::StoredFile| file.state == FileState::Uploaded;
    let highest = meta::get_number(tx, meta::HIGHEST_GENERATION)?;
    let counters = statements(tx, &identity.key)?;
    let request = Request {
        protocol: PROTOCOL,
        nonce,
        generation: highest.map_or(0, uint),
        cursors: scopes::cursors(tx)?,
        endorsements: authors::endorsements(tx, &counters, &cases)?,
        counters,
        cases,
        commands,
        command_content: texts.into_iter().flatten().collect(),
        media: files
            .iter()
            .take(MOST_FILES)
            .map(|file| file.sha256)
            .collect(),
        packs: packs::held(tx)?,
        max_bytes: page_bytes,
        certificates,
        earlier,
        reads: Some(READS_SHORT_RECEIPTS | READS_READINGS | READS_ONE_POSITION),
        whole_receipts: None,
        reading: reading(tx)?,
    };
    let count: usize = request.cases.iter().map(|push| push.changes.len()).sum();
    Ok(Outgoing {
        request,
        changes: u32::try_from(count).unwrap_or(u32::MAX),
        offered,
        uploaded: files
            .iter()
            .take(MOST_FILES)
            .filter(is_uploaded)
            .map(|file| file.sha256)
            .collect(),
    })
}

/// The first reading under way. How much of it is left is the server's to say.
fn reading(tx: &Connection) -> Result<Option<Reading>> {
    let bytes = meta::get(tx, meta::READING)?;
    let reading = bytes.map(|bytes| read::<Reading>(&bytes)).transpose()?;
    Ok(reading.map(|reading| Reading { left: 0, ..reading }))
}

/// Everything without a receipt, as pushes.
pub(crate) fn unsent_cases(tx: &Connection, key: &CardKey) -> Result<Vec<CasePush>> {
    let mut parcel = Parcel::new(tx);
    parcel.budget = usize::MAX;
    parcel.room = usize::MAX;
    parcel.add_unsent()?;
    parcel.add_texts()?;
    parcel.add_cards(key)?;
    Ok(parcel.cases)
}

fn statements(tx: &Connection, device: &KeyId) -> Result<Vec<CounterStatement>> {
    let mut unsent: BTreeMap<KeyId, Vec<ChangeHash>> = BTreeMap::new();
    for (key, hash) in changes::owed(tx)? {
        unsent.entry(key).or_default().push(hash);
    }
    let state = |stored: keys::StoredKey| CounterStatement {
        key: stored.key,
        counter: stored.counter,
        unsent: unsent.remove(&stored.key).unwrap_or_default(),
    };
    Ok(keys::stating(tx, device)?.into_iter().map(state).collect())
}

/// Pushes that grow up to a budget.
struct Parcel<'a> {
    tx: &'a Connection,
    cases: Vec<CasePush>,
    offered: Vec<CaseId>,
    packed: BTreeSet<ChangeHash>,
    budget: usize,
    /// How many changes it may hold, and how many texts.
    room: usize,
    /// What earlier lives of the server said: receipts, and blocks of verdicts by number.
    receipts: Vec<SignedReceipt>,
    blocks: BTreeMap<i64, SignedVerdicts>,
}

impl<'a> Parcel<'a> {
    fn new(tx: &'a Connection) -> Self {
        Self {
            tx,
            cases: Vec::new(),
            offered: Vec::new(),
            packed: BTreeSet::new(),
            budget: REQUEST_BYTES,
            room: MAX_CHANGES,
            receipts: Vec::new(),
            blocks: BTreeMap::new(),
        }
    }

    /// Whole cases, with the receipt of the generation before, for a server that was restored. They
    /// take half of the parcel, beginning anywhere: what the server cannot take yet must be in the
    /// way of neither new work nor the other offers.
    fn add_offers(&mut self, anywhere: [u8; 16]) -> Result<()> {
        let mut cases = facts::to_offer(self.tx)?;
        let first = u128::from_be_bytes(anywhere) % (cases.len().max(1) as u128);
        cases.rotate_left(usize::try_from(first).unwrap_or(0));
        for case in cases {
            if self.budget <= REQUEST_BYTES / 2 {
                break;
            }
            self.add_words(&case)?;
            let mut held = changes::of_case(self.tx, &case)?;
            held.retain(|change| match change.state {
                State::Accepted | State::Unsent => true,
                // Without the word with it, it might be taken in beside what was written in its place.
                State::SetAside => {
                    change.own && change.block.is_some_and(|n| self.blocks.contains_key(&n))
                }
                State::Erased => false,
            });
            let fits = self.packed.len() + held.len() <= self.room / 2;
            if !(fits || self.packed.is_empty()) {
                break;
            }
            for change in held.iter().take(self.room) {
                self.add(change)?;
            }
            let receipt = facts::receipt(self.tx, &case)?;
            let push = self.push_of(&case);
            push.receipt = receipt.map(|bytes| read(&bytes)).transpose()?;
            self.offered.push(case);
        }
        Ok(())
    }

    /// What earlier lives of the server said of a case, as far as there is room for it. One block may
    /// speak of many cases.
    fn add_words(&mut self, case: &CaseId) -> Result<()> {
        for signed in proofs::earlier(self.tx, case)? {
            if self.has_room_for_words() {
                self.budget = self.budget.saturating_sub(signed.body.len());
                self.receipts.push(signed);
            }
        }
        for n in proofs::blocks_of(self.tx, case)? {
            if self.blocks.contains_key(&n) || !self.has_room_for_words() {
                continue;
            }
            if let Some(block) = proofs::block(self.tx, n)? {
                self.budget = self.budget.saturating_sub(block.body.len());
                self.blocks.insert(n, block);
            }
        }
        Ok(())
    }

    fn has_room_for_words(&self) -> bool {
        self.receipts.len() + self.blocks.len() < MAX_WORDS && self.budget > REQUEST_BYTES / 4
    }

    fn earlier(&mut self) -> Option<EarlierWords> {
        let words = EarlierWords {
            receipts: std::mem::take(&mut self.receipts),
            verdicts: std::mem::take(&mut self.blocks).into_values().collect(),
        };
        (!words.is_empty()).then_some(words)
    }

    fn add_unsent(&mut self) -> Result<()> {
        let to_offer: BTreeSet<CaseId> = match self.offered.is_empty() {
            true => BTreeSet::new(),
            false => facts::to_offer(self.tx)?.into_iter().into_set(),
        };
        for change in changes::unsent(self.tx, self.room)? {
            if self.budget == 0 || self.packed.len() >= self.room {
                break;
            }
            // It goes with the offer, for what bears on it goes there too.
            if to_offer.contains(&change.case) {
                continue;
            }
            self.add(&change)?;
        }
        Ok(())
    }

    fn add(&mut self, change: &StoredChange) -> Result<()> {
        if !self.packed.insert(change.hash) {
            return Ok(());
        }
        self.budget = self.budget.saturating_sub(change.signed.bytes.len() + 120);
        let endorsement = if change.own && self.push_of(&change.case).endorsement.is_none() {
            keys::endorsement(self.tx, &change.signed.key)?
        } else {
            None
        };
        let push = self.push_of(&change.case);
        push.endorsement = push.endorsement.take().or(endorsement);
        push.changes.push(SignedChange::clone(&change.signed));
        Ok(())
    }

    /// Texts of the cases that are in the parcel first, then of those that have only texts to
    /// deliver.
    fn add_texts(&mut self) -> Result<()> {
        let mut waiting = content::unsent(self.tx)?;
        let packed: BTreeSet<CaseId> = self.cases.iter().map(|push| push.case).into_set();
        waiting.arrange_by_key(|(case, _)| !packed.contains(case));
        let mut room = self.room;
        for (case, _) in waiting {
            let full = self.cases.len() >= self.room || self.budget == 0;
            if room == 0 || (full && !packed.contains(&case)) {
                break;
            }
            let mut texts = content::unsent_of_case(self.tx, &case)?;
            texts.truncate(room);
            room -= texts.len();
            let bytes: usize = texts.iter().map(|item| item.text.len() + 32).sum();
            self.budget = self.budget.saturating_sub(bytes);
            self.push_of(&case).content = texts;
        }
        Ok(())
    }

    /// Contact cards, as far as the key store still opens them. Others stay unsent and are counted.
    fn add_cards(&mut self, key: &CardKey) -> Result<()> {
        let unsent = readable_unsent(self.tx, key)?;
        for (case, card) in unsent.into_iter().take(self.room) {
            let known = self.cases.iter().any(|push| push.case == case);
            if known || self.cases.len() < self.room {
                let push = self.push_of(&case);
                push.cards.get_or_insert_default().push(card);
            }
        }
        Ok(())
    }

    fn push_of(&mut self, case: &CaseId) -> &mut CasePush {
        let at = self.cases.iter().rposition(|push| push.case == *case);
        let at = at.unwrap_or_else(|| {
            self.cases.push(CasePush {
                case: *case,
                changes: Vec::new(),
                content: Vec::new(),
                endorsement: None,
                receipt: None,
                cards: None,
            });
            self.cases.len() - 1
        });
        &mut self.cases[at]
    }
}
