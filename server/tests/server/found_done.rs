//! A case that was doubted, by how it ended or by whoever opened it again, is closed as done for what was found
//! since, and for nothing before.

use gewu_model::entry::{Body, CheckResult, CloseKind, Payload, Plain, Reopen, ReopenRequest};
use gewu_model::fold::Reason;
use gewu_model::ids::CaseId;
use serde_json::json;

use crate::closing::tied;
use crate::kit::entries::{asked, dispatch, file};
use crate::ties::close;
use crate::town::{Town, drawn, normal, rework, void};

pub(crate) fn not_done() -> Body {
    Body::Reopen(Reopen {
        reason: Some("not_done".into()),
        ..Reopen::default()
    })
}

fn reopen() -> Body {
    Body::Reopen(Reopen::default())
}

pub(crate) fn recall() -> Body {
    Body::Recall(Plain::default())
}

#[test]
fn voiding_and_opening_again_lifts_no_doubt() {
    let mut town = Town::new();
    let ways: [&[Body]; 3] = [
        &[close(CloseKind::Special), reopen(), void(), reopen()],
        &[normal(), not_done(), void(), reopen()],
        &[
            close(CloseKind::Mistaken),
            reopen(),
            void(),
            reopen(),
            void(),
            reopen(),
        ],
    ];
    for way in ways {
        let case = town.handled();
        for body in way {
            town.leader_does(case, body.clone());
        }
        let words = town.may_not(case, normal());
        assert!(words.contains("opened again"), "{words}");
        town.does(case, dispatch("drainage"));
        town.handles(case);
        town.does(case, normal());
    }
    // Where nothing was doubted, what was done is.
    let case = town.handled();
    for body in [normal(), reopen(), void(), reopen()] {
        town.leader_does(case, body);
    }
    town.does(case, normal());
}

#[test]
fn opening_again_as_not_done_is_a_doubt_without_anybody_s_request() {
    let mut town = Town::new();
    let case = town.handled();
    town.does(case, normal());
    town.leader_does(case, not_done());
    let words = town.may_not(case, normal());
    assert!(words.contains("opened again"), "{words}");
    // Nor is sending somebody work.
    town.does(case, dispatch("drainage"));
    town.may_not(case, normal());
    town.does(case, recall());
    town.may_not(case, normal());
    town.does(case, dispatch("drainage"));
    town.handles(case);
    town.does(case, normal());
}

#[test]
fn a_dispatch_that_is_recalled_settles_nothing_on_the_spot() {
    let mut town = Town::new();
    let case = town.settled();
    town.does(case, file());
    town.leader_does(case, close(CloseKind::Special));
    town.leader_does(case, reopen());
    town.may_not(case, normal());
    town.does(case, dispatch("drainage"));
    town.does(case, recall());
    town.may_not(case, normal());
    // Neither without a doubt: whoever sends somebody asks for work.
    let mut town = Town::new();
    let case = town.settled();
    town.does(case, file());
    town.does(case, dispatch("drainage"));
    town.does(case, recall());
    let words = town.may_not(case, normal());
    assert!(words.contains("nobody handled"), "{words}");
    town.does(case, drawn("wang"));
    town.finds("wang", case, CheckResult::Pass);
    town.does(case, normal());
}

#[test]
fn what_was_settled_on_the_spot_waits_for_the_word_of_the_unit_it_was_sent_to() {
    let mut town = Town::with(|policy| policy["steps"]["unit_confirm"] = json!(true));
    let case = town.settled();
    town.does(case, file());
    town.does(case, dispatch("drainage"));
    town.handles(case);
    let words = town.may_not(case, normal());
    assert!(words.contains("confirmed"), "{words}");
    for body in [recall(), dispatch("drainage"), recall()] {
        town.does(case, body);
        town.may_not(case, normal());
    }
}

