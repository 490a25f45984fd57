//! Whether the server's own clock can be right, by what it wrote down last and by what devices say.
//!
//! What is judged at a wrong time stays judged: certificates do not hold then, work seems to come too late, and
//! devices set their idea of the server's time by it. So while its clock is in doubt the server judges nothing and
//! says so, and devices keep what they have. A clock that is put right ends the doubt by itself, except after one
//! that was ahead: what was written then lies in the future, and somebody has to say that the present is right.

use chrono::{DateTime, SecondsFormat};
use gewu_model::time::Millis;

use super::{Core, CoreError};
use crate::store::{StoreError, Tx};

const HOUR_MS: i64 = 60 * 60 * 1_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// How far a clock may be set back while it runs.
const BACK_MS: i64 = HOUR_MS;
/// How long a city is hardly ever silent.
const SILENCE_MS: i64 = 7 * DAY_MS;
/// From when on a server that starts asks whether its clock is right.
const LONG_SILENCE_MS: i64 = 60 * DAY_MS;
/// The last position of the feed that was written while the clock was ahead.
const PUT_RIGHT: &str = "clock_put_right";

/// Why the server's clock cannot be right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClockDoubt {
    /// It is earlier than what was written by it.
    #[error(
        "the server's clock says {}, which is before what it wrote last, at {}: nothing is judged until it is put right; if it is right now and was ahead then, start the server once with --clock-is-right",
        spell(*now), spell(*newest)
    )]
    Behind {
        /// What it says.
        now: Millis,
        /// When something was written last.
        newest: Millis,
    },
    /// It is far ahead of what was written last, while a device's clock fits that.
    #[error(
        "the server's clock says {}, but what it wrote last is of {}, and the clock of the device that asks says {}: nothing of it is judged until the server's clock is put right, or others show that it is",
        spell(*now), spell(*newest), spell(*claimed)
    )]
    Ahead {
        /// What it says.
        now: Millis,
        /// When something was written last.
        newest: Millis,
        /// What the device says.
        claimed: Millis,
    },
}

fn spell(at: Millis) -> String {
    DateTime::from_timestamp_millis(at.0).map_or_else(
        || format!("{} ms", at.0),
        |at| at.to_rfc3339_opts(SecondsFormat::Secs, true),
    )
}

/// What speaks against `now`, when something was written last at `newest` and whoever asks says that it is
/// `claimed`.
fn doubt(newest: Millis, now: Millis, claimed: Option<Millis>) -> Option<ClockDoubt> {
    if now.since(newest) < -BACK_MS {
        return Some(ClockDoubt::Behind { now, newest });
    }
    let claimed = claimed?;
    let fits = |at: Millis| (-BACK_MS..=SILENCE_MS).contains(&at.since(newest));
    let leapt = !fits(now) && fits(claimed) && now.since(claimed) > DAY_MS;
    leapt.then_some(ClockDoubt::Ahead {
        now,
        newest,
        claimed,
    })
}

/// When something was written last; `None` before anything was, and where all of it was written by a clock that
/// was put right since.
fn newest(tx: &dyn Tx) -> Result<Option<Millis>, StoreError> {
    let Some((position, at)) = tx.newest()? else {
        return Ok(None);
    };
    let excused = tx.meta(PUT_RIGHT)?.map(|bytes| {
        let bytes = bytes.as_slice().try_into();
        bytes.map_or(0, u64::from_be_bytes)
    });
    Ok((excused.is_none_or(|excused| excused < position)).then_some(at))
}

/// Refuses to go on while the clock is in doubt.
///
/// # Errors
/// [`CoreError::Clock`].
pub(super) fn check(tx: &dyn Tx, now: Millis, claimed: Option<Millis>) -> Result<(), CoreError> {
    let doubt = newest(tx)?.and_then(|newest| doubt(newest, now, claimed));
    doubt.map_or(Ok(()), |doubt| Err(CoreError::Clock(doubt)))
}

impl Core {
    /// Whether the clock can be right, as far as the server's own records tell.
    ///
    /// # Errors
    /// [`CoreError::Clock`] when it cannot, another when the store cannot be read.
    pub fn check_clock(&self, now: Millis) -> Result<(), CoreError> {
        self.read(|tx| check(tx, now, None))
    }

    /// Takes somebody's word that the clock is right, whatever was written by it before.
    ///
    /// # Errors
    /// [`CoreError`] when the store cannot be written.
    pub fn believe_clock(&self) -> Result<(), CoreError> {
        self.write(|tx| Ok(tx.put_meta(PUT_RIGHT, &tx.head()?.to_be_bytes())?))
    }

    /// What whoever starts the server should look at, if its clock is not beyond doubt.
    ///
    /// # Errors
    /// [`CoreError`] when the store cannot be read.
    pub fn clock_warning(&self, now: Millis) -> Result<Option<String>, CoreError> {
        match self.check_clock(now) {
            Err(CoreError::Clock(doubt)) => return Ok(Some(doubt.to_string())),
            checked => checked?,
        }
        let newest = self.read(newest)?;
        let silent = newest.filter(|newest| now.since(*newest) > LONG_SILENCE_MS);
        Ok(silent.map(|newest| {
            format!(
                "nothing was written here between {} and now, {}: if that cannot be, put the clock right before devices come",
                spell(newest),
                spell(now)
            )
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEWEST: Millis = Millis(1_763_870_400_000);

    fn after(ms: i64) -> Millis {
        NEWEST.plus(ms)
    }

    #[test]
    fn a_clock_before_what_it_wrote_is_behind() {
        assert_eq!(doubt(NEWEST, after(-BACK_MS), None), None);
        let now = after(-BACK_MS - 1);
        let newest = NEWEST;
        let behind = Some(ClockDoubt::Behind { now, newest });
        assert_eq!(doubt(NEWEST, now, None), behind);
        assert_eq!(doubt(NEWEST, now, Some(now)), behind);
    }

    #[test]
    fn a_leap_is_doubted_only_by_a_device_whose_clock_fits_the_record() {
        let now = after(3_650 * DAY_MS);
        assert_eq!(doubt(NEWEST, now, None), None);
        assert_eq!(doubt(NEWEST, now, Some(now)), None);
        assert_eq!(doubt(NEWEST, now, Some(after(8 * DAY_MS))), None);
        assert_eq!(doubt(NEWEST, now, Some(after(-DAY_MS))), None);
        let (claimed, newest) = (after(DAY_MS), NEWEST);
        let ahead = ClockDoubt::Ahead {
            now,
            newest,
            claimed,
        };
        assert_eq!(doubt(NEWEST, now, Some(claimed)), Some(ahead));
        assert_eq!(doubt(NEWEST, after(7 * DAY_MS), Some(NEWEST)), None);
    }

    #[test]
    fn words_name_the_times() {
        let doubt = ClockDoubt::Behind {
            now: Millis(0),
            newest: NEWEST,
        };
        let words = doubt.to_string();
        assert!(
            words.contains("1970-01-01T00:00:00Z") && words.contains("2025-11-23T04:00:00Z"),
            "{words}"
        );
        assert_eq!(spell(Millis(i64::MAX)), format!("{} ms", i64::MAX));
    }
}
