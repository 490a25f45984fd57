//! What the server said: the receipt over heads and times, verdicts, what was set aside.

use std::collections::{BTreeMap, BTreeSet};

use gewu_model::cbor;
use gewu_model::crypto::{Domain, StandardSuite, Verifier as _, sha256};
use gewu_model::ids::ChangeHash;
use gewu_model::receipt::CaseReceipt;
use gewu_model::small::{Arrange as _, Gather as _};
use gewu_model::time::Millis;
use gewu_sync::verdict::{SetAside, SignedVerdicts, Verdict, VerdictBlock};

use super::history::{History, Link};
use super::trust::Trusted;
use crate::fault::{Fault, Finding};
use crate::name::Member;
use crate::order::canonical;
use crate::record::CaseRecord;
use crate::report::{Signer, Standing};

/// Reads the server's word for each change, and finds what it speaks of and is not here.
pub(super) fn check(
    trusted: &Trusted,
    record: &CaseRecord,
    history: &mut History,
    findings: &mut Vec<Finding>,
) {
    let places = history.links.iter().enumerate();
    let mut word = Word {
        record,
        places: places.map(|(at, link)| (link.hash, at)).collect(),
        history,
        findings,
    };
    let receipt = word.receipt(trusted);
    let receipted = receipt.as_ref().map_or(0, |receipt| word.covered(receipt));
    let said = word.verdicts(trusted);
    word.accepted(&said.accepted, receipted);
    word.set_aside(trusted, &said);
    word.order(receipted);
    word.unvouched();
}

/// The latest word of the verdicts on each change of the case.
#[derive(Default)]
pub(super) struct Said {
    pub(super) accepted: BTreeMap<ChangeHash, Millis>,
    pub(super) set_aside: BTreeMap<ChangeHash, SetAside>,
}

/// The verdicts of a block that the server signed.
pub(super) fn opened(trusted: &Trusted, signed: &SignedVerdicts) -> Option<VerdictBlock> {
    let parts: [&[u8]; 1] = [&signed.body];
    let holds = StandardSuite.verify(&trusted.server, Domain::Verdicts, &parts, &signed.signature);
    holds.then(|| cbor::from_slice(&signed.body).ok()).flatten()
}

/// The latest word wins: what was set aside can be accepted later, when the server first did not
/// know its author's key.
pub(super) fn said(record: &CaseRecord, mut blocks: Vec<VerdictBlock>) -> Said {
    blocks.arrange_by_key(|block| (block.generation, block.at));
    let mut said = Said::default();
    for verdict in blocks.iter().flat_map(|block| &block.changes) {
        if verdict.case != record.case {
            continue;
        }
        match verdict.verdict {
            Verdict::Accepted { received_at } => {
                said.set_aside.remove(&verdict.hash);
                said.accepted.insert(verdict.hash, received_at);
            }
            Verdict::SetAside { reason } => {
                said.accepted.remove(&verdict.hash);
                said.set_aside.insert(verdict.hash, reason);
            }
            _ => {}
        }
    }
    said
}

struct Word<'a> {
    record: &'a CaseRecord,
    places: BTreeMap<ChangeHash, usize>,
    history: &'a mut History,
    findings: &'a mut Vec<Finding>,
}

