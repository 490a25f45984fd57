//! Ways in which saved work could have been lost, dropped or held up for ever, one test for each.

use std::sync::{Arc, Mutex};

use crate::support::city::{Weather, problem};
use crate::support::desk::Desk;
use crate::support::{City, Device, START, device, is_synced, options, photo, report, with_photo};
use gewu::host::{Entropy, Method, OsEntropy};
use gewu::{Act, Gewu, GewuError, SyncOutcome};
use gewu_model::change::{Limits, decode_strict};
use gewu_model::crypto::{Ed25519Signer, Signer};
use gewu_model::media::EvidenceRole;
use gewu_model::scope::Scope;
use gewu_model::time::Millis;
use gewu_sync::verdict::{SetAside, Verdict};
use gewu_sync::wire::Cursor;

fn database(device: &Device) -> rusqlite::Connection {
    rusqlite::Connection::open(device.folder.path().join("gewu.db")).unwrap()
}

#[test]
fn erasing_one_change_takes_no_photo_that_another_one_names() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let first = wang.gewu.report(with_photo()).unwrap();
    wang.gewu.report(with_photo()).unwrap();
    city.state().verdicts.insert(first.change, Verdict::Erased);
    assert_eq!(wang.sync().outcome, SyncOutcome::Complete);
    assert_eq!(city.state().media.len(), 2, "photo and thumbnail arrived");
    assert!(is_synced(&wang));
}

#[test]
fn a_file_that_waited_for_its_removal_stays_once_new_work_names_it() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    wang.gewu.report(with_photo()).unwrap();
    // As a crash leaves it between a tombstone and the removal, with the same photo taken since.
    let sql = "INSERT INTO doomed_files SELECT sha256 FROM media";
    database(&wang).execute(sql, []).unwrap();
    assert_eq!(wang.sync().outcome, SyncOutcome::Complete);
    assert_eq!(city.state().media.len(), 2);
    assert!(is_synced(&wang));
    let waiting = database(&wang).query_row("SELECT count(*) FROM doomed_files", [], |row| {
        row.get::<_, u32>(0)
    });
    assert_eq!(waiting.unwrap(), 0);
}

/// Randomness that does something else first, once.
#[derive(Default)]
struct Busy(Mutex<Option<Box<dyn FnOnce() + Send>>>);

impl Entropy for Busy {
    fn fill(&self, buffer: &mut [u8]) {
        let work = self.0.lock().unwrap().take();
        if let Some(work) = work {
            work();
        }
        OsEntropy.fill(buffer);
    }
}

#[test]
fn a_photo_attached_while_its_draft_is_handed_in_is_not_dropped() {
    let city = Arc::new(City::new());
    let Device {
        gewu,
        folder,
        clock,
    } = device(&city, "wang");
    drop(gewu);
    let busy = Arc::new(Busy::default());
    let mut options = options(folder.path(), &city, &clock);
    options.host.entropy = Arc::clone(&busy) as Arc<dyn Entropy>;
    let gewu = Arc::new(Gewu::open(options).unwrap());
    let draft = gewu.draft_new(&report()).unwrap();
    let attaching = Arc::clone(&gewu);
    *busy.0.lock().unwrap() = Some(Box::new(move || {
        let taken = photo("lamp-before.png", EvidenceRole::Scene);
        attaching.attach(draft, taken).unwrap();
    }));
    let handed_in = gewu.report_draft(draft);
    assert!(
        matches!(handed_in, Err(GewuError::Busy { .. })),
        "{handed_in:?}"
    );
    assert_eq!(gewu.draft(draft).unwrap().photos.len(), 1);
    let saved = gewu.report_draft(draft).unwrap();
    assert_eq!(gewu.show(saved.case).unwrap().row.photos, 1);
}

#[test]
fn a_file_that_was_refused_is_tried_again_by_the_next_sync() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    wang.gewu.report(with_photo()).unwrap();
    let full = problem(413, "the quota is used up");
    let body = String::from_utf8(full.body).unwrap();
    city.weather([Weather::Fine, Weather::Answer(413, full.headers, body)]);
    assert_eq!(wang.sync().outcome, SyncOutcome::Complete);
    assert!(!is_synced(&wang));
    wang.sync();
    assert!(is_synced(&wang));
}

