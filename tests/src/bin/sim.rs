//! Runs the simulator: `sim [--seeds A..B | --seed N [--trace]] [--steps N] [--restores]`.
//!
//! A and B are both played. With `--restores` the server is also restored from backups.

use std::ops::RangeInclusive;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use gewu_tests::sim::{self, Setup};

const USAGE: &str = "usage: sim [--seeds A..B | --seed N [--trace]] [--steps N] [--restores]";

struct Args {
    seeds: RangeInclusive<u64>,
    steps: Option<u64>,
    trace: bool,
    restores: bool,
}

fn main() -> ExitCode {
    let Some(args) = parse(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let (mut days, mut faults, mut failed) = (0.0, 0, 0);
    let count = args.seeds.clone().count() as u64;
    for seed in args.seeds.clone() {
        match play(seed, &args) {
            Ok(outcome) => {
                days += outcome.device_days;
                faults += outcome.faults;
                failed += u64::from(!outcome.findings.is_empty());
                tell(seed, &args, &outcome);
            }
            Err(why) => {
                failed += 1;
                println!("seed {seed}: {why}");
            }
        }
    }
    println!("{} passed, {failed} failed", count - failed);
    println!("seeds {count}, device-days {days:.1}, faults {faults}, failures {failed}");
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// One run; a panic is a failure of its seed and of no other.
fn play(seed: u64, args: &Args) -> Result<sim::Outcome, String> {
    let mut setup = Setup::new(seed);
    setup.aloud = args.trace;
    setup.restores = args.restores;
    setup.steps = args.steps.unwrap_or(setup.steps);
    match catch_unwind(AssertUnwindSafe(|| sim::run(setup))) {
        Ok(outcome) => outcome.map_err(|error| error.to_string()),
        Err(_) => Err("panicked".to_owned()),
    }
}

fn tell(seed: u64, args: &Args, outcome: &sim::Outcome) {
    println!(
        "seed {seed}: {} saves, {} decisions, {} faults, {} findings",
        outcome.saves,
        outcome.decisions,
        outcome.faults,
        outcome.findings.len()
    );
    for finding in &outcome.findings {
        println!("    {finding}");
    }
    if !outcome.findings.is_empty() {
        let restores = if args.restores { " --restores" } else { "" };
        println!("    play it again: cargo xtask sim --seed {seed}{restores} --trace");
    }
}

fn parse(mut words: impl Iterator<Item = String>) -> Option<Args> {
    let mut args = Args {
        seeds: 1..=20,
        steps: None,
        trace: false,
        restores: false,
    };
    while let Some(word) = words.next() {
        match word.as_str() {
            "--trace" => args.trace = true,
            "--restores" => args.restores = true,
            "--seed" => {
                let seed: u64 = words.next()?.parse().ok()?;
                args.seeds = seed..=seed;
            }
            "--seeds" => {
                let range = words.next()?;
                let (from, to) = range.split_once("..")?;
                args.seeds = from.parse().ok()?..=to.parse().ok()?;
            }
            "--steps" => args.steps = Some(words.next()?.parse().ok()?),
            _ => return None,
        }
    }
    (!args.seeds.is_empty()).then_some(args)
}
