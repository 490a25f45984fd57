//! What a citizen is told of a wish that was refused, and of the case that theirs was joined to.

use gewu_model::entry::{
    Body, Close, CloseKind, Decide, LinkCase, Payload, Relationship, Reopen, ReopenRequest,
    Withdraw,
};
use gewu_model::ids::{CaseId, ChangeHash};
use gewu_model::status::PublicStage;

use crate::kit::entries::{dispatch, file};
use crate::kit::{City, Phone};

fn refuse(request: ChangeHash) -> Body {
    Body::Decide(Decide {
        request,
        granted: false,
        step: None,
        reason: None,
        note: None,
    })
}

fn close() -> Body {
    Body::Close(Close {
        kind: CloseKind::Special,
        note: None,
        condition: None,
    })
}

fn wish(city: &City, phone: &mut Phone, case: CaseId, payload: &Payload) -> ChangeHash {
    phone.sync(&city.core, city.now);
    let behind = phone.statuses[&case].behind;
    let wish = phone.write(case, payload, behind, city.now);
    assert!(phone.sync(&city.core, city.now).accepted(wish));
    wish
}

fn reopen() -> Payload {
    Payload::ReopenRequest(ReopenRequest {
        reason: None,
        note: None,
        photos: vec![],
    })
}

#[test]
fn a_citizen_is_told_that_a_wish_was_refused_until_the_next_wish() {
    let mut city = City::found();
    let mut ci = city.citizen("ci");
    let case = ci.report("垃圾三天", vec![], city.now);
    ci.sync(&city.core, city.now);
    city.decide(case, file());
    let withdraw = Payload::Withdraw(Withdraw { reason: None });
    let asked = wish(&city, &mut ci, case, &withdraw);
    assert_eq!(ci.statuses[&case].refused, None, "it waits");
    city.decide(case, refuse(asked));
    ci.sync(&city.core, city.now);
    assert_eq!(ci.statuses[&case].refused.as_deref(), Some("withdraw"));
    let told = ci.statuses[&case].told();
    assert_eq!(told, ["public.accepted", "public.refused.withdraw"]);
    city.decide(case, dispatch("drainage"));
    city.decide(case, close());
    let asked = wish(&city, &mut ci, case, &reopen());
    assert_eq!(ci.statuses[&case].refused, None, "the newer one waits");
    city.decide(case, refuse(asked));
    ci.sync(&city.core, city.now);
    let told = ci.statuses[&case].told();
    assert_eq!(told, ["public.closed", "public.refused.reopen_request"]);
    for name in &told[1..] {
        let words = gewu_model::labels::built_in();
        let label = words.get(name).expect("words");
        assert!(label.zh.contains("未获同意") && label.en.contains("refused"));
    }
    let asked = wish(&city, &mut ci, case, &reopen());
    city.decide(
        case,
        Body::Reopen(Reopen {
            request: Some(asked),
            ..Reopen::default()
        }),
    );
    ci.sync(&city.core, city.now);
    assert_eq!(ci.statuses[&case].refused, None, "it was granted");
}

#[test]
fn a_second_reporter_is_told_how_the_joined_case_ended_and_not_whose_it_is() {
    let mut city = City::found();
    let (mut ci, mut li, mut wu) = (city.citizen("ci"), city.citizen("li"), city.citizen("wu"));
    let first = ci.report("垃圾三天", vec![], city.now);
    ci.sync(&city.core, city.now);
    let second = li.report("垃圾没人管", vec![], city.now);
    li.sync(&city.core, city.now);
    let third = wu.report("垃圾成堆", vec![], city.now);
    wu.sync(&city.core, city.now);
    let tie = |other| {
        Body::Link(LinkCase {
            other,
            relation: Relationship::DuplicateOf,
            request: None,
            external_due: None,
            note: None,
        })
    };
    city.decide(third, tie(second));
    city.decide(second, tie(first));
    city.decide(first, file());
    city.decide(first, dispatch("drainage"));
    li.sync(&city.core, city.now);
    assert_eq!(
        li.statuses[&second].told(),
        ["public.received", "public.joined"]
    );

    city.decide(first, close());
    for (phone, case) in [(&mut li, second), (&mut wu, third)] {
        phone.sync(&city.core, city.now);
        let status = &phone.statuses[&case];
        assert_eq!(status.joined, Some(PublicStage::Closed));
        assert_eq!(status.told(), ["public.received", "public.joined.closed"]);
        assert_eq!(
            status.task_number, None,
            "the number is the other reporter's"
        );
        let said = serde_json::to_string(status).expect("a status");
        assert!(!said.contains(&first.to_string()), "{said}");
    }
    ci.sync(&city.core, city.now);
    assert_eq!(ci.statuses[&first].joined, None);

    city.decide(first, Body::Reopen(Reopen::default()));
    li.sync(&city.core, city.now);
    assert_eq!(li.statuses[&second].joined, None, "it goes on");
}

#[test]
fn a_citizen_reads_that_the_case_was_voided_and_may_ask_for_it_again() {
    let mut city = City::found();
    let mut ci = city.citizen("ci");
    let case = ci.report("垃圾三天", vec![], city.now);
    ci.sync(&city.core, city.now);
    city.decide(case, Body::Void(gewu_model::entry::Plain::default()));
    ci.sync(&city.core, city.now);
    let status = ci.statuses[&case].clone();
    assert_eq!(status.told(), ["public.voided"]);
    // What apps read that know no other word.
    assert_eq!(status.stage, PublicStage::Declined);
    assert_eq!(status.may, ["reopen_request"]);
    let label = &gewu_model::labels::built_in()["public.voided"];
    assert!(label.zh.contains("作废") && label.en.contains("reopened"));
    let asked = wish(&city, &mut ci, case, &reopen());
    let again = Reopen {
        request: Some(asked),
        ..Reopen::default()
    };
    city.decide(case, Body::Reopen(again));
    ci.sync(&city.core, city.now);
    assert_eq!(ci.statuses[&case].told(), ["public.accepted"]);
}
