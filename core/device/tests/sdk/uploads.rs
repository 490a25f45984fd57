//! Photos on their way up.

use std::sync::Arc;

use crate::support::city::{Weather, problem};
use crate::support::{City, device, is_synced, photo, report, with_photo};
use gewu::host::Method;
use gewu::{PhotoState, ReportInput, SyncOutcome};
use gewu_model::media::EvidenceRole;

#[test]
fn uploads_go_on_where_the_server_says() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    wang.gewu.report(with_photo()).unwrap();
    // The exchange, then the thumbnail: created, and its part never arrives.
    city.weather([Weather::Fine, Weather::Fine, Weather::Offline]);
    assert!(matches!(wang.sync().outcome, SyncOutcome::Later { .. }));
    city.state().sent.clear();
    assert_eq!(wang.sync().outcome, SyncOutcome::Complete);
    let state = city.state();
    let heads = state
        .sent
        .iter()
        .filter(|(method, _)| *method == Method::Head)
        .count();
    assert_eq!((heads, state.uploads.len(), state.media.len()), (1, 2, 2));
    drop(state);
    assert!(is_synced(&wang));
}

#[test]
fn uploads_survive_conflicts_damage_and_refusal() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    wang.gewu.report(with_photo()).unwrap();
    let status = |status| Weather::Answer(status, vec![], String::new());
    city.weather([
        Weather::Fine,
        Weather::Fine,
        status(409),
        Weather::Fine,
        status(460),
        status(423),
    ]);
    assert_eq!(wang.sync().outcome, SyncOutcome::Complete);
    assert!(is_synced(&wang));

    wang.gewu
        .report(ReportInput {
            photos: vec![photo("lamp-before.png", EvidenceRole::Scene)],
            ..report()
        })
        .unwrap();
    let refusal = problem(413, "too large");
    let body = String::from_utf8(refusal.body).unwrap();
    city.weather([Weather::Fine, Weather::Answer(413, refusal.headers, body)]);
    assert_eq!(wang.sync().outcome, SyncOutcome::Complete);
    let status = wang.gewu.status().unwrap();
    assert!(
        !status.synced,
        "one refused file is shown, and nothing waits behind it"
    );
    let states: Vec<_> = status.photos.iter().map(|photo| photo.state).collect();
    assert_eq!(states, [PhotoState::Refused]);
}
