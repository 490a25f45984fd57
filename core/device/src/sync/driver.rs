//! Carries out what the machine says, until it says that there is nothing left to do.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::TryLockError;
use std::thread;
use std::time::Duration;

use gewu_model::deadline::Calendar;
use gewu_model::ids::{CaseId, Digest};
use gewu_model::time::Millis;
use gewu_sync::machine::{Effect, Event, Failure, Outcome, Trigger, step};
use gewu_sync::wire::OutOfUse;

use super::apply::Wanted;
use super::http::{Traffic, Trouble};
use super::tally::Tally;
use super::wipe::{self, Ordered};
use crate::api::{CancelToken, LastSync, SyncEnd, SyncOutcome, SyncProgress, SyncReport};
use crate::error::{DeviceError, Result};
use crate::host::{LogLevel, LogLine};
use crate::sdk::{Core, count_unsent, guard, put_last_sync};
use crate::store::syncs;

/// How often a wait looks whether it was cancelled.
const TICK: Duration = Duration::from_millis(50);

/// After what time a pack that could not be had is worth another try, in milliseconds.
const PACK_REST_MS: u64 = 60_000;

/// One run of the machine, from a trigger to its end.
pub(crate) fn run(
    core: &Core,
    trigger: Trigger,
    progress: &mut dyn FnMut(SyncProgress),
    cancel: &CancelToken,
) -> Result<SyncReport> {
    core.require_consent()?;
    let identity = core.identity()?;
    let _flight = match core.flight.try_lock() {
        Ok(flight) => flight,
        // The host's own code panicked in a run; that run is over.
        Err(TryLockError::Poisoned(flight)) => flight.into_inner(),
        Err(TryLockError::WouldBlock) => {
            ask_again(core, trigger);
            return Err(DeviceError::Busy("sync"));
        }
    };
    // Whatever an earlier run left behind: none is under way but this one.
    step_machine(core, Event::Cancelled);
    core.adjust_reserve()?;
    core.remove_doomed()?;
    core.look_at_damaged()?;
    core.tidy_grids()?;
    cancel.watch(core.transport(&identity.server)?);
    let mut session = Session {
        core,
        progress,
        cancel,
        report: empty_report(),
        traffic: Traffic::default(),
        changed: BTreeSet::new(),
        wanted: BTreeMap::new(),
        useless: BTreeSet::new(),
        late_pack: None,
        tried: BTreeSet::new(),
        put_off: Vec::new(),
        refused: Vec::new(),
        damaged: 0,
        wipe: None,
        out_of_use: None,
        tally: Tally::default(),
        whole_receipts: BTreeSet::new(),
        overtaken: BTreeSet::new(),
        rules_came: false,
        patience: core.options.patience,
    };
    let ended = session.run(trigger);
    if ended.is_err() {
        // Whatever failed, the machine is left as if stopped, so that the next run can begin.
        step_machine(core, Event::Cancelled);
    }
    cancel.on_cancel(None);
    let clears = session.clears(&ended)?;
    match (session.close(ended), clears) {
        (Ok(report), Some(lost)) => wipe::clear(core, lost, report),
        // Stopped, with the server's last word that the time to deliver is over.
        (Err(_), Some(lost)) => wipe::clear(core, lost, empty_report()),
        (closed, None) => closed,
    }
}

/// The run under way makes one more round for what was saved since. A machine that rests between
/// two rounds would take the call for the beginning of a run that nobody carries out.
pub(super) fn ask_again(core: &Core, trigger: Trigger) {
    let now = monotonic(core);
    let mut machine = guard(&core.machine);
    if machine.is_running() {
        step(&mut machine, now, &mut |_| {}, Event::Trigger(trigger));
    }
}

fn step_machine(core: &Core, event: Event) -> Vec<Effect> {
    let now = monotonic(core);
    let entropy = &core.options.host.entropy;
    let mut rng = |buffer: &mut [u8]| entropy.fill(buffer);
    step(&mut guard(&core.machine), now, &mut rng, event)
}

/// Now, on the clock of the machine and the schedule.
pub(crate) fn monotonic(core: &Core) -> Millis {
    let ms = core.options.host.clock.monotonic_ms();
    Millis(i64::try_from(ms).unwrap_or(i64::MAX))
}

