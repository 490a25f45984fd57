//! The exported functions on a device of a city: a real server on a free port.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod host;
mod kit;
mod staying;

use gewu_ffi::*;
use kit::{City, at_the_market, photo, report};

fn field_of(error: &SdkError) -> &str {
    match error {
        SdkError::InvalidInput { field, .. } => field,
        other => panic!("expected invalid input, got {other:?}"),
    }
}

fn none_saved(gewu: &Gewu) -> bool {
    let page = gewu.list(ListQuery::default()).unwrap();
    page.rows.is_empty() && gewu.status().unwrap().synced
}

#[test]
fn enrolling_tells_who_and_brings_the_classes() {
    let city = City::new();
    let device = city.inspector();
    let who = device.gewu.whoami().unwrap();
    assert_eq!((who.user.as_str(), who.server), ("li", city.url()));
    assert_eq!(who.roles, [Role::from("inspector")]);
    let classes = device.gewu.classes().unwrap();
    let manhole = classes.iter().find(|class| class.code == "01002").unwrap();
    assert_eq!(manhole.kind, ClassKind::Component);
    assert!(!manhole.name.zh.is_empty() && !manhole.conditions.is_empty());
}

#[test]
fn a_wrong_code_is_refused_in_the_servers_words() {
    let city = City::new();
    let device = city.stranger();
    let code = Some("WRNG-C0DE".to_owned());
    let error = device
        .gewu
        .enrol(city.url(), &CancelHandle::new().unwrap(), code, None)
        .unwrap_err();
    assert!(
        matches!(&error, SdkError::ServerRefused { .. }),
        "{error:?}"
    );
    assert!(!error.to_string().is_empty());
}

#[test]
fn what_cannot_be_reported_names_its_field_and_leaves_nothing() {
    let city = City::new();
    let device = city.inspector();
    let gewu = &device.gewu;
    let mut unknown = report("unknown");
    unknown.class.code = "99999".to_owned();
    let mut nowhere = report("nowhere");
    nowhere.position.lat = 90.5;
    let mut other_edition = report("edition");
    other_edition.edition = Some("1999".to_owned());
    let mut long = report("long");
    long.text = Some("字".repeat(4_001));
    let mut no_photo = report("no photo");
    no_photo.photos = vec![photo("absent.jpg")];
    let mut not_a_photo = report("not a photo");
    not_a_photo.photos = vec![photo("bad/text.jpg")];
    for (request, field) in [
        (unknown, "class"),
        (nowhere, "position"),
        (other_edition, "edition"),
        (long, "text"),
        (no_photo, "photo"),
        (not_a_photo, "photo"),
    ] {
        let error = gewu.report(request).unwrap_err();
        assert_eq!(field_of(&error), field, "{error}");
        assert!(none_saved(gewu), "{field}");
    }
}

#[test]
fn a_report_is_listed_shown_counted_and_synced() {
    let city = City::new();
    let device = city.inspector();
    let gewu = &device.gewu;
    let mut request = report("井盖缺失");
    request.photos = vec![photo("manhole-before.jpg")];
    let saved = gewu.report(request).unwrap();
    assert_eq!(saved.warning, None);

    let page = gewu.list(ListQuery::default()).unwrap();
    let row = &page.rows[0];
    assert_eq!(
        (row.case, row.stage, row.mine),
        (saved.case, Stage::Reported, true)
    );
    assert_eq!(row.summary.as_deref(), Some("井盖缺失"));
    assert_eq!(row.unit_grid, Some(GridCode::from("990101001001022")));
    let before = gewu.status().unwrap();
    assert!(!before.synced && before.changes >= 1 && before.texts == 1 && before.photos >= 1);

    let report = gewu
        .sync(&CancelHandle::new().unwrap(), None, None)
        .unwrap();
    assert_eq!(report.outcome, SyncOutcome::Complete, "{report:?}");
    assert_eq!(report.unsent, 0);
    let after = gewu.status().unwrap();
    assert!(after.synced && after.photos == 0, "{after:?}");
    let summary = gewu.show(saved.case).unwrap();
    assert_eq!((summary.row.unsent, summary.row.photos), (0, 1));
    assert_eq!(
        (summary.edition.as_deref(), summary.entries.len()),
        (Some("2026"), 1)
    );
    assert_eq!(summary.set_aside, []);
}

#[test]
fn pages_go_on_where_they_ended() {
    let city = City::new();
    let device = city.inspector();
    let gewu = &device.gewu;
    let cases: Vec<CaseId> = ["one", "two", "three"]
        .map(|text| gewu.report(report(text)).unwrap().case)
        .into();
    let page = |after| {
        let query = ListQuery {
            limit: 2,
            after,
            ..ListQuery::default()
        };
        gewu.list(query).unwrap()
    };
    let first = page(None);
    assert!(first.next.is_some());
    let second = page(first.next);
    assert_eq!(
        (first.rows.len(), second.rows.len(), second.next),
        (2, 1, None)
    );
    let rows = first.rows.iter().chain(&second.rows);
    let mut listed: Vec<CaseId> = rows.map(|row| row.case).collect();
    let mut reported = cases;
    listed.sort();
    reported.sort();
    assert_eq!(listed, reported);
}

#[test]
fn a_cancelled_sync_says_so_and_loses_nothing() {
    let city = City::new();
    let device = city.inspector();
    let gewu = &device.gewu;
    gewu.report(report("kept")).unwrap();
    let cancel = CancelHandle::new().unwrap();
    cancel.cancel().unwrap();
    let stopped = gewu.sync(&cancel, None, None).unwrap();
    assert_eq!(stopped.outcome, SyncOutcome::Cancelled);
    assert!(!gewu.status().unwrap().synced);
    let done = gewu
        .sync(&CancelHandle::new().unwrap(), None, None)
        .unwrap();
    assert_eq!((done.outcome, done.unsent), (SyncOutcome::Complete, 0));
}

#[test]
fn an_absent_server_is_an_outcome_and_no_error() {
    let city = City::new();
    let device = city.inspector();
    device.gewu.report(report("kept")).unwrap();
    drop(city);
    let report = device
        .gewu
        .sync(&CancelHandle::new().unwrap(), None, None)
        .unwrap();
    assert!(
        matches!(report.outcome, SyncOutcome::Later { .. }),
        "{report:?}"
    );
    let last = device.gewu.status().unwrap().last_sync.unwrap();
    assert_eq!(last.outcome, report.outcome);
}

#[test]
fn a_place_outside_is_saved_with_a_warning() {
    let city = City::new();
    let device = city.inspector();
    let mut request = report("outside");
    request.position = PositionInput {
        lon: 123.0,
        ..at_the_market()
    };
    let saved = device.gewu.report(request).unwrap();
    assert_eq!(saved.warning, Some(Warning::OutsideEveryGrid));
}
