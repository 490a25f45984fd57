//! Commands that devices' users signed.

use gewu_model::cbor;
use gewu_model::command::{Command, CommandRecord, Voucher};
use gewu_model::content::ContentItem;
use gewu_model::crypto::StandardSuite;
use gewu_model::entry::{Body, InstructionKind, Kind, Payload};
use gewu_model::fold::CaseView;
use gewu_model::policy::{Capacity, Standing, variant_of};
use gewu_model::time::Millis;
use gewu_sync::gate::AcceptedChange;
use gewu_sync::verdict::{CommandVerdict, Outcome};

use super::{DecideError, check_view, open};
use crate::core::bench::Bench;
use crate::core::devices::Caller;
use crate::core::link::cases_of;
use crate::core::{Core, CoreError, erasure};
use crate::store::{DeviceStatus, Tx};

impl Core {
    /// Carries out commands of a device's user. Each gets its verdict, the same one however often
    /// it comes.
    pub(in crate::core) fn commands(
        &self,
        caller: &Caller,
        commands: &[CommandRecord],
        content: &[ContentItem],
        now: Millis,
    ) -> Result<Vec<CommandVerdict>, CoreError> {
        commands
            .iter()
            .map(|record| {
                let outcome = self.command(caller, record, content, now)?;
                let command = record.digest();
                Ok(CommandVerdict { command, outcome })
            })
            .collect()
    }

    fn command(
        &self,
        caller: &Caller,
        record: &CommandRecord,
        content: &[ContentItem],
        now: Millis,
    ) -> Result<Outcome, CoreError> {
        if let Some(known) = self.read(|tx| Ok::<_, CoreError>(tx.command(record.digest())?))? {
            return Ok(known);
        }
        let mut asked = None;
        let attempt = self.write(|tx| {
            let (command, capacity) = vouched(self, tx, caller, record, now)?;
            let body = command
                .instruction_kind()
                .and_then(|kind| Body::from_cbor(kind, &command.body).ok());
            tx.hold(&cases_of(command.case, body.as_ref()))?;
            let mut bench = open(tx, command.case, now)?;
            let view = self.view(&bench.state);
            let Some(kind) = command.instruction_kind() else {
                let words = "this server does not know that instruction: update it";
                return Err(DecideError::Denied(words.into()));
            };
            let variant = body.as_ref().and_then(variant_of);
            let kind = Kind::Instruction(kind);
            self.check_seen(&bench, &view, &command)?;
            let who = (&capacity, &Standing::from(&caller.certificate));
            self.permits(&bench, who, (&kind, variant), &view)?;
            asked = Some((command.case, kind));
            if erases_elsewhere(&bench, &command)? {
                let words = "other cases name that photo too: have it erased at a console";
                return Err(DecideError::Denied(words.into()));
            }
            if command.instruction_kind() == Some(InstructionKind::Link) {
                let words = "a tie is told in both cases: have them linked at a console";
                return Err(DecideError::Denied(words.into()));
            }
            if let Some(body) = &body {
                self.check_unit_known(tx, body)?;
                self.check_meant(&bench, &view, body)?;
            }
            let decided = self.instruct(&mut bench, &view, &command, record, content)?;
            let outcome = Outcome::Done {
                instruction: decided.instruction,
            };
            let key = Some(caller.key);
            tx.add_command(record.digest(), key, command.counter, &outcome, now)?;
            Ok(outcome)
        });
        if let (
            Some((case, Kind::Instruction(InstructionKind::Close))),
            Err(DecideError::Denied(_)),
        ) = (asked, &attempt)
        {
            self.keep_draws(case, now)?;
        }
        let outcome = match attempt {
            Ok(outcome) => return Ok(outcome),
            Err(DecideError::Core(error)) => return Err(error),
            Err(DecideError::Stale { .. }) => Outcome::Stale,
            Err(refused) => Outcome::Denied {
                why: refused.to_string(),
            },
        };
        self.refuse(caller, record, outcome, now)
    }

