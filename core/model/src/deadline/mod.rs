//! Limits, working calendars and due times. Pure: instants come in as arguments, no clock is read.
//!
//! - [`Limit`] is what a city writes (2紧急工作时); what cannot be read is [`UnknownLimit`].
//! - [`Calendar`] is a city's working time as data, with a horizon behind which nothing is guessed.
//! - [`due`] and [`spent`] are the arithmetic, in milliseconds of 64 bits.
//! - [`rules`] is what a policy says of clocks, extensions and marks; [`clocks`] applies it to what
//!   happened in a case.
//!
//! One definition carries everything: *a clock's due time is the earliest instant at which the time
//! that counted since its start reaches its budget*. Time counts where the clock runs (inside the
//! windows, or always) and no pause lies. So a start outside the windows waits for the next one, and
//! a budget that is used up exactly at a window's end is due at that end. `docs/deadlines.md` tells
//! the same to people.

mod answer;
mod arithmetic;
mod calendar;
mod calendars;
pub mod clocks;
mod date;
mod lights;
mod limit;
mod numeral;
mod pause;
pub mod rules;

pub use answer::{Answer, Asked, Unanswered, reckon};
pub use arithmetic::{Due, Spent, Term, due, spent};
pub use calendar::{Budget, Calendar, CalendarError, ClockKind, NotKnown, SHIPPED};
pub use calendars::{Calendars, NoCalendar};
pub use date::{DAY_MS, Date, DateError, MINUTE_MS, Offset};
pub use lights::{Light, Lights};
pub use limit::{Limit, Unit, UnknownLimit};
pub use pause::{Pause, Pauses};
