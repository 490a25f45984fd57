//! The Swift package: built and tested against the library and the program that cargo built, by the
//! machine's own Swift or in a tree of its own.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cache;
use crate::failure::Failure;
use crate::shell::Shell;
use crate::test::Ran;

/// Names the tree in the cache; another number when `swift-tree.sh` puts other things into it.
const TREE: &str = "swift-trixie-1";
const UNPACK: &str = "ios/tools/swift-tree.sh";
const ENTER: &str = "ios/tools/swift-in.sh";

/// The command that makes the tree; it does nothing when the tree is there.
pub(crate) fn unpacking(shell: &Shell) -> Result<Command, Failure> {
    let mut command = shell.program(shell.root().join(UNPACK), &[]);
    command.arg(tree().map_err(Failure::Finding)?);
    Ok(command)
}

fn tree() -> Result<PathBuf, String> {
    Ok(cache::folder()?.join(TREE))
}

/// Where `swift` comes from.
enum Toolchain {
    Tree(PathBuf),
    Machine,
}

impl Toolchain {
    fn found(shell: &Shell) -> Result<Self, String> {
        let tree = tree()?;
        let candidates = [Self::Tree(tree.clone()), Self::Machine];
        let works = |it: &Self| match it {
            Self::Tree(tree) if !tree.join(".complete").exists() => false,
            it => {
                let mut asked = it.swift(shell, shell.root());
                shell.read(asked.arg("--version")).is_ok()
            }
        };
        let found = candidates.into_iter().find(works);
        found.ok_or_else(|| match tree.join(".complete").exists() {
            true => "namespaces are not permitted on this machine".to_owned(),
            false => "there is no swift (cargo xtask setup installs it)".to_owned(),
        })
    }

    fn swift(&self, shell: &Shell, target: &Path) -> Command {
        self.program(shell, target, Path::new("swift"))
    }

    /// A program that sees the clone and the folder where cargo builds.
    fn program(&self, shell: &Shell, target: &Path, program: &Path) -> Command {
        match self {
            Self::Machine => shell.program(program, &[]),
            Self::Tree(tree) => {
                let mut command = shell.program(shell.root().join(ENTER), &[]);
                command.args([tree, shell.root(), target]);
                command.arg("--").arg(program);
                command
            }
        }
    }
}

/// Runs the tests, or says why they cannot run.
pub(crate) fn test(shell: &mut Shell) -> Result<Ran, Failure> {
    if !cfg!(target_os = "linux") {
        return Ok(Ran::Skipped("its tests are made for Linux".to_owned()));
    }
    let toolchain = match Toolchain::found(shell) {
        Ok(toolchain) => toolchain,
        Err(why) => return Ok(Ran::Skipped(why)),
    };
    let mut build = shell.cargo(&["build", "--package", "gewu-ffi", "--package", "gewu-cli"]);
    shell.run("build for swift", &mut build)?;
    let built = shell.built(false)?;
    let target = built.parent().unwrap_or(&built);
    let mut swift = toolchain.swift(shell, target);
    swift.args(["test", "--disable-sandbox", "--disable-swift-testing"]);
    swift.arg("--scratch-path").arg(target.join("swift"));
    swift.env("GEWU_LIB_DIR", &built);
    swift.env("GEWU_PROGRAM", built.join("gewu"));
    swift.env("GEWU_FIXTURES", shell.root().join("fixtures"));
    let mut counted = Counted::default();
    let run = shell.follow("swift tests", &mut swift, |line| {
        counted.add(line);
        // The lines of passed tests drown those of failed ones.
        if !line.starts_with("Test Case") || line.contains(" failed ") {
            println!("{line}");
        }
    });
    println!("xtask: swift on Linux, with the library and a server that cargo built:");
    println!("{} passed, {} failed", counted.passed, counted.failed);
    run?;
    counted.verdict()
}

