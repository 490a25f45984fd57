//! A device in a folder, one process for each command.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use super::binary;

/// A device's folder.
#[derive(Debug, Clone)]
pub struct Device {
    folder: PathBuf,
}

/// How a command ended.
#[derive(Debug, Clone)]
pub struct Ended {
    /// The exit status; `None` when a signal ended it.
    pub code: Option<i32>,
    /// Each line of stdout.
    pub out: Vec<Value>,
    /// All of stderr.
    pub err: String,
}

impl Ended {
    /// What a finished process left.
    pub fn of(output: &std::process::Output) -> Self {
        let text = String::from_utf8_lossy(&output.stdout);
        Self {
            code: output.status.code(),
            out: text
                .lines()
                .map(|line| serde_json::from_str(line).unwrap_or(Value::Null))
                .collect(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Device {
    /// The device in `folder`.
    pub fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command
            .arg("--json")
            .args(words)
            .arg("--dir")
            .arg(&self.folder)
            .stdin(Stdio::null())
            .env_remove("RUST_BACKTRACE");
        command
    }

    /// Starts a command without waiting for it.
    ///
    /// # Errors
    /// When the process cannot be started.
    pub fn spawn(&self, words: &[&str]) -> io::Result<Child> {
        self.command(words)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
    }

    /// Runs a command to its end, whatever that is.
    ///
    /// # Errors
    /// When the process cannot be started.
    pub fn run(&self, words: &[&str]) -> io::Result<Ended> {
        Ok(Ended::of(&self.command(words).output()?))
    }

    /// Runs a command that must succeed; what it printed last.
    ///
    /// # Errors
    /// The command and its words on stderr.
    pub fn ok(&self, words: &[&str]) -> Result<Value, String> {
        let ended = self.run(words).map_err(|error| error.to_string())?;
        if ended.code == Some(0) {
            Ok(ended.out.into_iter().next_back().unwrap_or(Value::Null))
        } else {
            Err(format!("{words:?}: {:?} {}", ended.code, ended.err))
        }
    }

    /// Every line that a command prints.
    ///
    /// # Errors
    /// The command and its words on stderr.
    pub fn lines(&self, words: &[&str]) -> Result<Vec<Value>, String> {
        let ended = self.run(words).map_err(|error| error.to_string())?;
        if ended.code == Some(0) {
            Ok(ended.out)
        } else {
            Err(format!("{words:?}: {:?} {}", ended.code, ended.err))
        }
    }
}
