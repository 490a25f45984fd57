//! Everything that follows from an accepted change, in the transaction that accepts it: the row and
//! the document, the projection, scopes and feed, notices, and the public status.

use std::collections::BTreeSet;

use gewu_model::change::{Limits, decode_strict};
use gewu_model::entry::{Body, Entry, Kind, Payload};
use gewu_model::fold::{CaseView, Written};
use gewu_model::ids::Digest;
use gewu_model::media::EvidenceRecord;
use gewu_model::scope::{Scope, scopes_of};
use gewu_model::signed::SignedChange;
use gewu_sync::gate::{AcceptedChange, Admitted, Judgement};

use super::bench::{Bench, Unwritten};
use super::link::duplicates;
use super::load::{opener, sum};
use super::{Core, CoreError, generation};
use crate::store::{
    CaseHead, EvidenceFile, MembershipRow, PlaceRow, Projection, StoreError, StoredChange,
    Tombstone, What,
};

impl Core {
    /// Makes an admitted change part of its case, with all that follows.
    pub(super) fn admit(
        &self,
        bench: &mut Bench<'_>,
        admitted: Box<Admitted>,
        signed: &SignedChange,
    ) -> Result<(), CoreError> {
        self.take_up(bench, admitted, signed)?;
        self.settle(bench)
    }

    /// Writes what depends on a case as it ends up, once for all changes that were taken up: its
    /// document, what lists and clocks read of it, and when services look at it again.
    pub(super) fn settle(&self, bench: &mut Bench<'_>) -> Result<(), CoreError> {
        bench.state.settle().map_err(|_| StoreError::Undone)?;
        let Some(Unwritten { view, place }) = bench.unwritten.take() else {
            return Ok(());
        };
        bench.project(&view, place.as_ref())?;
        self.keep_steps(bench.tx, &bench.state, &view)?;
        self.keep_due(bench, &view)?;
        Ok(())
    }

    /// Makes an admitted change part of its case, with what follows from it by itself: its row, draws,
    /// scopes and feed, and what people are told. The rest is for [`Core::settle`].
    pub(super) fn take_up(
        &self,
        bench: &mut Bench<'_>,
        admitted: Box<Admitted>,
        signed: &SignedChange,
    ) -> Result<(), CoreError> {
        let (tx, case, hash) = (bench.tx, bench.state.case, admitted.change.hash);
        store(bench, &admitted.change, signed)?;
        tx.drop_fate(case, hash, sum(signed))?;
        if let Some(replaced) = admitted.replaces {
            tx.replace_fate(case, replaced, hash)?;
        }
        tx.unlist(signed.key, hash)?;
        if signed.key == self.signer.public_key().id() {
            generation::use_counter(tx, signed.counter)?;
            let written = admitted.change.row.entry.as_ref();
            if let Some(Ok(Payload::Instruction(frame, body))) = written.map(|w| &w.payload) {
                generation::rise_above(tx, &*self.entropy, frame.generation)?;
                if let Body::Erase(erase) = body {
                    bench.entomb(hash, erase)?;
                }
            }
        }
        bench.state.record(signed, &Judgement::Admit(admitted));
        let view = self.view(&bench.state);
        let earlier = bench.unwritten.take();
        let before = match &earlier {
            _ if duplicates(&view).is_empty() => None,
            Some(earlier) => Some(earlier.view.stage.name().to_owned()),
            None => tx.case(case)?.map(|head| head.projection.stage),
        };
        let place = match earlier.and_then(|earlier| earlier.place) {
            None => self.place(bench, &view)?,
            known => known,
        };
        // The case draws as soon as it is of a kind that does, whatever becomes of it in this push.
        self.is_drawn(bench, &view)?;
        let mut scopes = scopes_of(&view, self.opened_by_staff(bench)?);
        let duty = place.as_ref().and_then(|place| place.duty_grid.clone());
        scopes.extend(duty.map(Scope::DutyGrid));
        self.widen(bench, &view, &mut scopes)?;
        bench.tell_scopes(scopes, hash.as_bytes())?;
        self.tell_people(bench, &view, hash)?;
        self.tell_reporter(bench, &view, signed.key)?;
        if before.is_some_and(|before| before != view.stage.name()) {
            self.tell_joined(bench, &view)?;
        }
        bench.unwritten = Some(Unwritten { view, place });
        Ok(())
    }

    /// Whether a person with an official role opened the case, who may see all of it.
    pub(super) fn opened_by_staff(&self, bench: &Bench<'_>) -> Result<bool, CoreError> {
        let Some(key) = opener(&bench.state) else {
            return Ok(false);
        };
        let centre = key == self.signer.public_key().id();
        Ok(!centre && bench.tx.endorsement(key)?.is_none())
    }
}

