//! Benchmarks, each beside its floor or peer in the same run on the same machine.
//!
//! They measure through the SDK's own calls, on a real folder with real flushes. The server is in
//! the same process and its time is taken out. Nothing is written but temporary folders.

pub mod apply;
pub mod evidence;
mod figure;
pub mod page;
pub mod place;
pub mod save;
pub mod sync;
mod town;
pub mod upload;

use std::time::Duration;

pub use figure::{Aim, Amount, Figure, table};
pub use town::{BenchError, Town};

/// The middle one.
pub fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_one_in_any_order() {
        let ms = |list: &[u64]| list.iter().copied().map(Duration::from_millis).collect();
        assert_eq!(median(ms(&[9, 1, 5])), Duration::from_millis(5));
        assert_eq!(median(Vec::new()), Duration::ZERO);
    }
}
