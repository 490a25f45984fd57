//! Syncing with a city that answers as it is told: nothing twice, nothing lost, nothing believed
//! that is not signed.

mod common;

use std::sync::Arc;

use common::city::{Weather, problem};
use common::desk::Desk;
use common::{City, Device, START, device, options, photo, report};
use gewu::host::Method;
use gewu::{
    Act, CancelToken, CommandState, GewuError, PhotoState, Query, ReportInput, SyncOutcome,
};
use gewu_model::content::ContentItem;
use gewu_model::crypto::sha256;
use gewu_model::entry::{Asked, Body, CheckResult, Dispatch, File, VerifyResult};
use gewu_model::fold::Stage;
use gewu_model::ids::UserId;
use gewu_model::media::EvidenceRole;
use gewu_model::scope::Scope;
use gewu_model::status::{PublicStage, PublicStatus, SignedStatus};
use gewu_model::time::Millis;
use gewu_sync::verdict::{Outcome, Verdict};

fn with_photo() -> ReportInput {
    ReportInput {
        photos: vec![photo("manhole-before.jpg", EvidenceRole::Scene)],
        ..report()
    }
}

fn is_synced(device: &Device) -> bool {
    device.gewu.status().unwrap().synced
}

#[test]
fn enrolling_fetches_the_rules_and_may_be_done_twice() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    assert_eq!(wang.gewu.packs().unwrap().len(), 2);
    let who = wang.gewu.whoami().unwrap();
    let again = wang.gewu.enrol("http://city.test/", Some("wang")).unwrap();
    assert_eq!(again.who, who);
    assert!(again.packs_ready);
    let elsewhere = wang.gewu.enrol("http://other.test", Some("wang"));
    assert!(matches!(elsewhere, Err(GewuError::NotPermitted { .. })));
}

#[test]
fn a_lost_answer_to_enrolment_costs_nothing_and_a_wrong_code_says_so() {
    let city = Arc::new(City::new());
    let folder = tempfile::tempdir().unwrap();
    let gewu = gewu::Gewu::open(options(folder.path(), &city, &Arc::default())).unwrap();
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
fn a_report_with_its_photo_is_freed_by_receipts_alone() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let saved = wang.gewu.report(with_photo()).unwrap();
    let report = wang.sync();
    assert_eq!(report.outcome, SyncOutcome::Complete);
    assert_eq!(
        (report.accepted, report.uploaded, report.photos_acknowledged),
        (2, 2, 2)
    );
    assert_eq!(report.unsent, 0);
    assert!(is_synced(&wang));
    let shown = wang.gewu.show(saved.case).unwrap();
    assert_eq!(shown.entries[0].received_at, Some(Millis(START + 1)));
    assert_eq!(wang.gewu.verify_projection().unwrap(), []);
    let quiet = wang.sync();
    assert_eq!((quiet.exchanges, quiet.sent, quiet.uploaded), (1, 0, 0));
    let state = city.state();
    let posts = state
        .sent
        .iter()
        .filter(|(method, _)| *method == Method::Post);
    // Enrolment and its exchange, two exchanges around two creations, one quiet exchange.
    assert_eq!(posts.count(), 2 + 4 + 1);
}

#[test]
fn every_answer_may_be_lost_and_nothing_is_sent_twice_or_forgotten() {
    for lost in 0..8 {
        let city = Arc::new(City::new());
        let wang = device(&city, "wang");
        wang.gewu.report(with_photo()).unwrap();
        let mut weather = vec![Weather::Fine; lost];
        weather.push(Weather::LoseAnswer);
        city.weather(weather);
        let first = wang.sync();
        let wang = wang.reopen(&city);
        if first.outcome != SyncOutcome::Complete {
            assert!(!is_synced(&wang), "{lost}: no receipt, so not synced");
            assert_eq!(wang.sync().outcome, SyncOutcome::Complete, "{lost}");
        }
        assert!(is_synced(&wang), "{lost}");
        assert_eq!(city.state().accepted.len(), 2, "{lost}");
        assert_eq!(city.state().media.len(), 2, "{lost}");
        assert_eq!(wang.gewu.verify_projection().unwrap(), [], "{lost}");
    }
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
fn verdicts_that_the_city_did_not_sign_free_nobody() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    wang.gewu.report(report()).unwrap();
    city.state().response = Some(Box::new(|response| response.verdicts.body.push(0)));
    match wang.sync().outcome {
        SyncOutcome::Later { why, .. } => assert!(why.contains("not signed"), "{why}"),
        other => panic!("{other:?}"),
    }
    assert!(!is_synced(&wang));
}

