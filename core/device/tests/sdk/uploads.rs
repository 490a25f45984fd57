//! Photos on their way up.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::support::city::{Weather, problem};
use crate::support::{City, TestClock, device, is_synced, options, photo, report, with_photo};
use gewu::host::{Connectivity, Method, NetworkKind};
use gewu::{
    CancelToken, Consent, Gewu, GewuError, HandedResult, HeldBack, Over, PhotoState, ReportInput,
    StorageProblem, SyncOutcome, SyncProgress, UploadPolicy,
};
use gewu_model::media::EvidenceRole;
use gewu_model::time::Millis;
use gewu_sync::wire::Response;

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
    let SyncOutcome::Stopped { why } = wang.sync().outcome else {
        panic!("a file was refused, and somebody has to see to it");
    };
    assert_eq!(why, "the server refused files (1): too large");
    let status = wang.gewu.status().unwrap();
    let last = status.last_sync.as_ref().map(|last| &last.outcome);
    assert_eq!(last, Some(&SyncOutcome::Stopped { why }));
    assert!(
        !status.synced,
        "one refused file is shown, and nothing waits behind it"
    );
    let states: Vec<_> = status.photos.iter().map(|photo| photo.state).collect();
    assert_eq!(states, [PhotoState::Refused]);
}

/// A proxy that answers with what it was told of another file names another file's upload.
#[test]
fn an_upload_that_is_another_file_s_is_left_and_the_file_goes_up_anew() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    wang.gewu.report(with_photo()).unwrap();
    let of_the_first = ("location".to_owned(), "/v1/media/uploads/0".to_owned());
    city.weather([
        Weather::Fine,
        Weather::Fine,
        Weather::Fine,
        Weather::Answer(201, vec![of_the_first], String::new()),
    ]);
    assert!(matches!(wang.sync().outcome, SyncOutcome::Later { .. }));
    assert_eq!(wang.sync().outcome, SyncOutcome::Complete);
    assert!(is_synced(&wang));
}

fn uploading(policy: UploadPolicy) -> (Arc<City>, crate::support::Device) {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    wang.gewu.set_upload_policy(&policy).unwrap();
    wang.gewu.report(with_photo()).unwrap();
    (city, wang)
}

#[test]
fn a_pause_holds_files_back_and_says_so() {
    let paused = UploadPolicy {
        paused: true,
        ..UploadPolicy::default()
    };
    let (city, wang) = uploading(paused);
    assert_eq!(wang.sync().outcome, SyncOutcome::Complete);
    assert!(city.state().uploads.is_empty(), "nothing went up");
    let status = wang.gewu.status().unwrap();
    let sums = status.backlog;
    assert_eq!(
        (sums.photos, sums.small_pictures, sums.held_back),
        (1, 1, 2)
    );
    assert!(status.waiting_since.is_some());
    let held: Vec<_> = status.photos.iter().map(|file| file.held_back).collect();
    assert_eq!(held, [Some(HeldBack::Paused); 2]);
    assert!(status.photos[0].thumbnail, "small pictures go first");
    wang.gewu
        .set_upload_policy(&UploadPolicy::default())
        .unwrap();
    wang.sync();
    assert!(is_synced(&wang));
    assert_eq!(
        wang.gewu.status().unwrap().backlog,
        gewu::Backlog::default()
    );
}

/// The network turns into one that photos may not use, in the middle of one (field failure 33).
#[test]
fn another_network_is_noticed_at_the_next_part() {
    struct Moving(AtomicBool);
    impl Connectivity for Moving {
        fn network(&self) -> NetworkKind {
            match self.0.load(Ordering::SeqCst) {
                true => NetworkKind::Cellular,
                false => NetworkKind::Wifi,
            }
        }
    }
    let city = Arc::new(City::new());
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(TestClock::default());
    let mut options = options(folder.path(), &city, &clock);
    let moving = Arc::new(Moving(AtomicBool::new(false)));
    options.host.connectivity = Arc::clone(&moving) as Arc<dyn Connectivity>;
    let gewu = Gewu::open(options).unwrap();
    gewu.consent(&Consent { terms: "1".into() }).unwrap();
    gewu.enrol("http://city.test", Some("wang")).unwrap();
    gewu.set_upload_policy(&UploadPolicy {
        photos: Over::Wifi,
        ..UploadPolicy::default()
    })
    .unwrap();
    gewu.report(with_photo()).unwrap();
    // The photo's upload is created, and then the phone leaves the house.
    let mut tell = |step| {
        if let SyncProgress::Uploading { sent: 0, .. } = step {
            let small = city.state().media.len() == 1;
            moving.0.store(small, Ordering::SeqCst);
        }
    };
    gewu.sync(&mut tell, &CancelToken::new()).unwrap();
    let status = gewu.status().unwrap();
    let waits: Vec<_> = status.photos.iter().map(|file| file.held_back).collect();
    assert_eq!(waits, [Some(HeldBack::Network)]);
    assert_eq!(
        status.photos[0].sent, 0,
        "no byte went over the other network"
    );
    moving.0.store(false, Ordering::SeqCst);
    gewu.sync(&mut |_| {}, &CancelToken::new()).unwrap();
    assert!(gewu.status().unwrap().synced);
}

