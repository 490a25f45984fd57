//! Carries out what the machine says, until it says that there is nothing left to do.

use std::collections::{BTreeMap, BTreeSet};
use std::thread;
use std::time::Duration;

use gewu_model::cbor;
use gewu_model::crypto::StandardSuite;
use gewu_model::ids::{CaseId, Digest};
use gewu_model::time::Millis;
use gewu_sync::machine::{Effect, Event, Exchanged, Failure, Outcome, Trigger, step};
use gewu_sync::wire::{CONTENT_TYPE, Response};

use super::apply::{Applied, Applying, Wanted};
use super::build::{Outgoing, build};
use super::download::download_pack;
use super::http::{Traffic, Trouble, is_cbor, send_signed};
use super::upload::Upload;
use crate::api::{CancelToken, LastSync, SyncOutcome, SyncProgress, SyncReport};
use crate::error::{DeviceError, Result};
use crate::host::{HttpRequest, LogLevel, LogLine, Method};
use crate::sdk::{Core, count_unsent, guard, put_last_sync};
use crate::store::media::{self, FileState, StoredFile};
use crate::store::meta;

/// How often a wait looks whether it was cancelled.
const TICK: Duration = Duration::from_millis(50);

/// One run of the machine, from a trigger to its end.
pub(crate) fn run(
    core: &Core,
    trigger: Trigger,
    progress: &mut dyn FnMut(SyncProgress),
    cancel: &CancelToken,
) -> Result<SyncReport> {
    core.require_consent()?;
    let identity = core.identity()?;
    let Ok(_flight) = core.flight.try_lock() else {
        // The run under way makes one more round for what was saved since.
        step_machine(core, Event::Trigger(trigger));
        return Err(DeviceError::Busy("sync"));
    };
    cancel.watch(Some(core.transport(&identity.server)?));
    let mut session = Session {
        core,
        progress,
        cancel,
        report: empty_report(),
        traffic: Traffic::default(),
        changed: BTreeSet::new(),
        wanted: BTreeMap::new(),
        useless: BTreeSet::new(),
        tried: BTreeSet::new(),
        patience: core.options.patience,
    };
    let ended = session.run(trigger);
    cancel.watch(None);
    session.close(ended)
}

fn step_machine(core: &Core, event: Event) -> Vec<Effect> {
    let now = monotonic(core);
    let entropy = &core.options.host.entropy;
    let mut rng = |buffer: &mut [u8]| entropy.fill(buffer);
    step(&mut guard(&core.machine), now, &mut rng, event)
}

fn monotonic(core: &Core) -> Millis {
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
        photos_acknowledged: 0,
        notices: 0,
        bytes_up: 0,
        bytes_down: 0,
        unsent: 0,
    }
}

struct Session<'a> {
    core: &'a Core,
    progress: &'a mut dyn FnMut(SyncProgress),
    cancel: &'a CancelToken,
    report: SyncReport,
    traffic: Traffic,
    changed: BTreeSet<CaseId>,
    wanted: BTreeMap<Digest, Wanted>,
    /// Packs that were fetched in vain in this run.
    useless: BTreeSet<Digest>,
    /// Files whose upload was tried in this run.
    tried: BTreeSet<Digest>,
    patience: Duration,
}

