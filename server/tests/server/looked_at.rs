//! What has ended and is looked at again, and what was settled on the spot: neither a spot check nor a console of
//! one's own makes it something else.

use gewu_model::entry::{
    Body, CheckResult, CloseKind, Order, Payload, Plain, Rate, Redo, Reopen, ReopenRequest, Repin,
};
use gewu_model::fold::Stage;
use gewu_model::status::PublicStage;
use serde_json::json;

use crate::closing::tied;
use crate::kit::NOON;
use crate::kit::entries::{asked, dispatch, file};
use crate::ties::{close, registered};
use crate::town::{Town, convert, drawn, normal, void};

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
fn what_was_ever_dispatched_only_a_shift_leader_voids() {
    let mut town = Town::new();
    let case = town.sent();
    town.does(case, Body::Recall(Plain::default()));
    assert_eq!(town.stage(case), Stage::Filed);
    let words = town.may_not(case, void());
    assert!(words.contains("dispatched"), "{words}");
    town.leader_does(case, void());
    // What was only filed an operator voids as ever.
    let case = registered(&town.city, None);
    town.does(case, file());
    town.does(case, void());
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
    let case = town.closed_of(&mut ci);
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

#[test]
fn what_was_opened_again_as_not_done_is_not_closed_as_done_for_nothing() {
    let mut town = Town::new();
    let mut ci = town.city.citizen("ci");
    let case = town.closed_of(&mut ci);
    ci.sync(&town.city.core, town.city.now);
    let wish = Payload::ReopenRequest(ReopenRequest {
        reason: Some("not_done".into()),
        note: None,
        photos: vec![],
    });
    let behind = ci.statuses[&case].behind;
    ci.write(case, &wish, behind, town.city.now);
    ci.sync(&town.city.core, town.city.now);
    town.leader_does(case, Body::Reopen(Reopen::default()));
    let words = town.may_not(case, normal());
    assert!(words.contains("opened again as not done"), "{words}");
    // Nor is another case for its sake.
    let second = registered(&town.city, None);
    town.does(second, tied(case));
    town.may_not(second, normal());
    town.does(case, dispatch("drainage"));
    town.handles(case);
    town.does(second, normal());
    town.does(case, normal());
}

#[test]
fn a_duplicate_does_not_get_round_the_draw_of_the_case_that_goes_on_with_it() {
    let mut town = Town::drawing(100);
    let case = town.settled();
    let words = town.may_not(case, normal());
    assert!(words.contains("drawn"), "{words}");
    let second = registered(&town.city, None);
    town.does(second, file());
    town.does(second, tied(case));
    let words = town.may_not(second, normal());
    assert!(words.contains("drawn"), "{words}");
    town.does(case, drawn("wang"));
    town.may_not(second, normal());
    town.finds("wang", case, CheckResult::Pass);
    town.does(second, normal());
}

/// An exception is somebody's; whoever does not have its role is not asked to check their own work.
#[test]
fn an_exception_for_others_lets_nobody_be_asked_to_check_their_own_work() {
    let mut town = Town::with(|policy| {
        policy["separation"]["except"] =
            json!([{ "roles": ["sub_centre"], "relation": "anyone", "spot_check_percent": 0 }]);
    });
    let case = town.handled();
    let words = town.may_not(case, Body::CheckRequest(asked("li")));
    assert!(words.contains("handled the work"), "{words}");
    town.does(case, Body::CheckRequest(asked("wang")));
}

#[test]
fn another_policy_does_not_let_whoever_did_the_work_close_it() {
    let mut town = Town::new();
    let case = town.handled();
    let lax = Town::policy(101, |policy| policy["separation"]["on"] = json!(false));
    let lax = town
        .city
        .core
        .publish_pack("policy", "fixture", 101, &lax, NOON)
        .expect("a policy");
    town.leader_does(
        case,
        Body::Repin(Repin {
            policy: Some(lax),
            ..Repin::default()
        }),
    );
    let li = town
        .city
        .core
        .add_operator("li", &"li".into(), &["operator".into()], &[])
        .expect("a console");
    let words = town
        .by(li.clone(), case, normal())
        .expect_err("their own work");
    assert!(words.contains("whoever handled"), "{words}");
    // What began under it goes by it.
    let next = town.handled();
    town.by(li, next, normal()).expect("the city lets them");
}

#[test]
fn nothing_is_spot_checked_where_nobody_says_that_something_was_done() {
    let mut town = Town::new();
    let case = registered(&town.city, None);
    for stage in [Stage::Reported, Stage::Filed] {
        assert_eq!(town.stage(case), stage);
        let words = town.may_not(case, drawn("wang"));
        assert!(words.contains("nothing to spot-check"), "{words}");
        if stage == Stage::Reported {
            town.does(case, file());
        }
    }
    town.does(case, dispatch("drainage"));
    town.handles(case);
    town.does(case, normal());
    town.does(case, drawn("wang"));
}

#[test]
fn nobody_is_sent_to_what_was_not_filed() {
    let mut town = Town::new();
    // What its reporter settled and a check refuted goes on by being converted, which gives it a number.
    let case = town.settled();
    town.does(case, drawn("wang"));
    town.finds("wang", case, CheckResult::NotPass);
    let words = town.may_not(case, crate::town::rework());
    assert!(
        words.contains("not filed") && words.contains("convert"),
        "{words}"
    );
    town.does(case, convert());
    town.does(case, dispatch("drainage"));
    assert!(town.city.view(case).task_number.is_some());
    // Neither by an order that is taken back.
    let case = registered(&town.city, None);
    let order = Body::Order(Order {
        units: vec!["drainage".into()],
        ..Order::default()
    });
    town.does(case, order.clone());
    town.does(case, Body::Recall(Plain::default()));
    assert_eq!(town.stage(case), Stage::Filed);
    let words = town.may_not(case, dispatch("drainage"));
    assert!(words.contains("not filed"), "{words}");
    town.does(case, file());
    town.does(case, dispatch("drainage"));
    assert!(town.city.view(case).task_number.is_some());
    // What somebody reported is not ordered past its filing.
    let mut ci = town.city.citizen("ci");
    let reported = ci.report("垃圾三天", vec![], town.city.now);
    ci.sync(&town.city.core, town.city.now);
    let words = town.may_not(reported, order.clone());
    assert!(words.contains("not filed"), "{words}");
    town.does(reported, file());
    town.does(reported, order);
}

/// Whoever did it being asked is nobody else being asked.
#[test]
fn a_drawn_case_waits_until_somebody_else_is_asked() {
    let except = |policy: &mut serde_json::Value| {
        policy["self_handled_spot_check_percent"] = json!(100);
        policy["separation"]["except"] = json!([{ "roles": ["crew", "inspector"], "relation": "anyone", "spot_check_percent": 100 }]);
        policy["rules"].as_array_mut().expect("rules").push(json!(
            { "roles": ["crew"], "kinds": ["check"], "relation": "asked" }
        ));
    };
    let mut town = Town::with(except);
    let waiting = |town: &Town| {
        let listed = town.city.core.draws_waiting(10).expect("draws");
        listed["draws"].as_array().map(Vec::len)
    };
    let case = town.settled();
    town.does(case, file());
    let words = town.may_not(case, drawn("chen"));
    assert!(words.contains("handled the work"), "{words}");
    town.may_not(case, normal());
    assert_eq!(waiting(&town), Some(1));
    town.does(case, drawn("wang"));
    assert_eq!(waiting(&town), Some(0));
    let case = town.handled();
    town.does(case, Body::CheckRequest(asked("li")));
    town.li_finds(case, CheckResult::Pass);
    let words = town.may_not(case, normal());
    assert!(words.contains("drawn"), "{words}");
    assert_eq!(waiting(&town), Some(1));
    town.does(case, Body::CheckRequest(asked("wang")));
    assert_eq!(waiting(&town), Some(0));
}
