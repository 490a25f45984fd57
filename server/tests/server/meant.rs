//! What an instruction says fits together: whoever gives it is told what cannot be meant, at a console and by
//! a device alike.

use gewu_model::entry::{
    Body, Close, CloseKind, Dispatch, Forward, Plain, Resume, Reward, RewardState, Suspend,
};
use gewu_model::ids::CaseId;
use gewu_server::{DecideError, Decision};
use gewu_sync::verdict::Outcome;
use serde_json::json;

use crate::clocks::{by_telephone, registered};
use crate::kit::entries::{dispatch, file};
use crate::kit::web::Web;
use crate::kit::{City, NOON, Phone};
use crate::more_time::publish;

fn tried(city: &City, case: CaseId, body: Body) -> Result<(), DecideError> {
    let decision = Decision {
        case,
        view: city.view(case).token(),
        body,
        content: vec![],
    };
    let done = city.core.decide(&city.operator, &decision, city.now);
    done.map(drop)
}

fn invalid(city: &City, case: CaseId, body: Body) -> String {
    match tried(city, case, body) {
        Err(DecideError::Invalid(words)) => words,
        other => panic!("{other:?}"),
    }
}

fn denied(city: &City, case: CaseId, body: Body) -> String {
    match tried(city, case, body) {
        Err(DecideError::Denied(words)) => words,
        other => panic!("{other:?}"),
    }
}

fn filed() -> (City, CaseId) {
    let mut city = City::found();
    publish(&city);
    let case = registered(&city);
    city.decide(case, file());
    (city, case)
}

