//! What waits for an operator: work that comes later than the city takes it without a look, and what a
//! device sends that fell into wrong hands.

use gewu_model::change::{Limits, decode_strict};
use gewu_model::entry::Entry;
use gewu_model::fold::Written;
use gewu_model::ids::{ChangeHash, KeyId};
use gewu_model::time::Millis;
use gewu_sync::gate::Judgement;
use gewu_sync::verdict::{SetAside, Verdict};
use serde_json::{Value, json};

use super::bench::Bench;
use super::link::Tied;
use super::load::load;
use super::operators::Operator;
use super::{Core, CoreError, wrong_clock};
use crate::store::{DeviceStatus, FateKind, FateRow, LateDecision, StoreError, Tx};

impl Core {
    /// What waits for an operator, the longest waiting first, each with why.
    ///
    /// # Errors
    /// [`CoreError`] when the store cannot be read.
    pub fn late(&self) -> Result<Vec<Value>, CoreError> {
        self.read(|tx| {
            let mut shown = Vec::new();
            for row in tx.pending()? {
                shown.push(line(tx, &row)?);
            }
            Ok(shown)
        })
    }

    /// An operator decides what waits: it is taken, if nothing but its lateness or its device speaks
    /// against it, or set aside for good. The author is told either way.
    ///
    /// # Errors
    /// [`CoreError::Unknown`] when nothing of that hash waits for an operator, [`CoreError::Clock`] while
    /// the server's clock is in doubt.
    pub fn decide_late(
        &self,
        operator: &Operator,
        change: ChangeHash,
        take: bool,
        now: Millis,
    ) -> Result<Verdict, CoreError> {
        self.write(|tx| {
            wrong_clock::check(tx, now, None)?;
            let rows = tx.pending()?.into_iter();
            let row = rows
                .filter(|row| row.hash == change && row.binding)
                .find(|row| row.late || is_compromised(tx, row.signed.key));
            let row = row.ok_or(CoreError::Unknown("a change that waits for an operator"))?;
            let mut bench = Bench::new(tx, load(tx, row.case)?, now);
            let before = bench.state.changes.len();
            let judgement = match take {
                true => self.judge_with_leave(&bench, &row)?,
                // Not `Standing`, also for a device's sake: a device writes that again under its next
                // certificate, and this is the operator's last word.
                false => Judgement::SetAside(SetAside::TooLate),
            };
            let verdict = judgement.verdict();
            tx.log_late_decision(&LateDecision {
                at: now,
                user: operator.user().clone(),
                case: row.case,
                change,
                taken: matches!(judgement, Judgement::Admit(_)),
            })?;
            match judgement {
                Judgement::Admit(admitted) => {
                    self.admit(&mut bench, admitted, &row.signed)?;
                    bench.tell_taken(row.signed.key, change)?;
                }
                Judgement::SetAside(reason) => bench.end(&row, reason)?,
                // Something that it was made upon is missing, or waits itself.
                _ => {}
            }
            let caller = super::devices::sender(tx, row.sender)?;
            if let Some(caller) = caller {
                self.judge_waiting(&mut bench, &caller)?;
            }
            self.erase_late(&mut bench, before)?;
            Ok(verdict)
        })
    }

    fn judge_with_leave(&self, bench: &Bench<'_>, row: &FateRow) -> Result<Judgement, CoreError> {
        let rules = self.rules();
        let places = self.places();
        let ties = Tied::new(self, bench.tx);
        let gate = self.gate(&rules, &places, &ties, bench.now);
        let known = self.known(bench.tx, row.signed.key, row.case, bench.now)?;
        let history = super::facts::History::new(bench.tx, row.signed.key);
        let facts = known.as_ref().map(|known| known.facts(&history));
        let judgement = gate.judge_with_leave(&bench.state, facts.as_ref(), &row.signed);
        history.check()?;
        ties.check()?;
        Ok(judgement)
    }
}

impl Bench<'_> {
    /// Ends the waiting of a change: it is set aside, and its author is told.
    fn end(&mut self, row: &FateRow, reason: SetAside) -> Result<(), CoreError> {
        self.tx.put_fate(&FateRow {
            kind: FateKind::SetAside,
            reason: Some(reason.name().to_owned()),
            ..row.clone()
        })?;
        self.tx.unlist(row.signed.key, row.hash)?;
        self.state.record(&row.signed, &Judgement::SetAside(reason));
        let author = super::notices::user_of(self.tx, row.signed.key)?;
        self.tell_set_aside(author, &row.signed, reason)
    }
}

fn is_compromised(tx: &dyn Tx, key: KeyId) -> bool {
    let behind = tx.endorsement(key).ok().flatten();
    let device = behind.map_or(key, |row| row.endorsement.device);
    let device = tx.device(device).ok().flatten();
    device.is_some_and(|device| device.status == DeviceStatus::Compromised)
}

/// Why a change waits, and what it is.
fn line(tx: &dyn Tx, row: &FateRow) -> Result<Value, StoreError> {
    let why = match row.late {
        true => "late",
        false if is_compromised(tx, row.signed.key) => "compromised",
        false => "newer",
    };
    let written = decode_strict(&row.signed.bytes, &Limits::default())
        .ok()
        .and_then(|decoded| Entry::from_fields(decoded.change.body.fields().clone()).ok())
        .map(Written::from);
    let header = written.as_ref().map(|written| &written.entry.header);
    Ok(json!({
        "case": row.case,
        "change": row.hash,
        "why": why,
        "kind": header.map(|header| header.kind.name()),
        "by": header.map(|header| &header.by),
        "claimed_at": header.map(|header| header.claimed_at),
        "at": row.seen_at,
    }))
}
