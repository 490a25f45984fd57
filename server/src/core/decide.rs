//! From a command to an instruction, under the case's lock.
//!
//! The write transaction is the lock: between the check of the view and the new instruction nothing
//! can come in. The instruction is written by the server's key, carries the command that asked for
//! it, depends on everything accepted so far, and goes through the gate like every other change.

use std::collections::BTreeMap;

use gewu_model::command::{Command, CommandRecord};
use gewu_model::content::ContentItem;
use gewu_model::entry::{Body, Convert, File, InstructionKind, Kind, Reopen};
use gewu_model::fold::{CaseView, Stage};
use gewu_model::ids::{CaseId, ChangeHash, Digest};
use gewu_model::policy::{Capacity, Denied, Standing, variant_of};
use gewu_model::time::Millis;

use super::bench::Bench;
use super::care::Anyway;
use super::generation::next_number;
use super::link::cases_of;
use super::load::load;
use super::operators::Operator;
use super::{Core, CoreError, erasure, generation, requests, wrong_clock};
use crate::store::{StoreError, Tx};

mod command;
mod foreign;
mod refusal;
mod write;

use foreign::foreign;

/// What an operator at a console decides.
#[derive(Debug, Clone)]
pub struct Decision {
    /// The case.
    pub case: CaseId,
    /// The view that the operator saw.
    pub view: Digest,
    /// The instruction. A file's task number is minted by the server, whatever stands there.
    pub body: Body,
    /// The texts that the body names.
    pub content: Vec<ContentItem>,
}

/// What came of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decided {
    /// The instruction.
    pub instruction: ChangeHash,
    /// The view with it.
    pub view: Digest,
}

/// Why no instruction was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecideError {
    /// No such case.
    #[error("the case is not known here")]
    UnknownCase,
    /// Something came in since the decider looked.
    #[error("the case has moved since you looked at it: look again and decide anew")]
    Stale {
        /// The present view.
        view: Digest,
    },
    /// Not the decider's to decide, or not now.
    #[error("{0}")]
    Denied(String),
    /// The instruction is out of bounds or a text is missing.
    #[error("{0}")]
    Invalid(String),
    /// The server failed.
    #[error(transparent)]
    Core(#[from] CoreError),
}

impl From<StoreError> for DecideError {
    fn from(error: StoreError) -> Self {
        Self::Core(error.into())
    }
}

impl Core {
    /// Writes the instruction that an operator at a console decided on.
    ///
    /// # Errors
    /// [`DecideError`] says why there is none.
    pub fn decide(
        &self,
        operator: &Operator,
        decision: &Decision,
        now: Millis,
    ) -> Result<Decided, DecideError> {
        self.decide_anyway(operator, decision, Anyway::UNASKED, now)
    }

    /// Writes the instruction that an operator at a console decided on, who was asked about what is
    /// unusual in it.
    ///
    /// # Errors
    /// [`DecideError`] says why there is none.
    pub fn decide_anyway(
        &self,
        operator: &Operator,
        decision: &Decision,
        anyway: Anyway,
        now: Millis,
    ) -> Result<Decided, DecideError> {
        let decided = self.write(|tx| {
            wrong_clock::check(tx, now, None)?;
            tx.hold(&cases_of(decision.case, Some(&decision.body)))?;
            let mut bench = open(tx, decision.case, now)?;
            let view = self.view(&bench.state);
            let kind = Kind::Instruction(decision.body.kind());
            let variant = variant_of(&decision.body);
            let capacity = || {
                let found = self.capacity(operator, &bench, (&kind, variant), &view);
                match found {
                    Err(DecideError::Denied(_))
                        if !self.has_a_part(operator, &bench, &kind, &view)? =>
                    {
                        Err(foreign())
                    }
                    found => found,
                }
            };
            // Before the policy: who decides on an old view is told that, not what the new one bars. Whoever may
            // not read the case at their console does not learn in this way that it moved.
            if let Err(stale) = check_view(&view, decision.view) {
                return match operator.is_centre() {
                    true => Err(stale),
                    false => capacity().and(Err(stale)),
                };
            }
            let capacity = capacity()?;
            self.check_other(operator, &bench, &decision.body)?;
            self.check_console(&bench, &view, &decision.body, anyway)?;
            self.check_meant(&bench, &view, &decision.body)?;
            let (command, record) =
                attested(&bench, &view, &decision.body, capacity, operator.session())?;
            let elsewhere = match &decision.body {
                Body::Erase(erase) => erasure::elsewhere(&bench, erase)?,
                _ => BTreeMap::new(),
            };
            let decided = self.instruct(&mut bench, &view, &command, &record, &decision.content)?;
            self.erase_elsewhere(tx, operator, decision, &elsewhere, now)?;
            self.link_back(&bench, operator, (&decision.body, &decision.content))?;
            Ok::<_, DecideError>(decided)
        });
        if let (Body::Close(_), Err(DecideError::Denied(_))) = (&decision.body, &decided) {
            self.keep_draws(decision.case, now)?;
        }
        let decided = decided?;
        self.bury()?;
        Ok(decided)
    }