fn odd() -> [(Dispatch, &'static str); 4] {
    let to = || Dispatch::to("drainage".into());
    [
        (
            Dispatch {
                assist: vec!["roads".into(), "drainage".into()],
                ..to()
            },
            "drainage leads the work",
        ),
        (
            Dispatch {
                assist: vec!["roads".into(), "roads".into()],
                ..to()
            },
            "roads stands twice",
        ),
        (
            Dispatch {
                substitute_for: Some("drainage".into()),
                ..to()
            },
            "in its own stead",
        ),
        (
            Dispatch {
                rule: Some("direct".into()),
                ..to()
            },
            "a rule is named by the service",
        ),
    ]
}

#[test]
fn a_unit_has_one_part_in_a_dispatch_and_people_name_no_rules() {
    let (mut city, case) = filed();
    for (body, words) in odd() {
        let said = invalid(&city, case, Body::Dispatch(body));
        assert!(said.contains(words), "{said}");
    }
    city.decide(case, dispatch("drainage"));
    let until = Some(city.now.plus(86_400_000));
    city.decide(
        case,
        Body::Suspend(Suspend {
            until,
            ..Suspend::default()
        }),
    );
    let by_rule = Resume {
        rule: Some("auto_resume".into()),
        ..Resume::default()
    };
    let said = invalid(&city, case, Body::Resume(by_rule));
    assert!(said.contains("a rule is named by the service"), "{said}");
}

#[test]
fn what_a_device_asks_for_fits_together_as_well() {
    let (city, case) = filed();
    let mut he = city.phone("he", "operator", None, None);
    he.sync(&city.core, city.now);
    for (body, words) in odd() {
        he.command(case, &Body::Dispatch(body), city.now);
        let said = told(&city, &mut he);
        assert!(said.contains(words), "{said}");
    }
    let mut gao = city.phone("gao", "shift_leader", None, None);
    gao.sync(&city.core, city.now);
    gao.command(case, &closed(Some("zzz")), city.now);
    let said = told(&city, &mut gao);
    assert!(said.contains("1, 2, 3"), "{said}");
}

/// Why the last command was refused.
fn told(city: &City, phone: &mut Phone) -> String {
    let request = phone.request();
    let told = phone.exchange(&city.core, &request, city.now);
    match told.block.commands.last().map(|said| &said.outcome) {
        Some(Outcome::Denied { why }) => why.clone(),
        other => panic!("{other:?}"),
    }
}

fn closed(condition: Option<&str>) -> Body {
    Body::Close(Close {
        kind: CloseKind::Special,
        note: None,
        condition: condition.map(Into::into),
    })
}

#[test]
fn a_case_is_closed_by_a_condition_of_its_class() {
    let (mut city, case) = filed();
    let said = invalid(&city, case, closed(Some("zzz")));
    assert!(said.contains("zzz") && said.contains("1, 2, 3"), "{said}");
    // The class as it was corrected has one condition only.
    let correct = gewu_model::entry::Correct {
        class: Some(gewu_model::entry::ClassRef {
            kind: gewu_model::entry::ClassKind::Component,
            code: "03005".into(),
        }),
        condition: Some("1".into()),
        ..Default::default()
    };
    city.decide(case, Body::Correct(Box::new(correct)));
    let said = invalid(&city, case, closed(Some("2")));
    assert!(said.contains("03005"), "{said}");
    city.decide(case, closed(Some("1")));
}

#[test]
fn a_class_without_conditions_is_closed_by_any_word() {
    let mut city = City::found();
    let catalogue = serde_json::json!({
        "format": "gewu-catalogue/2", "edition": "2026", "version": 2,
        "editions": [{ "edition": "2026", "classes": [
            { "kind": "component", "code": "01002", "name": { "zh": "污水井盖" } } ] }],
    });
    let body = catalogue.to_string().into_bytes();
    let published = city
        .core
        .publish_pack("catalogue", "fixture", 2, &body, NOON);
    published.expect("a catalogue");
    let new = gewu_server::NewCase {
        condition: None,
        ..by_telephone()
    };
    let made = city.core.register(&city.operator, &new, city.now);
    let case = made.expect("registered").0;
    city.decide(case, closed(Some("as agreed by telephone")));
}

#[test]
fn a_reward_is_bounded() {
    let (mut city, case) = filed();
    let reward = |cents| {
        Body::Reward(Reward {
            state: RewardState::Granted,
            rule: "first_report".into(),
            points: None,
            cents: Some(cents),
            reason: None,
            note: None,
        })
    };
    let said = invalid(&city, case, reward(u64::MAX));
    assert!(said.contains("hundredths"), "{said}");
    city.decide(case, reward(20_000));
}

fn forward(unit: &str, from: Option<&str>, limit: Option<&str>) -> Body {
    Body::Forward(Forward {
        unit: unit.into(),
        note: None,
        from: from.map(Into::into),
        limit: limit.map(Into::into),
    })
}

/// The task is due on Monday at noon; the part that is passed on is so at the latest.
#[test]
fn a_part_of_a_task_is_not_due_after_the_task() {
    let (mut city, case) = filed();
    city.decide(case, dispatch("drainage"));
    for limit in ["1工作日", "2紧急工作日"] {
        let said = denied(&city, case, forward("pumps", None, Some(limit)));
        assert!(said.contains("due 2025-11-24T12:00:00+08:00"), "{said}");
    }
    city.decide(case, forward("pumps", None, Some("2工作时")));
    // What is below pumps is a part of what pumps has, and not of the whole.
    let said = denied(&city, case, forward("valves", None, Some("3工作时")));
    assert!(said.contains("due 2025-11-24T10:00:00+08:00"), "{said}");
    let whole = forward("sewers", Some("drainage"), Some("4工作时"));
    city.decide(case, whole);
    city.decide(case, forward("valves", Some("pumps"), None));
}

#[test]
fn what_is_not_known_bounds_no_part() {
    let mut city = City::found();
    let case = registered(&city);
    city.decide(case, file());
    city.decide(case, dispatch("drainage"));
    city.decide(case, forward("pumps", None, Some("5工作日")));
    city.decide(case, Body::Recall(Plain::default()));
}

#[test]
fn a_place_without_degrees_is_no_place() {
    let web = Web::start();
    let mut nowhere = json!({
        "class": { "kind": "component", "code": "01002" }, "lon": 0, "lat": 0.0,
        "source": { "code": "hotline", "external_id": null },
    });
    let told = web.op("POST", "/v1/op/cases", Some(nowhere.clone()));
    let words = String::from_utf8_lossy(&told.body).into_owned();
    assert_eq!(told.status, 422, "{words}");
    assert!(words.contains("0, 0"), "{words}");
    nowhere["lon"] = json!(123.4);
    assert_eq!(web.op("POST", "/v1/op/cases", Some(nowhere)).status, 201);
}
