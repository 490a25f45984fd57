//! A task that was returned before and has to be accepted is not given back a second time.

use gewu_model::entry::{
    Body, Dispatch, ExtendRequest, Forward, Payload, Refuse, Resume, SendBackRequest, Suspend,
};
use gewu_model::ids::ChangeHash;
use gewu_sync::gate::Judgement;

use crate::story::{Story, Who, dispatch, file, note};

fn give_back() -> Payload {
    Payload::SendBackRequest(SendBackRequest {
        reason: "not_ours".into(),
        instead: None,
        note: None,
        photos: vec![],
    })
}

fn refuse() -> Payload {
    Payload::Refuse(Refuse {
        reason: "not_ours".into(),
        note: None,
    })
}

fn must_accept(lead: &str) -> Body {
    Body::Dispatch(Dispatch {
        must_accept: Some(true),
        assist: vec!["parks".into()],
        ..Dispatch::to(lead.into())
    })
}

/// What the gate says, by name; without any consequence.
fn said(story: &mut Story, who: Who, payload: Payload, answers: ChangeHash) -> &'static str {
    let draft = story.draft(who, payload).answering(answers);
    let signed = story.sign(&draft);
    let judged = story.judge(&signed);
    story.writer(who).renews_actor();
    match judged {
        Judgement::Admit(_) => "accepted",
        Judgement::SetAside(reason) => reason.name(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn who_has_to_accept_neither_returns_nor_refuses_it_and_asks_for_all_else() {
    let mut story = Story::new();
    let wang = story.staff("wang", "inspector", None);
    let li = story.staff("li", "crew", Some("drainage"));
    let parks = story.staff("ma", "crew", Some("parks"));
    story.opens(wang);
    story.instructs(file());
    let first = story.instructs(dispatch("drainage"));
    assert_eq!(said(&mut story, li, give_back(), first), "accepted");
    let sent = story.instructs(must_accept("drainage"));
    for payload in [give_back(), refuse()] {
        assert_eq!(said(&mut story, li, payload, sent), "must_accept");
    }
    let more_time = Payload::ExtendRequest(ExtendRequest {
        limit: "1工作时".into(),
        reason: None,
        note: None,
        photos: vec![],
    });
    assert_eq!(said(&mut story, li, more_time, sent), "accepted");
    // It is said to the lead; whoever helps may be let go.
    assert_eq!(said(&mut story, parks, give_back(), sent), "accepted");
    // The neighbour in the same push.
    let remark = story.draft(li, note());
    story.writes(&remark);
    // A suspension changes nothing about it, another dispatch does.
    story.instructs(Body::Suspend(Suspend::default()));
    let again = story.instructs(Body::Resume(Resume::default()));
    assert_eq!(said(&mut story, li, give_back(), again), "must_accept");
    let free = story.instructs(dispatch("drainage"));
    assert_eq!(said(&mut story, li, give_back(), free), "accepted");
}

#[test]
fn a_unit_below_gives_it_back_to_the_unit_above() {
    let mut story = Story::new();
    let wang = story.staff("wang", "inspector", None);
    let li = story.staff("li", "crew", Some("drainage"));
    let pumps = story.staff("sun", "crew", Some("pumps"));
    story.opens(wang);
    story.instructs(file());
    story.instructs(must_accept("drainage"));
    let passed = story.instructs(Body::Forward(Forward {
        unit: "pumps".into(),
        note: None,
        from: None,
        limit: None,
    }));
    assert_eq!(said(&mut story, pumps, give_back(), passed), "accepted");
    assert_eq!(said(&mut story, li, give_back(), passed), "must_accept");
}
