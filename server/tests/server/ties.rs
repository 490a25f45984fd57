//! Duplicates at the centre: what is carried over, what undoing a tie undoes, and what a tied case is
//! spared.

use gewu_model::entry::{
    Body, Close, CloseKind, LinkCase, Order, Relationship, Reopen, Reward, RewardState,
};
use gewu_model::ids::CaseId;
use gewu_model::status::PublicReward;
use gewu_model::time::Millis;
use gewu_server::{DecideError, Decision, NewCase};

use crate::clocks::by_telephone;
use crate::kit::City;
use crate::kit::entries::{dispatch, file};
use crate::more_time::publish;

const HOUR: i64 = 3_600_000;

pub(crate) fn link(other: CaseId, relation: Relationship) -> Body {
    Body::Link(LinkCase {
        other,
        relation,
        request: None,
        external_due: None,
        note: None,
    })
}

/// A case by telephone that somebody elsewhere wants over by then.
pub(crate) fn registered(city: &City, due: Option<Millis>) -> CaseId {
    let new = NewCase {
        external_due: due,
        ..by_telephone()
    };
    let made = city.core.register(&city.operator, &new, city.now);
    made.expect("registered").0
}

pub(crate) fn refused(city: &City, case: CaseId, body: Body) -> String {
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

/// When the running clock of a case is due, and whether that is somebody else's wish.
pub(crate) fn due(city: &City, case: CaseId) -> (Option<i64>, bool) {
    let clocks = city.core.case_clocks(case, city.now).expect("clocks");
    let running = &clocks["running"][0];
    (running["due"].as_i64(), running["external"] == true)
}

#[test]
fn an_undone_tie_takes_its_due_time_with_it_also_from_the_clock_that_runs() {
    let mut city = City::found();
    let soon = city.now.plus(3 * HOUR);
    let later = city.now.plus(4 * HOUR);
    let first = registered(&city, None);
    let (second, third) = (
        registered(&city, Some(soon)),
        registered(&city, Some(later)),
    );
    city.decide(first, file());
    city.decide(second, link(first, Relationship::DuplicateOf));
    city.decide(third, link(first, Relationship::DuplicateOf));
    city.decide(first, dispatch("drainage"));
    assert_eq!(due(&city, first), (Some(soon.0), true));
    assert_eq!(city.view(first).facts.external_due, Some(soon));
    // The other one is still wanted.
    city.decide(second, link(first, Relationship::Nothing));
    assert_eq!(city.view(first).facts.external_due, Some(later));
    assert_eq!(due(&city, first), (Some(later.0), true));
    // From either side.
    city.decide(first, link(third, Relationship::Nothing));
    assert_eq!(city.view(first).facts.external_due, None);
    assert!(!due(&city, first).1);
    assert_eq!(city.view(second).facts.external_due, Some(soon), "its own");
}

#[test]
fn a_duplicate_is_dispatched_to_nobody_until_the_tie_is_undone() {
    let mut city = City::found();
    let (first, second) = (registered(&city, None), registered(&city, None));
    city.decide(second, file());
    city.decide(second, link(first, Relationship::DuplicateOf));
    let order = Body::Order(Order {
        units: vec!["drainage".into()],
        ..Order::default()
    });
    for body in [dispatch("drainage"), order] {
        let words = refused(&city, second, body);
        assert!(words.contains(&first.to_string()), "{words}");
        assert!(words.contains("undo the tie"), "{words}");
    }
    city.decide(first, file());
    city.decide(first, dispatch("drainage"));
    city.decide(second, link(first, Relationship::Nothing));
    city.decide(second, dispatch("drainage"));
}

#[test]
fn a_due_time_that_came_over_two_steps_goes_with_the_tie_that_brought_it() {
    let mut city = City::found();
    let soon = city.now.plus(3 * HOUR);
    let a = registered(&city, Some(soon));
    let (b, c) = (registered(&city, None), registered(&city, None));
    city.decide(a, link(b, Relationship::DuplicateOf));
    city.decide(b, link(c, Relationship::DuplicateOf));
    assert_eq!(city.view(c).facts.external_due, Some(soon));
    city.decide(a, link(b, Relationship::Nothing));
    for case in [b, c] {
        assert_eq!(city.view(case).facts.external_due, None);
    }
    // Whichever tie comes first, and from whichever side.
    city.decide(b, link(a, Relationship::HasDuplicate));
    assert_eq!(city.view(c).facts.external_due, Some(soon));
    city.decide(b, link(a, Relationship::Nothing));
    assert_eq!(city.view(c).facts.external_due, None);
    let tie = &city.view(c).facts.ties[0];
    assert_eq!((tie.other, tie.relation), (b, Relationship::HasDuplicate));
}

#[test]
fn nobody_goes_on_with_a_duplicate_in_a_case_that_has_ended() {
    let mut city = City::found();
    let (ended, second) = (registered(&city, None), registered(&city, None));
    city.decide(ended, file());
    city.decide(ended, close(CloseKind::Special));
    for (case, body) in [
        (second, link(ended, Relationship::DuplicateOf)),
        (ended, link(second, Relationship::HasDuplicate)),
    ] {
        let words = refused(&city, case, body);
        assert!(words.contains("has ended (closed)"), "{words}");
    }
    city.decide(second, link(ended, Relationship::Related));
    city.decide(second, link(ended, Relationship::Nothing));
    city.decide(ended, Body::Reopen(Reopen::default()));
    city.decide(second, link(ended, Relationship::DuplicateOf));
}

#[test]
fn the_clocks_of_a_duplicate_stand_while_it_is_one() {
    let mut city = City::found();
    publish(&city);
    let soon = city.now.plus(10 * HOUR);
    let (first, second) = (registered(&city, None), registered(&city, Some(soon)));
    let (_, third) = (city.decide(first, file()), registered(&city, None));
    for case in [second, third] {
        city.decide(case, file());
        city.decide(case, dispatch("drainage"));
    }
    let before = due(&city, third);
    assert!(before.0.is_some());
    assert_eq!(due(&city, second), (Some(soon.0), true));
    for case in [second, third] {
        city.decide(case, link(first, Relationship::DuplicateOf));
        assert_eq!(due(&city, case), (None, false));
    }
    city.decide(first, dispatch("drainage"));
    city.decide(first, close(CloseKind::Forced));
    city.now = city.now.plus(100 * HOUR);
    let clocks = city.core.case_clocks(third, city.now).expect("clocks");
    assert_eq!(clocks["running"][0]["paused"], true);
    // It goes on where it stood.
    city.decide(third, link(first, Relationship::Nothing));
    let after = due(&city, third).0.expect("due");
    assert!(
        after > city.now.0 && Some(after) > before.0,
        "{after} {before:?}"
    );
    city.decide(second, link(first, Relationship::Nothing));
    assert_eq!(due(&city, second), (Some(soon.0), true));
}

pub(crate) fn close(kind: CloseKind) -> Body {
    Body::Close(Close {
        kind,
        note: None,
        condition: None,
    })
}

#[test]
fn the_second_reporter_is_told_of_the_tie_and_of_the_reward() {
    let mut city = City::found();
    let mut ci = city.citizen("ci");
    let first = registered(&city, None);
    let second = ci.report("井盖缺失", vec![], city.now);
    ci.sync(&city.core, city.now);
    city.decide(second, file());
    city.decide(second, link(first, Relationship::DuplicateOf));
    city.decide(
        second,
        Body::Reward(Reward {
            state: RewardState::Granted,
            rule: "first".into(),
            points: Some(5),
            cents: None,
            reason: None,
            note: None,
        }),
    );
    ci.sync(&city.core, city.now);
    let told = &ci.statuses[&second];
    let reward = PublicReward {
        state: RewardState::Granted,
        points: Some(5),
        cents: None,
    };
    assert_eq!((told.duplicate, told.reward), (Some(true), Some(reward)));
    city.decide(second, link(first, Relationship::Nothing));
    ci.sync(&city.core, city.now);
    assert_eq!(ci.statuses[&second].duplicate, None);
}