#[test]
fn a_task_arrives_is_done_and_its_answer_names_the_question() {
    let city = Arc::new(City::new());
    let (wang, li) = (device(&city, "wang"), device(&city, "li"));
    let saved = wang.gewu.report(report()).unwrap();
    wang.sync();
    let mut desk = Desk::open(&city, saved.case);
    let asked = desk.instruct(Body::VerifyRequest(Asked {
        persons: vec!["li".into()],
        also: false,
        note: None,
    }));
    desk.hand_over(Scope::Asked("li".into()));
    let pulled = li.sync();
    assert_eq!(
        (pulled.received, pulled.changed.as_slice()),
        (3, &[saved.case][..])
    );
    let tasks = li.gewu.tasks().unwrap();
    assert_eq!(
        (tasks.len(), tasks[0].question.as_str(), tasks[0].in_person),
        (1, "verify", true)
    );
    let check = li.gewu.check(saved.case, CheckResult::Pass, Act::new());
    assert!(
        matches!(check, Err(GewuError::NotPermitted { .. })),
        "nobody asked for a check"
    );
    li.gewu
        .verify(saved.case, VerifyResult::Exists, Act::new().text("属实"))
        .unwrap();
    assert_eq!(li.gewu.tasks().unwrap(), []);
    let shown = li.gewu.show(saved.case).unwrap();
    assert_eq!(shown.row.stage, Stage::VerifiedExists);
    let answer = shown.entries.last().unwrap();
    assert_eq!(answer.answers, Some(asked));
    assert!(!shown.row.mine);
    li.sync();
    assert!(is_synced(&li));
    assert_eq!(li.gewu.verify_projection().unwrap(), []);
    desk.hand_over(Scope::Asked("wang".into()));
    wang.sync();
    assert_eq!(
        wang.gewu.show(saved.case).unwrap().row.stage,
        Stage::Verifying
    );
    assert_ne!(
        wang.gewu.replica_hash().unwrap(),
        li.gewu.replica_hash().unwrap()
    );
}

#[test]
fn crews_find_their_unit_s_work() {
    let city = Arc::new(City::new());
    let (wang, zhao) = (device(&city, "wang"), device(&city, "zhao"));
    let saved = wang.gewu.report(report()).unwrap();
    wang.sync();
    let mut desk = Desk::open(&city, saved.case);
    desk.instruct(Body::File(File {
        task_number: "2026-1".into(),
        note: None,
    }));
    desk.instruct(Body::Dispatch(Dispatch {
        lead: "drainage".into(),
        assist: vec![],
        limit: None,
        note: None,
    }));
    desk.hand_over(Scope::Unit("drainage".into()));
    zhao.sync();
    let tasks = zhao.gewu.tasks().unwrap();
    assert_eq!(
        (tasks[0].question.as_str(), tasks[0].in_person),
        ("dispatch", false)
    );
    assert_eq!(tasks[0].row.task_number.as_deref(), Some("2026-1"));
    let unit = Query {
        unit: Some("drainage".into()),
        stage: Some(Stage::Dispatched),
        ..Query::default()
    };
    assert_eq!(zhao.gewu.list(&unit).unwrap().rows.len(), 1);
    for act in [gewu::Gewu::take, gewu::Gewu::set_out, gewu::Gewu::arrive] {
        act(&zhao.gewu, saved.case, Act::new().at(common::MARKET)).unwrap();
    }
    let done = Act::new()
        .photo(photo("manhole-before.jpg", EvidenceRole::Before))
        .photo(photo("manhole-after.jpg", EvidenceRole::After));
    zhao.gewu.handle(saved.case, done).unwrap();
    assert_eq!(
        zhao.gewu.show(saved.case).unwrap().row.stage,
        Stage::Handled
    );
    assert_eq!(zhao.gewu.tasks().unwrap(), []);
    let own = zhao.gewu.check(saved.case, CheckResult::Pass, Act::new());
    assert!(matches!(own, Err(GewuError::NotPermitted { .. })));
    zhao.gewu
        .check(saved.case, CheckResult::Pass, Act::new().unchecked(true))
        .unwrap();
    assert_eq!(zhao.sync().accepted, 5);
}

