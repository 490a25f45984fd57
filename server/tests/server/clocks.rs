//! Due times and lights at the centre.

use gewu_model::deadline::Light;
use gewu_model::entry::Source;
use gewu_model::ids::CaseId;
use gewu_model::place::{Datum, Position};
use gewu_server::{CoreError, NewCase};
use serde_json::{Value, json};

use crate::kit::entries::{dispatch, file};
use crate::kit::{City, class};

const MINUTE: i64 = 60_000;

/// A case whose catalogue condition says 4工作时.
pub(crate) fn by_telephone() -> NewCase {
    NewCase {
        edition: None,
        class: class(),
        condition: Some("2".into()),
        position: Position::from_degrees(123.42, 41.8, Datum::Wgs84, None).expect("a place"),
        text: None,
        contact: None,
        source: Source {
            code: "hotline".into(),
            channel: None,
            external_id: None,
        },
        external_due: None,
        reply_required: false,
    }
}

/// Such a case, on Sunday 2025-11-23 at noon.
pub(crate) fn registered(city: &City) -> CaseId {
    let registered = city
        .core
        .register(&city.operator, &by_telephone(), city.now);
    registered.expect("registered").0
}

/// The case's clock in the list, so long after the city's present.
fn clock(city: &City, after: i64) -> Value {
    let mut page = city.core.list(None, 10, None).expect("a page");
    let now = city.now.plus(after);
    city.core.add_clocks(&mut page, now).expect("clocks");
    page.cases[0]["clock"].clone()
}

pub(crate) fn calendar() -> Vec<u8> {
    let calendar = json!({
        "format": "gewu-calendar/1", "name": "city", "version": 1,
        "known": { "from": "2025-11-01", "to": "2025-11-30" },
        "week": ["mon", "tue", "wed", "thu", "fri"],
        "seasons": [{ "from": "2025-11-01", "to": "2025-11-30", "minutes_per_day": 480,
            "windows": ["08:00-12:00", "14:00-18:00"] }],
    });
    calendar.to_string().into_bytes()
}

#[test]
fn the_list_shows_due_time_and_light_from_the_server_s_receipts() {
    let mut city = City::found();
    let case = registered(&city);
    let accept = clock(&city, MINUTE);
    assert_eq!(
        (&accept["node"], &accept["basis"]),
        (&json!("accept"), &json!("authoritative"))
    );
    assert_eq!(accept["due_text"], "2025-11-23T12:15:00+08:00");
    let light = |after| clock(&city, after)["light"].clone();
    let shown = [12 * MINUTE, 13 * MINUTE, 15 * MINUTE, 15 * MINUTE + 1].map(light);
    assert_eq!(
        shown,
        [Light::Green, Light::Yellow, Light::Yellow, Light::Red].map(|light| json!(light))
    );

    city.decide(case, file());
    city.decide(case, dispatch("drainage"));
    // The calendar that ships begins in 2026: nothing is guessed.
    let handle = clock(&city, 0);
    assert_eq!(
        (&handle["node"], &handle["limit"]),
        (&json!("handle"), &json!("4工作时"))
    );
    assert!(
        handle["unknown"]
            .as_str()
            .expect("words")
            .starts_with("calendar unknown before 2026-01-01")
    );
    assert_eq!(handle["due"], Value::Null);

    let published = city
        .core
        .publish_pack("calendar", "city", 1, &calendar(), city.now);
    published.expect("a calendar");
    assert_eq!(clock(&city, 0)["due_text"], "2025-11-24T12:00:00+08:00");
}

#[test]
fn a_case_shows_every_clock_that_it_has_had() {
    let mut city = City::found();
    let published = city
        .core
        .publish_pack("calendar", "city", 1, &calendar(), city.now);
    published.expect("a calendar");
    let case = registered(&city);
    city.decide(case, file());
    city.decide(case, dispatch("drainage"));
    let clocks = city.core.case_clocks(case, city.now).expect("clocks");
    let nodes = clocks["nodes"].as_array().expect("nodes").iter();
    let ended: Vec<_> = nodes
        .map(|clock| (clock["node"].clone(), clock["end"]["how"].clone()))
        .collect();
    let done = |node: &str| (json!(node), json!("done"));
    assert_eq!(
        ended,
        [
            done("accept"),
            done("dispatch"),
            (json!("handle"), Value::Null)
        ]
    );
    assert_eq!(
        clocks["running"][0]["due_text"],
        "2025-11-24T12:00:00+08:00"
    );
    assert_eq!(clocks["calendar"], "city");
}

#[test]
fn a_case_from_before_clocks_were_kept_has_them_all_the_same() {
    let city = City::found();
    registered(&city);
    let kept = clock(&city, MINUTE);
    let database = rusqlite::Connection::open(city.dir.path().join("gewu.db")).expect("a database");
    let gone = database.execute("DELETE FROM clocks", []).expect("deleted");
    assert_eq!(gone, 1);
    assert_eq!(clock(&city, MINUTE), kept);
}

#[test]
fn a_calendar_with_a_hole_is_not_published() {
    let city = City::found();
    let text = String::from_utf8(calendar()).expect("text");
    let holed = text.replace(
        "\"from\":\"2025-11-01\",\"minutes",
        "\"from\":\"2025-11-02\",\"minutes",
    );
    assert_ne!(holed, text);
    let refused = city
        .core
        .publish_pack("calendar", "city", 1, holed.as_bytes(), city.now);
    match refused {
        Err(CoreError::Pack(words)) => assert!(words.contains("no season covers 2025-11-01")),
        other => panic!("{other:?}"),
    }
}

#[test]
fn steps_that_an_earlier_version_kept_are_read_from_the_case_once_more() {
    let city = City::found();
    registered(&city);
    let kept = clock(&city, MINUTE);
    let database = rusqlite::Connection::open(city.dir.path().join("gewu.db")).expect("a database");
    let old =
        json!({ "steps": [], "policy": null, "catalogue": null, "class": null, "condition": null });
    let put = database.execute("UPDATE clocks SET steps = ?1", [old.to_string()]);
    assert_eq!(put.expect("written"), 1);
    assert_eq!(clock(&city, MINUTE), kept);
}
