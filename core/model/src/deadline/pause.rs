//! Pauses: stretches in which no clock of a case runs.

use crate::small::Arrange as _;
use serde::{Deserialize, Serialize};

use crate::time::Millis;

/// One pause, from its first instant to before its last; without a last one it is still going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// When it began.
    pub from: Millis,
    /// When it ended; `None` while it lasts.
    pub to: Option<Millis>,
}

/// Pauses in order, none over another.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Pause>", into = "Vec<Pause>")]
pub struct Pauses(Vec<Pause>);

impl From<Vec<Pause>> for Pauses {
    fn from(pauses: Vec<Pause>) -> Self {
        Self::new(pauses)
    }
}

impl From<Pauses> for Vec<Pause> {
    fn from(pauses: Pauses) -> Self {
        pauses.0
    }
}

impl Pauses {
    /// Puts pauses in order and joins those that touch. One that ends before it begins is none.
    pub fn new(pauses: impl IntoIterator<Item = Pause>) -> Self {
        let real = |pause: &Pause| pause.to.is_none_or(|to| to > pause.from);
        let mut all: Vec<Pause> = pauses.into_iter().filter(real).collect();
        all.arrange_by_key(|pause| pause.from);
        let mut joined: Vec<Pause> = Vec::with_capacity(all.len());
        for pause in all {
            match joined.last_mut() {
                Some(last) if last.to.is_none_or(|to| pause.from <= to) => {
                    last.to = last.to.zip(pause.to).map(|(one, other)| one.max(other));
                }
                _ => joined.push(pause),
            }
        }
        Self(joined)
    }

    /// The pauses, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Pause> {
        self.0.iter()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// When the pause began that has not ended.
    pub fn open_since(&self) -> Option<Millis> {
        self.0
            .last()
            .filter(|last| last.to.is_none())
            .map(|last| last.from)
    }

    /// Whether a pause lies over `at`.
    pub fn covers(&self, at: Millis) -> bool {
        let over = |pause: &Pause| pause.from <= at && pause.to.is_none_or(|to| at < to);
        self.0.iter().any(over)
    }

    /// What is left of the stretch between `from` and `to` outside the pauses, in order.
    pub(super) fn outside(&self, from: i64, to: i64) -> impl Iterator<Item = (i64, i64)> + '_ {
        // The gaps between pauses: before the first, between each and the next, behind the last.
        let ends = self
            .0
            .iter()
            .map(|pause| pause.to.map_or(i64::MAX, |to| to.0));
        let gaps_from = std::iter::once(i64::MIN).chain(ends);
        let begins = self.0.iter().map(|pause| pause.from.0);
        let gaps_to = begins.chain(std::iter::once(i64::MAX));
        gaps_from
            .zip(gaps_to)
            .map(move |(a, b)| (a.max(from), b.min(to)))
            .filter(|(a, b)| a < b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pause(from: i64, to: impl Into<Option<i64>>) -> Pause {
        Pause {
            from: Millis(from),
            to: to.into().map(Millis),
        }
    }

    #[test]
    fn pauses_are_put_in_order_and_joined() {
        let pauses = Pauses::new([
            pause(50, 60),
            pause(10, 20),
            pause(15, 30),
            pause(30, 31),
            pause(9, 9),
        ]);
        assert_eq!(pauses.0, [pause(10, 31), pause(50, 60)]);
        assert!(pauses.covers(Millis(10)) && !pauses.covers(Millis(31)));
        let left: Vec<_> = pauses.outside(0, 55).collect();
        assert_eq!(left, [(0, 10), (31, 50)]);
        let open = Pauses::new([pause(40, None), pause(45, 50)]);
        assert_eq!(open.0, [pause(40, None)]);
        assert_eq!(open.open_since(), Some(Millis(40)));
        assert_eq!(open.outside(0, 100).collect::<Vec<_>>(), [(0, 40)]);
    }
}
