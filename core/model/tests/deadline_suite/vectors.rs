//! Due times that were computed by other means, and the traps of programs in use.

use gewu_model::deadline::{Asked, Calendar, Due, NotKnown, Pause, Pauses, Unanswered, reckon};

fn ask(
    calendar: &Calendar,
    start: &str,
    limit: &str,
    pauses: &[(&str, &str)],
) -> Result<String, Unanswered> {
    let read = |text: &str| calendar.offset().read(text).unwrap();
    let pause = |(from, to): &(&str, &str)| Pause {
        from: read(from),
        to: (!to.is_empty()).then(|| read(to)),
    };
    let asked = Asked {
        start: read(start),
        limit,
        extensions: &[],
        pauses: Pauses::new(pauses.iter().map(pause)),
    };
    Ok(match reckon(calendar, &asked)?.due {
        Due::At(at) => calendar.offset().write(at).replace(":00+08:00", ""),
        Due::Paused { left_ms } => format!("paused, {} min left", left_ms / 60_000),
    })
}

fn shipped(start: &str, limit: &str) -> String {
    ask(&Calendar::shipped(), start, limit, &[]).unwrap_or_else(|error| error.to_string())
}

#[test]
fn working_days_and_hours_pass_over_holidays_and_count_worked_weekends() {
    for (start, limit, due) in [
        // A worked Sunday; the national holiday; a day that ends after it.
        ("2026-09-18T16:30", "1工作日", "2026-09-20T16:30"),
        ("2026-09-30T17:00", "2工作时", "2026-10-08T09:00"),
        ("2026-09-30T17:00", "1工作日", "2026-10-08T17:00"),
        // Spring festival with worked Saturdays on either side.
        ("2026-02-13T17:00", "2工作时", "2026-02-14T09:00"),
        ("2026-02-14T17:00", "2工作时", "2026-02-24T09:00"),
        ("2026-02-27T17:00", "2工作时", "2026-02-28T09:00"),
        ("2026-10-09T17:00", "1工作日", "2026-10-10T17:00"),
        ("2026-05-08T17:30", "1工作时", "2026-05-09T08:30"),
        ("2026-01-03T10:00", "1工作日", "2026-01-04T18:00"),
        // The last known day can be used up to its end.
        ("2026-12-31T16:00", "2工作时", "2026-12-31T18:00"),
    ] {
        assert_eq!(shipped(start, limit), due, "{start} + {limit}");
    }
}

#[test]
fn urgent_time_runs_through_nights_and_holidays() {
    for (start, limit, due) in [
        ("2026-09-30T23:30", "2紧急工作时", "2026-10-01T01:30"),
        ("2026-10-01T12:00", "1紧急工作日", "2026-10-02T12:00"),
        ("2026-10-01T12:00", "90紧急分钟", "2026-10-01T13:30"),
        ("2026-10-01T12:00", "3自然日", "2026-10-04T12:00"),
        // It needs no calendar, so it reaches beyond any.
        ("2026-12-31T23:00", "2紧急工作时", "2027-01-01T01:00"),
    ] {
        assert_eq!(shipped(start, limit), due, "{start} + {limit}");
    }
}

#[test]
fn a_start_outside_the_windows_waits_and_a_budget_may_end_with_a_window() {
    for (start, limit, due) in [
        ("2026-03-02T12:30", "1工作时", "2026-03-02T15:00"),
        ("2026-03-02T06:00", "1工作时", "2026-03-02T09:00"),
        ("2026-03-02T19:00", "1工作时", "2026-03-03T09:00"),
        ("2026-03-06T18:00", "1工作时", "2026-03-09T09:00"),
        // Not the next morning, not two in the afternoon.
        ("2026-03-02T16:00", "2工作时", "2026-03-02T18:00"),
        ("2026-03-02T10:00", "2工作时", "2026-03-02T12:00"),
        ("2026-03-02T08:00", "1工作日", "2026-03-02T18:00"),
        ("2026-03-01T08:00", "1天", "2026-03-02T18:00"),
    ] {
        assert_eq!(shipped(start, limit), due, "{start} + {limit}");
    }
}

