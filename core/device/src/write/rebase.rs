//! After a change was set aside: the case without it, and what was written upon it once more.
//!
//! A refused change takes with it everything that was made upon it. The user's later entries of
//! that kind are not at fault, so each is written again from its intent: under a fresh actor
//! epoch, naming the one change it replaces, upon the ancestors that still count. What was refused
//! for itself is never written again, with one exception: a counter or a sequence that ran backwards
//! says nothing about the entry, only that this device was restored from a backup. A standing that ran
//! out says nothing about it either, once the device has another certificate. Nor do rules that had been
//! replaced, once those that replaced them are here and take what was reported.

use std::collections::{BTreeMap, BTreeSet};

use gewu_model::case::CaseRoot;
use gewu_model::entry::{Kind, Payload};
use gewu_model::fold::{Pins, Row, Written, fold_by};
use gewu_model::ids::{CaseId, ChangeHash, KeyId};
use gewu_model::policy::Capacity;
use gewu_model::small::Gather as _;
use gewu_sync::verdict::SetAside;
use rusqlite::Connection;

use super::author::{Links, Stamp};
use super::log::{CaseLog, Logged};
use super::pen::Pen;
use super::project::project;
use crate::error::Result;
use crate::store::changes::{self, State};
use crate::store::{cards, content, facts, keys, packs};

/// How often one intent is written before it is left as it is. Every refusal of something before it
/// takes one, so a server that refuses one entry after the other must not use them up soon.
const MOST_ATTEMPTS: u32 = 100;
/// How far a citizen's counter leaps when it turns out to run backwards: the server says the
/// highest it has seen for the device's own key only.
const COUNTER_LEAP: u64 = 1_000;

/// Rebuilds a case in which something was set aside, and writes again what still holds. Answers
/// what was written in place of what. `renewed`: the device has just got another certificate.
pub(crate) fn rebase(
    tx: &Connection,
    pen: &Pen,
    case: &CaseId,
    fresh_epoch: [u8; 8],
    renewed: bool,
) -> Result<Vec<(ChangeHash, ChangeHash)>> {
    let mut log = CaseLog::load(tx, case)?;
    let own = pen.key_in(case);
    // Whoever lost the key that signed has another certificate too.
    let renewed = |change: &Logged| renewed || change.stored.signed.key != own;
    let lost: Vec<Logged> = log
        .iter()
        .filter(|(change, _)| is_lost(change, renewed(change)))
        .map(|(change, _)| change.clone())
        .collect();
    facts::set_epoch(tx, case, fresh_epoch)?;
    let mut again = Again {
        tx,
        pen,
        replaced: BTreeMap::new(),
        last: None,
    };
    if let Some(leaping) = lost.iter().find(|change| ran_backwards(change)) {
        again.leap(&leaping.stored.signed.key)?;
    }
    for change in lost {
        let new = if log
            .row(&change.stored.hash)
            .is_some_and(|row| row.entry.is_none())
        {
            again.root(&mut log, &change)?
        } else {
            again.entry(&mut log, &change)?
        };
        if let Some(new) = new {
            again.note(&change, new)?;
        }
    }
    project(tx, &pen.packs, &log)?;
    Ok(again.replaced.into_iter().collect())
}

/// Whether an own change should be written again: it does not count, and not through its own fault.
fn is_lost(change: &Logged, renewed: bool) -> bool {
    let stored = &change.stored;
    let blameless = match stored.state {
        State::Unsent => !change.live,
        State::SetAside => match stored.reason {
            Some(
                SetAside::DependsOnSetAside
                | SetAside::Counter
                | SetAside::Sequence
                | SetAside::Pins,
            ) => true,
            Some(SetAside::Standing) => renewed,
            _ => false,
        },
        State::Accepted | State::Erased => false,
    };
    stored.own && blameless && stored.replaced_by.is_none()
}

fn ran_backwards(change: &Logged) -> bool {
    change.stored.reason == Some(SetAside::Counter)
}

struct Again<'a> {
    tx: &'a Connection,
    pen: &'a Pen,
    replaced: BTreeMap<ChangeHash, ChangeHash>,
    /// The last change of the fresh actor, which its next one must be made upon.
    last: Option<ChangeHash>,
}

