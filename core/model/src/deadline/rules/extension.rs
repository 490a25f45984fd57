//! What an extension and a suspension may be.

use serde::{Deserialize, Serialize};

use crate::deadline::arithmetic::Spent;
use crate::deadline::calendar::{Budget, Calendar, NotKnown};
use crate::deadline::date::DAY_MS;
use crate::deadline::limit::{Limit, UnknownLimit};
use crate::time::Millis;

/// How long one extension may be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum ExtensionLength {
    /// As long as the limit that it extends; written `one_limit`.
    OneLimit,
    /// At most so much, as a limit such as `24工作时`.
    AtMost(String),
}

impl From<String> for ExtensionLength {
    fn from(text: String) -> Self {
        match text.as_str() {
            "one_limit" => Self::OneLimit,
            _ => Self::AtMost(text),
        }
    }
}

impl From<ExtensionLength> for String {
    fn from(length: ExtensionLength) -> Self {
        match length {
            ExtensionLength::OneLimit => "one_limit".to_owned(),
            ExtensionLength::AtMost(limit) => limit,
        }
    }
}

/// What extensions a city grants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExtensionRule {
    /// How many of one clock; refused requests do not count.
    pub count: u32,
    /// How long each may be.
    pub length: ExtensionLength,
    /// Whether one may be granted when the limit is already over.
    #[serde(default)]
    pub when_overdue: bool,
}

impl Default for ExtensionRule {
    fn default() -> Self {
        Self {
            count: 2,
            length: ExtensionLength::OneLimit,
            when_overdue: false,
        }
    }
}

/// When an extension was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requested {
    /// At the present.
    Now,
    /// By a request that was found to be in time when it came. Nobody loses by how long the centre takes.
    InTime,
}

/// A clock for which an extension is asked.
#[derive(Debug, Clone, Copy)]
pub struct Extending<'a> {
    /// The budget of the clock's own limit, without extensions.
    pub limit: Budget,
    /// How many extensions it has.
    pub granted: u32,
    /// How far it is used now.
    pub spent: Spent,
    /// Whether it stands now.
    pub paused: bool,
    /// What is asked for, as it is written.
    pub asked: &'a str,
    /// When it was asked for.
    pub requested: Requested,
}

/// Why an extension is not granted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExtensionDenied {
    /// There were as many as the rule allows.
    #[error("the limit was extended {0} times, which is as often as the city's rule allows")]
    Count(u32),
    /// The limit is over.
    #[error("the limit is already over: an extension has to be asked for before")]
    Overdue,
    /// The case is suspended.
    #[error("the clock stands: resume the case first")]
    Paused,
    /// Longer than the rule allows, or by another clock than the limit's.
    #[error("the extension may be {0} at most, by the clock of the limit")]
    Length(String),
    /// Nothing runs that could be extended.
    #[error("no clock runs there that could get more time")]
    NoClock,
    /// How far the clock is used is not known.
    #[error("how far the limit is used is not known: {0}")]
    NotReckoned(String),
    /// What is asked for cannot be read.
    #[error(transparent)]
    Unknown(#[from] UnknownLimit),
    /// The calendar does not say what is asked for.
    #[error(transparent)]
    Calendar(#[from] NotKnown),
}

impl ExtensionDenied {
    /// Whether the city's rule itself says no. Else something that has to be known for it is not.
    pub const fn is_by_rule(&self) -> bool {
        matches!(
            self,
            Self::Count(_) | Self::Overdue | Self::Paused | Self::Length(_)
        )
    }
}

impl ExtensionRule {
    /// Whether `asked` may be granted at `now`; the budget that it adds.
    ///
    /// # Errors
    /// [`ExtensionDenied`] says why not.
    pub fn judge(
        &self,
        calendar: &Calendar,
        asked: &Extending<'_>,
        now: Millis,
    ) -> Result<Budget, ExtensionDenied> {
        if asked.granted >= self.count {
            return Err(ExtensionDenied::Count(asked.granted));
        }
        if asked.paused {
            return Err(ExtensionDenied::Paused);
        }
        let late = asked.spent.is_overdue() && asked.requested == Requested::Now;
        if late && !self.when_overdue {
            return Err(ExtensionDenied::Overdue);
        }
        let more = calendar.budget(&Limit::parse(asked.asked)?, now)?;
        let (most, words) = match &self.length {
            ExtensionLength::OneLimit => (asked.limit, "as long as the limit".to_owned()),
            ExtensionLength::AtMost(limit) => {
                (calendar.budget(&Limit::parse(limit)?, now)?, limit.clone())
            }
        };
        if more.clock != most.clock || more.ms > most.ms {
            return Err(ExtensionDenied::Length(words));
        }
        Ok(more)
    }
}

/// What suspensions a city grants. No rule leaves them free.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SuspensionRule {
    /// How many of one case.
    pub count: Option<u32>,
    /// How many days of 24 hours one may last. With it, an end must be named.
    pub max_days: Option<u32>,
    /// Whether the server resumes the case by itself at the end that was named.
    pub resumes_by_itself: bool,
}

