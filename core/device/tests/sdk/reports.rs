//! Reporting: what was returned is there, what was refused left nothing.

use std::sync::Arc;

use crate::support::{City, MARKET, SCHOOL, device, fixture, photo, report};
use gewu::{Act, GewuError, PhotoInput, PhotoSource, PositionInput, Query, ReportInput, Warning};
use gewu_model::crypto::sha256;
use gewu_model::entry::{ClassKind, ClassRef};
use gewu_model::media::EvidenceRole;

#[test]
fn a_report_is_there_after_the_process_is_gone() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let input = ReportInput {
        photos: vec![photo("manhole-before.jpg", EvidenceRole::Scene)],
        ..report()
    };
    let saved = wang.gewu.report(input).unwrap();
    assert_eq!(saved.warning, None);
    let wang = wang.reopen(&city);
    let shown = wang.gewu.show(saved.case).unwrap();
    assert_eq!(shown.entries.len(), 1);
    assert_eq!(shown.row.duty_grid, Some("990101Z01".into()));
    assert_eq!(shown.row.summary.as_deref(), Some("井盖缺失"));
    assert!(shown.row.mine && shown.entries[0].photos[0].held);
    let status = wang.gewu.status().unwrap();
    assert!(!status.synced);
    assert_eq!(status.cases[0].changes.len(), 2, "root and report");
    assert_eq!(status.cases[0].texts, 1);
    assert_eq!(status.photos.len(), 2, "photo and thumbnail");
    assert_eq!(wang.gewu.verify_projection().unwrap(), []);
    let document = wang.gewu.document(saved.case).unwrap();
    let mut loaded = automerge::AutoCommit::load(&document).unwrap();
    assert_eq!(
        loaded.get_heads(),
        [automerge::ChangeHash(saved.change.0)],
        "automerge reads what we write"
    );
}

type Edit = fn(&mut ReportInput);

#[test]
fn every_bad_input_has_its_own_message_and_leaves_nothing() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let bad =
        |name: &str| PhotoInput::bytes(fixture(&format!("photos/bad/{name}")), EvidenceRole::Scene);
    let cases: Vec<(&str, &str, Edit)> = vec![
        ("class", "choose a class", |r| r.class = None),
        ("class", "is not in the catalogue", |r| {
            r.class = Some(ClassRef {
                kind: ClassKind::Matter,
                code: "99999".into(),
            });
        }),
        ("edition", "edition 1999 is not known", |r| {
            r.edition = Some("1999".into())
        }),
        ("condition", "does not belong", |r| {
            r.condition = Some("77".into())
        }),
        ("position", "needs a position", |r| r.position = None),
        ("position", "longitude must", |r| {
            r.position = Some(PositionInput::wgs84(181.0, 41.0))
        }),
        ("position", "latitude must", |r| {
            r.position = Some(PositionInput::wgs84(123.0, f64::NAN))
        }),
        ("position", "accuracy must", |r| {
            r.position = Some(MARKET.accurate_to(-1.0))
        }),
        ("text", "NUL", |r| r.text = Some("a\0b".into())),
        ("text", "4000", |r| r.text = Some("格".repeat(4_001))),
        ("text", "empty", |r| r.text = Some("  ".into())),
        ("language", "too long", |r| {
            r.language = Some("x".repeat(300))
        }),
        ("component", "too long", |r| {
            r.component = Some(String::new())
        }),
    ];
    let mut messages = std::collections::BTreeSet::new();
    let mut refuse = |field: &str, words: &str, input: ReportInput| match wang.gewu.report(input) {
        Err(GewuError::InvalidInput {
            field: named,
            message,
        }) => {
            assert_eq!(named, field, "{message}");
            assert!(message.contains(words), "{message} lacks {words}");
            messages.insert(format!("{named}: {message}"));
        }
        other => panic!("{field}/{words}: {other:?}"),
    };
    let count = cases.len();
    let of_the_city = ["is not in the catalogue", "is not known", "does not belong"];
    for (field, words, edit) in cases {
        let mut input = report();
        edit(&mut input);
        let early = wang.gewu.check_report(&input);
        match wang.gewu.report(input.clone()) {
            Err(_) if of_the_city.iter().any(|it| words.contains(it)) => assert_eq!(early, Ok(())),
            late => assert_eq!(early, late.map(|_| ())),
        }
        refuse(field, words, input);
    }
    let missing = PhotoInput::file("/no/such/photo.jpg", EvidenceRole::Scene);
    let photos = [
        (missing, "does not exist"),
        (bad("empty.jpg"), "empty"),
        (bad("text.jpg"), "not a picture"),
        (bad("truncated.jpg"), "cut off"),
        (bad("heic.heic"), "convert to JPEG"),
    ];
    for (photo, words) in photos {
        refuse(
            "photo",
            words,
            ReportInput {
                photos: vec![photo],
                ..report()
            },
        );
    }
    assert_eq!(messages.len(), count + 5, "each has its own message");
    assert_eq!(wang.gewu.list(&Query::default()).unwrap().rows, []);
    assert!(wang.gewu.status().unwrap().synced);
}