#[test]
fn a_file_that_cannot_go_up_holds_up_no_other() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    wang.gewu.report(with_photo()).unwrap();
    // The exchange, the first file's creation, and the server forgets that upload.
    let gone = || Weather::Answer(404, vec![], String::new());
    city.weather([Weather::Fine, Weather::Fine, gone()]);
    let sync = wang.sync();
    assert!(
        matches!(sync.outcome, SyncOutcome::Later { .. }),
        "it is not done"
    );
    assert_eq!(sync.uploaded, 1, "the other one went up");
    assert_eq!(wang.sync().outcome, SyncOutcome::Complete);
    assert!(is_synced(&wang));
}

#[test]
fn a_file_cut_short_on_the_disk_is_shown_as_missing_and_holds_up_no_other() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    wang.gewu.report(with_photo()).unwrap();
    let cut = wang.gewu.status().unwrap().photos[0].sha256.to_string();
    let path = wang.folder.path().join("media").join(&cut[..2]).join(&cut);
    std::fs::write(path, b"\xff\xd8\xff").unwrap();
    assert_eq!(wang.sync().outcome, SyncOutcome::Complete);
    let photos = wang.gewu.status().unwrap().photos;
    assert_eq!(photos.len(), 1);
    assert_eq!(photos[0].state, gewu::PhotoState::Missing);
}

#[test]
fn a_device_that_the_server_forgot_enrols_again_with_its_key_and_loses_nothing() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    wang.gewu.report(report()).unwrap();
    let who = wang.gewu.whoami().unwrap();
    let unknown = problem(401, "this device is not known to the server");
    let body = String::from_utf8(unknown.body).unwrap();
    city.weather([Weather::Answer(401, unknown.headers, body)]);
    wang.try_sync().unwrap_err();
    let again = wang.gewu.enrol("http://city.test", Some("wang")).unwrap();
    assert_eq!(again.who.device, who.device);
    assert!(is_synced(&wang));
    assert_eq!(enrolments(&city), 2);
}

#[test]
fn a_code_on_an_enrolled_device_gets_it_another_certificate() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    wang.gewu.report(report()).unwrap();
    let who = wang.gewu.whoami().unwrap();
    let url = "http://city.test";
    let wrong = wang.gewu.enrol(url, Some("nonsense")).unwrap_err();
    assert_eq!(wrong.to_string(), "the code is wrong or was used");
    assert_eq!(wang.gewu.whoami().unwrap(), who);
    city.state().lasts = Some(Millis(START * 3));
    let again = wang.gewu.enrol(url, Some("wang")).unwrap().who;
    assert_eq!(again.device, who.device);
    assert_eq!(again.valid_until, Millis(START * 3));
    assert!(is_synced(&wang));
    let wang = wang.reopen(&city);
    assert_eq!(wang.gewu.whoami().unwrap(), again);
    let other = wang.gewu.enrol(url, Some("li")).unwrap_err();
    assert!(matches!(other, GewuError::NotPermitted { .. }), "{other:?}");
    assert_eq!(wang.gewu.whoami().unwrap(), again);
}

#[test]
fn staff_that_the_server_forgot_are_told_to_bring_a_code_and_a_citizen_needs_none() {
    let city = Arc::new(City::new());
    let forgotten = || {
        let unknown = problem(401, "this device is not known to the server");
        let body = String::from_utf8(unknown.body).unwrap();
        city.weather([Weather::Answer(401, unknown.headers, body)]);
    };
    let wang = device(&city, "wang");
    wang.gewu.report(report()).unwrap();
    forgotten();
    let refused = wang.gewu.enrol("http://city.test", None).unwrap_err();
    assert!(refused.to_string().contains("fresh code"), "{refused}");
    wang.clock.pass(START * 2);
    let run_out = wang.gewu.enrol("http://city.test", None).unwrap_err();
    assert!(run_out.to_string().contains("fresh code"), "{run_out}");
    assert_eq!(enrolments(&city), 1, "nobody became a citizen");
    assert_eq!(wang.gewu.status().unwrap().cases[0].changes.len(), 2);
    let someone = device(&city, "citizen");
    someone.gewu.report(report()).unwrap();
    forgotten();
    someone.gewu.enrol("http://city.test", None).unwrap();
    assert_eq!(enrolments(&city), 3);
    assert!(is_synced(&someone));
}

