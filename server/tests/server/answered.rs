//! An instruction that gives what was asked for answers the request, also where nobody named it.

use gewu_model::entry::{
    Body, Dispatch, Extend, ExtendRequest, Payload, Refuse, SendBack, SendBackRequest,
};
use gewu_model::fold::Reason;
use gewu_model::ids::{CaseId, ChangeHash};
use gewu_sync::verdict::Outcome;
use serde_json::{Value, json};

use crate::clocks::registered;
use crate::kit::entries::{dispatch, file};
use crate::kit::{City, NOON, POLICY, Phone};
use crate::more_time::publish;

/// A city whose units' leads grant returns within their units, with pumps below drainage.
fn city() -> City {
    let city = City::found();
    let mut body: Value = serde_json::from_slice(POLICY).expect("JSON");
    body["version"] = json!(100);
    body["units"] = json!({ "pumps": "drainage" });
    let rules = body["rules"].as_array_mut().expect("rules");
    rules.push(json!({
        "roles": ["unit_lead"], "kinds": ["send_back"], "relation": "working_unit"
    }));
    let body = body.to_string().into_bytes();
    let published = city
        .core
        .publish_pack("policy", "fixture", 100, &body, NOON);
    published.expect("a policy");
    city
}

fn sent(city: &mut City, sent: Body) -> CaseId {
    let case = registered(city);
    city.decide(case, file());
    city.decide(case, sent);
    case
}

fn wants_rid() -> Payload {
    Payload::SendBackRequest(SendBackRequest {
        reason: "not_ours".into(),
        instead: None,
        note: None,
        photos: vec![],
    })
}

/// The phone's user asks for that, upon everything.
fn asks(city: &mut City, phone: &mut Phone, case: CaseId, wish: &Payload) -> ChangeHash {
    city.now = city.now.plus(60_000);
    phone.sync(&city.core, city.now);
    let answers = city.view(case).question.expect("open").answer_to;
    let asked = phone.write(case, wish, Some(answers), city.now);
    assert!(phone.sync(&city.core, city.now).accepted(asked));
    asked
}

fn commands(city: &mut City, phone: &mut Phone, case: CaseId, body: &Body) {
    city.now = city.now.plus(60_000);
    phone.sync(&city.core, city.now);
    phone.command(case, body, city.now);
    let told = phone.sync(&city.core, city.now);
    let outcome = &told.block.commands.last().expect("an answer").outcome;
    assert!(matches!(outcome, Outcome::Done { .. }), "{outcome:?}");
}

fn reason(city: &City, case: CaseId, asked: ChangeHash) -> Option<Reason> {
    city.view(case).entry(&asked).expect("kept").reason
}

#[test]
fn a_return_that_a_lead_grants_from_a_phone_grants_the_one_wish_of_its_unit() {
    let mut city = city();
    let case = sent(&mut city, dispatch("drainage"));
    let mut li = city.crew("li", "drainage");
    let mut sun = city.phone("sun", "unit_lead", Some("drainage"), None);
    let asked = asks(&mut city, &mut li, case, &wants_rid());
    commands(
        &mut city,
        &mut sun,
        case,
        &Body::SendBack(SendBack::default()),
    );
    assert_eq!(reason(&city, case, asked), Some(Reason::Granted));
    // Whoever refused to sign for it wanted the same.
    let case = sent(&mut city, dispatch("drainage"));
    let refuses = Payload::Refuse(Refuse {
        reason: "not_ours".into(),
        note: None,
    });
    let asked = asks(&mut city, &mut li, case, &refuses);
    city.decide(case, Body::SendBack(SendBack::default()));
    assert_eq!(reason(&city, case, asked), Some(Reason::Granted));
}

#[test]
fn of_two_wishes_that_fit_none_is_taken_for_the_one_that_was_meant() {
    let mut city = city();
    let case = sent(&mut city, dispatch("drainage"));
    let (mut li, mut qi) = (city.crew("li", "drainage"), city.crew("qi", "drainage"));
    let first = asks(&mut city, &mut li, case, &wants_rid());
    let second = asks(&mut city, &mut qi, case, &wants_rid());
    let mut sun = city.phone("sun", "unit_lead", Some("drainage"), None);
    let named = SendBack {
        request: Some(second),
        ..SendBack::default()
    };
    let other = sent(&mut city, dispatch("drainage"));
    for one in [first, second] {
        assert_eq!(reason(&city, case, one), Some(Reason::Request));
    }
    commands(&mut city, &mut sun, case, &Body::SendBack(named));
    assert_eq!(reason(&city, case, second), Some(Reason::Granted));
    assert_eq!(reason(&city, case, first), Some(Reason::Lapsed));
    let wishes = [&mut li, &mut qi].map(|phone| asks(&mut city, phone, other, &wants_rid()));
    city.decide(other, Body::SendBack(SendBack::default()));
    for wish in wishes {
        assert_eq!(reason(&city, other, wish), Some(Reason::Lapsed));
    }
}

#[test]
fn a_wish_is_not_granted_by_taking_the_task_from_another_unit() {
    let mut city = city();
    let together = Dispatch {
        assist: vec!["roads".into()],
        ..Dispatch::to("drainage".into())
    };
    let case = sent(&mut city, Body::Dispatch(together));
    let mut ma = city.crew("ma", "roads");
    let helper = asks(&mut city, &mut ma, case, &wants_rid());
    // The lead's task goes back and with it the question.
    city.decide(case, Body::SendBack(SendBack::default()));
    assert_eq!(reason(&city, case, helper), Some(Reason::Lapsed));
}

#[test]
fn more_time_for_a_unit_answers_what_that_unit_asked_for() {
    let mut city = city();
    publish(&city);
    let case = sent(&mut city, dispatch("drainage"));
    let mut li = city.crew("li", "drainage");
    let wish = Payload::ExtendRequest(ExtendRequest {
        limit: "1工作时".into(),
        reason: Some("rain".into()),
        note: None,
        photos: vec![],
    });
    let asked = asks(&mut city, &mut li, case, &wish);
    let more = |unit: Option<&str>| {
        Body::Extend(Extend {
            request: None,
            limit: "1工作时".into(),
            unit: unit.map(Into::into),
            note: None,
        })
    };
    city.decide(case, more(None));
    assert_eq!(reason(&city, case, asked), Some(Reason::Granted));
}