#[test]
fn work_that_a_check_sent_back_is_checked_again() {
    let mut town = Town::new();
    let case = town.handled();
    town.does(case, Body::CheckRequest(asked("wang")));
    town.finds("wang", case, CheckResult::NotPass);
    town.does(case, rework());
    town.handles(case);
    let words = town.may_not(case, normal());
    assert!(words.contains("nobody has checked"), "{words}");
    town.does(case, Body::CheckRequest(asked("qian")));
    town.may_not(case, normal());
    town.finds("qian", case, CheckResult::Unable);
    town.may_not(case, normal());
    town.does(case, Body::CheckRequest(asked("qian")));
    town.finds("qian", case, CheckResult::Pass);
    town.does(case, normal());
}

#[test]
fn a_city_may_do_without_the_second_check() {
    let mut town = Town::with(|policy| {
        policy["rules"].as_array_mut().expect("rules").push(json!(
            { "roles": ["operator"], "kinds": ["close:normal"], "relation": "anyone", "in": ["handled"] }
        ));
    });
    let case = town.handled();
    town.does(case, Body::CheckRequest(asked("wang")));
    town.finds("wang", case, CheckResult::NotPass);
    town.does(case, rework());
    town.handles(case);
    town.does(case, normal());
}

#[test]
fn a_tie_lifts_no_finding_of_a_check() {
    let mut town = Town::new();
    let (done, case) = (town.handled(), town.handled());
    town.does(case, Body::CheckRequest(asked("wang")));
    town.finds("wang", case, CheckResult::NotPass);
    town.does(case, rework());
    town.does(case, tied(done));
    let words = town.may_not(case, normal());
    assert!(words.contains("nobody has checked"), "{words}");
    town.does(case, recall());
    town.does(done, normal());
    town.may_not(case, normal());
    town.leader_does(case, close(CloseKind::Special));
}

#[test]
fn a_duplicate_is_sent_out_by_no_rework_either() {
    let mut town = Town::new();
    let (other, case) = (town.sent(), town.handled());
    town.does(case, tied(other));
    let words = town.may_not(case, rework());
    assert!(words.contains("which is worked on"), "{words}");
}

/// A reporter's wish is no answer to what a checker is asked, and does not end with it.
#[test]
fn a_wish_to_reopen_waits_while_the_closed_case_is_looked_at_and_after() {
    for found in [None, Some(CheckResult::Pass), Some(CheckResult::Unable)] {
        let mut town = Town::new();
        let mut ci = town.city.citizen("ci");
        let case = town.closed_of(&mut ci);
        town.does(case, drawn("wang"));
        ci.sync(&town.city.core, town.city.now);
        let status = ci.statuses[&case].clone();
        assert_eq!(status.may, ["rate", "reopen_request"]);
        let wish = Payload::ReopenRequest(ReopenRequest {
            reason: Some("not_done".into()),
            note: None,
            photos: vec![],
        });
        // Once while it is looked at, and in the last case a second one that crosses the close.
        ci.write(case, &wish, status.behind, town.city.now);
        ci.sync(&town.city.core, town.city.now);
        assert_eq!(waiting(&town, case), 1);
        if let Some(found) = found {
            town.finds("wang", case, found);
        }
        let crossing = (found == Some(CheckResult::Pass)).then(|| {
            ci.sync(&town.city.core, town.city.now);
            let behind = ci.statuses[&case].behind;
            town.does(case, normal());
            ci.write(case, &wish, behind, town.city.now)
        });
        ci.sync(&town.city.core, town.city.now);
        let wishes = 1 + usize::from(crossing.is_some());
        assert_eq!(waiting(&town, case), wishes, "{found:?}");
        // Who reopens it for that wish says that it was not done.
        town.leader_does(case, reopen());
        assert_eq!(waiting(&town, case), 0);
        town.may_not(case, normal());
    }
}

fn waiting(town: &Town, case: CaseId) -> usize {
    let view = town.city.view(case);
    let wishes = view.entries.iter().filter(|it| it.kind == "reopen_request");
    wishes
        .filter(|it| it.reason == Some(Reason::Request))
        .count()
}
