//! A case and the people around it, so that tests of the gate read like what happened.
//!
//! ```text
//! let mut story = Story::new();
//! let wang = story.staff("wang", "inspector", None);
//! story.opens(wang);                                   // root and report, accepted
//! let asked = story.instructs(verify_request(&["wang"]));
//! let draft = story.draft(wang, verify(VerifyResult::Exists)).answering(asked);
//! let signed = story.sign(&draft);
//! story.accepts(&signed);
//! ```

mod draft;
mod ledger;
mod payloads;
mod people;

use std::collections::{BTreeMap, BTreeSet};

use gewu_model::case::{CaseRoot, SCHEMA};
use gewu_model::catalogue::Catalogue;
use gewu_model::change::PlainChange;
use gewu_model::crypto::StandardSuite;
use gewu_model::ids::{ActorId, CaseId, ChangeHash, CityId, KeyId};
use gewu_model::policy::Policy;
use gewu_model::signed::SignedChange;
use gewu_model::time::Millis;
use gewu_sync::gate::{CaseState, Gate, Judgement, KeyFacts, Limits, Places, Rules, Ties};
use gewu_sync::verdict::SetAside;

pub(crate) use draft::Draft;
use ledger::Ledger;
pub(crate) use payloads::*;
pub(crate) use people::{Who, Writer};

const CATALOGUE: &[u8] = br#"{"format":"gewu-catalogue/1","edition":"2026","version":1,"classes":[
    {"kind":"component","code":"01002","name":{"zh":"","en":"sewer cover"}}]}"#;

/// What the story knows of a change that somebody signed, accepted or not.
struct Made {
    actor: ActorId,
    seq: u64,
    max_op: u64,
    deps: Vec<ChangeHash>,
}

/// Which cases are duplicates of which.
#[derive(Default)]
pub(crate) struct Duplicates(pub(crate) Vec<(CaseId, CaseId)>);

impl Ties for Duplicates {
    fn duplicate_of(&self, case: CaseId) -> Vec<CaseId> {
        let own = self.0.iter().filter(|(duplicate, _)| *duplicate == case);
        own.map(|(_, survivor)| *survivor).collect()
    }
}

pub(crate) struct Story {
    pub(crate) city: CityId,
    pub(crate) case: CaseState,
    pub(crate) rules: Rules,
    pub(crate) limits: Limits,
    pub(crate) now: Millis,
    /// The server's own map.
    pub(crate) places: Option<Box<dyn Places>>,
    /// What cases say of duplicates: the first is one of the second.
    pub(crate) ties: Duplicates,
    pub(crate) generation: u64,
    writers: Vec<Writer>,
    made: BTreeMap<ChangeHash, Made>,
}

impl Story {
    /// A city with its server and nobody else; a case that has not begun.
    pub(crate) fn new() -> Self {
        let (policy, catalogue) = (Policy::built_in(), Catalogue::from_json(CATALOGUE).unwrap());
        let rules = Rules {
            policies: BTreeMap::from([(policy.hash(), policy)]),
            catalogues: BTreeMap::from([(catalogue.hash(), catalogue)]),
            ..Rules::default()
        };
        let city = CityId([0xc1; 32]);
        Self {
            city,
            case: CaseState::new(CaseId([0xca; 16])),
            rules,
            limits: Limits::default(),
            now: Millis(1_000),
            places: None,
            ties: Duplicates::default(),
            generation: 1,
            writers: vec![Writer::server(city)],
            made: BTreeMap::new(),
        }
    }

    pub(crate) fn writer(&mut self, who: Who) -> &mut Writer {
        &mut self.writers[who.0]
    }

    fn joins(&mut self, writer: Writer) -> Who {
        self.writers.push(writer);
        Who(self.writers.len() - 1)
    }

    /// Somebody with a device of their own.
    pub(crate) fn staff(&mut self, user: &str, role: &str, unit: Option<&str>) -> Who {
        let seed = self.writers.len() as u8;
        self.joins(Writer::staff(self.city, seed, user, role, unit))
    }

    /// A citizen with a key for this case.
    pub(crate) fn citizen(&mut self) -> Who {
        let seed = self.writers.len() as u8;
        self.joins(Writer::citizen(self.case.case, seed))
    }

    pub(crate) fn root(&self) -> CaseRoot {
        CaseRoot {
            schema: SCHEMA,
            id: self.case.case,
            edition: "2026".into(),
            policy: *self.rules.policies.keys().next().unwrap(),
            catalogue: *self.rules.catalogues.keys().next().unwrap(),
        }
    }

    /// The case's policy is exchanged, as if its root had pinned that one.
    pub(crate) fn pins(&mut self, policy: &[u8]) {
        let policy = Policy::from_json(policy).unwrap();
        if let Some(root) = &mut self.case.root {
            root.policy = policy.hash();
        }
        self.rules.policies.insert(policy.hash(), policy);
    }

    /// Signs the root of the case.
    pub(crate) fn sign_root(&mut self, who: Who, root: &CaseRoot) -> SignedChange {
        let change = root.change(self.writers[who.0].actor);
        self.sign_plain(who, &change)
    }

    /// `who` begins the case: root and report, both accepted.
    pub(crate) fn opens(&mut self, who: Who) -> ChangeHash {
        let root = self.sign_root(who, &self.root());
        let root = self.accepts(&root);
        let report = self.draft_upon(who, report(), &[root]);
        let report = self.sign(&report);
        self.accepts(&report)
    }