#[test]
fn beyond_the_horizon_there_is_an_error_and_never_a_date() {
    for start in [
        "2026-12-31T16:00",
        "2026-12-31T18:00",
        "2027-01-01T09:00",
        "2030-05-05T09:00",
    ] {
        let said = shipped(start, "1工作日");
        assert!(
            said.starts_with("calendar unknown after 2026-12-31"),
            "{start}: {said}"
        );
    }
    assert!(shipped("2026-11-26T09:00", "40工作日").starts_with("calendar unknown after"));
    assert!(
        shipped("2025-12-31T16:00", "1工作日").starts_with("calendar unknown before 2026-01-01")
    );
}

#[test]
fn twenty_five_days_and_more_do_not_overflow() {
    assert_eq!(
        shipped("2026-01-01T00:00", "25紧急工作日"),
        "2026-01-26T00:00"
    );
    assert_eq!(
        shipped("2026-01-01T00:00", "3660紧急工作日"),
        "2036-01-09T00:00"
    );
    assert_eq!(shipped("2026-01-01T00:00", "248工作日"), "2026-12-31T18:00");
}

#[test]
fn a_pause_moves_the_due_time_by_the_time_that_would_have_counted() {
    let shipped = Calendar::shipped();
    let due = |limit, pauses: &[_]| ask(&shipped, "2026-03-02T16:00", limit, pauses).unwrap();
    // Of a night only the hours inside the windows are made good.
    assert_eq!(
        due("4工作时", &[("2026-03-02T17:00", "2026-03-03T09:00")]),
        "2026-03-03T12:00"
    );
    assert_eq!(
        due("2紧急工作时", &[("2026-03-02T17:00", "2026-03-03T09:00")]),
        "2026-03-03T10:00"
    );
    // Before the start, behind the due time: no matter.
    let apart = [
        ("2026-03-01T00:00", "2026-03-02T12:00"),
        ("2026-03-04T00:00", "2026-03-05T00:00"),
    ];
    assert_eq!(due("2工作时", &apart), "2026-03-02T18:00");
    // Two over each other count once.
    let over = [
        ("2026-03-02T16:00", "2026-03-02T17:00"),
        ("2026-03-02T16:30", "2026-03-02T17:30"),
    ];
    assert_eq!(due("30工作分钟", &over), "2026-03-02T18:00");
    // A case that stands has no due time.
    assert_eq!(
        due("2工作时", &[("2026-03-02T17:00", "")]),
        "paused, 60 min left"
    );
    assert_eq!(
        due("1工作日", &[("2026-12-31T00:00", "")]),
        "2026-03-03T16:00"
    );
}

#[test]
fn an_open_pause_needs_no_calendar_behind_its_beginning() {
    let shipped = Calendar::shipped();
    let ask = |pause| ask(&shipped, "2026-12-31T16:00", "1工作日", &[pause]);
    assert_eq!(
        ask(("2026-12-31T17:00", "")).unwrap(),
        "paused, 420 min left"
    );
    assert_eq!(
        ask(("2027-01-01T00:00", "")).unwrap(),
        "paused, 360 min left"
    );
    let last = shipped.known().1;
    assert_eq!(
        ask(("2027-01-02T00:00", "")),
        Err(Unanswered::Calendar(NotKnown::After(last)))
    );
}

#[test]
fn a_city_with_six_hours_a_day_and_a_summer_of_its_own() {
    let city = Calendar::from_json(include_bytes!("six-hours.json")).unwrap();
    let due = |start, limit| ask(&city, start, limit, &[]).unwrap();
    assert_eq!(due("2026-04-20T15:00", "1工作日"), "2026-04-21T15:00");
    assert_eq!(due("2026-04-20T09:00", "1工作日"), "2026-04-20T17:00");
    // Summer: the afternoon begins later.
    assert_eq!(due("2026-06-01T11:30", "1工作时"), "2026-06-01T15:30");
    // 天 is a day of 24 hours here, 小时 an hour of any clock.
    assert_eq!(due("2026-04-24T15:00", "1天"), "2026-04-25T15:00");
    assert_eq!(due("2026-04-24T17:00", "4小时"), "2026-04-24T21:00");
    assert_eq!(due("2026-04-24T16:00", "2工作时"), "2026-04-27T10:00");
}
