//! Log lines for the host.

use std::sync::Arc;

use gewu::host::{LogLevel as Level, LogLine, LogSink};

use super::HostError;

/// How much a line matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum LogLevel {
    /// For somebody who looks for a fault.
    Debug,
    /// What happened, in the normal course.
    Info,
    /// Something did not work and was dealt with.
    Warn,
    /// Something did not work and somebody should look.
    Error,
}

impl From<Level> for LogLevel {
    fn from(level: Level) -> Self {
        match level {
            Level::Debug => Self::Debug,
            Level::Info => Self::Info,
            Level::Warn => Self::Warn,
            Level::Error => Self::Error,
        }
    }
}

/// One line of a log. It holds nothing that a person wrote, where they were or who they are.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct LogRecord {
    /// How much it matters.
    pub level: LogLevel,
    /// The part of the SDK that speaks.
    pub part: String,
    /// The text with its values.
    pub text: String,
}

/// Takes log lines. Must not call back into the SDK.
#[uniffi::export(foreign)]
pub trait HostLog: Send + Sync {
    /// Takes one line. What is thrown is ignored.
    fn log(&self, line: LogRecord) -> Result<(), HostError>;
}

/// The host's log as the core sees it.
pub(crate) struct Logging(pub(crate) Arc<dyn HostLog>);

impl LogSink for Logging {
    fn log(&self, line: &LogLine) {
        // A log that cannot be written stops no work.
        let _ = self.0.log(LogRecord {
            level: line.level.into(),
            part: line.part.to_owned(),
            text: line.text().to_owned(),
        });
    }
}
