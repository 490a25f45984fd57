//! Erasure reaches the device: by an instruction, by the server's verdicts, or, for a citizen, by the
//! public status.

use std::collections::BTreeSet;

use gewu_model::case::row;
use gewu_model::entry::{Body, Erase, Payload};
use gewu_model::ids::{CaseId, Digest};
use gewu_model::media::EvidenceRecord;

use super::pull::Checked;
use super::{Applied, Applying};
use crate::error::Result;
use crate::store::{cards, content, erased, media};
use crate::write::CaseLog;

impl Applying<'_> {
    /// What the instructions among newly taken changes erase. The server's own signature was
    /// checked.
    pub(super) fn erasures(
        &self,
        case: &CaseId,
        checked: &[Checked<'_>],
        applied: &mut Applied,
    ) -> Result<()> {
        let server = self.identity().server_key.id();
        let theirs = checked
            .iter()
            .filter(|change| change.pulled.signed.key == server);
        let erases: Vec<Erase> = theirs.filter_map(erase_of).collect();
        if erases.is_empty() {
            return Ok(());
        }
        let records = records(&CaseLog::load(self.tx, case)?);
        for erase in &erases {
            let files: Vec<Digest> = erase.takes(&records).into_iter().collect();
            self.entomb(case, &files, applied)?;
            self.entomb(case, &erase.texts, applied)?;
        }
        Ok(())
    }

    /// What the server would not take, because it was erased.
    pub(super) fn told_erased(&self, applied: &mut Applied) -> Result<()> {
        for digest in self.block.erased.iter().flatten() {
            let of_file = media::find(self.tx, digest)?.map(|file| file.case);
            let case = match of_file {
                Some(case) => Some(case),
                None => match content::case_of(self.tx, digest)? {
                    Some(case) => Some(case),
                    None => cards::case_of(self.tx, digest)?,
                },
            };
            // Nothing of it is here any more.
            let Some(case) = case else { continue };
            applied.receipts += 1;
            self.entomb(&case, &[*digest], applied)?;
        }
        Ok(())
    }

    pub(super) fn entomb(
        &self,
        case: &CaseId,
        digests: &[Digest],
        applied: &mut Applied,
    ) -> Result<()> {
        let mut touched = BTreeSet::new();
        for digest in digests {
            // The same photo may stand in another case of this device's.
            touched.extend(media::find(self.tx, digest)?.map(|file| file.case));
            touched.extend(content::case_of(self.tx, digest)?);
            touched.extend(cards::case_of(self.tx, digest)?);
            if erased::entomb(self.tx, case, digest)? {
                touched.insert(*case);
            }
        }
        applied.progress |= !touched.is_empty();
        applied.changed.extend(touched);
        Ok(())
    }
}

fn erase_of(change: &Checked<'_>) -> Option<Erase> {
    let written = row(&change.decoded).ok()?.entry?;
    match written.payload.ok()? {
        Payload::Instruction(_, Body::Erase(erase)) => Some(erase),
        _ => None,
    }
}

fn records(log: &CaseLog) -> Vec<EvidenceRecord> {
    let payloads = log
        .iter()
        .filter_map(|(_, row)| row.entry.as_ref()?.payload.as_ref().ok());
    payloads.flat_map(Payload::photos).cloned().collect()
}
