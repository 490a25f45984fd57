//! Runs the simulator: `sim [--seeds A..B | --seed N [--trace]] [--steps N] [--jobs N] [--minutes N] [--ledger FILE]`.
//!
//! A and B are both played; as many seeds at once as there are cores, unless `--jobs` says otherwise.
//! After so many minutes no further seed is begun, and what was left out is said. With `--ledger` a line about the
//! run is added to a file.

use std::num::NonZero;
use std::ops::RangeInclusive;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use gewu_tests::sim::coverage::Coverage;
use gewu_tests::sim::ledger::{self, Sum};
use gewu_tests::sim::{self, Setup, many};

const USAGE: &str = "usage: sim [--seeds A..B | --seed N [--trace]] [--steps N] [--jobs N] [--minutes N] [--ledger FILE]";

struct Args {
    seeds: RangeInclusive<u64>,
    steps: Option<u64>,
    jobs: NonZero<usize>,
    minutes: Option<u64>,
    trace: bool,
    ledger: Option<PathBuf>,
}

fn main() -> ExitCode {
    let Some(args) = parse(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let begun = Instant::now();
    let most = args
        .minutes
        .map(|minutes| Duration::from_secs(60 * minutes));
    let time_left = || most.is_none_or(|most| begun.elapsed() < most);
    let mut sum = Sum::new(args.seeds.clone());
    let mut coverage = Coverage::default();
    let told = |seed, outcome| match outcome {
        Ok(outcome) => {
            sum.add(seed, &outcome);
            coverage.add(&outcome.coverage);
            tell(seed, &outcome);
        }
        Err(why) => {
            sum.failed.push(seed);
            println!("seed {seed}: {why}");
        }
    };
    let played = many::play(
        args.seeds.clone(),
        args.jobs,
        time_left,
        |seed| play(seed, &args),
        told,
    );
    let asked = args.seeds.clone().count();
    if played < asked {
        // Those that were played are the first ones.
        sum.seeds = *args.seeds.start()..=(args.seeds.start() + played as u64).saturating_sub(1);
        println!("OUT OF TIME: {played} of {asked} seeds were played");
    }
    for line in coverage.lines() {
        println!("{line}");
    }
    if let Some(file) = &args.ledger
        && let Err(why) = ledger::append(file, &sum, &coverage)
    {
        eprintln!("{}: {why}", file.display());
        return ExitCode::FAILURE;
    }
    println!("{sum}");
    match sum.failed.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

/// One run; a panic is a failure of its seed and of no other.
fn play(seed: u64, args: &Args) -> Result<sim::Outcome, String> {
    let mut setup = Setup::new(seed);
    setup.aloud = args.trace;
    setup.steps = args.steps.unwrap_or(setup.steps);
    match catch_unwind(AssertUnwindSafe(|| sim::run(setup))) {
        Ok(outcome) => outcome.map_err(|error| error.to_string()),
        Err(_) => Err("panicked".to_owned()),
    }
}

fn tell(seed: u64, outcome: &sim::Outcome) {
    println!(
        "seed {seed}: {} saves, {} decisions, {} faults, quiet after {} rounds, {} findings",
        outcome.saves,
        outcome.decisions,
        outcome.faults,
        outcome.rounds,
        outcome.findings.len()
    );
    for finding in &outcome.findings {
        println!("    {finding}");
    }
    if !outcome.findings.is_empty() {
        println!("    play it again: cargo xtask sim --seed {seed} --trace");
    }
}

fn parse(mut words: impl Iterator<Item = String>) -> Option<Args> {
    let mut args = Args {
        seeds: 1..=20,
        steps: None,
        jobs: many::cores(),
        minutes: None,
        trace: false,
        ledger: None,
    };
    let mut named = false;
    while let Some(word) = words.next() {
        // Two ranges would mean one of them.
        if word.starts_with("--seed") && std::mem::replace(&mut named, true) {
            return None;
        }
        match word.as_str() {
            "--trace" => args.trace = true,
            "--ledger" => args.ledger = Some(words.next()?.into()),
            "--seed" => {
                let seed: u64 = words.next()?.parse().ok()?;
                args.seeds = seed..=seed;
            }
            "--seeds" => {
                let range = words.next()?;
                let (from, to) = range.split_once("..")?;
                args.seeds = from.parse().ok()?..=to.parse().ok()?;
            }
            "--jobs" => args.jobs = words.next()?.parse().ok()?,
            "--minutes" => args.minutes = Some(words.next()?.parse().ok()?),
            "--steps" => args.steps = Some(words.next()?.parse().ok()?),
            _ => return None,
        }
    }
    (!args.seeds.is_empty()).then_some(args)
}