#[test]
fn a_platform_s_uploader_gets_what_it_needs_and_syncs_leave_the_file_alone() {
    let (city, wang) = uploading(UploadPolicy::default());
    let handed = wang.gewu.hand_over_uploads(10).unwrap();
    assert_eq!(handed.len(), 2);
    let first = &handed[0];
    let bytes = std::fs::read(first.path.as_ref().unwrap()).unwrap();
    assert_eq!(bytes.len() as u64, first.bytes);
    let header = |name: &str| {
        let found = first.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.clone()).unwrap()
    };
    assert!(header("authorization").starts_with("Bearer gewu1."));
    assert!(first.url.starts_with("http://city.test/v1/media/uploads/"));
    city.state().sent.clear();
    wang.sync();
    let patches = |city: &City| {
        let state = city.state();
        let patches = state
            .sent
            .iter()
            .filter(|(method, _)| *method == Method::Patch);
        patches.count()
    };
    assert_eq!(patches(&city), 0, "syncs leave it alone");
    for upload in &handed {
        wang.gewu
            .handed_upload_ended(upload, HandedResult::Failed)
            .unwrap();
    }
    wang.sync();
    assert!(patches(&city) > 0, "and take it up again");
    assert!(is_synced(&wang));
}

#[test]
fn a_scrub_finds_damage_and_what_the_server_has_comes_back() {
    let (_city, wang) = uploading(UploadPolicy::default());
    let files = || wang.gewu.status().unwrap().photos;
    let photo = files().into_iter().find(|file| !file.thumbnail).unwrap();
    let name = photo.sha256.to_string();
    let place = wang
        .folder
        .path()
        .join("media")
        .join(&name[..2])
        .join(&name);
    let whole = std::fs::read(&place).unwrap();
    let clean = wang.gewu.scrub(u64::MAX).unwrap();
    assert_eq!((clean.files, clean.damaged.len(), clean.done), (2, 0, true));
    let mut rotten = whole.clone();
    rotten[100] ^= 1;
    std::fs::write(&place, &rotten).unwrap();
    let found = wang.gewu.scrub(u64::MAX).unwrap();
    assert_eq!(found.damaged, [photo.sha256]);
    assert_eq!(wang.gewu.status().unwrap().damaged, [photo.sha256]);
    std::fs::write(&place, &whole).unwrap();
    wang.sync();
    assert!(is_synced(&wang));
    std::fs::write(&place, &rotten).unwrap();
    let found = wang.gewu.scrub(u64::MAX).unwrap();
    assert_eq!(found.restorable, [photo.sha256]);
    assert!(wang.gewu.status().unwrap().damaged.is_empty());
    assert_eq!(wang.gewu.photo_bytes(photo.sha256).unwrap(), whole);
}

#[test]
fn photos_go_when_their_time_is_over_and_a_backup_covers_them() {
    let city = Arc::new(City::new());
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(TestClock::default());
    let mut options = options(folder.path(), &city, &clock);
    options.keep_days = Some(0);
    let gewu = Gewu::open(options).unwrap();
    gewu.consent(&Consent { terms: "1".into() }).unwrap();
    gewu.enrol("http://city.test", Some("wang")).unwrap();
    gewu.report(with_photo()).unwrap();
    let sync = || gewu.sync(&mut |_| {}, &CancelToken::new()).unwrap();
    let files = || {
        let media = folder.path().join("media");
        let folders = std::fs::read_dir(media).unwrap().flatten();
        let named = folders.filter(|one| one.file_name().len() == 2);
        named
            .map(|one| std::fs::read_dir(one.path()).unwrap().count())
            .sum::<usize>()
    };
    sync();
    sync();
    assert_eq!(files(), 2, "no backup covers them");
    let backup = |at: i64| {
        city.state().response = Some(Box::new(move |response: &mut Response| {
            response.backup_covers = Some(Millis(at));
        }));
    };
    backup(crate::support::START - 1);
    sync();
    assert_eq!(files(), 2, "the backup is older than they are");
    backup(crate::support::START);
    sync();
    assert_eq!(files(), 1, "the small picture stays");
    assert!(gewu.status().unwrap().synced);
    assert_eq!(gewu.scrub(u64::MAX).unwrap().missing, []);
}

