//! What happened, in lines that a person can read.

use std::fmt::{self, Display};
use std::sync::{Mutex, PoisonError};

use super::host::WorldTime;

const DAY_MS: i64 = 86_400_000;

/// The story of one run. Two runs of one seed tell the same story, line by line.
pub struct Story {
    time: WorldTime,
    aloud: bool,
    lines: Mutex<Vec<String>>,
}

impl fmt::Debug for Story {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Story")
    }
}

impl Story {
    /// An empty story; `aloud` prints every line as it is told.
    pub const fn new(time: WorldTime, aloud: bool) -> Self {
        Self {
            time,
            aloud,
            lines: Mutex::new(Vec::new()),
        }
    }

    /// One more line.
    pub fn tell(&self, who: &str, what: impl Display) {
        let ms = self.time.since_start_ms();
        let (day, second) = (ms / DAY_MS + 1, ms % DAY_MS / 1_000);
        let clock = (second / 3_600, second / 60 % 60, second % 60);
        let line = format!(
            "day {day} {:02}:{:02}:{:02}  {who:<9} {what}",
            clock.0, clock.1, clock.2
        );
        if self.aloud {
            println!("{line}");
        }
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.push(line);
    }

    /// All lines so far.
    pub fn lines(&self) -> Vec<String> {
        let lines = self.lines.lock();
        lines.unwrap_or_else(PoisonError::into_inner).clone()
    }
}
