//! Taking changes in: the gate's judgement, and keeping what became of each.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use gewu_model::change;
use gewu_model::ids::{CaseId, ChangeHash, Digest, KeyId, UserId};
use gewu_model::scope::Scope;
use gewu_model::signed::SignedChange;
use gewu_model::time::Millis;
use gewu_sync::gate::Judgement;
use gewu_sync::verdict::{ChangeVerdict, SetAside, Verdict};
use gewu_sync::wire::{CasePush, NoticeCode};

mod content;
mod waiting;
mod words;

use words::Word;
pub(super) use words::Words;

use super::bench::Bench;
use super::devices::Caller;
use super::facts::{History, once_known};
use super::link::Tied;
use super::load::{load, reason, sum};
use super::notices::{Telling, user_of};
use super::{Core, CoreError, generation};
use crate::store::{FateKind, FateRow};

/// The most changes of one device that are kept without being part of a case.
const MAX_KEPT: u64 = 5_000;
/// The most of them in one case: each is read whenever the case is.
const MAX_KEPT_HERE: u64 = 500;
/// What the envelope of a change adds to its bytes at most.
const MAX_ENVELOPE: usize = 512;
/// Counters beyond this cannot be stored; no device ever gets there.
const MAX_COUNTER: u64 = i64::MAX as u64;

/// What became of one case's push.
#[derive(Debug, Clone, Default)]
pub(super) struct Pushed {
    pub(super) verdicts: Vec<ChangeVerdict>,
    /// Texts that the server now holds.
    pub(super) content: Vec<Digest>,
    /// Contact cards that the server now holds.
    pub(super) cards: Vec<Digest>,
    /// Texts and contact cards that were erased.
    pub(super) erased: Vec<Digest>,
}

/// How much is done at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pace {
    /// A case's document is written once for all of its changes.
    Together,
    /// Each change has a document of its own, so that it alone answers for what becomes of it.
    OneByOne,
}

/// On whose word a change is judged.
#[derive(Debug, Clone, Copy)]
pub(super) enum Ground {
    /// This server's own of an earlier life.
    Word(Word),
    /// Nobody's.
    None,
    /// Nobody's yet: the device does not know that it speaks to a restored server, and may still
    /// show what bears on it. Nothing is set aside before it has.
    Unasked,
}

impl From<Option<Word>> for Ground {
    fn from(word: Option<Word>) -> Self {
        word.map_or(Self::None, Self::Word)
    }
}

impl Core {
    /// Judges the changes of several cases in one transaction. If one of them fails, or takes a change
    /// that its document does not hold, each gets a transaction of its own and goes through it change by
    /// change, so that no case holds up another, and no change its neighbours.
    pub(super) fn push_cases(
        &self,
        caller: &Caller,
        pushes: &[CasePush],
        said: (&Words, u64),
        now: Millis,
    ) -> Result<Vec<Pushed>, CoreError> {
        let in_one = |pushes: &[CasePush], pace| {
            self.write(|tx| {
                let authors = Rc::default();
                let each = pushes.iter().map(|push| {
                    let mut bench = Bench::new(tx, load(tx, push.case)?, now);
                    bench.authors = Rc::clone(&authors);
                    if pace == Pace::Together {
                        bench.state.put_off();
                    }
                    self.push_case(&mut bench, caller, push, said)
                });
                each.collect::<Result<Vec<_>, CoreError>>()
            })
        };
        in_one(pushes, Pace::Together).or_else(|_| {
            let alone = pushes.chunks(1);
            let alone = alone.map(|push| in_one(push, Pace::OneByOne));
            Ok(alone.collect::<Result<Vec<_>, _>>()?.concat())
        })
    }

