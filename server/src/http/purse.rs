//! How much of the server's time one device has used of late.

use std::time::Duration;

use tokio::time::Instant;

/// What a device may use at once: a first sync of ten thousand cases, or what a week without a network
/// leaves behind, fits in.
const AT_ONCE: Duration = Duration::from_secs(10);
/// Beyond it a device gets this part of the time, one in so many.
const ONE_IN: u32 = 4;
/// The longest that one exchange is put off. Apps wait that long for an answer without a word.
const LONGEST: Duration = Duration::from_secs(5);

/// What a device has used and has not yet been forgiven.
#[derive(Debug)]
pub(super) struct Purse {
    used: Duration,
    since: Instant,
}

impl Purse {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            used: Duration::ZERO,
            since: now,
        }
    }

    /// Notes so much processor time. What would put off the next one for longer than [`LONGEST`] is
    /// forgiven: nobody is shut out.
    pub(super) fn spend(&mut self, time: Duration, now: Instant) {
        self.forgive(now);
        self.used = (self.used + time).min(AT_ONCE + LONGEST / ONE_IN);
    }

    /// For how long the device's next exchange is put off.
    pub(super) fn pause(&mut self, now: Instant) -> Duration {
        self.forgive(now);
        self.used.saturating_sub(AT_ONCE) * ONE_IN
    }

    /// Whether nothing is left to remember.
    pub(super) fn is_empty(&mut self, now: Instant) -> bool {
        self.forgive(now);
        self.used.is_zero()
    }

    fn forgive(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.since);
        self.used = self.used.saturating_sub(passed / ONE_IN);
        self.since = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_long_first_sync_is_never_put_off() {
        let mut now = Instant::now();
        let mut purse = Purse::new(now);
        for _ in 0..10 {
            assert_eq!(purse.pause(now), Duration::ZERO);
            now += SECOND;
            purse.spend(SECOND, now);
        }
    }

    #[test]
    fn whoever_never_stops_gets_a_quarter_and_is_not_shut_out() {
        let mut now = Instant::now();
        let mut purse = Purse::new(now);
        purse.spend(AT_ONCE, now);
        let (begun, mut worked) = (now, Duration::ZERO);
        for _ in 0..1_000 {
            now += purse.pause(now) + SECOND / 10;
            purse.spend(SECOND / 10, now);
            worked += SECOND / 10;
        }
        let share = worked.as_secs_f64() / (now - begun).as_secs_f64();
        assert!((0.24..0.26).contains(&share), "{share}");
        purse.spend(SECOND * 3_600, now);
        assert_eq!(purse.pause(now), LONGEST);
    }

    #[test]
    fn it_is_forgotten_in_time() {
        let now = Instant::now();
        let mut purse = Purse::new(now);
        purse.spend(SECOND, now);
        assert!(!purse.is_empty(now + SECOND * 3));
        assert!(purse.is_empty(now + SECOND * 4));
    }
}