fn empty_report() -> SyncReport {
    SyncReport {
        outcome: SyncOutcome::Complete,
        exchanges: 0,
        sent: 0,
        accepted: 0,
        set_aside: Vec::new(),
        received: 0,
        changed: Vec::new(),
        uploaded: 0,
        small_uploaded: 0,
        photos_acknowledged: 0,
        small_acknowledged: 0,
        notices: 0,
        bytes_up: 0,
        bytes_down: 0,
        unsent: 0,
    }
}

/// One run.
pub(super) struct Session<'a> {
    pub(super) core: &'a Core,
    pub(super) progress: &'a mut dyn FnMut(SyncProgress),
    pub(super) cancel: &'a CancelToken,
    pub(super) report: SyncReport,
    pub(super) traffic: Traffic,
    pub(super) changed: BTreeSet<CaseId>,
    pub(super) wanted: BTreeMap<Digest, Wanted>,
    /// Packs that were fetched in vain in this run.
    pub(super) useless: BTreeSet<Digest>,
    /// Why one of them could not be had.
    pub(super) late_pack: Option<Failure>,
    /// Files whose upload was tried in this run.
    pub(super) tried: BTreeSet<Digest>,
    /// Files that could not go up, to be answered for when the others have.
    pub(super) put_off: Vec<(Digest, Trouble)>,
    /// Why the server would not have files, in its words.
    pub(super) refused: Vec<String>,
    /// Files that turned out to be damaged in this run.
    pub(super) damaged: usize,
    /// That the centre wants the device cleared.
    pub(super) wipe: Option<Ordered>,
    /// What the server says of this device's standing.
    pub(super) out_of_use: Option<OutOfUse>,
    pub(super) tally: Tally,
    /// Cases whose receipt is wanted whole.
    pub(super) whole_receipts: BTreeSet<CaseId>,
    /// Cases begun here under rules that had been replaced, as this run was told.
    pub(super) overtaken: BTreeSet<CaseId>,
    /// Whether a pack came since the last exchange.
    pub(super) rules_came: bool,
    patience: Duration,
}

/// How the machine left off.
pub(super) enum End {
    Outcome(Outcome),
    Later { in_ms: u64, why: Failure },
}