    /// Judges the changes of one case in order.
    fn push_case(
        &self,
        bench: &mut Bench<'_>,
        caller: &Caller,
        push: &CasePush,
        (words, life): (&Words, u64),
    ) -> Result<Pushed, CoreError> {
        let tx = bench.tx;
        let unasked = life != 0 && life < generation::current(tx)?;
        self.check_put_back(tx, &bench.state, words)?;
        self.settle_place(tx, &mut bench.state)?;
        let before = bench.state.changes.len();
        let mut verdicts = BTreeMap::new();
        for signed in &push.changes {
            let ground = match words.on(push.case, signed.hash()) {
                Some(word) => Ground::Word(word),
                None if unasked => Ground::Unasked,
                None => Ground::None,
            };
            let verdict = self.judge(bench, caller, signed, ground)?;
            verdicts.insert(signed.hash(), verdict);
        }
        let arrived = push.endorsement.is_some() || words.speak_of(push.case);
        if arrived || verdicts.values().any(Verdict::is_receipt) {
            verdicts.extend(self.judge_all_waiting(bench, caller)?);
        }
        self.settle(bench)?;
        // Word of an earlier life brings that life's own instructions, in this push or the next.
        if !words.speak_of(push.case) {
            self.erase_late(bench, before)?;
        }
        let (content, mut erased) = self.take_content(bench, push, before)?;
        let cards = self.take_cards(bench, push, before)?;
        erased.extend(cards.erased);
        let asked = push.changes.iter().map(SignedChange::hash);
        let verdicts = asked.filter_map(|hash| {
            let verdict = verdicts.get(&hash)?.clone();
            let case = push.case;
            Some(ChangeVerdict {
                case,
                hash,
                verdict,
            })
        });
        Ok(Pushed {
            verdicts: verdicts.collect(),
            content,
            cards: cards.held,
            erased,
        })
    }

    /// What is admitted is taken up; the caller settles it.
    fn judge(
        &self,
        bench: &mut Bench<'_>,
        caller: &Caller,
        signed: &SignedChange,
        ground: Ground,
    ) -> Result<Verdict, CoreError> {
        if signed.counter > MAX_COUNTER {
            let reason = SetAside::Counter;
            return Ok(Verdict::SetAside { reason });
        }
        // Never kept: what nobody's app writes would only fill the database.
        if encoded_len(signed) > change::Limits::default().max_bytes + MAX_ENVELOPE {
            let reason = SetAside::Malformed;
            return Ok(Verdict::SetAside { reason });
        }
        let kept = bench
            .tx
            .fate(bench.state.case, signed.hash(), sum(signed))?;
        // What was only unproven is judged afresh: its author's key may be known by now.
        let settled = |kept: &&FateRow| kept.kind == FateKind::SetAside && kept.binding;
        if let Some(kept) = kept.as_ref().filter(settled) {
            let reason = reason(kept);
            return Ok(Verdict::SetAside { reason });
        }
        match self.ask_gate(bench, signed, ground)? {
            Judgement::Admit(mut admitted) => {
                admitted.change.received_at = ground.received().unwrap_or(bench.now);
                let received_at = admitted.change.received_at;
                self.take_up(bench, admitted, signed)?;
                Ok(Verdict::Accepted { received_at })
            }
            known @ (Judgement::Known { .. } | Judgement::Erased) => {
                // A device that missed the answer has listed it again.
                bench.tx.unlist(signed.key, signed.hash())?;
                Ok(known.verdict())
            }
            Judgement::SetAside(_) | Judgement::Unproven(_)
                if matches!(ground, Ground::Unasked) =>
            {
                Ok(Verdict::Waiting { missing: vec![] })
            }
            refused => self.keep(bench, caller, signed, &refused, (kept, ground)),
        }
    }

    fn ask_gate(
        &self,
        bench: &Bench<'_>,
        signed: &SignedChange,
        ground: Ground,
    ) -> Result<Judgement, CoreError> {
        let rules = self.rules();
        let places = self.places();
        let ties = Tied::new(self, bench.tx);
        let gate = self.gate(&rules, &places, &ties, bench.now);
        let mut known = self.author(bench, signed.key)?;
        if known.is_none() && matches!(ground, Ground::Word(_)) {
            known = once_known(bench.tx, signed.key, bench.state.case)?.map(Rc::new);
        }
        let history = History::new(bench.tx, signed.key);
        let facts = known.as_ref().map(|known| known.facts(&history));
        let ours = signed.key == self.signer.public_key().id();
        let (state, facts) = (&bench.state, facts.as_ref());
        let judgement = match ground {
            Ground::Word(Word::SetAside(reason)) => {
                gate.set_aside_on_word(state, facts, signed, reason)
            }
            Ground::Word(Word::Received(_)) => gate.take_on_receipt(state, facts, signed),
            _ if ours => gate.take_on_receipt(state, facts, signed),
            _ => gate.judge(state, facts, signed),
        };
        history.check()?;
        ties.check()?;
        Ok(judgement)
    }