    /// Checks that the author of a command knows how the case stands: it was given on the present view,
    /// or in expectation of the author's own command before, and nothing but that has moved the case.
    pub(in crate::core) fn check_seen(
        &self,
        bench: &Bench<'_>,
        view: &CaseView,
        command: &Command,
    ) -> Result<(), DecideError> {
        match check_view(view, command.view) {
            Err(_) if self.follows(bench, view, command) => Ok(()),
            checked => checked,
        }
    }

    fn follows(&self, bench: &Bench<'_>, view: &CaseView, command: &Command) -> bool {
        let Some(expected) = command.after else {
            return false;
        };
        let changes = &bench.state.changes;
        let asked = |change: &AcceptedChange| {
            let record = record_of(change).filter(|record| record.digest() == expected);
            let before = record.and_then(|record| record.command());
            before.is_some_and(|before| before.by == command.by && before.view == command.view)
        };
        let Some(at) = changes.iter().position(asked) else {
            return false;
        };
        let until = changes[..=at].iter().map(|change| &change.row);
        let then = self.rules().view(bench.state.root.as_ref(), until);
        then.token() == view.token()
    }

    /// Keeps a refusal, so that the same command is refused alike when its answer got lost.
    fn refuse(
        &self,
        caller: &Caller,
        record: &CommandRecord,
        outcome: Outcome,
        now: Millis,
    ) -> Result<Outcome, CoreError> {
        let signed = record.verify(&StandardSuite, &caller.certificate.key, &self.city());
        let Some(command) = record.command().filter(|_| signed) else {
            return Ok(outcome);
        };
        self.write(|tx| {
            if tx.command(record.digest())?.is_none() {
                let key = Some(caller.key);
                tx.add_command(record.digest(), key, command.counter, &outcome, now)?;
            }
            Ok(outcome)
        })
    }
}

/// Whether an erasure would take what other cases name; a signed command speaks for one case only.
fn erases_elsewhere(bench: &Bench<'_>, command: &Command) -> Result<bool, DecideError> {
    let kind = command.instruction_kind();
    match kind.map(|kind| Body::from_cbor(kind, &command.body)) {
        Some(Ok(Body::Erase(erase))) => Ok(!erasure::elsewhere(bench, &erase)?.is_empty()),
        _ => Ok(false),
    }
}

/// The command that asked for an instruction.
fn record_of(change: &AcceptedChange) -> Option<CommandRecord> {
    match change.row.entry.as_ref()?.payload.as_ref().ok()? {
        Payload::Instruction(frame, _) => cbor::from_canonical(&frame.command).ok(),
        _ => None,
    }
}

/// The command of a record that the caller's device signed, with the capacity that it claims and
/// the device's certificate gives.
fn vouched(
    core: &Core,
    tx: &dyn Tx,
    caller: &Caller,
    record: &CommandRecord,
    now: Millis,
) -> Result<(Command, Capacity), DecideError> {
    let denied = |why: &str| DecideError::Denied(why.to_owned());
    let held = &caller.certificate;
    if !matches!(&record.voucher, Voucher::Device { key, .. } if *key == caller.key)
        || !record.verify(&StandardSuite, &held.key, &core.city())
    {
        return Err(denied("the command's signature does not match"));
    }
    if caller.status != DeviceStatus::Good || !held.valid_at(now) {
        return Err(denied("this device may no longer decide: enrol it again"));
    }
    let command = record
        .command()
        .ok_or_else(|| denied("the command cannot be read"))?;
    let unit = command.unit.as_ref();
    let given = command.by == held.user
        && held.roles.contains(&command.role)
        && unit.is_none_or(|unit| held.units.contains(unit));
    let counter = i64::try_from(command.counter).is_ok()
        && tx.counter_holder(caller.key, command.counter)?.is_none();
    if !given || !counter {
        return Err(denied("the command claims what this device was not given"));
    }
    let capacity = Capacity {
        user: command.by.clone(),
        role: command.role.clone(),
        unit: command.unit.clone(),
    };
    Ok((command, capacity))
}