/// How the machine left off.
enum End {
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
                    Effect::SetClockOffset { ms } => self.shift_clock(ms)?,
                    Effect::Done(outcome) => return Ok(End::Outcome(outcome)),
                    Effect::Wait { until, why } => match self.wait(until, &why) {
                        Some(event) => next = Some(event),
                        None => return Ok(self.later(until, why)),
                    },
                    effect => next = Some(self.carry_out(effect)?),
                }
            }
            match next {
                Some(next) => event = next,
                // The machine rests until a person asks.
                None => return Ok(End::Outcome(Outcome::Cancelled)),
            }
        }
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
            Err(Trouble::Error(error)) => {
                // Leaves the machine as if stopped, so that the next run can begin.
                step_machine(self.core, Event::Cancelled);
                Err(error)
            }
        }
    }

    fn exchange(&mut self) -> std::result::Result<Exchanged, Trouble> {
        let identity = self.core.identity()?;
        let nonce = self.core.random();
        let outgoing = self.core.read(|tx| build(tx, &identity, nonce))?;
        (self.progress)(SyncProgress::Exchanging {
            changes: outgoing.changes,
        });
        let response = self.post(&outgoing)?;
        let applied = self.apply(&outgoing, &response)?;
        self.count(&outgoing, &applied);
        let packs = applied.packs.keys().copied();
        let packs: Vec<Digest> = packs.filter(|pack| !self.useless.contains(pack)).collect();
        self.wanted = applied.packs;
        Ok(Exchanged {
            more: response.more,
            unsent: applied.unsent,
            progress: applied.progress,
            packs,
            uploads: self.next_upload()?.is_some(),
        })
    }

    fn post(&mut self, outgoing: &Outgoing) -> std::result::Result<Response, Trouble> {
        let request = HttpRequest::new(Method::Post, "/v1/sync")
            .header("content-type", CONTENT_TYPE)
            .body(cbor::to_vec(&outgoing.request));
        let response = send_signed(self.core, request, &mut self.traffic)?;
        match response.status {
            200 if is_cbor(&response) => {}
            200..=299 => return Err(Failure::CaptivePortal.into()),
            404 => return Err(Failure::NotAServer.into()),
            status => {
                let retry_after_ms = 0;
                return Err(Failure::Unready {
                    status,
                    retry_after_ms,
                }
                .into());
            }
        }
        let read = cbor::from_slice(&response.body);
        read.map_err(|_| Failure::Untrusted("it cannot be read").into())
    }

    /// Checks the server's signature and applies everything in one transaction.
    fn apply(
        &mut self,
        outgoing: &Outgoing,
        response: &Response,
    ) -> std::result::Result<Applied, Trouble> {
        let pen = self.core.pen()?;
        let identity = &pen.identity;
        let nonce = &outgoing.request.nonce;
        let verdicts = &response.verdicts;
        let block = verdicts
            .verify(&StandardSuite, &identity.server_key, &identity.key, nonce)
            .ok_or(Failure::Untrusted("it is not signed by the city's server"))?;
        if block.generation != response.generation {
            return Err(Failure::Untrusted("it names two generations").into());
        }
        let clock = &self.core.options.host.clock;
        let fresh_epoch = || self.core.random();
        let (now, monotonic) = (clock.now(), clock.monotonic_ms());
        let applied = self.core.write(|tx| {
            meta::put_number(tx, meta::CLOCK_OFFSET, block.at.since(now))?;
            let applying = Applying {
                tx,
                pen: &pen,
                outgoing,
                block: &block,
                response,
                fresh_epoch: &fresh_epoch,
            };
            applying.apply()
        })?;
        guard(self.core.clock()).fix(block.at, now, monotonic);
        if applied.renewed {
            self.core.reload_identity()?;
        }
        for sha256 in &applied.erased_files {
            self.core.remove_file(sha256)?;
        }
        Ok(applied)
    }

    fn count(&mut self, outgoing: &Outgoing, applied: &Applied) {
        let report = &mut self.report;
        report.exchanges += 1;
        report.sent += outgoing.changes;
        report.accepted += applied.accepted;
        report.set_aside.extend(&applied.set_aside);
        report.received += applied.received;
        report.photos_acknowledged += applied.acknowledged;
        report.notices += applied.notices;
        self.changed.extend(&applied.changed);
        (self.progress)(SyncProgress::Exchanged {
            receipts: applied.receipts,
            received: applied.received,
        });
    }

    fn download(&mut self, digest: &Digest) -> std::result::Result<(), Trouble> {
        let Some(wanted) = self.wanted.get(digest).cloned() else {
            return Ok(());
        };
        (self.progress)(SyncProgress::DownloadingPack { digest: *digest });
        let used = download_pack(self.core, digest, &wanted, &mut self.traffic)?;
        if !used {
            self.useless.insert(*digest);
        }
        Ok(())
    }

    /// Uploads the next file; whether more wait.
    fn upload(&mut self) -> std::result::Result<bool, Trouble> {
        let Some(file) = self.next_upload()? else {
            return Ok(false);
        };
        let progress = &mut *self.progress;
        let mut told = |sent| {
            progress(SyncProgress::Uploading {
                sha256: file.sha256,
                sent,
                total: file.bytes,
            });
        };
        told(file.sent);
        let upload = Upload {
            core: self.core,
            file: &file,
            cancel: self.cancel,
            traffic: &mut self.traffic,
            told: &mut told,
        };
        let done = upload.run()?;
        self.report.uploaded += u32::from(done);
        self.tried.insert(file.sha256);
        Ok(self.next_upload()?.is_some())
    }

    fn next_upload(&self) -> Result<Option<StoredFile>> {
        let files = self.core.read(|tx| media::unsent(tx))?;
        let waits = |file: &StoredFile| {
            matches!(file.state, FileState::Queued | FileState::Partial)
                && !self.tried.contains(&file.sha256)
                && self.core.holds_file(&file.sha256)
        };
        Ok(files.into_iter().find(waits))
    }

    fn shift_clock(&self, ms: i64) -> Result<()> {
        let offset = {
            let mut clock = guard(self.core.clock());
            clock.shift(ms);
            clock.offset_ms().unwrap_or(ms)
        };
        self.core
            .write(|tx| meta::put_number(tx, meta::CLOCK_OFFSET, offset))
    }

    /// Waits as far as patience goes; `None` when it does not go that far.
    fn wait(&mut self, until: Millis, why: &Failure) -> Option<Event> {
        let ms = u64::try_from(until.since(monotonic(self.core))).unwrap_or(0);
        let span = Duration::from_millis(ms);
        self.patience = self
            .patience
            .checked_sub(span.max(Duration::from_millis(1)))?;
        (self.progress)(SyncProgress::Waiting { ms });
        self.core
            .log_line(LogLine::new(LogLevel::Info, "sync", "waits").with("ms", &ms));
        let _ = why;
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
        let end = ended?;
        let (outcome, error) = match end {
            End::Outcome(Outcome::Complete) => (SyncOutcome::Complete, None),
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
            count_unsent(tx)
        })?;
        match error {
            Some(failure) => Err(DeviceError::Exchange(failure)),
            None => Ok(self.report),
        }
    }
}
