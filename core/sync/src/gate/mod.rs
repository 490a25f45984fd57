//! The server's gate: what is let into a case, and why the rest is not.
//!
//! The gate stores nothing and reads no clock. It judges one change at a time, from the case as it
//! is ([`CaseState`]) and from what the server knows of the key that signed ([`KeyFacts`]). One bad
//! change is set aside with its reason; its neighbours never notice.
//!
//! # The order
//!
//! [`Gate::judge`] goes in this order, cheap and certain things first, and stops at the first that
//! fails. Each step is a function of its own.
//!
//! 1. a change that is part of the case is *known*, whatever has become of its author since;
//! 2. the bytes: one uncompressed change chunk within its bounds, in the canonical form of our two
//!    shapes ([`gewu_model::change`]);
//! 3. the signature of the key on file, and an actor that is that key's own. Until here nothing is
//!    proven, and a refusal is [`Judgement::Unproven`]: it says nothing about the hash, for the true
//!    author may yet send the same bytes. From here on it is the author's own doing, and a change
//!    that was once set aside stays so;
//! 4. the device's standing, the key's counter, and how much it has written lately;
//! 5. the entry: capacity by certificate or endorsement, the payload and its bounds. What only a
//!    newer server can read is kept as *pending*;
//! 6. the history: every dependency accepted (else *waiting*, or set aside with what it was made
//!    upon), none implied by another, the author's sequence and the operations' counters without a
//!    gap;
//! 7. the place: one entry, in the root's map, under the author's own key; one root and one report;
//! 8. what it answers, speaks about and redacts was in its author's hands;
//! 9. quota, permission and the time that is asked for, on the case as the author saw it: the fold of
//!    the change's own past;
//! 10. whether the author had been given news that the entry disregards, and what it replaces; whether
//!     it comes so late that an operator has to look at it;
//! 11. Automerge: applied to a copy of the document, saved, and read back. A case that puts this off
//!     ([`CaseState::put_off`]) has it done once for all changes of a push, by [`CaseState::settle`].
//!
//! # What the caller does
//!
//! - It holds the case's lock, records the request's counter statements and cursors, judges the
//!   changes of a push in their order, and takes each judgement into the case with
//!   [`CaseState::record`] and into its store.
//! - When something was accepted or set aside, it judges again what was waiting for it. The outcome
//!   does not depend on the order in which the changes came.
//! - It bounds how much a device may leave waiting.
//! - When a case cannot be settled, nothing can be said of which change is at fault: it undoes what it
//!   did and has each judged again with a document of its own.

mod age;
mod author;
mod document;
mod entry;
mod envelope;
mod instruction;
mod judgement;
mod knowledge;
mod more_time;
mod past;
mod permission;
mod root;
mod rules;
mod state;
mod ties;

use gewu_model::case;
use gewu_model::change::{self, Body, DecodedChange, Fields};
use gewu_model::crypto::Verifier;
use gewu_model::entry::{Body as EntryBody, Entry, Payload};
use gewu_model::fold::{Row, Written, fold_by};
use gewu_model::ids::{CityId, GridCode};
use gewu_model::place::Position;
use gewu_model::signed::SignedChange;
use gewu_model::time::Millis;

pub use author::{
    Author, CITIZEN, Credential, IssuedStatus, KeyFacts, KeyHistory, Standing, Stated,
};
pub use judgement::{Admitted, Judgement};
pub use rules::Rules;
pub use state::{AcceptedChange, CaseState, Fate, Unsettled};
pub use ties::{TieFault, Ties, check_tie};

use crate::verdict::SetAside;
use judgement::Checked;
use past::Past;

/// How much the gate lets in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How large one change may be.
    pub change: change::Limits,
    /// The most changes that one key may write in one case. The server's own are not counted.
    pub per_key: usize,
    /// The most that one person may write in one case, on all devices together.
    pub per_author: usize,
    /// The most changes of one device, over all cases, that are taken within 24 hours. What is beyond
    /// waits for the next day.
    pub per_day: u64,
    /// The most changes that a case may hold before only the server may write.
    pub per_case: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            change: change::Limits::default(),
            per_key: 200,
            per_author: 300,
            per_day: 5_000,
            per_case: 2_000,
        }
    }
}

/// The server's own map.
pub trait Places {
    /// Every duty grid in which a position may lie, its accuracy circle considered; empty outside all of
    /// them. `None` when there is no map, or it cannot be read.
    fn duty_grids(&self, at: &Position) -> Option<Vec<GridCode>>;
}

