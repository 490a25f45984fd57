//! One line of the table: what was measured, beside its floor or peer, and what we want.

use std::fmt;
use std::time::Duration;

/// A measured amount.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Amount {
    /// Seconds, a fraction of a nanosecond included.
    Seconds(f64),
    /// Bytes.
    Bytes(u64),
    /// So many of something.
    Count(u64),
}

impl Amount {
    fn number(self) -> f64 {
        match self {
            Self::Seconds(seconds) => seconds,
            Self::Bytes(number) | Self::Count(number) => number as f64,
        }
    }
}

impl From<Duration> for Amount {
    fn from(time: Duration) -> Self {
        Self::Seconds(time.as_secs_f64())
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Seconds(s) if s < 1e-6 => write!(to, "{:.1} ns", s * 1e9),
            Self::Seconds(s) if s < 1e-3 => write!(to, "{:.2} µs", s * 1e6),
            Self::Seconds(s) => write!(to, "{:.2} ms", s * 1e3),
            Self::Bytes(bytes) => write!(to, "{:.2} MB", bytes as f64 / 1e6),
            Self::Count(count) => write!(to, "{count}"),
        }
    }
}

/// One line of the table.
#[derive(Debug, Clone)]
pub struct Figure {
    /// What was measured.
    pub name: &'static str,
    /// Ours.
    pub ours: Amount,
    /// What it is held against.
    pub peer: &'static str,
    /// The peer's.
    pub peers: Amount,
    /// What we want.
    pub aim: Aim,
}

/// What a figure should be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Aim {
    /// At most so many times the peer.
    Times(f64),
    /// The peer takes at least so many times as much, and better the second number.
    Faster(f64, f64),
    /// At most so much.
    Within(Amount),
    /// At most the peer and so much.
    Beyond(Amount),
    /// Nothing was promised.
    None,
}

impl Figure {
    /// Ours over the peer's.
    pub fn ratio(&self) -> f64 {
        self.ours.number() / self.peers.number().max(1e-12)
    }

    /// Whether the aim is met.
    pub fn is_met(&self) -> bool {
        match self.aim {
            Aim::Times(times) => self.ratio() <= times,
            Aim::Faster(times, _) => self.ratio() * times <= 1.0,
            Aim::Within(bound) => self.ours.number() <= bound.number(),
            Aim::Beyond(more) => self.ours.number() <= self.peers.number() + more.number(),
            Aim::None => true,
        }
    }

    fn aim_in_words(&self) -> String {
        let met = if self.is_met() { "met" } else { "MISSED" };
        match self.aim {
            Aim::Times(times) => format!("<= {times:.3} x, {met}"),
            Aim::Faster(times, better) => format!(
                "{:.2} x faster; >= {times} {met}, hoped {better} {}",
                1.0 / self.ratio(),
                if self.ratio() * better <= 1.0 {
                    "met"
                } else {
                    "missed"
                }
            ),
            Aim::Within(bound) => format!("<= {bound}, {met}"),
            Aim::Beyond(more) => format!("<= peer + {more}, {met}"),
            Aim::None => "none".to_owned(),
        }
    }
}

/// The figures as a table.
pub fn table(figures: &[Figure]) -> String {
    let mut lines = vec![format!(
        "{:<48} {:>12}  {:<44} {:>12} {:>9}  aim",
        "name", "ours", "floor or peer", "its", "ratio"
    )];
    lines.extend(figures.iter().map(|figure| {
        format!(
            "{:<48} {:>12}  {:<44} {:>12} {:>7.3} x  {}",
            figure.name,
            figure.ours.to_string(),
            figure.peer,
            figure.peers.to_string(),
            figure.ratio(),
            figure.aim_in_words()
        )
    }));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(ours: f64, aim: Aim) -> Figure {
        Figure {
            name: "x",
            ours: Amount::Seconds(ours),
            peer: "y",
            peers: Amount::Seconds(1e-3),
            aim,
        }
    }

    #[test]
    fn a_missed_aim_is_said() {
        let missed = figure(3e-3, Aim::Times(2.5));
        assert!(!missed.is_met());
        assert!(table(&[missed]).contains("MISSED"));
    }

    #[test]
    fn each_kind_of_aim_has_its_bound() {
        assert!(figure(0.5e-3, Aim::Faster(2.0, 4.0)).is_met());
        assert!(!figure(0.6e-3, Aim::Faster(2.0, 4.0)).is_met());
        assert!(figure(1e-3, Aim::Within(Amount::Seconds(1e-3))).is_met());
        assert!(figure(1.5e-3, Aim::Beyond(Amount::Seconds(0.5e-3))).is_met());
        assert!(!figure(1.6e-3, Aim::Beyond(Amount::Seconds(0.5e-3))).is_met());
    }
}
