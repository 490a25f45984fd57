//! A case that names a photo only after it was erased, or one made from the same camera's file.
//!
//! Nobody asks for its erasure any more: an operator did, of every case that there was. The server
//! follows that instruction with one of its own. Its command names the centre as who asks, and as the
//! session the hash of the instruction that it follows; it gives the reason in the same words. The
//! policy is not asked, for the photo is gone already, and the case is only told so.

use std::collections::{BTreeMap, BTreeSet};

use gewu_model::content::ContentItem;
use gewu_model::entry::{Body, Erase, MAX_ERASED, Payload};
use gewu_model::fold::CENTRE;
use gewu_model::ids::{CaseId, ChangeHash, Digest};
use gewu_model::media::EvidenceRecord;
use gewu_model::policy::Capacity;
use gewu_sync::gate::CaseState;

use super::records;
use crate::core::admit::payload_of;
use crate::core::bench::Bench;
use crate::core::decide::{DecideError, attested};
use crate::core::{Core, CoreError};
use crate::store::{StoreError, Tombstone, Tx};

/// An erasure, mostly of another case's.
type Earlier = (CaseId, ChangeHash);

impl Core {
    /// Has the case say of its photos that they were erased, when anything was accepted since it had
    /// `before` changes. A case that can take no instruction now is left as it is.
    pub(in crate::core) fn erase_late(
        &self,
        bench: &mut Bench<'_>,
        before: usize,
    ) -> Result<(), CoreError> {
        if bench.state.changes.len() == before {
            return Ok(());
        }
        let stones = bench.tx.stones_on(bench.state.case)?;
        if stones.is_empty() {
            return Ok(());
        }
        let records = records(bench.tx, &bench.state)?;
        for (earlier, photos) in unsaid(&bench.state, &records, &stones) {
            // What does not fit is said when something comes in next.
            let photos = photos.into_iter().take(MAX_ERASED).collect();
            if let Err(DecideError::Core(error)) = self.erase_after(bench, earlier, photos) {
                return Err(error);
            }
        }
        Ok(())
    }

    fn erase_after(
        &self,
        bench: &mut Bench<'_>,
        earlier: Earlier,
        files: Vec<Digest>,
    ) -> Result<(), DecideError> {
        let reason = reason(bench.tx, earlier)?;
        let reason = reason.map(|item| self.again(&item)).transpose()?;
        if let Some(reason) = &reason {
            bench.tx.add_content(bench.state.case, reason)?;
        }
        let view = self.view(&bench.state);
        let body = Body::Erase(Erase {
            texts: Vec::new(),
            files,
            note: reason.as_ref().map(ContentItem::digest),
        });
        let centre = Capacity {
            user: CENTRE.into(),
            role: CENTRE.into(),
            unit: None,
        };
        let (_, instruction) = earlier;
        let (_, record) = attested(bench, &view, &body, centre, Digest(instruction.0))?;
        self.write_instruction(bench, &view, &body, &record)?;
        Ok(())
    }
}

/// Photos that stand for an erased file and that no instruction of the case names, by the erasure
/// that took the file.
fn unsaid(
    state: &CaseState,
    records: &[EvidenceRecord],
    stones: &[Tombstone],
) -> BTreeMap<Earlier, BTreeSet<Digest>> {
    let said = said(state, records);
    // After a restore the devices bring the case's own instruction back.
    let comes_back = |stone: &&Tombstone| {
        stone.case == state.case && state.accepted(&stone.instruction).is_none()
    };
    let mut unsaid: BTreeMap<Earlier, BTreeSet<Digest>> = BTreeMap::new();
    for record in records.iter().filter(|it| !said.contains(&it.sha256)) {
        let on_it = |stone: &&Tombstone| record.all_files().any(|file| file == stone.digest);
        let on_it: Vec<&Tombstone> = stones.iter().filter(on_it).collect();
        if let Some(stone) = on_it.first().filter(|_| !on_it.iter().any(comes_back)) {
            let earlier = (stone.case, stone.instruction);
            unsaid.entry(earlier).or_default().insert(record.sha256);
        }
    }
    unsaid
}

/// What the case's own instructions erased.
fn said(state: &CaseState, records: &[EvidenceRecord]) -> BTreeSet<Digest> {
    let written = state.changes.iter().filter_map(|it| it.row.entry.as_ref());
    let erases = written.filter_map(|written| match &written.payload {
        Ok(Payload::Instruction(_, Body::Erase(erase))) => Some(erase),
        _ => None,
    });
    erases.flat_map(|erase| erase.takes(records)).collect()
}

/// Why the earlier instruction erased; `None` where that is not here (any more).
fn reason(tx: &dyn Tx, (case, instruction): Earlier) -> Result<Option<ContentItem>, StoreError> {
    let changes = tx.changes(case)?;
    let change = changes.iter().find(|change| change.hash == instruction);
    let payload = change.and_then(|change| payload_of(&change.signed));
    let Some(Payload::Instruction(_, Body::Erase(erase))) = payload else {
        return Ok(None);
    };
    let content = tx.content(case)?.into_iter().map(|(_, item)| item);
    let mut reasons = content.filter(|item| Some(item.digest()) == erase.note);
    Ok(reasons.next())
}
