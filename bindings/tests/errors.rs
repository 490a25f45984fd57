//! What an app gets that calls too early, or hands in what cannot be taken.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use gewu_ffi::*;
use tempfile::TempDir;
use uniffi::{Lift, Lower};

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn open(folder: &TempDir) -> Gewu {
    Gewu::open(folder.path().to_str().unwrap().to_owned()).unwrap()
}

fn consenting(folder: &TempDir) -> Gewu {
    let gewu = open(folder);
    gewu.consent("2026-01".to_owned()).unwrap();
    gewu
}

fn query() -> ListQuery {
    ListQuery::default()
}

fn request() -> ReportRequest {
    let class = ClassRef {
        kind: ClassKind::Component,
        code: "01002".to_owned(),
    };
    ReportRequest {
        class,
        position: PositionInput::wgs84(123.43, 41.80),
        edition: None,
        condition: None,
        text: None,
        component: None,
        measured_milli: None,
        campaign: None,
        self_handled: false,
        language: None,
        contact: None,
        photos: Vec::new(),
    }
}

#[test]
fn consent_comes_first_and_is_kept() {
    let folder = folder();
    let gewu = open(&folder);
    assert_eq!(gewu.has_consent(), Ok(false));
    let early = gewu.report(request());
    assert!(
        matches!(early, Err(SdkError::NotPermitted { .. })),
        "{early:?}"
    );
    let nothing = gewu.consent(" ".to_owned()).unwrap_err();
    assert!(matches!(&nothing, SdkError::InvalidInput { field, .. } if field == "terms"));
    gewu.consent("2026-01".to_owned()).unwrap();
    drop(gewu);
    assert_eq!(open(&folder).has_consent(), Ok(true));
}

#[test]
fn a_device_of_no_city_says_that_it_must_enrol() {
    let folder = folder();
    let gewu = consenting(&folder);
    let errors = [
        gewu.whoami().unwrap_err(),
        gewu.report(request()).unwrap_err(),
        gewu.sync(&CancelHandle::new().unwrap(), None, None)
            .unwrap_err(),
    ];
    for error in errors {
        assert!(matches!(error, SdkError::NotEnrolled { .. }), "{error:?}");
        assert!(error.to_string().contains("enrol"), "{error}");
    }
}

#[test]
fn an_empty_device_lists_nothing_and_owes_nothing() {
    let folder = folder();
    let gewu = open(&folder);
    let page = gewu.list(query()).unwrap();
    assert_eq!((page.rows.len(), page.next), (0, None));
    let status = gewu.status().unwrap();
    assert!(status.synced);
    assert_eq!(
        (status.changes, status.photos, status.last_sync),
        (0, 0, None)
    );
}

#[test]
fn an_unknown_case_is_not_found() {
    let folder = folder();
    let unknown = open(&folder).show(CaseId([7; 16])).unwrap_err();
    assert!(matches!(unknown, SdkError::NotFound { .. }), "{unknown:?}");
}

#[test]
fn a_folder_belongs_to_one_object_until_it_is_dropped() {
    let folder = folder();
    let first = open(&folder);
    let path = folder.path().to_str().unwrap().to_owned();
    let second = Gewu::open(path).err();
    assert!(matches!(second, Some(SdkError::Busy { .. })), "{second:?}");
    drop(first);
    open(&folder);
}

#[test]
fn a_file_in_the_place_of_the_folder_is_a_problem_of_storage() {
    let folder = folder();
    let file = folder.path().join("file");
    std::fs::write(&file, "text").unwrap();
    let error = Gewu::open(file.to_str().unwrap().to_owned()).err();
    assert!(matches!(error, Some(SdkError::Storage { .. })), "{error:?}");
}

#[test]
fn a_wrong_address_and_an_absent_server_are_told_apart() {
    let folder = folder();
    let gewu = consenting(&folder);
    let handle = CancelHandle::new().unwrap();
    let wrong = gewu
        .enrol("city hall".to_owned(), &handle, None, None)
        .unwrap_err();
    assert!(
        matches!(&wrong, SdkError::InvalidInput { field, .. } if field == "server"),
        "{wrong:?}"
    );
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let absent = gewu.enrol(address, &handle, None, None).unwrap_err();
    assert!(matches!(absent, SdkError::Network { .. }), "{absent:?}");
}

#[test]
fn enrolling_at_a_silent_server_is_cancelled() {
    let folder = folder();
    let gewu = consenting(&folder);
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", silent.local_addr().unwrap());
    let handle = CancelHandle::new().unwrap();
    let begun = std::time::Instant::now();
    let stopped = std::thread::scope(|scope| {
        let enrolling = scope.spawn(|| gewu.enrol(address, &handle, None, None));
        let _held = silent.accept().unwrap();
        handle.cancel().unwrap();
        enrolling.join().unwrap().unwrap_err()
    });
    assert!(matches!(stopped, SdkError::Busy { .. }), "{stopped:?}");
    assert!(begun.elapsed() < std::time::Duration::from_secs(5));
    assert!(matches!(gewu.whoami(), Err(SdkError::NotEnrolled { .. })));
}

/// What a language hands over as a `T` and was only text.
fn lifted<T: Lift<UniFfiTag, FfiType = uniffi::RustBuffer>>(text: &str) -> uniffi::Result<T> {
    T::try_lift(<String as Lower<UniFfiTag>>::lower(text.to_owned()))
}

#[test]
fn text_that_is_no_identity_is_an_error_and_no_crash() {
    let case: CaseId = lifted("00112233445566778899aabbccddeeff").unwrap();
    assert_eq!(case.to_string(), "00112233445566778899aabbccddeeff");
    let error = lifted::<CaseId>("case 7").unwrap_err();
    let Ok(SdkError::InvalidInput { field, text }) = error.downcast() else {
        panic!("an error that no app can catch");
    };
    assert_eq!(field, "case");
    assert!(text.contains("32 hexadecimal digits"), "{text}");
    let error = lifted::<PageKey>("page 2").unwrap_err();
    assert!(
        matches!(error.downcast(), Ok(SdkError::InvalidInput { field, .. }) if field == "after")
    );
}

#[test]
fn a_used_handle_stays_used() {
    let handle = CancelHandle::new().unwrap();
    assert_eq!(handle.is_cancelled(), Ok(false));
    handle.cancel().unwrap();
    assert_eq!(handle.is_cancelled(), Ok(true));
}