impl Session<'_> {
    fn run(&mut self, trigger: Trigger) -> Result<End> {
        let mut event = Event::Trigger(trigger);
        loop {
            let mut next = None;
            for effect in step_machine(self.core, event) {
                match effect {
                    Effect::SetClockOffset { ms } => self.core.shift_clock(ms)?,
                    Effect::Done(outcome) => return Ok(self.done(outcome)),
                    Effect::Wait { until, why } => match self.wait(until) {
                        Some(event) => next = Some(event),
                        None => return Ok(self.later(until, why)),
                    },
                    effect => next = Some(self.carry_out(effect)?),
                }
            }
            match next {
                Some(next) => event = next,
                None => return Ok(End::Outcome(self.resting())),
            }
        }
    }

    /// All that could be done is done, unless a pack is still to come.
    fn done(&mut self, outcome: Outcome) -> End {
        match (outcome, self.late_pack.take()) {
            (Outcome::Complete, Some(why)) => End::Later {
                in_ms: why.retry_after_ms().max(PACK_REST_MS),
                why,
            },
            (outcome, _) => End::Outcome(outcome),
        }
    }

    /// Why the machine has nothing to do: it rests until a person asks.
    fn resting(&self) -> Outcome {
        let stopped = guard(&self.core.machine).stopped().cloned();
        stopped.map_or(Outcome::Cancelled, Outcome::Stopped)
    }

    fn carry_out(&mut self, effect: Effect) -> Result<Event> {
        if self.cancel.is_cancelled() {
            return Ok(Event::Cancelled);
        }
        let done = match effect {
            Effect::Exchange => self.exchange().map(Event::Exchanged),
            Effect::DownloadPack(digest) => self.download(&digest).map(|()| Event::PackStored),
            Effect::Upload => self.upload().map(|more| Event::Uploaded { more }),
            _ => return Ok(Event::Cancelled),
        };
        match done {
            Ok(event) => Ok(event),
            Err(Trouble::Failed(Failure::Cancelled)) => Ok(Event::Cancelled),
            Err(Trouble::Failed(failure)) => Ok(Event::Failed(failure)),
            Err(Trouble::Error(error)) => Err(error),
        }
    }

    /// Waits as far as patience goes; `None` when it does not go that far.
    fn wait(&mut self, until: Millis) -> Option<Event> {
        let ms = u64::try_from(until.since(monotonic(self.core))).unwrap_or(0);
        let span = Duration::from_millis(ms);
        self.patience = self
            .patience
            .checked_sub(span.max(Duration::from_millis(1)))?;
        (self.progress)(SyncProgress::Waiting { ms });
        self.core
            .log_line(LogLine::new(LogLevel::Info, "sync", "waits").with("ms", &ms));
        while monotonic(self.core) < until && !self.cancel.is_cancelled() {
            thread::sleep(TICK.min(span));
        }
        Some(Event::Trigger(Trigger::Timer))
    }

    fn later(&self, until: Millis, why: Failure) -> End {
        let in_ms = u64::try_from(until.since(monotonic(self.core))).unwrap_or(0);
        End::Later { in_ms, why }
    }

    /// Keeps and reports how the run went.
    fn close(mut self, ended: Result<End>) -> Result<SyncReport> {
        let end = match ended {
            Ok(end) => end,
            Err(error) => {
                let past = self.past(SyncEnd::Failed, None);
                // What failed is told; a disk that refuses this line too adds nothing to that.
                let _ = self.core.write(|tx| syncs::put(tx, &past));
                return Err(error);
            }
        };
        let past = self.past_of(&end);
        self.core.tidy_grids()?;
        self.core.adjust_reserve()?;
        let (outcome, error) = match end {
            End::Outcome(Outcome::Complete) => (self.complete(), None),
            End::Outcome(Outcome::Cancelled) => (SyncOutcome::Cancelled, None),
            End::Outcome(Outcome::Stopped(failure)) => {
                let why = failure.to_string();
                (SyncOutcome::Stopped { why }, Some(failure))
            }
            End::Later { in_ms, why } => {
                let why = why.to_string();
                (SyncOutcome::Later { in_ms, why }, None)
            }
        };
        self.report.outcome = outcome.clone();
        self.report.changed = std::mem::take(&mut self.changed).into_iter().collect();
        self.report.bytes_up = self.traffic.up;
        self.report.bytes_down = self.traffic.down;
        let at = self.core.options.host.clock.now();
        self.report.unsent = self.core.write(|tx| {
            put_last_sync(tx, &LastSync { at, outcome })?;
            syncs::put(tx, &past)?;
            count_unsent(tx)
        })?;
        match error {
            Some(failure) => Err(DeviceError::Exchange(failure)),
            None => Ok(self.report),
        }
    }
}

impl Session<'_> {
    /// Nothing is left to do; unless the device was taken out of use or a file did not go up, which somebody
    /// has to see to. What is damaged is said once here, and in the status for as long as it is.
    fn complete(&self) -> SyncOutcome {
        let why = match (self.out_of_use, self.refused.as_slice(), self.damaged) {
            (Some(standing), ..) => standing_words(standing),
            (None, [], 0) => return SyncOutcome::Complete,
            (None, [], damaged) => format!(
                "files on this device are damaged and were not sent ({damaged}): keep its folder for rescue, status names them"
            ),
            (None, [why, ..], _) => {
                format!("the server refused files ({}): {why}", self.refused.len())
            }
        };
        SyncOutcome::Stopped { why }
    }
}

/// What it means to be out of use, and what to do.
fn standing_words(standing: OutOfUse) -> String {
    let until = standing.until.map(|until| {
        let offset = Calendar::shipped().offset();
        format!(" until {}", offset.write(until))
    });
    match standing.compromised {
        false => format!(
            "the centre retired this device: it is told nothing new, and what it sends is taken{}; everything on it is kept and can be read until somebody signs out, and a fresh code puts it in use again",
            until.unwrap_or_default()
        ),
        true => "the centre marked this device as compromised: it is told nothing, the cases that it was given are taken off it, and what was written on it waits for an operator; what it has not delivered is kept: ask the centre for a code for another device".to_owned(),
    }
}
