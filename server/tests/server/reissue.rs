//! What was set aside, issued again by an operator.

use gewu_model::contact::{Contact, ContactCard};
use gewu_model::entry::{Body, ExtendRequest, Mark, Note, Payload};
use gewu_model::fold::Stage;
use gewu_model::ids::{CaseId, ChangeHash, Digest};
use gewu_model::signed::SignedChange;
use gewu_server::{ContactView, DecideError, RegisterError};
use gewu_sync::wire::NoticeCode;

use crate::kit::entries::{dispatch, file, plain_note};
use crate::kit::{City, Phone};

/// A request that its author wrote in disregard of a recall, and the case dispatched anew since.
fn disregarding(city: &mut City, payload: &Payload) -> (Phone, CaseId, ChangeHash) {
    let (mut chen, mut li) = (city.inspector("chen"), city.crew("li", "drainage"));
    let case = chen.report("井盖缺失", vec![], city.now);
    chen.sync(&city.core, city.now);
    city.decide(case, file());
    let sent = city.decide(case, dispatch("drainage")).instruction;
    li.sync(&city.core, city.now);
    let take = li.write(case, &Payload::Take(Mark::default()), Some(sent), city.now);
    city.decide(case, Body::Recall(plain_note()));
    li.sync(&city.core, city.now);
    li.sync(&city.core, city.now); // acknowledges the recall
    let aside = li.write_upon_old(case, payload, Some(sent), vec![take], city.now);
    li.sync(&city.core, city.now);
    let Body::Dispatch(again) = dispatch("drainage") else {
        unreachable!("a dispatch");
    };
    let limited = gewu_model::entry::Dispatch {
        limit: Some("3工作日".into()),
        ..again
    };
    city.decide(case, Body::Dispatch(limited));
    (li, case, aside)
}

fn more_time() -> Payload {
    Payload::ExtendRequest(ExtendRequest {
        limit: "1工作日".into(),
        reason: Some("rain".into()),
        note: None,
        photos: vec![],
    })
}

#[test]
fn a_request_that_was_set_aside_is_granted_once_in_the_operator_s_own_name() {
    let mut city = City::found();
    crate::more_time::publish(&city);
    let (mut li, case, aside) = disregarding(&mut city, &more_time());
    let shown = city.core.show(case).expect("shown");
    let lost = &shown["set_aside"][0];
    assert_eq!(lost["change"], aside.to_string());
    assert_eq!(
        (&lost["kind"], &lost["by"]),
        (&"extend_request".into(), &"li".into())
    );
    assert_eq!(lost["payload"]["limit"], "1工作日");
    let blind = city
        .core
        .reissue(&city.operator, aside, None, false, city.now);
    assert!(
        matches!(blind, Err(RegisterError::Decide(DecideError::Invalid(_)))),
        "{blind:?}"
    );
    let stale = city.core.reissue(
        &city.operator,
        aside,
        Some(Digest([1; 32])),
        false,
        city.now,
    );
    assert!(
        matches!(stale, Err(RegisterError::Decide(DecideError::Stale { .. }))),
        "{stale:?}"
    );
    let view = city.view(case).token();
    let done = city
        .core
        .reissue(&city.operator, aside, Some(view), false, city.now);
    let done = done.expect("issued");
    let now = city.view(case);
    assert_eq!(
        now.chain.last().map(|link| (link.kind, link.hash)),
        Some(("extend", done.instruction))
    );
    assert!(
        now.entry(&aside).is_none(),
        "what was set aside is not applied"
    );
    let shown = city.core.show(case).expect("shown");
    assert_eq!(
        shown["set_aside"][0]["replaced_by"],
        done.instruction.to_string()
    );
    let again = city
        .core
        .reissue(&city.operator, aside, Some(done.view), false, city.now);
    assert!(
        matches!(again, Err(RegisterError::Decide(DecideError::Denied(_)))),
        "{again:?}"
    );
    li.sync(&city.core, city.now);
    let told = |words: &str| {
        let mut notices = li.notices.iter();
        notices.any(|one| one.code == NoticeCode::SetAside && one.words.contains(words))
    };
    assert!(told("an operator took up"), "{:?}", li.notices);
}

#[test]
fn what_only_its_author_can_say_and_what_nobody_set_aside_is_not_issued_again() {
    let mut city = City::found();
    let note = Payload::Note(Note {
        text: Digest([1; 32]),
        photos: None,
    });
    let (_, case, aside) = disregarding(&mut city, &note);
    let view = Some(city.view(case).token());
    let own = city
        .core
        .reissue(&city.operator, aside, view, false, city.now);
    assert!(
        matches!(own, Err(RegisterError::Decide(DecideError::Invalid(_)))),
        "{own:?}"
    );
    let accepted = city.view(case).report_entry.expect("a report");
    let known = city
        .core
        .reissue(&city.operator, accepted, view, false, city.now);
    assert!(
        matches!(known, Err(RegisterError::Decide(DecideError::Core(_)))),
        "{known:?}"
    );
    let clerk = city
        .core
        .add_operator("clerk", &"clerk".into(), &["clerk".into()], &[]);
    let mut city = City::found();
    let (_, case, other) = disregarding(&mut city, &more_time());
    let view = Some(city.view(case).token());
    let refused = city
        .core
        .reissue(&clerk.expect("one"), other, view, false, city.now);
    assert!(refused.is_err(), "a clerk may not: {refused:?}");
}

