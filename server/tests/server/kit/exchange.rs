//! A phone's side of an exchange.

use std::collections::BTreeSet;

use gewu_model::command::CommandRecord;
use gewu_model::contact::ContactCard;
use gewu_model::crypto::{Signer, StandardSuite};
use gewu_model::ids::{CaseId, ChangeHash, KeyId};
use gewu_model::time::Millis;
use gewu_server::Core;
use gewu_sync::verdict::{Verdict, VerdictBlock};
use gewu_sync::wire::{CasePush, CounterStatement, PROTOCOL, Request, Response};

use super::phone::{Held, Phone};

/// What a server said in one exchange.
pub(crate) struct Told {
    pub(crate) block: VerdictBlock,
    pub(crate) response: Response,
}

impl Told {
    pub(crate) fn verdict(&self, hash: ChangeHash) -> &Verdict {
        let found = self
            .block
            .changes
            .iter()
            .find(|verdict| verdict.hash == hash);
        &found.expect("a verdict on it").verdict
    }

    pub(crate) fn accepted(&self, hash: ChangeHash) -> bool {
        matches!(self.verdict(hash), Verdict::Accepted { .. })
    }
}

impl Phone {
    /// Everything that the phone has to say.
    pub(crate) fn request(&mut self) -> Request {
        self.nonce = self.nonce.wrapping_add(1);
        let cards = self.cards.iter().map(|(case, _)| *case);
        let cases: BTreeSet<CaseId> = self
            .unsent
            .iter()
            .map(|(case, _)| *case)
            .chain(cards)
            .collect();
        let pushes = cases.iter().map(|case| self.push(*case)).collect();
        let keys: BTreeSet<KeyId> = cases
            .iter()
            .map(|case| self.pen(*case).public_key().id())
            .chain([self.key()])
            .collect();
        let counters = keys.into_iter().map(|key| CounterStatement {
            key,
            counter: self.counter,
            unsent: self.unsent_of(key),
        });
        Request {
            protocol: PROTOCOL,
            nonce: [self.nonce; 16],
            generation: self.generation,
            cursors: self.cursors.clone(),
            counters: counters.collect(),
            cases: pushes,
            commands: self.commands.clone(),
            command_content: vec![],
            media: self.media.clone(),
            packs: vec![],
            max_bytes: 1 << 20,
            certificates: None,
            endorsements: None,
            earlier: None,
            reads: None,
            whole_receipts: None,
            reading: None,
        }
    }

    fn unsent_of(&self, key: KeyId) -> Vec<ChangeHash> {
        let own = self
            .unsent
            .iter()
            .filter(|(case, hash)| self.signed(*case, *hash).key == key);
        own.map(|(_, hash)| *hash).collect()
    }

    fn push(&self, case: CaseId) -> CasePush {
        let of = |(other, _): &&(CaseId, ChangeHash)| *other == case;
        let changes = self
            .unsent
            .iter()
            .filter(of)
            .map(|(_, hash)| self.signed(case, *hash));
        let content = self.content.iter().filter(|(other, _)| *other == case);
        let cards = self.cards.iter().filter(|(other, _)| *other == case);
        let cards: Vec<_> = cards.map(|(_, card)| card.clone()).collect();
        CasePush {
            case,
            changes: changes.collect(),
            content: content.map(|(_, item)| item.clone()).collect(),
            endorsement: self.endorsement(case),
            receipt: None,
            cards: (!cards.is_empty()).then_some(cards),
        }
    }

    /// Offers again everything that it holds of the case, with the server's own receipt.
    pub(crate) fn offer_again(&self, case: CaseId) -> CasePush {
        let held = &self.cases[&case];
        let mut changes: Vec<&Held> = held.values().collect();
        changes.sort_by_key(|held| held.max_op);
        CasePush {
            case,
            changes: changes
                .into_iter()
                .map(|held| held.signed.clone())
                .collect(),
            content: vec![],
            endorsement: self.endorsement(case),
            receipt: self.receipts.get(&case).cloned(),
            cards: None,
        }
    }

    /// Exchanges until there is no more to be told, and keeps what it is told.
    pub(crate) fn sync(&mut self, core: &Core, now: Millis) -> Told {
        loop {
            let request = self.request();
            let told = self.exchange(core, &request, now);
            if !told.response.more {
                return told;
            }
        }
    }

    pub(crate) fn exchange(&mut self, core: &Core, request: &Request, now: Millis) -> Told {
        let caller = core.caller(self.key()).expect("enrolled");
        let response = core.exchange(&caller, request, now).expect("an answer");
        self.keep(request, response)
    }

    /// Keeps an answer, as a device does: nothing is believed that the server did not sign.
    pub(crate) fn keep(&mut self, request: &Request, response: Response) -> Told {
        let anchor = &self.enrolled.anchor;
        let server = anchor.server(&StandardSuite).expect("certified").key;
        let block = response
            .verdicts
            .verify(&StandardSuite, &server, &self.key(), &request.nonce)
            .expect("signed for this request");
        for verdict in block
            .changes
            .iter()
            .filter(|verdict| verdict.verdict.is_receipt())
        {
            self.unsent.retain(|(_, hash)| *hash != verdict.hash);
            if matches!(verdict.verdict, Verdict::SetAside { .. })
                && let Some(held) = self.cases.get_mut(&verdict.case)
            {
                held.remove(&verdict.hash);
            }
        }
        self.content
            .retain(|(_, item)| !block.content.contains(&item.digest()));
        let settled = |card: &ContactCard| {
            let named = block.cards.iter().chain(&block.erased);
            named.flatten().any(|digest| *digest == card.digest())
        };
        self.cards.retain(|(_, card)| !settled(card));
        self.media.retain(|file| !block.media.contains(file));
        let answered = |record: &CommandRecord| {
            block
                .commands
                .iter()
                .any(|verdict| verdict.command == record.digest())
        };
        self.commands.retain(|record| !answered(record));
        for pull in &response.cases {
            for change in &pull.changes {
                self.hold(pull.case, change.signed.clone());
            }
            if let Some(receipt) = &pull.receipt {
                receipt.verify(&StandardSuite, &server).expect("signed");
                self.receipts.insert(pull.case, receipt.clone());
            }
        }
        for status in &response.statuses {
            let status = status.verify(&StandardSuite, &server).expect("signed");
            self.statuses.insert(status.case, status);
        }
        self.notices.extend(response.notices.iter().cloned());
        self.cursors = response.standing(request);
        self.generation = response.generation;
        Told { block, response }
    }
}