fn enrolments(city: &City) -> usize {
    let enrolment = (Method::Post, "/v1/enrol".to_owned());
    let state = city.state();
    state.sent.iter().filter(|sent| **sent == enrolment).count()
}

#[test]
fn a_device_with_one_city_s_work_joins_no_other_city() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    wang.gewu.report(report()).unwrap();
    let Device {
        gewu,
        folder,
        clock,
    } = wang;
    drop(gewu);
    std::fs::remove_dir_all(folder.path().join("secrets")).unwrap();
    let mut other = City::new();
    other.root = Ed25519Signer::from_seed(&[9; 32]);
    let other = Arc::new(other);
    assert_ne!(other.root.public_key(), city.root.public_key());
    let gewu = Gewu::open(options(folder.path(), &other, &clock)).unwrap();
    let joined = gewu.enrol("http://other.test", Some("wang"));
    assert!(
        matches!(joined, Err(GewuError::NotPermitted { .. })),
        "{joined:?}"
    );
    drop(gewu);
    let gewu = Gewu::open(options(folder.path(), &city, &clock)).unwrap();
    gewu.enrol("http://city.test", Some("wang")).unwrap();
    assert!(gewu.status().unwrap().synced);
    assert_eq!(city.state().accepted.len(), 2);
}

#[test]
fn a_restored_server_is_not_asked_to_hold_texts_that_nothing_names() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let case = wang.gewu.report(report()).unwrap().case;
    let refused = wang.gewu.supplement(case, Act::new().text("被拒")).unwrap();
    let verdict = Verdict::SetAside {
        reason: SetAside::Quota,
    };
    city.state().verdicts.insert(refused.change, verdict);
    wang.gewu.supplement(case, Act::new().text("其后")).unwrap();
    wang.sync();
    assert!(is_synced(&wang));
    {
        let mut state = city.state();
        state.generation = 1 << 32;
        state.accepted.clear();
        state.content.clear();
        state.named.clear();
    }
    assert_eq!(wang.sync().outcome, SyncOutcome::Complete);
    assert_eq!(city.state().content.len(), 2, "every text that counts");
    assert!(is_synced(&wang), "nothing is left that nobody takes");
}

#[test]
fn a_case_stays_until_a_restored_server_has_it_again() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let case = wang.gewu.report(report()).unwrap().case;
    wang.sync();
    let scope = || Scope::Asked("wang".into());
    Desk::open(&city, case).hand_over(scope());
    city.state().response = Some(Box::new(move |response| {
        response.cursors = vec![Cursor {
            scope: scope(),
            generation: 7,
            position: 1,
        }];
    }));
    wang.sync();
    {
        let mut state = city.state();
        state.generation = 1 << 32;
        state.accepted.clear();
        state.response = Some(Box::new(|response| response.cursors.clear()));
    }
    wang.sync();
    assert_eq!(city.state().accepted.len(), 2);
}

#[test]
fn many_refusals_in_a_row_do_not_wear_out_the_work_behind_them() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let case = wang.gewu.report(report()).unwrap().case;
    wang.sync();
    for n in 0..9 {
        let act = Act::new().text(format!("{n}"));
        wang.gewu.supplement(case, act).unwrap();
    }
    city.state().refuse_next = vec![SetAside::Quota; 8];
    assert_eq!(wang.sync().outcome, SyncOutcome::Complete);
    assert!(is_synced(&wang));
    let shown = wang.gewu.show(case).unwrap();
    let texts: Vec<_> = shown
        .entries
        .iter()
        .flat_map(|entry| entry.texts.values().flatten())
        .collect();
    assert_eq!(texts, ["井盖缺失", "8"]);
}

#[test]
fn a_sequence_that_a_restored_backup_repeats_is_written_again() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let case = wang.gewu.report(report()).unwrap().case;
    wang.sync();
    wang.gewu
        .supplement(case, Act::new().text("恢复之后"))
        .unwrap();
    city.state().refuse_next = vec![SetAside::Sequence];
    let sync = wang.sync();
    assert_eq!((sync.set_aside.len(), sync.accepted), (1, 1));
    assert_eq!(wang.gewu.show(case).unwrap().entries.len(), 2);
}

