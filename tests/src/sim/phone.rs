//! A phone: the real SDK on a disk that tears, with a clock that lies and a network that cuts.

use std::sync::Arc;

use gewu::db::{OpenOptions, Synchronous};
use gewu::host::NoLog;
use gewu::{
    CancelToken, Consent, Gewu, GewuError, Host, Options, Saved, StorageProblem, SyncOutcome,
    SyncReport,
};
use gewu_model::ids::{CaseId, ChangeHash, Digest};

use super::coverage::{Mishap, Tally};
use super::host::{PhoneClock, SeededEntropy, SimSecrets, WorldTime};
use super::network::Link;
use super::owing::{Between, Owing};
use super::people::Person;
use super::story::Story;
use crate::disk::{Dice, SimDisk};

mod accidents;
mod still;

/// How often a phone is started: once for each thing that can be in its way, and once more.
const ATTEMPTS: usize = 5;

/// A save that returned: from then on it must never be lost.
#[derive(Debug, Clone)]
pub struct Promise {
    /// What was saved.
    pub what: &'static str,
    /// The words in its text that no other save has; empty when it has no text.
    pub marker: String,
    /// The case.
    pub case: CaseId,
    /// The change.
    pub change: ChangeHash,
    /// How many photos were handed in.
    pub photos: usize,
}

impl Promise {
    /// Whether its author had no right to it.
    pub fn is_wrong(&self) -> bool {
        self.what.ends_with('!')
    }
}

/// How the city sees a phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// In use.
    Good,
    /// Out of use.
    Retired,
    /// In wrong hands.
    Compromised,
}

/// What a phone is made of.
#[derive(Debug)]
pub struct Make {
    /// What stories call it.
    pub label: String,
    /// The time of the world.
    pub time: WorldTime,
    /// Where it tells what happens.
    pub story: Arc<Story>,
    /// Where it counts what goes wrong.
    pub tally: Arc<Tally>,
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
    /// What stories call it.
    pub label: String,
    /// How the city sees it.
    pub standing: Standing,
    /// Every save that returned.
    pub promises: Vec<Promise>,
    /// What it has stopped counting as unsent and nobody has looked at yet.
    pub freed: Vec<(CaseId, ChangeHash)>,
    /// The same of files.
    pub freed_files: Vec<Digest>,
    /// Whether the server did not let its last sync in, as one from a copy older than its enrolment.
    pub refused: bool,
    /// It was not let in at a bad time and asks again.
    pub comes_back: bool,
    /// What must not have happened on it.
    pub findings: Vec<String>,
    /// Its clock.
    pub clock: PhoneClock,
    /// Its way onto the network.
    pub link: Link,
    disk: SimDisk,
    secrets: Arc<SimSecrets>,
    entropy: Arc<SeededEntropy>,
    dice: Dice,
    story: Arc<Story>,
    tally: Arc<Tally>,
    synchronous: Synchronous,
    owing: Owing,
    /// A commit that failed at its flush may still turn up when the database is opened again.
    unsure: Option<Between>,
    /// Whether the user has filled the disk with other things.
    full: bool,
    sdk: Option<Gewu>,
}

