//! Ways in which saved work could have been lost, dropped or held up for ever, one test for each.

use std::sync::{Arc, Mutex};

use crate::support::city::{Weather, problem};
use crate::support::desk::Desk;
use crate::support::{City, Device, device, is_synced, options, photo, report, with_photo};
use gewu::host::{Entropy, OsEntropy};
use gewu::{Act, Gewu, GewuError, SyncOutcome};
use gewu_model::change::{Limits, decode_strict};
use gewu_model::crypto::Signer;
use gewu_model::media::EvidenceRole;
use gewu_model::scope::Scope;
use gewu_sync::verdict::{SetAside, Verdict};

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
    let SyncOutcome::Stopped { why } = wang.sync().outcome else {
        panic!("a refused file is no complete sync");
    };
    assert!(why.contains("the quota is used up"), "{why}");
    assert!(!is_synced(&wang));
    assert_eq!(wang.sync().outcome, SyncOutcome::Complete);
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
