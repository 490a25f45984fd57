//! A city's calendars by name.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::calendar::Calendar;
use super::rules::ClockRules;

/// The calendars in use, the highest version of each name. Without any, the one that ships is.
#[derive(Debug, Clone)]
pub struct Calendars(BTreeMap<String, Arc<Calendar>>);

/// A calendar that is asked for and is not there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoCalendar {
    /// The rules name one that is not here.
    #[error("needs the calendar {0}: publish it, or sync to fetch it")]
    Named(String),
    /// The rules name none, and there are several.
    #[error("there are several calendars: the policy's clocks must name one")]
    Several,
}

impl Default for Calendars {
    fn default() -> Self {
        Self::new([])
    }
}

impl Calendars {
    /// The calendars that a city has published.
    pub fn new(published: impl IntoIterator<Item = Calendar>) -> Self {
        let mut all: BTreeMap<String, Arc<Calendar>> = BTreeMap::new();
        for calendar in published {
            let known = all.get(calendar.name());
            if known.is_none_or(|known| known.version() < calendar.version()) {
                all.insert(calendar.name().to_owned(), Arc::new(calendar));
            }
        }
        if all.is_empty() {
            let shipped = Calendar::shipped();
            all.insert(shipped.name().to_owned(), Arc::new(shipped));
        }
        Self(all)
    }

    /// The calendar by which the rules count.
    ///
    /// # Errors
    /// [`NoCalendar`]: another one is never taken in its place.
    pub fn of(&self, rules: &ClockRules) -> Result<&Arc<Calendar>, NoCalendar> {
        match &rules.calendar {
            Some(name) => self
                .0
                .get(name)
                .ok_or_else(|| NoCalendar::Named(name.clone())),
            None if self.0.len() == 1 => self.0.values().next().ok_or(NoCalendar::Several),
            None => Err(NoCalendar::Several),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deadline::SHIPPED;

    fn calendar(name: &str, version: u64) -> Calendar {
        let body = String::from_utf8(SHIPPED.to_vec()).expect("text");
        let body = body.replace("\"cn-2026\"", &format!("{name:?}"));
        let body = body.replace("\"version\": 1", &format!("\"version\": {version}"));
        Calendar::from_json(body.as_bytes()).expect("a calendar")
    }

    #[test]
    fn rules_are_reckoned_by_their_own_calendar_or_not_at_all() {
        let (mut rules, none) = (ClockRules::default(), Calendars::default());
        assert_eq!(none.of(&rules).expect("the shipped one").name(), "cn-2026");
        let city = Calendars::new([
            calendar("city", 2),
            calendar("city", 3),
            calendar("city", 1),
        ]);
        assert_eq!(city.of(&rules).expect("the only one").version(), 3);
        let two = Calendars::new([calendar("city", 1), calendar("patrol", 1)]);
        assert_eq!(two.of(&rules).err(), Some(NoCalendar::Several));
        rules.calendar = Some("patrol".to_owned());
        assert_eq!(two.of(&rules).expect("named").name(), "patrol");
        assert_eq!(
            city.of(&rules).err(),
            Some(NoCalendar::Named("patrol".to_owned()))
        );
    }
}
