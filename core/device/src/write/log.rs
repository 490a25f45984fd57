//! The log of one case, decoded: who wrote what upon what, and which of it counts.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use gewu_model::case::{CaseRoot, row};
use gewu_model::change::{Body, DecodedChange, Limits, decode_strict};
use gewu_model::entry::Payload;
use gewu_model::fold::{CaseView, Pins, Replica, Row, Written};
use gewu_model::ids::{ActorId, CaseId, ChangeHash};
use gewu_model::media::EvidenceRecord;
use gewu_model::small::Gather as _;
use rusqlite::Connection;

use crate::error::{DeviceError, Result};
use crate::identity::CITIZEN;
use crate::packs::Packs;
use crate::store::changes::{self, State, StoredChange};

/// A change with what is known of it.
#[derive(Debug, Clone)]
pub(crate) struct Logged {
    pub(crate) stored: StoredChange,
    pub(crate) actor: ActorId,
    pub(crate) seq: u64,
    pub(crate) max_op: u64,
    /// Whether it counts: not set aside or erased, and neither is anything it was made upon.
    pub(crate) live: bool,
}

/// The log of a case in causal order. Erased changes are not in it.
#[derive(Debug, Clone)]
pub(crate) struct CaseLog {
    pub(crate) case: CaseId,
    changes: Vec<Logged>,
    rows: Vec<Row>,
    index: BTreeMap<ChangeHash, usize>,
    roots: Vec<(usize, CaseRoot)>,
}

impl CaseLog {
    pub(crate) const fn empty(case: CaseId) -> Self {
        Self {
            case,
            changes: Vec::new(),
            rows: Vec::new(),
            index: BTreeMap::new(),
            roots: Vec::new(),
        }
    }

    pub(crate) fn load(tx: &Connection, case: &CaseId) -> Result<Self> {
        let mut log = Self::empty(*case);
        for stored in changes::of_case(tx, case)? {
            if stored.state == State::Erased {
                continue;
            }
            let decoded = decode_strict(&stored.signed.bytes, &Limits::default())?;
            log.push(stored, &decoded)?;
        }
        Ok(log)
    }

    /// Adds a change after everything that it was made upon.
    pub(crate) fn push(&mut self, stored: StoredChange, decoded: &DecodedChange) -> Result<()> {
        let row = row(decoded).map_err(|_| DeviceError::Damaged)?;
        let at = self.changes.len();
        let counts = matches!(stored.state, State::Unsent | State::Accepted);
        let live = counts && row.deps.iter().all(|dep| self.is_live(dep));
        if let Body::Root { case } = &decoded.change.body {
            let root = CaseRoot::from_fields(case).map_err(|_| DeviceError::Damaged)?;
            self.roots.push((at, root));
        }
        self.index.insert(decoded.hash, at);
        self.rows.push(row);
        self.changes.push(Logged {
            stored,
            actor: decoded.change.actor,
            seq: decoded.change.seq,
            max_op: decoded.max_op,
            live,
        });
        Ok(())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    pub(crate) fn get(&self, hash: &ChangeHash) -> Option<&Logged> {
        self.changes.get(*self.index.get(hash)?)
    }

    pub(crate) fn row(&self, hash: &ChangeHash) -> Option<&Row> {
        self.rows.get(*self.index.get(hash)?)
    }

    pub(crate) fn is_live(&self, hash: &ChangeHash) -> bool {
        self.get(hash).is_some_and(|change| change.live)
    }

    /// Every change with its row, in causal order.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (&Logged, &Row)> {
        self.changes.iter().zip(&self.rows)
    }

    /// The root that counts, and who made it.
    pub(crate) fn root(&self) -> Option<(&CaseRoot, ActorId)> {
        self.roots.iter().find_map(|(at, root)| {
            let change = &self.changes[*at];
            change.live.then_some((root, change.actor))
        })
    }

    /// Any root, one that counts before one that does not.
    pub(crate) fn any_root(&self) -> Option<&CaseRoot> {
        let live = self.root().map(|(root, _)| root);
        live.or_else(|| self.roots.first().map(|(_, root)| root))
    }

    /// What a root says, whether it counts or not.
    pub(crate) fn root_of(&self, hash: &ChangeHash) -> Option<&CaseRoot> {
        let at = self.index.get(hash)?;
        let mut roots = self.roots.iter();
        roots.find_map(|(own, root)| (own == at).then_some(root))
    }

