//! A term with its pauses, reckoned: due time, use, light, or the reason why there is none.

use serde::Serialize;

use super::By;
use crate::deadline::arithmetic::{Due, Spent, Term, due, spent};
use crate::deadline::calendar::NotKnown;
use crate::deadline::date::Offset;
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
    /// The same as local time, such as `2026-10-08T09:00:00+08:00`.
    pub due_text: Option<String>,
    /// Whether that is the due time from elsewhere, which is the stricter one.
    pub external: bool,
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
    /// When somebody elsewhere wants the case over.
    pub(super) external_due: Option<Millis>,
    /// When it ended; until then, or until now, its use is counted.
    pub(super) end: Option<Millis>,
}

impl Reckoning<'_> {
    /// What is known by a calendar, or why there is none.
    pub(super) fn by(&self, by: &Result<By<'_>, String>) -> Reckoned {
        let mut found = Reckoned {
            limit: self.limit.map(str::to_owned),
            ..Reckoned::default()
        };
        let read = self.read(&mut found);
        match (read, by) {
            (Ok(limit), Ok(by)) => match self.term(&limit, by) {
                Ok(term) => self.fill(&mut found, &term, by),
                Err(words) => found.unknown = Some(words),
            },
            (Err(words), _) => found.unknown = Some(words),
            (Ok(_), Err(words)) => found.unknown = Some(words.clone()),
        }
        if let (Some(due), Ok(by)) = (self.external_due, by) {
            self.hold_to(due, &mut found, by);
        }
        let offset = by.as_ref().ok().map(|by| by.calendar.offset());
        let write = |(due, offset): (Millis, Offset)| offset.write(due);
        found.due_text = found.due.zip(offset).map(write);
        found
    }

    fn read(&self, found: &mut Reckoned) -> Result<Limit, String> {
        let limit = self.limit.ok_or("no limit is set")?;
        let limit = Limit::parse(limit).map_err(|unknown| unknown.to_string())?;
        found.unit = Some(limit.unit());
        Ok(limit)
    }

    /// Of two due times the stricter one holds. The one from elsewhere is an instant: its clock runs
    /// continuously from the start, and no suspension of ours stops it. One that had passed before the
    /// start is over by the time since then.
    fn hold_to(&self, due: Millis, found: &mut Reckoned, by: &By<'_>) {
        if found.due.is_some_and(|own| own <= due) {
            return;
        }
        let until = self.end.unwrap_or(by.now).max(self.start);
        let from = self.start.min(due);
        let spent = Spent {
            used_ms: until.since(from),
            total_ms: due.since(from),
        };
        found.due = Some(due);
        found.external = true;
        found.light = found.light.max(Some(by.lights.of(spent)));
        found.spent = Some(spent);
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
