//! Drafts and their photos.

use std::sync::Arc;

use crate::support::{City, device, photo, report};
use gewu::{GewuError, ReportInput};
use gewu_model::media::EvidenceRole;

#[test]
fn a_draft_saves_itself_and_is_handed_in_once() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let draft = wang.gewu.draft_new(&ReportInput::default()).unwrap();
    let half = ReportInput {
        text: Some("水".into()),
        ..ReportInput::default()
    };
    wang.gewu.draft_update(draft, &half).unwrap();
    let attached = wang
        .gewu
        .attach(draft, photo("manhole-before.jpg", EvidenceRole::Scene))
        .unwrap();
    let wang = wang.reopen(&city);
    let kept = &wang.gewu.draft_list().unwrap()[0];
    assert_eq!(kept.input, half);
    assert_eq!(kept.photos[0].record, attached.record);
    assert!(
        wang.gewu.status().unwrap().photos.is_empty(),
        "a draft's photo is nobody's duty"
    );

    let error = wang.gewu.report_draft(draft).unwrap_err();
    assert!(matches!(
        error,
        GewuError::InvalidInput { field: "class", .. }
    ));
    wang.gewu.draft_update(draft, &report()).unwrap();
    let saved = wang.gewu.report_draft(draft).unwrap();
    assert_eq!(wang.gewu.show(saved.case).unwrap().row.photos, 1);
    assert_eq!(wang.gewu.draft_list().unwrap(), []);
    assert!(matches!(
        wang.gewu.report_draft(draft),
        Err(GewuError::NotFound { .. })
    ));
}

#[test]
fn a_discarded_photo_goes_unless_something_else_names_it() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let picture = || photo("pothole-before.jpg", EvidenceRole::Scene);
    let [one, two] = [(), ()].map(|()| wang.gewu.draft_new(&ReportInput::default()).unwrap());
    let first = wang.gewu.attach(one, picture()).unwrap().record;
    let second = wang.gewu.attach(two, picture()).unwrap().record;
    // Each photo names its own case; the thumbnail names none, so both drafts have the same one.
    assert_ne!(first.sha256, second.sha256);
    assert_eq!(first.thumb_sha256, second.thumb_sha256);
    let thumb = first.thumb_sha256.unwrap();
    wang.gewu.draft_delete(one).unwrap();
    assert!(
        wang.gewu.photo_bytes(first.sha256).is_err(),
        "nothing names it"
    );
    assert!(
        wang.gewu.photo_bytes(thumb).is_ok(),
        "the other draft names it"
    );
    wang.gewu.detach(two, second.sha256).unwrap();
    assert!(
        wang.gewu.photo_bytes(second.sha256).is_err(),
        "nothing does"
    );
    assert!(wang.gewu.photo_bytes(thumb).is_err(), "nothing does");
}
