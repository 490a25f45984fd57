//! A network and a server that are not what they should be.

use std::sync::Arc;

use crate::support::city::{Weather, problem};
use crate::support::{City, START, device, is_synced, options, report, with_photo};
use gewu::{Gewu, GewuError, PhotoState, SyncOutcome};
use gewu_sync::verdict::{SetAside, Verdict};

#[test]
fn a_lost_answer_to_enrolment_costs_nothing_and_a_wrong_code_says_so() {
    let city = Arc::new(City::new());
    let folder = tempfile::tempdir().unwrap();
    let gewu = Gewu::open(options(folder.path(), &city, &Arc::default())).unwrap();
    gewu.consent(&gewu::Consent { terms: "1".into() }).unwrap();
    city.weather([Weather::LoseAnswer]);
    let lost = gewu.enrol("http://city.test", Some("wang"));
    assert!(matches!(lost, Err(GewuError::Network { .. })));
    match gewu.enrol("http://city.test", Some("nonsense")) {
        Err(GewuError::ServerRefused { status: 403, words }) => {
            assert_eq!(words, "the code is wrong or was used");
        }
        other => panic!("{other:?}"),
    }
    city.weather([Weather::Portal]);
    let portal = gewu.enrol("http://city.test", Some("wang")).unwrap_err();
    assert!(matches!(portal, GewuError::Network { .. }), "{portal:?}");
    city.weather([Weather::Answer(404, vec![], "nothing here".into())]);
    let wrong = gewu.enrol("http://city.test", Some("wang")).unwrap_err();
    assert!(wrong.to_string().contains("not a gewu server"), "{wrong}");
    city.weather([Weather::Answer(426, vec![], r#"{"protocol":9}"#.into())]);
    let old = gewu.enrol("http://city.test", Some("wang")).unwrap_err();
    assert!(
        matches!(&old, GewuError::TooOld { what } if what.contains('9')),
        "{old:?}"
    );
    assert_eq!(
        gewu.enrol("http://city.test", Some("wang"))
            .unwrap()
            .who
            .user,
        "wang".into()
    );
}

#[test]
fn without_the_server_everything_is_kept_and_counted() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    wang.gewu.report(with_photo()).unwrap();
    let weathers = [
        (Weather::Offline, "cannot be reached"),
        (Weather::Portal, "login"),
        (
            Weather::Answer(
                503,
                vec![("retry-after".into(), "60".into())],
                String::new(),
            ),
            "not ready",
        ),
        (
            Weather::Answer(
                200,
                vec![("content-type".into(), "application/cbor".into())],
                "junk".into(),
            ),
            "cannot be trusted",
        ),
    ];
    for (weather, words) in weathers {
        city.weather([weather.clone()]);
        match wang.sync().outcome {
            SyncOutcome::Later { why, in_ms } => {
                assert!(why.contains(words), "{why}");
                let rests = matches!(&weather, Weather::Answer(503, ..));
                assert!(!rests || in_ms >= 60_000, "retry-after is kept");
            }
            other => panic!("{weather:?}: {other:?}"),
        }
        let status = wang.gewu.status().unwrap();
        assert_eq!((status.cases[0].changes.len(), status.photos.len()), (2, 2));
        assert!(
            status
                .photos
                .iter()
                .all(|photo| photo.state == PhotoState::Queued)
        );
    }
    wang.sync();
    assert!(is_synced(&wang));
}

#[test]
fn a_wrong_clock_is_corrected_and_the_claim_is_not() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    wang.clock.pass(86_400_000 * 365);
    wang.gewu.report(report()).unwrap();
    let header = ("gewu-server-time".to_owned(), START.to_string());
    city.weather([Weather::Answer(401, vec![header.clone()], String::new())]);
    assert_eq!(wang.sync().outcome, SyncOutcome::Complete);
    city.weather([
        Weather::Answer(401, vec![header.clone()], String::new()),
        Weather::Answer(401, vec![header], String::new()),
    ]);
    wang.clock.pass(86_400_000);
    let error = wang.try_sync().unwrap_err();
    assert!(
        matches!(error, GewuError::ServerRefused { status: 401, .. }),
        "{error:?}"
    );
}

#[test]
fn a_token_begins_by_the_servers_clock_also_when_the_devices_has_jumped() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    wang.sync();
    let hour = std::time::Duration::from_secs(3_600);
    let token = || {
        let made = wang.gewu.media_token(hour);
        made.map(|token| token.expose().to_owned())
    };
    let said = |at: i64| {
        let header = ("gewu-server-time".to_owned(), at.to_string());
        Weather::Answer(401, vec![header], String::new())
    };
    let right = token().unwrap();
    wang.clock.pass(86_400_000 * 400);
    city.weather([said(START)]);
    assert_eq!(token().unwrap(), right);
    city.weather([Weather::Offline]);
    assert_eq!(token().unwrap(), right, "by what was learned");
    wang.clock.pass(-86_400_000 * 800);
    city.weather([Weather::Offline]);
    let error = token().unwrap_err().to_string();
    assert!(error.contains("sync first"), "{error}");
    city.weather([said(START)]);
    assert_eq!(token().unwrap(), right);
}

#[test]
fn a_newer_server_and_a_revoked_device_stop_with_words_and_keep_everything() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    wang.gewu.report(report()).unwrap();
    city.weather([Weather::Answer(426, vec![], r#"{"protocol":2}"#.into())]);
    assert!(matches!(wang.try_sync(), Err(GewuError::TooOld { .. })));
    let gone = problem(403, "retired");
    let body = String::from_utf8(gone.body).unwrap();
    city.weather([Weather::Answer(403, gone.headers, body)]);
    assert!(matches!(
        wang.try_sync(),
        Err(GewuError::ServerRefused { status: 403, .. })
    ));
    assert_eq!(wang.gewu.status().unwrap().cases[0].changes.len(), 2);
    wang.sync();
    assert!(is_synced(&wang));
}

#[test]
fn work_refused_for_a_certificate_that_ran_out_is_written_again_under_the_next_one() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let case = wang.gewu.report(report()).unwrap().case;
    let refused = wang.gewu.status().unwrap().cases[0].changes.clone();
    for change in &refused {
        let reason = SetAside::Standing;
        city.state()
            .verdicts
            .insert(*change, Verdict::SetAside { reason });
    }
    assert_eq!(wang.sync().set_aside, refused);
    assert_eq!(city.state().accepted.len(), 0);
    wang.sync();
    assert_eq!(city.state().accepted.len(), 0, "not before it is another");
    city.state().serial = 2;
    // A server keeps no texts of those who may not write.
    city.state().content.clear();
    let out = problem(401, "enrol again");
    let body = String::from_utf8(out.body).unwrap();
    city.weather([Weather::Answer(401, out.headers, body)]);
    wang.try_sync().unwrap_err();
    wang.gewu.enrol("http://city.test", Some("wang")).unwrap();
    assert_eq!(city.state().accepted.len(), 2);
    assert_eq!(city.state().content.len(), 1, "with its text");
    assert!(is_synced(&wang));
    assert_eq!(wang.gewu.show(case).unwrap().entries.len(), 1);
    assert_eq!(wang.gewu.verify_projection().unwrap(), []);
}
