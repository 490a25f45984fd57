//! The CPU time of this thread, and rounds in turns.

use rustix::time::{ClockId, clock_gettime};

use crate::bench::Amount;

const ROUNDS: usize = 9;

fn now() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

/// CPU seconds of one piece of work.
pub(super) fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let start = now();
    let done = work();
    (done, now() - start)
}

/// The median CPU time of each piece of work, divided by `parts`. The pieces take turns, so that
/// whatever else the machine does hits all alike.
pub(super) fn in_turns<const N: usize>(
    parts: usize,
    mut work: [&mut dyn FnMut() -> u64; N],
) -> [Amount; N] {
    let mut rounds: [Vec<f64>; N] = std::array::from_fn(|_| Vec::new());
    for _ in 0..ROUNDS {
        for (work, times) in work.iter_mut().zip(&mut rounds) {
            let (done, time) = timed(&mut *work);
            std::hint::black_box(done);
            times.push(time);
        }
    }
    rounds.map(|times| Amount::Seconds(middle(times) / parts as f64))
}

/// The middle one.
pub(super) fn middle(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or_default()
}
