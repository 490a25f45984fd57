//! The deliberate bugs that `cargo xtask mutations` puts in: each still fits the code.

use crate::shell::Shell;

const FOLDER: &str = "tests/mutations/";

/// The patches among `files`, tried without being put in.
///
/// Returns one finding per patch that does not apply.
pub(super) fn check(shell: &Shell, files: &[String]) -> Vec<String> {
    let patches = files
        .iter()
        .filter(|file| file.starts_with(FOLDER) && file.ends_with(".patch"));
    let stale = patches.filter(|patch| {
        let words = ["apply", "--check", patch.as_str()];
        shell.read(&mut shell.program("git", &words)).is_err()
    });
    stale
        .map(|patch| format!("  {patch}: the code has changed, so it does not apply: make it anew"))
        .collect()
}
