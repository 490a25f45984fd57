//! A term with its pauses, reckoned: due time, use, light, or the reason why there is none.

use serde::Serialize;

use super::By;
use crate::deadline::arithmetic::{Due, Spent, Term, due, spent};
use crate::deadline::calendar::NotKnown;
use crate::deadline::lights::Light;
use crate::deadline::limit::{Limit, Unit};
use crate::deadline::pause::Pauses;
use crate::time::Millis;

/// What is known of a clock.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Reckoned {
    /// The limit as it is written; `None` when nobody set one.
    pub limit: Option<String>,
    /// In what it counts; `None` when it cannot be read.
    pub unit: Option<Unit>,
    /// When it is due; `None` while it stands, and when that is not known.
    pub due: Option<Millis>,
    /// What is left while it stands, in milliseconds.
    pub paused_left_ms: Option<i64>,
    /// How far it is used.
    pub spent: Option<Spent>,
    /// The light that it shows.
    pub light: Option<Light>,
    /// Why something is not known, in words.
    pub unknown: Option<String>,
}

/// A clock to reckon: a start, limits as they are written, pauses.
pub(super) struct Reckoning<'a> {
    pub(super) start: Millis,
    pub(super) limit: Option<&'a str>,
    pub(super) extensions: &'a [String],
    pub(super) pauses: &'a Pauses,
    /// When it ended; until then, or until now, its use is counted.
    pub(super) end: Option<Millis>,
}

impl Reckoning<'_> {
    pub(super) fn by(&self, by: &By<'_>) -> Reckoned {
        let mut found = Reckoned {
            limit: self.limit.map(str::to_owned),
            ..Reckoned::default()
        };
        let Some(limit) = self.limit else {
            found.unknown = Some("no limit is set".to_owned());
            return found;
        };
        let limit = match Limit::parse(limit) {
            Ok(limit) => limit,
            Err(unknown) => {
                found.unknown = Some(unknown.to_string());
                return found;
            }
        };
        found.unit = Some(limit.unit());
        match self.term(&limit, by) {
            Ok(term) => self.fill(&mut found, &term, by),
            Err(words) => found.unknown = Some(words),
        }
        found
    }

    fn term(&self, limit: &Limit, by: &By<'_>) -> Result<Term, String> {
        let words = |error: NotKnown| error.to_string();
        let budget = by.calendar.budget(limit, self.start).map_err(words)?;
        let mut term = Term::new(self.start, budget);
        for more in self.extensions {
            let more = Limit::parse(more).map_err(|unknown| unknown.to_string())?;
            let begins = due(by.calendar, &term, self.pauses).map_err(words)?;
            let begins = begins.at().unwrap_or(self.start);
            term = term.extended(by.calendar.budget(&more, begins).map_err(words)?);
        }
        Ok(term)
    }

    fn fill(&self, found: &mut Reckoned, term: &Term, by: &By<'_>) {
        match due(by.calendar, term, self.pauses) {
            Ok(Due::At(at)) => found.due = Some(at),
            Ok(Due::Paused { left_ms }) => found.paused_left_ms = Some(left_ms),
            Err(error) => found.unknown = Some(error.to_string()),
        }
        let until = self.end.unwrap_or(by.now).max(self.start);
        match spent(by.calendar, term, self.pauses, until) {
            Ok(spent) => {
                found.spent = Some(spent);
                found.light = Some(by.lights.of(spent));
            }
            Err(error) => found.unknown = Some(error.to_string()),
        }
    }
}
