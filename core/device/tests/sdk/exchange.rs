//! Exchanges: nothing twice, nothing lost, nothing believed that is not signed.

use std::sync::Arc;

use crate::support::city::Weather;
use crate::support::desk::Desk;
use crate::support::{City, Device, START, device, is_synced, options, report, with_photo};
use gewu::host::Method;
use gewu::{Act, CancelToken, Consent, Gewu, GewuError, SyncOutcome, SyncProgress};
use gewu_model::scope::Scope;
use gewu_model::time::Millis;
use gewu_sync::verdict::Verdict;
use gewu_sync::wire::{Cursor, Reading};

#[test]
fn enrolling_fetches_the_rules_and_may_be_done_twice() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    assert_eq!(wang.gewu.packs().unwrap().len(), 2);
    let who = wang.gewu.whoami().unwrap();
    let again = wang.gewu.enrol("http://city.test/", Some("wang")).unwrap();
    assert_eq!(again.who, who);
    assert!(again.packs_ready);
    let elsewhere = wang.gewu.enrol("http://other.test", Some("wang"));
    assert!(matches!(elsewhere, Err(GewuError::NotPermitted { .. })));
}

#[test]
fn a_report_with_its_photo_is_freed_by_receipts_alone() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let saved = wang.gewu.report(with_photo()).unwrap();
    let report = wang.sync();
    assert_eq!(report.outcome, SyncOutcome::Complete);
    assert_eq!(
        (report.accepted, report.uploaded, report.small_uploaded),
        (2, 2, 1)
    );
    assert_eq!(
        (report.photos_acknowledged, report.small_acknowledged),
        (1, 1)
    );
    assert_eq!(report.unsent, 0);
    assert!(is_synced(&wang));
    let shown = wang.gewu.show(saved.case).unwrap();
    assert_eq!(shown.entries[0].received_at, Some(Millis(START + 1)));
    assert_eq!(wang.gewu.verify_projection().unwrap(), []);
    let quiet = wang.sync();
    assert_eq!((quiet.exchanges, quiet.sent, quiet.uploaded), (1, 0, 0));
    let state = city.state();
    let posts = state
        .sent
        .iter()
        .filter(|(method, _)| *method == Method::Post);
    // Enrolment and its exchange, two exchanges around two creations, one quiet exchange.
    assert_eq!(posts.count(), 2 + 4 + 1);
}

#[test]
fn every_answer_may_be_lost_and_nothing_is_sent_twice_or_forgotten() {
    for lost in 0..8 {
        let city = Arc::new(City::new());
        let wang = device(&city, "wang");
        wang.gewu.report(with_photo()).unwrap();
        let mut weather = vec![Weather::Fine; lost];
        weather.push(Weather::LoseAnswer);
        city.weather(weather);
        let first = wang.sync();
        let wang = wang.reopen(&city);
        if first.outcome != SyncOutcome::Complete {
            assert!(!is_synced(&wang), "{lost}: no receipt, so not synced");
            assert_eq!(wang.sync().outcome, SyncOutcome::Complete, "{lost}");
        }
        assert!(is_synced(&wang), "{lost}");
        assert_eq!(city.state().accepted.len(), 2, "{lost}");
        assert_eq!(city.state().media.len(), 2, "{lost}");
        assert_eq!(wang.gewu.verify_projection().unwrap(), [], "{lost}");
    }
}

#[test]
fn verdicts_that_the_city_did_not_sign_free_nobody() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    wang.gewu.report(report()).unwrap();
    city.state().response = Some(Box::new(|response| response.verdicts.body.push(0)));
    match wang.sync().outcome {
        SyncOutcome::Later { why, .. } => assert!(why.contains("not signed"), "{why}"),
        other => panic!("{other:?}"),
    }
    assert!(!is_synced(&wang));
}

#[test]
fn a_device_out_of_use_says_so_in_words_and_keeps_what_it_has() {
    for (compromised, words) in [(false, "retired"), (true, "compromised")] {
        let city = Arc::new(City::new());
        let wang = device(&city, "wang");
        wang.gewu.report(report()).unwrap();
        city.state().response = Some(Box::new(move |response| {
            response.out_of_use = Some(gewu_sync::wire::OutOfUse {
                compromised,
                until: (!compromised).then_some(response.server_time),
            });
        }));
        let SyncOutcome::Stopped { why } = wang.sync().outcome else {
            panic!("it says nothing");
        };
        let kept = match compromised {
            false => "everything on it is kept",
            true => "what it has not delivered is kept",
        };
        assert!(why.contains(words) && why.contains(kept), "{why}");
        let status = wang.gewu.status().unwrap();
        assert_eq!(
            status.last_sync.unwrap().outcome,
            SyncOutcome::Stopped { why }
        );
        assert_eq!(wang.gewu.list(&Default::default()).unwrap().rows.len(), 1);
        city.state().response = None;
        assert_eq!(wang.sync().outcome, SyncOutcome::Complete);
    }
}

