//! A response into the store, in one transaction: all of it or nothing.

mod erasures;
mod pull;
mod verdicts;

use std::collections::{BTreeMap, BTreeSet};

use gewu_model::cert::SignedCertificate;
use gewu_model::crypto::StandardSuite;
use gewu_model::entry::SeenState;
use gewu_model::ids::{CaseId, ChangeHash, Digest};
use gewu_model::pack::{PackAudience, SignedPack};
use gewu_model::small::Gather as _;
use gewu_sync::verdict::VerdictBlock;
use gewu_sync::wire::{PackHave, PackOffer, Response};
use rusqlite::Connection;

use super::build::Outgoing;
use crate::error::Result;
use crate::identity::{Identity, keep_account};
use crate::packs::{CATALOGUE, GRID, POLICY};
use crate::sdk::open_card;
use crate::store::changes::{self, Held, State, StoredChange};
use crate::store::{
    cards, cases, commands, content, facts, faults, int, media, meta, packs, pins, proofs, read,
    scopes, told,
};
use crate::write::{CaseLog, Pen, project, rebase, sign_for};

/// A pack to fetch.
#[derive(Debug, Clone)]
pub(crate) enum Wanted {
    /// The city publishes it.
    Offered {
        /// What it says of it.
        signed: SignedPack,
        /// Whether cases are read by it.
        rules: bool,
    },
    /// A case pins it.
    Pinned(String),
}

impl Wanted {
    /// Whether cases are read by it.
    pub(crate) const fn is_rules(&self) -> bool {
        match self {
            Self::Offered { rules, .. } => *rules,
            Self::Pinned(_) => true,
        }
    }
}

/// What a response changed.
#[derive(Debug, Default)]
pub(crate) struct Applied {
    /// Whether it brought anything at all.
    pub(crate) progress: bool,
    pub(crate) receipts: u32,
    pub(crate) accepted: u32,
    pub(crate) set_aside: Vec<ChangeHash>,
    pub(crate) received: u32,
    pub(crate) acknowledged: u32,
    pub(crate) small_acknowledged: u32,
    pub(crate) notices: u32,
    pub(crate) changed: BTreeSet<CaseId>,
    /// Whether something that can be sent is still unsent.
    pub(crate) unsent: bool,
    pub(crate) packs: BTreeMap<Digest, Wanted>,
    /// Whether a map was taken out of force.
    pub(crate) withdrawn: bool,
    /// Whether the device's own certificate was renewed, or its reports go under another account.
    pub(crate) renewed: bool,
    /// Cases whose receipt could not be put together.
    pub(crate) whole_receipts: BTreeSet<CaseId>,
    /// Cases that were begun here under rules that had been replaced.
    pub(crate) overtaken: BTreeSet<CaseId>,
    /// Cases whose log lost something.
    rebase: BTreeSet<CaseId>,
    /// Changed cases of which lists know already.
    shown: BTreeSet<CaseId>,
}

/// Everything that applying needs.
pub(crate) struct Applying<'a> {
    pub(crate) tx: &'a Connection,
    pub(crate) pen: &'a Pen,
    pub(crate) outgoing: &'a Outgoing,
    pub(crate) block: &'a VerdictBlock,
    pub(crate) response: &'a Response,
    pub(crate) fresh_epoch: &'a dyn Fn() -> [u8; 8],
}