/// The command that runs one step of a device of Swift's, which the tests have built, in a process of
/// its own.
pub(crate) fn device(shell: &Shell) -> Result<Command, Failure> {
    let toolchain = Toolchain::found(shell).map_err(Failure::Finding)?;
    let built = shell.built(false)?;
    let target = built.parent().unwrap_or(&built);
    let program = target.join("swift/debug/GewuDevice");
    let mut device = toolchain.program(shell, target, &program);
    device.env("GEWU_FIXTURES", shell.root().join("fixtures"));
    Ok(device)
}

/// Measures openings of the device in `folder`, with the library as apps carry it.
pub(crate) fn costs(shell: &mut Shell, folder: &Path) -> Result<Ran, Failure> {
    let toolchain = match Toolchain::found(shell) {
        Ok(toolchain) => toolchain,
        Err(why) => return Ok(Ran::Skipped(why)),
    };
    let built = shell.built(true)?;
    let target = built.parent().unwrap_or(&built).to_path_buf();
    // The library's folder is part of what is built: that of the tests stays as it is.
    let scratch = target.join("swift-bench");
    let mut build = toolchain.swift(shell, &target);
    build.args(["build", "--disable-sandbox", "--product", "GewuDevice"]);
    build.args(["--configuration", "release", "--scratch-path"]);
    build.arg(&scratch).env("GEWU_LIB_DIR", &built);
    shell.run("build the swift device", &mut build)?;
    let program = scratch.join("release/GewuDevice");
    let mut device = toolchain.program(shell, &target, &program);
    device.arg(folder).arg("openings");
    shell.run("swift bench", &mut device)?;
    Ok(Ran::Passed)
}

/// What the lines of the tests say.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counted {
    passed: u32,
    failed: u32,
    skipped: u32,
}

impl Counted {
    fn add(&mut self, line: &str) {
        let Some((_, end)) = line
            .strip_prefix("Test Case '")
            .and_then(|rest| rest.split_once("' "))
        else {
            return;
        };
        match end.split(' ').next() {
            Some("passed") => self.passed += 1,
            Some("failed") => self.failed += 1,
            Some("skipped") => self.skipped += 1,
            _ => {}
        }
    }

    fn verdict(&self) -> Result<Ran, Failure> {
        let finding = |text: &str| Err(Failure::Finding(text.to_owned()));
        match self {
            Self { passed: 0, .. } => finding("no swift test ran"),
            Self { skipped: 1.., .. } => finding("a swift test was skipped"),
            Self { failed: 1.., .. } => finding("a swift test failed"),
            _ => Ok(Ran::Passed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(lines: &[&str]) -> Counted {
        let mut counted = Counted::default();
        lines.iter().for_each(|line| counted.add(line));
        counted
    }

    #[test]
    fn tests_are_counted_by_how_they_ended() {
        let lines = [
            "Test Suite 'All tests' passed at 2026-11-26",
            "Test Case 'A.testB' started at 2026-11-26",
            "Test Case 'A.testB' passed (0.1 seconds)",
            "Test Case 'A.testC' started at 2026-11-26",
            "Test Case 'A.testC' failed (0.1 seconds)",
            "[3/4] Compiling Test Case",
        ];
        let expected = Counted {
            passed: 1,
            failed: 1,
            skipped: 0,
        };
        assert_eq!(counted(&lines), expected);
    }

    #[test]
    fn only_tests_that_ran_and_passed_are_a_pass() {
        let passed = "Test Case 'A.testB' passed (0.1 seconds)";
        assert!(matches!(counted(&[passed]).verdict(), Ok(Ran::Passed)));
        let others = ["skipped (0.1 seconds)", "failed (0.1 seconds)"];
        for other in others.map(|end| format!("Test Case 'A.testC' {end}")) {
            assert!(counted(&[passed, &other]).verdict().is_err(), "{other}");
        }
        assert!(counted(&[]).verdict().is_err());
    }
}
