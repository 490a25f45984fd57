//! A finding speaks of what it found: not of what was done, doubted or found since.

use gewu_model::entry::{Asked, Body, CheckResult, Reopen, Rework};
use gewu_model::ids::CaseId;
use serde_json::json;

use crate::closing::tied;
use crate::found_done::{not_done, recall};
use crate::kit::Phone;
use crate::kit::entries::{asked, check, dispatch, file, handle};
use crate::one_matter::{answers, redo, second_phone};
use crate::repinned::{publish, repin};
use crate::ties::registered;
use crate::town::{Town, convert, drawn, normal, rework};

/// A case that roads' zhou handled and that qian found done.
fn passed(town: &mut Town) -> (CaseId, Phone) {
    let mut zhou = town.city.crew("zhou", "roads");
    let case = registered(&town.city, None);
    town.does(case, file());
    town.does(case, dispatch("roads"));
    answers(town, &mut zhou, case, &handle());
    town.does(case, Body::CheckRequest(asked("qian")));
    town.finds("qian", case, CheckResult::Pass);
    (case, zhou)
}

fn again(unit: &str) -> Body {
    let Body::Rework(rework) = rework() else {
        unreachable!("a rework")
    };
    Body::Rework(Rework {
        lead: unit.into(),
        ..rework
    })
}

fn waits(town: &Town, case: CaseId) -> bool {
    let waiting = town.city.core.draws_waiting(10).expect("draws");
    waiting.to_string().contains(&case.to_string())
}

#[test]
fn a_pass_before_the_doubt_lends_nothing_to_one_since() {
    let mut town = Town::new();
    let mut li = second_phone(&town);
    let (case, _) = passed(&mut town);
    town.does(case, normal());
    town.leader_does(case, not_done());
    let main = town.handled();
    town.does(case, drawn("li"));
    answers(&town, &mut li, case, &check(CheckResult::Pass));
    town.does(case, tied(main));
    town.may_not(case, redo("li"));
    let words = town.may_not(case, normal());
    assert!(words.contains("nobody has checked"), "{words}");
    town.does(case, redo("qian"));
    town.finds("qian", case, CheckResult::Pass);
    town.does(case, normal());
}

#[test]
fn a_pass_of_the_round_before_stands_for_no_unit_s_word() {
    let mut town = Town::with(|policy| policy["steps"]["unit_confirm"] = json!(true));
    let mut li = second_phone(&town);
    let (case, mut zhou) = passed(&mut town);
    let main = town.sent();
    town.handles(main);
    town.does(case, again("roads"));
    answers(&town, &mut zhou, case, &handle());
    town.may_not(case, normal());
    town.does(case, Body::CheckRequest(asked("li")));
    answers(&town, &mut li, case, &check(CheckResult::Pass));
    town.does(case, tied(main));
    let words = town.may_not(case, normal());
    assert!(words.contains("nobody has checked"), "{words}");
}

#[test]
fn what_was_settled_and_sent_out_all_the_same_is_found_done_by_somebody_else() {
    let mut town = Town::new();
    let mut li = second_phone(&town);
    let (case, main) = (town.settled(), town.handled());
    town.does(case, file());
    town.does(case, dispatch("roads"));
    town.does(case, recall());
    town.does(main, Body::CheckRequest(asked("qian")));
    town.finds("qian", main, CheckResult::NotPass);
    town.does(case, drawn("li"));
    town.does(case, tied(main));
    answers(&town, &mut li, case, &check(CheckResult::Pass));
    let words = town.may_not(case, normal());
    assert!(words.contains("nobody has checked"), "{words}");
    town.does(case, drawn("qian"));
    town.finds("qian", case, CheckResult::Pass);
    town.does(case, normal());
}

