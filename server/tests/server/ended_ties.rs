//! What becomes of a duplicate when the case that is worked on has ended.

use gewu_model::entry::{Body, CloseKind, Order, Plain, Relationship, Reopen};
use gewu_model::fold::Stage;
use gewu_model::ids::CaseId;
use gewu_model::time::Millis;

use crate::kit::City;
use crate::kit::entries::{dispatch, file};
use crate::more_time::publish;
use crate::ties::{close, due, link, refused, registered};

const HOUR: i64 = 3_600_000;

fn void() -> Body {
    Body::Void(Plain::default())
}

/// A case that is worked on, and one that is tied to it as a duplicate.
fn tied(city: &mut City, soon: Option<Millis>) -> (CaseId, CaseId) {
    let (first, second) = (registered(city, None), registered(city, soon));
    for case in [first, second] {
        city.decide(case, file());
    }
    city.decide(second, link(first, Relationship::DuplicateOf));
    (first, second)
}

#[test]
fn a_duplicate_of_what_was_voided_is_a_matter_of_its_own_again() {
    let mut city = City::found();
    publish(&city);
    let soon = city.now.plus(10 * HOUR);
    let (first, second) = tied(&mut city, Some(soon));
    assert_eq!(due(&city, second), (None, false), "it stands");
    city.decide(first, void());
    for case in [first, second] {
        assert!(city.view(case).facts.ties.is_empty(), "on either side");
    }
    assert!(due(&city, second).0.is_some(), "it goes on");
    city.decide(second, dispatch("drainage"));
    assert_eq!(due(&city, second), (Some(soon.0), true));
    // What is opened again has no claim on it.
    city.decide(first, Body::Reopen(Reopen::default()));
    assert!(city.view(first).facts.ties.is_empty());
}

#[test]
fn a_duplicate_of_what_was_declined_is_a_matter_of_its_own_again() {
    let mut city = City::found();
    let (first, second) = (registered(&city, None), registered(&city, None));
    city.decide(second, file());
    city.decide(second, link(first, Relationship::DuplicateOf));
    let decline = Body::Decline(gewu_model::entry::Decline {
        kind: gewu_model::entry::DeclineKind::NotFiled,
        note: None,
        reason: None,
    });
    city.decide(first, decline);
    assert!(city.view(second).facts.ties.is_empty());
    city.decide(second, dispatch("drainage"));
}

#[test]
fn what_a_voided_case_took_over_goes_back_from_where_it_was_carried_on() {
    let mut city = City::found();
    let soon = city.now.plus(3 * HOUR);
    let a = registered(&city, Some(soon));
    let (b, c) = (registered(&city, None), registered(&city, None));
    city.decide(a, link(b, Relationship::DuplicateOf));
    city.decide(b, link(c, Relationship::DuplicateOf));
    assert_eq!(city.view(c).facts.external_due, Some(soon));
    city.decide(b, void());
    assert_eq!(city.view(c).facts.external_due, None);
    assert_eq!(city.view(a).facts.external_due, Some(soon));
}

#[test]
fn a_duplicate_of_what_was_closed_waits_for_its_own_close_or_is_sent_out_after_all() {
    let mut city = City::found();
    publish(&city);
    let soon = city.now.plus(10 * HOUR);
    let (first, second) = tied(&mut city, Some(soon));
    let words = refused(&city, second, dispatch("drainage"));
    assert!(words.contains("which is worked on"), "{words}");
    city.decide(first, close(CloseKind::Special));
    assert_eq!(city.view(second).facts.ties.len(), 1, "done with the other");
    // The other one was closed and the matter is still there.
    let decided = city.decide(second, dispatch("drainage"));
    let view = city.view(second);
    assert_eq!(view.stage, Stage::Dispatched);
    assert_eq!(decided.view, view.token());
    for case in [first, second] {
        assert!(city.view(case).facts.ties.is_empty(), "on either side");
    }
    assert_eq!(due(&city, second), (Some(soon.0), true));
}

#[test]
fn the_case_at_the_end_of_the_ties_says_whether_somebody_works() {
    let mut city = City::found();
    let (a, b, c) = (
        registered(&city, None),
        registered(&city, None),
        registered(&city, None),
    );
    city.decide(a, link(b, Relationship::DuplicateOf));
    city.decide(b, link(c, Relationship::DuplicateOf));
    city.decide(b, close(CloseKind::Special));
    let order = Body::Order(Order {
        units: vec!["drainage".into()],
        ..Order::default()
    });
    let words = refused(&city, a, order.clone());
    assert!(words.contains("which is worked on"), "{words}");
    city.decide(c, close(CloseKind::Special));
    city.decide(a, order);
    assert_eq!(city.view(a).stage, Stage::Dispatched);
}

#[test]
fn what_a_closed_case_leaves_open_behind_it_is_named_over_several_ties() {
    let mut city = City::found();
    let (first, second) = tied(&mut city, None);
    let third = registered(&city, None);
    city.decide(third, link(second, Relationship::DuplicateOf));
    let apart = registered(&city, None);
    city.decide(apart, link(first, Relationship::Related));
    city.decide(first, close(CloseKind::Special));
    let open = |city: &City| {
        let mut open = city.core.open_duplicates(first).expect("read");
        open.sort_unstable();
        open
    };
    let mut both = vec![second, third];
    both.sort_unstable();
    assert_eq!(open(&city), both);
    city.decide(second, close(CloseKind::Special));
    assert_eq!(open(&city), [third], "also behind one that is closed");
    city.decide(third, link(second, Relationship::Nothing));
    assert_eq!(open(&city), []);
}
