//! Devices and servers that forget: certificates lost, servers restored, key stores emptied.

use std::sync::Arc;

use crate::support::city::{Weather, problem};
use crate::support::desk::Desk;
use crate::support::{City, Device, START, device, is_synced, options, report};
use gewu::host::Method;
use gewu::{Act, Gewu, GewuError, SyncOutcome};
use gewu_model::crypto::{Ed25519Signer, Signer};
use gewu_model::scope::Scope;
use gewu_model::time::Millis;
use gewu_sync::verdict::{SetAside, Verdict};
use gewu_sync::wire::Cursor;

#[test]
fn a_device_that_the_server_forgot_enrols_again_with_its_key_and_loses_nothing() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    wang.gewu.report(report()).unwrap();
    let who = wang.gewu.whoami().unwrap();
    let unknown = problem(401, "this device is not known to the server");
    let body = String::from_utf8(unknown.body).unwrap();
    city.weather([Weather::Answer(401, unknown.headers, body)]);
    wang.try_sync().unwrap_err();
    let again = wang.gewu.enrol("http://city.test", Some("wang")).unwrap();
    assert_eq!(again.who.device, who.device);
    assert!(is_synced(&wang));
    assert_eq!(enrolments(&city), 2);
}

#[test]
fn a_code_on_an_enrolled_device_gets_it_another_certificate() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    wang.gewu.report(report()).unwrap();
    let who = wang.gewu.whoami().unwrap();
    let url = "http://city.test";
    let wrong = wang.gewu.enrol(url, Some("nonsense")).unwrap_err();
    assert_eq!(wrong.to_string(), "the code is wrong or was used");
    assert_eq!(wang.gewu.whoami().unwrap(), who);
    city.state().lasts = Some(Millis(START * 3));
    let again = wang.gewu.enrol(url, Some("wang")).unwrap().who;
    assert_eq!(again.device, who.device);
    assert_eq!(again.valid_until, Millis(START * 3));
    assert!(is_synced(&wang));
    let wang = wang.reopen(&city);
    assert_eq!(wang.gewu.whoami().unwrap(), again);
    let other = wang.gewu.enrol(url, Some("li")).unwrap_err();
    assert!(matches!(other, GewuError::NotPermitted { .. }), "{other:?}");
    assert_eq!(wang.gewu.whoami().unwrap(), again);
}

#[test]
fn staff_that_the_server_forgot_are_told_to_bring_a_code_and_a_citizen_needs_none() {
    let city = Arc::new(City::new());
    let forgotten = || {
        let unknown = problem(401, "this device is not known to the server");
        let body = String::from_utf8(unknown.body).unwrap();
        city.weather([Weather::Answer(401, unknown.headers, body)]);
    };
    let wang = device(&city, "wang");
    wang.gewu.report(report()).unwrap();
    forgotten();
    let refused = wang.gewu.enrol("http://city.test", None).unwrap_err();
    assert!(refused.to_string().contains("fresh code"), "{refused}");
    wang.clock.pass(START * 2);
    let run_out = wang.gewu.enrol("http://city.test", None).unwrap_err();
    assert!(run_out.to_string().contains("fresh code"), "{run_out}");
    assert_eq!(enrolments(&city), 1, "nobody became a citizen");
    assert_eq!(wang.gewu.status().unwrap().cases[0].changes.len(), 2);
    let someone = device(&city, "citizen");
    someone.gewu.report(report()).unwrap();
    forgotten();
    someone.gewu.enrol("http://city.test", None).unwrap();
    assert_eq!(enrolments(&city), 3);
    assert!(is_synced(&someone));
}

fn enrolments(city: &City) -> usize {
    let enrolment = (Method::Post, "/v1/enrol".to_owned());
    let state = city.state();
    state.sent.iter().filter(|sent| **sent == enrolment).count()
}

#[test]
fn a_device_with_one_city_s_work_joins_no_other_city() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    wang.gewu.report(report()).unwrap();
    let Device {
        gewu,
        folder,
        clock,
    } = wang;
    drop(gewu);
    std::fs::remove_dir_all(folder.path().join("secrets")).unwrap();
    let mut other = City::new();
    other.root = Ed25519Signer::from_seed(&[9; 32]);
    let other = Arc::new(other);
    assert_ne!(other.root.public_key(), city.root.public_key());
    let gewu = Gewu::open(options(folder.path(), &other, &clock)).unwrap();
    let joined = gewu.enrol("http://other.test", Some("wang"));
    assert!(
        matches!(joined, Err(GewuError::NotPermitted { .. })),
        "{joined:?}"
    );
    drop(gewu);
    let gewu = Gewu::open(options(folder.path(), &city, &clock)).unwrap();
    gewu.enrol("http://city.test", Some("wang")).unwrap();
    assert!(gewu.status().unwrap().synced);
    assert_eq!(city.state().accepted.len(), 2);
}

