//! What a server would keep of a key, in memory.

use std::collections::{BTreeMap, BTreeSet};

use gewu_model::ids::{CaseId, ChangeHash, Digest};
use gewu_model::time::Millis;
use gewu_sync::gate::{KeyHistory, Stated};

#[derive(Default)]
pub(crate) struct Ledger {
    statements: Vec<(u64, BTreeSet<ChangeHash>)>,
    given: Vec<(u64, ChangeHash)>,
    received: BTreeMap<u64, ChangeHash>,
    outgrown: Vec<(u64, Digest)>,
    /// The highest counter of a command.
    commanded: u64,
    pub(crate) accepted: Vec<Millis>,
}

impl Ledger {
    pub(crate) fn received(&mut self, counter: u64, hash: ChangeHash) {
        self.received.entry(counter).or_insert(hash);
    }

    /// The key signed a command, which is no change.
    pub(crate) fn commanded(&mut self, counter: u64) {
        self.commanded = self.commanded.max(counter);
    }

    /// A request in which the key stood at `counter` with `unsent`, and whose cursors covered
    /// `given`.
    pub(crate) fn requested(&mut self, counter: u64, unsent: &[ChangeHash], given: &[ChangeHash]) {
        let unsent = unsent.iter().copied().collect();
        self.statements.push((counter, unsent));
        self.given.extend(given.iter().map(|hash| (counter, *hash)));
    }
}

impl Ledger {
    /// A request in which the key stood at `counter` and whose device held a later version of `pack`.
    pub(crate) fn outgrows(&mut self, counter: u64, pack: Digest) {
        self.outgrown.push((counter, pack));
    }
}

impl KeyHistory for Ledger {
    fn outgrew(&self, pack: &Digest, counter: u64) -> bool {
        self.outgrown
            .iter()
            .any(|(stated, old)| *stated < counter && old == pack)
    }

    fn highest(&self) -> u64 {
        let received = self.received.keys().next_back();
        received.copied().unwrap_or(0).max(self.commanded)
    }

    fn holder(&self, counter: u64) -> Option<ChangeHash> {
        self.received.get(&counter).copied()
    }

    fn stated(&self, counter: u64, change: &ChangeHash) -> Stated {
        let reaching = self
            .statements
            .iter()
            .find(|(stated, _)| *stated >= counter);
        match reaching {
            None => Stated::Nothing,
            Some((_, unsent)) if unsent.contains(change) => Stated::Listed,
            Some(_) => Stated::Withheld,
        }
    }

    fn given(&self, _: &CaseId, counter: u64) -> Vec<ChangeHash> {
        let before = self.given.iter().filter(|(stated, _)| *stated < counter);
        before.map(|(_, hash)| *hash).collect()
    }

    fn accepted_since(&self, since: Millis) -> u64 {
        let lately = self.accepted.iter().filter(|at| **at >= since);
        lately.count() as u64
    }
}
