//! A phone: the real SDK on a disk that tears, with a clock that lies and a network that cuts.

use std::sync::Arc;

use gewu::db::{OpenOptions, Synchronous};
use gewu::host::NoLog;
use gewu::{
    CancelToken, Consent, Gewu, GewuError, Host, Options, Saved, StorageProblem, SyncOutcome,
    SyncReport,
};
use gewu_model::ids::{CaseId, ChangeHash};

use super::host::{PhoneClock, SeededEntropy, SimSecrets, WorldTime};
use super::network::Link;
use super::people::Person;
use super::story::Story;
use crate::disk::{Dice, Fault, SimDisk};

/// A save that returned: from then on it must never be lost.
#[derive(Debug, Clone)]
pub struct Promise {
    /// What was saved.
    pub what: &'static str,
    /// The words in its text that no other save has.
    pub marker: String,
    /// The case.
    pub case: CaseId,
    /// The change.
    pub change: ChangeHash,
    /// How many photos were handed in.
    pub photos: usize,
}

/// What a phone is made of.
#[derive(Debug)]
pub struct Make {
    /// The time of the world.
    pub time: WorldTime,
    /// Where it tells what happens.
    pub story: Arc<Story>,
    /// Its way onto the network.
    pub link: Link,
    /// Decides its disk, its randomness and its accidents.
    pub seed: u64,
    /// When its commits wait for the medium.
    pub synchronous: Synchronous,
}

/// One phone with its person.
pub struct Phone {
    /// Whose it is.
    pub person: Person,
    /// Every save that returned.
    pub promises: Vec<Promise>,
    /// What must not have happened on it.
    pub findings: Vec<String>,
    /// Accidents so far.
    pub faults: u64,
    /// Its clock.
    pub clock: PhoneClock,
    /// Its way onto the network.
    pub link: Link,
    disk: SimDisk,
    secrets: Arc<SimSecrets>,
    entropy: Arc<SeededEntropy>,
    dice: Dice,
    story: Arc<Story>,
    synchronous: Synchronous,
    sdk: Option<Gewu>,
}

impl Phone {
    /// A new phone, switched on.
    pub fn new(person: Person, make: Make) -> Self {
        let mut phone = Self {
            person,
            promises: Vec::new(),
            findings: Vec::new(),
            faults: 0,
            clock: PhoneClock::new(make.time),
            link: make.link,
            disk: SimDisk::new(make.seed),
            secrets: Arc::default(),
            entropy: Arc::new(SeededEntropy::new(make.seed ^ 0xE17)),
            dice: Dice::new(make.seed ^ 0xD1CE),
            story: make.story,
            synchronous: make.synchronous,
            sdk: None,
        };
        phone.boot();
        phone
    }

    /// The SDK, while the phone works.
    pub const fn sdk(&self) -> Option<&Gewu> {
        self.sdk.as_ref()
    }

    /// Its disk.
    pub const fn disk(&self) -> &SimDisk {
        &self.disk
    }

    /// Tells something about this phone.
    pub fn tell(&self, what: impl std::fmt::Display) {
        self.story.tell(self.person.name, what);
    }

    fn open(&self) -> Result<Gewu, GewuError> {
        let host = Host {
            clock: Arc::new(self.clock.clone()),
            entropy: self.entropy.clone(),
            secrets: self.secrets.clone(),
            files: Arc::new(self.disk.files()),
            connector: Arc::new(self.link.clone()),
            log: Arc::new(NoLog),
            connectivity: Arc::new(gewu::host::AnyNetwork),
        };
        let database = OpenOptions {
            synchronous: self.synchronous,
            ..OpenOptions::on_vfs("gewu.db", self.disk.vfs_name())
        };
        let options = Options {
            // One seed is one run.
            uploads_at_once: 1,
            headroom_bytes: 0,
            ..Options::new(host, database)
        };
        let gewu = Gewu::open(options)?;
        gewu.consent(&Consent {
            terms: "2026-01".into(),
        })?;
        Ok(gewu)
    }

    /// Starts the process. A disk may fail once more while it opens; a phone that cannot open its
    /// database at the third attempt is a finding.
    fn boot(&mut self) {
        let mut last = None;
        for _ in 0..3 {
            match self.open() {
                Ok(gewu) => {
                    self.sdk = Some(gewu);
                    return;
                }
                Err(error) => {
                    self.tell(format_args!("cannot open: {error}"));
                    self.judge(&error);
                    last = Some(error);
                }
            }
        }
        let why = last.map(|error| error.to_string()).unwrap_or_default();
        self.findings
            .push(format!("{} cannot open again: {why}", self.person.name));
    }

