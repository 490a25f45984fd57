//! Why somebody may not write what they want to, in words that are true.

use std::sync::Arc;

use gewu::{Act, GewuError, Saved};
use gewu_model::entry::{Asked, Assign, Body, DayWindow, Dispatch, File, Plain, VerifyResult};
use gewu_model::ids::CaseId;
use gewu_model::scope::Scope;

use crate::support::desk::Desk;
use crate::support::{City, Device, device, report};

/// A case that wang reported, after these instructions, as `user` has it by `scope`.
fn told(city: &Arc<City>, bodies: Vec<Body>, user: &str, scope: Scope) -> (Device, CaseId) {
    let (wang, other) = (device(city, "wang"), device(city, user));
    let case = wang.gewu.report(report()).unwrap().case;
    wang.sync();
    let mut desk = Desk::open(city, case);
    for body in bodies {
        desk.instruct(body);
    }
    desk.hand_over(scope);
    other.sync();
    (other, case)
}

fn why(saved: Result<Saved, GewuError>) -> String {
    match saved {
        Err(GewuError::NotPermitted { why }) => why,
        other => panic!("{other:?}"),
    }
}

fn file() -> Body {
    Body::File(File {
        task_number: "2026-1".into(),
        note: None,
    })
}

fn drainage() -> Scope {
    Scope::Unit("drainage".into())
}

#[test]
fn a_question_that_is_over_is_said_to_be_over() {
    let city = Arc::new(City::new());
    let sent = Body::Dispatch(Dispatch::to("drainage".into()));
    let recall = Body::Recall(Plain::default());
    let (zhao, case) = told(&city, vec![file(), sent, recall], "zhao", drainage());
    let words = why(zhao.gewu.handle(case, Act::new()));
    assert!(words.contains("is over"), "{words}");
    let words = why(zhao.gewu.ask_extension(case, "1工作时", None, Act::new()));
    assert!(words.contains("is over"), "{words}");
}

#[test]
fn what_nobody_is_asked_is_said_to_be_asked_of_nobody() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let case = wang.gewu.report(report()).unwrap().case;
    let words = why(wang.gewu.verify(case, VerifyResult::Exists, Act::new()));
    assert!(words.contains("nothing is asked"), "{words}");
}

#[test]
fn what_somebody_else_is_asked_is_said_not_to_be_asked_of_you() {
    let city = Arc::new(City::new());
    let asked = Body::VerifyRequest(Asked::of(vec!["li".into()]));
    let (wang, case) = told(&city, vec![asked], "wang", Scope::Asked("wang".into()));
    let words = why(wang.gewu.verify(case, VerifyResult::Exists, Act::new()));
    assert!(words.contains("not asked of you"), "{words}");
}

#[test]
fn a_task_that_others_have_now_is_said_to_be_taken_back() {
    let city = Arc::new(City::new());
    let bodies = ["drainage", "roads"].map(|unit| Body::Dispatch(Dispatch::to(unit.into())));
    let bodies = std::iter::once(file()).chain(bodies).collect();
    let (zhao, case) = told(&city, bodies, "zhao", drainage());
    let words = why(zhao.gewu.handle(case, Act::new()));
    assert!(words.contains("taken from you or your unit"), "{words}");
}

#[test]
fn a_team_is_told_that_it_is_for_the_unit_to_ask() {
    let city = Arc::new(City::new());
    let team = Body::Assign(Assign {
        team: Some("drainage".into()),
        ..Assign::default()
    });
    let sent = Body::Dispatch(Dispatch::to("roads".into()));
    let (zhao, case) = told(&city, vec![file(), sent, team], "zhao", drainage());
    let words = why(zhao.gewu.ask_extension(case, "1工作时", None, Act::new()));
    assert!(words.contains("your team's"), "{words}");
    zhao.gewu.handle(case, Act::new()).unwrap();
}

#[test]
fn whoever_checks_is_shown_the_part_of_the_day() {
    let city = Arc::new(City::new());
    let window = DayWindow {
        from_minute: 22 * 60,
        to_minute: 150,
    };
    let asked = Asked {
        same_period: Some(window),
        ..Asked::of(vec!["li".into()])
    };
    let (li, case) = told(
        &city,
        vec![Body::VerifyRequest(asked)],
        "li",
        Scope::Asked("li".into()),
    );
    let tasks = li.gewu.tasks().unwrap();
    let task = tasks.iter().find(|task| task.row.case == case).unwrap();
    assert_eq!(task.same_period, Some(window));
    assert_eq!(window.clock_times(), ["22:00", "02:30"]);
}

#[test]
fn what_nobody_can_mean_is_not_asked_for() {
    let city = Arc::new(City::new());
    let sent = Body::Dispatch(Dispatch::to("drainage".into()));
    let (sun, case) = told(&city, vec![file(), sent], "sun", drainage());
    let both = Body::Dispatch(Dispatch {
        assist: vec!["drainage".into()],
        ..Dispatch::to("drainage".into())
    });
    match sun.gewu.command(case, both, None) {
        Err(GewuError::InvalidInput { message, .. }) => {
            assert!(message.contains("leads the work"), "{message}");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(sun.gewu.status().unwrap().commands.len(), 0);
}