    /// The capacity in which an operator may do this; the first that the policy permits.
    pub(super) fn capacity(
        &self,
        operator: &Operator,
        bench: &Bench<'_>,
        kind: (&Kind, Option<&str>),
        view: &CaseView,
    ) -> Result<Capacity, DecideError> {
        let mut refused: Option<(Denied, String)> = None;
        let others = match kind {
            (Kind::Instruction(InstructionKind::Repin), _) => self.may_give_back(bench)?,
            _ => Vec::new(),
        };
        for capacity in operator.capacities() {
            let who = (&capacity, &Standing::default());
            let Some(refusal) = self.refusal(bench, who, kind, view)? else {
                return Ok(capacity);
            };
            let rules = self.rules();
            for other in others.iter().filter_map(|other| rules.policies.get(other)) {
                if self.refusal_by(other, bench, who, kind, view)?.is_none() {
                    return Ok(capacity);
                }
            }
            // A role that may do it, though not now, says more than one that never may.
            if refused.as_ref().is_none_or(|(why, _)| {
                *why == Denied::NotYours || why.is_of_whom() && !refusal.0.is_of_whom()
            }) {
                refused = Some(refusal);
            }
        }
        let words = refused.map_or_else(|| "you have no role here".into(), |(_, words)| words);
        Err(DecideError::Denied(words))
    }

    pub(super) fn permits(
        &self,
        bench: &Bench<'_>,
        who: (&Capacity, &Standing),
        kind: (&Kind, Option<&str>),
        view: &CaseView,
    ) -> Result<(), DecideError> {
        match self.refusal(bench, who, kind, view)? {
            Some((_, words)) => Err(DecideError::Denied(words)),
            None => Ok(()),
        }
    }

    /// Writes the instruction that `command` asks for, once whoever asks was found to be permitted.
    pub(super) fn instruct(
        &self,
        bench: &mut Bench<'_>,
        view: &CaseView,
        command: &Command,
        record: &CommandRecord,
        content: &[ContentItem],
    ) -> Result<Decided, DecideError> {
        self.check_seen(bench, view, command)?;
        let kind = command.instruction_kind();
        let kind = kind.ok_or_else(|| DecideError::Invalid("unknown instruction".into()))?;
        let body = Body::from_cbor(kind, &command.body)
            .map_err(|error| DecideError::Invalid(error.to_string()))?;
        if let Body::Erase(erase) = &body {
            erasure::check(bench, erase)?;
        }
        match &body {
            Body::Link(link) => self.check_link(bench, link)?,
            Body::Correct(correct) => self.check_correct(bench, view, correct)?,
            _ => {}
        }
        self.check_changes(bench, view, &body)?;
        requests::check(bench, view, &body)?;
        check_supervised(&body, view)?;
        self.check_sent(bench, &body, view)?;
        self.check_asked(bench, &body, view)?;
        self.check_drawn(bench, &body, view)?;
        let body = self.placed(bench, command, body, view)?;
        self.check_given(bench, command, &body, view)?;
        let body = self.completed(bench, self.passed_on(bench, command, body, view))?;
        let body = self.named(bench, view, body);
        // After the request is named: more time that comes too late is given only to one made in time.
        self.check_time(bench, &body, view)?;
        let body = self.minted(bench, body, view)?;
        store_texts(bench, &body, content)?;
        let instruction = self.write_instruction(bench, view, &body, record)?;
        self.untie_after(bench, command, &body)?;
        let view = self.view(&bench.state).token();
        Ok(Decided { instruction, view })
    }