#[test]
fn a_restored_server_is_offered_everything_with_its_own_receipt() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let saved = wang.gewu.report(with_photo()).unwrap();
    wang.sync();
    Desk::open(&city, saved.case).hand_over(Scope::Asked("wang".into()));
    wang.sync();
    wang.gewu
        .supplement(saved.case, Act::new().text("还在"))
        .unwrap();
    {
        let mut state = city.state();
        state.generation = 1 << 32;
        state.accepted.clear();
        state.content.clear();
        state.media.clear();
        state.requests.clear();
    }
    let report = wang.sync();
    assert_eq!(report.outcome, SyncOutcome::Complete);
    assert!(is_synced(&wang));
    let state = city.state();
    assert_eq!(
        (state.accepted.len(), state.content.len(), state.media.len()),
        (3, 2, 2)
    );
    let offer = &state.requests[1].cases[0];
    assert!(
        offer.receipt.is_some(),
        "on the receipt it is taken without judging"
    );
    assert_eq!(state.requests[1].generation, 1 << 32);
    // The server may have lost whose keys these are.
    assert_eq!(state.requests[0].certificates, None);
    let shown = state.requests[1].certificates.as_ref().unwrap();
    let keys: Vec<_> = shown
        .iter()
        .map(|signed| signed.certificate().unwrap().key.id())
        .collect();
    assert_eq!(keys, [wang.gewu.whoami().unwrap().device]);
}

#[test]
fn what_is_erased_is_forgotten_here_too() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let saved = wang.gewu.report(with_photo()).unwrap();
    let supplement = wang
        .gewu
        .supplement(saved.case, Act::new().text("秘密"))
        .unwrap();
    city.state()
        .verdicts
        .insert(supplement.change, Verdict::Erased);
    wang.sync();
    assert!(is_synced(&wang));
    let shown = wang.gewu.show(saved.case).unwrap();
    assert_eq!(shown.entries.len(), 1);
    assert_eq!(wang.gewu.verify_projection().unwrap(), []);
    wang.gewu
        .supplement(saved.case, Act::new().text("以后"))
        .unwrap();
    assert_eq!(wang.sync().accepted, 1);
    let needle = "秘密".as_bytes();
    drop(wang.gewu);
    let after = std::fs::read(wang.folder.path().join("gewu.db")).unwrap();
    assert!(!after.windows(needle.len()).any(|part| part == needle));
}

#[test]
fn cancelling_stops_and_the_next_sync_goes_on() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    wang.gewu.report(with_photo()).unwrap();
    let cancel = CancelToken::new();
    let stop = cancel.clone();
    let report = wang.gewu.sync(&mut |_| stop.cancel(), &cancel).unwrap();
    assert_eq!(report.outcome, SyncOutcome::Cancelled);
    assert_eq!(wang.sync().outcome, SyncOutcome::Complete);
    assert!(is_synced(&wang));
}

#[test]
fn enrolling_that_was_cancelled_leaves_the_device_as_it_was() {
    let city = Arc::new(City::new());
    let (folder, clock) = (tempfile::tempdir().unwrap(), Arc::default());
    let gewu = Gewu::open(options(folder.path(), &city, &clock)).unwrap();
    gewu.consent(&Consent { terms: "1".into() }).unwrap();
    let used = CancelToken::new();
    used.cancel();
    let enrol = |cancel| gewu.enrol_telling("http://city.test", Some("wang"), &mut |_| {}, cancel);
    let stopped = enrol(&used).unwrap_err();
    assert!(matches!(stopped, GewuError::Busy { .. }), "{stopped:?}");
    assert!(gewu.whoami().is_err());
    // Once the server has answered, only the first sync ends.
    let late = CancelToken::new();
    let mut stop = |_| late.cancel();
    let enrolled = gewu.enrol_telling("http://city.test", Some("wang"), &mut stop, &late);
    assert_eq!(enrolled.unwrap().who.user.as_str(), "wang");
    assert!(late.is_cancelled());
    assert!(gewu.whoami().is_ok());
}

#[test]
fn a_device_that_lost_its_database_enrols_again_and_goes_on_above_its_counter() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let (folder, clock) = (wang.folder, wang.clock);
    drop(wang.gewu);
    std::fs::write(folder.path().join("gewu.db"), [0x5a; 4_096]).unwrap();
    let open = || Gewu::open(options(folder.path(), &city, &clock));
    assert!(open().is_err());
    let gewu = open().unwrap();
    assert!(gewu.whoami().is_err(), "the new database knows nobody");
    gewu.consent(&Consent { terms: "1".into() }).unwrap();
    city.state().counter = 500;
    gewu.enrol("http://city.test", Some("wang")).unwrap();
    let wang = Device {
        gewu,
        folder,
        clock,
    };
    wang.gewu.report(report()).unwrap();
    assert_eq!(wang.sync().accepted, 2);
    let state = city.state();
    assert!(
        state
            .accepted
            .values()
            .all(|(_, signed)| signed.counter > 500)
    );
}

