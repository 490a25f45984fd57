//! Arguments of `gewu deadline`.

use std::path::PathBuf;

use clap::Args;

pub(crate) const DEADLINE_EXAMPLES: &str = "\
Examples:
  gewu deadline --start 2026-09-30T17:00 --limit 2工作时
  gewu deadline --start 2026-03-02T16:00 --limit 4工作时 --pause 2026-03-02T17:00..2026-03-03T09:00
  gewu deadline --start 2026-03-02T16:00 --limit 5工作日 --extend 5工作日 --now 2026-03-10T09:00 --json

Exit status 1 when there is no answer: the limit cannot be read, or the calendar does not reach so far.";

#[derive(Debug, Args)]
pub(crate) struct DeadlineArgs {
    /// When the clock starts, as 2026-09-30T17:00; without a zone behind it, in the calendar's (+08:00
    /// unless the calendar says otherwise).
    #[arg(long, value_name = "TIME")]
    pub(crate) start: String,
    /// The limit as the catalogue writes it: 2紧急工作时, 4工作时, 5工作日, 1天, 30紧急分钟.
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub(crate) limit: String,
    /// The calendar (gewu-calendar/1, JSON); without it, the one of 2026 that ships.
    #[arg(long, value_name = "FILE")]
    pub(crate) pack: Option<PathBuf>,
    /// When the clock stands: A..B, or A.. while it still does. Again for further pauses.
    #[arg(long, value_name = "A..B")]
    pub(crate) pause: Vec<String>,
    /// A granted extension, which begins where the limit ends. Again for further ones.
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub(crate) extend: Vec<String>,
    /// Also say how much was used at that time, and the light that then shows (80 % and 100 %).
    #[arg(long, value_name = "TIME")]
    pub(crate) now: Option<String>,
}
