//! The server's log on standard error.

use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::layer;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::args::{LogFormat, LogLevel};

/// Whose lines are written. What libraries say of their own may hold what went over the wire.
const OURS: &str = "gewu_server";

/// Begins to write. A second log in one process is not begun.
pub(crate) fn begin(level: LogLevel, format: LogFormat) {
    let Some(level) = at(level) else { return };
    let ours = Targets::new().with_target(OURS, level);
    let lines = tracing_subscriber::registry().with(ours);
    let to = std::io::stderr;
    let _ = match format {
        LogFormat::Text => lines
            .with(layer().with_ansi(false).with_writer(to))
            .try_init(),
        LogFormat::Json => lines
            .with(layer().json().flatten_event(true).with_writer(to))
            .try_init(),
    };
}

const fn at(level: LogLevel) -> Option<Level> {
    match level {
        LogLevel::Off => None,
        LogLevel::Error => Some(Level::ERROR),
        LogLevel::Warn => Some(Level::WARN),
        LogLevel::Info => Some(Level::INFO),
    }
}