    /// The process ends and starts again, as when its user closes it.
    pub fn restart(&mut self) {
        self.sdk = None;
        if self.disk.is_down() {
            // The power went while it closed its database.
            self.recover();
        } else {
            self.disk.kill();
            self.boot();
        }
    }

    /// The battery falls out and is put back.
    pub fn power_cut(&mut self) {
        self.faults += 1;
        self.tell("loses power");
        self.disk.power_off();
        self.recover();
    }

    /// Starts again if the power went during the last call.
    pub fn recover(&mut self) {
        if !self.disk.is_down() {
            return;
        }
        self.sdk = None;
        self.disk.reboot(&mut self.dice);
        self.tell("starts again");
        self.boot();
    }

    /// Makes the next calls meet an accident: the power goes, the process dies, or the disk fails
    /// once.
    pub fn plan_accident(&mut self) {
        self.faults += 1;
        let steps = self.dice.below(70);
        match self.dice.below(5) {
            0 => self.disk.fail_write(steps / 2, Fault::DiskFull),
            1 => self.disk.fail_write(steps / 2, Fault::Io),
            2 => self.disk.fail_sync(steps / 12),
            _ => self.disk.crash_at(steps),
        }
    }

    /// No more accidents.
    pub fn end_accidents(&self) {
        self.disk.calm();
    }

    /// Tries to become one of the city's devices.
    pub fn enrol(&mut self, code: Option<&str>) -> bool {
        let Some(sdk) = self.sdk() else { return false };
        match sdk.enrol("http://city.invalid", code) {
            Ok(_) => true,
            Err(error) => {
                self.tell(format_args!("not enrolled: {error}"));
                false
            }
        }
    }

    /// Saves something, and remembers it if the call returned.
    pub fn save(
        &mut self,
        what: &'static str,
        (marker, photos): (String, usize),
        call: impl FnOnce(&Gewu) -> Result<Saved, GewuError>,
    ) -> Option<CaseId> {
        let saved = call(self.sdk()?);
        let case = match saved {
            Ok(saved) => {
                self.tell(format_args!("{what} {marker}in {}", short(saved.case)));
                self.promises.push(Promise {
                    what,
                    marker,
                    case: saved.case,
                    change: saved.change,
                    photos,
                });
                Some(saved.case)
            }
            Err(error) => {
                self.tell(format_args!("{what} {marker}not saved: {error}"));
                self.judge(&error);
                None
            }
        };
        self.recover();
        case
    }

    /// An error that no accident explains is a finding.
    fn judge(&mut self, error: &GewuError) {
        let corrupt = matches!(
            error,
            GewuError::Storage {
                problem: StorageProblem::Corrupt { .. } | StorageProblem::Damaged
            }
        );
        if corrupt {
            self.findings.push(format!("{}: {error}", self.person.name));
        }
    }

    /// Syncs, perhaps cancelled after some steps.
    pub fn sync(&mut self, cancel_after: Option<u64>) -> Option<SyncReport> {
        let token = CancelToken::new();
        let mut left = cancel_after;
        let mut progress = |_| {
            if let Some(steps) = &mut left {
                if *steps == 0 {
                    token.cancel();
                }
                *steps = steps.saturating_sub(1);
            }
        };
        let report = self.sdk()?.sync(&mut progress, &token);
        let report = match report {
            Ok(report) => {
                self.tell(format_args!("sync: {}", words(&report)));
                Some(report)
            }
            Err(error) => {
                self.tell(format_args!("sync failed: {error}"));
                self.judge(&error);
                None
            }
        };
        self.recover();
        report
    }
}

/// The digits of a case that stories show.
pub fn short(case: CaseId) -> String {
    let text = case.to_string();
    text[text.len().saturating_sub(6)..].to_owned()
}

fn words(report: &SyncReport) -> String {
    let outcome = match &report.outcome {
        SyncOutcome::Complete => "complete".to_owned(),
        SyncOutcome::Cancelled => "cancelled".to_owned(),
        SyncOutcome::Later { why, .. } => format!("later ({why})"),
        SyncOutcome::Stopped { why } => format!("stopped ({why})"),
    };
    format!(
        "{outcome}; {} exchanges, {} sent, {} accepted, {} set aside, {} received, {} unsent",
        report.exchanges,
        report.sent,
        report.accepted,
        report.set_aside.len(),
        report.received,
        report.unsent
    )
}
