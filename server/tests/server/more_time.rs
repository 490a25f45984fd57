//! What the centre grants: extensions and suspensions by the city's rules, refused with words.

use gewu_model::entry::{
    Body, Decide, Dispatch, Extend, ExtendRequest, Forward, Payload, Plain, Resume, Suspend,
};
use gewu_model::fold::Reason;
use gewu_model::ids::{CaseId, ChangeHash};
use gewu_model::time::Millis;
use gewu_server::{DecideError, Decision};
use serde_json::{Value, json};

use crate::clocks::{calendar, registered};
use crate::kit::City;
use crate::kit::entries::{dispatch, file};

const DAY: i64 = 86_400_000;

/// A case that drainage has for four working hours from Monday morning on.
fn work() -> (City, CaseId) {
    let mut city = City::found();
    publish(&city);
    let case = registered(&city);
    city.decide(case, file());
    city.decide(case, dispatch("drainage"));
    (city, case)
}

/// Publishes the calendar by which limits of that time are counted.
pub(crate) fn publish(city: &City) {
    let published = city
        .core
        .publish_pack("calendar", "city", 1, &calendar(), city.now);
    published.expect("a calendar");
}

fn refused(city: &City, case: CaseId, body: Body) -> String {
    let decision = Decision {
        case,
        view: city.view(case).token(),
        body,
        content: vec![],
    };
    match city.core.decide(&city.operator, &decision, city.now) {
        Err(DecideError::Denied(words)) => words,
        other => panic!("{other:?}"),
    }
}

fn extend(limit: &str, unit: Option<&str>) -> Body {
    Body::Extend(Extend {
        request: None,
        limit: limit.into(),
        unit: unit.map(Into::into),
        note: None,
    })
}

fn suspend(until: Option<Millis>) -> Body {
    Body::Suspend(Suspend {
        until,
        ..Suspend::default()
    })
}

/// Holder and due time of each clock in the list, the most urgent first.
fn listed(city: &City) -> Vec<(Value, Value)> {
    let mut page = city.core.list(None, 10, None).expect("a page");
    city.core.add_clocks(&mut page, city.now).expect("clocks");
    assert_eq!(page.cases[0]["clock"], page.cases[0]["clocks"][0]);
    let clocks = page.cases[0]["clocks"].as_array().expect("clocks").iter();
    clocks
        .map(|clock| (clock["holder"].clone(), clock["due_text"].clone()))
        .collect()
}

#[test]
fn an_extension_is_granted_by_length_count_and_in_time() {
    let (mut city, case) = work();
    let too_long = refused(&city, case, extend("5工作时", None));
    assert!(too_long.contains("as long as the limit"), "{too_long}");
    let unread = refused(&city, case, extend("a while", None));
    assert!(unread.contains("a while"), "{unread}");
    let nobody = refused(&city, case, extend("1工作时", Some("stranger")));
    assert!(nobody.contains("no clock runs there"), "{nobody}");
    city.decide(case, extend("4工作时", None));
    city.decide(case, extend("2工作时", Some("drainage")));
    let drainage = (json!("drainage"), json!("2025-11-25T10:00:00+08:00"));
    assert_eq!(listed(&city), [drainage]);
    let third = refused(&city, case, extend("1工作时", None));
    assert!(third.contains("extended 2 times"), "{third}");

    let (mut city, case) = work();
    city.now = city.now.plus(2 * DAY);
    let over = refused(&city, case, extend("1工作时", None));
    assert!(over.contains("already over"), "{over}");
}

#[test]
fn what_was_asked_for_in_time_is_granted_once_however_long_the_centre_takes() {
    let (mut city, case) = work();
    let mut li = city.crew("li", "drainage");
    li.sync(&city.core, city.now);
    let sent = city.view(case).question.expect("a task").answer_to;
    let asks = Payload::ExtendRequest(ExtendRequest {
        limit: "2工作时".into(),
        reason: Some("rain".into()),
        note: None,
        photos: vec![],
    });
    let request = li.write(case, &asks, Some(sent), city.now);
    li.sync(&city.core, city.now);
    city.now = city.now.plus(2 * DAY);
    let grant = |request| {
        Body::Extend(Extend {
            request,
            limit: "2工作时".into(),
            unit: None,
            note: None,
        })
    };
    // It alone waits, so it is meant where none is named.
    city.decide(case, grant(None));
    let granted = city.view(case).entry(&request).expect("asked").reason;
    assert_eq!(granted, Some(Reason::Granted));
    let unasked = refused(&city, case, grant(None));
    assert!(unasked.contains("already over"), "{unasked}");
    for again in [grant(Some(request)), refusal(request)] {
        let decision = Decision {
            case,
            view: city.view(case).token(),
            body: again,
            content: vec![],
        };
        match city.core.decide(&city.operator, &decision, city.now) {
            Err(DecideError::Invalid(words)) => {
                assert!(words.contains("granted already"), "{words}")
            }
            other => panic!("{other:?}"),
        }
    }
}

fn refusal(request: ChangeHash) -> Body {
    Body::Decide(Decide {
        request,
        granted: false,
        step: None,
        reason: None,
        note: None,
    })
}

