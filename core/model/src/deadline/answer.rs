//! One question, one answer: when is it due? What `gewu deadline` asks.

use super::arithmetic::{Due, Spent, Term, due, spent};
use super::calendar::{Budget, Calendar, NotKnown};
use super::limit::{Limit, Unit, UnknownLimit};
use super::pause::Pauses;
use crate::time::Millis;

/// What is asked.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    /// When the clock starts.
    pub start: Millis,
    /// The limit as it is written.
    pub limit: &'a str,
    /// Extensions as they are written, in order.
    pub extensions: &'a [String],
    /// When the clock stands.
    pub pauses: Pauses,
}

/// What a calendar answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// In what the limit counts.
    pub unit: Unit,
    /// The first budget.
    pub budget: Budget,
    /// From when on time counts: the start, or the beginning of the next window.
    pub counted_from: Millis,
    /// When it is due.
    pub due: Due,
    term: Term,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unanswered {
    /// The limit, or an extension, cannot be read.
    #[error(transparent)]
    Limit(#[from] UnknownLimit),
    /// The calendar does not know.
    #[error(transparent)]
    Calendar(#[from] NotKnown),
}

/// When a limit that starts then is due, by a calendar.
///
/// # Errors
/// [`Unanswered`]: nothing is guessed.
pub fn reckon(calendar: &Calendar, asked: &Asked<'_>) -> Result<Answer, Unanswered> {
    let limit = Limit::parse(asked.limit)?;
    let budget = calendar.budget(&limit, asked.start)?;
    let counted_from = calendar.first_open(budget.clock, asked.start)?;
    let mut term = Term::new(asked.start, budget);
    for more in asked.extensions {
        let more = Limit::parse(more)?;
        // What a working day is worth follows from the day on which the extension begins.
        let begins = due(calendar, &term, &asked.pauses)?
            .at()
            .unwrap_or(asked.start);
        term = term.extended(calendar.budget(&more, begins)?);
    }
    Ok(Answer {
        unit: limit.unit(),
        budget,
        counted_from,
        due: due(calendar, &term, &asked.pauses)?,
        term,
    })
}

impl Answer {
    /// How far the limit is used at `now`.
    ///
    /// # Errors
    /// [`NotKnown`] when `now` lies beyond what the calendar knows.
    pub fn spent(
        &self,
        calendar: &Calendar,
        pauses: &Pauses,
        now: Millis,
    ) -> Result<Spent, NotKnown> {
        spent(calendar, &self.term, pauses, now)
    }
}