impl Word<'_> {
    fn fault(&mut self, fault: Fault) {
        let member = Member::Case(self.record.case);
        self.findings.push(Finding::at(member, fault));
    }

    fn of(&mut self, change: ChangeHash, fault: Fault) {
        let member = Member::Case(self.record.case);
        self.findings.push(Finding::of(member, change, fault));
    }

    fn receipt(&mut self, trusted: &Trusted) -> Option<CaseReceipt> {
        let signed = self.record.receipt.as_ref()?;
        let Some(receipt) = signed.verify(&StandardSuite, &trusted.server) else {
            self.fault(Fault::ReceiptSignature);
            return None;
        };
        if receipt.case == self.record.case {
            return Some(receipt);
        }
        self.fault(Fault::ReceiptCase);
        None
    }

    /// Marks what the receipt covers; answers how many changes that are.
    fn covered(&mut self, receipt: &CaseReceipt) -> usize {
        for (at, received) in receipt.received.iter().enumerate() {
            let found = self.find(&received.change);
            let Some(found) = found else {
                self.of(received.change, Fault::ReceiptedMissing);
                continue;
            };
            let received_at = received.at;
            self.history.links[found].standing = Standing::Receipted { received_at };
            if found != at {
                self.of(received.change, Fault::Order);
            }
        }
        let covered: BTreeSet<ChangeHash> = receipt
            .received
            .iter()
            .map(|received| received.change)
            .into_set();
        let mut heads = covered.clone();
        for link in self
            .history
            .links
            .iter()
            .filter(|link| covered.contains(&link.hash))
        {
            link.row.deps.iter().for_each(|dep| {
                heads.remove(dep);
            });
        }
        if !heads.iter().eq(&receipt.heads) {
            self.fault(Fault::Heads);
        }
        receipt.received.len()
    }

    fn find(&self, hash: &ChangeHash) -> Option<usize> {
        self.places.get(hash).copied()
    }

    fn verdicts(&mut self, trusted: &Trusted) -> Said {
        let record = self.record;
        let digests: Vec<_> = record
            .verdicts
            .iter()
            .map(|signed| sha256(&signed.body))
            .collect();
        let mut blocks = Vec::new();
        for signed in &record.verdicts {
            match opened(trusted, signed) {
                Some(block) => blocks.push(block),
                None => self.fault(Fault::VerdictSignature),
            }
        }
        let speaks = |block: &VerdictBlock| {
            let mut cases = block.changes.iter().map(|said| said.case);
            cases.any(|case| case == record.case)
        };
        if !digests.is_sorted_by(|a, b| a < b) || !blocks.iter().all(speaks) {
            self.fault(Fault::VerdictOrder);
        }
        said(record, blocks)
    }

    fn accepted(&mut self, accepted: &BTreeMap<ChangeHash, Millis>, receipted: usize) {
        for (hash, received_at) in accepted {
            let received_at = *received_at;
            match self.find(hash) {
                Some(at) if at >= receipted => {
                    self.history.links[at].standing = Standing::Accepted { received_at };
                }
                Some(_) => {}
                None => self.of(*hash, Fault::AcceptedMissing),
            }
        }
    }

    fn set_aside(&mut self, trusted: &Trusted, said: &Said) {
        let record = self.record;
        let listed: BTreeMap<ChangeHash, _> = record
            .set_aside
            .iter()
            .map(|aside| (aside.change.hash(), aside))
            .into_map();
        let hashes: Vec<_> = record
            .set_aside
            .iter()
            .map(|aside| aside.change.hash())
            .collect();
        if !hashes.is_sorted_by(|a, b| a < b) {
            self.fault(Fault::SetAsideOrder);
        }
        for (hash, reason) in &said.set_aside {
            match listed.get(hash) {
                Some(aside) if aside.reason == *reason => {}
                Some(_) => self.of(*hash, Fault::SetAsideReason),
                None if self.find(hash).is_some_and(|at| self.is_receipted(at)) => {}
                None => self.of(*hash, Fault::SetAsideMissing),
            }
        }
        for (hash, aside) in &listed {
            let key = trusted
                .holder(&aside.change.key)
                .and_then(|held| held.key());
            let signed = key.is_some_and(|key| {
                aside
                    .change
                    .verify(&StandardSuite, key, &trusted.city, &record.case)
            });
            if !signed {
                self.of(*hash, Fault::ChangeSignature);
            }
            if self.find(hash).is_some() {
                self.of(*hash, Fault::ChangeTwice);
            }
        }
    }

    fn is_receipted(&self, at: usize) -> bool {
        self.history.links[at].standing != Standing::Unconfirmed
    }

    /// Behind what the receipt covers lie accepted changes and then the tail, each in the one order
    /// that the format allows.
    fn order(&mut self, receipted: usize) {
        let rest = &self.history.links[receipted.min(self.history.links.len())..];
        let (accepted, tail): (Vec<&Link>, Vec<&Link>) = rest
            .iter()
            .partition(|link| link.standing != Standing::Unconfirmed);
        let order = |links: &[&Link]| {
            canonical(
                links
                    .iter()
                    .map(|link| (link.hash, link.row.deps.as_slice())),
            )
        };
        let wanted = order(&accepted).into_iter().chain(order(&tail));
        let found = rest.iter().map(|link| link.hash);
        let astray = found.zip(wanted).find(|(found, wanted)| found != wanted);
        if let Some((found, _)) = astray {
            self.of(found, Fault::Order);
        }
    }

    /// A change without a signature needs the server's word, and so does a capacity that no
    /// certificate here gives.
    fn unvouched(&mut self) {
        let bare = |link: &&Link| {
            matches!(link.signer, Signer::Vouched | Signer::OtherCertificate)
                && link.standing == Standing::Unconfirmed
        };
        let bare: Vec<_> = self
            .history
            .links
            .iter()
            .filter(bare)
            .map(|link| link.hash)
            .collect();
        for hash in bare {
            self.of(hash, Fault::Unvouched);
        }
    }
}
