//! Another policy judges nothing anew: what was done under one is checked, drawn and closed by it, whatever the
//! next one says.

use gewu_model::entry::{Body, CheckResult, Repin};
use gewu_model::ids::Digest;
use gewu_server::Operator;
use serde_json::{Value, json};

use crate::closing::tied;
use crate::kit::NOON;
use crate::kit::entries::{asked, file};
use crate::ties::registered;
use crate::town::{Town, drawn, normal};

pub(crate) fn publish(town: &Town, version: u64, edit: impl FnOnce(&mut Value)) -> Digest {
    let body = Town::policy(version, edit);
    let core = &town.city.core;
    core.publish_pack("policy", "fixture", version, &body, NOON)
        .expect("a policy")
}

pub(crate) fn repin(policy: Digest) -> Body {
    Body::Repin(Repin {
        policy: Some(policy),
        ..Repin::default()
    })
}

fn console(town: &Town, user: &str, roles: &[&str]) -> Operator {
    let roles: Vec<_> = roles.iter().map(|role| (*role).into()).collect();
    let core = &town.city.core;
    core.add_operator(user, &user.into(), &roles, &[])
        .expect("a console")
}

fn sub_centre(policy: &mut Value) {
    policy["separation"]["except"] =
        json!([{ "roles": ["sub_centre"], "relation": "anyone", "spot_check_percent": 0 }]);
    policy["rules"].as_array_mut().expect("rules").push(json!(
        { "roles": ["sub_centre"], "kinds": ["check", "close:normal", "handle"], "relation": "anyone" }
    ));
}

#[test]
fn an_exception_that_came_later_excepts_nobody_from_what_was_done_before() {
    let mut town = Town::new();
    let (case, next) = (town.handled(), town.handled());
    let lax = publish(&town, 101, sub_centre);
    town.leader_does(case, repin(lax));
    let li = console(&town, "li", &["sub_centre"]);
    let words = town.by(li.clone(), case, normal()).expect_err("their own");
    assert!(words.contains("whoever handled"), "{words}");
    // Nor are they asked to check it.
    let words = town.may_not(case, Body::CheckRequest(asked("li")));
    assert!(words.contains("handled the work"), "{words}");
    town.leader_does(next, repin(lax));
    town.does(next, Body::CheckRequest(asked("wang")));
    town.finds("wang", next, CheckResult::Pass);
    town.by(li, next, normal()).expect_err("their own still");
}

#[test]
fn an_exception_that_held_before_goes_on() {
    let mut town = Town::with(sub_centre);
    let case = town.handled();
    let next = publish(&town, 101, |policy| {
        sub_centre(policy);
        policy["steps"]["unit_confirm"] = json!(true);
    });
    town.leader_does(case, repin(next));
    let li = console(&town, "li", &["sub_centre"]);
    town.by(li, case, normal()).expect("as before");
}

#[test]
fn separation_of_closes_alone_outlives_the_policy_too() {
    let mut town = Town::with(|policy| policy["separation"]["kinds"] = json!(["close"]));
    let case = town.handled();
    let lax = publish(&town, 101, |policy| {
        policy["separation"]["on"] = json!(false)
    });
    town.leader_does(case, repin(lax));
    let li = console(&town, "li", &["operator"]);
    let words = town.by(li, case, normal()).expect_err("their own");
    assert!(words.contains("whoever handled"), "{words}");
}

#[test]
fn whoever_settled_it_on_the_spot_is_kept_from_closing_it_by_the_report_s_rules() {
    let mut town = Town::new();
    let case = town.settled();
    town.does(case, file());
    let lax = publish(&town, 101, |policy| {
        policy["separation"]["on"] = json!(false)
    });
    town.leader_does(case, repin(lax));
    let chen = console(&town, "chen", &["operator"]);
    let words = town.by(chen, case, normal()).expect_err("their own");
    assert!(words.contains("whoever handled"), "{words}");
    let words = town.may_not(case, drawn("chen"));
    assert!(words.contains("handled the work"), "{words}");
}

#[test]
fn a_duplicate_under_other_rules_is_not_closed_by_whoever_did_the_work() {
    let mut town = Town::new();
    let case = town.handled();
    let second = registered(&town.city, None);
    town.does(second, file());
    town.does(second, tied(case));
    let lax = publish(&town, 101, |policy| {
        policy["separation"]["on"] = json!(false)
    });
    town.leader_does(second, repin(lax));
    let li = console(&town, "li", &["operator"]);
    let words = town.by(li, second, normal()).expect_err("their own");
    assert!(words.contains("whoever handled"), "{words}");
}

#[test]
fn a_smaller_share_undoes_no_draw() {
    // Whether it was looked at before or not.
    for looked_at in [true, false] {
        let mut town = Town::drawing(100);
        let case = town.settled();
        let less = publish(&town, 101, |policy| {
            policy["self_handled_spot_check_percent"] = json!(0);
        });
        if looked_at {
            let words = town.may_not(case, normal());
            assert!(words.contains("drawn"), "{words}");
        }
        town.leader_does(case, repin(less));
        let words = town.may_not(case, normal());
        assert!(words.contains("drawn"), "{words}");
        let shown = town.city.core.show(case).expect("shown");
        assert_eq!(shown["spot_check"]["drawn"], true);
        let waiting = town.city.core.draws_waiting(10).expect("draws");
        assert_eq!(waiting["draws"].as_array().map(Vec::len), Some(1));
        town.does(case, drawn("wang"));
        town.finds("wang", case, CheckResult::Pass);
        town.does(case, normal());
    }
}