/// The gate of one city at one instant.
#[derive(Clone, Copy)]
pub struct Gate<'a> {
    /// The city whose changes these are.
    pub city: CityId,
    /// The packs that the server knows.
    pub rules: &'a Rules,
    /// Checks signatures.
    pub verifier: &'a dyn Verifier,
    /// How much is let in.
    pub limits: Limits,
    /// The server's own map, if it has one.
    pub places: Option<&'a dyn Places>,
    /// What cases say of duplicates.
    pub ties: &'a dyn Ties,
    /// The server's clock.
    pub now: Millis,
}

/// Whose word a change comes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    /// Nobody's: all is judged.
    Nobody,
    /// An operator has looked at it: neither its age nor that its device fell into wrong hands is in
    /// its way any more. All else is judged.
    Operator,
    /// An earlier generation of this server already judged what it may say.
    Receipt,
}

/// What is under judgement.
struct Subject<'a> {
    case: &'a CaseState,
    facts: &'a KeyFacts<'a>,
    signed: &'a SignedChange,
    decoded: DecodedChange,
    word: Word,
}

impl Subject<'_> {
    fn receipted(&self) -> bool {
        self.word == Word::Receipt
    }
}

/// What a change turned out to be.
enum Opened {
    Root(case::CaseRoot),
    Entry(Box<Written>),
}

