//! What rules and timers at the centre do: direct dispatch (点对点直派), filing, resuming, and what was
//! settled on the spot.
//!
//! What is to be done in a case is [`Policy::due`]'s to say; here it is asked and carried out. With
//! every accepted entry, and in its transaction, the case gets the time at which services have to look
//! at it again. [`Core::run_services`] takes the cases whose time has come, each in a transaction of
//! its own: ask again, write the instruction, note the next time. So whatever happens between two of
//! them, an instruction is given once or not yet, and it makes no difference how often or from how many
//! places this is called.

use gewu_model::content::ContentItem;
use gewu_model::crypto::sha256_parts;
use gewu_model::deadline::Calendar;
use gewu_model::entry::{Body, FieldKind};
use gewu_model::fold::{CaseView, EntryView};
use gewu_model::ids::{CaseId, ChangeHash, Digest, UnitId};
use gewu_model::policy::{Act, Capacity, Due, Moment, Policy, Service, Whereabouts};
use gewu_model::time::Millis;
use serde::Serialize;
use serde_json::{Value, json};

use super::bench::Bench;
use super::clocks::received;
use super::decide::{DecideError, attested, open};
use super::grids::GRID;
use super::link::cases_of;
use super::load::rows;
use super::nearest::nearest;
use super::packs::CALENDAR;
use super::spot::not_drawn;
use super::{Core, CoreError};
use crate::seam::random;
use crate::store::{DueRow, StoreError, Tx};

/// The role in which services ask for instructions.
const SERVICE: &str = "service";
/// The most instructions of one run; the next goes on.
const MOST: usize = 500;
/// How many due cases are looked up at once.
const BATCH: u32 = 50;
/// When a case is looked at again that could not be read or written.
const LATER_MS: i64 = 600_000;
/// The most rows that are listed.
const LISTED: u32 = 1_000;

/// An instruction that a service gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Served {
    /// The case.
    pub case: CaseId,
    /// Which service.
    pub service: &'static str,
    /// What it gave.
    pub kind: &'static str,
    /// The instruction.
    pub instruction: ChangeHash,
}

/// An instruction that a service was not let give.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// The case.
    pub case: CaseId,
    /// Why.
    pub why: String,
}

/// What services did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Ran {
    /// Instructions that were given.
    pub done: Vec<Served>,
    /// Instructions that were refused. They are not tried again before the case's next entry.
    pub refused: Vec<Refused>,
    /// When something is due next.
    pub next_at: Option<Millis>,
}

impl Core {
    /// Does what services have to do now, 500 instructions at the most.
    ///
    /// # Errors
    /// [`CoreError`] when the store cannot be read or written. What was done until then stands.
    pub fn run_services(&self, now: Millis) -> Result<Ran, CoreError> {
        self.check_clock(now)?;
        let mut ran = Ran::default();
        while ran.done.len() < MOST {
            let due = self.read(|tx| Ok::<_, CoreError>(tx.due_cases(now, BATCH)?))?;
            if due.is_empty() {
                break;
            }
            for case in due {
                self.serve(case, now, &mut ran)?;
            }
        }
        ran.next_at = self.read(|tx| Ok::<_, CoreError>(tx.next_due(now)?))?;
        Ok(ran)
    }

    /// What waits for its time, and what was refused.
    ///
    /// # Errors
    /// [`CoreError`] when the store cannot be read.
    pub fn services(&self) -> Result<Vec<Value>, CoreError> {
        self.read(|tx| {
            let rows = tx.service_rows(LISTED)?.into_iter();
            let line = |(case, row): (CaseId, DueRow)| {
                json!({ "case": case, "at": row.at, "why": row.why })
            };
            Ok(rows.map(line).collect())
        })
    }

    /// Does what is due in one case, and notes what came of it.
    fn serve(&self, case: CaseId, now: Millis, ran: &mut Ran) -> Result<(), CoreError> {
        let refused = match self.serve_once(case, now) {
            Ok(served) => {
                ran.done.extend(served);
                return Ok(());
            }
            Err(refused) => refused,
        };
        let (at, why) = match &refused {
            DecideError::Core(error) => (Some(now.plus(LATER_MS)), error.to_string()),
            refused => (None, refused.to_string()),
        };
        let row = DueRow {
            at,
            why: Some(why.clone()),
        };
        self.write(|tx| Ok::<_, CoreError>(tx.put_service_row(case, &row)?))?;
        ran.refused.push(Refused { case, why });
        Ok(())
    }

    fn serve_once(&self, case: CaseId, now: Millis) -> Result<Option<Served>, DecideError> {
        self.write(|tx| {
            tx.hold(&cases_of(case, None))?;
            let mut bench = open(tx, case, now)?;
            let view = self.view(&bench.state);
            // A map may have been published since the case came.
            self.place(&bench, &view)?;
            match self.keep_due(&bench, &view)? {
                Due::Now(act) => self.carry_out(&mut bench, &view, *act).map(Some),
                _ => Ok(None),
            }
        })
    }

