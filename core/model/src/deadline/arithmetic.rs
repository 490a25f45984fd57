//! Due times forward, spent time backward.

use serde::Serialize;

use super::calendar::{Budget, Calendar, ClockKind, NotKnown};
use super::pause::Pauses;
use crate::time::Millis;

/// When a budget is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Due {
    /// At this instant.
    At(Millis),
    /// Not while the pause lasts; so much of the budget, in milliseconds, is then left.
    Paused {
        /// What is left, above 0.
        left_ms: i64,
    },
}

impl Due {
    /// The instant, if there is one.
    pub const fn at(self) -> Option<Millis> {
        match self {
            Self::At(at) => Some(at),
            Self::Paused { .. } => None,
        }
    }
}

/// What a clock is given: a first budget, and further ones from extensions, each by its own clock.
/// A further budget begins where the one before is used up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Term {
    /// When the clock starts.
    pub start: Millis,
    /// The first budget and the extensions, in order; never empty.
    budgets: Vec<Budget>,
}

impl Term {
    /// A clock that starts at `start` with `budget`.
    pub fn new(start: Millis, budget: Budget) -> Self {
        Self {
            start,
            budgets: vec![budget],
        }
    }

    /// The same with one more budget behind those it has.
    #[must_use]
    pub fn extended(mut self, more: Budget) -> Self {
        self.budgets.push(more);
        self
    }

    /// The budgets, in order.
    pub fn budgets(&self) -> &[Budget] {
        &self.budgets
    }

    /// All budgets together, in milliseconds.
    pub fn total_ms(&self) -> i64 {
        self.budgets
            .iter()
            .fold(0, |sum, one| sum.saturating_add(one.ms))
    }
}

/// How far a term is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Spent {
    /// Time that counted until now, also beyond the budget, in milliseconds.
    pub used_ms: i64,
    /// All of what was given, in milliseconds.
    pub total_ms: i64,
}

impl Spent {
    /// What is left, in milliseconds by the term's own clock; below 0 by how much it is overdue.
    pub const fn remaining_ms(self) -> i64 {
        self.total_ms.saturating_sub(self.used_ms)
    }

    /// Whether more was used than given. Exactly on time is in time.
    pub const fn is_overdue(self) -> bool {
        self.used_ms > self.total_ms
    }

    /// The overdue multiple (超时倍数): time over the budget in hundredths of the budget, rounded
    /// down; 0 when in time.
    pub fn overdue_percent(self) -> i64 {
        let over = i128::from(self.used_ms.saturating_sub(self.total_ms).max(0));
        let percent = over * 100 / i128::from(self.total_ms.max(1));
        i64::try_from(percent).unwrap_or(i64::MAX)
    }

    /// Whether more than `percent` of the budget was used.
    pub fn beyond(self, percent: u32) -> bool {
        i128::from(self.used_ms) * 100 > i128::from(self.total_ms) * i128::from(percent)
    }
}

/// When the term is used up.
///
/// # Errors
/// [`NotKnown`] when the answer lies beyond what the calendar knows.
pub fn due(calendar: &Calendar, term: &Term, pauses: &Pauses) -> Result<Due, NotKnown> {
    let mut at = term.start;
    let mut later = term.budgets.iter();
    for budget in later.by_ref() {
        match one(calendar, at, *budget, pauses)? {
            Due::At(end) => at = end,
            Due::Paused { left_ms } => {
                let further = later.fold(left_ms, |sum, one| sum.saturating_add(one.ms));
                return Ok(Due::Paused { left_ms: further });
            }
        }
    }
    Ok(Due::At(at))
}

/// How much of the term counted until `now`. Time beyond the term counts by its last clock.
///
/// # Errors
/// [`NotKnown`] when `now` lies beyond what the calendar knows.
pub fn spent(
    calendar: &Calendar,
    term: &Term,
    pauses: &Pauses,
    now: Millis,
) -> Result<Spent, NotKnown> {
    let total_ms = term.total_ms();
    let mut used_ms = 0i64;
    let mut at = term.start;
    let mut left = term.budgets.iter().peekable();
    while let Some(budget) = left.next() {
        // A budget that was used up by `now` is not counted beyond its end: there another clock runs.
        let more = left.peek().is_some();
        if more
            && let Ok(Due::At(end)) = one(calendar, at, *budget, pauses)
            && end <= now
        {
            used_ms = used_ms.saturating_add(budget.ms);
            at = end;
            continue;
        }
        let counted = counted(calendar, budget.clock, (at, now), pauses)?;
        used_ms = used_ms.saturating_add(counted);
        break;
    }
    Ok(Spent { used_ms, total_ms })
}

/// The earliest instant at which the time that counted since `start` reaches the budget.
fn one(
    calendar: &Calendar,
    start: Millis,
    budget: Budget,
    pauses: &Pauses,
) -> Result<Due, NotKnown> {
    let mut left = budget.ms;
    let stands = pauses.open_since();
    for span in calendar.spans(budget.clock, start) {
        // Behind the beginning of an open pause nothing counts, so nothing there need be known.
        if let (Err(NotKnown::After(last)), Some(since)) = (&span, stands)
            && calendar.offset().midnight(last.plus(1)) >= since
        {
            break;
        }
        let span = span?;
        if stands.is_some_and(|since| span.from >= since.0) {
            break;
        }
        for (from, to) in pauses.outside(span.from, span.to) {
            let length = to.saturating_sub(from);
            if length >= left {
                return Ok(Due::At(Millis(from.saturating_add(left))));
            }
            left -= length;
        }
    }
    match stands {
        Some(_) => Ok(Due::Paused { left_ms: left }),
        // Only at the very end of representable time.
        None => Err(NotKnown::After(calendar.known().1)),
    }
}

/// The time that counts between two instants, in milliseconds; 0 when the second lies before.
fn counted(
    calendar: &Calendar,
    clock: ClockKind,
    (from, to): (Millis, Millis),
    pauses: &Pauses,
) -> Result<i64, NotKnown> {
    let mut sum = 0i64;
    // Behind the beginning of an open pause nothing counts.
    let to = pauses.open_since().map_or(to, |since| to.min(since));
    if to <= from {
        return Ok(sum);
    }
    for span in calendar.spans(clock, from) {
        // The end of the last known day is still known.
        if let Err(NotKnown::After(last)) = &span
            && to <= calendar.offset().midnight(last.plus(1))
        {
            break;
        }
        let span = span?;
        if span.from >= to.0 {
            break;
        }
        let parts = pauses.outside(span.from, span.to.min(to.0));
        sum = parts.fold(sum, |sum, (from, to)| {
            sum.saturating_add(to.saturating_sub(from))
        });
    }
    Ok(sum)
}
