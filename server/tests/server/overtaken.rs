//! A finding speaks of what it found: not of what was done, doubted or found since.

use gewu_model::entry::{Body, CheckResult, Reopen, Rework};
use gewu_model::ids::CaseId;
use serde_json::json;

use crate::closing::tied;
use crate::found_done::{not_done, recall};
use crate::kit::Phone;
use crate::kit::entries::{asked, check, dispatch, file, handle};
use crate::one_matter::{answers, redo, second_phone};
use crate::repinned::{publish, repin};
use crate::ties::registered;
use crate::town::{Town, convert, drawn, normal, rework, void};

/// A case that roads' zhou handled and that qian found done.
pub(crate) fn passed(town: &mut Town) -> (CaseId, Phone) {
    let mut zhou = town.city.crew("zhou", "roads");
    let case = registered(&town.city, None);
    town.does(case, file());
    town.does(case, dispatch("roads"));
    answers(town, &mut zhou, case, &handle());
    town.does(case, Body::CheckRequest(asked("qian")));
    town.finds("qian", case, CheckResult::Pass);
    (case, zhou)
}

pub(crate) fn again(unit: &str) -> Body {
    let Body::Rework(rework) = rework() else {
        unreachable!("a rework")
    };
    Body::Rework(Rework {
        lead: unit.into(),
        ..rework
    })
}

pub(crate) fn waits(town: &Town, case: CaseId) -> bool {
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

/// What somebody else found done in the main case, nobody's doubt of before keeps from its duplicate.
#[test]
fn a_duplicate_rests_on_what_was_found_done_again() {
    let mut town = Town::new();
    let (main, _) = passed(&mut town);
    town.does(main, normal());
    town.leader_does(main, not_done());
    let case = registered(&town.city, None);
    town.does(case, file());
    town.does(case, tied(main));
    let words = town.may_not(case, normal());
    assert!(words.contains("not found done either"), "{words}");
    town.does(main, drawn("qian"));
    town.finds("qian", main, CheckResult::Pass);
    town.does(case, normal());
}

#[test]
fn a_console_of_the_field_ties_no_case_that_is_none_of_its() {
    let mut town = Town::with(|policy| {
        policy["rules"].as_array_mut().expect("rules").push(json!({
            "roles": ["unit_lead"], "kinds": ["link"], "relation": "working_unit"
        }));
    });
    let lead = town.city.core.add_operator(
        "sun's console",
        &"sun".into(),
        &["unit_lead".into()],
        &["drainage".into()],
    );
    let lead = lead.expect("a console");
    let (own, other) = (town.sent(), town.sent());
    let (foreign, over) = (registered(&town.city, None), registered(&town.city, None));
    town.leader_does(over, void());
    let mut tie = |to| town.by(lead.clone(), own, tied(to));
    let words = [foreign, over, CaseId([9; 16])].map(|to| tie(to).expect_err("refused"));
    assert!(words[0].contains("is yours"), "{words:?}");
    assert!(words.iter().all(|told| *told == words[0]), "{words:?}");
    tie(other).expect("tied");
}

/// A pass in the main case says nothing was done there where nobody did anything.
#[test]
fn a_duplicate_does_not_rest_on_a_pass_where_nobody_worked() {
    let mut town = Town::new();
    let (main, case) = (town.sent(), registered(&town.city, None));
    town.does(main, recall());
    town.does(case, file());
    town.does(case, tied(main));
    town.does(main, drawn("qian"));
    town.finds("qian", main, CheckResult::Pass);
    for undone in [main, case] {
        town.may_not(undone, normal());
    }
}
