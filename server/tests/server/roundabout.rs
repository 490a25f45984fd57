//! Ways round: what a failed check holds up, what only a shift leader opens again or voids, and what is closed
//! as done, are had by no other instruction either.

use gewu_model::entry::{Body, CheckResult, CloseKind, Dispatch, Plain, Redo, Reopen, Suspend};
use gewu_model::fold::Stage;

use crate::kit::entries::{asked, dispatch, file};
use crate::ties::{close, refused, registered};
use crate::town::{Town, convert, drawn, normal, rework};

#[test]
fn a_failed_check_holds_up_the_close_whatever_is_asked_meanwhile() {
    let mut town = Town::new();
    let again: [(&str, Body); 3] = [
        ("qian", Body::CheckRequest(asked("qian"))),
        ("wang", Body::RedoRequest(Redo::default())),
        ("qian", drawn("qian")),
    ];
    for (who, ask) in again {
        let case = town.handled();
        town.does(case, Body::CheckRequest(asked("wang")));
        town.finds("wang", case, CheckResult::NotPass);
        town.does(case, ask);
        for kind in [CloseKind::Normal, CloseKind::Late] {
            let words = town.may_not(case, close(kind));
            assert!(
                words.contains("wang") && words.contains("not done"),
                "{words}"
            );
        }
        // Nobody could tell: that lifts nothing.
        town.finds(who, case, CheckResult::Unable);
        assert_eq!(town.stage(case), Stage::CheckUnable);
        let words = town.may_not(case, normal());
        assert!(words.contains("wang"), "{words}");
        town.does(case, Body::CheckRequest(asked("qian")));
        town.finds("qian", case, CheckResult::Pass);
        town.does(case, normal());
    }
}

#[test]
fn work_done_anew_is_judged_by_itself() {
    let mut town = Town::new();
    let case = town.handled();
    town.does(case, Body::CheckRequest(asked("wang")));
    town.finds("wang", case, CheckResult::NotPass);
    town.does(case, rework());
    let words = town.may_not(case, normal());
    assert!(words.contains("nobody handled"), "{words}");
    town.handles(case);
    town.does(case, Body::CheckRequest(asked("qian")));
    town.finds("qian", case, CheckResult::Pass);
    town.does(case, normal());
}

#[test]
fn a_failed_check_outlives_a_forced_close_and_its_reopening() {
    let mut town = Town::new();
    let case = town.handled();
    town.does(case, Body::CheckRequest(asked("wang")));
    town.finds("wang", case, CheckResult::NotPass);
    town.leader_does(case, close(CloseKind::Forced));
    town.leader_does(case, Body::Reopen(Reopen::default()));
    let words = town.may_not(case, normal());
    assert!(words.contains("wang"), "{words}");
}

#[test]
fn only_what_was_settled_on_the_spot_is_converted_and_once() {
    let mut town = Town::new();
    let case = registered(&town.city, None);
    let words = town.may_not(case, convert());
    assert!(words.contains("on the spot"), "{words}");
    let case = town.handled();
    town.does(case, normal());
    let words = town.may_not(case, convert());
    assert!(words.contains("on the spot"), "{words}");
    let settled = town.settled();
    town.does(settled, convert());
    assert_eq!(town.stage(settled), Stage::Filed);
    let words = town.may_not(settled, convert());
    assert!(words.contains("converted"), "{words}");
}

#[test]
fn a_closed_self_handled_case_is_converted_where_a_check_found_it_not_done() {
    let mut town = Town::new();
    let case = town.settled();
    town.does(case, file());
    town.does(case, normal());
    let words = town.may_not(case, convert());
    assert!(
        words.contains("spot check") && words.contains("reopen"),
        "{words}"
    );
    town.does(case, drawn("wang"));
    let words = town.may_not(case, convert());
    assert!(words.contains("spot check"), "{words}");
    town.finds("wang", case, CheckResult::NotPass);
    let words = town.may_not(case, rework());
    assert!(words.contains("convert"), "{words}");
    town.does(case, convert());
    assert_eq!(town.stage(case), Stage::Filed);
    town.does(case, dispatch("drainage"));
    town.handles(case);
    let words = town.may_not(case, normal());
    assert!(words.contains("nobody has checked"), "{words}");
    town.does(case, Body::CheckRequest(asked("wang")));
    town.finds("wang", case, CheckResult::Pass);
    town.does(case, normal());
}

