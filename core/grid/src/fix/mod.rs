//! What a stream of fixes is worth: marks on each fix, and the average of a standing position.
//!
//! Pure: time and fixes are arguments. A mark never drops a fix; whoever asks decides.
//!
//! Fix times and `now` must be read on **one clock**, best one that nobody can set: on Android
//! `elapsedRealtimeNanos`, on iOS the system's uptime. On a clock that can be set, a fix from before
//! the change looks too new or too old; the filter then begins anew instead of doubting all that
//! follows.
//!
//! # Jumps
//! A fix is measured against the last good one: it jumps when it is farther away than both accuracy
//! circles and the fastest move allow. Where two fixes in a row agree on the new place, the second
//! is good, so one wrong fix costs one mark: in the middle of a walk the way back to the walk is
//! none, and after a wrong first fix only the next is doubted.

mod standing;

pub use standing::standing;

use gewu_model::place::Position;
use gewu_model::time::Millis;

use crate::geometry::{LocalPlane, Point};

/// One fix as the platform gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// Where.
    pub at: Position,
    /// When the receiver measured it, on the clock that [`FixFilter::mark`]'s `now` is read from.
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
    /// Measured later than it arrived: its clock is not ours.
    Ahead,
}

/// Where doubt begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Age in milliseconds from which a fix is stale.
    pub stale_ms: i64,
    /// Speed in millimetres a second from which a move is a jump.
    pub fastest_mm_s: u32,
    /// How far ahead in milliseconds a fix may be before its time is doubted, and how far the clock
    /// may fall back before it counts as set.
    pub ahead_ms: i64,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            stale_ms: 10_000,
            fastest_mm_s: 60_000,
            ahead_ms: 1_000,
        }
    }
}

/// The filter over one session's fixes.
#[derive(Debug, Clone)]
pub struct FixFilter {
    rules: Rules,
    began: Millis,
    /// When the last fix arrived.
    arrived: Option<Millis>,
    /// The latest time of measurement that was not ahead.
    latest: Option<Millis>,
    last_good: Option<Fix>,
    /// A fix that jumped: good when the next one agrees.
    suspect: Option<Fix>,
}

impl FixFilter {
    /// A filter of a session that began at `began`.
    pub const fn new(rules: Rules, began: Millis) -> Self {
        Self {
            rules,
            began,
            arrived: None,
            latest: None,
            last_good: None,
            suspect: None,
        }
    }

    /// The marks of the next fix, which arrived at `now`; none means that it is good.
    pub fn mark(&mut self, fix: &Fix, now: Millis) -> Vec<Mark> {
        self.follow_the_clock(now);
        let ahead = fix.time.0.saturating_sub(now.0) > self.rules.ahead_ms;
        let old = now.0.saturating_sub(fix.time.0) > self.rules.stale_ms;
        let back = self.latest.is_some_and(|latest| fix.time.0 < latest.0);
        let doubts = [
            (Mark::Stale, old),
            (Mark::Mock, fix.mock),
            (Mark::PreFix, fix.time.0 < self.began.0),
            (Mark::Jump, self.jumps(fix)),
            (Mark::AccuracyZero, fix.at.accuracy_mm == Some(0)),
            (Mark::TimeBack, back),
            (Mark::Ahead, ahead),
        ];
        let marks: Vec<Mark> = doubts
            .iter()
            .filter(|doubt| doubt.1)
            .map(|doubt| doubt.0)
            .collect();
        if !ahead {
            self.latest = self.latest.max(Some(fix.time));
        }
        match marks.as_slice() {
            [] => (self.last_good, self.suspect) = (Some(fix.clone()), None),
            [Mark::Jump] => self.suspect = Some(fix.clone()),
            _ => {}
        }
        marks
    }

    /// A clock that was set back would put every later fix before the session and before the last
    /// one; the session's beginning moves with it, and what was known is forgotten.
    fn follow_the_clock(&mut self, now: Millis) {
        if let Some(arrived) = self.arrived {
            let fell = arrived.0.saturating_sub(now.0);
            if fell > self.rules.ahead_ms {
                self.began = Millis(self.began.0.saturating_sub(fell));
                (self.latest, self.last_good, self.suspect) = (None, None, None);
            }
        }
        self.arrived = Some(now);
    }

    fn jumps(&self, fix: &Fix) -> bool {
        let out_of_reach = |from: &Fix| !self.reaches(from, fix);
        let agreed = self
            .suspect
            .as_ref()
            .is_some_and(|from| self.reaches(from, fix));
        self.last_good.as_ref().is_some_and(out_of_reach) && !agreed
    }

    /// Both accuracy circles are given away before the speed is judged.
    fn reaches(&self, from: &Fix, to: &Fix) -> bool {
        let slack = [&from.at, &to.at].map(|at| f64::from(at.accuracy_mm.unwrap_or(0)));
        let seconds = to.time.0.saturating_sub(from.time.0).max(0) as f64 / 1e3;
        let reach = slack[0] + slack[1] + f64::from(self.rules.fastest_mm_s) * seconds.max(1.0);
        distance_mm(&from.at, &to.at) <= reach
    }
}

fn distance_mm(a: &Position, b: &Position) -> f64 {
    let (east, north) = LocalPlane::touching(Point::from(a)).offset(Point::from(b));
    libm::hypot(east, north)
}
