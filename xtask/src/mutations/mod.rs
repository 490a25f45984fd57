//! Puts deliberate bugs into a copy of the tree, one at a time, and sees whether the tests notice.
//!
//! A bug is a patch in `tests/mutations` whose head says what it is and what must catch it. The copy
//! lies below cargo's target folder and is built there, so nothing of it reaches the tree.

mod patch;
mod tree;

use std::time::{Duration, Instant};

use crate::args::Args;
use crate::failure::Failure;
use crate::shell::Shell;

use patch::{Catcher, Patch};
use tree::Tree;

pub(crate) const HELP: &str = "\
usage: cargo xtask mutations [NAME]

Puts the deliberate bugs of tests/mutations, or those whose name contains NAME, one at a time into a
copy of the tree, builds it, and runs the test or the simulator's seeds that the patch names. Prints
caught or survived for each, then the score. A patch that no longer applies or does not build, a test
that fails without any bug, and a bug that survives are failures.
";

/// A test that takes longer hangs, which is noticed too. Real time, build apart.
const PATIENCE: Duration = Duration::from_secs(300);

/// Runs the check.
pub(crate) fn run(shell: &mut Shell, mut args: Args) -> Result<(), Failure> {
    let wanted = args.positional();
    args.finish()?;
    let mut patches = patch::read_all(shell.root())?;
    patches.retain(|patch| wanted.as_ref().is_none_or(|name| patch.name.contains(name)));
    if patches.is_empty() {
        return Err(Failure::Usage(
            "no patch in tests/mutations has such a name".into(),
        ));
    }
    let tree = Tree::copy(shell)?;
    for patch in &patches {
        tree.check(shell, patch)?;
    }
    check_catchers(shell, &tree, &patches)?;
    let mut survivors = Vec::new();
    for patch in &patches {
        let (caught, took) = try_one(shell, &tree, patch)?;
        let word = if caught { "caught" } else { "SURVIVED" };
        let line = format!(
            "{word:<9} {:<28} {:>4} s  {}",
            patch.name,
            took.as_secs(),
            patch.bug
        );
        println!("{line}");
        if !caught {
            survivors.push(patch.name.clone());
        }
    }
    let (all, caught) = (patches.len(), patches.len() - survivors.len());
    println!("{caught} of {all} deliberate bugs were caught");
    match survivors.is_empty() {
        true => Ok(()),
        false => Err(Failure::Finding(format!(
            "survived: {}",
            survivors.join(", ")
        ))),
    }
}

/// A test that fails anyway catches nothing.
fn check_catchers(shell: &mut Shell, tree: &Tree, patches: &[Patch]) -> Result<(), Failure> {
    let mut checked: Vec<&Catcher> = Vec::new();
    for patch in patches {
        if checked.contains(&&patch.catcher) {
            continue;
        }
        tree.build(shell, &patch.catcher)?;
        if !tree.passes(shell, &patch.catcher, PATIENCE)? {
            return Err(Failure::Finding(format!(
                "{} fails without any bug",
                patch.catcher
            )));
        }
        checked.push(&patch.catcher);
    }
    Ok(())
}

/// Whether the bug is caught, and how long building and running took.
fn try_one(shell: &mut Shell, tree: &Tree, patch: &Patch) -> Result<(bool, Duration), Failure> {
    let started = Instant::now();
    tree.apply(shell, patch)?;
    let tried = tree
        .build(shell, &patch.catcher)
        .and_then(|()| tree.passes(shell, &patch.catcher, PATIENCE));
    tree.undo(shell, patch)?;
    Ok((!tried?, started.elapsed()))
}