#[test]
fn hostile_cases_are_refused_and_the_others_go_on() {
    let city = Arc::new(City::new());
    let (wang, li) = (device(&city, "wang"), device(&city, "li"));
    let cases: Vec<_> = (0..4)
        .map(|_| wang.gewu.report(report()).unwrap().case)
        .collect();
    wang.sync();
    let pull = |at: usize| Desk::open(&city, cases[at]).pull(Scope::Asked("li".into()));
    let mut damaged = pull(0);
    damaged.changes[1].signed.bytes[40] ^= 1;
    let mut unvouched = pull(1);
    unvouched.receipt = None;
    let mut incomplete = pull(2);
    incomplete.changes.remove(0);
    city.state().pulls = vec![damaged, unvouched, incomplete, pull(3)];
    let report = li.sync();
    assert_eq!(report.changed, [cases[3]]);
    let mut refused = cases[..3].to_vec();
    refused.sort();
    assert_eq!(li.gewu.status().unwrap().refused, refused);
    assert_eq!(li.gewu.list(&Query::default()).unwrap().rows.len(), 1);
    city.state().pulls = (0..3).map(pull).collect();
    li.sync();
    assert_eq!(
        li.gewu.status().unwrap().refused,
        [],
        "heals when the case comes whole"
    );
    assert_eq!(li.gewu.verify_projection().unwrap(), []);
}

#[test]
fn a_restored_server_is_offered_everything_with_its_own_receipt() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let saved = wang.gewu.report(with_photo()).unwrap();
    wang.sync();
    Desk::open(&city, saved.case).hand_over(Scope::Asked("wang".into()));
    wang.sync();
    wang.gewu
        .supplement(saved.case, Act::new().text("还在"))
        .unwrap();
    {
        let mut state = city.state();
        state.generation = 1 << 32;
        state.accepted.clear();
        state.content.clear();
        state.media.clear();
        state.requests.clear();
    }
    let report = wang.sync();
    assert_eq!(report.outcome, SyncOutcome::Complete);
    assert!(is_synced(&wang));
    let state = city.state();
    assert_eq!(
        (state.accepted.len(), state.content.len(), state.media.len()),
        (3, 2, 2)
    );
    let offer = &state.requests[1].cases[0];
    assert!(
        offer.receipt.is_some(),
        "on the receipt it is taken without judging"
    );
    assert_eq!(state.requests[1].generation, 1 << 32);
}

