//! What the centre erased goes from the device and does not come back.

use std::sync::Arc;

use gewu::{Act, GewuError, ReportInput};
use gewu_model::entry::{Body, Erase};
use gewu_model::ids::Digest;
use gewu_model::media::EvidenceRole;
use gewu_model::scope::Scope;

use crate::support::desk::Desk;
use crate::support::{City, Device, device, is_synced, photo, report, with_photo};

/// The text and the photo of the only entry, and the photo's small picture.
fn named(device: &Device, case: gewu_model::ids::CaseId) -> (Digest, Digest, Digest) {
    let shown = device.gewu.show(case).unwrap();
    let entry = &shown.entries[0];
    let record = &entry.photos[0].record;
    (
        *entry.texts.keys().next().unwrap(),
        record.sha256,
        record.thumb_sha256.unwrap(),
    )
}

fn lies_here(device: &Device, file: &Digest) -> bool {
    let name = file.to_string();
    let media = device.folder.path().join("media");
    media.join(&name[..2]).join(&name).exists()
}

#[test]
fn an_instruction_takes_text_files_and_drafts_and_is_remembered() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let case = wang.gewu.report(with_photo()).unwrap().case;
    wang.sync();
    let (text, file, small) = named(&wang, case);
    let draft = wang.gewu.draft_new(&report()).unwrap();
    let same = || photo("manhole-before.jpg", EvidenceRole::Scene);
    let attached = wang.gewu.attach(draft, same()).unwrap().record;

    let mut desk = Desk::open(&city, case);
    desk.instruct(Body::Erase(Erase {
        texts: vec![text],
        files: vec![file],
        note: None,
    }));
    desk.hand_over(Scope::Asked("wang".into()));
    wang.sync();

    let shown = wang.gewu.show(case).unwrap();
    assert_eq!(shown.entries[0].texts[&text], None);
    let gone = &shown.entries[0].photos[0];
    assert!(gone.erased && !gone.held && shown.complete);
    assert_eq!(shown.erased, [text, file].into());
    assert_eq!(shown.row.summary, None);
    assert!(!lies_here(&wang, &file) && !lies_here(&wang, &small));
    assert!(wang.gewu.draft(draft).unwrap().photos.is_empty());
    assert!(attached.all_files().all(|file| !lies_here(&wang, &file)));
    let refused = wang.gewu.attach(draft, same());
    assert!(
        matches!(refused, Err(GewuError::InvalidInput { .. })),
        "{refused:?}"
    );
    let refused = wang.gewu.photo_bytes(file);
    assert!(
        matches!(refused, Err(GewuError::NotFound { .. })),
        "{refused:?}"
    );
    assert_eq!(wang.gewu.verify_projection().unwrap(), []);
    assert!(is_synced(&wang));
}

#[test]
fn a_verdict_frees_an_unsent_text_and_photo_for_good() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let case = wang.gewu.report(with_photo()).unwrap().case;
    let (text, file, small) = named(&wang, case);
    city.state().erased = vec![text, file, small];
    wang.sync();
    assert!(is_synced(&wang));
    assert!(city.state().media.is_empty(), "nothing went up");
    let shown = wang.gewu.show(case).unwrap();
    assert_eq!(shown.erased, [text, file].into());
    assert!(!lies_here(&wang, &file) && !lies_here(&wang, &small));
    // A restored server is offered everything but that.
    {
        let mut state = city.state();
        state.generation += 1 << 32;
        state.erased.clear();
        state.content.clear();
        state.requests.clear();
    }
    wang.sync();
    assert!(is_synced(&wang));
    let state = city.state();
    let offered = state.requests.iter().flat_map(|request| &request.cases);
    assert!(offered.clone().count() > 0);
    assert!(offered.into_iter().all(|push| push.content.is_empty()));
    assert!(
        state
            .requests
            .iter()
            .all(|request| request.media.is_empty())
    );
}

#[test]
fn a_redacted_copy_is_named_by_its_original_and_takes_its_place() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let case = wang.gewu.report(with_photo()).unwrap().case;
    wang.sync();
    let (_, file, _) = named(&wang, case);
    let copy = |of: Digest| photo("manhole-after.jpg", EvidenceRole::Scene).redacting(of);
    let remark = |of: Digest| Act::new().text("车牌已遮盖").photo(copy(of));

    let unknown = wang.gewu.note(case, remark(Digest([7; 32]))).unwrap_err();
    let names_the_field = |field: &str| field == "redacts";
    assert!(
        matches!(&unknown, GewuError::InvalidInput { field, .. } if names_the_field(field)),
        "{unknown}"
    );
    let first = ReportInput {
        photos: vec![copy(file)],
        ..report()
    };
    assert!(wang.gewu.report(first).is_err());
    let draft = wang.gewu.draft_new(&report()).unwrap();
    assert!(wang.gewu.attach(draft, copy(file)).is_err());
    wang.gewu.draft_delete(draft).unwrap();

    let same = photo("manhole-before.jpg", EvidenceRole::Scene).redacting(file);
    let same = wang.gewu.note(case, Act::new().text("一样").photo(same));
    assert!(
        matches!(&same, Err(GewuError::InvalidInput { field, .. }) if names_the_field(field)),
        "a copy of the same camera's file hides nothing: {same:?}"
    );

    wang.gewu.note(case, remark(file)).unwrap();
    wang.sync();
    is_synced(&wang);
    let shown = wang.gewu.show(case).unwrap();
    let redacted = &shown.entries[1].photos[0];
    assert_eq!(redacted.record.redaction_of, Some(file));
    let original = &shown.entries[0].photos[0];
    assert_eq!(original.redacted_copies, [redacted.record.sha256]);
    assert_eq!((original.shown_instead, shown.row.photos), (None, 1));

    let mut desk = Desk::open(&city, case);
    desk.instruct(Body::Erase(Erase {
        texts: vec![],
        files: vec![file],
        note: None,
    }));
    desk.hand_over(Scope::Asked("wang".into()));
    wang.sync();
    let shown = wang.gewu.show(case).unwrap();
    let (gone, redacted) = (&shown.entries[0].photos[0], &shown.entries[1].photos[0]);
    assert!(gone.erased && !redacted.erased && redacted.held);
    assert_eq!(gone.shown_instead, Some(redacted.record.sha256));
    assert_eq!(shown.row.photos, 1);
}