/// A case with a refused text in it and a later one, and a server that has lost everything; gives how
/// many texts it holds in the end.
fn texts_after_a_restore(before: impl FnOnce(&Device)) -> usize {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let case = wang.gewu.report(report()).unwrap().case;
    let refused = wang.gewu.supplement(case, Act::new().text("被拒")).unwrap();
    let verdict = Verdict::SetAside {
        reason: SetAside::Quota,
    };
    city.state().verdicts.insert(refused.change, verdict);
    wang.gewu.supplement(case, Act::new().text("其后")).unwrap();
    wang.sync();
    assert!(is_synced(&wang));
    {
        let mut state = city.state();
        state.generation = 1 << 32;
        state.accepted.clear();
        state.content.clear();
        state.named.clear();
    }
    before(&wang);
    assert_eq!(wang.sync().outcome, SyncOutcome::Complete);
    assert!(is_synced(&wang), "nothing is left that nobody takes");
    city.state().content.len()
}

#[test]
fn a_restored_server_gets_the_refused_texts_too_with_the_word_that_refused_them() {
    let held = texts_after_a_restore(|_| {});
    assert_eq!(held, 3, "every text that counts, and the refused one's");
}

#[test]
fn a_restored_server_is_not_asked_to_hold_texts_that_nothing_names() {
    let held = texts_after_a_restore(|wang| {
        let file = wang.folder.path().join("gewu.db");
        let database = rusqlite::Connection::open(file).unwrap();
        // As an app left it that did not keep the server's signed verdicts.
        let sql = "UPDATE changes SET verdict = NULL";
        database.execute(sql, []).unwrap();
    });
    assert_eq!(held, 2, "every text that counts");
}

#[test]
fn a_case_that_was_left_while_something_was_owed_goes_once_it_is_delivered() {
    let city = Arc::new(City::new());
    let (wang, li) = (device(&city, "wang"), device(&city, "li"));
    let case = wang.gewu.report(report()).unwrap().case;
    wang.sync();
    let scope = Scope::Asked("li".into());
    Desk::open(&city, case).hand_over(scope.clone());
    li.sync();
    let own = li
        .gewu
        .note(case, Act::new().text("还没交"))
        .unwrap()
        .change;
    city.state().verdicts.insert(own, Verdict::Pending);
    let mut leaving = Desk::open(&city, case).pull(scope);
    leaving.left = std::mem::take(&mut leaving.entered);
    city.state().pulls.push(leaving);
    li.sync();
    assert!(li.gewu.show(case).is_ok(), "it still owes a note");
    city.state().verdicts.clear();
    li.sync();
    li.sync();
    assert!(li.gewu.show(case).is_err(), "nothing is owed any more");
}

#[test]
fn a_case_that_was_left_stays_until_a_backup_has_what_was_written_in_it() {
    let city = Arc::new(City::new());
    let (wang, li) = (device(&city, "wang"), device(&city, "li"));
    let case = wang.gewu.report(report()).unwrap().case;
    wang.sync();
    let scope = Scope::Asked("li".into());
    Desk::open(&city, case).hand_over(scope.clone());
    li.sync();
    li.gewu.note(case, Act::new().text("在场")).unwrap();
    let covers = |at: i64| {
        city.state().response = Some(Box::new(move |response| {
            response.backup_covers = Some(Millis(at));
        }));
    };
    // The server has a backup, but none that is as young as the note.
    covers(1);
    li.sync();
    let mut leaving = Desk::open(&city, case).pull(scope);
    leaving.left = std::mem::take(&mut leaving.entered);
    city.state().pulls.push(leaving);
    li.sync();
    assert!(
        li.gewu.show(case).is_ok(),
        "a restored server would not have the note"
    );
    covers(i64::MAX);
    li.sync();
    assert!(li.gewu.show(case).is_err(), "the backup has it");
}

#[test]
fn a_case_stays_until_a_restored_server_has_it_again() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let case = wang.gewu.report(report()).unwrap().case;
    wang.sync();
    let scope = || Scope::Asked("wang".into());
    Desk::open(&city, case).hand_over(scope());
    city.state().response = Some(Box::new(move |response| {
        response.cursors = vec![Cursor {
            scope: scope(),
            generation: 7,
            position: 1,
        }];
    }));
    wang.sync();
    {
        let mut state = city.state();
        state.generation = 1 << 32;
        state.accepted.clear();
        state.response = Some(Box::new(|response| response.cursors.clear()));
    }
    wang.sync();
    assert_eq!(city.state().accepted.len(), 2);
}