#[test]
fn a_projection_that_lies_is_found_out() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let saved = wang.gewu.report(report()).unwrap();
    let (folder, clock) = (wang.folder, wang.clock);
    drop(wang.gewu);
    let database = rusqlite::Connection::open(folder.path().join("gewu.db")).unwrap();
    database
        .execute("UPDATE cases SET stage = 'closed'", [])
        .unwrap();
    drop(database);
    let gewu = Gewu::open(options(folder.path(), &city, &clock)).unwrap();
    assert_eq!(gewu.verify_projection().unwrap(), [saved.case]);
}

#[test]
fn a_long_time_offline_goes_up_in_parts_that_a_server_takes() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let (folder, clock) = (wang.folder, wang.clock);
    drop(wang.gewu);
    let mut fast = options(folder.path(), &city, &clock);
    fast.database.synchronous = gewu::db::Synchronous::Off;
    let gewu = Gewu::open(fast).unwrap();
    for _ in 0..1_050 {
        gewu.report(report()).unwrap();
    }
    city.state().requests.clear();
    let sync = gewu.sync(&mut |_| {}, &CancelToken::new()).unwrap();
    assert_eq!((sync.accepted, sync.unsent), (2_100, 0));
    let state = city.state();
    let within = |request: &gewu_sync::wire::Request| {
        let changes: usize = request.cases.iter().map(|push| push.changes.len()).sum();
        let texts: usize = request.cases.iter().map(|push| push.content.len()).sum();
        changes <= gewu_sync::wire::MAX_CHANGES && texts <= gewu_sync::wire::MAX_CHANGES
    };
    assert!(state.requests.len() >= 2 && state.requests.iter().all(within));
    let listed = state.requests[0].counters[0].unsent.len();
    assert_eq!(
        listed, 2_100,
        "the first statement names what the second request brings"
    );
}

#[test]
fn enrolling_tells_how_far_the_first_sync_is() {
    let city = Arc::new(City::new());
    let folder = tempfile::TempDir::new().unwrap();
    let clock = Arc::new(crate::support::TestClock::default());
    let gewu = Gewu::open(options(folder.path(), &city, &clock)).unwrap();
    gewu.consent(&Consent { terms: "1".into() }).unwrap();
    let turns = std::sync::atomic::AtomicU64::new(0);
    city.state().response = Some(Box::new(move |response| {
        let turn = turns.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        response.more = turn < 2;
        response.cursors = vec![Cursor {
            scope: Scope::User("wang".into()),
            generation: 7,
            position: turn + 1,
        }];
        response.reading = (turn == 0).then(|| Reading {
            head: 9,
            scopes: vec![],
            left: 5,
        });
    }));
    let mut left = Vec::new();
    let mut tell = |step| {
        if let SyncProgress::Exchanged { left: still, .. } = step {
            left.push(still);
        }
    };
    gewu.enrol_telling(
        "http://city.test",
        Some("wang"),
        &mut tell,
        &CancelToken::new(),
    )
    .unwrap();
    assert_eq!(left[..3], [Some(5), None, Some(0)]);
}

#[test]
fn a_retired_device_goes_on_reading_what_it_held_and_a_compromised_one_lets_go() {
    for compromised in [false, true] {
        let city = Arc::new(City::new());
        let (wang, li) = (device(&city, "wang"), device(&city, "li"));
        let case = wang.gewu.report(report()).unwrap().case;
        wang.sync();
        let cursor = |scope| Cursor {
            scope,
            generation: 7,
            position: 1,
        };
        Desk::open(&city, case).hand_over(Scope::Asked("li".into()));
        city.state().response = Some(Box::new(move |response| {
            response.cursors = vec![
                cursor(Scope::User("li".into())),
                cursor(Scope::Asked("li".into())),
            ];
        }));
        li.sync();
        // Out of use, it is told of itself and of nothing else.
        city.state().response = Some(Box::new(move |response| {
            response.cursors = vec![cursor(Scope::User("li".into()))];
            response.out_of_use = Some(gewu_sync::wire::OutOfUse {
                compromised,
                until: (!compromised).then_some(response.server_time),
            });
        }));
        li.sync();
        li.sync();
        assert_eq!(li.gewu.show(case).is_ok(), !compromised);
        // In use again and without the scope, it lets go as ever.
        city.state().response = Some(Box::new(move |response| {
            response.cursors = vec![cursor(Scope::User("li".into()))];
        }));
        li.sync();
        assert!(li.gewu.show(case).is_err());
    }
}