/// Why a suspension is not granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SuspensionDenied {
    /// There were as many as the rule allows.
    #[error("the case was suspended {0} times, which is as often as the city's rule allows")]
    Count(u32),
    /// No end is named, or one too far off.
    #[error("name an end within {0} days")]
    Length(u32),
    /// The end that is named has passed.
    #[error("name an end that is still to come")]
    Past,
}

impl SuspensionRule {
    /// Whether a case that was suspended `before` times may be suspended at `now` until then.
    ///
    /// # Errors
    /// [`SuspensionDenied`] says why not.
    pub fn judge(
        &self,
        before: u32,
        now: Millis,
        until: Option<Millis>,
    ) -> Result<(), SuspensionDenied> {
        if self.count.is_some_and(|count| before >= count) {
            return Err(SuspensionDenied::Count(before));
        }
        if until.is_some_and(|until| until <= now) {
            return Err(SuspensionDenied::Past);
        }
        let Some(days) = self.max_days else {
            return Ok(());
        };
        let within = until.is_some_and(|until| until.since(now) <= i64::from(days) * DAY_MS);
        within.then_some(()).ok_or(SuspensionDenied::Length(days))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deadline::ClockKind;

    const HOUR: i64 = 3_600_000;

    fn asked(granted: u32, used_hours: i64, asked: &str) -> Extending<'_> {
        let limit = Budget {
            clock: ClockKind::Working,
            ms: 16 * HOUR,
        };
        let spent = Spent {
            used_ms: used_hours * HOUR,
            total_ms: 16 * HOUR,
        };
        Extending {
            limit,
            granted,
            spent,
            paused: false,
            asked,
            requested: Requested::Now,
        }
    }

    #[test]
    fn an_extension_is_granted_by_count_length_and_in_time() {
        let calendar = Calendar::shipped();
        let now = calendar.offset().read("2026-03-02T09:00").expect("a time");
        let judge = |rule: &ExtensionRule, asked: &Extending<'_>| rule.judge(&calendar, asked, now);
        let rule = ExtensionRule::default();
        let granted = judge(&rule, &asked(1, 16, "2工作日"));
        assert_eq!(
            granted,
            Ok(Budget {
                clock: ClockKind::Working,
                ms: 16 * HOUR
            })
        );
        assert_eq!(
            judge(&rule, &asked(2, 1, "1工作日")),
            Err(ExtensionDenied::Count(2))
        );
        assert_eq!(
            judge(&rule, &asked(0, 17, "1工作日")),
            Err(ExtensionDenied::Overdue)
        );
        let in_time = Extending {
            requested: Requested::InTime,
            ..asked(0, 17, "1工作日")
        };
        assert!(judge(&rule, &in_time).is_ok());
        for too_much in ["3工作日", "1紧急工作时"] {
            let denied = judge(&rule, &asked(0, 1, too_much));
            assert!(
                matches!(denied, Err(ExtensionDenied::Length(_))),
                "{too_much}"
            );
        }
        assert!(matches!(
            judge(&rule, &asked(0, 1, "a while")),
            Err(ExtensionDenied::Unknown(_))
        ));
        let paused = Extending {
            paused: true,
            ..asked(0, 1, "1工作日")
        };
        assert_eq!(judge(&rule, &paused), Err(ExtensionDenied::Paused));
        let hours = ExtensionRule {
            count: 1,
            length: "4工作时".to_owned().into(),
            when_overdue: true,
        };
        assert!(judge(&hours, &asked(0, 17, "4工作时")).is_ok());
        assert!(judge(&hours, &asked(0, 1, "5工作时")).is_err());
    }

    #[test]
    fn a_suspension_is_granted_once_and_for_a_year_at_most() {
        let rule = SuspensionRule {
            count: Some(1),
            max_days: Some(365),
            ..SuspensionRule::default()
        };
        let (now, day) = (Millis(0), |days: i64| Some(Millis(days * DAY_MS)));
        assert_eq!(rule.judge(0, now, day(365)), Ok(()));
        assert_eq!(rule.judge(1, now, day(1)), Err(SuspensionDenied::Count(1)));
        assert_eq!(
            rule.judge(0, now, day(366)),
            Err(SuspensionDenied::Length(365))
        );
        assert_eq!(rule.judge(0, now, None), Err(SuspensionDenied::Length(365)));
        assert_eq!(rule.judge(0, now, day(0)), Err(SuspensionDenied::Past));
        assert_eq!(SuspensionRule::default().judge(9, now, None), Ok(()));
    }
}
