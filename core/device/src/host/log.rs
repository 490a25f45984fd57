//! Log lines that cannot carry what people wrote.
//!
//! A line is made of fixed texts and of values whose type is [`LogSafe`]. `String` and `&str`
//! are not, so a description, a name or a phone number does not compile into a log.

use std::fmt::{self, Display, Write};

/// How much a line matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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

/// A value that may stand in a log: its text never holds what a person wrote, where they were or
/// who they are.
pub trait LogSafe: Display {}

macro_rules! log_safe {
    ($($name:ty),* $(,)?) => { $(impl LogSafe for $name {})* };
}
log_safe!(bool, u8, u16, u32, u64, usize, i32, i64);
log_safe!(gewu_model::time::Millis);
log_safe!(crate::db::DbError, crate::files::FilesError);
log_safe!(
    super::TransportError,
    super::SecretError,
    super::HttpSetupError
);

/// One line of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// How much it matters.
    pub level: LogLevel,
    /// The part of the SDK that speaks.
    pub part: &'static str,
    text: String,
}

impl LogLine {
    /// A line that says `text`.
    pub fn new(level: LogLevel, part: &'static str, text: &'static str) -> Self {
        Self {
            level,
            part,
            text: text.to_owned(),
        }
    }

    /// The line with ` name=value` after it.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &dyn LogSafe) -> Self {
        // Writing into a `String` cannot fail.
        let _ = write!(self.text, " {name}={value}");
        self
    }

    /// The text with its values.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl Display for LogLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.part, self.text)
    }
}

/// Takes log lines. Called from any thread; must not call back into the SDK.
pub trait LogSink: Send + Sync {
    /// Takes one line.
    fn log(&self, line: &LogLine);
}

/// Keeps nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoLog;

impl LogSink for NoLog {
    fn log(&self, _line: &LogLine) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_shows_part_text_and_values() {
        let line = LogLine::new(LogLevel::Info, "sync", "exchange finished")
            .with("changes", &3_u64)
            .with("error", &crate::host::TransportError::Timeout);
        assert_eq!(
            line.to_string(),
            "sync: exchange finished changes=3 error=the server did not answer in time"
        );
    }
}