    /// Whether this device began the case.
    pub(crate) fn is_mine(&self) -> bool {
        self.roots
            .iter()
            .any(|(at, _)| self.changes[*at].stored.own)
    }

    /// The rows that count.
    pub(crate) fn live_rows(&self) -> Cow<'_, [Row]> {
        if self.changes.iter().all(|change| change.live) {
            return Cow::Borrowed(&self.rows);
        }
        let live = self.iter().filter(|(change, _)| change.live);
        Cow::Owned(live.map(|(_, row)| row.clone()).collect())
    }

    /// The rows that the server has accepted.
    pub(crate) fn accepted_rows(&self) -> Vec<Row> {
        let accepted = |change: &Logged| change.live && change.stored.state == State::Accepted;
        self.iter()
            .filter(|(change, _)| accepted(change))
            .map(|(_, row)| row.clone())
            .collect()
    }

    /// The evidence records of the entries that count, in causal order.
    pub(crate) fn live_photos(&self) -> Vec<&EvidenceRecord> {
        let live = self.iter().filter(|(change, _)| change.live);
        let payloads = live.filter_map(|(_, row)| row.entry.as_ref()?.payload.as_ref().ok());
        payloads.flat_map(Payload::photos).collect()
    }

    /// The packs that the case is judged by; `None` without a root.
    pub(crate) fn pins(&self) -> Option<Pins> {
        let root = self.any_root()?;
        Some(Pins::of(root, self.live_rows().iter()))
    }

    /// The state of the case, by the policy that it pins.
    pub(crate) fn view(&self, packs: &Packs) -> CaseView {
        packs.view(self.any_root(), &self.live_rows(), self.replica())
    }

    /// A citizen's device is given nothing but what its citizen wrote.
    pub(crate) fn replica(&self) -> Replica {
        let by_citizen = |(change, row): (&Logged, &Row)| {
            let written = row.entry.as_ref().filter(|_| change.stored.own);
            written.is_some_and(|written| written.entry.header.role.as_str() == CITIZEN)
        };
        match self.iter().any(by_citizen) {
            true => Replica::Own,
            false => Replica::Whole,
        }
    }

    /// The changes that count and that nothing which counts was made upon, ascending.
    pub(crate) fn heads(&self) -> Vec<ChangeHash> {
        let live = || self.iter().filter(|(change, _)| change.live);
        let built_upon: BTreeSet<ChangeHash> = live()
            .flat_map(|(_, row)| row.deps.iter().copied())
            .into_set();
        let heads: BTreeSet<ChangeHash> = live().map(|(_, row)| row.hash).into_set();
        heads.difference(&built_upon).copied().collect()
    }

    /// The last sequence number that `actor` has used here.
    pub(crate) fn last_seq(&self, actor: &ActorId) -> u64 {
        let own = self.changes.iter().filter(|change| change.actor == *actor);
        own.map(|change| change.seq).max().unwrap_or(0)
    }

    /// The counter of the first operation of a change made upon `deps`.
    pub(crate) fn start_op(&self, deps: &[ChangeHash]) -> u64 {
        let ops = deps.iter().filter_map(|dep| self.get(dep));
        ops.map(|change| change.max_op).max().unwrap_or(0) + 1
    }

    /// Those of `hashes` that are no ancestor of another of them, ascending.
    pub(crate) fn maximal(&self, hashes: &BTreeSet<ChangeHash>) -> Vec<ChangeHash> {
        let mut past = BTreeSet::new();
        let mut next: Vec<ChangeHash> = hashes
            .iter()
            .filter_map(|hash| self.row(hash))
            .flat_map(|row| row.deps.iter().copied())
            .collect();
        while let Some(hash) = next.pop() {
            if past.insert(hash) {
                next.extend(self.row(&hash).into_iter().flat_map(|row| &row.deps));
            }
        }
        hashes.difference(&past).copied().collect()
    }
}

/// The entry in stored bytes; `None` for a root.
pub(crate) fn decode_entry(bytes: &[u8]) -> Result<Option<Written>> {
    let decoded = decode_strict(bytes, &Limits::default())?;
    Ok(row(&decoded).map_err(|_| DeviceError::Damaged)?.entry)
}
