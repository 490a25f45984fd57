//! Requests that the centre would set aside are refused before they are saved, in the gate's own words.

use std::sync::Arc;

use gewu::{Act, GewuError, Saved};
use gewu_model::entry::{Assign, Body, Dispatch, Extend, File, Reply, Resume, Suspend};
use gewu_model::ids::{CaseId, Digest};
use gewu_model::scope::Scope;
use gewu_model::time::Millis;
use gewu_sync::verdict::Outcome;

use crate::support::desk::Desk;
use crate::support::{City, Device, START, device, report};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// A case that zhao's unit has since Friday 2026-05-29 at 04:26, and what the centre said since.
fn dispatched(city: &Arc<City>, dispatch: Dispatch, since: Vec<Body>) -> (Device, CaseId) {
    let (wang, zhao) = (device(city, "wang"), device(city, "zhao"));
    let case = wang.gewu.report(report()).unwrap().case;
    wang.sync();
    let mut desk = Desk::open(city, case);
    desk.instruct(Body::File(File {
        task_number: "2026-1".into(),
        note: None,
    }));
    desk.instruct(Body::Dispatch(dispatch));
    for body in since {
        desk.instruct(body);
    }
    desk.hand_over(Scope::Unit("drainage".into()));
    zhao.sync();
    (zhao, case)
}

fn for_four_hours() -> Dispatch {
    Dispatch {
        limit: Some("4工作时".into()),
        ..Dispatch::to("drainage".into())
    }
}

