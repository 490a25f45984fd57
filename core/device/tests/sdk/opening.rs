//! Opening, consent, leaving.

use std::sync::Arc;

use crate::support::{City, device, options, report};
use gewu::{CancelToken, Consent, Gewu, GewuError, Query, StorageProblem, UnsentWork};
use gewu_sync::wire::CasePush;

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
    let second = Gewu::open(options(wang.folder.path(), &city, &wang.clock));
    assert!(matches!(second, Err(GewuError::Busy { .. })));
    drop(wang.reopen(&city));
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
