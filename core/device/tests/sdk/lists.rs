//! Lists and watches.

use std::sync::Arc;

use std::time::Duration;

use crate::support::{City, device, report};
use gewu::{Act, Over, Query, UnsentWork, UploadPolicy};

#[test]
fn lists_page_without_gaps_and_watches_tell() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let mut watch = wang.gewu.watch(&Query::default()).unwrap();
    assert_eq!(watch.page.rows, []);
    for _ in 0..7 {
        wang.gewu.report(report()).unwrap();
        wang.clock.pass(1_000);
    }
    let event = watch.next(std::time::Duration::from_secs(5)).unwrap();
    assert_eq!(event.changed.len(), 7);
    assert_eq!(watch.next(std::time::Duration::from_millis(10)), None);
    let mut query = Query {
        limit: 3,
        mine: true,
        ..Query::default()
    };
    let mut seen = Vec::new();
    loop {
        let page = wang.gewu.list(&query).unwrap();
        seen.extend(page.rows.iter().map(|row| row.case));
        match page.next {
            Some(next) => query.after = Some(next.to_string().parse().unwrap()),
            None => break,
        }
    }
    let whole = wang.gewu.list(&Query::default()).unwrap().rows;
    assert_eq!(seen, whole.iter().map(|row| row.case).collect::<Vec<_>>());
    assert!(whole.is_sorted_by_key(|row| std::cmp::Reverse(row.updated_at)));
    let by = |query: Query| wang.gewu.list(&query).unwrap().rows.len();
    assert_eq!(
        by(Query {
            duty_grid: Some("990101Z01".into()),
            ..Query::default()
        }),
        7
    );
    assert_eq!(
        by(Query {
            duty_grid: Some("990101Z02".into()),
            ..Query::default()
        }),
        0
    );
    assert_eq!(
        by(Query {
            text: Some("井盖".into()),
            ..Query::default()
        }),
        7
    );
    assert_eq!(
        by(Query {
            unit: Some("drainage".into()),
            ..Query::default()
        }),
        0
    );
}

#[test]
fn changes_are_told_apart_by_what_they_touch_and_end_with_the_device() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let mut changes = wang.gewu.changes();
    let soon = Duration::from_millis(10);
    assert_eq!(changes.next(soon), None, "nothing was saved yet");
    let policy = UploadPolicy {
        photos: Over::Wifi,
        ..UploadPolicy::default()
    };
    wang.gewu.set_upload_policy(&policy).unwrap();
    let change = changes.next(soon).unwrap();
    assert!(!change.cases, "no case changed");
    wang.gewu.report(report()).unwrap();
    wang.gewu.set_upload_policy(&policy).unwrap();
    let both = changes.next(soon).unwrap();
    assert!(both.cases && both.revision > change.revision);
    assert_eq!(changes.next(soon), None);
    let folder = tempfile::tempdir().unwrap();
    let export = UnsentWork::Export(folder.path().to_path_buf());
    wang.gewu.sign_out(export).unwrap();
    assert!(changes.next(soon).unwrap().cases, "all cases went");
    assert!(!changes.is_over());
    drop(wang);
    assert_eq!(changes.next(Duration::from_secs(60)), None);
    assert!(changes.is_over());
}

#[test]
fn a_cancelled_wait_for_changes_ends_at_once() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let mut changes = wang.gewu.changes();
    let canceller = changes.canceller();
    let waiting = std::thread::spawn(move || (changes.next(Duration::from_secs(60)), changes));
    canceller.cancel();
    let (told, changes) = waiting.join().unwrap();
    assert_eq!(told, None);
    assert!(changes.is_over());
}

#[test]
fn what_is_allowed_can_be_done_and_nothing_else_is_offered() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let case = wang.gewu.report(report()).unwrap().case;
    let allowed = wang.gewu.allowed(case).unwrap();
    assert!(
        allowed.iter().any(|kind| kind == "supplement"),
        "{allowed:?}"
    );
    assert!(allowed.iter().any(|kind| kind == "withdraw"), "{allowed:?}");
    for kind in ["report", "register", "verify", "check", "handle", "close"] {
        assert!(
            !allowed.iter().any(|name| name == kind),
            "{kind}: {allowed:?}"
        );
    }
    let act = || Act::new().text("x");
    wang.gewu.supplement(case, act()).unwrap();
    wang.gewu.note(case, act()).unwrap();
    wang.gewu.withdraw(case, act()).unwrap();
    let denied = wang.gewu.handle(case, act());
    assert!(matches!(denied, Err(gewu::GewuError::NotPermitted { .. })));
    let unknown = wang.gewu.allowed(gewu_model::ids::CaseId([7; 16]));
    assert!(matches!(unknown, Err(gewu::GewuError::NotFound { .. })));
}