fn why(saved: Result<Saved, GewuError>) -> String {
    match saved {
        Err(GewuError::NotPermitted { why }) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_extension_that_no_rule_could_grant_is_refused_before_it_is_saved() {
    let city = Arc::new(City::new());
    let (zhao, case) = dispatched(&city, for_four_hours(), vec![]);
    let ask = |limit: &str| zhao.gewu.ask_extension(case, limit, None, Act::new());
    let long = why(ask("5工作时"));
    assert!(long.contains("as long as the limit"), "{long}");
    assert_eq!(
        zhao.gewu.show(case).unwrap().row.unsent,
        0,
        "nothing is saved"
    );
    ask("4工作时").unwrap();
    // What cannot be read is left to the centre, as at the gate.
    ask("a while").unwrap();
    // From eight o'clock on, four hours are used up at noon, and over at half past three.
    zhao.clock.pass(11 * HOUR);
    let late = why(ask("1工作时"));
    assert!(late.contains("already over"), "{late}");
    // Whoever means it all the same is not stopped where checks are off.
    let meant = Act::new().unchecked(true);
    zhao.gewu
        .ask_extension(case, "5工作时", None, meant)
        .unwrap();
}

#[test]
fn a_third_extension_and_a_second_suspension_are_refused() {
    let city = Arc::new(City::new());
    let hour = || {
        Body::Extend(Extend {
            request: None,
            limit: "1工作时".into(),
            unit: None,
            note: None,
        })
    };
    let (zhao, case) = dispatched(&city, for_four_hours(), vec![hour(), hour()]);
    let third = zhao.gewu.ask_extension(case, "1工作时", None, Act::new());
    let third = why(third);
    assert!(third.contains("extended 2 times"), "{third}");

    let city = Arc::new(City::new());
    let (zhao, case) = dispatched(&city, for_four_hours(), vec![]);
    let suspend = |zhao: &Device, case, until: Option<i64>| {
        let until = until.map(|after| Millis(START + after));
        zhao.gewu.ask_suspension(case, "rain", until, Act::new())
    };
    let past = why(suspend(&zhao, case, Some(-DAY)));
    assert!(past.contains("still to come"), "{past}");
    let far = why(suspend(&zhao, case, Some(400 * DAY)));
    assert!(far.contains("within 365 days"), "{far}");
    suspend(&zhao, case, Some(2 * DAY)).unwrap();
    let since = vec![
        Body::Suspend(Suspend::default()),
        Body::Resume(Resume::default()),
    ];
    let (zhao, case) = dispatched(&city, for_four_hours(), since);
    let again = why(suspend(&zhao, case, Some(2 * DAY)));
    assert!(again.contains("suspended 1 times"), "{again}");
}

#[test]
fn what_has_to_be_accepted_is_not_offered_back() {
    let city = Arc::new(City::new());
    let strict = Dispatch {
        must_accept: Some(true),
        ..for_four_hours()
    };
    let (zhao, case) = dispatched(&city, strict, vec![]);
    let offered = zhao.gewu.allowed(case).unwrap();
    let is_offered = |kind: &str| offered.iter().any(|name| name == kind);
    assert!(is_offered("extend_request") && is_offered("handle"));
    assert!(!is_offered("send_back_request") && !is_offered("refuse"));
    let back = zhao.gewu.ask_send_back(case, "not_ours", None, Act::new());
    let back = why(back);
    assert!(back.contains("has to be accepted"), "{back}");
    let refused = why(zhao.gewu.refuse(case, "not_ours", Act::new()));
    assert!(refused.contains("has to be accepted"), "{refused}");
}

#[test]
fn a_reason_to_give_back_that_no_policy_lists_is_refused_with_those_that_it_does() {
    let city = Arc::new(City::new());
    let (zhao, case) = dispatched(&city, for_four_hours(), vec![]);
    let ask = |reason: &str| zhao.gewu.ask_send_back(case, reason, None, Act::new());
    match ask("dont_feel_like_it") {
        Err(GewuError::InvalidInput { field, message }) => {
            assert_eq!(field, "reason");
            assert!(message.contains("not_ours"), "{message}");
        }
        other => panic!("{other:?}"),
    }
    ask("not_ours").unwrap();
}

#[test]
fn a_command_that_follows_another_says_which_and_one_that_was_refused_is_given_anew() {
    let city = Arc::new(City::new());
    let (wang, sun) = (device(&city, "wang"), device(&city, "sun"));
    let case = wang.gewu.report(report()).unwrap().case;
    wang.sync();
    let mut desk = Desk::open(&city, case);
    desk.instruct(Body::File(File {
        task_number: "2026-1".into(),
        note: None,
    }));
    desk.instruct(Body::Dispatch(for_four_hours()));
    desk.hand_over(Scope::Unit("drainage".into()));
    sun.sync();
    let assign = |person: &str| {
        Body::Assign(Assign {
            person: Some(person.into()),
            ..Assign::default()
        })
    };
    let ask = |person| {
        sun.gewu
            .command(case, assign(person), Some("今天"))
            .unwrap()
    };
    let queued = [ask("li"), ask("zhao"), ask("qian")];
    city.state().outcomes = vec![Outcome::Stale, Outcome::Stale, Outcome::Stale];
    sun.sync();
    let sent = |at: usize| {
        let state = city.state();
        let mut all = state.requests.iter().flat_map(|request| &request.commands);
        all.nth(at).unwrap().command().unwrap()
    };
    let after = [0, 1, 2].map(|at| sent(at).after);
    let [first, second, _] = queued.map(|one| one.command);
    assert_eq!(after, [None, Some(first), Some(second)]);
    assert_eq!(sent(0).view, sent(2).view);

    // What was refused as stale is given anew on the present view, with its words.
    desk.instruct(Body::Reply(Reply {
        text: Digest([3; 32]),
        to: None,
    }));
    desk.hand_over(Scope::Unit("drainage".into()));
    sun.sync();
    let again = sun.gewu.command_again(second).unwrap();
    assert_ne!(again.command, second);
    let waiting = sun.gewu.command_again(again.command);
    assert!(
        matches!(waiting, Err(GewuError::NotPermitted { .. })),
        "{waiting:?}"
    );
    let unknown = sun.gewu.command_again(Digest([1; 32]));
    assert!(
        matches!(unknown, Err(GewuError::NotFound { .. })),
        "{unknown:?}"
    );
    sun.sync();
    let (old, new) = (sent(1), sent(3));
    assert_eq!((new.kind, new.body, new.after), (old.kind, old.body, None));
    assert_ne!(new.view, old.view);
    let state = city.state();
    let last = state
        .requests
        .iter()
        .rev()
        .find(|it| !it.commands.is_empty());
    assert_eq!(last.unwrap().command_content[0].text, "今天");
}

/// An app that was closed and opened again without a network knows the time by the phone's clock, which was
/// right when it was last compared.
#[test]
fn more_time_is_not_saved_after_the_limit_by_an_app_that_was_started_anew_offline() {
    let city = Arc::new(City::new());
    let (zhao, case) = dispatched(&city, for_four_hours(), vec![]);
    let zhao = zhao.reopen(&city);
    let ask = || zhao.gewu.ask_extension(case, "1工作时", None, Act::new());
    ask().unwrap();
    zhao.clock.pass(11 * HOUR);
    let late = why(ask());
    assert!(late.contains("already over"), "{late}");
}

#[test]
fn a_place_is_handed_over_to_a_unit_that_the_city_s_tree_knows() {
    let hand_over = |units: Option<serde_json::Value>, unit: &str| {
        let mut city = City::new();
        let mut body: serde_json::Value =
            serde_json::from_slice(gewu_model::policy::BUILT_IN).unwrap();
        body["version"] = 100.into();
        body["units"] = units.unwrap_or(serde_json::json!({}));
        city.publish("policy", 100, body.to_string().into_bytes());
        let city = Arc::new(city);
        let wang = device(&city, "wang");
        wang.sync();
        let case = wang.gewu.report(report()).unwrap().case;
        let unit = Some(unit.into());
        wang.gewu.hand_over(case, None, unit, Act::new()).map(drop)
    };
    let tree = || Some(serde_json::json!({ "drainage": "works" }));
    hand_over(tree(), "drainage").unwrap();
    match hand_over(tree(), "drainaeg") {
        Err(GewuError::InvalidInput { field, message }) => {
            assert_eq!(field, "unit");
            assert!(message.contains("tree"), "{message}");
        }
        other => panic!("{other:?}"),
    }
    // Without a tree nobody can know.
    hand_over(None, "drainaeg").unwrap();
}
