//! Keys of a calendar's body that nobody reads. A misspelt one leaves holidays or windows out in silence;
//! devices pass it over all the same, for a later version may have it.

use std::collections::BTreeSet;

use crate::small::Gather as _;
use serde_json::Value;

use super::Calendar;

/// What is read, by place; `*` is every member.
const KNOWN: &[(&str, &[&str])] = &[
    (
        "",
        &[
            "format", "name", "version", "label", "offset", "known", "week", "seasons", "years",
            "units",
        ],
    ),
    ("label", &["zh", "en"]),
    ("known", &["from", "to"]),
    (
        "seasons.*",
        &["from", "to", "minutes_per_day", "windows", "weekdays"],
    ),
    ("years.*", &["off", "work"]),
    ("units", &["day", "hour", "minute"]),
];

/// What people write beside it, anywhere.
const FOR_PEOPLE: &[&str] = &["note", "source", "trust"];

impl Calendar {
    /// Keys of a body that no calendar has, each with its place: slips of the pen, or for newer apps.
    pub fn unknown_keys(body: &[u8]) -> Vec<String> {
        let Ok(body) = serde_json::from_slice::<Value>(body) else {
            return Vec::new();
        };
        let each = KNOWN.iter().flat_map(|(path, keys)| {
            let found = at(&body, path).into_iter();
            found.flat_map(|(place, value)| {
                let own = value.as_object().into_iter().flat_map(|it| it.keys());
                let unknown = own.filter(|key| {
                    let key = key.as_str();
                    !keys.contains(&key) && !FOR_PEOPLE.contains(&key)
                });
                unknown
                    .map(|key| joined(&place, key))
                    .collect::<Vec<String>>()
            })
        });
        each.collect()
    }
}

impl Calendar {
    /// Looks at a body's days of the week as whoever publishes it means them. A calendar that is in use stays one.
    ///
    /// # Errors
    /// Words for a week without a working day, and for one that names a day twice.
    pub fn check_week(body: &[u8]) -> Result<(), &'static str> {
        let read = serde_json::from_slice::<Value>(body).unwrap_or_default();
        let days: Vec<&str> = read["week"].as_array().map_or_else(Vec::new, |days| {
            days.iter().filter_map(Value::as_str).collect()
        });
        let distinct: BTreeSet<&str> = days.iter().copied().into_set();
        match (days.len(), distinct.len()) {
            (0, _) => Err("its week has no working day: name those on which people work"),
            (named, distinct) if named != distinct => {
                Err("its week names a day twice: name it once")
            }
            _ => Ok(()),
        }
    }
}

fn joined(place: &str, key: &str) -> String {
    match place {
        "" => key.to_owned(),
        _ => format!("{place}.{key}"),
    }
}

fn at<'v>(body: &'v Value, path: &str) -> Vec<(String, &'v Value)> {
    let mut found = vec![(String::new(), body)];
    for step in path.split('.').filter(|step| !step.is_empty()) {
        let next = found.into_iter().flat_map(|(place, value)| match value {
            Value::Array(items) if step == "*" => {
                let items = items.iter().enumerate();
                items
                    .map(|(n, item)| (joined(&place, &n.to_string()), item))
                    .collect()
            }
            Value::Object(fields) => {
                let fields = fields.iter().filter(|(key, _)| step == "*" || *key == step);
                fields
                    .map(|(key, item)| (joined(&place, key), item))
                    .collect()
            }
            _ => Vec::new(),
        });
        found = next.collect();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::SHIPPED;
    use super::*;

    #[test]
    fn a_week_is_some_days_each_named_once() {
        assert_eq!(Calendar::check_week(SHIPPED), Ok(()));
        for (week, word) in [
            ("[]", "no working day"),
            (r#"["mon", "tue", "mon"]"#, "twice"),
        ] {
            let body = format!(r#"{{ "week": {week} }}"#);
            let refused = Calendar::check_week(body.as_bytes()).unwrap_err();
            assert!(refused.contains(word), "{refused}");
        }
    }

    #[test]
    fn what_nobody_reads_is_named_with_its_place() {
        assert_eq!(Calendar::unknown_keys(SHIPPED), [""; 0]);
        let body =
            br#"{ "format": "gewu-calendar/1", "holidays": [], "seasons": [{ "window": [] }],
            "years": { "2026": { "of": [] } }, "units": { "week": "working" } }"#;
        assert_eq!(
            Calendar::unknown_keys(body),
            [
                "holidays",
                "seasons.0.window",
                "years.2026.of",
                "units.week"
            ]
        );
    }
}