#[test]
fn commands_are_queued_signed_and_answered() {
    let city = Arc::new(City::new());
    let (wang, sun) = (device(&city, "wang"), device(&city, "sun"));
    let saved = wang.gewu.report(report()).unwrap();
    wang.sync();
    let mut desk = Desk::open(&city, saved.case);
    desk.instruct(Body::Dispatch(Dispatch {
        lead: "drainage".into(),
        assist: vec![],
        limit: None,
        note: None,
    }));
    desk.hand_over(Scope::Unit("drainage".into()));
    sun.sync();
    let assign = Body::Assign(gewu_model::entry::Assign {
        person: "zhao".into(),
        note: None,
    });
    let close = Body::Close(gewu_model::entry::Close {
        kind: gewu_model::entry::CloseKind::Normal,
        note: None,
    });
    assert!(matches!(
        sun.gewu.command(saved.case, close, None),
        Err(GewuError::NotPermitted { .. })
    ));
    let queued = sun
        .gewu
        .command(saved.case, assign.clone(), Some("快去"))
        .unwrap();
    assert_eq!(
        sun.gewu.status().unwrap().commands[0].outcome,
        CommandState::Unsent
    );
    city.state().outcomes = vec![Outcome::Denied {
        why: "not now".into(),
    }];
    assert_eq!(sun.sync().unsent, 0);
    let status = sun.gewu.status().unwrap();
    assert_eq!(status.commands[0].command, queued.command);
    assert_eq!(
        status.commands[0].outcome,
        CommandState::Denied {
            why: "not now".into()
        }
    );
    let state = city.state();
    let request = state
        .requests
        .iter()
        .rfind(|request| !request.commands.is_empty())
        .unwrap();
    let command = request.commands[0].command().unwrap();
    let body = Body::from_cbor(command.instruction_kind().unwrap(), &command.body).unwrap();
    let note = request.command_content[0].digest();
    assert_eq!(body.content(), [note]);
    assert_eq!(command.view, sun.gewu.show(saved.case).unwrap().view_token);
}

#[test]
fn a_citizen_writes_under_a_name_per_case_and_may_do_what_the_centre_offers() {
    let city = Arc::new(City::new());
    let citizen = device(&city, "citizen");
    let cases = [(), ()].map(|()| citizen.gewu.report(report()).unwrap().case);
    citizen.sync();
    {
        let state = city.state();
        let push = |case| {
            let pushes = state.requests.iter().flat_map(|request| &request.cases);
            pushes.clone().find(|push| push.case == case).unwrap()
        };
        let [one, two] = cases.map(push);
        assert_ne!(
            one.changes[0].key, two.changes[0].key,
            "nothing links the reports"
        );
        assert!(one.endorsement.is_some());
    }
    let by = |case| citizen.gewu.show(case).unwrap().entries[0].by.clone();
    assert_ne!(by(cases[0]), by(cases[1]));
    assert_ne!(by(cases[0]), UserId::from("citizen"));
    let rated = citizen.gewu.rate(cases[0], 5, Act::new());
    assert!(matches!(rated, Err(GewuError::NotPermitted { .. })));

    let behind = gewu_model::ids::ChangeHash([8; 32]);
    let status = |version, may: &str| PublicStatus {
        case: cases[0],
        version,
        stage: PublicStage::Closed,
        may: vec![may.into()],
        behind: Some(behind),
        task_number: Some("2026-7".into()),
        reply: Some(ContentItem::new("谢谢", [1; 16]).unwrap()),
        updated_at: Millis(START),
        generation: 7,
    };
    let signed = [status(2, "rate"), status(1, "withdraw")]
        .map(|status| SignedStatus::sign(&city.server, &status).unwrap());
    let mut forged = signed[0].clone();
    forged.body[5] ^= 1;
    city.state().response = Some(Box::new(move |response| {
        response.statuses = vec![signed[0].clone(), signed[1].clone(), forged.clone()];
    }));
    citizen.sync();
    let shown = citizen.gewu.show(cases[0]).unwrap();
    assert_eq!(shown.row.public_stage, Some(PublicStage::Closed));
    assert_eq!(
        shown.public_status.unwrap().version,
        2,
        "an older word does not overwrite"
    );
    citizen.gewu.rate(cases[0], 5, Act::new()).unwrap();
    let refused = citizen.gewu.supplement(cases[0], Act::new().text("再看"));
    assert!(matches!(refused, Err(GewuError::NotPermitted { .. })));
    let shown = citizen.gewu.show(cases[0]).unwrap();
    assert_eq!(shown.entries.last().unwrap().answers, Some(behind));
    assert_eq!(citizen.gewu.verify_projection().unwrap(), []);
}

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

