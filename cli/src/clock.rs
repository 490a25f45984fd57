//! Clocks as text, on devices and at the centre.

use gewu::host::{Clock, SystemClock};
use gewu_model::deadline::Calendar;
use gewu_model::deadline::clocks::ClockLine;
use serde_json::Value;

use crate::out::plain;

/// Light and due time for a list, such as `yellow due 10-08 09:00 (1 h 05 min)~`; the wave marks an
/// estimate. A date of another year has its year.
pub(crate) fn short(line: &ClockLine) -> String {
    value_short(&serde_json::to_value(line).unwrap_or_default())
}

/// One clock of a case with its step and limit.
pub(crate) fn long(line: &ClockLine) -> String {
    value_long(&serde_json::to_value(line).unwrap_or_default())
}

/// [`short`] for a clock as the server's API gives it.
pub(crate) fn value_short(clock: &Value) -> String {
    short_in(clock, &this_year())
}

/// The year of the city's clocks, which dates of the same year leave out.
fn this_year() -> String {
    let now = Calendar::shipped().offset().write(SystemClock.now());
    now.chars().take(4).collect()
}

fn short_in(clock: &Value, year: &str) -> String {
    if clock.is_null() {
        return "-".to_owned();
    }
    let light = clock["light"].as_str().unwrap_or("no light");
    let left = clock["remaining_ms"].as_i64().map(left).unwrap_or_default();
    let estimate = if clock["basis"] == "estimate" {
        "~"
    } else {
        ""
    };
    match clock["due_text"].as_str() {
        Some(due) => {
            let from = if due.starts_with(year) { 5 } else { 0 };
            let due = due.get(from..16).unwrap_or(due).replace('T', " ");
            format!("{light} due {} ({left}){estimate}", plain(&due))
        }
        None if clock["paused"] == true => format!("{light} paused ({left}){estimate}"),
        None => "no due time".to_owned(),
    }
}

/// [`long`] for a clock as the server's API gives it.
pub(crate) fn value_long(clock: &Value) -> String {
    long_in(clock, &this_year())
}

fn long_in(clock: &Value, year: &str) -> String {
    let word = |name: &str| plain(clock[name].as_str().unwrap_or_default());
    let mut text = format!("clock {}", word("node"));
    if clock["holder"].is_string() {
        let helps = if clock["assist"] == true {
            ", helping"
        } else {
            ""
        };
        text.push_str(&format!(" of {}{helps}", word("holder")));
    }
    if clock["shared"] == true {
        text.push_str(", for all steps together");
    }
    text.push_str(&format!(": {}", short_in(clock, year)));
    if clock["external"] == true {
        text.push_str(", as somebody elsewhere wants it");
    }
    if clock["limit"].is_string() {
        text.push_str(&format!(", limit {}", word("limit")));
    }
    if clock["basis"] == "estimate" {
        text.push_str(", estimate of this device");
    }
    if clock["unknown"].is_string() {
        text.push_str(&format!(": {}", word("unknown")));
    }
    text
}

/// How long something has lasted, as exactly as anybody wants to know: `48 s`, `90 minutes`, `30 hours`, `12 days`.
pub(crate) fn lasting(ms: u64) -> String {
    let seconds = ms / 1_000;
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    match (seconds, minutes, hours) {
        (0..120, ..) => format!("{seconds} s"),
        (_, 0..120, _) => format!("{minutes} minutes"),
        (_, _, 0..72) => format!("{hours} hours"),
        _ => format!("{days} days"),
    }
}

/// `1 h 05 min`, below a minute `48 s`, or by how much it is over.
fn left(ms: i64) -> String {
    let seconds = ms.abs() / 1_000;
    let minutes = seconds / 60;
    let words = match (seconds, minutes) {
        (0, _) if ms < 0 => return "just over".to_owned(),
        (_, 0) => format!("{seconds} s"),
        _ => format!("{} h {:02} min", minutes / 60, minutes % 60),
    };
    if ms < 0 {
        format!("{words} over")
    } else {
        words
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn how_long_it_lasted_is_told_in_fitting_units() {
        let told = [0, 119, 120, 7_199, 7_200, 259_199, 259_200, 347_155_199];
        let told = told.map(|seconds| lasting(seconds * 1_000));
        let wanted = [
            "0 s",
            "119 s",
            "2 minutes",
            "119 minutes",
            "2 hours",
            "71 hours",
            "3 days",
            "4017 days",
        ];
        assert_eq!(told, wanted);
    }

    #[test]
    fn a_clock_on_one_line() {
        let clock = json!({
            "node": "handle", "limit": "4工作时", "light": "yellow", "remaining_ms": 3_900_000,
            "due_text": "2026-10-08T09:00:00+08:00", "paused": false, "basis": "estimate",
        });
        assert_eq!(
            short_in(&clock, "2026"),
            "yellow due 10-08 09:00 (1 h 05 min)~"
        );
        assert_eq!(
            short_in(&clock, "2027"),
            "yellow due 2026-10-08 09:00 (1 h 05 min)~"
        );
        assert_eq!(
            long_in(&clock, "2026"),
            "clock handle: yellow due 10-08 09:00 (1 h 05 min)~, limit 4工作时, estimate of this device"
        );
        let over = json!({ "light": "red", "remaining_ms": -60_000, "paused": true });
        assert_eq!(value_short(&over), "red paused (0 h 01 min over)");
        for (ms, words) in [
            (-59_999, "59 s over"),
            (-1_000, "1 s over"),
            (-1, "just over"),
            (0, "0 s"),
            (59_999, "59 s"),
            (60_000, "0 h 01 min"),
        ] {
            let clock = json!({ "light": "red", "remaining_ms": ms, "paused": true });
            assert_eq!(value_short(&clock), format!("red paused ({words})"));
        }
        let helping = json!({ "node": "handle", "holder": "pumps", "assist": true });
        assert_eq!(
            value_long(&helping),
            "clock handle of pumps, helping: no due time"
        );
        let shared = json!({ "node": "dispatched", "shared": true, "external": true });
        assert_eq!(
            value_long(&shared),
            "clock dispatched, for all steps together: no due time, as somebody elsewhere wants it"
        );
        let none =
            json!({ "node": "handle", "unknown": "no limit is set", "basis": "authoritative" });
        assert_eq!(
            value_long(&none),
            "clock handle: no due time: no limit is set"
        );
        assert_eq!(value_short(&Value::Null), "-");
    }
}
