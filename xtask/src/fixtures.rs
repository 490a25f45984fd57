//! Writes `fixtures/` anew.

use crate::args::Args;
use crate::failure::Failure;
use crate::shell::Shell;
use crate::{cargo_tasks, git};

pub(crate) const HELP: &str = "\
usage: cargo xtask fixtures [--check]

Writes fixtures/ anew from its generator, which always writes the same bytes.
With --check a difference from what git holds is a failure.
";

/// Runs the generator.
pub(crate) fn run(shell: &mut Shell, mut args: Args) -> Result<(), Failure> {
    let check = args.flag("--check");
    args.finish()?;
    cargo_tasks::build_and_run(shell, "gewu-tests", "make_fixtures", false, &[])?;
    if check {
        git::must_hold(shell, "fixtures", "fixtures")
    } else {
        Ok(())
    }
}