impl Gate<'_> {
    /// Judges `signed` in `case`. `facts` are those of the key that it names; `None` when the
    /// server knows no such key.
    pub fn judge(
        &self,
        case: &CaseState,
        facts: Option<&KeyFacts<'_>>,
        signed: &SignedChange,
    ) -> Judgement {
        self.decide(case, facts, signed, Word::Nobody)
    }

    /// Takes `signed` on the word of an earlier generation: a receipt of this server for a field
    /// entry, the server's own signature for an instruction. What it may say is not judged again,
    /// only who signed it and whether it fits the case. The caller has checked the receipt. While
    /// the key is not known, as after a restore from a backup that is older than its enrolment, the
    /// change waits.
    pub fn take_on_receipt(
        &self,
        case: &CaseState,
        facts: Option<&KeyFacts<'_>>,
        signed: &SignedChange,
    ) -> Judgement {
        self.decide(case, facts, signed, Word::Receipt)
    }

    /// Keeps `signed` out of the case on the word of an earlier generation, which set it aside for
    /// `reason`. Only who signed it is judged again. The caller has checked the word.
    pub fn set_aside_on_word(
        &self,
        case: &CaseState,
        facts: Option<&KeyFacts<'_>>,
        signed: &SignedChange,
        reason: SetAside,
    ) -> Judgement {
        match self.authenticate(case, facts, signed, Word::Nobody) {
            Ok(_) => reason.into(),
            Err(judgement) => judgement,
        }
    }

    /// Judges `signed` after an operator decided that it is to count although it comes late, or from a
    /// device that fell into wrong hands.
    pub fn judge_with_leave(
        &self,
        case: &CaseState,
        facts: Option<&KeyFacts<'_>>,
        signed: &SignedChange,
    ) -> Judgement {
        self.decide(case, facts, signed, Word::Operator)
    }

    fn decide(
        &self,
        case: &CaseState,
        facts: Option<&KeyFacts<'_>>,
        signed: &SignedChange,
        word: Word,
    ) -> Judgement {
        let admitted = self
            .authenticate(case, facts, signed, word)
            .and_then(|subject| self.admit(&subject));
        match admitted {
            Ok(admitted) => Judgement::Admit(Box::new(admitted)),
            Err(judgement) => judgement,
        }
    }

    /// Steps 1 to 3.
    fn authenticate<'s>(
        &self,
        case: &'s CaseState,
        facts: Option<&'s KeyFacts<'s>>,
        signed: &'s SignedChange,
        word: Word,
    ) -> Checked<Subject<'s>> {
        envelope::check_new(case, &signed.hash())?;
        let decoded = envelope::open(signed, &self.limits.change)?;
        let facts = envelope::known_key(facts, word == Word::Receipt)?;
        envelope::check_signature(self, case, facts, signed)?;
        envelope::check_actor(signed, &decoded)?;
        envelope::check_fate(case, &decoded.hash)?;
        Ok(Subject {
            case,
            facts,
            signed,
            decoded,
            word,
        })
    }

    /// Steps 4 to 11.
    fn admit(&self, subject: &Subject<'_>) -> Checked<Admitted> {
        if !subject.receipted() {
            envelope::check_standing(self, subject.facts, subject.word)?;
            envelope::check_counter(subject.facts, subject.signed)?;
            envelope::check_rate(self, subject.facts)?;
        }
        let opened = match &subject.decoded.change.body {
            Body::Root { case } => self.check_root(subject, case)?,
            Body::Entry { .. } => self.check_entry(subject)?,
        };
        let grown = document::grow(subject.case, &subject.decoded, &subject.signed.bytes)?;
        let (root, entry) = match opened {
            Opened::Root(root) => (Some(root), None),
            Opened::Entry(written) => (None, Some(*written)),
        };
        let header = entry.as_ref().map(|written| &written.entry.header);
        let replaces = header.and_then(|header| header.replaces);
        Ok(Admitted {
            grown,
            root,
            replaces,
            change: self.accepted(subject, entry),
        })
    }

    fn check_root(&self, subject: &Subject<'_>, fields: &Fields) -> Checked<Opened> {
        let root = root::read(subject.case, fields)?;
        if !subject.receipted() {
            root::check_permission(self, subject.facts, subject.signed.counter, &root)?;
        }
        Ok(Opened::Root(root))
    }

    /// Steps 5 to 8 for an entry, and what follows for one that nobody has judged.
    fn check_entry(&self, subject: &Subject<'_>) -> Checked<Opened> {
        let (case, change) = (subject.case, &subject.decoded.change);
        let author = subject.facts.author;
        let entry = entry::read(change)?;
        entry::check_capacity(author, &entry.header, subject.receipted())?;
        entry::check_side(author, &entry.header.kind)?;
        let payload = entry::read_payload(&entry)?;
        let past = Past::of(case, &change.deps)?;
        past.check_sequence(&change.actor, change.seq)?;
        past.check_start_op(change.start_op)?;
        entry::check_place(case, change)?;
        entry::check_opening(case, &past, change, &entry.header)?;
        if !subject.receipted() {
            entry::check_answers(author, &past, &entry.header)?;
            entry::check_about(&past, &entry.header)?;
            entry::check_redactions(&past, &payload)?;
            self.check_leave(subject, &past, &entry, &payload)?;
        }
        let payload = Ok(payload);
        Ok(Opened::Entry(Box::new(Written { entry, payload })))
    }

    /// Steps 9 and 10.
    fn check_leave(
        &self,
        subject: &Subject<'_>,
        past: &Past<'_>,
        entry: &Entry,
        payload: &Payload,
    ) -> Checked {
        let (case, facts, header) = (subject.case, subject.facts, &entry.header);
        permission::check_quota(
            &self.limits,
            case,
            facts.author,
            &subject.signed.key,
            header,
        )?;
        permission::check_class(self.rules, case, payload)?;
        // Without it nothing can be judged: an operator has to bring it.
        let policy = self.rules.pinned(case.root.as_ref(), past.rows());
        let policy = policy.ok_or(Judgement::Pending)?;
        let view = fold_by(past.rows(), &policy.rules());
        if facts.author.is_server() {
            if let Payload::Instruction(_, EntryBody::Repin(repin)) = payload
                && !(self.rules.knows(repin)
                    && repin.was == self.rules.kept(case.root.as_ref(), past.rows(), repin))
            {
                return Err(SetAside::Pins.into());
            }
            return instruction::check(self.ties, case, payload, &view);
        }
        permission::check_policy(self, policy, case, facts, header, payload, &view)?;
        entry::check_something_said(header)?;
        more_time::check(self, policy, subject, (past, &view), header, payload)?;
        let counter = knowledge::check_replaces(case, past, subject.signed, header)?;
        knowledge::check_knew_better(case, past, facts, counter)?;
        if subject.word != Word::Operator {
            age::check_age(policy.late(), case, past, facts, self.now)?;
            age::check_report_age(policy, facts, header, self.now)?;
        }
        Ok(())
    }

    fn accepted(&self, subject: &Subject<'_>, entry: Option<Written>) -> AcceptedChange {
        let (decoded, signed) = (&subject.decoded, subject.signed);
        AcceptedChange {
            hash: decoded.hash,
            actor: decoded.change.actor,
            seq: decoded.change.seq,
            max_op: decoded.max_op,
            key: signed.key,
            counter: signed.counter,
            received_at: self.now,
            row: Row {
                hash: decoded.hash,
                deps: decoded.change.deps.clone(),
                entry,
            },
        }
    }
}