#[test]
fn what_is_not_known_is_not_granted() {
    let mut city = City::found();
    let case = registered(&city);
    city.decide(case, file());
    city.decide(case, dispatch("drainage"));
    // The calendar that ships begins in 2026, so how much of the limit a minute used up is not known.
    city.now = city.now.plus(60_000);
    let unknown = refused(&city, case, extend("1工作时", None));
    assert!(
        unknown.contains("calendar unknown before 2026-01-01"),
        "{unknown}"
    );
    publish(&city);
    city.decide(case, extend("1工作时", None));
}

#[test]
fn a_suspension_is_granted_once_with_an_end_and_stops_extensions() {
    let (mut city, case) = work();
    let endless = refused(&city, case, suspend(None));
    assert!(endless.contains("name an end within 365 days"), "{endless}");
    let far = refused(&city, case, suspend(Some(city.now.plus(366 * DAY))));
    assert!(far.contains("name an end within 365 days"), "{far}");
    let past = refused(&city, case, suspend(Some(city.now)));
    assert!(past.contains("still to come"), "{past}");
    let until = city.now.plus(DAY);
    city.decide(case, suspend(Some(until)));
    // Which the policy's matrix bars already, as nothing is dispatched.
    refused(&city, case, extend("1工作时", None));
    assert_eq!(listed(&city), [(json!("drainage"), Value::Null)]);
    city.decide(case, Body::Resume(Resume::default()));
    city.decide(case, extend("1工作时", None));
    let again = refused(&city, case, suspend(Some(city.now.plus(DAY))));
    assert!(again.contains("suspended 1 times"), "{again}");
}

#[test]
fn lists_show_a_due_time_for_each_unit_of_the_tree() {
    let (mut city, case) = work();
    city.decide(
        case,
        Body::Forward(Forward {
            unit: "pumps".into(),
            note: None,
            from: None,
            limit: Some("1工作时".into()),
        }),
    );
    let pumps = (json!("pumps"), json!("2025-11-24T09:00:00+08:00"));
    let lead = (json!("drainage"), json!("2025-11-24T12:00:00+08:00"));
    assert_eq!(listed(&city), [pumps, lead.clone()]);
    city.decide(case, extend("1工作时", Some("pumps")));
    let pumps = (json!("pumps"), json!("2025-11-24T10:00:00+08:00"));
    assert_eq!(listed(&city), [pumps, lead]);
    let clocks = city.core.case_clocks(case, city.now).expect("clocks");
    assert_eq!(clocks["running"].as_array().map(Vec::len), Some(2));
}

#[test]
fn a_dispatch_s_shared_limit_and_a_stricter_day_from_elsewhere_are_in_the_list() {
    let (mut city, case) = work();
    city.decide(case, Body::Recall(Plain::default()));
    let sunday_night = city.now.plus(10 * 3_600_000);
    city.decide(
        case,
        Body::Dispatch(Dispatch {
            limit: Some("2工作日".into()),
            bundle_limit: Some("6工作时".into()),
            external_due: Some(sunday_night),
            ..Dispatch::to("roads".into())
        }),
    );
    let mut page = city.core.list(None, 10, None).expect("a page");
    city.core.add_clocks(&mut page, city.now).expect("clocks");
    let clocks = page.cases[0]["clocks"].as_array().expect("clocks");
    let facts: Vec<_> = clocks
        .iter()
        .map(|clock| {
            (
                &clock["node"],
                &clock["external"],
                &clock["shared"],
                &clock["due"],
            )
        })
        .collect();
    let (handle, shared) = (json!("handle"), json!("dispatched"));
    let due = json!(sunday_night);
    assert_eq!(facts[0], (&handle, &json!(true), &json!(false), &due));
    assert_eq!((facts[1].0, facts[1].2), (&shared, &json!(true)));
    assert_eq!(clocks[1]["due_text"], "2025-11-24T16:00:00+08:00");
}

/// A phone that was closed and opened again offline knows the time by its own clock alone.
#[test]
fn more_time_is_not_asked_for_by_whoever_says_that_the_limit_is_over() {
    const SECOND: i64 = 1_000;
    for (written, arrives, passes) in [
        (30, 40, true),
        // In time, and brought late.
        (30, 150, true),
        (150, 151, false),
        // A clock that is wrong for certain says nothing.
        (7_000_000, 151, true),
    ] {
        let mut city = City::found();
        publish(&city);
        city.now = city.now.plus(DAY);
        let case = registered(&city);
        city.decide(case, file());
        let within = Dispatch {
            limit: Some("1紧急分钟".into()),
            ..Dispatch::to("drainage".into())
        };
        city.decide(case, Body::Dispatch(within));
        let sent = city.now;
        let mut li = city.crew("li", "drainage");
        li.sync(&city.core, city.now);
        let asked = city.view(case).question.expect("a task").answer_to;
        let asks = Payload::ExtendRequest(ExtendRequest {
            limit: "1紧急分钟".into(),
            reason: None,
            note: None,
            photos: vec![],
        });
        let wish = li.write(case, &asks, Some(asked), sent.plus(written * SECOND));
        city.now = sent.plus(arrives * SECOND);
        let told = li.sync(&city.core, city.now);
        assert_eq!(told.accepted(wish), passes, "{written} s, at {arrives} s");
    }
}
