//! Plays the demo, and judges what it printed.

mod verdict;

use std::io::Read;

use crate::args::Args;
use crate::cargo_tasks;
use crate::failure::Failure;
use crate::shell::Shell;

pub(crate) const HELP: &str = "\
usage: cargo xtask demo [--release] [-- ARGS]

Builds the program `gewu` and runs `gewu demo ARGS`: a real server on a free port and real
device processes play one day. Its exit status is passed on; stdout is the demo's alone.

  -- --json    one JSON object per line, the summary last
  -- --keep    leave the server up and say how to look around
  --release    build with optimisation: slower to build, faster to run
";

pub(crate) const CHECK_HELP: &str = "\
usage: cargo xtask demo-check [FILE]

Reads what `cargo xtask demo -- --json` printed (from FILE, or from stdin) and judges its last
line: the replicas agree and at least five hold the same state, no photo is missing, at least
two changes were set aside and every one was shown to its author, at least one entry is late; a
unit's request to send back was granted, suspended work resumed, and a second reporter told.
";

/// Builds and plays.
pub(crate) fn play(shell: &mut Shell, mut args: Args) -> Result<(), Failure> {
    let release = args.flag("--release");
    let mut words = vec!["demo".to_owned()];
    words.extend(args.into_rest());
    cargo_tasks::build_and_run(shell, "gewu-cli", "gewu", release, &words)
}

/// Judges the last line of what a demo printed.
pub(crate) fn judge(_shell: &mut Shell, mut args: Args) -> Result<(), Failure> {
    let file = args.positional();
    args.finish()?;
    let text = match file.as_deref() {
        None | Some("-") => read_stdin()?,
        Some(path) => std::fs::read_to_string(path)
            .map_err(Failure::while_doing(format_args!("read {path}")))?,
    };
    let verdict = verdict::of(&text)?;
    println!("{}", verdict.facts);
    if verdict.complaints.is_empty() {
        return Ok(());
    }
    Err(Failure::Finding(format!(
        "the demo does not hold:\n{}",
        verdict.complaints.join("\n")
    )))
}

fn read_stdin() -> Result<String, Failure> {
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .map_err(Failure::while_doing("read the demo's output"))?;
    Ok(text)
}
