//! The copy of the tree in which the bugs are.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::patch::{Catcher, Patch};
use crate::failure::Failure;
use crate::git;
use crate::shell::Shell;

/// What `timeout` answers when it ended the program.
const TIMED_OUT: i32 = 124;

/// A copy of every file that git knows or is about to.
pub(super) struct Tree {
    root: PathBuf,
    target: PathBuf,
}

impl Tree {
    /// Makes the copy, or brings the one of before up to date. Files that are the same stay untouched, so
    /// that nothing is built twice.
    pub(super) fn copy(shell: &Shell) -> Result<Self, Failure> {
        let built = shell.built(false)?;
        let place = built.parent().unwrap_or(&built).join("mutations");
        let tree = Self {
            root: place.join("tree"),
            target: place.join("target"),
        };
        let files = git::files(shell)?;
        for file in &files {
            copy_changed(&shell.root().join(file), &tree.root.join(file))
                .map_err(Failure::while_doing(format_args!("copy {file}")))?;
        }
        remove_others(&tree.root, "", &files)
            .map_err(Failure::while_doing("tidy the copy of the tree"))?;
        Ok(tree)
    }

    /// Whether the patch still applies; a failure when it does not.
    pub(super) fn check(&self, shell: &Shell, patch: &Patch) -> Result<(), Failure> {
        self.patch(shell, patch, &["--check"])
    }

    /// Puts the bug in.
    pub(super) fn apply(&self, shell: &Shell, patch: &Patch) -> Result<(), Failure> {
        self.patch(shell, patch, &[])
    }

    /// Takes the bug out.
    pub(super) fn undo(&self, shell: &Shell, patch: &Patch) -> Result<(), Failure> {
        self.patch(shell, patch, &["--reverse"])
    }

    fn patch(&self, shell: &Shell, patch: &Patch, words: &[&str]) -> Result<(), Failure> {
        let mut git = shell.program("git", &["apply", "--whitespace=nowarn"]);
        git.args(words).arg(&patch.file).current_dir(&self.root);
        // Inside a repository git would take the copy for a part of it and pass over every file.
        git.env(
            "GIT_CEILING_DIRECTORIES",
            self.root.parent().unwrap_or(&self.root),
        );
        match shell.read(&mut git) {
            Ok(_) => Ok(()),
            Err(why) => Err(Failure::Finding(format!(
                "tests/mutations/{}.patch does not apply, make it anew: {why}",
                patch.name
            ))),
        }
    }

    /// Builds what has to notice a bug.
    pub(super) fn build(&self, shell: &mut Shell, catcher: &Catcher) -> Result<(), Failure> {
        // The simulator's program comes with its tests, out of the same crates as all other tests.
        let target = match catcher {
            Catcher::Test { target, .. } => target,
            Catcher::Seeds(_) => "simulator",
        };
        let mut cargo = shell.cargo(&["test", "--workspace", "--no-run", "--test", target]);
        shell.run(&format!("build {catcher}"), self.here(&mut cargo))
    }

    /// Whether what has to notice a bug passes. What hangs does not.
    pub(super) fn passes(
        &self,
        shell: &Shell,
        catcher: &Catcher,
        patience: Duration,
    ) -> Result<bool, Failure> {
        let seconds = patience.as_secs().to_string();
        let mut command = shell.program("timeout", &["--kill-after=5", &seconds]);
        match catcher {
            Catcher::Test { target, filter } => {
                command.arg(shell.cargo(&[]).get_program());
                command.args(["test", "--workspace", "--test", target, "--", filter]);
            }
            Catcher::Seeds(range) => {
                command.arg(self.target.join("debug/sim"));
                command.args(["--seeds", range]);
            }
        }
        let status = self
            .here(&mut command)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .map_err(Failure::while_doing(format_args!("run {catcher}")))?;
        if status.code() == Some(TIMED_OUT) {
            eprintln!("xtask: {catcher} did not end within {seconds} s");
        }
        Ok(status.success())
    }

    fn here<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", &self.target)
            .env("RUST_BACKTRACE", "0")
    }
}

fn copy_changed(from: &Path, to: &Path) -> std::io::Result<()> {
    let Ok(bytes) = fs::read(from) else {
        // Git knows it and it was removed.
        return Ok(());
    };
    if fs::read(to).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    fs::create_dir_all(to.parent().unwrap_or(to))?;
    fs::write(to, bytes)
}

/// Removes what the tree does not have any more.
fn remove_others(root: &Path, below: &str, files: &[String]) -> std::io::Result<()> {
    for entry in fs::read_dir(root.join(below))? {
        let entry = entry?;
        let name = format!("{below}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            remove_others(root, &format!("{name}/"), files)?;
        } else if files.binary_search(&name).is_err() && !files.contains(&name) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