    /// Says what services have to do in the case, and keeps when.
    pub(super) fn keep_due(&self, bench: &Bench<'_>, view: &CaseView) -> Result<Due, CoreError> {
        let drawn = self.is_drawn(bench, view)?;
        let rules = self.rules();
        let policy = rules.pinned(bench.state.root.as_ref(), rows(&bench.state));
        let due = match policy {
            Some(policy) if !policy.services().is_empty() => {
                let calendar = rules.calendars.of(policy.clocks()).ok();
                self.ask(bench, view, (policy, calendar.map(AsRef::as_ref)), drawn)?
            }
            _ => Due::Nothing,
        };
        let at = match &due {
            Due::Now(_) => Some(bench.now),
            Due::At(at) => Some(*at),
            Due::Nothing => None,
        };
        bench
            .tx
            .put_service_row(bench.state.case, &DueRow { at, why: None })?;
        Ok(due)
    }

    fn ask(
        &self,
        bench: &Bench<'_>,
        view: &CaseView,
        (policy, calendar): (&Policy, Option<&Calendar>),
        drawn: bool,
    ) -> Result<Due, CoreError> {
        let placed = policy.services().iter().any(|rule| !rule.areas.is_empty());
        let place = match placed {
            true => self.whereabouts(bench.tx, bench.state.case, view)?,
            false => Whereabouts::default(),
        };
        Ok(policy.due(&Moment {
            view,
            place: &place,
            drawn,
            received: &received(&bench.state),
            calendar,
            now: bench.now,
        }))
    }

    /// Gives the instruction, on the server's own word that the service asked for it.
    fn carry_out(
        &self,
        bench: &mut Bench<'_>,
        view: &CaseView,
        act: Act,
    ) -> Result<Served, DecideError> {
        let Act { service, body } = act;
        self.check_receiver(bench.tx, service, &body)?;
        let (body, content) = self.explained(bench, view, body)?;
        let kind = body.kind();
        let who = Capacity {
            user: service.name().into(),
            role: SERVICE.into(),
            unit: None,
        };
        let (command, record) = attested(bench, view, &body, who, session(service))?;
        let decided = self.instruct(bench, view, &command, &record, &content)?;
        Ok(Served {
            case: bench.state.case,
            service: service.name(),
            kind: kind.name(),
            instruction: decided.instruction,
        })
    }

    /// Refuses to send a case to a unit that nobody here has heard of: it would lie there unseen, and a
    /// service cannot be asked whether it is meant. Where no unit is known at all, a city is being set up.
    fn check_receiver(
        &self,
        tx: &dyn Tx,
        service: Service,
        body: &Body,
    ) -> Result<(), DecideError> {
        let Body::Dispatch(dispatch) = body else {
            return Ok(());
        };
        let known = self.known_units(tx)?;
        match known.is_empty() || known.contains(&dispatch.lead) {
            true => Ok(()),
            false => Err(DecideError::Invalid(format!(
                "the service {} sends to {}, and no unit is called so here; there is {}",
                service.name(),
                dispatch.lead,
                nearest(dispatch.lead.as_str(), known.iter().map(UnitId::as_str)).join(", ")
            ))),
        }
    }

    /// Has services look anew at open cases when a unit comes to be known: what was refused for want of it
    /// may be done now.
    pub(super) fn wake_for(&self, tx: &dyn Tx, units: &[UnitId]) -> Result<(), CoreError> {
        let known = self.known_units(tx)?;
        match units.iter().all(|unit| known.contains(unit)) {
            true => Ok(()),
            false => Ok(tx.wake_services(Millis(0))?),
        }
    }

    /// A close says with it that the case was not drawn, so that its signed history proves it. Of one that was, the
    /// checks are what says why.
    fn explained(
        &self,
        bench: &Bench<'_>,
        view: &CaseView,
        body: Body,
    ) -> Result<(Body, Vec<ContentItem>), DecideError> {
        let drawn = bench.tx.draw(bench.state.case)?;
        let share = self.spot_check_share(bench.tx, &bench.state, view)?;
        // Where somebody checked it, that is why it is closed.
        let checked = |entry: &EntryView| entry.kind == FieldKind::Check.name();
        let unchecked = !view.entries.iter().any(checked);
        let drawn = drawn.filter(|row| unchecked && !row.draw.is_drawn(share));
        let (Body::Close(mut close), Some(row)) = (body.clone(), drawn) else {
            return Ok((body, vec![]));
        };
        let item = ContentItem::new(&not_drawn(&row, share), random(&*self.entropy))
            .map_err(|error| DecideError::Invalid(error.to_string()))?;
        close.note = Some(item.digest());
        Ok((Body::Close(close), vec![item]))
    }
}

/// Has services look anew at open cases for a pack of a kind that makes a difference to them: what
/// could not be reckoned or placed before may be now. Whoever publishes one does this twice. With the
/// pack, lest a server that goes down forget it; and when the pack is in force, because what was
/// looked at in between went by the packs before.
pub(super) fn wake(tx: &dyn Tx, kind: &str) -> Result<(), CoreError> {
    match [CALENDAR, GRID].contains(&kind) {
        true => Ok(tx.wake_services(Millis(0))?),
        false => Ok(()),
    }
}

/// In the place of a console's session, by which the server attests a command.
fn session(service: Service) -> Digest {
    sha256_parts(&[b"gewu.service.v1\0", service.name().as_bytes()])
}

/// When services look at a case again, for operators.
pub(super) fn waiting(tx: &dyn Tx, case: CaseId) -> Result<Value, StoreError> {
    let row = tx.service_row(case)?;
    Ok(row.map_or(Value::Null, |row| json!({ "at": row.at, "why": row.why })))
}
