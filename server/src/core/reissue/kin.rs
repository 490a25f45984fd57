//! What an author wrote more than once: the changes of which one stands for another.
//!
//! A device writes again what was set aside through no fault of its own, and what it writes may be set
//! aside as well. An entry names what it stands for. A report that was written again under another key
//! names nothing, but says the same, its text and photos by digest.

use gewu_model::entry::{Kind, Payload};
use gewu_model::ids::ChangeHash;

use crate::core::CoreError;
use crate::core::admit::entry_of;
use crate::core::load::load;
use crate::store::{FateKind, FateRow, Tx};

/// Whatever says the same as a set-aside change, in its case.
pub(super) struct Kin {
    /// What counts, written by its author.
    counts: Vec<ChangeHash>,
    /// What does not count or waits, the change itself among it, the earliest first.
    rest: Vec<Said>,
}

/// A change that is no part of its case.
struct Said {
    row: FateRow,
    replaces: Option<ChangeHash>,
    report: Option<Payload>,
}

impl Said {
    fn of(row: FateRow) -> Self {
        let written = entry_of(&row.signed);
        let replaces = written.as_ref().and_then(|it| it.entry.header.replaces);
        let payload = written.and_then(|written| written.payload.ok());
        Self {
            row,
            replaces,
            report: payload.filter(|payload| matches!(payload, Payload::Report(_))),
        }
    }

    fn stands_for(&self, other: &Self) -> bool {
        self.replaces == Some(other.row.hash)
    }

    fn is_kin(&self, other: &Self) -> bool {
        let same = self.report.is_some() && self.report == other.report;
        same || self.stands_for(other) || other.stands_for(self)
    }
}

impl Kin {
    /// What belongs to `row`.
    pub(super) fn of(tx: &dyn Tx, row: &FateRow) -> Result<Self, CoreError> {
        let fates = tx.fates(row.case)?.into_iter();
        let mut others: Vec<Said> = fates
            .filter(|fate| fate.binding || fate.kind != FateKind::SetAside)
            .map(Said::of)
            .collect();
        let mut rest = Vec::new();
        let mut new: Vec<Said> = others
            .extract_if(.., |other| other.row.hash == row.hash)
            .collect();
        while !new.is_empty() {
            let next = others
                .extract_if(.., |other| new.iter().any(|own| own.is_kin(other)))
                .collect();
            rest.append(&mut std::mem::replace(&mut new, next));
        }
        rest.sort_by_key(|said| (said.row.seen_at, said.row.signed.counter));
        let counts = load(tx, row.case)?
            .changes
            .into_iter()
            .filter_map(|change| {
                let written = change.row.entry?;
                let own = matches!(written.entry.header.kind, Kind::Field(_));
                let payload = written.payload.ok();
                let said = |said: &Said| {
                    let stands = written.entry.header.replaces == Some(said.row.hash);
                    stands || (said.report.is_some() && said.report == payload)
                };
                (own && rest.iter().any(said)).then_some(change.hash)
            });
        let counts = counts.collect();
        Ok(Self { counts, rest })
    }

    /// Why `row` is not to be issued again, if something stands for it or will.
    pub(super) fn stands_already(&self, row: &FateRow) -> Option<String> {
        const ANYWAY: &str = "to have it twice all the same, say so (--anyway)";
        if let Some(by) = self.counts.first() {
            return Some(format!(
                "its author wrote it again, and that counts, as {by}: {ANYWAY}"
            ));
        }
        let mut replaced = self.rest.iter().filter_map(|said| said.row.replaced_by);
        if let Some(by) = replaced.next() {
            return Some(format!("it was issued again already, as {by}: {ANYWAY}"));
        }
        let last = self.rest.last().filter(|said| said.row.hash != row.hash)?;
        let (by, what) = match last.row.kind {
            FateKind::SetAside => (last.row.hash, "was set aside too: issue that one again"),
            FateKind::Waiting | FateKind::Pending => {
                (last.row.hash, "is still to be judged: wait for that")
            }
        };
        Some(format!(
            "its author wrote it again, as {by}, which {what}; {ANYWAY}"
        ))
    }

    /// What was set aside and nothing stands for yet.
    pub(super) fn open(&self) -> impl Iterator<Item = ChangeHash> {
        let open = self
            .rest
            .iter()
            .filter(|said| said.row.kind == FateKind::SetAside && said.row.replaced_by.is_none());
        open.map(|said| said.row.hash)
    }
}
