//! What becomes of a photo between the host and the record.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use gewu::{
    BundledPack, CancelToken, Consent, Gewu, GewuError, PhotoInput, PhotoStage, ReportInput,
};
use gewu_evidence::read_metadata;
use gewu_model::crypto::sha256;
use gewu_model::media::{EvidenceRecord, EvidenceRole, MediaType, Provenance};
use gewu_model::policy::BUILT_IN;
use gewu_model::time::ClockTrust;

use crate::support::{City, Device, TestClock, device, fixture, options, photo, report};

fn record_of(gewu: &Gewu, input: ReportInput) -> EvidenceRecord {
    let saved = gewu.report(input).unwrap();
    let shown = gewu.show(saved.case).unwrap();
    shown.entries[0].photos[0].record.clone()
}

fn from_album(name: &str) -> PhotoInput {
    PhotoInput {
        provenance: Provenance::Picker,
        ..photo(name, EvidenceRole::Scene)
    }
}

fn with_photo(photo: PhotoInput) -> ReportInput {
    ReportInput {
        photos: vec![photo],
        ..report()
    }
}

#[test]
fn a_photo_from_the_album_brings_its_own_time_and_place() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let record = record_of(&wang.gewu, with_photo(from_album("leaflets-sideways.jpg")));
    // 2026-03-03 10:05:00 at +08:00, stored on its side.
    assert_eq!(record.captured_at.0, 1_772_503_500_000);
    assert_eq!(record.captured_offset_min, Some(480));
    assert_eq!(record.media_type, MediaType::Jpeg);
    assert!(record.height != 640 || record.width == 480, "upright");
    let place = record.position.clone().unwrap();
    let kept = wang.gewu.photo_bytes(record.sha256).unwrap();
    let told = read_metadata(&kept);
    assert_eq!(told.position.unwrap().sealed(None), Some(place));
    assert_eq!((told.make, told.orientation.to_exif()), (None, 1));
}

/// What comes from a file was not taken now, whatever the file says of its time.
#[test]
fn an_imported_photo_is_as_old_as_it_says_or_as_its_file() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let import = |input: PhotoInput| with_photo(input.with_provenance(Provenance::Import));
    let told = photo("leaflets-sideways.jpg", EvidenceRole::Scene);
    let record = record_of(&wang.gewu, import(told));
    assert_eq!(record.provenance, Provenance::Import);
    assert_eq!(record.captured_at.0, 1_772_503_500_000);
    assert_eq!(record.clock, ClockTrust::Device);
    let silent = wang.folder.path().join("silent.png");
    std::fs::write(&silent, fixture("photos/lamp-after.png")).unwrap();
    let then = UNIX_EPOCH + Duration::from_millis(1_500_000_000_000);
    let file = std::fs::File::options().write(true).open(&silent).unwrap();
    file.set_modified(then).unwrap();
    let record = record_of(
        &wang.gewu,
        import(PhotoInput::file(&silent, EvidenceRole::Scene)),
    );
    assert_eq!(record.captured_at.0, 1_500_000_000_000);
    assert_eq!(record.clock, ClockTrust::Doubtful);
}

#[test]
fn attaching_tells_how_far_it_is_and_stops_when_asked() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let draft = wang.gewu.draft_new(&ReportInput::default()).unwrap();
    let mut heard = Vec::new();
    let picture = || photo("pothole-before.jpg", EvidenceRole::Scene);
    let attached = wang
        .gewu
        .attach_watched(draft, picture(), &CancelToken::new(), &mut |told| {
            heard.push(told.stage)
        })
        .unwrap();
    assert_eq!(heard.first(), Some(&PhotoStage::Check));
    assert_eq!(heard.last(), Some(&PhotoStage::Done));
    assert!(heard.is_sorted());
    wang.gewu.detach(draft, attached.record.sha256).unwrap();
    for stop in [PhotoStage::Check, PhotoStage::Encode, PhotoStage::Done] {
        let cancel = CancelToken::new();
        let stopped = wang
            .gewu
            .attach_watched(draft, picture(), &cancel, &mut |told| {
                if told.stage == stop {
                    cancel.cancel();
                }
            });
        assert!(
            matches!(stopped, Err(GewuError::Busy { .. })),
            "{stop:?} {stopped:?}"
        );
        let found = wang.gewu.draft_list().unwrap();
        assert!(
            found.iter().all(|draft| draft.photos.is_empty()),
            "{stop:?}"
        );
    }
    let cancelled = CancelToken::new();
    cancelled.cancel();
    let sound = PhotoInput::bytes(b"#!AMR\n\x3c some speech".to_vec(), EvidenceRole::Other);
    let stopped = wang
        .gewu
        .attach_watched(draft, sound, &cancelled, &mut |_| {});
    assert!(matches!(stopped, Err(GewuError::Busy { .. })));
}