#[test]
fn what_is_erased_is_forgotten_here_too() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let saved = wang.gewu.report(with_photo()).unwrap();
    let supplement = wang
        .gewu
        .supplement(saved.case, Act::new().text("秘密"))
        .unwrap();
    city.state()
        .verdicts
        .insert(supplement.change, Verdict::Erased);
    wang.sync();
    assert!(is_synced(&wang));
    let shown = wang.gewu.show(saved.case).unwrap();
    assert_eq!(shown.entries.len(), 1);
    assert_eq!(wang.gewu.verify_projection().unwrap(), []);
    wang.gewu
        .supplement(saved.case, Act::new().text("以后"))
        .unwrap();
    assert_eq!(wang.sync().accepted, 1);
    let needle = "秘密".as_bytes();
    drop(wang.gewu);
    let after = std::fs::read(wang.folder.path().join("gewu.db")).unwrap();
    assert!(!after.windows(needle.len()).any(|part| part == needle));
}

#[test]
fn cancelling_stops_and_the_next_sync_goes_on() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    wang.gewu.report(with_photo()).unwrap();
    let cancel = CancelToken::new();
    let stop = cancel.clone();
    let report = wang.gewu.sync(&mut |_| stop.cancel(), &cancel).unwrap();
    assert_eq!(report.outcome, SyncOutcome::Cancelled);
    assert_eq!(wang.sync().outcome, SyncOutcome::Complete);
    assert!(is_synced(&wang));
}

#[test]
fn leaving_a_scope_takes_the_case_away_once_nothing_is_owed() {
    let city = Arc::new(City::new());
    let (wang, li) = (device(&city, "wang"), device(&city, "li"));
    let saved = wang.gewu.report(report()).unwrap();
    wang.sync();
    let pull = Desk::open(&city, saved.case).pull(Scope::Asked("li".into()));
    let mut leaving = pull.clone();
    leaving.changes.clear();
    leaving.left = std::mem::take(&mut leaving.entered);
    city.state().pulls = vec![pull.clone()];
    li.sync();
    li.gewu.note(saved.case, Act::new().text("看过")).unwrap();
    city.weather([Weather::Fine]);
    city.state().verdicts.insert(
        li.gewu
            .show(saved.case)
            .unwrap()
            .entries
            .last()
            .unwrap()
            .hash,
        Verdict::Pending,
    );
    city.state().pulls = vec![leaving.clone()];
    li.sync();
    assert!(li.gewu.show(saved.case).is_ok(), "a remark is still owed");
    city.state().verdicts.clear();
    city.state().pulls = vec![pull];
    li.sync();
    city.state().pulls = vec![leaving];
    li.sync();
    assert!(matches!(
        li.gewu.show(saved.case),
        Err(GewuError::NotFound { .. })
    ));
}

#[test]
fn other_people_s_photos_come_by_hash_and_are_checked() {
    let city = Arc::new(City::new());
    let (wang, li) = (device(&city, "wang"), device(&city, "li"));
    let saved = wang.gewu.report(with_photo()).unwrap();
    wang.sync();
    Desk::open(&city, saved.case).hand_over(Scope::Asked("li".into()));
    li.sync();
    let photo = li.gewu.show(saved.case).unwrap().entries[0].photos[0].clone();
    assert!(!photo.held && photo.delivery.is_none());
    let bytes = li.gewu.photo_bytes(photo.record.sha256).unwrap();
    assert_eq!(sha256(&bytes), photo.record.sha256);
    assert!(li.gewu.show(saved.case).unwrap().entries[0].photos[0].held);
    let thumb = photo.record.thumb_sha256.unwrap();
    city.state().media.insert(thumb, b"something else".to_vec());
    assert!(li.gewu.photo_bytes(thumb).is_err());
}