#[test]
fn the_policy_s_own_check_is_somebody_else_s() {
    let mut town = Town::with(|policy| {
        let rules = policy["rules"].as_array_mut().expect("rules");
        for rule in rules {
            let kinds = rule["kinds"].as_array_mut().expect("kinds");
            kinds.retain(|kind| kind != "close:normal");
        }
        policy["rules"].as_array_mut().expect("rules").push(json!({
            "roles": ["operator"], "kinds": ["close:normal"], "relation": "anyone",
            "in": ["check_passed"]
        }));
    });
    let mut li = second_phone(&town);
    let mut zhou = town.city.crew("zhou", "roads");
    let (case, main) = (registered(&town.city, None), town.handled());
    town.does(case, file());
    town.does(case, dispatch("roads"));
    answers(&town, &mut zhou, case, &handle());
    town.may_not(case, normal());
    town.does(case, Body::CheckRequest(asked("li")));
    town.does(case, tied(main));
    answers(&town, &mut li, case, &check(CheckResult::Pass));
    let words = town.may_not(case, normal());
    assert!(words.contains("nobody has checked"), "{words}");
    town.does(case, redo("qian"));
    town.finds("qian", case, CheckResult::Pass);
    town.does(case, normal());
}

#[test]
fn a_drawn_case_stays_so_when_its_pass_was_overtaken() {
    let mut town = Town::drawing(100);
    let mut zhou = town.city.crew("zhou", "roads");
    let case = town.settled();
    town.does(case, file());
    town.does(case, drawn("qian"));
    town.finds("qian", case, CheckResult::Pass);
    assert!(!waits(&town, case), "found done by somebody else");
    town.does(case, drawn("wang"));
    town.finds("wang", case, CheckResult::NotPass);
    assert!(waits(&town, case), "nothing more will come of wang");
    town.does(case, convert());
    town.does(case, dispatch("roads"));
    answers(&town, &mut zhou, case, &handle());
    let words = town.may_not(case, normal());
    assert!(
        words.contains("drawn") || words.contains("nobody has checked"),
        "{words}"
    );
    assert!(waits(&town, case));
    town.does(case, Body::CheckRequest(asked("qian")));
    assert!(!waits(&town, case));
    town.finds("qian", case, CheckResult::Pass);
    town.does(case, normal());
}

#[test]
fn a_drawn_case_that_was_opened_again_as_not_done_is_drawn() {
    let mut town = Town::drawing(100);
    let mut zhou = town.city.crew("zhou", "roads");
    let case = town.settled();
    town.does(case, file());
    town.does(case, drawn("qian"));
    town.finds("qian", case, CheckResult::Pass);
    town.does(case, normal());
    town.leader_does(case, not_done());
    town.does(case, convert());
    town.does(case, dispatch("roads"));
    answers(&town, &mut zhou, case, &handle());
    let words = town.may_not(case, normal());
    assert!(words.contains("drawn"), "{words}");
    assert!(waits(&town, case));
}

/// A city whose sub-centre checks its own work, all of which is drawn, with two people of it.
fn sub_centre() -> (Town, Phone, Phone) {
    let town = Town::with(|policy| {
        policy["separation"]["except"] = json!([
            { "roles": ["sub_centre"], "relation": "anyone", "spot_check_percent": 100 }
        ]);
        policy["rules"].as_array_mut().expect("rules").push(json!({
            "roles": ["sub_centre"], "kinds": ["check", "handle"], "relation": "anyone"
        }));
    });
    let person = |name: &str| {
        let grant = gewu_server::CodeGrant {
            user: name.into(),
            roles: vec!["sub_centre".into()],
            units: vec!["grid1".into()],
            duty_grids: vec!["D1".into()],
            reach: Default::default(),
            any_grid: true,
        };
        let (core, now) = (&town.city.core, town.city.now);
        let code = core.new_code(&grant, 1, now).expect("a code").code;
        Phone::enrol(core, Some(&code), name, now).expect("enrolled")
    };
    let (hu, he) = (person("hu"), person("he"));
    (town, hu, he)
}

/// Somebody of the sub-centre handles what it was sent, and passes it.
fn own_pass(town: &mut Town, case: CaseId, name: &str, phone: &mut Phone) {
    answers(town, phone, case, &handle());
    town.does(case, Body::CheckRequest(asked(name)));
    answers(town, phone, case, &check(CheckResult::Pass));
}

fn stays_drawn(town: &mut Town, case: CaseId) {
    let words = town.may_not(case, normal());
    assert!(words.contains("drawn"), "{words}");
    assert!(waits(town, case));
}

#[test]
fn a_pass_of_another_round_lifts_no_draw_of_an_exception() {
    let (mut town, mut hu, _) = sub_centre();
    let (case, _) = passed(&mut town);
    town.does(case, again("grid1"));
    own_pass(&mut town, case, "hu", &mut hu);
    stays_drawn(&mut town, case);
}

