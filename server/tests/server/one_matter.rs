//! Duplicates are one matter: whoever did the work in the case that goes on is nobody to find it done in another.

use gewu_model::entry::{Body, CheckResult, Redo};
use gewu_model::fold::Stage;
use gewu_model::ids::{CaseId, UnitId};
use gewu_server::CodeGrant;

use crate::closing::tied;
use crate::kit::Phone;
use crate::kit::entries::{asked, check, dispatch, file, handle};
use crate::ties::registered;
use crate::town::{Town, convert, drawn, normal};

pub(crate) fn redo(person: &str) -> Body {
    Body::RedoRequest(Redo {
        persons: vec![person.into()],
        ..Redo::default()
    })
}

/// The other phone of drainage's li, who is an inspector too.
pub(crate) fn second_phone(town: &Town) -> Phone {
    let grant = CodeGrant {
        user: "li".into(),
        roles: vec!["inspector".into()],
        units: vec![],
        duty_grids: vec!["D1".into()],
        reach: Default::default(),
        any_grid: true,
    };
    let (core, now) = (&town.city.core, town.city.now);
    let code = core.new_code(&grant, 1, now).expect("a code").code;
    Phone::enrol(core, Some(&code), "li's other phone", now).expect("enrolled")
}

/// Whoever it is answers what is open.
pub(crate) fn answers(
    town: &Town,
    phone: &mut Phone,
    case: CaseId,
    payload: &gewu_model::entry::Payload,
) {
    let (core, now) = (&town.city.core, town.city.now);
    phone.sync(core, now);
    let open = town.city.view(case).question.expect("asked").answer_to;
    phone.write(case, payload, Some(open), now);
    phone.sync(core, now);
}

/// A case that another crew handled and that wang found not done.
fn refuted(town: &mut Town) -> CaseId {
    let mut zhou = town.city.crew("zhou", "roads");
    let case = registered(&town.city, None);
    town.does(case, file());
    town.does(case, dispatch("roads"));
    answers(town, &mut zhou, case, &handle());
    town.does(case, Body::CheckRequest(asked("wang")));
    town.finds("wang", case, CheckResult::NotPass);
    case
}

#[test]
fn who_did_the_work_of_the_main_case_is_not_asked_to_check_its_duplicate() {
    let mut town = Town::new();
    let (case, main) = (refuted(&mut town), town.sent());
    town.does(case, tied(main));
    town.handles(main);
    for ask in [redo("li"), Body::CheckRequest(asked("li"))] {
        let words = town.may_not(case, ask);
        assert!(words.contains("li handled the work"), "{words}");
    }
    town.does(case, redo("qian"));
    town.finds("qian", case, CheckResult::Pass);
    town.does(case, normal());
}

#[test]
fn a_finding_by_who_did_the_work_of_the_main_case_closes_nothing() {
    let mut town = Town::new();
    let mut li = second_phone(&town);
    let (case, main) = (refuted(&mut town), town.sent());
    // Asked before anybody knew that it is the same matter.
    town.does(case, redo("li"));
    town.does(case, tied(main));
    town.handles(main);
    answers(&town, &mut li, case, &check(CheckResult::Pass));
    assert_eq!(town.stage(case), Stage::CheckPassed);
    let words = town.may_not(case, normal());
    assert!(words.contains("nobody has checked"), "{words}");
    town.does(case, redo("qian"));
    town.finds("qian", case, CheckResult::Pass);
    town.does(case, normal());
}

#[test]
fn a_pass_that_nothing_rests_on_bars_nothing() {
    let mut town = Town::new();
    let (mut zhou, mut li) = (town.city.crew("zhou", "roads"), second_phone(&town));
    let (case, main) = (registered(&town.city, None), town.sent());
    town.does(case, file());
    town.does(case, dispatch("roads"));
    answers(&town, &mut zhou, case, &handle());
    town.does(case, Body::CheckRequest(asked("li")));
    town.does(case, tied(main));
    town.handles(main);
    answers(&town, &mut li, case, &check(CheckResult::Pass));
    town.does(case, normal());
}

