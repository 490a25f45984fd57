//! Verdicts: what frees the device of what it was responsible for.

use std::collections::BTreeSet;

use gewu_model::entry::Payload;
use gewu_model::ids::{CaseId, ChangeHash, Digest};
use gewu_model::media::EvidenceRecord;
use gewu_model::signed::SignedChange;
use gewu_model::small::Gather as _;
use gewu_sync::verdict::{ChangeVerdict, SetAside, Verdict};
use gewu_sync::wire::CasePush;

use super::{Applied, Applying};
use crate::error::Result;
use crate::store::changes::{self, Held, State, StoredChange};
use crate::store::media;
use crate::store::{cards, commands, content, facts, keys, proofs};
use crate::write::CaseLog;
use crate::write::log::decode_entry;

impl Applying<'_> {
    pub(super) fn verdicts(&self, applied: &mut Applied) -> Result<()> {
        // A device that lost its database, or got an old one back, goes on above what it has used.
        keys::raise(self.tx, &self.identity().key, self.block.counter)?;
        for said in &self.block.changes {
            self.verdict(said, applied)?;
        }
        for digest in &self.block.content {
            applied.progress |= content::acknowledge(self.tx, digest)? > 0;
        }
        for digest in self.block.cards.iter().flatten() {
            applied.progress |= cards::acknowledge(self.tx, digest)? > 0;
        }
        self.files(applied)?;
        for said in &self.block.commands {
            applied.progress |= commands::settle(self.tx, &said.command, &said.outcome)?;
        }
        self.offers(applied)
    }

    fn verdict(&self, said: &ChangeVerdict, applied: &mut Applied) -> Result<()> {
        let (tx, hash, now) = (self.tx, &said.hash, self.block.at);
        match &said.verdict {
            Verdict::Accepted { received_at } => {
                if changes::accept(tx, hash, *received_at, now)? {
                    proofs::prove(tx, hash, &self.response.verdicts)?;
                    applied.accepted += 1;
                    self.receipt(said.case, applied);
                }
            }
            Verdict::SetAside { reason } => {
                if changes::set_aside(tx, hash, *reason, now)? {
                    proofs::prove(tx, hash, &self.response.verdicts)?;
                    self.set_aside(said, *reason, applied)?;
                }
                // The server keeps no texts of what it does not count as this author's.
                if is_disowned(*reason) {
                    self.release_unnamed_texts(|aside| aside.hash == *hash)?;
                }
            }
            Verdict::Erased => self.erase(said, applied)?,
            Verdict::Waiting { missing } => {
                changes::hold(tx, hash, Held::Waiting)?;
                self.offer_missing(said.case, missing, applied)?;
            }
            Verdict::Pending => changes::hold(tx, hash, Held::Pending)?,
        }
        Ok(())
    }

    fn receipt(&self, case: CaseId, applied: &mut Applied) {
        applied.receipts += 1;
        applied.progress = true;
        applied.changed.insert(case);
    }

    fn set_aside(
        &self,
        said: &ChangeVerdict,
        reason: SetAside,
        applied: &mut Applied,
    ) -> Result<()> {
        if changes::find(self.tx, &said.hash)?.is_some_and(|stored| stored.own) {
            applied.set_aside.push(said.hash);
            if reason == SetAside::Pins {
                applied.overtaken.insert(said.case);
            }
        }
        if reason == SetAside::DependsOnSetAside && self.lacks_the_cause(said)? {
            facts::offer(self.tx, &said.case)?;
        } else {
            applied.rebase.insert(said.case);
        }
        self.receipt(said.case, applied);
        Ok(())
    }

    /// Whether everything that the change was made upon still counts here. A restored server has set
    /// some of it aside and this device was not told: written again upon the same, it would be refused
    /// again. Offered whole, the case comes back with the verdict on the cause.
    fn lacks_the_cause(&self, said: &ChangeVerdict) -> Result<bool> {
        if self.outgoing.offered.contains(&said.case) {
            return Ok(false);
        }
        let log = CaseLog::load(self.tx, &said.case)?;
        let deps = log.row(&said.hash).map(|row| row.deps.as_slice());
        Ok(deps.is_some_and(|deps| deps.iter().all(|dep| log.is_live(dep))))
    }

    fn release(&self, digest: &Digest) -> Result<()> {
        content::acknowledge(self.tx, digest)?;
        cards::acknowledge(self.tx, digest)?;
        Ok(())
    }

    /// The texts that `which` of the set-aside changes alone name have nowhere to go. They stay here,
    /// readable beside the reason.
    pub(super) fn release_unnamed_texts(
        &self,
        which: impl Fn(&StoredChange) -> bool,
    ) -> Result<()> {
        let (mut texts, mut cases) = (BTreeSet::new(), BTreeSet::new());
        for stored in changes::set_asides(self.tx)?.into_iter().filter(which) {
            texts.extend(texts_of(&stored)?);
            cases.insert(stored.case);
        }
        for case in cases {
            for stored in changes::of_case(self.tx, &case)? {
                if matches!(stored.state, State::Unsent | State::Accepted) {
                    for text in texts_of(&stored)? {
                        texts.remove(&text);
                    }
                }
            }
        }
        texts.iter().try_for_each(|digest| self.release(digest))
    }

    /// Under a tombstone: the device forgets what the change said and brought.
    fn erase(&self, said: &ChangeVerdict, applied: &mut Applied) -> Result<()> {
        let Some(stored) = changes::find(self.tx, &said.hash)? else {
            return Ok(());
        };
        if stored.state == State::Erased {
            return Ok(());
        }
        let written = decode_entry(&stored.signed.bytes)?;
        if let Some(Ok(payload)) = written.map(|written| written.payload) {
            for digest in beside(&payload) {
                content::erase(self.tx, &digest)?;
                cards::erase(self.tx, &digest)?;
            }
            let named_elsewhere = self.files_of_others(&said.hash)?;
            for sha256 in files_of(&payload) {
                if !named_elsewhere.contains(&sha256) {
                    media::doom(self.tx, &sha256)?;
                }
            }
        }
        changes::erase(self.tx, &said.hash, self.block.at)?;
        applied.rebase.insert(said.case);
        self.receipt(said.case, applied);
        Ok(())
    }

    /// The files that own changes name, but for the one of that hash.
    fn files_of_others(&self, erased: &ChangeHash) -> Result<BTreeSet<Digest>> {
        let mut files = BTreeSet::new();
        for stored in changes::own(self.tx)? {
            if stored.hash == *erased || stored.state == State::Erased {
                continue;
            }
            let written = decode_entry(&stored.signed.bytes)?;
            if let Some(Ok(payload)) = written.map(|written| written.payload) {
                files.extend(files_of(&payload));
            }
        }
        Ok(files)
    }

    /// The server lacks what it once accepted: the case is offered whole.
    fn offer_missing(
        &self,
        case: CaseId,
        missing: &[ChangeHash],
        applied: &mut Applied,
    ) -> Result<()> {
        if self.outgoing.offered.contains(&case) {
            return Ok(());
        }
        for hash in missing {
            let held = changes::find(self.tx, hash)?;
            let known = |state| matches!(state, State::Accepted | State::SetAside);
            if held.is_some_and(|stored| known(stored.state)) {
                facts::offer(self.tx, &case)?;
                applied.progress = true;
                return Ok(());
            }
        }
        Ok(())
    }

    fn files(&self, applied: &mut Applied) -> Result<()> {
        for sha256 in &self.block.media {
            let small = media::find(self.tx, sha256)?.is_some_and(|file| file.thumbnail);
            let news = media::acknowledge(self.tx, sha256, self.block.at)?;
            let count = match small {
                true => &mut applied.small_acknowledged,
                false => &mut applied.acknowledged,
            };
            *count += u32::try_from(news).unwrap_or(u32::MAX);
            applied.progress |= news > 0;
        }

        // What was uploaded and is not there after all goes up again.
        let held: BTreeSet<_> = self.block.media.iter().into_set();
        for sha256 in self
            .outgoing
            .uploaded
            .iter()
            .filter(|sha256| !held.contains(sha256))
        {
            media::set_upload(self.tx, sha256, None, 0)?;
        }
        let lost = self.block.lost.iter().flatten();
        for sha256 in lost.filter(|sha256| !held.contains(sha256)) {
            applied.progress |= media::recall(self.tx, sha256)?;
        }
        Ok(())
    }

    /// A case that was offered whole is done when the server has said something of every change.
    fn offers(&self, applied: &mut Applied) -> Result<()> {
        let judged: BTreeSet<_> = self
            .block
            .changes
            .iter()
            .filter(|said| said.verdict.is_receipt())
            .map(|said| said.hash)
            .into_set();
        for case in &self.outgoing.offered {
            let push = self
                .outgoing
                .request
                .cases
                .iter()
                .find(|push| push.case == *case);
            let done = match push {
                Some(push) => self.is_settled(push, &judged)?,
                None => true,
            };
            if done {
                facts::offered(self.tx, case)?;
                applied.progress = true;
            }
        }
        Ok(())
    }

    /// Whether nothing of an offer has to be offered again. What was set aside here stays so, also
    /// when the server has no room to keep it.
    fn is_settled(&self, push: &CasePush, judged: &BTreeSet<ChangeHash>) -> Result<bool> {
        let open = push.changes.iter().map(SignedChange::hash);
        for hash in open.filter(|hash| !judged.contains(hash)) {
            let stored = changes::find(self.tx, &hash)?;
            if stored.is_none_or(|stored| stored.state != State::SetAside) {
                return Ok(false);
            }
            self.release_unnamed_texts(|aside| aside.hash == hash)?;
        }
        Ok(true)
    }
}

/// The texts and the contact card that a payload names.
fn beside(payload: &Payload) -> impl Iterator<Item = Digest> + use<> {
    payload.content().into_iter().chain(payload.contact())
}

/// What a change names that lies beside it; nothing when it cannot be read.
fn texts_of(stored: &StoredChange) -> Result<Vec<Digest>> {
    let written = decode_entry(&stored.signed.bytes)?;
    let payload = written.and_then(|written| written.payload.ok());
    Ok(payload.iter().flat_map(beside).collect())
}

fn files_of(payload: &Payload) -> impl Iterator<Item = Digest> {
    payload.photos().iter().flat_map(EvidenceRecord::files)
}

/// Reasons that deny that the change is its author's: the server keeps no texts for them.
const fn is_disowned(reason: SetAside) -> bool {
    matches!(
        reason,
        SetAside::Malformed | SetAside::Signature | SetAside::Standing | SetAside::Author
    )
}
