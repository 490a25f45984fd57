//! Digests to compare replicas by, and proof that the projection tells the truth. All of it is
//! computed anew from the change log.

use std::collections::BTreeSet;

use gewu_model::ids::{CaseId, ChangeHash, Digest};
use gewu_model::small::Gather as _;
use gewu_model::state;
use rusqlite::Connection;

use super::{Answer, Core, Gewu, no_case};
use crate::error::{DeviceError, Result};
use crate::packs::Packs;
use crate::store::{cases, changes};
use crate::write::CaseLog;
use crate::write::project;

impl Core {
    /// The cases whose row of the projection is not what a fresh fold yields.
    pub(super) fn wrong_projections(&self) -> Result<Vec<CaseId>> {
        let packs = self.packs()?;
        self.read(|tx| {
            let logged = changes::cases(tx)?.into_iter();
            let known: BTreeSet<CaseId> = logged.chain(cases::known(tx)?).into_set();
            let mut wrong = Vec::new();
            for case in known {
                if differs(tx, &packs, &case)? {
                    wrong.push(case);
                }
            }
            Ok(wrong)
        })
    }
}

impl Gewu {
    /// The digest of a case: of the changes that the server accepted and what follows from them.
    ///
    /// # Errors
    /// [`crate::GewuError::NotFound`].
    pub fn state_hash(&self, case: CaseId) -> Answer<Digest> {
        let packs = self.core.packs()?;
        let hash =
            |tx: &rusqlite::Transaction<'_>| state_hash(tx, &packs, &case)?.ok_or(no_case(&case));
        Ok(self.core.read(hash)?)
    }

    /// The digest of every case that has an accepted change.
    ///
    /// # Errors
    /// [`crate::GewuError::Storage`].
    pub fn replica_hash(&self) -> Answer<Digest> {
        let packs = self.core.packs()?;
        Ok(self.core.read(|tx| {
            let mut hashes = Vec::new();
            for case in changes::cases(tx)? {
                hashes.extend(state_hash(tx, &packs, &case)?.map(|hash| (case, hash)));
            }
            Ok(state::replica_hash(&hashes))
        })?)
    }

    /// The accepted changes of a case, ascending.
    ///
    /// # Errors
    /// [`crate::GewuError::Storage`].
    pub fn accepted_changes(&self, case: CaseId) -> Answer<Vec<ChangeHash>> {
        Ok(self.core.read(|tx| {
            let rows = CaseLog::load(tx, &case)?.accepted_rows();
            let mut hashes: Vec<ChangeHash> = rows.iter().map(|row| row.hash).collect();
            hashes.sort_unstable();
            Ok(hashes)
        })?)
    }

    /// Compares every row of the projection with a fresh fold of the change log, and answers the
    /// cases that differ.
    ///
    /// # Errors
    /// [`crate::GewuError::Storage`].
    pub fn verify_projection(&self) -> Answer<Vec<CaseId>> {
        Ok(self.core.wrong_projections()?)
    }

    /// The Automerge document of a case, made from what counts in its change log.
    ///
    /// # Errors
    /// [`crate::GewuError::NotFound`].
    pub fn document(&self, case: CaseId) -> Answer<Vec<u8>> {
        Ok(self.core.read(|tx| {
            let log = CaseLog::load(tx, &case)?;
            if log.root().is_none() {
                return Err(no_case(&case));
            }
            document(&log)
        })?)
    }
}

fn state_hash(tx: &Connection, packs: &Packs, case: &CaseId) -> Result<Option<Digest>> {
    let log = CaseLog::load(tx, case)?;
    let rows = log.accepted_rows();
    let view = || packs.view(log.any_root(), &rows, log.replica());
    Ok((!rows.is_empty()).then(|| state::state_hash(&rows, &view())))
}

fn differs(tx: &Connection, packs: &Packs, case: &CaseId) -> Result<bool> {
    let log = CaseLog::load(tx, case)?;
    let fresh = project::of(tx, packs, &log)?;
    let stored = cases::stored(tx, case)?;
    let question = fresh.question.map(str::to_owned);
    Ok(stored != Some((fresh.row, fresh.live, question, fresh.tags)))
}

fn document(log: &CaseLog) -> Result<Vec<u8>> {
    let mut document = automerge::AutoCommit::new();
    for (change, _) in log.iter().filter(|(change, _)| change.live) {
        let bytes = change.stored.signed.bytes.as_slice();
        let change = automerge::Change::try_from(bytes).map_err(|_| DeviceError::Damaged)?;
        document
            .apply_changes([change])
            .map_err(|_| DeviceError::Damaged)?;
    }
    Ok(document.save())
}
