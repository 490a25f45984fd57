//! What staff are told beside the case itself: that their report was joined to another, what became of what
//! they asked for, and that they are supervised.

use gewu_model::entry::{
    Body, DayWindow, Decide, Payload, Plain, Redo, Relationship, SendBack, SendBackRequest,
    Supervise, Verify, VerifyResult,
};
use gewu_model::ids::{CaseId, ChangeHash};
use gewu_server::{DecideError, Decision};

use crate::kit::entries::{asked, dispatch, file};
use crate::kit::{City, Phone};
use crate::ties::{link, registered};

/// What a phone was told of a change, after a sync.
fn said(city: &City, phone: &mut Phone, about: ChangeHash) -> Vec<String> {
    phone.sync(&city.core, city.now);
    let told = phone.notices.iter();
    let told = told.filter(|notice| notice.about == Some(about));
    told.map(|notice| notice.words.clone()).collect()
}

fn reported(city: &City, chen: &mut Phone) -> CaseId {
    let case = chen.report("井盖缺失", vec![], city.now);
    chen.sync(&city.core, city.now);
    case
}

#[test]
fn an_inspector_is_told_in_words_that_a_report_was_joined_to_another() {
    let mut city = City::found();
    let mut chen = city.inspector("chen");
    let first = registered(&city, None);
    let second = reported(&city, &mut chen);
    let tie = link(first, Relationship::DuplicateOf);
    let joined = city.decide(second, tie).instruction;
    let words = said(&city, &mut chen, joined);
    assert_eq!(words.len(), 1);
    assert!(words[0].contains("reported before"), "{words:?}");
    assert!(!words[0].contains(&first.to_string()), "{words:?}");
    let undo = link(first, Relationship::Nothing);
    let parted = city.decide(second, undo).instruction;
    let words = said(&city, &mut chen, parted);
    assert_eq!(words.len(), 1);
    assert!(words[0].contains("by itself again"), "{words:?}");
    // From the other side as well.
    let back = link(second, Relationship::HasDuplicate);
    city.decide(first, back);
    let tie = city.view(second).facts.ties[0].by;
    assert_eq!(said(&city, &mut chen, tie).len(), 1);
}

#[test]
fn whoever_asked_is_told_that_it_was_granted_or_refused() {
    let mut city = City::found();
    let mut chen = city.inspector("chen");
    let case = reported(&city, &mut chen);
    city.decide(case, file());
    let sent = city.decide(case, dispatch("drainage")).instruction;
    let mut li = city.crew("li", "drainage");
    li.sync(&city.core, city.now);
    let wish = Payload::SendBackRequest(SendBackRequest {
        reason: "not_ours".into(),
        instead: None,
        note: None,
        photos: vec![],
    });
    let asked = li.write(case, &wish, Some(sent), city.now);
    li.sync(&city.core, city.now);
    let no = Body::Decide(Decide {
        request: asked,
        granted: false,
        step: None,
        reason: None,
        note: None,
    });
    city.decide(case, no);
    assert_eq!(
        said(&city, &mut li, asked),
        ["what you asked for was refused: to give the task back"]
    );
    let again = li.write(case, &wish, Some(sent), city.now);
    li.sync(&city.core, city.now);
    city.decide(
        case,
        Body::SendBack(SendBack {
            request: Some(again),
            ..SendBack::default()
        }),
    );
    assert_eq!(
        said(&city, &mut li, again),
        ["what you asked for was granted: to give the task back"]
    );
}

fn supervise() -> Body {
    Body::Supervise(Supervise {
        units: vec!["drainage".into()],
        ..Supervise::default()
    })
}

#[test]
fn those_who_have_the_task_are_told_that_they_are_supervised() {
    let mut city = City::found();
    let case = registered(&city, None);
    city.decide(case, file());
    city.decide(case, dispatch("drainage"));
    let mut li = city.crew("li", "drainage");
    li.sync(&city.core, city.now);
    let supervised = city.decide(case, supervise()).instruction;
    let words = said(&city, &mut li, supervised);
    assert_eq!(words.len(), 1);
    assert!(words[0].contains("supervises"), "{words:?}");
}

#[test]
fn what_is_void_is_supervised_by_nobody() {
    let mut city = City::found();
    let case = registered(&city, None);
    city.decide(case, Body::Void(Plain::default()));
    let decision = Decision {
        case,
        view: city.view(case).token(),
        body: supervise(),
        content: vec![],
    };
    match city.core.decide(&city.operator, &decision, city.now) {
        Err(DecideError::Denied(words)) => assert!(words.contains("void"), "{words}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn whoever_checks_is_told_of_the_part_of_the_day() {
    let mut city = City::found();
    let mut chen = city.inspector("chen");
    let case = reported(&city, &mut chen);
    let mut wang = city.inspector("wang");
    let mut window = asked("wang");
    window.same_period = Some(DayWindow {
        from_minute: 22 * 60,
        to_minute: 2 * 60 + 30,
    });
    let given = city
        .decide(case, Body::VerifyRequest(window.clone()))
        .instruction;
    assert_eq!(
        said(&city, &mut wang, given),
        ["you are asked to verify a report between 22:00 and 02:30"]
    );
    let shown = |city: &City| city.view(case).tasks[0].same_period;
    assert_eq!(shown(&city), window.same_period);
    // Who is asked once more is asked for the same part of the day, unless another one is said.
    let verify = Payload::Verify(Verify {
        result: VerifyResult::Unable,
        note: None,
        photos: vec![],
        position: None,
    });
    wang.write(case, &verify, Some(given), city.now);
    wang.sync(&city.core, city.now);
    let again = city
        .decide(case, Body::RedoRequest(Redo::default()))
        .instruction;
    assert_eq!(shown(&city), window.same_period);
    assert_eq!(
        said(&city, &mut wang, again),
        ["you are asked again between 22:00 and 02:30"]
    );
}