    /// Keeps a change that is no part of its case, with its fate. A device that has too many of
    /// them keeps further ones itself.
    fn keep(
        &self,
        bench: &mut Bench<'_>,
        caller: &Caller,
        signed: &SignedChange,
        judgement: &Judgement,
        (kept, ground): (Option<FateRow>, Ground),
    ) -> Result<Verdict, CoreError> {
        let case = bench.state.case;
        let full = bench.tx.fates_of(caller.key)? >= MAX_KEPT
            || bench.tx.fates_in(case, caller.key)? >= MAX_KEPT_HERE;
        if kept.is_none() && full {
            return Ok(Verdict::Pending);
        }
        let known = kept.is_some();
        let told = kept.is_some_and(|kept| kept.kind == FateKind::SetAside);
        // Whoever brings the word was told in the life in which it was given.
        let tell = !matches!(ground, Ground::Word(Word::SetAside(_)));
        let (kind, reason) = match judgement {
            Judgement::SetAside(reason) | Judgement::Unproven(reason) => {
                (FateKind::SetAside, Some(*reason))
            }
            Judgement::Waiting { .. } => (FateKind::Waiting, None),
            _ => (FateKind::Pending, None),
        };
        // What waits for its author's key, and for nothing else, is as little proven.
        let binding = match judgement {
            Judgement::Waiting { missing } => !missing.is_empty(),
            judgement => !matches!(judgement, Judgement::Unproven(_)),
        };
        bench.tx.put_fate(&FateRow {
            case,
            hash: signed.hash(),
            sum: sum(signed),
            kind,
            reason: reason.map(|reason| reason.name().to_owned()),
            binding,
            replaced_by: bench.state.replacement_of(&signed.hash()),
            sender: caller.key,
            seen_at: bench.now,
            word: ground.received(),
            late: matches!(judgement, Judgement::Late),
            signed: signed.clone(),
        })?;
        bench.state.record(signed, judgement);
        if matches!(judgement, Judgement::Late) && !known {
            bench.tell_late(signed)?;
        }
        if let Some(reason) = reason {
            let author = match binding {
                true => {
                    bench.tx.unlist(signed.key, signed.hash())?;
                    user_of(bench.tx, signed.key)?
                }
                // Nothing shows that the named key's holder had a hand in it.
                false => Some(caller.user.clone()),
            };
            if tell && (!told || binding) {
                bench.tell_set_aside(author, signed, reason)?;
            }
        }
        Ok(judgement.verdict())
    }
}

impl Bench<'_> {
    /// Tells the author that an operator has to decide.
    fn tell_late(&self, signed: &SignedChange) -> Result<(), CoreError> {
        let author = user_of(self.tx, signed.key)?;
        self.tell(&Telling {
            scope: author.map(Scope::User),
            code: NoticeCode::Late,
            about: Some(signed.hash()),
            words: "it comes so late that an operator has to decide whether it counts; it is kept",
        })
    }

    /// Tells the author that an operator let it count.
    pub(super) fn tell_taken(&self, key: KeyId, change: ChangeHash) -> Result<(), CoreError> {
        let author = user_of(self.tx, key)?;
        self.tell(&Telling {
            scope: author.map(Scope::User),
            code: NoticeCode::Late,
            about: Some(change),
            words: "it came late, and an operator decided that it counts",
        })
    }

    pub(super) fn tell_set_aside(
        &self,
        author: Option<UserId>,
        signed: &SignedChange,
        reason: SetAside,
    ) -> Result<(), CoreError> {
        self.tell(&Telling {
            scope: author.map(Scope::User),
            code: NoticeCode::SetAside,
            about: Some(signed.hash()),
            words: reason.words(),
        })
    }
}

fn encoded_len(signed: &SignedChange) -> usize {
    signed.bytes.len() + signed.signature.bytes.len()
}

/// The case that a push is about, with the hashes that came with it.
pub(super) fn pushed_hashes(pushes: &[CasePush]) -> BTreeSet<(CaseId, ChangeHash)> {
    let changes = pushes.iter().flat_map(|push| {
        let hashes = push.changes.iter().map(SignedChange::hash);
        hashes.map(|hash| (push.case, hash))
    });
    changes.collect()
}