impl Applying<'_> {
    /// Applies the response.
    pub(crate) fn apply(&self) -> Result<Applied> {
        let mut applied = Applied::default();
        self.generation(&mut applied)?;
        self.certificates(&mut applied)?;
        self.verdicts(&mut applied)?;
        self.told_erased(&mut applied)?;
        for pull in &self.response.cases {
            self.pull(pull, &mut applied)?;
        }
        self.statuses(&mut applied)?;
        self.notices(&mut applied)?;
        self.cursors(&mut applied)?;
        self.rebuild(&mut applied)?;
        let key = self.identity().card_key();
        cards::give_up(self.tx, |card| open_card(&key, card).is_err())?;
        proofs::prune(self.tx)?;
        self.remember()?;
        self.withdraw_packs(&mut applied)?;
        applied.packs = self.wanted_packs()?;
        applied.unsent = is_unsent(self.tx)?;
        Ok(applied)
    }

    fn identity(&self) -> &Identity {
        &self.pen.identity
    }

    /// Another generation than the one at hand: the server was restored and may lack anything.
    fn generation(&self, applied: &mut Applied) -> Result<()> {
        let tx = self.tx;
        let now = int(self.response.generation);
        let known = meta::get_number(tx, meta::GENERATION)?;
        if known == Some(now) {
            return self.shown();
        }
        applied.progress = true;
        if known.is_some() {
            meta::put_number(tx, meta::UNSHOWN, 1)?;
            facts::offer_all_again(tx)?;
            content::offer_again(tx)?;
            cards::offer_again(tx)?;
            self.release_unnamed_texts(|aside| aside.block.is_none())?;
            media::offer_again(tx)?;
            scopes::distrust(tx)?;
        }
        meta::put_number(tx, meta::GENERATION, now)?;
        let highest = meta::get_number(tx, meta::HIGHEST_GENERATION)?.unwrap_or(0);
        meta::put_number(tx, meta::HIGHEST_GENERATION, highest.max(now))
    }

    /// What the request carried the server has seen in its present life: it took it in before all else.
    fn shown(&self) -> Result<()> {
        if meta::get_number(self.tx, meta::UNSHOWN)? != Some(1) {
            return Ok(());
        }
        let own = &self.identity().cert_digest;
        let sent = self.outgoing.request.certificates.iter().flatten();
        match sent.map(SignedCertificate::digest).any(|sent| sent == *own) {
            true => meta::put_number(self.tx, meta::UNSHOWN, 0),
            false => Ok(()),
        }
    }

    fn certificates(&self, applied: &mut Applied) -> Result<()> {
        let anchor = &self.identity().anchor;
        for signed in &self.response.certificates {
            if anchor.device(&StandardSuite, signed).is_ok() {
                told::put_certificate(self.tx, signed)?;
            }
        }
        if let Some(renewed) = &self.response.certificate {
            let checked = anchor.device(&StandardSuite, renewed);
            let ours = checked.is_ok_and(|certificate| {
                certificate.key.id() == self.identity().key
                    && renewed.digest() != self.identity().cert_digest
            });
            if ours {
                let bytes = gewu_model::cbor::to_vec(renewed);
                keep_certificate(self.tx)?;
                meta::put(self.tx, meta::CERTIFICATE, &bytes)?;
                applied.renewed = true;
            }
        }
        // A server that was restored may have forgotten, and an answer to signing in may have been lost.
        applied.renewed |= keep_account(self.tx, self.response.account.as_deref())?;
        Ok(())
    }

    fn statuses(&self, applied: &mut Applied) -> Result<()> {
        for signed in &self.response.statuses {
            let server = &self.identity().server_key;
            let Some(status) = signed.verify(&StandardSuite, server) else {
                continue;
            };
            let erased = status.erased.as_deref().unwrap_or_default();
            self.entomb(&status.case, erased, applied)?;
            if told::put_status(self.tx, &status, signed)? {
                applied.changed.insert(status.case);
                applied.progress = true;
            }
        }
        Ok(())
    }

    fn notices(&self, applied: &mut Applied) -> Result<()> {
        for notice in &self.response.notices {
            if told::put_notice(self.tx, notice)? {
                applied.notices += 1;
                applied.progress = true;
            }
        }
        Ok(())
    }

    fn cursors(&self, applied: &mut Applied) -> Result<()> {
        let standing = self.response.standing(&self.outgoing.request);
        let retired = self.response.out_of_use.is_some_and(|it| !it.compromised);
        let left = match retired {
            // It reads no scope any more; what it was given stays readable.
            true => BTreeSet::new(),
            false => scopes::leave_others(self.tx, &standing)?,
        };
        applied.progress |= scopes::put_cursors(self.tx, &standing)? || !left.is_empty();
        let told = self
            .response
            .cases
            .iter()
            .filter(|pull| !pull.left.is_empty());
        let mut left: BTreeSet<CaseId> = left
            .into_iter()
            .chain(told.map(|pull| pull.case))
            .into_set();
        if !self.response.more && !retired {
            left.extend(scopes::leave_unconfirmed(self.tx)?);
        }
        left.extend(facts::gone(self.tx)?);
        for case in left {
            if self.may_purge(&case)? {
                purge(self.tx, &case)?;
                applied.changed.remove(&case);
                applied.rebase.remove(&case);
                applied.shown.remove(&case);
            } else if scopes::count(self.tx, &case)? == 0 {
                facts::set_gone(self.tx, &case, true)?;
            }
        }
        Ok(())
    }

    /// A case goes when no scope of the device holds it and the device owes nothing of it, not
    /// even an explanation to its author. What was written in it here stays until the server's backup
    /// has it, if there is any: nobody else may hold it yet.
    fn may_purge(&self, case: &CaseId) -> Result<bool> {
        let kept = scopes::count(self.tx, case)? > 0 || facts::to_offer(self.tx)?.contains(case);
        if self.identity().is_citizen() || kept {
            return Ok(false);
        }
        let owes = changes::of_case(self.tx, case)?
            .iter()
            .any(|change| change.own && self.may_be_wanted(change));
        let texts = content::unsent_of_case(self.tx, case)?;
        let files = media::unsent(self.tx)?;
        let cards = cards::unsent(self.tx)?;
        let owes = owes
            || cards.iter().any(|card| card.case == *case)
            || cards::lost(self.tx)?.contains(case);
        Ok(!owes && texts.is_empty() && files.iter().all(|file| file.case != *case))
    }

    /// Whether somebody may still need an own change from this device: the server, which may be restored
    /// from a backup that is older, or the author.
    fn may_be_wanted(&self, change: &StoredChange) -> bool {
        match change.state {
            State::Unsent | State::SetAside => true,
            State::Accepted => {
                let covered = self.response.backup_covers;
                covered.is_some_and(|covered| change.received_at.is_none_or(|at| at > covered))
            }
            State::Erased => false,
        }
    }

    /// Cases that lost something are rebuilt; all that changed is projected anew.
    fn rebuild(&self, applied: &mut Applied) -> Result<()> {
        for case in std::mem::take(&mut applied.rebase) {
            rebase::rebase(self.tx, self.pen, &case, (self.fresh_epoch)(), false)?;
            applied.changed.insert(case);
        }
        for case in &applied.changed {
            let mut log = CaseLog::load(self.tx, case)?;
            if log.is_empty() && cases::get(self.tx, case)?.is_none() {
                continue;
            }
            self.show(&mut log)?;
        }
        applied.changed.append(&mut applied.shown);
        Ok(())
    }

    /// Brings lists up to a case's log.
    fn show(&self, log: &mut CaseLog) -> Result<()> {
        project(self.tx, &self.pen.packs, log)?;
        sign_for(self.tx, self.pen, log, SeenState::Received)?;
        Ok(())
    }

    fn remember(&self) -> Result<()> {
        match &self.response.reading {
            Some(reading) => {
                let bytes = gewu_model::cbor::to_vec(reading);
                meta::put(self.tx, meta::READING, &bytes)?;
            }
            None => meta::remove(self.tx, meta::READING)?,
        }
        if let Some(at) = self.response.backup_covers {
            meta::put_number(self.tx, meta::BACKUP_COVERS, at.0)?;
        }
        Ok(())
    }

    /// Maps that are in force nowhere any more, such as the part of a duty grid that was dissolved.
    /// Rules are never taken out of force by a list that nobody signed: a device without its city's
    /// policy would go by a laxer one.
    fn withdraw_packs(&self, applied: &mut Applied) -> Result<()> {
        let Some(in_force) = &self.response.in_force else {
            return Ok(());
        };
        for held in packs::held(self.tx)?
            .iter()
            .filter(|held| held.kind == GRID)
        {
            let named = |have: &&PackHave| have.kind == held.kind && have.name == held.name;
            if in_force.iter().find(named).is_none() {
                packs::withdraw_named(self.tx, &held.kind, &held.name)?;
                applied.withdrawn = true;
            }
        }
        Ok(())
    }

    /// Packs that the city offers and packs that cases pin, as far as they are not held.
    fn wanted_packs(&self) -> Result<BTreeMap<Digest, Wanted>> {
        let mut wanted = BTreeMap::new();
        let identity = self.identity();
        for PackOffer { pack } in &self.response.packs {
            let checked = pack.verify(&StandardSuite, &identity.server_key, &identity.city);
            let Ok(header) = checked else { continue };
            // What was refused once is not fetched again and again, nor what is older than ours.
            let mine = PackAudience::of(&header).admits(&identity.certificate);
            let useless = faults::rests(self.tx, &header.body, &header.kind, self.block.at)?
                || (header.kind == GRID && packs::is_overtaken(self.tx, &header)?);
            if useless || !mine {
                continue;
            }
            let offered = Wanted::Offered {
                signed: pack.clone(),
                rules: [POLICY, CATALOGUE].contains(&header.kind.as_str()),
            };
            wanted.insert(header.body, offered);
        }
        for (digest, kind) in pins::missing(self.tx)? {
            let packs = &self.pen.packs;
            let known = match kind.as_str() {
                POLICY => packs.policy_of(&digest).is_ok(),
                CATALOGUE => packs.catalogue_of(&digest).is_ok(),
                _ => false,
            };
            if !known && !faults::rests(self.tx, &digest, &kind, self.block.at)? {
                wanted.entry(digest).or_insert(Wanted::Pinned(kind));
            }
        }
        Ok(wanted)
    }
}

/// Keeps the device's present certificate beside those of others: entries go on naming it when there
/// is a newer one.
pub(crate) fn keep_certificate(tx: &Connection) -> Result<()> {
    match meta::get(tx, meta::CERTIFICATE)? {
        Some(bytes) => told::put_certificate(tx, &read(&bytes)?),
        None => Ok(()),
    }
}

/// Whether the next exchange has something to send that might get a receipt.
fn is_unsent(tx: &Connection) -> Result<bool> {
    let waits = changes::unsent_marks(tx)?
        .iter()
        .any(|mark| mark.held != Held::Pending);
    Ok(waits
        || !content::unsent(tx)?.is_empty()
        || !cards::unsent(tx)?.is_empty()
        || !commands::unsent(tx)?.is_empty()
        || !facts::to_offer(tx)?.is_empty())
}

fn purge(tx: &Connection, case: &CaseId) -> Result<()> {
    changes::purge(tx, case)?;
    content::purge(tx, case)?;
    cards::purge(tx, case)?;
    facts::purge(tx, case)?;
    cases::purge(tx, case)
}
