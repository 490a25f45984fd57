//! Many seeds, several at once: each is a world of its own.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread::{available_parallelism, scope};

/// As many as the machine has cores.
pub fn cores() -> NonZero<usize> {
    available_parallelism().unwrap_or(NonZero::<usize>::MIN)
}

/// Plays the seeds, `at_once` of them side by side, and tells of each in their order; how many that were. None is begun once there is
/// no `time_left`; those that were played are then the first ones.
pub fn play<T: Send>(
    seeds: RangeInclusive<u64>,
    at_once: NonZero<usize>,
    time_left: impl Fn() -> bool + Sync,
    play: impl Fn(u64) -> T + Sync,
    mut tell: impl FnMut(u64, T),
) -> usize {
    let next = AtomicUsize::new(0);
    let work = |done: Sender<(u64, T)>| {
        let mine = || {
            let next = || seeds.clone().nth(next.fetch_add(1, Ordering::Relaxed));
            time_left().then(next).flatten()
        };
        while let Some(seed) = mine() {
            if done.send((seed, play(seed))).is_err() {
                break;
            }
        }
    };
    let mut told = 0;
    scope(|threads| {
        let (done, played) = channel();
        for _ in 0..at_once.get() {
            let done = done.clone();
            threads.spawn(|| work(done));
        }
        drop(done);
        let mut early = BTreeMap::new();
        let mut due = seeds.clone();
        let mut wanted = due.next();
        for (seed, outcome) in played {
            early.insert(seed, outcome);
            while let Some((seed, outcome)) = wanted.and_then(|seed| early.remove_entry(&seed)) {
                tell(seed, outcome);
                told += 1;
                wanted = due.next();
            }
        }
    });
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_seed_is_played_once_and_told_in_its_order() {
        let mut told = Vec::new();
        let three = NonZero::new(3).unwrap();
        play(
            5..=40,
            three,
            || true,
            |seed| seed * 2,
            |seed, twice| told.push((seed, twice)),
        );
        let expected: Vec<_> = (5..=40).map(|seed| (seed, seed * 2)).collect();
        assert_eq!(told, expected);
    }

    #[test]
    fn without_time_the_first_seeds_were_played_and_no_other() {
        let (asked, mut told) = (AtomicUsize::new(0), Vec::new());
        let three = NonZero::new(3).unwrap();
        let time_left = || asked.fetch_add(1, Ordering::Relaxed) < 10;
        play(
            5..=40,
            three,
            time_left,
            |seed| seed,
            |seed, _| told.push(seed),
        );
        assert_eq!(told, (5..=14).collect::<Vec<_>>());
    }
}
