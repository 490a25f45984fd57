//! What long runs add up to, one line of JSON each.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::ops::RangeInclusive;
use std::path::Path;

use serde_json::json;

use super::Outcome;
use super::coverage::Coverage;

/// The sum of some seeds.
#[derive(Debug, Clone)]
pub struct Sum {
    /// The first and the last seed.
    pub seeds: RangeInclusive<u64>,
    /// How many were played to their end.
    pub played: u64,
    /// Phones times days.
    pub device_days: f64,
    /// What went wrong in them.
    pub faults: u64,
    /// The most rounds of syncing until all was quiet.
    pub rounds: u32,
    /// Seeds that found something.
    pub failed: Vec<u64>,
}

impl Sum {
    /// Nothing so far.
    pub const fn new(seeds: RangeInclusive<u64>) -> Self {
        Self {
            seeds,
            played: 0,
            device_days: 0.0,
            faults: 0,
            rounds: 0,
            failed: Vec::new(),
        }
    }

    /// One more run.
    pub fn add(&mut self, seed: u64, outcome: &Outcome) {
        self.played += 1;
        self.device_days += outcome.device_days;
        self.faults += outcome.faults;
        self.rounds = self.rounds.max(outcome.rounds);
        if !outcome.findings.is_empty() {
            self.failed.push(seed);
        }
    }
}

impl std::fmt::Display for Sum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "seeds {}, device-days {:.1}, faults {}, failures {}",
            self.seeds.clone().count(),
            self.device_days,
            self.faults,
            self.failed.len()
        )
    }
}

/// Adds a line about a run to the ledger.
///
/// # Errors
/// When the file cannot be written.
pub fn append(file: &Path, sum: &Sum, coverage: &Coverage) -> io::Result<()> {
    let mishaps = coverage.mishaps.iter();
    let mishaps = mishaps.map(|(mishap, count)| (mishap.words(), *count));
    let line = json!({
        "from": sum.seeds.start(),
        "to": sum.seeds.end(),
        "played": sum.played,
        "device_days": (sum.device_days * 10.0).round() / 10.0,
        "faults": sum.faults,
        "rounds": sum.rounds,
        "failed": sum.failed,
        "by_kind": mishaps.collect::<std::collections::BTreeMap<_, _>>(),
        "pairs": coverage.pairs.len(),
        "entries": coverage.entries,
        "verdicts": coverage.verdicts,
    });
    let mut ledger = OpenOptions::new().append(true).create(true).open(file)?;
    writeln!(ledger, "{line}")
}
