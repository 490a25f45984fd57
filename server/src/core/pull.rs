//! What is new for a device, read from the feed in one transaction.
//!
//! The feed is one line of positions. The rows of all the device's scopes are told in order of
//! position until the response is full; every cursor then stands at the same place, the last row
//! told, or at the head of the feed when nothing is left. No row between two cursors is ever
//! skipped, and telling one twice does no harm.

use std::collections::{BTreeMap, BTreeSet};

use gewu_model::cbor;
use gewu_model::cert::SignedCertificate;
use gewu_model::content::ContentItem;
use gewu_model::entry::Kind;
use gewu_model::ids::{CaseId, ChangeHash, Digest, KeyId};
use gewu_model::scope::Scope;
use gewu_model::status::SignedStatus;
use gewu_sync::gate::CaseState;
use gewu_sync::wire::{CasePull, Cursor, Membership, Notice, PulledChange, Request};

use super::devices::Caller;
use super::load::load;
use super::public::citizen_of;
use super::state::held_cursors;
use super::{Core, CoreError, generation};
use crate::store::{FeedRow, MembershipRow, StoreError, StoredChange, Tx, What};

/// Rows of the feed that one response tells at most.
const MAX_ROWS: usize = 2_000;
/// The bounds of a response's size, whatever the device asks for.
const BYTES: std::ops::RangeInclusive<u32> = 64 << 10..=8 << 20;

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
            pull.cases.push(CasePull {
                case,
                entered: members(tx, case, &scopes, true)?,
                left: members(tx, case, &scopes, false)?,
                receipt: self.receipt_for(tx, &state, &news)?,
                changes: news.changes.into_values().collect(),
                content: news.content.into_values().collect(),
            });
        }
        for digest in authors {
            // A citizen's entry names an endorsement, which is none of others' business.
            pull.certificates.extend(tx.certificate(digest)?);
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

/// What is new of one case.
#[derive(Default)]
struct News {
    /// The device holds the case itself, not only a citizen's own branch.
    member: bool,
    /// A citizen's own change was accepted.
    own: bool,
    whole: bool,
    changes: BTreeMap<u64, PulledChange>,
    content: BTreeMap<Digest, ContentItem>,
}

impl News {
    /// The certificates that the told changes name.
    fn authors(&self, state: &CaseState) -> BTreeSet<Digest> {
        let told = self.changes.values().map(|change| change.signed.hash());
        let entries = told.filter_map(|hash| state.accepted(&hash)?.row.entry.as_ref());
        entries
            .filter(|written| !matches!(written.entry.header.kind, Kind::Instruction(_)))
            .map(|written| written.entry.header.cert)
            .collect()
    }
}

/// The rows told so far, with everything that belongs to them.
struct Gathered<'a> {
    tx: &'a dyn Tx,
    pushed: &'a BTreeSet<(CaseId, ChangeHash)>,
    room: usize,
    cases: BTreeMap<CaseId, News>,
    stored: BTreeMap<CaseId, Vec<StoredChange>>,
    texts: BTreeMap<CaseId, BTreeMap<Digest, ContentItem>>,
    statuses: BTreeMap<CaseId, SignedStatus>,
    notices: Vec<Notice>,
}

impl<'a> Gathered<'a> {
    fn new(tx: &'a dyn Tx, pushed: &'a BTreeSet<(CaseId, ChangeHash)>, max_bytes: u32) -> Self {
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
    fn take(&mut self, rows: &[FeedRow]) -> Result<usize, CoreError> {
        for (told, row) in rows.iter().enumerate() {
            if self.room == 0 {
                return Ok(told);
            }
            self.add(row)?;
        }
        Ok(rows.len())
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
        let texts = super::admit::content_of(&change.signed);
        let told = PulledChange {
            received_at: change.received_at,
            signed: change.signed,
        };
        let bytes = cbor::to_vec(&told).len();
        let news = self.cases.entry(case).or_default();
        if news.changes.insert(change.n, told).is_none() {
            self.spend(bytes);
        }
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
