//! One line of words and named values, in the reader's language.

use gewu_model::deadline::Calendar;
use gewu_model::entry::{ClassRef, DayWindow};
use gewu_model::ids::{UnitId, UserId};
use gewu_model::place::{GridRef, Position};
use gewu_model::time::Millis;

use crate::out::plain;

/// In which language, and by what words of the city.
#[derive(Clone, Copy)]
pub(crate) struct Naming<'a> {
    pub(crate) chinese: bool,
    /// The city's word for a neutral name, such as `reason.send_back.not_ours`.
    pub(crate) word: &'a dyn Fn(&str) -> Option<String>,
    /// Whether the work was done in time, where a clock tells.
    pub(crate) in_time: Option<bool>,
}

/// A name of something in Chinese and in English.
pub(super) type Name = (&'static str, &'static str);

/// A line that grows.
pub(super) struct Line<'a> {
    naming: Naming<'a>,
    parts: Vec<String>,
}

/// The digits of an id that a person types.
const SHORT: usize = 12;

impl<'a> Line<'a> {
    pub(super) const fn new(naming: Naming<'a>) -> Self {
        Self {
            naming,
            parts: Vec::new(),
        }
    }

    /// The line, if anything stands on it.
    pub(super) fn finish(self) -> Option<String> {
        let between = if self.naming.chinese { "；" } else { "; " };
        (!self.parts.is_empty()).then(|| self.parts.join(between))
    }

    pub(super) const fn pick(&self, name: Name) -> &'static str {
        if self.naming.chinese { name.0 } else { name.1 }
    }

    /// Words that stand by themselves.
    pub(super) fn words(mut self, name: Name) -> Self {
        self.parts.push(self.pick(name).to_owned());
        self
    }

    /// Words, where `says` holds.
    pub(super) fn when(self, says: bool, name: Name) -> Self {
        if says { self.words(name) } else { self }
    }

    /// A named value.
    pub(super) fn value(mut self, name: Name, value: impl ToString) -> Self {
        let colon = if self.naming.chinese { "：" } else { ": " };
        let value = plain(&value.to_string());
        self.parts
            .push(format!("{}{colon}{value}", self.pick(name)));
        self
    }

    /// A named value, where there is one.
    pub(super) fn some(self, name: Name, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.value(name, value),
            None => self,
        }
    }

    /// Several, where there are any.
    pub(super) fn many(self, name: Name, values: &[impl ToString]) -> Self {
        let values: Vec<String> = values.iter().map(ToString::to_string).collect();
        self.some(name, (!values.is_empty()).then(|| values.join(", ")))
    }

    /// An id, in the digits that a person types.
    pub(super) fn id(self, name: Name, id: Option<&impl ToString>) -> Self {
        let short = id.map(|id| id.to_string().chars().take(SHORT).collect::<String>());
        self.some(name, short)
    }

    /// Whether the work was done in time, where a clock tells.
    pub(super) fn timely(self) -> Self {
        match self.naming.in_time {
            Some(true) => self.words(("按时完成", "the work was done in time")),
            Some(false) => self.words(("超时完成", "the work was done late")),
            None => self,
        }
    }

    /// The city's word for a neutral name, unless it is `not` that one.
    pub(super) fn named_but(mut self, neutral: &str, otherwise: Name, not: &str) -> Self {
        let word = (self.naming.word)(neutral).filter(|word| word != not);
        let word = word.unwrap_or_else(|| self.pick(otherwise).to_owned());
        self.parts.push(plain(&word));
        self
    }

    /// The city's word for a neutral name.
    pub(super) fn named(mut self, neutral: &str, otherwise: Name) -> Self {
        let word = (self.naming.word)(neutral);
        let word = word.unwrap_or_else(|| self.pick(otherwise).to_owned());
        self.parts.push(plain(&word));
        self
    }

    /// A reason in the city's words, with its code.
    pub(super) fn reason(self, of: &str, code: Option<&String>) -> Self {
        let Some(code) = code else { return self };
        let word = (self.naming.word)(&format!("reason.{of}.{code}"));
        let reason = word.map_or_else(|| code.clone(), |word| format!("{word} ({code})"));
        self.value(("原因", "reason"), reason)
    }

    pub(super) fn limit(self, limit: Option<&String>) -> Self {
        self.some(("时限", "limit"), limit)
    }

    pub(super) fn persons(self, name: Name, persons: &[UserId]) -> Self {
        self.many(name, persons)
    }

    pub(super) fn person(self, name: Name, person: Option<&UserId>) -> Self {
        self.some(name, person)
    }

    pub(super) fn unit(self, name: Name, unit: Option<&UnitId>) -> Self {
        self.some(name, unit)
    }

    /// An instant by the city's clocks.
    pub(super) fn at(self, name: Name, at: Option<Millis>) -> Self {
        let offset = Calendar::shipped().offset();
        self.some(name, at.map(|at| offset.write(at)))
    }

    pub(super) fn position(self, at: Option<&Position>) -> Self {
        let degrees = |e7: i32| f64::from(e7) / 1e7;
        let place = at.map(|at| format!("{:.7}, {:.7}", degrees(at.lon_e7), degrees(at.lat_e7)));
        self.some(("位置", "at"), place)
    }

    pub(super) fn grid(self, grid: Option<&GridRef>) -> Self {
        self.some(("网格", "grid"), grid.map(|grid| grid.unit.as_str()))
    }

    pub(super) fn class(self, class: Option<&ClassRef>) -> Self {
        let class = class.map(|class| format!("{} {}", class.kind, class.code));
        self.some(("类别", "class"), class)
    }

    /// The part of the day in which something has to be done.
    pub(super) fn window(self, window: Option<DayWindow>) -> Self {
        let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        let window =
            window.map(|one| format!("{}-{}", clock(one.from_minute), clock(one.to_minute)));
        self.some(("须在同时段", "within the hours"), window)
    }
}