/// Writes the change's row and the files that it names.
fn store(
    bench: &Bench<'_>,
    change: &AcceptedChange,
    signed: &SignedChange,
) -> Result<(), CoreError> {
    let case = bench.state.case;
    let written = change.row.entry.as_ref();
    let instruction = written.is_some_and(|w| matches!(w.entry.header.kind, Kind::Instruction(_)));
    bench.tx.add_change(
        case,
        &StoredChange {
            hash: change.hash,
            n: bench.state.changes.len() as u64 + 1,
            actor: change.actor,
            seq: change.seq,
            max_op: change.max_op,
            instruction,
            received_at: change.received_at,
            signed: signed.clone(),
        },
    )?;
    let Some(written) = written else {
        return Ok(());
    };
    let citizen = bench.tx.endorsement(signed.key)?.map(|row| row.user);
    let user = citizen.unwrap_or_else(|| written.entry.header.by.clone());
    let photos = written.payload.as_ref().map_or(&[][..], Payload::photos);
    for file in photos.iter().flat_map(files_of) {
        bench.tx.add_evidence(case, change.hash, file, &user)?;
    }
    for original in photos.iter().filter_map(|photo| photo.original_sha256) {
        bench.tx.add_original(case, original)?;
    }
    photos.iter().try_for_each(|photo| late(bench, photo))
}

/// What else the record of an erased photo names is erased with it, also when the record comes late,
/// and so is a photo that was made anew from what was erased.
fn late(bench: &Bench<'_>, record: &EvidenceRecord) -> Result<(), CoreError> {
    for file in record.all_files() {
        let Some(stone) = bench.tx.stone(file)? else {
            continue;
        };
        for digest in record.all_files() {
            bench.tx.entomb(&Tombstone { digest, ..stone })?;
        }
        break;
    }
    Ok(())
}

/// The files that a record stands for, with the original where the city's policy has it sent.
fn files_of(record: &EvidenceRecord) -> impl Iterator<Item = EvidenceFile> + use<> {
    let file = |sha256, thumb| EvidenceFile { sha256, thumb };
    let small = record.thumb_sha256.map(|sha256| file(sha256, true));
    let original = record
        .kept_original()
        .map(|(sha256, _)| file(sha256, false));
    [Some(file(record.sha256, false)), small, original]
        .into_iter()
        .flatten()
}

/// The texts that a change names, if it can be read.
pub(super) fn content_of(signed: &SignedChange) -> Vec<Digest> {
    payload_of(signed)
        .map(|payload| payload.content())
        .unwrap_or_default()
}

/// What a change says, if it can be read.
pub(super) fn payload_of(signed: &SignedChange) -> Option<Payload> {
    entry_of(signed).and_then(|written| written.payload.ok())
}

/// The entry of a change, if it can be read.
pub(super) fn entry_of(signed: &SignedChange) -> Option<Written> {
    let entry = decode_strict(&signed.bytes, &Limits::default())
        .ok()
        .and_then(|decoded| Entry::from_fields(decoded.change.body.fields().clone()).ok());
    entry.map(Written::from)
}

impl Bench<'_> {
    fn project(&self, view: &CaseView, place: Option<&PlaceRow>) -> Result<(), CoreError> {
        let report = view.report.as_ref();
        let class = report.and_then(|report| {
            let kind = serde_json::to_value(report.class.kind).ok()?;
            Some((kind.as_str()?.to_owned(), report.class.code.clone()))
        });
        let own = report.and_then(|report| report.grid.as_ref()?.duty.clone());
        let duty = place.and_then(|place| place.duty_grid.clone()).or(own);
        let question = view.question.as_ref();
        let root = self.state.root.as_ref();
        let projection = Projection {
            edition: root.map_or_else(String::new, |root| root.edition.clone()),
            stage: view.stage.name().to_owned(),
            class,
            duty_grid: duty.map(|grid| grid.0),
            unit: question
                .and_then(|open| open.units.last())
                .map(|unit| unit.0.clone()),
            task_number: view.task_number.clone(),
            view: view.token(),
            updated_at: self.now,
        };
        let document = self.state.document().to_vec();
        Ok(self.tx.put_case(
            self.state.case,
            &CaseHead {
                document,
                projection,
            },
        )?)
    }

    /// Puts the case into the scopes that it is in now and out of those that it left, and tells
    /// those that it stayed in of the change.
    fn tell_scopes(&self, mut wanted: BTreeSet<Scope>, change: &[u8]) -> Result<(), CoreError> {
        for known in self.memberships()? {
            let stays = wanted.remove(&known.scope);
            match (known.held, stays) {
                (true, true) => self.feed(&known.scope, What::Change, change)?,
                (false, false) => {}
                (held, _) => self.move_scope(known, !held)?,
            }
        }
        for scope in wanted {
            let epoch = 0;
            let held = false;
            self.move_scope(MembershipRow { scope, epoch, held }, true)?;
        }
        Ok(())
    }

    fn move_scope(&self, known: MembershipRow, held: bool) -> Result<(), CoreError> {
        let epoch = known.epoch + u64::from(held);
        let moved = MembershipRow {
            scope: known.scope,
            epoch,
            held,
        };
        let what = if held { What::Enter } else { What::Leave };
        self.put_membership(moved.clone())?;
        self.feed(&moved.scope, what, &epoch.to_be_bytes())
    }
}
