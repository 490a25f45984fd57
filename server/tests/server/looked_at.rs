//! What has ended and is looked at again, and what was settled on the spot: neither a spot check nor a console of
//! one's own makes it something else.

use gewu_model::entry::{Body, CheckResult, CloseKind, Payload, Rate, Redo, Reopen};
use gewu_model::status::PublicStage;

use crate::kit::entries::{dispatch, file};
use crate::roundabout::{Town, convert, drawn, normal, void};
use crate::ties::close;

#[test]
fn looking_at_what_was_closed_otherwise_does_not_make_it_done() {
    let mut town = Town::new();
    for kind in [CloseKind::Mistaken, CloseKind::Special, CloseKind::Forced] {
        let case = town.handled();
        town.leader_does(case, close(kind));
        town.does(case, drawn("wang"));
        let words = town.may_not(case, normal());
        assert!(words.contains("found it done"), "{words}");
        town.finds("wang", case, CheckResult::Unable);
        town.may_not(case, close(CloseKind::Late));
        town.does(case, Body::RedoRequest(Redo::default()));
        town.finds("wang", case, CheckResult::Pass);
        town.does(case, normal());
    }
    // What was closed as done is closed so again, before anybody answers too.
    let case = town.handled();
    town.does(case, normal());
    town.does(case, drawn("wang"));
    town.does(case, normal());
}

#[test]
fn whoever_settled_it_on_the_spot_does_not_close_it_with_a_console_either() {
    let mut town = Town::new();
    let case = town.settled();
    let chen = town
        .city
        .core
        .add_operator("chen", &"chen".into(), &["operator".into()], &[])
        .expect("a console");
    let refused = town.by(chen.clone(), case, normal());
    let words = refused.expect_err("their own work");
    assert!(words.contains("whoever handled"), "{words}");
    // Once it was converted, it is work like any other.
    town.does(case, convert());
    town.does(case, dispatch("drainage"));
    town.handles(case);
    town.by(chen, case, normal()).expect("somebody else's work");
}

#[test]
fn what_was_ever_closed_only_a_shift_leader_voids() {
    let mut town = Town::new();
    let case = town.settled();
    town.does(case, file());
    town.does(case, normal());
    town.does(case, drawn("wang"));
    town.finds("wang", case, CheckResult::NotPass);
    town.does(case, convert());
    let words = town.may_not(case, void());
    assert!(words.contains("closed once"), "{words}");
    town.leader_does(case, void());
}

#[test]
fn a_closed_case_that_is_looked_at_is_closed_to_its_reporter() {
    let mut town = Town::new();
    let mut ci = town.city.citizen("ci");
    let case = ci.report("垃圾三天", vec![], town.city.now);
    ci.sync(&town.city.core, town.city.now);
    town.does(case, file());
    town.does(case, dispatch("drainage"));
    town.handles(case);
    town.does(case, normal());
    town.does(case, drawn("wang"));
    ci.sync(&town.city.core, town.city.now);
    let status = ci.statuses[&case].clone();
    assert_eq!(status.stage, PublicStage::Closed);
    assert_eq!(status.may, ["rate", "reopen_request"]);
    let rate = Payload::Rate(Rate {
        score: 2,
        note: None,
    });
    let rated = ci.write(case, &rate, status.behind, town.city.now);
    assert!(ci.sync(&town.city.core, town.city.now).accepted(rated));
    assert!(town.city.view(case).facts.rating.is_some());
    town.finds("wang", case, CheckResult::NotPass);
    town.leader_does(case, Body::Reopen(Reopen::default()));
    ci.sync(&town.city.core, town.city.now);
    assert_eq!(ci.statuses[&case].stage, PublicStage::Accepted);
}
