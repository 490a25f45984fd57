//! The two clocks: one that claims a time, one that only counts.

use std::sync::OnceLock;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use gewu_model::time::Millis;

/// Reads time. The wall clock may jump in either direction and is only ever a claim; the
/// monotonic one never runs back and means nothing outside this process.
pub trait Clock: Send + Sync {
    /// The wall clock: milliseconds since 1970, negative before.
    fn now(&self) -> Millis;

    /// Milliseconds since some fixed moment of this process, for timeouts and waits.
    fn monotonic_ms(&self) -> u64;
}

/// The operating system's clocks.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Millis {
        let now = SystemTime::now();
        let ms = |span: std::time::Duration| i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        Millis(match now.duration_since(UNIX_EPOCH) {
            Ok(after) => ms(after),
            Err(before) => -ms(before.duration()),
        })
    }

    fn monotonic_ms(&self) -> u64 {
        static START: OnceLock<Instant> = OnceLock::new();
        let start = START.get_or_init(Instant::now);
        u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wall_clock_is_in_this_century_and_in_milliseconds() {
        let now = SystemClock.now().0;
        assert!(
            (1_600_000_000_000..4_102_444_800_000).contains(&now),
            "{now}"
        );
    }

    #[test]
    fn monotonic_clock_counts_milliseconds() {
        let start = SystemClock.monotonic_ms();
        std::thread::sleep(std::time::Duration::from_millis(30));
        let passed = SystemClock.monotonic_ms() - start;
        assert!((29..5_000).contains(&passed), "{passed}");
    }
}
