//! What the device knows of the server's clock.

use gewu_model::time::{ClockTrust, Millis};
use gewu_sync::auth::WINDOW_MS;

use crate::write::Stamp;

/// The server's clock as last learned.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ServerClock {
    /// The server's clock minus the device's wall clock, in milliseconds.
    offset_ms: Option<i64>,
    /// The server's signed time, and the monotonic clock when it came. Means something in this
    /// process only.
    fixed: Option<(Millis, u64)>,
}

impl ServerClock {
    pub(crate) const fn new(offset_ms: Option<i64>) -> Self {
        Self {
            offset_ms,
            fixed: None,
        }
    }

    pub(crate) const fn offset_ms(&self) -> Option<i64> {
        self.offset_ms
    }

    /// The server's time for a request, as far as it is known.
    pub(crate) fn request_time(&self, now: Millis) -> Millis {
        now.plus(self.offset_ms.unwrap_or(0))
    }

    /// Moves the idea of the server's time, which nobody has signed.
    pub(crate) fn shift(&mut self, ms: i64) {
        self.offset_ms = Some(self.offset_ms.unwrap_or(0).saturating_add(ms));
    }

    /// Takes the time that the server has signed.
    pub(crate) fn fix(&mut self, server: Millis, now: Millis, monotonic_ms: u64) {
        self.offset_ms = Some(server.since(now));
        self.fixed = Some((server, monotonic_ms));
    }

    /// The time for an entry: the server's clock carried on by the monotonic one where this
    /// process has heard it, or the device's own.
    pub(crate) fn stamp(&self, now: Millis, monotonic_ms: u64) -> Stamp {
        if let Some((server, then)) = self.fixed {
            let passed = i64::try_from(monotonic_ms.saturating_sub(then)).unwrap_or(i64::MAX);
            return Stamp {
                at: server.plus(passed),
                trust: ClockTrust::ServerOffset,
            };
        }
        let wrong = self
            .offset_ms
            .is_some_and(|ms| ms.unsigned_abs() > WINDOW_MS.unsigned_abs());
        let trust = if wrong {
            ClockTrust::Doubtful
        } else {
            ClockTrust::Device
        };
        Stamp { at: now, trust }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signed_time_is_carried_on_by_the_monotonic_clock_alone() {
        let mut clock = ServerClock::default();
        assert_eq!(clock.stamp(Millis(5), 0).trust, ClockTrust::Device);
        clock.fix(Millis(1_000_000), Millis(5), 100);
        // The wall clock jumps ten years; nothing follows from it.
        let stamp = clock.stamp(Millis(315_360_000_000), 350);
        assert_eq!(stamp.at, Millis(1_000_250));
        assert_eq!(stamp.trust, ClockTrust::ServerOffset);
        assert_eq!(clock.request_time(Millis(6)), Millis(1_000_001));
    }

    #[test]
    fn a_clock_that_was_found_wrong_is_doubtful() {
        let clock = ServerClock::new(Some(-7_200_000));
        assert_eq!(clock.stamp(Millis(9), 0).trust, ClockTrust::Doubtful);
        let mut shifted = clock;
        shifted.shift(7_200_000);
        assert_eq!(shifted.offset_ms(), Some(0));
        assert_eq!(shifted.stamp(Millis(9), 0).trust, ClockTrust::Device);
    }
}
