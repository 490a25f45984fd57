//! Erasure: texts and files that an instruction names go for good, and do not come back.
//!
//! # In what order
//!
//! 1. One transaction writes the instruction, lays a tombstone for each text and file, and removes
//!    the rows: from here on nothing of it is served or taken in.
//! 2. The tombstones are appended to a file beside the database, which no backup carries back.
//! 3. The bytes of files and of uploads under way are removed, and the write-ahead log is emptied.
//! 4. The tombstones are marked as done.
//!
//! A crash between two of these is made good when the server starts again. A database that was
//! restored from an older backup learns from the file what it must not hold, and the instruction
//! itself comes back from the devices.
//!
//! A digest that was erased is erased in every case. Cases that name the same photo, or one made from
//! the same camera's file, get an instruction of their own, so that each proves by itself what became
//! of it: in the same transaction, or ([`late`]) when they name it only later.

use std::collections::{BTreeMap, BTreeSet};

use gewu_model::command::{Command, CommandRecord};
use gewu_model::content::ContentItem;
use gewu_model::entry::{Body, Erase, InstructionKind, Kind, Payload};
use gewu_model::ids::{CaseId, ChangeHash, Digest};
use gewu_model::media::EvidenceRecord;
use gewu_model::time::Millis;
use gewu_sync::gate::CaseState;

mod late;
mod originals;

use super::accounts;
use super::admit::payload_of;
use super::bench::Bench;
use super::contacts::cards_of;
use super::decide::{DecideError, Decision, open};
use super::generation::next_number;
use super::operators::Operator;
use super::{Core, CoreError};
use crate::seam::random;
use crate::store::{StoreError, Tombstone, Tx};

impl Core {
    /// Removes from the disk what tombstones took.
    pub(super) fn bury(&self) -> Result<(), CoreError> {
        let stones = self.read(|tx| Ok::<_, CoreError>(tx.unfinished()?))?;
        if stones.is_empty() {
            return Ok(());
        }
        let logged: BTreeSet<Tombstone> = self.erased.read()?.into_iter().collect();
        let mut unlogged = stones.clone();
        unlogged.retain(|stone| !logged.contains(stone));
        self.erased.append(&unlogged)?;
        for stone in stones.iter().filter(|stone| stone.file) {
            self.drop_uploads_as(stone.digest)?;
            self.objects.remove(stone.digest)?;
        }
        if !self.store.checkpoint()? {
            // A reader is in the way; the next erasure, or the next start, comes back to it.
            return Ok(());
        }
        self.write(|tx| {
            let finished = stones.iter().try_for_each(|stone| tx.finish(stone));
            Ok::<_, CoreError>(finished?)
        })
    }

    /// Finishes what a crash cut short, and erases again what a restored database still had.
    pub(super) fn resume_erasures(&self) -> Result<(), CoreError> {
        let logged: BTreeSet<Tombstone> = self.erased.read()?.into_iter().collect();
        let known: BTreeSet<Tombstone> =
            self.read(|tx| Ok::<_, CoreError>(tx.tombstones()?.into_iter().collect()))?;
        let forgotten: Vec<_> = logged.difference(&known).collect();
        if !forgotten.is_empty() {
            self.write(|tx| {
                let laid = forgotten.iter().try_for_each(|stone| tx.entomb(stone));
                Ok::<_, CoreError>(laid?)
            })?;
        }
        let unlogged: Vec<_> = known.difference(&logged).copied().collect();
        if !unlogged.is_empty() {
            self.erased.append(&unlogged)?;
        }
        // An upload that ended in the instant of its erasure may have left a file without a row.
        let files = known.union(&logged).filter(|stone| stone.file);
        files
            .into_iter()
            .try_for_each(|stone| self.objects.remove(stone.digest))?;
        self.bury()
    }

    /// Writes an instruction of their own into other cases that name the same photos.
    pub(super) fn erase_elsewhere(
        &self,
        tx: &dyn Tx,
        operator: &Operator,
        decision: &Decision,
        elsewhere: &BTreeMap<CaseId, Vec<Digest>>,
        now: Millis,
    ) -> Result<(), DecideError> {
        let named = decision.body.content();
        let mut content = decision.content.iter();
        let reason = content.find(|item| named.contains(&item.digest()));
        for (case, files) in elsewhere {
            let mut bench = open(tx, *case, now)?;
            let seen = self.view(&bench.state);
            let kind = Kind::Instruction(InstructionKind::Erase);
            let capacity = self.capacity(operator, &bench, (&kind, None), &seen)?;
            let reason = reason.map(|item| self.again(item)).transpose()?;
            let body = Body::Erase(Erase {
                texts: Vec::new(),
                files: files.clone(),
                note: reason.as_ref().map(ContentItem::digest),
            });
            let command = Command {
                case: *case,
                view: seen.token(),
                kind: kind.name().to_owned(),
                body: body.to_cbor(),
                by: capacity.user,
                role: capacity.role,
                unit: capacity.unit,
                claimed_at: now,
                counter: next_number(tx, "console_counter")?,
                after: None,
            };
            let record = CommandRecord::attest(operator.session(), &command);
            self.instruct(&mut bench, &seen, &command, &record, reason.as_slice())?;
        }
        Ok(())
    }