    /// Signs what a draft says with the author's next counter.
    pub(crate) fn sign(&mut self, draft: &Draft) -> SignedChange {
        self.sign_plain(draft.who, &draft.plain())
    }

    pub(crate) fn sign_plain(&mut self, who: Who, change: &PlainChange) -> SignedChange {
        let encoded = change.encode().unwrap();
        let made = Made {
            actor: change.actor,
            seq: change.seq,
            max_op: encoded.max_op,
            deps: change.deps.clone(),
        };
        self.made.insert(encoded.hash, made);
        self.sign_bytes(who, encoded.bytes)
    }

    /// Signs any bytes with the author's next counter.
    pub(crate) fn sign_bytes(&mut self, who: Who, bytes: Vec<u8>) -> SignedChange {
        let writer = &mut self.writers[who.0];
        writer.counter += 1;
        let counter = writer.counter;
        self.sign_at(who, counter, bytes)
    }

    /// Signs any bytes with any counter.
    pub(crate) fn sign_at(&mut self, who: Who, counter: u64, bytes: Vec<u8>) -> SignedChange {
        let signer = &self.writers[who.0].signer;
        SignedChange::sign(signer, &self.city, &self.case.case, counter, bytes).unwrap()
    }

    /// What the gate says, without any consequence.
    pub(crate) fn judge(&self, signed: &SignedChange) -> Judgement {
        self.through_gate(signed, |gate, facts| gate.judge(&self.case, facts, signed))
    }

    pub(crate) fn take_on_receipt(&self, signed: &SignedChange) -> Judgement {
        self.through_gate(signed, |gate, facts| {
            gate.take_on_receipt(&self.case, facts, signed)
        })
    }

    /// What the gate says once an operator has decided that the change is to count.
    pub(crate) fn judge_with_leave(&self, signed: &SignedChange) -> Judgement {
        self.through_gate(signed, |gate, facts| {
            gate.judge_with_leave(&self.case, facts, signed)
        })
    }

    /// As at a server that does not know the key.
    pub(crate) fn take_unknown_on_receipt(&self, signed: &SignedChange) -> Judgement {
        self.through_gate(signed, |gate, _| {
            gate.take_on_receipt(&self.case, None, signed)
        })
    }

    fn through_gate(
        &self,
        signed: &SignedChange,
        judge: impl FnOnce(&Gate<'_>, Option<&KeyFacts<'_>>) -> Judgement,
    ) -> Judgement {
        let gate = Gate {
            city: self.city,
            rules: &self.rules,
            verifier: &StandardSuite,
            limits: self.limits,
            places: self.places.as_deref(),
            ties: &self.ties,
            now: self.now,
        };
        let facts = self.holder_of(&signed.key).map(Writer::facts);
        judge(&gate, facts.as_ref())
    }

    fn holder_of(&self, key: &KeyId) -> Option<&Writer> {
        self.writers.iter().find(|writer| writer.key() == *key)
    }

    /// Pushes a change: it is judged, and the judgement is kept.
    pub(crate) fn offers(&mut self, signed: &SignedChange) -> Judgement {
        let judgement = self.judge(signed);
        self.case.record(signed, &judgement);
        let holder = self.writers.iter_mut().find(|it| it.key() == signed.key);
        if let (Some(writer), false) = (holder, matches!(judgement, Judgement::Unproven(_))) {
            writer.ledger.received(signed.counter, signed.hash());
            if matches!(judgement, Judgement::Admit(_)) {
                writer.ledger.accepted.push(self.now);
            }
        }
        judgement
    }

    /// Pushes a change that has to be accepted.
    pub(crate) fn accepts(&mut self, signed: &SignedChange) -> ChangeHash {
        let judgement = self.offers(signed);
        assert!(matches!(judgement, Judgement::Admit(_)), "{judgement:?}");
        signed.hash()
    }

    /// Pushes a change that has to be set aside for `reason`.
    pub(crate) fn sets_aside(&mut self, signed: &SignedChange, reason: SetAside) -> ChangeHash {
        assert_eq!(self.offers(signed), Judgement::SetAside(reason));
        signed.hash()
    }

    /// Signs and pushes a draft that has to be accepted.
    pub(crate) fn writes(&mut self, draft: &Draft) -> ChangeHash {
        let signed = self.sign(draft);
        self.accepts(&signed)
    }

    /// Signs and pushes a draft that has to be set aside for `reason`.
    pub(crate) fn fails(&mut self, draft: &Draft, reason: SetAside) -> ChangeHash {
        let signed = self.sign(draft);
        self.sets_aside(&signed, reason)
    }

    /// The server has never heard of any counter.
    pub(crate) fn forgets_counters(&mut self) {
        for writer in &mut self.writers {
            writer.ledger = Ledger::default();
        }
    }

    /// Every key states its counter with all of its own changes among `unsent`.
    pub(crate) fn announces(&mut self, unsent: &[SignedChange]) {
        for writer in &mut self.writers {
            let own = unsent.iter().filter(|signed| signed.key == writer.key());
            let own: Vec<ChangeHash> = own.map(SignedChange::hash).collect();
            writer.ledger.requested(writer.counter, &own, &[]);
        }
    }

    /// The accepted changes.
    pub(crate) fn accepted(&self) -> BTreeSet<ChangeHash> {
        self.case.changes.iter().map(|own| own.hash).collect()
    }
}