#[test]
fn what_a_check_refuted_counts_no_more_as_settled_on_the_spot() {
    let mut town = Town::new();
    let case = town.settled();
    town.does(case, file());
    town.does(case, drawn("wang"));
    town.finds("wang", case, CheckResult::NotPass);
    town.may_not(case, normal());
    town.does(case, rework());
    town.may_not(case, normal());
    town.does(case, Body::Recall(Plain::default()));
    town.may_not(case, normal());
}

#[test]
fn a_spot_check_of_a_closed_case_leaves_its_opening_to_the_shift_leader() {
    let mut town = Town::new();
    let case = town.handled();
    town.does(case, normal());
    town.does(case, drawn("wang"));
    town.finds("wang", case, CheckResult::NotPass);
    for body in [rework(), convert(), Body::Reopen(Reopen::default())] {
        town.may_not(case, body);
    }
    let words = town.may_not(case, rework());
    assert!(words.contains("reopen"), "{words}");
    town.leader_does(case, Body::Reopen(Reopen::default()));
    town.does(case, dispatch("drainage"));
    // What goes on is reopened by nobody.
    assert!(refused(&town.city, case, Body::Reopen(Reopen::default())).contains("dispatched"));
}

#[test]
fn a_check_is_no_work() {
    let mut town = Town::new();
    let case = town.sent();
    town.does(case, Body::Recall(Plain::default()));
    town.does(case, drawn("wang"));
    town.finds("wang", case, CheckResult::Pass);
    assert_eq!(town.stage(case), Stage::CheckPassed);
    let words = town.may_not(case, normal());
    assert!(words.contains("nobody handled"), "{words}");
}

#[test]
fn a_dispatch_is_no_work_and_neither_is_help() {
    let mut town = Town::new();
    let case = town.sent();
    let words = town.may_not(case, normal());
    for word in ["nobody handled", "special", "forced"] {
        assert!(words.contains(word), "{word}: {words}");
    }
    town.does(
        case,
        Body::Suspend(Suspend {
            until: Some(town.city.now.plus(86_400_000)),
            ..Suspend::default()
        }),
    );
    let words = town.may_not(case, normal());
    assert!(
        words.contains("suspended") && words.contains("resume"),
        "{words}"
    );
    let case = registered(&town.city, None);
    town.does(case, file());
    let together = Dispatch {
        assist: vec!["drainage".into()],
        ..Dispatch::to("roads".into())
    };
    town.does(case, Body::Dispatch(together));
    town.handles(case);
    assert_eq!(town.stage(case), Stage::Dispatched);
    let words = town.may_not(case, normal());
    assert!(words.contains("nobody handled"), "{words}");
}

#[test]
fn what_was_settled_on_the_spot_and_sent_out_all_the_same_waits_for_its_work() {
    let mut town = Town::new();
    let case = town.settled();
    town.does(case, file());
    town.does(case, dispatch("drainage"));
    let words = town.may_not(case, normal());
    assert!(words.contains("nobody handled"), "{words}");
    town.handles(case);
    town.does(case, normal());
}

#[test]
fn work_for_somebody_who_does_not_do_it_is_work() {
    let mut town = Town::new();
    let case = registered(&town.city, None);
    town.does(case, file());
    let instead = Dispatch {
        substitute_for: Some("roads".into()),
        ..Dispatch::to("drainage".into())
    };
    town.does(case, Body::Dispatch(instead));
    town.handles(case);
    town.does(case, normal());
}
