//! What git says about a folder.

use crate::failure::Failure;
use crate::shell::Shell;

/// Fails when a folder of generated files differs from what git holds.
pub(crate) fn must_hold(shell: &Shell, folder: &str, task: &str) -> Result<(), Failure> {
    let words = ["--no-pager", "diff", "--name-status", "--", folder];
    let changed = shell.read(&mut shell.program("git", &words))?;
    let words = ["ls-files", "--others", "--exclude-standard", "--", folder];
    let untracked = shell.read(&mut shell.program("git", &words))?;
    if changed.is_empty() && untracked.is_empty() {
        eprintln!("xtask: {folder} is what git holds");
        return Ok(());
    }
    Err(Failure::Finding(format!(
        "{folder} differs from what git holds; run `cargo xtask {task}` and commit:\n{changed}{untracked}"
    )))
}

/// Every file that is tracked or about to be.
pub(crate) fn files(shell: &Shell) -> Result<Vec<String>, Failure> {
    let words = [
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ];
    let listing = shell.read(&mut shell.program("git", &words))?;
    Ok(listing
        .split('\0')
        .filter(|path| !path.is_empty())
        .map(str::to_owned)
        .collect())
}
