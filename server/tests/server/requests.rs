//! Requests are granted by the instruction that gives what they ask for, and by no other.

use gewu_model::entry::{
    Body, Decide, DuplicateSuggestion, ExtendRequest, LinkCase, Payload, Relationship, SendBack,
    SendBackRequest,
};
use gewu_model::fold::Stage;
use gewu_model::ids::{CaseId, ChangeHash};
use gewu_server::{DecideError, Decision};

use crate::kit::entries::{dispatch, file};
use crate::kit::{City, Phone};

fn told(city: &City, phone: &mut Phone, text: &str) -> CaseId {
    let case = phone.report(text, vec![], city.now);
    phone.sync(&city.core, city.now);
    case
}

fn refused(city: &City, case: CaseId, body: Body) -> String {
    let view = city.view(case).token();
    let decision = Decision {
        case,
        view,
        body,
        content: vec![],
    };
    match city.core.decide(&city.operator, &decision, city.now) {
        Err(DecideError::Invalid(words)) => words,
        other => panic!("{other:?}"),
    }
}

fn grant(request: ChangeHash) -> Body {
    Body::Decide(Decide {
        request,
        granted: true,
        step: None,
        reason: None,
        note: None,
    })
}

fn link(other: CaseId, relation: Relationship, request: ChangeHash) -> Body {
    Body::Link(LinkCase {
        other,
        relation,
        request: Some(request),
        external_due: None,
        note: None,
    })
}

#[test]
fn more_time_is_granted_by_the_instruction_that_gives_it() {
    let mut city = City::found();
    let (mut chen, mut li) = (city.inspector("chen"), city.crew("li", "drainage"));
    let case = told(&city, &mut chen, "井盖缺失");
    city.decide(case, file());
    let sent = city.decide(case, dispatch("drainage")).instruction;
    li.sync(&city.core, city.now);
    let asks = Payload::ExtendRequest(ExtendRequest {
        limit: "1工作日".into(),
        reason: Some("rain".into()),
        note: None,
        photos: vec![],
    });
    let asked = li.write(case, &asks, Some(sent), city.now);
    li.sync(&city.core, city.now);
    let words = refused(&city, case, grant(asked));
    assert!(words.contains("`extend`"), "{words}");
    let waits = city.view(case);
    let waits = waits.pending_requests().map(|one| one.hash);
    assert_eq!(waits.collect::<Vec<_>>(), [asked], "it waits on");
    let mut no = grant(asked);
    if let Body::Decide(decide) = &mut no {
        decide.granted = false;
    }
    city.decide(case, no);
}

#[test]
fn a_task_is_taken_from_the_unit_that_asked_to_be_rid_of_it() {
    let mut city = City::found();
    let mut chen = city.inspector("chen");
    let (mut li, mut zhou) = (city.crew("li", "drainage"), city.crew("zhou", "roads"));
    let mut wu = city.crew("wu", "parks");
    let case = told(&city, &mut chen, "井盖缺失");
    city.decide(case, file());
    let mut sent = dispatch("drainage");
    if let Body::Dispatch(dispatch) = &mut sent {
        dispatch.assist = vec!["roads".into(), "parks".into()];
    }
    let sent = city.decide(case, sent).instruction;
    let wish = |phone: &mut Phone| {
        phone.sync(&city.core, city.now);
        let asks = Payload::SendBackRequest(SendBackRequest {
            reason: "not_ours".into(),
            instead: None,
            note: None,
            photos: vec![],
        });
        let asked = phone.write(case, &asks, Some(sent), city.now);
        phone.sync(&city.core, city.now);
        asked
    };
    // Of two wishes of one unit none is taken for the one that a return grants.
    let (helper, other, lead) = (wish(&mut zhou), wish(&mut wu), wish(&mut li));
    wish(&mut wu);
    let back = |request| {
        Body::SendBack(SendBack {
            request: Some(request),
            ..SendBack::default()
        })
    };
    city.decide(case, back(helper));
    let unasked = SendBack {
        unit: Some("parks".into()),
        ..SendBack::default()
    };
    city.decide(case, Body::SendBack(unasked));
    let view = city.view(case);
    assert_eq!(view.stage, Stage::Dispatched, "the lead did not ask yet");
    let held = view.nodes.iter().filter(|node| node.until.is_none());
    let held: Vec<&str> = held.map(|node| node.unit.as_str()).collect();
    assert_eq!(held, ["drainage"]);
    let words = refused(&city, case, back(helper));
    assert!(words.contains("granted already"), "{words}");
    let words = refused(&city, case, back(other));
    assert!(words.contains("parks, which asked,"), "{words}");
    city.decide(case, back(lead));
    assert_eq!(city.view(case).stage, Stage::Filed);
}

#[test]
fn a_tie_grants_the_suggestion_of_its_own_case_only() {
    let mut city = City::found();
    let mut chen = city.inspector("chen");
    let [first, second, third] = ["一", "二", "三"].map(|text| told(&city, &mut chen, text));
    let suggests = Payload::DuplicateSuggestion(DuplicateSuggestion {
        other: second,
        distance_mm: None,
        note: None,
    });
    let asked = chen.write(first, &suggests, None, city.now);
    chen.sync(&city.core, city.now);
    let words = refused(&city, first, grant(asked));
    assert!(words.contains("`link`"), "{words}");
    let words = refused(&city, first, link(third, Relationship::Related, asked));
    assert!(words.contains("another case"), "{words}");
    let words = refused(&city, first, link(second, Relationship::Nothing, asked));
    assert!(words.contains("`decide`"), "{words}");
    city.decide(first, link(second, Relationship::DuplicateOf, asked));
    assert_eq!(city.view(first).pending_requests().count(), 0);
}
