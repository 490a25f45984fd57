//! What the rows of a page bring with them, until the page is full.

use std::collections::{BTreeMap, BTreeSet};

use gewu_model::cbor;
use gewu_model::content::ContentItem;
use gewu_model::entry::{Kind, Payload};
use gewu_model::ids::{CaseId, ChangeHash, Digest, KeyId};
use gewu_model::status::SignedStatus;
use gewu_sync::gate::CaseState;
use gewu_sync::wire::{Notice, PulledChange};

use crate::core::CoreError;
use crate::core::admit::payload_of;
use crate::store::{FeedRow, StoreError, StoredChange, Tx, What};

/// The bounds of a response's size, whatever the device asks for.
const BYTES: std::ops::RangeInclusive<u32> = 64 << 10..=8 << 20;

/// What is new of one case.
#[derive(Default)]
pub(super) struct News {
    /// The device holds the case itself, not only a citizen's own branch.
    pub(super) member: bool,
    /// A citizen's own change was accepted.
    pub(super) own: bool,
    whole: bool,
    /// The device could not put the short receipt together.
    pub(super) wants_receipt: bool,
    pub(super) changes: BTreeMap<u64, PulledChange>,
    pub(super) content: BTreeMap<Digest, ContentItem>,
    /// A contact card is named or has arrived.
    pub(super) card: bool,
}

impl News {
    /// The keys of the told changes, each with the certificate that the change names.
    pub(super) fn authors(&self, state: &CaseState) -> BTreeSet<(KeyId, Digest)> {
        let told = self.changes.values().map(|change| change.signed.hash());
        let author = |hash| {
            let change = state.accepted(&hash)?;
            let header = &change.row.entry.as_ref()?.entry.header;
            let theirs = !matches!(header.kind, Kind::Instruction(_));
            theirs.then_some((change.key, header.cert))
        };
        told.filter_map(author).collect()
    }
}

/// The rows told so far, with everything that belongs to them.
pub(super) struct Gathered<'a> {
    tx: &'a dyn Tx,
    pushed: &'a BTreeSet<(CaseId, ChangeHash)>,
    room: usize,
    pub(super) cases: BTreeMap<CaseId, News>,
    stored: BTreeMap<CaseId, Vec<StoredChange>>,
    texts: BTreeMap<CaseId, BTreeMap<Digest, ContentItem>>,
    pub(super) statuses: BTreeMap<CaseId, SignedStatus>,
    pub(super) notices: Vec<Notice>,
}

impl<'a> Gathered<'a> {
    pub(super) fn new(
        tx: &'a dyn Tx,
        pushed: &'a BTreeSet<(CaseId, ChangeHash)>,
        max_bytes: u32,
    ) -> Self {
        let room = max_bytes.clamp(*BYTES.start(), *BYTES.end()) as usize;
        Self {
            tx,
            pushed,
            room,
            cases: BTreeMap::new(),
            stored: BTreeMap::new(),
            texts: BTreeMap::new(),
            statuses: BTreeMap::new(),
            notices: Vec::new(),
        }
    }

    /// Takes rows in order while there is room, and says how many it took; at least one.
    pub(super) fn take(&mut self, rows: &[FeedRow]) -> Result<usize, CoreError> {
        for (told, row) in rows.iter().enumerate() {
            if self.room == 0 {
                return Ok(told);
            }
            self.add(row)?;
        }
        Ok(rows.len())
    }

    /// A case of the device's whose receipt it wants whole.
    pub(super) fn want_receipt(&mut self, case: CaseId) {
        let news = self.cases.entry(case).or_default();
        news.member = true;
        news.wants_receipt = true;
    }

    fn spend(&mut self, bytes: usize) {
        self.room = self.room.saturating_sub(bytes);
    }

