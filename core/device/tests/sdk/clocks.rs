//! Clocks on a device: estimates, by urgency.

use std::sync::Arc;

use gewu::Gewu;
use gewu_model::deadline::Light;
use gewu_model::deadline::clocks::Basis;
use gewu_model::entry::{Body, Dispatch, File, Forward};
use gewu_model::ids::CaseId;
use gewu_model::scope::Scope;
use serde_json::json;

use crate::support::desk::Desk;
use crate::support::{City, Device, device, report};

const HOUR: i64 = 3_600_000;

/// A case of the unit `drainage` with that limit. It begins on Friday 2026-05-29 at 04:26.
fn dispatched(city: &Arc<City>, wang: &Device, zhao: &Device, limit: &str) -> CaseId {
    let saved = wang.gewu.report(report()).unwrap();
    wang.sync();
    let mut desk = Desk::open(city, saved.case);
    desk.instruct(Body::File(File {
        task_number: "2026-1".into(),
        note: None,
    }));
    desk.instruct(Body::Dispatch(Dispatch {
        limit: Some(limit.into()),
        ..Dispatch::to("drainage".into())
    }));
    desk.hand_over(Scope::Unit("drainage".into()));
    zhao.sync();
    saved.case
}

fn lights(gewu: &Gewu) -> Vec<(CaseId, Option<Light>)> {
    let tasks = gewu.tasks().unwrap().into_iter();
    tasks
        .map(|task| (task.row.case, task.clock.and_then(|clock| clock.light)))
        .collect()
}

#[test]
fn tasks_come_by_urgency_with_estimated_lights() {
    let city = Arc::new(City::new());
    let (wang, zhao) = (device(&city, "wang"), device(&city, "zhao"));
    let short = dispatched(&city, &wang, &zhao, "1工作时");
    let long = dispatched(&city, &wang, &zhao, "4工作时");
    let unknown = dispatched(&city, &wang, &zhao, "种植季节15工作日");
    let shown = lights(&zhao.gewu);
    let (green, yellow, red) = (Some(Light::Green), Some(Light::Yellow), Some(Light::Red));
    assert_eq!(shown, [(short, green), (long, green), (unknown, None)]);

    // Friday at 11:26: of four hours three and a half are over, and the hour long ago.
    zhao.clock.pass(7 * HOUR);
    assert_eq!(
        lights(&zhao.gewu),
        [(short, red), (long, yellow), (unknown, None)]
    );
    let clock = zhao.gewu.tasks().unwrap()[1].clock.clone().unwrap();
    assert_eq!(clock.node, "handle");
    assert_eq!(clock.due_text.as_deref(), Some("2026-05-29T12:00:00+08:00"));
    assert_eq!(
        (clock.unit.as_deref(), clock.basis),
        (Some("work_hour"), Basis::Estimate)
    );
    let said = zhao.gewu.show(unknown).unwrap().clocks;
    assert_eq!(said[0].unit.as_deref(), Some("unknown"));
    assert!(
        said[0]
            .unknown
            .as_deref()
            .unwrap()
            .contains("种植季节15工作日")
    );
}

#[test]
fn the_city_s_own_calendar_comes_with_the_packs_and_replaces_the_one_that_ships() {
    let mut city = City::new();
    let calendar = json!({
        "format": "gewu-calendar/1", "name": "city", "version": 1,
        "known": { "from": "2026-05-01", "to": "2026-05-31" },
        "week": ["mon", "tue", "wed", "thu", "fri"],
        "seasons": [{ "from": "2026-05-01", "to": "2026-05-31", "minutes_per_day": 360,
            "windows": ["09:00-12:00", "14:00-17:00"] }],
    });
    city.publish("calendar", 1, calendar.to_string().into_bytes());
    let city = Arc::new(city);
    let (wang, zhao) = (device(&city, "wang"), device(&city, "zhao"));
    dispatched(&city, &wang, &zhao, "4工作时");
    dispatched(&city, &wang, &zhao, "2工作日");
    let tasks = zhao.gewu.tasks().unwrap();
    let clock = |at: usize| tasks[at].clock.as_ref().unwrap();
    assert_eq!(clock(0).calendar.as_deref(), Some("city"));
    assert_eq!(
        clock(0).due_text.as_deref(),
        Some("2026-05-29T15:00:00+08:00")
    );
    let said = clock(1).unknown.as_deref().unwrap();
    assert!(
        said.starts_with("calendar unknown after 2026-05-31"),
        "{said}"
    );
}

#[test]
fn a_unit_below_has_a_due_time_of_its_own_and_the_case_shows_every_unit_s() {
    let city = Arc::new(City::new());
    let (wang, zhao) = (device(&city, "wang"), device(&city, "zhao"));
    let case = wang.gewu.report(report()).unwrap().case;
    wang.sync();
    let mut desk = Desk::open(&city, case);
    desk.instruct(Body::File(File {
        task_number: "2026-1".into(),
        note: None,
    }));
    desk.instruct(Body::Dispatch(Dispatch {
        limit: Some("4工作时".into()),
        assist: vec!["parks".into()],
        ..Dispatch::to("roads".into())
    }));
    desk.instruct(Body::Forward(Forward {
        unit: "drainage".into(),
        note: None,
        from: None,
        limit: Some("1工作时".into()),
    }));
    desk.hand_over(Scope::Unit("drainage".into()));
    zhao.sync();
    let task = zhao.gewu.tasks().unwrap().remove(0).clock.unwrap();
    assert_eq!(task.holder, Some("drainage".into()));
    assert_eq!(task.due_text.as_deref(), Some("2026-05-29T09:00:00+08:00"));
    let all = zhao.gewu.show(case).unwrap().clocks;
    let all: Vec<_> = all
        .iter()
        .map(|clock| {
            let holder = clock.holder.as_ref().map(|unit| unit.0.as_str());
            (holder, clock.assist, clock.due_text.as_deref())
        })
        .collect();
    let (hour, noon) = ("2026-05-29T09:00:00+08:00", "2026-05-29T12:00:00+08:00");
    assert_eq!(
        all,
        [
            (Some("drainage"), false, Some(hour)),
            (Some("roads"), false, Some(noon)),
            (Some("parks"), true, Some(noon)),
        ]
    );
}
