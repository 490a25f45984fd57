//! Why a task failed, and the exit status that says so.

use std::fmt;
use std::process::ExitCode;

/// Why a task failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The words were wrong: exit status 2.
    Usage(String),
    /// A program ran and failed; its own output says why, and its status is passed on.
    Program {
        /// The command line.
        line: String,
        /// Its exit status, 128 + signal when it was killed.
        status: u8,
    },
    /// A check of ours found something, or something could not be read: exit status 1.
    Finding(String),
}

impl Failure {
    /// The exit status of the task.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage(_) => ExitCode::from(2),
            Self::Program { status, .. } => ExitCode::from(*status),
            Self::Finding(_) => ExitCode::from(1),
        }
    }

    /// Wraps an error of reading or starting something.
    pub(crate) fn while_doing(what: impl fmt::Display) -> impl FnOnce(std::io::Error) -> Self {
        move |error| Self::Finding(format!("failed to {what}: {error}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(text) | Self::Finding(text) => f.write_str(text),
            Self::Program { line, status } => write!(f, "exit status {status} from: {line}"),
        }
    }
}
