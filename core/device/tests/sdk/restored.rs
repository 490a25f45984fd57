//! A server that was restored from a backup, as a device meets it: what earlier lives signed goes back
//! to it, and what it judges otherwise leaves the device.

use std::sync::Arc;

use crate::support::desk::Desk;
use crate::support::{City, Device, device, options, report};
use gewu::{Act, CancelToken, Gewu};
use gewu_model::crypto::{Signer, StandardSuite};
use gewu_model::entry::{Body, Dispatch};
use gewu_model::ids::ChangeHash;
use gewu_model::receipt::CaseReceipt;
use gewu_model::scope::Scope;
use gewu_sync::verdict::{SetAside, Verdict};
use gewu_sync::wire::Request;

/// The server lost everything, and lives again.
fn restore(city: &City) {
    let mut state = city.state();
    state.generation = 9 << 32;
    state.accepted.clear();
    state.set_aside.clear();
    state.requests.clear();
}

fn requests(city: &City) -> Vec<Request> {
    city.state().requests.clone()
}

fn dispatch() -> Body {
    Body::Dispatch(Dispatch {
        lead: "drainage".into(),
        assist: vec![],
        limit: None,
        note: None,
        substitute_for: None,
        bundle_limit: None,
        must_accept: None,
        external_due: None,
        rule: None,
    })
}

#[test]
fn a_restored_server_is_shown_the_certificate_once_also_by_who_has_nothing_to_offer() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    wang.sync();
    restore(&city);
    wang.sync();
    wang.sync();
    wang.gewu.report(report()).unwrap();
    wang.sync();
    let shown = requests(&city).into_iter().map(|request| {
        let certificates = request.certificates.into_iter().flatten();
        (request.generation, certificates.count())
    });
    let shown: Vec<(u64, usize)> = shown.collect();
    let now = 9 << 32;
    assert!(shown.contains(&(now, 1)), "{shown:?}");
    assert_eq!(
        shown.iter().map(|(_, count)| count).sum::<usize>(),
        1,
        "{shown:?}"
    );
}

#[test]
fn a_restored_server_is_shown_who_vouched_for_a_citizen_s_key_before_the_keys_were_lost() {
    let city = Arc::new(City::new());
    let before = device(&city, "citizen");
    let case = before.gewu.report(report()).unwrap().case;
    before.sync();
    let Device {
        gewu,
        folder,
        clock,
    } = before;
    drop(gewu);
    std::fs::remove_dir_all(folder.path().join("secrets")).unwrap();
    let gewu = Gewu::open(options(folder.path(), &city, &clock)).unwrap();
    let who = gewu.enrol("http://city.test", None).unwrap().who;
    restore(&city);
    let sync = || gewu.sync(&mut |_| {}, &CancelToken::new()).unwrap();
    sync();
    sync();
    let offered = requests(&city)
        .into_iter()
        .find(|request| request.cases.iter().any(|push| push.case == case));
    let request = offered.expect("offered again");
    let push = request.cases.iter().find(|push| push.case == case);
    let made = push
        .unwrap()
        .endorsement
        .clone()
        .expect("with whose key it is");
    assert_ne!(made.device, who.device);
    let shown = request.certificates.iter().flatten();
    let mut shown = shown.map(|signed| signed.certificate().unwrap());
    let certified = shown.find(|certificate| certificate.key.id() == made.device);
    let certified = certified.expect("shown whose device made it");
    assert!(made.verify(&StandardSuite, &certified.key));
    assert!(gewu.status().unwrap().synced);
}

#[test]
fn what_was_set_aside_goes_to_a_restored_server_with_the_word_that_said_so() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let case = wang.gewu.report(report()).unwrap().case;
    wang.sync();
    let refused = wang
        .gewu
        .note(case, Act::new().text("被拒"))
        .unwrap()
        .change;
    let reason = SetAside::Quota;
    city.state()
        .verdicts
        .insert(refused, Verdict::SetAside { reason });
    wang.sync();
    restore(&city);
    wang.sync();
    wang.sync();
    let offered = requests(&city).into_iter().find(|request| {
        let mut changes = request.cases.iter().flat_map(|push| &push.changes);
        changes.any(|change| change.hash() == refused)
    });
    let earlier = offered.expect("offered again").earlier.expect("with words");
    let server = city.server.public_key();
    let said = |hash: &ChangeHash| {
        let blocks = earlier.verdicts.iter();
        let blocks = blocks.filter_map(|block| block.signed_by(&StandardSuite, &server));
        let mut said = blocks.flat_map(|block| block.changes);
        said.find(|said| said.hash == *hash)
            .map(|said| said.verdict)
    };
    assert_eq!(said(&refused), Some(Verdict::SetAside { reason }));
    assert!(wang.gewu.status().unwrap().synced);
}