impl Again<'_> {
    fn leap(&self, key: &KeyId) -> Result<()> {
        if *key == self.pen.identity.key {
            // Raised when the verdicts were read.
            return Ok(());
        }
        keys::take_counters(self.tx, key, None, None, COUNTER_LEAP)?;
        Ok(())
    }

    /// A root is written again only when its own words were not at fault and the case has no other.
    fn root(&self, log: &mut CaseLog, old: &Logged) -> Result<Option<ChangeHash>> {
        if log.root().is_some() {
            return Ok(None);
        }
        let Some(root) = self.root_again(log, old)? else {
            return Ok(None);
        };
        let role = self.pen.identity.certificate.roles.first().cloned();
        let Some(role) = role else { return Ok(None) };
        let author = self.pen.author(self.tx, &log.case, role, None)?;
        let counter = author.take_counters(self.tx, 1)?;
        author.root(self.tx, log, &root, counter).map(Some)
    }

    /// What a root says when it is written again: the same, unless its rules were replaced meanwhile.
    fn root_again(&self, log: &CaseLog, old: &Logged) -> Result<Option<CaseRoot>> {
        let Some(root) = log.root_of(&old.stored.hash) else {
            return Ok(None);
        };
        Ok(match old.stored.reason {
            Some(SetAside::Counter | SetAside::Standing) => {
                let replaced = packs::is_replaced(self.tx, &root.policy)?
                    || packs::is_replaced(self.tx, &root.catalogue)?;
                let renewed = replaced.then(|| self.under_rules_in_force(log, old, root));
                Some(renewed.flatten().unwrap_or_else(|| root.clone()))
            }
            Some(SetAside::Pins) => self.under_rules_in_force(log, old, root),
            _ => None,
        })
    }

    /// A root under the rules that are in force here, where these are others and take what was reported
    /// upon it. A code means what it meant in its own edition only.
    fn under_rules_in_force(
        &self,
        log: &CaseLog,
        old: &Logged,
        root: &CaseRoot,
    ) -> Option<CaseRoot> {
        let policy = self.pen.packs.policy();
        let catalogue = self.pen.packs.catalogue().ok()?;
        let renewed = CaseRoot {
            policy: policy.hash(),
            catalogue: catalogue.hash(),
            ..root.clone()
        };
        let mut upon = log
            .iter()
            .filter(|(_, row)| row.deps.contains(&old.stored.hash));
        let report = upon.find_map(|(_, row)| row.entry.as_ref())?;
        (renewed != *root && self.takes(&renewed, report)).then_some(renewed)
    }

    /// Whether the rules in force, which `root` names, take that as a report by its author.
    fn takes(&self, root: &CaseRoot, written: &Written) -> bool {
        let (packs, header) = (&self.pen.packs, &written.entry.header);
        let (policy, Ok(catalogue)) = (packs.policy(), packs.catalogue()) else {
            return false;
        };
        let Ok(Payload::Report(report)) = &written.payload else {
            return false;
        };
        let (class, condition) = (&report.class, report.condition.as_deref());
        let wanted = (Some(&header.role), header.unit.as_ref());
        let (asked, view) = ((&header.kind, None), fold_by(&[], &policy.rules()));
        let given = self
            .pen
            .capacity(policy, &header.by, asked, &view, wanted, false);
        let photos = policy.check_photos(&header.kind, &header.role, Some(class), &report.photos);
        catalogue.check(&root.edition, class, condition).is_ok() && photos.is_ok() && given.is_ok()
    }

    fn entry(&self, log: &mut CaseLog, old: &Logged) -> Result<Option<ChangeHash>> {
        let Some((n, intent)) = self.intent(old)? else {
            return Ok(None);
        };
        let deps = self.deps(log, &old.stored.hash);
        let kind = Kind::from_name(&intent.kind);
        let Ok(payload) = Payload::decode(&kind, &intent.payload) else {
            return Ok(None);
        };
        let past = past(log, &deps);
        let known = |hash: &ChangeHash| past.iter().any(|row| row.hash == *hash);
        let citizen = self.pen.identity.is_citizen();
        if deps.is_empty() || !(citizen || intent.answers.as_ref().is_none_or(known)) {
            return Ok(None);
        }
        // What the old one spoke about may be gone with it.
        let about = log
            .row(&old.stored.hash)
            .and_then(|row| row.entry.as_ref()?.entry.header.about)
            .filter(known);
        let Some((capacity, stamp)) = self.capacity(log, old, &kind, &past)? else {
            return Ok(None);
        };
        let author = self
            .pen
            .author(self.tx, &log.case, capacity.role, capacity.unit)?;
        let counter = author.take_counters(self.tx, 1)?;
        // A key speaks for what it has signed itself; after a lost key the work stands alone.
        let same_key = old.stored.signed.key == author.key;
        let links = Links {
            answers: intent.answers,
            about,
            replaces: same_key.then_some(old.stored.hash),
        };
        let written = author.entry(self.tx, log, deps, &payload, links, stamp, counter, n)?;
        changes::try_intent_again(self.tx, n)?;
        if old.stored.reason == Some(SetAside::Standing) {
            // The server kept none of it.
            for digest in payload.content() {
                content::offer(self.tx, &digest)?;
            }
            if let Some(card) = payload.contact() {
                cards::offer(self.tx, &card)?;
            }
        }
        Ok(Some(written))
    }

    fn intent(&self, old: &Logged) -> Result<Option<(i64, changes::Intent)>> {
        let Some(n) = old.stored.intent else {
            return Ok(None);
        };
        let intent = changes::intent(self.tx, n)?;
        Ok(intent
            .filter(|intent| intent.attempts < MOST_ATTEMPTS)
            .map(|intent| (n, intent)))
    }

    /// The capacity of the old entry, if the rules still permit it upon the new past, and when it
    /// was first written.
    fn capacity(
        &self,
        log: &CaseLog,
        old: &Logged,
        kind: &Kind,
        past: &[Row],
    ) -> Result<Option<(Capacity, Stamp)>> {
        let header = log
            .row(&old.stored.hash)
            .and_then(|row| Some(&row.entry.as_ref()?.entry.header));
        let (Some(header), Some((root, _))) = (header, log.root()) else {
            return Ok(None);
        };
        let Ok(policy) = self.pen.packs.policy_of(&Pins::of(root, past).policy) else {
            return Ok(None);
        };
        let user = self.pen.user_in(self.tx, &log.case)?;
        let wanted = (Some(&header.role), header.unit.as_ref());
        let view = fold_by(past, &policy.rules());
        let asked = (kind, None);
        let found = self
            .pen
            .capacity(policy, &user, asked, &view, wanted, false);
        let stamp = Stamp {
            at: header.claimed_at,
            trust: header.clock,
        };
        Ok(found.ok().map(|capacity| (capacity, stamp)))
    }

    /// What still counts of what `old` was made upon: what was replaced by its replacement, what
    /// is gone by its own past.
    fn deps(&self, log: &CaseLog, old: &ChangeHash) -> Vec<ChangeHash> {
        let mut found: BTreeSet<ChangeHash> = self.last.into_iter().into_set();
        let deps_of = |hash: &ChangeHash| log.row(hash).map(|row| row.deps.clone());
        let mut next = deps_of(old).unwrap_or_default();
        let mut seen = BTreeSet::new();
        while let Some(hash) = next.pop() {
            if !seen.insert(hash) {
                continue;
            }
            if log.is_live(&hash) {
                found.insert(hash);
            } else if let Some(new) = self.replacement(log, &hash) {
                found.insert(new);
            } else {
                next.extend(deps_of(&hash).unwrap_or_default());
            }
        }
        log.maximal(&found)
    }

    fn replacement(&self, log: &CaseLog, hash: &ChangeHash) -> Option<ChangeHash> {
        let known = log.get(hash).and_then(|change| change.stored.replaced_by);
        let new = self.replaced.get(hash).copied().or(known)?;
        log.is_live(&new).then_some(new)
    }

    fn note(&mut self, old: &Logged, new: ChangeHash) -> Result<()> {
        changes::set_replaced(self.tx, &old.stored.hash, &new)?;
        self.replaced.insert(old.stored.hash, new);
        self.last = Some(new);
        Ok(())
    }
}

/// The rows that lie in the past of a change made upon `deps`.
fn past(log: &CaseLog, deps: &[ChangeHash]) -> Vec<Row> {
    let mut next = deps.to_vec();
    let mut seen = BTreeSet::new();
    while let Some(hash) = next.pop() {
        if seen.insert(hash) {
            next.extend(
                log.row(&hash)
                    .into_iter()
                    .flat_map(|row| row.deps.iter().copied()),
            );
        }
    }
    seen.iter()
        .filter_map(|hash| log.row(hash).cloned())
        .collect()
}