#[test]
fn a_photo_that_would_eat_the_headroom_is_refused_and_drafts_survive() {
    let city = Arc::new(City::new());
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(TestClock::default());
    let mut options = options(folder.path(), &city, &clock);
    options.headroom_bytes = u64::MAX;
    let gewu = Gewu::open(options).unwrap();
    gewu.consent(&Consent { terms: "1".into() }).unwrap();
    gewu.enrol("http://city.test", Some("wang")).unwrap();
    let draft = gewu.draft_new(&report()).unwrap();
    let photo = photo("lamp-before.png", EvidenceRole::Scene);
    let full = GewuError::Storage {
        problem: StorageProblem::Full,
    };
    assert_eq!(gewu.attach(draft, photo).unwrap_err(), full);
    assert_eq!(gewu.report(with_photo()).unwrap_err(), full);
    assert_eq!(gewu.draft_list().unwrap().len(), 1);
    gewu.report(report())
        .expect("without a photo there is room");
}

/// A page that no server of ours wrote is the network's, whatever its status says.
#[test]
fn a_login_page_costs_no_file_its_place() {
    let (city, wang) = uploading(UploadPolicy::default());
    let html = vec![("content-type".to_owned(), "text/html".to_owned())];
    city.weather([
        Weather::Fine,
        Weather::Answer(404, html, "<html>log in</html>".into()),
    ]);
    assert!(matches!(wang.sync().outcome, SyncOutcome::Later { .. }));
    let states = wang.gewu.status().unwrap().photos;
    assert!(states.iter().all(|file| file.state == PhotoState::Queued));
    wang.sync();
    assert!(is_synced(&wang));
}

#[test]
fn a_scrub_removes_what_a_crash_left_unnamed_and_nothing_else() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    wang.gewu.report(with_photo()).unwrap();
    let draft = wang.gewu.draft_new(&report()).unwrap();
    let lamp = photo("lamp-after.png", EvidenceRole::Scene);
    wang.gewu.attach(draft, lamp).unwrap();
    let media = wang.folder.path().join("media");
    let lying = || {
        let shelves = std::fs::read_dir(&media)
            .unwrap()
            .map(|entry| entry.unwrap().path());
        let shelves = shelves.filter(|path| path.is_dir());
        let files = shelves.flat_map(|shelf| std::fs::read_dir(shelf).unwrap());
        files
            .map(|entry| entry.unwrap().path())
            .collect::<std::collections::BTreeSet<_>>()
    };
    let before = lying();
    let orphan = gewu_model::crypto::sha256(b"orphan").to_string();
    let shelf = media.join(&orphan[..2]);
    std::fs::create_dir_all(&shelf).unwrap();
    std::fs::write(shelf.join(&orphan), b"orphan").unwrap();
    std::fs::write(shelf.join("notes.txt"), b"somebody's").unwrap();
    assert_eq!(wang.gewu.scrub(u64::MAX).unwrap().unnamed, 1);
    let mut after = lying();
    assert!(after.remove(&shelf.join("notes.txt")), "none of ours");
    assert_eq!(after, before);
    assert_eq!(wang.gewu.scrub(u64::MAX).unwrap().unnamed, 0);
}

#[test]
fn a_quota_refuses_photos_and_nothing_else() {
    let city = Arc::new(City::new());
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(TestClock::default());
    let mut options = options(folder.path(), &city, &clock);
    options.quota_bytes = Some(1);
    let gewu = Gewu::open(options).unwrap();
    gewu.consent(&Consent { terms: "1".into() }).unwrap();
    gewu.enrol("http://city.test", Some("wang")).unwrap();
    let refused = gewu.report(with_photo()).unwrap_err().to_string();
    assert!(refused.contains("quota is used up"), "{refused}");
    gewu.report(report()).unwrap();
    let lies = |path: std::path::PathBuf| path.is_dir() && path.file_name().unwrap().len() == 2;
    let media = std::fs::read_dir(folder.path().join("media")).unwrap();
    assert!(!media.into_iter().any(|entry| lies(entry.unwrap().path())));
}