    fn add(&mut self, row: &FeedRow) -> Result<(), CoreError> {
        match row.what {
            What::Enter => self.whole(row.case),
            What::Leave => {
                self.cases.entry(row.case).or_default();
                Ok(())
            }
            What::Change => match ChangeHash::from_slice(&row.reference) {
                Some(hash) => self.change(row.case, hash),
                None => Err(StoreError::Corrupt("a feed row").into()),
            },
            What::Content => match Digest::from_slice(&row.reference) {
                Some(digest) if self.tx.card(row.case, digest)?.is_some() => {
                    self.cases.entry(row.case).or_default().card = true;
                    Ok(())
                }
                Some(digest) => self.content(row.case, &[digest]),
                None => Err(StoreError::Corrupt("a feed row").into()),
            },
            What::Receipt => {
                self.cases.entry(row.case).or_default().own = true;
                Ok(())
            }
            What::Status => self.status(row),
            What::Notice => self.notice(row),
        }
    }

    fn status(&mut self, row: &FeedRow) -> Result<(), CoreError> {
        let version = number(row)?;
        let issued = self.tx.statuses(row.case)?;
        if let Some(status) = issued.into_iter().find(|status| status.version == version) {
            self.spend(status.signed.body.len() + 100);
            self.statuses.insert(row.case, status.signed);
        }
        Ok(())
    }

    fn notice(&mut self, row: &FeedRow) -> Result<(), CoreError> {
        if let Some(notice) = self.tx.notice(number(row)?)? {
            self.spend(notice.words.len() + 100);
            self.notices.push(notice);
        }
        Ok(())
    }

    fn stored(&mut self, case: CaseId) -> Result<&[StoredChange], CoreError> {
        if !self.stored.contains_key(&case) {
            let changes = self.tx.changes(case)?;
            self.stored.insert(case, changes);
        }
        Ok(self.stored.get(&case).map_or(&[], Vec::as_slice))
    }

    fn whole(&mut self, case: CaseId) -> Result<(), CoreError> {
        let news = self.cases.entry(case).or_default();
        news.member = true;
        if std::mem::replace(&mut news.whole, true) {
            return Ok(());
        }
        let all: Vec<StoredChange> = self.stored(case)?.to_vec();
        all.into_iter()
            .try_for_each(|change| self.tell(case, change))
    }

    fn change(&mut self, case: CaseId, hash: ChangeHash) -> Result<(), CoreError> {
        self.cases.entry(case).or_default().member = true;
        let found = self
            .stored(case)?
            .iter()
            .find(|change| change.hash == hash)
            .cloned();
        found.map_or(Ok(()), |change| self.tell(case, change))
    }

    fn tell(&mut self, case: CaseId, change: StoredChange) -> Result<(), CoreError> {
        if self.pushed.contains(&(case, change.hash)) {
            return Ok(());
        }
        let payload = payload_of(&change.signed);
        let texts = payload.as_ref().map(Payload::content).unwrap_or_default();
        let card = payload.and_then(|payload| payload.contact());
        let told = PulledChange {
            received_at: change.received_at,
            signed: change.signed,
        };
        let bytes = cbor::to_vec(&told).len();
        let news = self.cases.entry(case).or_default();
        if news.changes.insert(change.n, told).is_none() {
            self.spend(bytes);
        }
        let news = self.cases.entry(case).or_default();
        news.card |= card.is_some();
        self.content(case, &texts)
    }

    fn content(&mut self, case: CaseId, digests: &[Digest]) -> Result<(), CoreError> {
        if !self.texts.contains_key(&case) && !digests.is_empty() {
            let texts = self.tx.content(case)?.into_iter().collect();
            self.texts.insert(case, texts);
        }
        for digest in digests {
            let held = self
                .texts
                .get(&case)
                .and_then(|texts| texts.get(digest))
                .cloned();
            if let Some(item) = held {
                self.spend(item.text.len() + 64);
                let news = self.cases.entry(case).or_default();
                news.content.insert(*digest, item);
            }
        }
        Ok(())
    }
}

fn number(row: &FeedRow) -> Result<u64, StoreError> {
    let bytes = row.reference.as_slice().try_into();
    bytes
        .map(u64::from_be_bytes)
        .map_err(|_| StoreError::Corrupt("a feed row"))
}
