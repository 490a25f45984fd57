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
    let refused = wang.gewu.status().unwrap().photos;
    let reason = refused[0].reason.as_deref().unwrap();
    assert!(reason.contains("the quota is used up"), "{reason}");
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

#[test]
fn a_damaged_file_is_said_once_and_sent_never_until_it_is_whole_again() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    wang.gewu.report(with_photo()).unwrap();
    let photos = wang.gewu.status().unwrap().photos;
    let photo = photos.iter().find(|file| !file.thumbnail).unwrap().sha256;
    let name = photo.to_string();
    let path = wang
        .folder
        .path()
        .join("media")
        .join(&name[..2])
        .join(&name);
    let whole = std::fs::read(&path).unwrap();
    let mut rotten = whole.clone();
    rotten[whole.len() / 2] ^= 1;
    std::fs::write(&path, &rotten).unwrap();

    let SyncOutcome::Stopped { why } = wang.sync().outcome else {
        panic!("a damaged file is no complete sync");
    };
    assert!(why.contains("are damaged"), "{why}");
    let posts = || city.state().sent.len();
    let before = posts();
    assert_eq!(wang.sync().outcome, SyncOutcome::Complete);
    assert_eq!(posts() - before, 1, "the exchange and no upload");
    let status = wang.gewu.status().unwrap();
    assert_eq!(
        (status.damaged.as_slice(), status.photos.len()),
        (&[photo][..], 1)
    );
    assert_eq!(status.photos[0].state, gewu::PhotoState::Damaged);
    assert!(
        status.photos[0]
            .reason
            .as_deref()
            .unwrap()
            .contains("damaged")
    );
    assert!(!city.state().media.contains_key(&photo));

    std::fs::write(&path, &whole).unwrap();
    assert_eq!(wang.sync().outcome, SyncOutcome::Complete);
    assert!(is_synced(&wang));
}

#[test]
fn what_the_server_lost_after_its_acknowledgement_goes_up_again() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    wang.gewu.report(with_photo()).unwrap();
    wang.sync();
    assert!(is_synced(&wang));
    let lost: Vec<_> = city.state().media.keys().copied().collect();
    {
        let mut state = city.state();
        state.media.remove(&lost[0]);
        state.lost = vec![lost[0]];
    }
    let again = wang.sync();
    assert_eq!((again.outcome, again.uploaded), (SyncOutcome::Complete, 1));
    assert!(is_synced(&wang) && city.state().media.contains_key(&lost[0]));
    assert_eq!(wang.sync().uploaded, 0);
}

#[test]
fn progress_tells_how_far_all_files_are() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    wang.gewu.report(with_photo()).unwrap();
    let bytes = wang.gewu.status().unwrap().backlog.bytes;
    let mut totals = Vec::new();
    let mut tell = |step| {
        if let gewu::SyncProgress::Uploading { overall, .. } = step {
            totals.push(overall);
        }
    };
    wang.gewu
        .sync(&mut tell, &gewu::CancelToken::new())
        .unwrap();
    let first = totals.first().unwrap();
    assert_eq!((first.files, first.bytes, first.bytes_done), (2, bytes, 0));
    let last = totals.last().unwrap();
    assert_eq!((last.files, last.files_done), (2, 2));
    assert_eq!((last.bytes, last.bytes_done), (bytes, bytes));
    assert!(totals.is_sorted_by_key(|total| total.bytes_done));
}