    /// The body with the task number of a case that it files: by `file`, or because a case that never was
    /// is opened again or converted. A number stays the case's.
    fn minted(&self, bench: &Bench<'_>, body: Body, view: &CaseView) -> Result<Body, DecideError> {
        let new = || match view.task_number {
            None => self.task_number(bench).map(Some),
            Some(_) => Ok(None),
        };
        Ok(match body {
            Body::File(file) => Body::File(File {
                task_number: self.task_number(bench)?,
                ..file
            }),
            Body::Reopen(reopen) => Body::Reopen(Reopen {
                task_number: new()?,
                ..reopen
            }),
            Body::Convert(convert) => Body::Convert(Convert {
                task_number: new()?,
                ..convert
            }),
            body => body,
        })
    }

    /// A new task number: the city's date, a running number, and after a restore a mark of the
    /// generation, so that no number is given twice.
    fn task_number(&self, bench: &Bench<'_>) -> Result<String, DecideError> {
        let day = city_day(bench.now, self.settings.utc_offset_minutes);
        let generation = generation::current(bench.tx)?;
        let number = next_number(bench.tx, &format!("task:{generation}:{day}"))?;
        let mark = match generation >> 32 {
            1 => String::new(),
            restores => format!("-{restores:x}{:04x}", generation & 0xffff),
        };
        Ok(format!("{day}-{number:05}{mark}"))
    }
}

/// The command that somebody without a key of their own asked for, with the server's word that this
/// session did.
pub(super) fn attested(
    bench: &Bench<'_>,
    view: &CaseView,
    body: &Body,
    who: Capacity,
    session: Digest,
) -> Result<(Command, CommandRecord), StoreError> {
    let command = Command {
        case: bench.state.case,
        view: view.token(),
        kind: body.kind().name().to_owned(),
        body: body.to_cbor(),
        by: who.user,
        role: who.role,
        unit: who.unit,
        claimed_at: bench.now,
        counter: next_number(bench.tx, "console_counter")?,
        after: None,
    };
    let record = CommandRecord::attest(session, &command);
    Ok((command, record))
}

pub(super) fn check_view(view: &CaseView, seen: Digest) -> Result<(), DecideError> {
    match view.token() {
        token if token == seen => Ok(()),
        view => Err(DecideError::Stale { view }),
    }
}

/// Refuses to press anybody for what is void: nobody is to do anything there.
fn check_supervised(body: &Body, view: &CaseView) -> Result<(), DecideError> {
    match (body, view.stage) {
        (Body::Supervise(_), Stage::Void) => Err(DecideError::Denied(
            "the case is void, so there is nothing to press anybody for: open it again first"
                .into(),
        )),
        _ => Ok(()),
    }
}

pub(super) fn open(tx: &dyn Tx, case: CaseId, now: Millis) -> Result<Bench<'_>, DecideError> {
    let state = load(tx, case)?;
    if state.changes.is_empty() {
        return Err(DecideError::UnknownCase);
    }
    Ok(Bench::new(tx, state, now))
}

fn store_texts(bench: &Bench<'_>, body: &Body, content: &[ContentItem]) -> Result<(), DecideError> {
    for digest in body.content() {
        let item = content.iter().find(|item| item.digest() == digest);
        if let Some(item) = item {
            gewu_model::content::check_text(&item.text)
                .map_err(|error| DecideError::Invalid(error.to_string()))?;
            bench.tx.add_content(bench.state.case, item)?;
        } else if !bench.tx.has_content(bench.state.case, digest)? {
            return Err(DecideError::Invalid(
                "a text that it names is missing".into(),
            ));
        }
    }
    Ok(())
}

/// The date in the city as `yyyymmdd`.
fn city_day(now: Millis, utc_offset_minutes: i32) -> String {
    let local = now.plus(i64::from(utc_offset_minutes) * 60_000);
    let date = chrono::DateTime::from_timestamp_millis(local.0).unwrap_or_default();
    date.format("%Y%m%d").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_is_the_city_s() {
        let late_evening_utc = Millis(1_763_913_600_000); // 2025-11-23T16:00:00Z
        assert_eq!(city_day(late_evening_utc, 0), "20251123");
        assert_eq!(city_day(late_evening_utc, 480), "20251124");
    }
}
