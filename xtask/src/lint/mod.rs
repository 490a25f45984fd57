//! Formatting, clippy and the rules of the house.

mod dependency_table;
mod named_tests;
mod patches;
mod remote_docs;
mod source_rules;

use crate::args::Args;
use crate::failure::Failure;
use crate::git;
use crate::shell::Shell;

pub(crate) const HELP: &str = "\
usage: cargo xtask lint

  1. cargo fmt --check
  2. the rules of the house: no tracked file reads a folder outside the clone; no test is
     skipped and no code is left unwritten; a Rust file over 400 lines says why in its first
     15 lines (`// long-file: REASON`); docs/dependencies.md has a line for every direct
     dependency, and none for what is gone; a test that a page names exists; what the bindings
     restate of the core has the docstrings of the core; the deliberate bugs of
     tests/mutations apply
  3. cargo clippy on every target, warnings are failures
";

/// Checks; the cheap things first.
pub(crate) fn run(shell: &mut Shell, args: Args) -> Result<(), Failure> {
    args.finish()?;
    let mut fmt = shell.cargo(&["fmt", "--all", "--check"]);
    shell.run("fmt", &mut fmt)?;
    house_rules(shell)?;
    let mut clippy = shell.cargo(&["clippy", "--workspace", "--all-targets"]);
    shell.run("clippy", clippy.args(["--", "--deny", "warnings"]))
}

fn house_rules(shell: &Shell) -> Result<(), Failure> {
    let files = git::files(shell)?;
    let mut findings = source_rules::check(shell.root(), &files)?;
    findings.extend(dependency_table::check(shell)?);
    findings.extend(named_tests::check(shell.root(), &files));
    findings.extend(remote_docs::check(shell.root(), &files));
    findings.extend(patches::check(shell, &files));
    if findings.is_empty() {
        eprintln!("xtask: {} files keep the rules of the house", files.len());
        return Ok(());
    }
    Err(Failure::Finding(format!(
        "rules of the house are broken:\n{}",
        findings.join("\n")
    )))
}