impl Phone {
    /// A new phone, switched on.
    pub fn new(person: Person, make: Make) -> Self {
        make.tally.joins(&make.label);
        let mut phone = Self {
            person,
            label: make.label,
            standing: Standing::Good,
            promises: Vec::new(),
            unsure: None,
            freed: Vec::new(),
            freed_files: Vec::new(),
            refused: false,
            comes_back: false,
            findings: Vec::new(),
            clock: PhoneClock::new(make.time),
            link: make.link,
            disk: SimDisk::new(make.seed),
            secrets: Arc::default(),
            entropy: Arc::new(SeededEntropy::new(make.seed ^ 0xE17)),
            dice: Dice::new(make.seed ^ 0xD1CE),
            story: make.story,
            tally: make.tally,
            synchronous: make.synchronous,
            owing: Owing::default(),
            full: false,
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
        self.story.tell(&self.label, what);
    }

    /// Something that must not be.
    pub fn find(&mut self, what: impl std::fmt::Display) {
        self.findings.push(format!("{}: {what}", self.label));
    }

    fn meets(&self, mishap: Mishap) {
        self.tally.meets(&self.label, mishap);
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

    /// Starts the process. While it opens the disk may be full, which its user ends, and each accident
    /// that was in store for it may come: a write that fails, a flush that fails, the end of the power.
    /// A phone that cannot open its database after all of them is a finding.
    fn boot(&mut self) {
        let mut last = None;
        for _ in 0..ATTEMPTS {
            match self.open() {
                Ok(gewu) => {
                    self.sdk = Some(gewu);
                    return;
                }
                Err(error) => {
                    self.tell(format_args!("cannot open: {error}"));
                    self.judge(&error);
                    self.empty_disk();
                    if self.disk.is_down() {
                        self.meets(Mishap::Crash);
                        self.disk.reboot(&mut self.dice);
                    }
                    last = Some(error);
                }
            }
        }
        let why = last.map(|error| error.to_string()).unwrap_or_default();
        self.find(format_args!("cannot open again: {why}"));
    }

    /// Tries to become one of the city's devices.
    pub fn enrol(&mut self, code: Option<&str>) -> bool {
        let Some(sdk) = self.sdk() else { return false };
        let enrolled = sdk.enrol("http://city.invalid", code);
        if let Err(error) = &enrolled {
            self.tell(format_args!("not enrolled: {error}"));
        }
        self.recover();
        self.account(Between::Sync);
        enrolled.is_ok()
    }

    /// Saves something, and remembers it if the call returned.
    pub fn save(
        &mut self,
        what: &'static str,
        (marker, photos): (String, usize),
        call: impl FnOnce(&Gewu) -> Result<Saved, GewuError>,
    ) -> Option<CaseId> {
        let saved = call(self.sdk()?);
        let torn = self.disk.is_down();
        let between = match saved {
            Ok(saved) => {
                self.tell(format_args!("{what} {marker}in {}", short(saved.case)));
                self.promises.push(Promise {
                    what,
                    marker,
                    case: saved.case,
                    change: saved.change,
                    photos,
                });
                Between::Saved(saved.case, saved.change)
            }
            Err(error) => {
                self.tell(format_args!("{what} {marker}not saved: {error}"));
                self.judge(&error);
                self.doubt(&error, Between::Torn);
                if torn {
                    Between::Torn
                } else {
                    Between::Nothing
                }
            }
        };
        self.recover();
        self.account(between);
        match between {
            Between::Saved(case, _) => Some(case),
            _ => None,
        }
    }

    /// Asks the centre for something.
    pub fn ask(&mut self, what: &'static str, call: impl FnOnce(&Gewu) -> Result<(), GewuError>) {
        let Some(sdk) = self.sdk() else { return };
        match call(sdk) {
            Ok(()) => self.tell(format_args!("asks the centre for: {what}")),
            Err(error) => {
                self.tell(format_args!("cannot ask for {what}: {error}"));
                self.doubt(&error, Between::Torn);
            }
        }
        self.recover();
        self.account(Between::Torn);
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
            self.find(error);
        }
    }

    /// Looks at what the phone counts as unsent: it must be what it was, but for what happened.
    pub(super) fn account(&mut self, between: Between) {
        let Some(sdk) = self.sdk() else { return };
        let now = match Owing::of(sdk) {
            Ok(now) => now,
            Err(error) => return self.find(format_args!("has no status: {error}")),
        };
        if let Some(wrong) = self.owing.wrong(&now, between) {
            self.find(wrong);
        }
        self.freed.extend(self.owing.freed(&now));
        self.freed_files.extend(self.owing.freed_files(&now));
        self.owing = now;
    }

    /// Whether its person goes to the office for a code.
    pub const fn is_to_enrol(&self) -> bool {
        self.refused || self.comes_back
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
        self.refused = matches!(report, Err(GewuError::ServerRefused { .. }));
        let report = match report {
            Ok(report) => {
                self.tell(format_args!("sync: {}", words(&report)));
                Some(report)
            }
            Err(error) => {
                self.tell(format_args!("sync failed: {error}"));
                self.judge(&error);
                self.doubt(&error, Between::Sync);
                None
            }
        };
        let lived = !self.disk.is_down();
        self.recover();
        self.account(Between::Sync);
        if let Some(report) = report.as_ref().filter(|_| lived) {
            self.count_again(report);
        }
        report
    }

    /// The report's number is the status's, and a complete sync is a rest.
    fn count_again(&mut self, report: &SyncReport) {
        let (said, counted) = (u64::from(report.unsent), self.owing.count());
        if said != counted {
            self.find(format_args!(
                "a sync says that {said} things are unsent, the status counts {counted}"
            ));
        }
        match report.outcome {
            SyncOutcome::Complete => self.tally.rests(&self.label),
            SyncOutcome::Cancelled => self.meets(Mishap::Cancelled),
            _ => {}
        }
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
