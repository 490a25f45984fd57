//! Benchmarks, each beside its floor or peer in the same run on the same disk.
//!
//! They measure through the SDK's own calls, on a real folder with real flushes. The server is in
//! the same process and its time is taken out. Nothing is written but temporary folders.

pub mod apply;
pub mod evidence;
pub mod page;
pub mod save;
mod town;

use std::time::Duration;

pub use town::{BenchError, Town};

/// One line of the table.
#[derive(Debug, Clone)]
pub struct Figure {
    /// What was measured.
    pub name: &'static str,
    /// Our time.
    pub ours: Duration,
    /// What it is held against.
    pub peer: &'static str,
    /// The peer's time.
    pub peers: Duration,
    /// What we want.
    pub aim: Aim,
}

/// What a figure should be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Aim {
    /// At most so many times the peer.
    Times(f64),
    /// At most so long.
    Within(Duration),
    /// Nothing was promised.
    None,
}

impl Figure {
    /// Our time over the peer's.
    pub fn ratio(&self) -> f64 {
        self.ours.as_secs_f64() / self.peers.as_secs_f64().max(1e-9)
    }

    /// Whether the aim is met.
    pub fn is_met(&self) -> bool {
        match self.aim {
            Aim::Times(times) => self.ratio() <= times,
            Aim::Within(bound) => self.ours <= bound,
            Aim::None => true,
        }
    }

    fn aim_in_words(&self) -> String {
        let met = if self.is_met() { "met" } else { "MISSED" };
        match self.aim {
            Aim::Times(times) => format!("<= {times} x, {met}"),
            Aim::Within(bound) => format!("<= {bound:?}, {met}"),
            Aim::None => "none".to_owned(),
        }
    }
}

/// The figures as a table.
pub fn table(figures: &[Figure]) -> String {
    let mut lines = vec![format!(
        "{:<44} {:>12}  {:<40} {:>12} {:>8}  aim",
        "name", "ours", "floor or peer", "time", "ratio"
    )];
    lines.extend(figures.iter().map(|figure| {
        format!(
            "{:<44} {:>12}  {:<40} {:>12} {:>6.2} x  {}",
            figure.name,
            format!("{:.1?}", figure.ours),
            figure.peer,
            format!("{:.1?}", figure.peers),
            figure.ratio(),
            figure.aim_in_words()
        )
    }));
    lines.join("\n")
}

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

    #[test]
    fn a_missed_aim_is_said() {
        let figure = Figure {
            name: "x",
            ours: Duration::from_millis(3),
            peer: "y",
            peers: Duration::from_millis(1),
            aim: Aim::Times(2.5),
        };
        assert!(!figure.is_met());
        assert!(table(&[figure]).contains("MISSED"));
    }
}
