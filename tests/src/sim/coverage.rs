//! What runs have met, counted: seeds that meet nothing prove little.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use gewu_model::entry::{FieldKind, InstructionKind};
use gewu_sync::verdict::SetAside;

macro_rules! mishaps {
    ($($name:ident = $words:literal;)+) => {
        /// What can go wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        #[allow(missing_docs)] // the words are the documentation
        pub enum Mishap { $($name,)+ }

        impl Mishap {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// In words.
            pub const fn words(self) -> &'static str {
                match self { $(Self::$name => $words,)+ }
            }
        }
    };
}

mishaps! {
    RequestLost = "request lost";
    AnswerLost = "answer lost";
    SentTwice = "request twice";
    Late = "request late";
    RequestCut = "request cut";
    AnswerCut = "answer cut";
    Garbage = "garbage for an answer";
    OldAnswer = "an old answer";
    Portal = "login page";
    Redirect = "redirect";
    Unready = "503";
    Offline = "offline";
    Cancelled = "sync cancelled";
    PowerCut = "power cut";
    Crash = "power cut between two writes";
    WriteRefused = "write refused";
    WriteFailed = "write failed";
    FlushFailed = "flush failed";
    DiskFull = "disk stays full";
    WrongClock = "phone's clock jumps";
    Upgrade = "app upgraded";
    KeysLost = "keys lost";
    ServerStopped = "server stopped";
    ServerRestored = "server restored";
    ServerClock = "server's clock jumps";
    UploadsRefused = "server's disk refuses";
    ServerCrash = "server's power cut between two writes";
    ServerWriteFailed = "server's write failed";
    ServerFlushFailed = "server's flush failed";
    ServerDiskFull = "server's disk is full";
    Retired = "device retired";
    Compromised = "device compromised";
    Certified = "device certified anew";
    Reassigned = "duty grids reassigned";
}

/// Every stage of a case, by name.
const STAGES: [&str; 18] = [
    "reported",
    "withdrawn",
    "verifying",
    "verified_exists",
    "verified_unable",
    "verified_not_exists",
    "filed",
    "declined",
    "dispatched",
    "suspended",
    "worked",
    "handled",
    "checking",
    "check_passed",
    "check_unable",
    "check_failed",
    "closed",
    "void",
];

/// Counts by name.
pub type Counts = BTreeMap<String, u64>;

/// What was met.
#[derive(Debug, Clone, Default)]
pub struct Coverage {
    /// Accepted entries by kind.
    pub entries: Counts,
    /// Stages in which an operator saw a case.
    pub stages: Counts,
    /// Changes by what the server said of them in the end; set-aside ones by reason.
    pub verdicts: Counts,
    /// What went wrong.
    pub mishaps: BTreeMap<Mishap, u64>,
    /// What went wrong for one device before it had come to rest from the other.
    pub pairs: BTreeMap<(Mishap, Mishap), u64>,
}

impl Coverage {
    /// Adds another run's.
    pub fn add(&mut self, other: &Self) {
        merge(&mut self.entries, &other.entries);
        merge(&mut self.stages, &other.stages);
        merge(&mut self.verdicts, &other.verdicts);
        merge(&mut self.mishaps, &other.mishaps);
        merge(&mut self.pairs, &other.pairs);
    }

    /// In lines that a person can read.
    pub fn lines(&self) -> Vec<String> {
        let field = FieldKind::ALL.iter().map(|kind| kind.name());
        let instructions = InstructionKind::ALL.iter().map(|kind| kind.name());
        let reasons = SetAside::ALL.iter().map(|reason| reason.name());
        let verdicts = ["accepted", "pending"].into_iter().chain(reasons);
        let mishaps: Counts = self
            .mishaps
            .iter()
            .map(|(mishap, count)| (mishap.words().to_owned(), *count))
            .collect();
        let kinds = Mishap::ALL.len();
        vec![
            line("field entries", field, &self.entries),
            line("instructions", instructions, &self.entries),
            line("stages", STAGES.into_iter(), &self.stages),
            line("verdicts", verdicts, &self.verdicts),
            line(
                "faults",
                Mishap::ALL.iter().map(|mishap| mishap.words()),
                &mishaps,
            ),
            format!(
                "pairs of faults: {} of {} met",
                self.pairs.len(),
                kinds * (kinds - 1) / 2
            ),
        ]
    }
}

fn merge<K: Ord + Clone>(into: &mut BTreeMap<K, u64>, from: &BTreeMap<K, u64>) {
    for (key, count) in from {
        *into.entry(key.clone()).or_default() += count;
    }
}

fn line<'a>(what: &str, all: impl Iterator<Item = &'a str>, met: &Counts) -> String {
    let (mut shown, mut never, mut count) = (Vec::new(), Vec::new(), 0);
    for name in all {
        count += 1;
        match met.get(name) {
            Some(times) => shown.push(format!("{name} {times}")),
            None => never.push(name),
        }
    }
    let never = match never.is_empty() {
        true => String::new(),
        false => format!("; never: {}", never.join(", ")),
    };
    format!(
        "{what}: {} of {count} met: {}{never}",
        shown.len(),
        shown.join(", ")
    )
}

#[derive(Debug, Default)]
struct Inner {
    coverage: Coverage,
    /// What each device has not come to rest from.
    open: BTreeMap<String, BTreeSet<Mishap>>,
}

/// Counts while a run goes on.
#[derive(Debug, Default)]
pub struct Tally(Mutex<Inner>);

impl Tally {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A device takes part from now on.
    pub fn joins(&self, who: &str) {
        self.lock().open.entry(who.to_owned()).or_default();
    }

    /// Something goes wrong for one device.
    pub fn meets(&self, who: &str, mishap: Mishap) {
        let mut inner = self.lock();
        *inner.coverage.mishaps.entry(mishap).or_default() += 1;
        inner.pair(who, mishap);
    }

    /// Something goes wrong at the server.
    pub fn all_meet(&self, mishap: Mishap) {
        let mut inner = self.lock();
        *inner.coverage.mishaps.entry(mishap).or_default() += 1;
        let everybody: Vec<String> = inner.open.keys().cloned().collect();
        for who in everybody {
            inner.pair(&who, mishap);
        }
    }

    /// A device has said all and heard all.
    pub fn rests(&self, who: &str) {
        if let Some(open) = self.lock().open.get_mut(who) {
            open.clear();
        }
    }

    /// An operator sees a case at a stage.
    pub fn sees_stage(&self, stage: &str) {
        let mut inner = self.lock();
        *inner.coverage.stages.entry(stage.to_owned()).or_default() += 1;
    }

    /// How often something went wrong.
    pub fn mishaps(&self) -> u64 {
        self.lock().coverage.mishaps.values().sum()
    }

    /// What was met so far.
    pub fn coverage(&self) -> Coverage {
        self.lock().coverage.clone()
    }
}

impl Inner {
    fn pair(&mut self, who: &str, mishap: Mishap) {
        let open = self.open.entry(who.to_owned()).or_default();
        for earlier in open.iter().filter(|earlier| **earlier != mishap) {
            let pair = (*earlier.min(&mishap), *earlier.max(&mishap));
            *self.coverage.pairs.entry(pair).or_default() += 1;
        }
        open.insert(mishap);
    }
}
