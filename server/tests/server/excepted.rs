//! Exceptions from separation, and the draws that go with them.

use gewu_model::entry::{Asked, Body, CheckResult, ClassKind, ClassRef};
use gewu_model::fold::Stage;
use gewu_model::ids::CaseId;
use gewu_server::NewCase;
use serde_json::{Value, json};

use crate::clocks::by_telephone;
use crate::closing::tied;
use crate::found_done::not_done;
use crate::kit::Phone;
use crate::kit::entries::{asked, check, dispatch, file, handle};
use crate::one_matter::answers;
use crate::overtaken::{again, passed, waits};
use crate::repinned::{publish, repin};
use crate::ties::registered;
use crate::town::{Town, drawn, normal};

/// A city whose sub-centre checks its own work, all of which is drawn, with two people of it.
fn sub_centre() -> (Town, Phone, Phone) {
    excepted(json!([excepting("")]))
}

/// The exception of people of a sub-centre in classes whose codes begin so.
fn excepting(code: &str) -> Value {
    json!({
        "roles": ["sub_centre"], "relation": "anyone", "spot_check_percent": 100, "classes": [{ "code": code }]
    })
}

fn excepted(exceptions: Value) -> (Town, Phone, Phone) {
    let town = Town::with(|policy| {
        policy["separation"]["except"] = exceptions;
        policy["rules"].as_array_mut().expect("rules").push(json!({
            "roles": ["sub_centre"], "kinds": ["check", "handle"], "relation": "anyone"
        }));
    });
    let (hu, he) = (phone_of(&town, "hu", "hu"), phone_of(&town, "he", "he"));
    (town, hu, he)
}

/// A phone of somebody of the sub-centre.
fn phone_of(town: &Town, name: &str, key: &str) -> Phone {
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
    Phone::enrol(core, Some(&code), key, now).expect("enrolled")
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

/// What another class excepts lends nobody a pass.
#[test]
fn an_exception_for_other_classes_lets_nobody_close_what_they_alone_found_done() {
    let sides = [
        ("9999", "nobody has checked"),
        // That of the case, and not that of the main case in which they worked.
        ("01002", "nobody has checked"),
        ("06010", "nobody has checked"),
        ("", "drawn"),
    ];
    for (code, why) in sides {
        let (mut town, mut hu, _) = excepted(json!([excepting(code)]));
        let (case, _) = passed(&mut town);
        town.does(case, normal());
        town.leader_does(case, not_done());
        let other = NewCase {
            class: ClassRef {
                kind: ClassKind::Matter,
                code: "06010".into(),
            },
            condition: None,
            ..by_telephone()
        };
        let city = &town.city;
        let main = city.core.register(&city.operator, &other, city.now);
        let main = main.expect("registered").0;
        town.does(main, file());
        town.does(main, dispatch("grid1"));
        answers(&town, &mut hu, main, &handle());
        town.does(case, drawn("hu"));
        answers(&town, &mut hu, case, &check(CheckResult::Pass));
        town.does(case, tied(main));
        let words = town.may_not(case, normal());
        assert!(words.contains(why), "{code}: {words}");
    }
}

/// Work that comes late is its author's all the same, unless the rules under which it began and those under which
/// the check was asked for both make an exception in the case's class.
#[test]
fn late_work_bars_its_author_s_check_but_where_all_rules_except_the_class() {
    let exceptions = [
        (json!([excepting("")]), false, true),
        (json!([excepting("9999")]), false, false),
        (json!([]), true, false),
    ];
    for (begun, replaced, counts) in exceptions {
        let (mut town, mut hu, mut he) = excepted(begun);
        let mut late = phone_of(&town, "hu", "hu's other phone");
        let case = registered(&town.city, None);
        town.does(case, file());
        town.does(case, dispatch("grid1"));
        let (core, now) = (&town.city.core, town.city.now);
        late.sync(core, now);
        let open = town.city.view(case).question.expect("asked").answer_to;
        late.write(case, &handle(), Some(open), now);
        answers(&town, &mut he, case, &handle());
        if replaced {
            let lenient = publish(&town, 101, |policy| {
                policy["separation"]["except"] = json!([excepting("")]);
                policy["rules"].as_array_mut().expect("rules").push(json!({
                    "roles": ["sub_centre"], "kinds": ["check", "handle"], "relation": "anyone"
                }));
            });
            town.leader_does(case, repin(lenient));
        }
        town.does(case, Body::CheckRequest(asked("hu")));
        answers(&town, &mut hu, case, &check(CheckResult::Pass));
        late.sync(&town.city.core, town.city.now);
        assert_eq!(town.stage(case) == Stage::CheckPassed, counts);
    }
}

#[test]
fn what_is_refused_because_it_was_drawn_is_among_the_draws() {
    for by_device in [true, false] {
        let (mut town, _, mut he) = sub_centre();
        let mut zhou = town.city.crew("zhou", "roads");
        let (case, main) = (registered(&town.city, None), registered(&town.city, None));
        town.does(case, file());
        town.does(case, dispatch("roads"));
        answers(&town, &mut zhou, case, &handle());
        town.does(case, Body::CheckRequest(asked("he")));
        answers(&town, &mut he, case, &check(CheckResult::Pass));
        town.does(main, file());
        town.does(case, tied(main));
        town.does(main, dispatch("grid1"));
        answers(&town, &mut he, main, &handle());
        assert!(!waits(&town, case));
        if by_device {
            let mut desk = town.city.phone("xu", "operator", None, None);
            desk.sync(&town.city.core, town.city.now);
            desk.command(case, &normal(), town.city.now);
            desk.sync(&town.city.core, town.city.now);
            assert!(waits(&town, case));
        }
        stays_drawn(&mut town, case);
    }
}