    /// A reason once more, as another case's text. Devices keep a text for one case: one that several
    /// shared would leave with the first of them, and a restored server would get it back for that alone.
    fn again(&self, reason: &ContentItem) -> Result<ContentItem, DecideError> {
        ContentItem::new(&reason.text, random(&*self.entropy))
            .map_err(|error| DecideError::Invalid(error.to_string()))
    }
}

impl Bench<'_> {
    /// Lays the tombstones of an erasure that became part of the case.
    pub(super) fn entomb(&self, instruction: ChangeHash, erase: &Erase) -> Result<(), CoreError> {
        let case = self.state.case;
        let stone = |digest, file| Tombstone {
            digest,
            case,
            file,
            instruction,
        };
        let records = records(self.tx, &self.state)?;
        let files = erase.takes(&records).into_iter();
        // One card of a case stands for all that it had: none of them may come back.
        let mut cards = cards_of(self.tx, &self.state)?;
        if !erase.texts.iter().any(|text| cards.contains(text)) {
            cards.clear();
        }
        let texts = erase.texts.iter().chain(&cards);
        let stones = files
            .map(|file| stone(file, true))
            .chain(texts.map(|text| stone(*text, false)));
        for stone in stones {
            self.tx.entomb(&stone)?;
        }
        Ok(())
    }
}

/// Checks that an erasure says why, and names what the case has and what is not erased yet.
pub(super) fn check(bench: &Bench<'_>, erase: &Erase) -> Result<(), DecideError> {
    let refuse = |words: String| Err(DecideError::Invalid(words));
    if erase.note.is_none() {
        return refuse("say why it is erased: the reason stays when the rest is gone".into());
    }
    let payloads = payloads(bench.tx, &bench.state)?;
    let content = payloads.iter().flat_map(Payload::content);
    let cards = payloads.iter().filter_map(Payload::contact);
    let cards: BTreeSet<Digest> = cards.chain(cards_of(bench.tx, &bench.state)?).collect();
    // Who reported is named by what vouches for the key of the case.
    let account = accounts::mark(bench.tx, &bench.state)?;
    let texts: BTreeSet<Digest> = content
        .chain(cards.iter().copied())
        .chain(account)
        .collect();
    let photos: BTreeSet<Digest> = records(bench.tx, &bench.state)?
        .iter()
        .map(|record| record.sha256)
        .collect();
    let erased: BTreeSet<Digest> = bench.tx.erased_in(bench.state.case)?.into_iter().collect();
    let named = [
        (&erase.texts, &texts, "text"),
        (&erase.files, &photos, "photo"),
    ];
    for (asked, held, what) in named {
        for digest in asked {
            if !held.contains(digest) {
                return refuse(format!("no entry of this case names the {what} {digest}"));
            }
            if erased.contains(digest) && cards.contains(digest) {
                return refuse("the contact of this case is erased already".to_owned());
            }
            if erased.contains(digest) && account == Some(*digest) {
                return refuse("who reported this case is erased already".to_owned());
            }
            if erased.contains(digest) {
                return refuse(format!("the {what} {digest} is erased already"));
            }
        }
    }
    Ok(())
}

/// Other cases that name the files which an erasure takes, with the photos that hold them there.
pub(super) fn elsewhere(
    bench: &Bench<'_>,
    erase: &Erase,
) -> Result<BTreeMap<CaseId, Vec<Digest>>, StoreError> {
    let tx = bench.tx;
    let taken = erase.takes(&records(tx, &bench.state)?);
    let mut cases = BTreeSet::new();
    for file in &taken {
        cases.extend(tx.cases_with(*file)?);
    }
    cases.remove(&bench.state.case);
    let mut found = BTreeMap::new();
    for case in cases {
        let erased = tx.erased_in(case)?;
        let records = records(tx, &super::load::load(tx, case)?)?;
        let named = records
            .iter()
            .filter(|record| record.all_files().any(|file| taken.contains(&file)))
            .map(|record| record.sha256)
            .filter(|file| !erased.contains(file));
        let named: BTreeSet<Digest> = named.collect();
        if !named.is_empty() {
            found.insert(case, named.into_iter().collect());
        }
    }
    Ok(found)
}

/// Everything that was written in a case, also what was set aside: its texts are kept too.
fn payloads(tx: &dyn Tx, state: &CaseState) -> Result<Vec<Payload>, StoreError> {
    let accepted = state
        .changes
        .iter()
        .filter_map(|change| change.row.entry.as_ref()?.payload.as_ref().ok().cloned());
    let kept = tx.fates(state.case)?;
    let kept = kept
        .iter()
        .filter(|row| row.binding)
        .filter_map(|row| payload_of(&row.signed));
    Ok(accepted.chain(kept).collect())
}

fn records(tx: &dyn Tx, state: &CaseState) -> Result<Vec<EvidenceRecord>, StoreError> {
    let payloads = payloads(tx, state)?;
    let photos = payloads.iter().flat_map(Payload::photos);
    Ok(photos.cloned().collect())
}
