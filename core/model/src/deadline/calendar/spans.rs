//! When a clock runs: the stretches of time that count.

use crate::time::Millis;

use super::{Calendar, ClockKind, NotKnown};

/// A stretch of time: from its first instant to before its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::deadline) struct Span {
    pub(in crate::deadline) from: i64,
    pub(in crate::deadline) to: i64,
}

impl Calendar {
    /// The stretches after `start` in which the clock runs, in order, cut off at `start`. By the
    /// working clock the days that the calendar knows come to an end: then one error, and no more.
    pub(in crate::deadline) fn spans(
        &self,
        clock: ClockKind,
        start: Millis,
    ) -> impl Iterator<Item = Result<Span, NotKnown>> + '_ {
        let endless = (clock == ClockKind::Continuous).then_some(Ok(Span {
            from: start.0,
            to: i64::MAX,
        }));
        let working = (clock == ClockKind::Working).then(|| self.working(start));
        endless.into_iter().chain(working.into_iter().flatten())
    }

    fn working(&self, start: Millis) -> impl Iterator<Item = Result<Span, NotKnown>> + '_ {
        let first = self.offset.local(start).0;
        let days = (0i64..).map(move |after| first.plus(after));
        let mut over = false;
        let days = days.map_while(move |day| {
            let found = (!over).then(|| self.timetable(day).map(|windows| (day, windows)))?;
            over = found.is_err();
            Some(found)
        });
        days.flat_map(move |found| {
            let (error, windows) = match found {
                Ok((day, windows)) => (None, Some((self.offset.midnight(day), windows))),
                Err(error) => (Some(Err(error)), None),
            };
            let spans = windows.into_iter().flat_map(move |(midnight, windows)| {
                let span = move |(from, to): &(i64, i64)| Span {
                    from: midnight.plus(*from).0.max(start.0),
                    to: midnight.plus(*to).0,
                };
                windows.iter().map(span).filter(|span| span.from < span.to)
            });
            spans.map(Ok).chain(error)
        })
    }

    /// The first instant from `start` on at which the clock runs.
    pub(in crate::deadline) fn first_open(
        &self,
        clock: ClockKind,
        start: Millis,
    ) -> Result<Millis, NotKnown> {
        match self.spans(clock, start).next() {
            Some(span) => Ok(Millis(span?.from)),
            // Only at the very end of representable time.
            None => Err(NotKnown::After(self.last)),
        }
    }
}
