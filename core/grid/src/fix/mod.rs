//! What a stream of fixes is worth: marks on each fix, and the average of a standing position.
//!
//! Pure: time and fixes are arguments. A mark never drops a fix; whoever asks decides.

use gewu_model::place::Position;
use gewu_model::time::Millis;

use crate::geometry::{LocalPlane, Point};

/// One fix as the platform gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// Where.
    pub at: Position,
    /// When the receiver measured it.
    pub time: Millis,
    /// Whether the platform says that another app made it up.
    pub mock: bool,
}

/// Something that makes a fix doubtful.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    /// Measured longer ago than [`Rules::stale_ms`].
    Stale,
    /// Made by another app.
    Mock,
    /// Measured before the session began: a remembered position.
    PreFix,
    /// Farther from the last good fix than anyone moves in the time between.
    Jump,
    /// An accuracy of exactly zero, which no receiver reaches.
    AccuracyZero,
    /// Measured earlier than a fix that came before it.
    TimeBack,
}

/// Where doubt begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Age in milliseconds from which a fix is stale.
    pub stale_ms: i64,
    /// Speed in millimetres a second from which a move is a jump.
    pub fastest_mm_s: u32,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            stale_ms: 10_000,
            fastest_mm_s: 60_000,
        }
    }
}

/// The filter over one session's fixes.
#[derive(Debug, Clone)]
pub struct FixFilter {
    rules: Rules,
    began: Millis,
    latest: Option<Millis>,
    last_good: Option<Fix>,
}

impl FixFilter {
    /// A filter of a session that began at `began`.
    pub const fn new(rules: Rules, began: Millis) -> Self {
        Self {
            rules,
            began,
            latest: None,
            last_good: None,
        }
    }

    /// The marks of the next fix, which arrived at `now`; none means that it is good.
    pub fn mark(&mut self, fix: &Fix, now: Millis) -> Vec<Mark> {
        let back = self.latest.is_some_and(|latest| fix.time.0 < latest.0);
        let doubts = [
            (
                Mark::Stale,
                now.0.saturating_sub(fix.time.0) > self.rules.stale_ms,
            ),
            (Mark::Mock, fix.mock),
            (Mark::PreFix, fix.time.0 < self.began.0),
            (Mark::Jump, self.jumps(fix)),
            (Mark::AccuracyZero, fix.at.accuracy_mm == Some(0)),
            (Mark::TimeBack, back),
        ];
        self.latest = self.latest.max(Some(fix.time));
        let marks: Vec<Mark> = doubts
            .iter()
            .filter(|doubt| doubt.1)
            .map(|doubt| doubt.0)
            .collect();
        // After a jump the new place is the one to measure the next move from, or a single wrong
        // fix at the start would make every later one a jump.
        if marks.is_empty() || marks == [Mark::Jump] {
            self.last_good = Some(fix.clone());
        }
        marks
    }

    /// Both accuracy circles are given away before the speed is judged.
    fn jumps(&self, fix: &Fix) -> bool {
        let Some(last) = &self.last_good else {
            return false;
        };
        let slack = [&last.at, &fix.at].map(|at| f64::from(at.accuracy_mm.unwrap_or(0)));
        let seconds = fix.time.0.saturating_sub(last.time.0).max(0) as f64 / 1e3;
        let reach = slack[0] + slack[1] + f64::from(self.rules.fastest_mm_s) * seconds.max(1.0);
        distance_mm(&last.at, &fix.at) > reach
    }
}

/// The average of fixes taken while standing, weighted by accuracy; `None` of no fix or of fixes in
/// several frames. Its accuracy is the best single one: errors of neighbouring fixes are alike, so
/// that many of them promise no more than one.
pub fn standing(fixes: &[Position]) -> Option<Position> {
    let first = fixes.first().filter(|first| first.is_valid())?;
    if fixes
        .iter()
        .any(|fix| fix.datum != first.datum || !fix.is_valid())
    {
        return None;
    }
    let mut sums = (0.0, 0.0, 0.0);
    for fix in fixes {
        let metres = f64::from(fix.accuracy_mm.unwrap_or(50_000).max(1_000)) / 1e3;
        let weight = 1.0 / (metres * metres);
        let east = i64::from(fix.lon_e7) - i64::from(first.lon_e7);
        let north = i64::from(fix.lat_e7) - i64::from(first.lat_e7);
        sums.0 += weight;
        sums.1 += weight * east as f64;
        sums.2 += weight * north as f64;
    }
    let shifted = |from: i32, sum: f64| from.saturating_add(libm::round(sum / sums.0) as i32);
    Some(Position {
        lon_e7: shifted(first.lon_e7, sums.1),
        lat_e7: shifted(first.lat_e7, sums.2),
        datum: first.datum,
        accuracy_mm: fixes.iter().filter_map(|fix| fix.accuracy_mm).min(),
    })
}

fn distance_mm(a: &Position, b: &Position) -> f64 {
    let (east, north) = LocalPlane::touching(Point::from(a)).offset(Point::from(b));
    libm::hypot(east, north)
}

#[cfg(test)]
mod tests {
    use super::*;
    use gewu_model::place::Datum;

    fn fix(lon_e7: i32, seconds: i64) -> Fix {
        let at = Position {
            lon_e7,
            lat_e7: 418_000_000,
            datum: Datum::Wgs84,
            accuracy_mm: Some(5_000),
        };
        Fix {
            at,
            time: Millis(seconds * 1_000),
            mock: false,
        }
    }

    fn marks(filter: &mut FixFilter, fix: &Fix) -> Vec<Mark> {
        filter.mark(fix, Millis(fix.time.0 + 500))
    }

    #[test]
    fn a_walk_is_good_and_each_doubt_has_its_mark() {
        let mut filter = FixFilter::new(Rules::default(), Millis(100_000));
        for step in 0..20 {
            assert_eq!(
                marks(
                    &mut filter,
                    &fix(1_234_000_000 + step * 170, 101 + i64::from(step))
                ),
                []
            );
        }
        let late = fix(1_234_003_400, 121);
        assert_eq!(filter.mark(&late, Millis(131_001)), [Mark::Stale]);
        assert_eq!(
            marks(&mut filter, &fix(1_234_003_400, 120)),
            [Mark::TimeBack]
        );
        let mut odd = fix(1_234_003_400, 122);
        (odd.mock, odd.at.accuracy_mm) = (true, Some(0));
        assert_eq!(marks(&mut filter, &odd), [Mark::Mock, Mark::AccuracyZero]);
        let far = fix(1_234_103_400, 123);
        assert_eq!(marks(&mut filter, &far), [Mark::Jump]);
        assert_eq!(marks(&mut filter, &fix(1_234_103_500, 124)), []);
        let mut fresh = FixFilter::new(Rules::default(), Millis(100_000));
        assert_eq!(marks(&mut fresh, &fix(1_234_000_000, 99)), [Mark::PreFix]);
    }

    #[test]
    fn standing_still_averages_by_accuracy() {
        let mut poor = fix(1_234_000_300, 0).at;
        poor.accuracy_mm = Some(50_000);
        let good = fix(1_234_000_000, 0).at;
        let mean = standing(&[good.clone(), poor]).unwrap();
        assert_eq!(
            (mean.lon_e7, mean.accuracy_mm),
            (1_234_000_003, Some(5_000))
        );
        assert_eq!(standing(&[]), None);
        let mut national = good.clone();
        national.datum = Datum::Cgcs2000;
        assert_eq!(standing(&[good, national]), None);
    }
}