#[test]
fn neither_a_heavier_finding_nor_other_hands_undo_the_draw_of_an_exception() {
    for also in [true, false] {
        let (mut town, mut hu, mut he) = sub_centre();
        let case = registered(&town.city, None);
        town.does(case, file());
        town.does(case, dispatch("grid1"));
        own_pass(&mut town, case, "hu", &mut hu);
        if also {
            let more = Asked {
                also: true,
                ..asked("qian")
            };
            town.does(case, Body::CheckRequest(more));
            town.finds("qian", case, CheckResult::Unable);
        } else {
            town.does(case, again("grid1"));
            answers(&town, &mut he, case, &handle());
        }
        stays_drawn(&mut town, case);
        // Who worked at it before is nobody else.
        if !also {
            town.does(case, Body::CheckRequest(asked("hu")));
            answers(&town, &mut hu, case, &check(CheckResult::Pass));
            stays_drawn(&mut town, case);
        }
        town.does(case, Body::CheckRequest(asked("qian")));
        town.finds("qian", case, CheckResult::Pass);
        town.does(case, normal());
    }
}

/// Whoever is nobody else takes nothing from a finding by somebody who is.
#[test]
fn a_standing_pass_by_somebody_else_closes_it_whoever_passed_it_since() {
    let mut town = Town::new();
    let mut li = second_phone(&town);
    let (case, _) = passed(&mut town);
    town.does(case, normal());
    town.leader_does(case, not_done());
    town.does(case, drawn("qian"));
    town.finds("qian", case, CheckResult::Pass);
    let main = town.handled();
    town.does(case, redo("li"));
    answers(&town, &mut li, case, &check(CheckResult::Pass));
    town.does(case, tied(main));
    town.does(case, normal());
}

/// What stands counts, whatever was asked since and came to nothing.
#[test]
fn a_pass_that_stands_closes_it() {
    let mut town = Town::new();
    let case = town.settled();
    town.does(case, file());
    town.does(case, dispatch("roads"));
    town.does(case, recall());
    town.does(case, drawn("qian"));
    town.finds("qian", case, CheckResult::Pass);
    town.does(case, normal());
    town.leader_does(case, Body::Reopen(Reopen::default()));
    town.does(case, normal());
    let (case, _) = passed(&mut town);
    town.does(case, normal());
    town.leader_does(case, not_done());
    for (who, found) in [("qian", CheckResult::Pass), ("wang", CheckResult::Unable)] {
        town.does(case, drawn(who));
        town.finds(who, case, found);
    }
    town.does(case, normal());
}

#[test]
fn a_check_of_others_work_is_not_drawn_whatever_its_author_works_at_later() {
    let (mut town, _, mut he) = sub_centre();
    let mut zhou = town.city.crew("zhou", "roads");
    let case = registered(&town.city, None);
    town.does(case, file());
    town.does(case, dispatch("roads"));
    answers(&town, &mut zhou, case, &handle());
    town.does(case, Body::CheckRequest(asked("he")));
    answers(&town, &mut he, case, &check(CheckResult::Pass));
    town.does(case, again("grid1"));
    answers(&town, &mut he, case, &handle());
    assert!(!waits(&town, case));
    town.does(case, normal());
}

/// Another policy judges nothing anew, in the case that is closed as in that which goes on with it.
#[test]
fn the_rules_under_which_the_work_began_go_on_to_bar_across_a_tie() {
    let mut town = Town::new();
    let mut li = second_phone(&town);
    let mut zhou = town.city.crew("zhou", "roads");
    let case = registered(&town.city, None);
    town.does(case, file());
    town.does(case, dispatch("roads"));
    answers(&town, &mut zhou, case, &handle());
    town.does(case, Body::CheckRequest(asked("wang")));
    town.finds("wang", case, CheckResult::NotPass);
    town.does(case, redo("li"));
    answers(&town, &mut li, case, &check(CheckResult::Pass));
    let lax = publish(&town, 101, |policy| {
        policy["separation"]["on"] = json!(false);
    });
    let main = town.handled();
    town.does(case, tied(main));
    let words = town.may_not(case, normal());
    assert!(words.contains("nobody has checked"), "{words}");
    town.leader_does(case, repin(lax));
    town.may_not(case, redo("li"));
    let words = town.may_not(case, normal());
    assert!(words.contains("nobody has checked"), "{words}");
}