#[test]
fn a_citizens_photo_tells_neither_place_nor_device_and_the_record_does() {
    let city = Arc::new(City::new());
    let citizen = device(&city, "citizen");
    let record = record_of(&citizen.gewu, with_photo(from_album("manhole-before.jpg")));
    assert!(record.position.is_some());
    let file = fixture("photos/manhole-before.jpg");
    assert_eq!(record.original_sha256, Some(sha256(&file)));
    for sha256 in record.files() {
        let kept = citizen.gewu.photo_bytes(sha256).unwrap();
        let told = read_metadata(&kept);
        assert_eq!((told.position, told.make, told.model), (None, None, None));
    }
    let original = record.original_sha256.unwrap();
    assert!(citizen.gewu.photo_bytes(original).is_err(), "not kept");
}

/// A device whose city keeps the originals of one class.
fn keeping(city: &Arc<City>, user: &str, class: &str) -> Device {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(TestClock::default());
    let section = format!(r#"{{ "photo": {{ "keep_original": [{{ "code": "{class}" }}] }},"#);
    let body = String::from_utf8(BUILT_IN.to_vec()).unwrap();
    let mut options = options(folder.path(), city, &clock);
    options.bundled.push(BundledPack {
        kind: "policy".into(),
        body: body.replacen('{', &section, 1).into_bytes(),
    });
    let gewu = Gewu::open(options).unwrap();
    gewu.consent(&Consent {
        terms: "test".into(),
    })
    .unwrap();
    gewu.enrol("http://city.test", Some(user)).unwrap();
    Device {
        gewu,
        folder,
        clock,
    }
}

#[test]
fn originals_are_kept_by_class_decided_when_the_draft_is_handed_in() {
    let file = fixture("photos/pothole-before.jpg");
    for (class, keeps) in [("01002", true), ("09", false)] {
        let city = Arc::new(City::new());
        let wang = keeping(&city, "wang", class);
        let draft = wang.gewu.draft_new(&ReportInput::default()).unwrap();
        let picture = photo("pothole-before.jpg", EvidenceRole::Scene);
        let attached = wang.gewu.attach(draft, picture).unwrap().record;
        let original = attached.original_sha256.unwrap();
        assert_eq!(original, sha256(&file));
        assert!(wang.gewu.photo_bytes(original).is_ok(), "it lies ready");
        wang.gewu.draft_update(draft, &report()).unwrap();
        let saved = wang.gewu.report_draft(draft).unwrap();
        let shown = wang.gewu.show(saved.case).unwrap();
        let record = &shown.entries[0].photos[0].record;
        assert_eq!(record.kept_original().is_some(), keeps, "{class}");
        assert_eq!(wang.gewu.photo_bytes(original).is_ok(), keeps, "{class}");
        assert_eq!(record.sha256, attached.sha256);
        let kept = wang.gewu.photo_bytes(record.sha256).unwrap();
        let holds = |words: &str| {
            kept.windows(words.len())
                .any(|part| part == words.as_bytes())
        };
        assert!(holds(&format!("case={}", saved.case)), "the case is known");
    }
}

#[test]
fn a_sound_is_carried_as_it_came() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let speech = b"#!AMR\n\x3c some speech".to_vec();
    let sound = PhotoInput::bytes(speech.clone(), EvidenceRole::Other);
    let record = record_of(&wang.gewu, with_photo(sound));
    assert_eq!(record.media_type, MediaType::Amr);
    assert_eq!((record.width, record.thumb_sha256), (0, None));
    assert_eq!(wang.gewu.photo_bytes(record.sha256).unwrap(), speech);
}