#[test]
fn a_report_of_somebody_who_may_not_report_becomes_a_case_of_the_centre_s_own() {
    let city = City::found();
    let mut gao = city.phone("gao", "shift_leader", None, None);
    let lost = gao.report("井盖缺失", vec![], city.now);
    gao.sync(&city.core, city.now);
    let status = city.core.status().expect("a status");
    let rows = status["set_aside"].as_array().expect("rows").clone();
    // What opened the case, and the report upon it.
    assert_eq!(rows.len(), 2, "{rows:?}");
    let hash = |reason: &str| -> ChangeHash {
        let row = rows.iter().find(|row| row["reason"] == reason);
        let hash = row.and_then(|row| row["change"].as_str()?.parse().ok());
        hash.expect("a hash")
    };
    let issue = |change| {
        city.core
            .reissue(&city.operator, change, None, false, city.now)
    };
    let bare = issue(hash("not_permitted"));
    assert!(
        matches!(bare, Err(RegisterError::Decide(DecideError::Invalid(_)))),
        "{bare:?}"
    );
    let done = issue(hash("depends_on_set_aside"));
    let done = done.expect("registered");
    assert_ne!(done.case, lost);
    let view = city.view(done.case);
    assert_eq!((view.stage, view.chain.len()), (Stage::Reported, 1));
    let shown = city.core.show(done.case).expect("shown");
    assert_eq!(shown["report"]["text"], "井盖缺失");
}

#[test]
fn a_report_that_is_issued_again_keeps_its_contact_and_only_readings_are_logged() {
    let city = City::found();
    let mut gao = city.phone("gao", "shift_leader", None, None);
    let said = Contact {
        phone: Some("13812345678".into()),
        name: None,
        id_number: None,
    };
    let card = ContactCard::new(&said, [4; 16]).expect("a contact");
    let digest = card.digest();
    gao.contact = Some(card);
    let lost = gao.report("井盖缺失", vec![], city.now);
    gao.sync(&city.core, city.now);
    let status = city.core.status().expect("a status");
    let rows = status["set_aside"].as_array().expect("rows");
    let row = rows
        .iter()
        .find(|row| row["reason"] == "depends_on_set_aside");
    let report: ChangeHash = row
        .and_then(|row| row["change"].as_str()?.parse().ok())
        .expect("one");
    let done = city
        .core
        .reissue(&city.operator, report, None, false, city.now);
    let case = done.expect("registered").case;
    assert_ne!(case, lost);
    let log = || city.core.contact_log(None, 10).expect("a log");
    assert!(log().is_empty(), "nobody has read it yet");
    let shown = city.core.contact(&city.operator, case, city.now);
    let ContactView::Open { contact } = shown.expect("a case") else {
        panic!("the contact is gone");
    };
    assert_eq!(contact, said);
    let log = log();
    assert_eq!(log.len(), 1);
    assert_eq!(log[0]["case"], case.to_string());
    // By its own name, so that whoever has it erased has it erased in both cases.
    assert_eq!(log[0]["card"], digest.to_string());
}

/// A report of somebody who may not report, with its root, and set aside.
fn unwelcome(city: &City) -> (Phone, CaseId, [SignedChange; 2]) {
    let mut gao = city.phone("gao", "shift_leader", None, None);
    let case = gao.report("井盖缺失", vec![], city.now);
    let written = [0, 1].map(|at| gao.signed(case, gao.unsent[at].1));
    gao.sync(&city.core, city.now);
    (gao, case, written)
}

fn denied(city: &City, change: ChangeHash) -> String {
    let done = city
        .core
        .reissue(&city.operator, change, None, false, city.now);
    match done {
        Err(RegisterError::Decide(DecideError::Denied(words))) => words,
        other => panic!("{other:?}"),
    }
}

#[test]
fn of_a_report_that_its_author_wrote_again_only_the_last_is_issued_and_once() {
    let city = City::found();
    let (mut gao, case, written) = unwelcome(&city);
    let report = written[1].hash();
    let again = gao.report_again(case, &written, city.now.plus(1));
    gao.sync(&city.core, city.now.plus(1));
    let words = denied(&city, report);
    assert!(
        words.contains("wrote it again") && words.contains(&again.to_string()),
        "{words}"
    );
    let done = city
        .core
        .reissue(&city.operator, again, None, false, city.now);
    let done = done.expect("registered");
    for change in [report, again] {
        let words = denied(&city, change);
        assert!(words.contains(&done.instruction.to_string()), "{words}");
    }
    let anyway = city
        .core
        .reissue(&city.operator, report, None, true, city.now);
    assert_ne!(anyway.expect("asked for").case, done.case);
}

#[test]
fn what_its_author_wrote_again_after_it_was_issued_again_is_not_issued_a_second_time() {
    let city = City::found();
    let (mut gao, case, written) = unwelcome(&city);
    let report = written[1].hash();
    let done = city
        .core
        .reissue(&city.operator, report, None, false, city.now);
    let done = done.expect("registered");
    let again = gao.report_again(case, &written, city.now.plus(1));
    gao.sync(&city.core, city.now.plus(1));
    let words = denied(&city, again);
    assert!(words.contains(&done.instruction.to_string()), "{words}");
}
