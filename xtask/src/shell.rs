//! Runs programs: says what runs, measures it, and hands its exit status on.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::failure::Failure;

/// Runs programs in the workspace root and remembers what each stage took.
pub(crate) struct Shell {
    root: PathBuf,
    stages: Vec<(String, Duration)>,
}

impl Shell {
    /// A shell in the root of the workspace that this program was started from.
    pub(crate) fn at_workspace_root() -> Result<Self, Failure> {
        let here = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = here
            .parent()
            .filter(|root| root.join("Cargo.toml").is_file())
            .ok_or_else(|| Failure::Finding("run this with `cargo xtask`".into()))?;
        Ok(Self {
            root: root.to_owned(),
            stages: Vec::new(),
        })
    }

    /// The root of the workspace.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A program, to be run in the root.
    pub(crate) fn program(&self, name: impl AsRef<std::ffi::OsStr>, words: &[&str]) -> Command {
        let mut command = Command::new(name);
        command.args(words).current_dir(&self.root);
        for (key, _) in std::env::vars_os() {
            if key.to_str().is_some_and(describes_this_package) {
                command.env_remove(key);
            }
        }
        command
    }

    /// The cargo that started us.
    pub(crate) fn cargo(&self, words: &[&str]) -> Command {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        self.program(cargo, words)
    }

    /// Runs a program as a stage of its own, its output passed through.
    pub(crate) fn run(&mut self, stage: &str, command: &mut Command) -> Result<(), Failure> {
        self.stage(stage, command, |command| command.status())
    }

    /// The same, with each line of its stdout handed to `each` instead of passed through.
    pub(crate) fn follow(
        &mut self,
        stage: &str,
        command: &mut Command,
        mut each: impl FnMut(&str),
    ) -> Result<(), Failure> {
        self.stage(stage, command, |command| {
            let mut child = command.stdout(Stdio::piped()).spawn()?;
            if let Some(out) = child.stdout.take() {
                for line in BufReader::new(out).split(b'\n') {
                    each(&String::from_utf8_lossy(&line?));
                }
            }
            child.wait()
        })
    }

    fn stage(
        &mut self,
        stage: &str,
        command: &mut Command,
        run: impl FnOnce(&mut Command) -> std::io::Result<ExitStatus>,
    ) -> Result<(), Failure> {
        let line = command_line(command);
        eprintln!("xtask: $ {line}");
        let started = Instant::now();
        let status = run(command).map_err(Failure::while_doing(format_args!("run {line}")))?;
        let took = started.elapsed();
        eprintln!("xtask: {stage} took {:.1} s", took.as_secs_f64());
        self.stages.push((stage.to_owned(), took));
        if status.success() {
            return Ok(());
        }
        Err(Failure::Program {
            line,
            status: exit_status(status),
        })
    }

    /// Runs a program and returns what it printed on stdout.
    pub(crate) fn read(&self, command: &mut Command) -> Result<String, Failure> {
        let line = command_line(command);
        let output = command
            .stderr(Stdio::inherit())
            .output()
            .map_err(Failure::while_doing(format_args!("run {line}")))?;
        if !output.status.success() {
            return Err(Failure::Program {
                line,
                status: exit_status(output.status),
            });
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// What cargo knows of the workspace, without its dependencies' own manifests.
    pub(crate) fn metadata(&self) -> Result<serde_json::Value, Failure> {
        let words = ["metadata", "--no-deps", "--format-version", "1"];
        let text = self.read(&mut self.cargo(&words))?;
        serde_json::from_str(&text)
            .map_err(|error| Failure::Finding(format!("failed to read cargo's metadata: {error}")))
    }

    /// Where cargo builds the given profile.
    pub(crate) fn built(&self, release: bool) -> Result<PathBuf, Failure> {
        let metadata = self.metadata()?;
        let target = metadata["target_directory"]
            .as_str()
            .ok_or_else(|| Failure::Finding("cargo names no target directory".into()))?;
        Ok(Path::new(target).join(if release { "release" } else { "debug" }))
    }

    /// Says what each stage took, when there was more than one.
    pub(crate) fn print_stages(&self) {
        if self.stages.len() < 2 {
            return;
        }
        for (stage, took) in &self.stages {
            eprintln!("xtask: {:>7.1} s  {stage}", took.as_secs_f64());
        }
    }
}

/// `cargo run` describes the package it runs in the environment. Build scripts that watch those
/// variables would run again on every change between `cargo xtask test` and `cargo test`.
fn describes_this_package(key: &str) -> bool {
    key.starts_with("CARGO_PKG_")
        || key.starts_with("CARGO_MANIFEST_")
        || matches!(
            key,
            "CARGO_CRATE_NAME" | "CARGO_BIN_NAME" | "CARGO_PRIMARY_PACKAGE"
        )
}

/// A command as a person would type it, without the folder of its program.
pub(crate) fn command_line(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let mut line = program
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    for word in command.get_args() {
        line.push(' ');
        line.push_str(&word.to_string_lossy());
    }
    line
}

fn exit_status(status: ExitStatus) -> u8 {
    let code = status
        .code()
        .or_else(|| signal(status).map(|signal| 128 + signal))
        .unwrap_or(1);
    u8::try_from(code).unwrap_or(1)
}

#[cfg(unix)]
fn signal(status: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

#[cfg(not(unix))]
fn signal(_status: ExitStatus) -> Option<i32> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status_of(script: &str) -> u8 {
        let mut shell = Shell::at_workspace_root().unwrap();
        let mut command = shell.program("sh", &["-c", script]);
        match shell.run("script", &mut command) {
            Ok(()) => 0,
            Err(Failure::Program { status, .. }) => status,
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn a_programs_exit_status_is_passed_on() {
        assert_eq!(status_of("exit 0"), 0);
        assert_eq!(status_of("exit 7"), 7);
        assert_eq!(status_of("kill -KILL $$"), 137);
    }

    #[test]
    fn programs_are_not_told_about_this_package() {
        assert_eq!(status_of("test -z \"${CARGO_PKG_NAME:-}\""), 0);
        assert_eq!(status_of("test -z \"${CARGO_MANIFEST_DIR:-}\""), 0);
    }
}