#[test]
fn a_counter_beyond_all_measure_does_not_end_saving() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    city.state().counter = u64::MAX;
    wang.sync();
    city.state().counter = 0;
    wang.gewu.report(report()).unwrap();
    wang.sync();
    assert!(is_synced(&wang));
}

#[test]
fn a_pack_that_is_not_what_its_header_says_is_not_in_the_way_of_photos() {
    let mut city = City::new();
    // The header promises another length than the body has.
    city.publish("policy", 1, b"{}".to_vec());
    let (signed, _) = &mut city.packs[2];
    let mut header: gewu_model::pack::PackHeader =
        gewu_model::cbor::from_slice(&signed.header).unwrap();
    header.bytes += 1;
    signed.header = gewu_model::cbor::to_vec(&header);
    signed.signature = city
        .server
        .sign(gewu_model::crypto::Domain::Pack, &[&signed.header])
        .unwrap();
    let city = Arc::new(city);
    let wang = device(&city, "wang");
    wang.gewu.report(with_photo()).unwrap();
    assert_eq!(wang.sync().outcome, SyncOutcome::Complete);
    assert!(is_synced(&wang));
}

/// The entry of the accepted change that names this text, as its server sees it.
fn accepted_header(city: &City, text: &str) -> gewu_model::entry::EntryHeader {
    let state = city.state();
    let named = |signed: &gewu_model::signed::SignedChange| {
        let decoded = decode_strict(&signed.bytes, &Limits::default()).unwrap();
        gewu_model::case::row(&decoded).unwrap().entry
    };
    let texts = state.requests.iter().flat_map(|request| &request.cases);
    let digest = texts
        .flat_map(|push| &push.content)
        .find_map(|item| (item.text == text).then(|| item.digest()))
        .unwrap();
    let mut entries = state
        .accepted
        .values()
        .filter_map(|(_, signed)| named(signed));
    let found = entries.find(|written| {
        let payload = written.payload.as_ref().unwrap();
        payload.content().contains(&digest)
    });
    found.unwrap().entry.header
}

#[test]
fn work_written_again_under_another_key_stands_for_itself() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let case = wang.gewu.report(report()).unwrap().case;
    wang.sync();
    for text in ["被拒", "其后"] {
        wang.gewu.supplement(case, Act::new().text(text)).unwrap();
    }
    let before = wang.gewu.whoami().unwrap();
    let Device {
        gewu,
        folder,
        clock,
    } = wang;
    drop(gewu);
    std::fs::remove_dir_all(folder.path().join("secrets")).unwrap();
    city.state().refuse_next = vec![SetAside::Quota];
    let gewu = Gewu::open(options(folder.path(), &city, &clock)).unwrap();
    let after = gewu.enrol("http://city.test", Some("wang")).unwrap().who;
    assert_ne!(before.device, after.device);
    assert!(gewu.status().unwrap().synced);
    // A server takes a replacement from the key of what it replaces only.
    assert_eq!(accepted_header(&city, "其后").replaces, None);
}

#[test]
fn what_the_server_takes_after_all_counts_here_too() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let case = wang.gewu.report(report()).unwrap().case;
    let refused = wang
        .gewu
        .supplement(case, Act::new().text("起初被拒"))
        .unwrap();
    let verdict = Verdict::SetAside {
        reason: SetAside::Standing,
    };
    city.state().verdicts.insert(refused.change, verdict);
    wang.sync();
    assert_eq!(wang.gewu.show(case).unwrap().entries.len(), 1);
    {
        let mut state = city.state();
        let pushed = state.requests.iter().flat_map(|request| &request.cases);
        let mut pushed = pushed.flat_map(|push| push.changes.clone());
        let change = pushed.find(|change| change.hash() == refused.change);
        state
            .accepted
            .insert(refused.change, (case, change.unwrap()));
    }
    Desk::open(&city, case).hand_over(Scope::Asked("wang".into()));
    wang.sync();
    assert_eq!(wang.gewu.show(case).unwrap().entries.len(), 2);
    assert_eq!(wang.gewu.status().unwrap().set_aside, []);
    assert_eq!(wang.gewu.verify_projection().unwrap(), []);
}
