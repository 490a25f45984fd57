//! `gewu deadline` as people type it: the real program.
#![allow(clippy::unwrap_used)]

use std::process::{Command, Output};

use serde_json::{Value, json};

fn run(args: &[&str]) -> Output {
    let mut gewu = Command::new(env!("CARGO_BIN_EXE_gewu"));
    gewu.arg("deadline").args(args).output().unwrap()
}

fn json(args: &[&str]) -> Value {
    let done = run(&[args, &["--json"]].concat());
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{args:?}: {said}");
    serde_json::from_slice(&done.stdout).unwrap()
}

/// Standard output and standard error of a question that has no answer.
fn fails(args: &[&str], code: i32) -> (String, String) {
    let done = run(args);
    assert_eq!(done.status.code(), Some(code), "{args:?}");
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(done.stdout), text(done.stderr))
}

#[test]
fn the_holiday_is_passed_over() {
    let answer = json(&["--start", "2026-09-30T17:00", "--limit", "2工作时"]);
    assert_eq!(answer["start"], "2026-09-30T17:00:00+08:00");
    assert_eq!(answer["due"], "2026-10-08T09:00:00+08:00");
    assert_eq!(answer["calendar"], "cn-2026");
    assert_eq!(answer["unit"], "work_hour");
}

#[test]
fn known_dates_come_out_of_the_real_program() {
    for (start, limit, due) in [
        ("2026-09-18T16:30", "1工作日", "2026-09-20T16:30:00+08:00"),
        ("2026-09-30T17:00", "1工作日", "2026-10-08T17:00:00+08:00"),
        (
            "2026-09-30T09:00Z",
            "2 紧急工作时",
            "2026-09-30T19:00:00+08:00",
        ),
        ("2026-03-02T16:00", "2工作时", "2026-03-02T18:00:00+08:00"),
    ] {
        let answer = json(&["--start", start, "--limit", limit]);
        assert_eq!(answer["due"], due, "{start} + {limit}");
    }
}

#[test]
fn beyond_the_horizon_and_beyond_reading_there_is_no_date() {
    let trap = ["--start", "2026-12-31T16:00", "--limit", "1工作日"];
    let (out, said) = fails(&trap, 1);
    assert_eq!(out, "");
    assert!(
        said.starts_with("gewu: calendar unknown after 2026-12-31"),
        "{said}"
    );
    let (out, said) = fails(&[&trap[..], &["--json"]].concat(), 1);
    let out: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        (&out["unit"], &out["due"]),
        (&json!("work_day"), &Value::Null)
    );
    let said: Value = serde_json::from_str(&said).unwrap();
    assert!(
        said["error"]
            .as_str()
            .unwrap()
            .starts_with("calendar unknown after 2026-12-31")
    );

    let dirty = ["--start", "2026-03-02T16:00", "--limit", "种植季节15工作日"];
    let (_, said) = fails(&dirty, 1);
    assert!(
        said.contains("种植季节15工作日") && said.contains("unknown"),
        "{said}"
    );
    let (out, _) = fails(&[&dirty[..], &["--json"]].concat(), 1);
    let out: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        (&out["unit"], &out["due"]),
        (&json!("unknown"), &Value::Null)
    );
    assert_eq!(out["limit"], "种植季节15工作日");
}

#[test]
fn wrong_usage_is_named() {
    for (args, says) in [
        (
            ["--start", "yesterday", "--limit", "1天"],
            "--start: write a time",
        ),
        (
            ["--start", "2026-02-30T08:00", "--limit", "1天"],
            "--start: write a time",
        ),
    ] {
        assert!(fails(&args, 2).1.contains(says));
    }
    let args = ["--start", "2026-03-02T08:00", "--limit", "1天", "--pause"];
    assert!(
        fails(&[&args[..], &["2026-03-02T08:00"]].concat(), 2)
            .1
            .contains(".. between")
    );
    let turned = "2026-03-03T08:00..2026-03-02T08:00";
    assert!(
        fails(&[&args[..], &[turned]].concat(), 2)
            .1
            .contains("ends before it begins")
    );
}

#[test]
fn pauses_extensions_and_the_light_at_a_time() {
    let start = ["--start", "2026-03-02T16:00"];
    let pause = [
        "--limit",
        "4工作时",
        "--pause",
        "2026-03-02T17:00..2026-03-03T09:00",
    ];
    let answer = json(&[start, [pause[0], pause[1]], [pause[2], pause[3]]].concat());
    assert_eq!(answer["due"], "2026-03-03T12:00:00+08:00");
    let open = ["--limit", "4工作时", "--pause", "2026-03-02T17:00.."];
    let answer = json(&[&start[..], &open].concat());
    assert_eq!(answer["paused"]["minutes_left"], 180);
    assert_eq!(answer["due"], Value::Null);
    let more = [
        "--limit",
        "1工作日",
        "--extend",
        "1工作日",
        "--now",
        "2026-03-04T15:00",
    ];
    let answer = json(&[&start[..], &more].concat());
    assert_eq!(answer["due"], "2026-03-04T16:00:00+08:00");
    let at = &answer["at"];
    assert_eq!(
        (&at["used_minutes"], &at["remaining_minutes"]),
        (&json!(900), &json!(60))
    );
    assert_eq!(at["light"], "yellow");
    let late = ["--limit", "1工作时", "--now", "2026-03-03T09:30"];
    let at = &json(&[&start[..], &late].concat())["at"];
    assert_eq!(
        (&at["remaining_minutes"], &at["overdue_percent"]),
        (&json!(-150), &json!(250))
    );
    assert_eq!(at["light"], "red");
}

#[test]
fn a_city_s_own_calendar_is_read_from_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("city.json");
    let body = json!({
        "format": "gewu-calendar/1", "name": "city",
        "known": { "from": "2026-03-01", "to": "2026-03-31" }, "week": ["mon", "tue", "wed", "thu", "fri"],
        "seasons": [{ "from": "2026-03-01", "to": "2026-03-31", "minutes_per_day": 360,
            "windows": ["09:00-12:00", "14:00-17:00"] }],
        "units": { "day": "natural" },
    });
    std::fs::write(&path, body.to_string()).unwrap();
    let ask = |limit| {
        [
            "--start",
            "2026-03-06T16:00",
            "--limit",
            limit,
            "--pack",
            path.to_str().unwrap(),
        ]
    };
    assert_eq!(json(&ask("1工作日"))["due"], "2026-03-09T16:00:00+08:00");
    assert_eq!(json(&ask("1天"))["due"], "2026-03-07T16:00:00+08:00");
    assert_eq!(json(&ask("1天"))["calendar"], "city");
    // What 小时 means, this city does not say.
    assert!(
        fails(&ask("1小时"), 1)
            .1
            .contains("does not say what 小时 means")
    );
    let newer = body
        .to_string()
        .replace("gewu-calendar/1", "gewu-calendar/9");
    std::fs::write(&path, newer).unwrap();
    assert!(fails(&ask("1天"), 1).1.contains("format gewu-calendar/9"));
}