#[test]
fn the_duty_rule_warns() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let at = |position| {
        let input = ReportInput {
            position: Some(position),
            ..report()
        };
        wang.gewu.report(input).unwrap().warning
    };
    assert_eq!(at(MARKET), None);
    assert_eq!(at(SCHOOL), Some(Warning::OutsideDutyGrid));
    assert_eq!(
        at(PositionInput::wgs84(0.0, 0.0)),
        Some(Warning::OutsideEveryGrid)
    );
}

#[test]
fn photos_come_back_by_hash_and_from_a_file() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let path = wang.folder.path().join("lamp.png");
    std::fs::write(&path, fixture("photos/lamp-before.png")).unwrap();
    let input = PhotoInput {
        position: Some(MARKET),
        ..PhotoInput::file(&path, EvidenceRole::Scene)
    };
    assert!(matches!(input.source, PhotoSource::Path(_)));
    let saved = wang
        .gewu
        .report(ReportInput {
            photos: vec![input],
            ..report()
        })
        .unwrap();
    let record = wang.gewu.show(saved.case).unwrap().entries[0].photos[0]
        .record
        .clone();
    assert!(record.position.is_some());
    // What is kept is made of the file, and says of which.
    let kept = wang.gewu.photo_bytes(record.sha256).unwrap();
    assert_eq!(sha256(&kept), record.sha256);
    let file = std::fs::read(&path).unwrap();
    assert_eq!(record.original_sha256, Some(sha256(&file)));
    assert_eq!(record.original_bytes, Some(file.len() as u64));
    assert_ne!(kept, file);
}

#[test]
fn acts_are_checked_where_they_are_written() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let saved = wang.gewu.report(report()).unwrap();
    let why = |result: Result<_, GewuError>| match result {
        Err(GewuError::NotPermitted { why }) => why,
        other => panic!("{other:?}"),
    };
    assert!(why(wang.gewu.handle(saved.case, Act::new())).contains("role"));
    let check = gewu_model::entry::CheckResult::Pass;
    let refused = why(wang.gewu.check(saved.case, check, Act::new()));
    assert!(refused.contains("nothing is asked"), "{refused}");
    let nothing = wang.gewu.supplement(saved.case, Act::new()).unwrap_err();
    assert!(matches!(
        nothing,
        GewuError::InvalidInput { field: "text", .. }
    ));
    let useless = Act::new().photo(photo("lamp-before.png", EvidenceRole::Other));
    let error = wang.gewu.withdraw(saved.case, useless).unwrap_err();
    assert!(matches!(
        error,
        GewuError::InvalidInput { field: "photo", .. }
    ));
    wang.gewu
        .supplement(saved.case, Act::new().text("更多"))
        .unwrap();
    wang.gewu.withdraw(saved.case, Act::new()).unwrap();
    let shown = wang.gewu.show(saved.case).unwrap();
    assert_eq!(shown.row.stage.name(), "withdrawn");
    assert_eq!(shown.row.unsent, 4);
    assert_eq!(wang.gewu.verify_projection().unwrap(), []);
}

#[cfg(unix)]
#[test]
fn only_files_are_photos() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    for path in [wang.folder.path().to_owned(), "/dev/zero".into()] {
        let input = ReportInput {
            photos: vec![PhotoInput::file(path, EvidenceRole::Scene)],
            ..report()
        };
        let refused = wang.gewu.report(input).unwrap_err().to_string();
        assert_eq!(refused, "photo: is not a file; name a picture");
    }
}

/// Photos take seconds and energy; what can be said without them is said first.
#[test]
fn a_form_is_judged_before_its_photos() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let missing = PhotoInput::file("/no/such/photo.jpg", EvidenceRole::Scene);
    for text in ["a\0b", " "] {
        let input = ReportInput {
            text: Some(text.into()),
            photos: vec![missing.clone()],
            ..report()
        };
        let refused = wang.gewu.report(input).expect_err("no text");
        assert!(
            matches!(refused, GewuError::InvalidInput { field: "text", .. }),
            "{refused}"
        );
    }
    assert_eq!(wang.gewu.check_report(&report()), Ok(()));
}