#[test]
fn the_receipt_of_the_life_before_is_kept_while_the_new_one_names_less() {
    let city = Arc::new(City::new());
    let (wang, li) = (device(&city, "wang"), device(&city, "li"));
    let case = wang.gewu.report(report()).unwrap().case;
    wang.sync();
    let mut desk = Desk::open(&city, case);
    let before = desk.pull(Scope::Asked("li".into()));
    let lost = desk.instruct(dispatch());
    desk.hand_over(Scope::Asked("li".into()));
    assert_eq!(li.sync().received, 3);
    restore(&city);
    // The restored server knows the case as it was before the dispatch.
    city.state().pulls.push(before);
    li.sync();
    let server = city.server.public_key();
    let named = requests(&city).into_iter().any(|request| {
        let earlier = request.earlier.into_iter();
        let earlier = earlier.flat_map(|words| words.receipts);
        let own = request.cases.into_iter().filter_map(|push| push.receipt);
        let receipts = own.chain(earlier);
        let mut read = receipts.filter_map(|it| it.verify(&StandardSuite, &server));
        read.any(|receipt: CaseReceipt| receipt.received.iter().any(|it| it.change == lost))
    });
    assert!(named, "the word on what the server lost is not shown to it");
}

#[test]
fn what_a_restored_server_sets_aside_of_somebody_else_s_leaves_the_replica() {
    let city = Arc::new(City::new());
    let (wang, li) = (device(&city, "wang"), device(&city, "li"));
    let case = wang.gewu.report(report()).unwrap().case;
    wang.sync();
    let theirs = wang
        .gewu
        .note(case, Act::new().text("丢了"))
        .unwrap()
        .change;
    wang.sync();
    Desk::open(&city, case).hand_over(Scope::Asked("li".into()));
    li.sync();
    assert_eq!(li.gewu.show(case).unwrap().entries.len(), 2);
    let own = li.gewu.note(case, Act::new().text("其后")).unwrap().change;
    let reason = SetAside::KnewBetter;
    {
        let mut state = city.state();
        state.verdicts.insert(theirs, Verdict::SetAside { reason });
        let reason = SetAside::DependsOnSetAside;
        state.verdicts.insert(own, Verdict::SetAside { reason });
    }
    city.state().requests.clear();
    li.sync();
    let shown = li.gewu.show(case).unwrap();
    let held = |hash| shown.entries.iter().any(|entry| entry.hash == hash);
    assert!(!held(theirs), "it is no part of the case any more");
    let again = shown
        .entries
        .iter()
        .find(|entry| entry.replaces == Some(own));
    assert!(
        again.is_some(),
        "the own note stands upon what still counts"
    );
    assert!(city.state().requests.len() < 6, "and nothing went round");
    let status = li.gewu.status().unwrap();
    assert!(status.synced);
    assert!(
        status.set_aside.iter().all(|item| item.change == own),
        "others' set-aside work is none of this user's business"
    );
}

#[test]
fn a_case_that_a_restored_server_does_not_give_any_more_is_left() {
    let city = Arc::new(City::new());
    let (wang, li) = (device(&city, "wang"), device(&city, "li"));
    let case = wang.gewu.report(report()).unwrap().case;
    wang.sync();
    Desk::open(&city, case).hand_over(Scope::Asked("li".into()));
    li.sync();
    assert!(li.gewu.show(case).is_ok());
    restore(&city);
    li.sync();
    li.sync();
    assert!(
        li.gewu.show(case).is_err(),
        "the case is in no scope of li's"
    );
    assert!(wang.gewu.show(case).is_ok());
}

#[test]
fn what_was_written_under_an_earlier_certificate_goes_with_it() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    wang.gewu.report(report()).unwrap();
    city.state().serial += 1;
    wang.gewu.enrol("http://city.test", Some("wang")).unwrap();
    let state = city.state();
    let shown = state
        .requests
        .iter()
        .filter(|request| !request.cases.is_empty());
    let shown: Vec<_> = shown
        .filter_map(|request| request.certificates.as_ref())
        .collect();
    assert_eq!(
        (shown.len(), shown[0].len()),
        (1, 1),
        "the one that the report names"
    );
}
