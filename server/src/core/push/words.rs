//! What this server signed in earlier lives, as devices show it after a restore.

use std::collections::BTreeMap;

use gewu_model::crypto::StandardSuite;
use gewu_model::ids::{CaseId, ChangeHash};
use gewu_model::receipt::CaseReceipt;
use gewu_model::time::Millis;
use gewu_sync::gate::CaseState;
use gewu_sync::verdict::{SetAside, Verdict, VerdictBlock};
use gewu_sync::wire::Request;

use super::Ground;
use crate::core::{Core, generation};
use crate::store::{StoreError, Tx};

/// What an earlier life said of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::core) enum Word {
    /// It was taken in then.
    Received(Millis),
    /// It was set aside.
    SetAside(SetAside),
}

impl Ground {
    /// When the change was taken in, if that is the ground.
    pub(super) const fn received(self) -> Option<Millis> {
        match self {
            Self::Word(Word::Received(at)) => Some(at),
            _ => None,
        }
    }
}

/// All that a request shows. Of two words on one change the later life's counts.
#[derive(Debug, Default)]
pub(in crate::core) struct Words {
    by_change: BTreeMap<(CaseId, ChangeHash), (u64, Word)>,
    /// The highest generation that spoke.
    highest: u64,
}

impl Words {
    /// What was said of a change.
    pub(super) fn on(&self, case: CaseId, hash: ChangeHash) -> Option<Word> {
        self.by_change.get(&(case, hash)).map(|(_, word)| *word)
    }

    fn of(&self, case: CaseId) -> impl Iterator<Item = (ChangeHash, u64, Word)> {
        let ends = (ChangeHash([0; 32]), ChangeHash([255; 32]));
        let said = self.by_change.range((case, ends.0)..=(case, ends.1));
        said.map(|((_, hash), (life, word))| (*hash, *life, *word))
    }

    /// Whether anything was said of a case.
    pub(super) fn speak_of(&self, case: CaseId) -> bool {
        self.of(case).next().is_some()
    }

    fn add(&mut self, named: (CaseId, ChangeHash), generation: u64, word: Word) {
        self.highest = self.highest.max(generation);
        let known = self.by_change.entry(named).or_insert((generation, word));
        if known.0 < generation {
            *known = (generation, word);
        }
    }

    fn receipt(&mut self, receipt: &CaseReceipt) {
        for received in &receipt.received {
            let word = Word::Received(received.at);
            self.add((receipt.case, received.change), receipt.generation, word);
        }
    }

    fn block(&mut self, block: &VerdictBlock) {
        for said in &block.changes {
            let word = match said.verdict {
                Verdict::Accepted { received_at } => Word::Received(received_at),
                Verdict::SetAside { reason } => Word::SetAside(reason),
                _ => continue,
            };
            self.add((said.case, said.hash), block.generation, word);
        }
    }
}

impl Core {
    /// The words that a request brings, under this server's own signature. A higher generation than
    /// ours shows that we were restored from an older backup than we knew.
    pub(in crate::core) fn earlier_words(
        &self,
        tx: &dyn Tx,
        request: &Request,
    ) -> Result<Words, StoreError> {
        let own = self.signer.public_key();
        let mut words = Words::default();
        for push in &request.cases {
            let receipt = push.receipt.as_ref();
            let receipt = receipt.and_then(|signed| signed.verify(&StandardSuite, &own));
            if let Some(receipt) = receipt.filter(|receipt| receipt.case == push.case) {
                words.receipt(&receipt);
            }
        }
        if let Some(earlier) = &request.earlier {
            let receipts = earlier.receipts.iter();
            receipts
                .filter_map(|signed| signed.verify(&StandardSuite, &own))
                .for_each(|receipt| words.receipt(&receipt));
            let blocks = earlier.verdicts.iter();
            blocks
                .filter_map(|signed| signed.signed_by(&StandardSuite, &own))
                .for_each(|block| words.block(&block));
        }
        generation::rise_above(tx, &*self.entropy, words.highest)?;
        Ok(words)
    }

    /// A word of this very life over a change that is not here shows that an older copy of the
    /// server's folder was put in its place.
    pub(super) fn check_put_back(
        &self,
        tx: &dyn Tx,
        state: &CaseState,
        words: &Words,
    ) -> Result<(), StoreError> {
        let current = generation::current(tx)?;
        let gone =
            |hash: &ChangeHash| state.accepted(hash).is_none() && !state.fates.contains_key(hash);
        let mut received = words
            .of(state.case)
            .filter(|(_, life, word)| *life == current && matches!(word, Word::Received(_)));
        if received.any(|(hash, ..)| gone(&hash)) {
            generation::next(tx, &*self.entropy)?;
        }
        Ok(())
    }
}
