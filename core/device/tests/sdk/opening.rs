//! Opening, consent, leaving.

use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crate::support::{City, Device, TestClock, device, options, report};
use gewu::{CancelToken, Consent, Gewu, GewuError, Options, Query, StorageProblem, UnsentWork};
use gewu_sync::wire::CasePush;
use tempfile::TempDir;

#[test]
fn nothing_happens_before_consent() {
    let city = Arc::new(City::new());
    let folder = tempfile::tempdir().unwrap();
    let gewu = Gewu::open(options(folder.path(), &city, &Arc::default())).unwrap();
    assert!(!gewu.has_consent().unwrap());
    let refused = |error: GewuError| matches!(error, GewuError::NotPermitted { .. });
    assert!(refused(
        gewu.enrol("http://city.test", Some("wang")).unwrap_err()
    ));
    assert!(refused(gewu.report(report()).unwrap_err()));
    assert!(refused(gewu.draft_new(&report()).unwrap_err()));
    assert!(refused(
        gewu.sync(&mut |_| {}, &CancelToken::new()).unwrap_err()
    ));
    assert_eq!(city.state().sent, []);
    gewu.consent(&Consent { terms: "1".into() }).unwrap();
    let error = gewu.report(report()).unwrap_err();
    assert!(matches!(error, GewuError::NotEnrolled { .. }));
}

#[test]
fn one_process_at_a_time() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let second = Gewu::open(Options {
        lock_patience: Duration::from_millis(1),
        ..options(wang.folder.path(), &city, &wang.clock)
    });
    assert!(matches!(second, Err(GewuError::Busy { .. })));
    drop(wang.reopen(&city));
}

#[test]
fn opening_waits_for_another_process_that_is_soon_done() {
    let city = Arc::new(City::new());
    let Device {
        gewu,
        folder,
        clock,
    } = device(&city, "wang");
    let other = thread::spawn(move || {
        thread::sleep(Duration::from_millis(300));
        drop(gewu);
    });
    let gewu = Gewu::open(options(folder.path(), &city, &clock)).unwrap();
    gewu.report(report()).unwrap();
    other.join().unwrap();
}

#[test]
fn an_emptied_database_is_said_once_and_then_begun_anew() {
    let (city, folder, clock) = gone(|path| std::fs::write(path, []).unwrap());
    match Gewu::open(options(folder.path(), &city, &clock)) {
        Err(GewuError::Storage {
            problem: StorageProblem::Corrupt { moved_to },
        }) => assert!(moved_to.exists()),
        other => panic!("{other:?}"),
    }
    begins_anew(&city, &folder, &clock);
}

#[test]
fn a_removed_database_is_said_once_and_then_begun_anew() {
    let (city, folder, clock) = gone(|path| std::fs::remove_file(path).unwrap());
    let said = Gewu::open(options(folder.path(), &city, &clock)).unwrap_err();
    assert!(said.to_string().contains("gone"), "{said}");
    begins_anew(&city, &folder, &clock);
}

#[test]
fn a_database_that_nobody_enrolled_with_may_go() {
    let city = Arc::new(City::new());
    let folder = tempfile::tempdir().unwrap();
    let open = || Gewu::open(options(folder.path(), &city, &Arc::default())).unwrap();
    drop(open());
    std::fs::remove_file(folder.path().join("gewu.db")).unwrap();
    drop(open());
}

/// A device with an unsent report, to whose database something happened.
fn gone(happens: impl Fn(&Path)) -> (Arc<City>, TempDir, Arc<TestClock>) {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    wang.gewu.report(report()).unwrap();
    drop(wang.gewu);
    happens(&wang.folder.path().join("gewu.db"));
    (city, wang.folder, wang.clock)
}

fn begins_anew(city: &Arc<City>, folder: &TempDir, clock: &Arc<TestClock>) {
    let gewu = Gewu::open(options(folder.path(), city, clock)).unwrap();
    assert!(matches!(gewu.whoami(), Err(GewuError::NotEnrolled { .. })));
    gewu.consent(&Consent { terms: "1".into() }).unwrap();
    gewu.enrol("http://city.test", Some("wang")).unwrap();
    gewu.report(report()).unwrap();
    gewu.sync(&mut |_| {}, &CancelToken::new()).unwrap();
    assert!(gewu.status().unwrap().synced);
    drop(gewu);
    drop(Gewu::open(options(folder.path(), city, clock)).unwrap());
}

#[test]
fn a_damaged_database_is_moved_aside_and_said() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let path = wang.folder.path().join("gewu.db");
    let (folder, clock) = (wang.folder, wang.clock);
    drop(wang.gewu);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[..64].fill(0x5a);
    std::fs::write(&path, &bytes).unwrap();
    let moved_to = match Gewu::open(options(folder.path(), &city, &clock)) {
        Err(GewuError::Storage {
            problem: StorageProblem::Corrupt { moved_to },
        }) => moved_to,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        std::fs::read(moved_to).unwrap(),
        bytes,
        "not a byte is lost"
    );
    let fresh = Gewu::open(options(folder.path(), &city, &clock)).unwrap();
    assert!(!fresh.has_consent().unwrap());
}

#[test]
fn leaving_is_refused_while_something_is_unsent() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    wang.gewu.report(report()).unwrap();
    let refused = wang.gewu.sign_out(UnsentWork::Refuse).unwrap_err();
    assert!(matches!(refused, GewuError::NotPermitted { .. }));
    let export = wang.folder.path().join("export");
    wang.gewu
        .sign_out(UnsentWork::Export(export.clone()))
        .unwrap();
    let exported = std::fs::read(export.join("unsent.cbor")).unwrap();
    let pushes: Vec<CasePush> = gewu_model::cbor::from_slice(&exported).unwrap();
    assert_eq!((pushes[0].changes.len(), pushes[0].content.len()), (2, 1));
    assert!(matches!(
        wang.gewu.whoami(),
        Err(GewuError::NotEnrolled { .. })
    ));
    assert_eq!(wang.gewu.list(&Query::default()).unwrap().rows, []);
}

#[test]
fn an_older_app_refuses_a_newer_database_with_words_and_leaves_it_as_it_is() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    wang.gewu.report(report()).unwrap();
    let Device {
        gewu,
        folder,
        clock,
    } = wang;
    drop(gewu);
    let path = folder.path().join("gewu.db");
    let version = |version: u32| {
        let db = rusqlite::Connection::open(&path).unwrap();
        let before: u32 = db
            .query_row("PRAGMA user_version", [], |row| row.get(0))
            .unwrap();
        db.pragma_update(None, "user_version", version).unwrap();
        before
    };
    let known = version(900);
    let before = std::fs::read(&path).unwrap();
    match Gewu::open(options(folder.path(), &city, &clock)) {
        Err(GewuError::TooOld { what }) => assert!(what.contains("update the app"), "{what}"),
        other => panic!("{other:?}"),
    }
    assert_eq!(std::fs::read(&path).unwrap(), before);
    version(known);
    let gewu = Gewu::open(options(folder.path(), &city, &clock)).unwrap();
    assert_eq!(gewu.status().unwrap().cases.len(), 1);
}

#[test]
fn a_folder_without_a_name_is_refused_and_nothing_is_made() {
    for made in [Options::folder(""), Options::folder_and_secrets("", "keys")] {
        let refused = made.map(drop).unwrap_err();
        assert!(
            matches!(
                &refused,
                GewuError::InvalidInput {
                    field: "folder",
                    ..
                }
            ),
            "{refused}"
        );
    }
    assert!(!Path::new("secrets").exists() && !Path::new("media").exists());
}
