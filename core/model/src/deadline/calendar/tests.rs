use serde_json::{Value, json};

use super::*;

fn shipped() -> Value {
    serde_json::from_slice(SHIPPED).expect("JSON")
}

fn read(body: &Value) -> Result<Calendar, CalendarError> {
    Calendar::from_json(body.to_string().as_bytes())
}

#[test]
fn the_shipped_calendar_knows_2026_and_its_248_working_days() {
    let calendar = Calendar::shipped();
    assert_eq!(calendar.name(), "cn-2026");
    let (first, last) = calendar.known();
    assert_eq!(
        (first.to_string(), last.to_string()),
        ("2026-01-01".into(), "2026-12-31".into())
    );
    let days = (0..365).map(|after| first.plus(after));
    let worked = days.filter(|day| !calendar.windows(*day).expect("known").is_empty());
    // 261 weekdays, less 19 of them free, and 6 days of weekends worked.
    assert_eq!(worked.count(), 248);
    assert_eq!(calendar.windows(last.plus(1)), Err(NotKnown::After(last)));
    assert_eq!(
        calendar.windows(first.plus(-1)),
        Err(NotKnown::Before(first))
    );
}

#[test]
fn a_calendar_with_a_hole_or_a_contradiction_is_refused() {
    let spoil = |path: &str, value: Value| {
        let mut body = shipped();
        *body.pointer_mut(path).expect("there") = value;
        read(&body).expect_err(path).to_string()
    };
    let season = |from: &str, to: &str| json!({ "from": from, "to": to, "minutes_per_day": 480, "windows": ["08:00-12:00"] });
    for (path, value, says) in [
        (
            "/format",
            json!("gewu-calendar/2"),
            "format gewu-calendar/2",
        ),
        (
            "/seasons",
            json!([season("2026-01-01", "2026-06-30")]),
            "no season covers 2026-07-01",
        ),
        (
            "/seasons",
            json!([
                season("2026-01-01", "2026-12-31"),
                season("2026-07-01", "2026-07-02")
            ]),
            "two seasons cover 2026-07-01",
        ),
        (
            "/seasons/0/windows",
            json!(["14:00-18:00", "08:00-12:00"]),
            "in order",
        ),
        (
            "/seasons/0/windows",
            json!(["08:00-12:00", "11:00-18:00"]),
            "none over another",
        ),
        ("/seasons/0/windows", json!([]), "windows"),
        ("/seasons/0/windows/0", json!("12:00-08:00"), "12:00-08:00"),
        ("/seasons/0/minutes_per_day", json!(0), "minutes_per_day"),
        (
            "/years/2026/work/0",
            json!("2026-10-03"),
            "2026-10-03 is named twice",
        ),
        (
            "/years/2026/off/0",
            json!("2026-01-03..2026-01-01"),
            "no range",
        ),
        ("/years/2026/off/0", json!("2026-02-30"), "write a date"),
        ("/known/to", json!("2025-12-31"), "must know"),
        ("/known/to", json!("9999-12-31"), "must know"),
        ("/offset", json!("+19:00"), "write an offset"),
    ] {
        let error = spoil(path, value);
        assert!(error.contains(says), "{path}: {error}");
    }
}

#[test]
fn a_saturday_s_morning_and_a_worked_saturday_differ() {
    let mut body = shipped();
    body["week"] = json!(["mon", "tue", "wed", "thu", "fri", "sat"]);
    body["seasons"][0]["weekdays"] = json!({ "sat": ["08:00-12:00"] });
    let calendar = read(&body).expect("a calendar");
    let windows = |day: &str| {
        calendar
            .windows(day.parse().expect("a day"))
            .expect("known")
            .len()
    };
    assert_eq!(windows("2026-03-07"), 1, "a usual Saturday");
    assert_eq!(windows("2026-10-10"), 2, "a Saturday worked for a weekday");
    assert_eq!(windows("2026-10-03"), 0, "a holiday");
}

#[test]
fn what_a_bare_day_means_is_said_or_unknown() {
    let day = Limit::parse("1天").expect("a limit");
    let start = Calendar::shipped()
        .offset()
        .read("2026-03-02T09:00")
        .expect("a time");
    let budget = |units: Value| {
        let mut body = shipped();
        body["units"] = units;
        read(&body).expect("a calendar").budget(&day, start)
    };
    let hours = |clock, hours: i64| {
        Ok(Budget {
            clock,
            ms: hours * 3_600_000,
        })
    };
    assert_eq!(
        budget(json!({ "day": "working" })),
        hours(ClockKind::Working, 8)
    );
    assert_eq!(
        budget(json!({ "day": "natural" })),
        hours(ClockKind::Continuous, 24)
    );
    assert_eq!(budget(json!({})), Err(NotKnown::Meaning(Unit::Day)));
}

#[test]
fn a_calendar_without_working_time_says_so() {
    assert!(Calendar::shipped().ever_works());
    let mut body = shipped();
    body["week"] = json!([]);
    body["years"] = json!({});
    assert!(!read(&body).expect("readable").ever_works());
}