#[test]
fn a_drawn_duplicate_waits_for_somebody_with_no_hand_in_the_matter() {
    let mut town = Town::drawing(100);
    let mut li = second_phone(&town);
    let (case, main) = (town.settled(), town.sent());
    town.does(case, file());
    town.does(case, drawn("li"));
    town.does(case, tied(main));
    town.handles(main);
    let listed = |town: &Town| {
        let waiting = town.city.core.draws_waiting(10).expect("draws");
        waiting.to_string().contains(&case.to_string())
    };
    assert!(listed(&town), "li is nobody else");
    answers(&town, &mut li, case, &check(CheckResult::Pass));
    let words = town.may_not(case, normal());
    assert!(words.contains("drawn"), "{words}");
    let words = town.may_not(case, drawn("li"));
    assert!(words.contains("li handled the work"), "{words}");
    town.does(case, drawn("qian"));
    assert!(!listed(&town));
    town.finds("qian", case, CheckResult::Pass);
    town.does(case, normal());
}

#[test]
fn who_ever_worked_at_a_drawn_case_has_a_hand_in_it() {
    let mut town = Town::drawing(100);
    let (mut zhou, mut li) = (town.city.crew("zhou", "roads"), second_phone(&town));
    let case = town.settled();
    town.does(case, file());
    town.does(case, convert());
    town.does(case, dispatch("drainage"));
    town.handles(case);
    town.does(case, Body::CheckRequest(asked("wang")));
    town.finds("wang", case, CheckResult::NotPass);
    let Body::Rework(mut rework) = crate::town::rework() else {
        unreachable!("a rework")
    };
    rework.lead = UnitId::from("roads");
    town.does(case, Body::Rework(rework));
    answers(&town, &mut zhou, case, &handle());
    town.does(case, Body::CheckRequest(asked("li")));
    answers(&town, &mut li, case, &check(CheckResult::Pass));
    let words = town.may_not(case, normal());
    assert!(words.contains("no hand in it"), "{words}");
    town.does(case, Body::CheckRequest(asked("qian")));
    town.finds("qian", case, CheckResult::Pass);
    town.does(case, normal());
}

#[test]
fn the_bar_goes_up_the_whole_chain() {
    let mut town = Town::new();
    let mut li = second_phone(&town);
    let (case, middle) = (refuted(&mut town), town.handled());
    let top = registered(&town.city, None);
    town.does(top, file());
    town.does(case, redo("li"));
    answers(&town, &mut li, case, &check(CheckResult::Pass));
    town.does(case, tied(middle));
    town.may_not(case, normal());
    town.does(middle, tied(top));
    let words = town.may_not(case, normal());
    assert!(words.contains("nobody has checked"), "{words}");
    town.may_not(case, redo("li"));
}

/// That the work of the main case was bad makes its author nobody else.
#[test]
fn a_rework_of_the_main_case_frees_nobody() {
    let mut town = Town::new();
    let mut li = second_phone(&town);
    let (case, main) = (refuted(&mut town), town.handled());
    town.does(case, redo("li"));
    answers(&town, &mut li, case, &check(CheckResult::Pass));
    town.does(case, tied(main));
    town.does(main, Body::CheckRequest(asked("qian")));
    town.finds("qian", main, CheckResult::NotPass);
    town.does(main, crate::town::rework());
    town.may_not(case, normal());
}

#[test]
fn one_pass_among_equals_by_somebody_else_is_enough() {
    for _ in 0..6 {
        let mut town = Town::new();
        let mut li = second_phone(&town);
        let (case, main) = (refuted(&mut town), town.handled());
        let Body::CheckRequest(mut both) = Body::CheckRequest(asked("li")) else {
            unreachable!("a request")
        };
        both.persons.push("qian".into());
        town.does(case, Body::CheckRequest(both));
        answers(&town, &mut li, case, &check(CheckResult::Pass));
        town.finds("qian", case, CheckResult::Pass);
        town.does(case, tied(main));
        town.does(case, normal());
    }
}

#[test]
fn whoever_is_barred_is_not_asked_again_without_a_name_either() {
    let mut town = Town::new();
    let mut li = second_phone(&town);
    let (case, main) = (refuted(&mut town), town.handled());
    town.does(case, redo("li"));
    answers(&town, &mut li, case, &check(CheckResult::Unable));
    town.does(case, tied(main));
    let words = town.may_not(case, Body::RedoRequest(Redo::default()));
    assert!(words.contains("li handled the work"), "{words}");
}

#[test]
fn a_drawn_case_waits_also_once_somebody_was_sent_to_it_and_is_done() {
    let mut town = Town::drawing(100);
    let case = town.settled();
    town.does(case, file());
    town.does(case, convert());
    town.does(case, dispatch("drainage"));
    let listed = |town: &Town| {
        let waiting = town.city.core.draws_waiting(10).expect("draws");
        waiting.to_string().contains(&case.to_string())
    };
    assert!(!listed(&town), "the crew is on its way");
    town.handles(case);
    town.may_not(case, normal());
    assert!(listed(&town));
}
