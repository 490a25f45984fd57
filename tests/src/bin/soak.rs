//! Real processes under blows: `soak [--minutes N | --seconds N] [--seed N]`.

use std::process::ExitCode;
use std::time::Duration;

use gewu_tests::soak::soak;

const USAGE: &str = "usage: soak [--minutes N | --seconds N] [--seed N]";

struct Args {
    time: Duration,
    seed: u64,
}

fn main() -> ExitCode {
    let Some(args) = parse(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match run(&args) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("soak: {why}");
            ExitCode::FAILURE
        }
    }
}

/// Whether nothing was lost.
fn run(args: &Args) -> Result<bool, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let outcome = soak(folder.path(), args.time, args.seed)?;
    print!("{outcome}");
    for finding in &outcome.findings {
        println!("    {finding}");
    }
    Ok(outcome.findings.is_empty())
}

fn parse(mut words: impl Iterator<Item = String>) -> Option<Args> {
    let mut args = Args {
        time: Duration::from_secs(600),
        seed: 1,
    };
    while let Some(word) = words.next() {
        let number: u64 = words.next()?.parse().ok()?;
        match word.as_str() {
            "--minutes" => args.time = Duration::from_secs(number * 60),
            "--seconds" => args.time = Duration::from_secs(number),
            "--seed" => args.seed = number,
            _ => return None,
        }
    }
    Some(args)
}
