//! Nothing holds a sync up for ever, and nobody leaves with work still here.

use std::io::ErrorKind;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::support::city::Weather;
use crate::support::desk::Desk;
use crate::support::{City, Device, device, is_synced, options, photo, report, with_photo};
use gewu::files::{Files, FilesError, FolderFiles, ReadSeek};
use gewu::{CancelToken, Gewu, GewuError, SyncOutcome, SyncProgress, UnsentWork};
use gewu_model::cbor;
use gewu_model::command::CommandRecord;
use gewu_model::content::ContentItem;
use gewu_model::entry::{Assign, Body, Dispatch};
use gewu_model::media::EvidenceRole;
use gewu_model::scope::Scope;
use gewu_sync::verdict::Verdict;

#[test]
fn a_sync_that_panicked_is_over_for_the_next_one() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    wang.gewu.report(report()).unwrap();
    let host_panics = AssertUnwindSafe(|| {
        let mut progress = |_| panic!("the host's own");
        wang.gewu.sync(&mut progress, &CancelToken::new())
    });
    assert!(catch_unwind(host_panics).is_err());
    assert_eq!(wang.sync().outcome, SyncOutcome::Complete);
    assert!(is_synced(&wang));
}

#[test]
fn a_call_while_a_sync_waits_does_not_end_it() {
    let city = Arc::new(City::new());
    let Device {
        gewu,
        folder,
        clock,
    } = device(&city, "wang");
    drop(gewu);
    let mut patient = options(folder.path(), &city, &clock);
    patient.patience = Duration::from_secs(3_600);
    let gewu = Gewu::open(patient).unwrap();
    gewu.report(report()).unwrap();
    city.weather([Weather::Offline]);
    let mut progress = |step| {
        if let SyncProgress::Waiting { ms } = step {
            let second = gewu.sync(&mut |_| {}, &CancelToken::new());
            assert!(matches!(second, Err(GewuError::Busy { .. })));
            clock.pass(i64::try_from(ms).unwrap() + 1);
        }
    };
    let first = gewu.sync(&mut progress, &CancelToken::new()).unwrap();
    assert_eq!(first.outcome, SyncOutcome::Complete);
    assert!(gewu.status().unwrap().synced);
}

#[test]
fn what_the_server_cannot_judge_yet_goes_behind_the_rest() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let first = wang.gewu.report(report()).unwrap();
    for change in &wang.gewu.status().unwrap().cases[0].changes {
        city.state().verdicts.insert(*change, Verdict::Pending);
    }
    wang.sync();
    let second = wang.gewu.report(report()).unwrap();
    city.state().requests.clear();
    wang.sync();
    let sent: Vec<_> = city.state().requests[0]
        .cases
        .iter()
        .map(|push| push.case)
        .collect();
    assert_eq!(sent, [second.case, first.case]);
}

#[test]
fn a_pack_that_cannot_be_had_holds_up_no_photo() {
    let city = Arc::new(City::new());
    let (_, grid) = &city.packs[1];
    let grid = gewu_grid::transfer::pack(grid).unwrap();
    let path = format!("/v1/packs/{}", gewu_model::crypto::sha256(&grid));
    city.state().dead.insert(path);
    let li = device(&city, "li");
    li.gewu.report(with_photo()).unwrap();
    assert!(matches!(li.sync().outcome, SyncOutcome::Later { .. }));
    assert_eq!(city.state().media.len(), 2);
    assert_eq!(li.gewu.status().unwrap().photos, []);
    city.state().dead.clear();
    assert_eq!(li.sync().outcome, SyncOutcome::Complete);
    assert_eq!(li.gewu.packs().unwrap().len(), 2);
}

#[test]
fn new_work_goes_up_beside_offers_that_a_restored_server_cannot_take_yet() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let (folder, clock) = (wang.folder, wang.clock);
    drop(wang.gewu);
    let mut fast = options(folder.path(), &city, &clock);
    fast.database.synchronous = gewu::db::Synchronous::Off;
    let gewu = Gewu::open(fast).unwrap();
    let sync = || gewu.sync(&mut |_| {}, &CancelToken::new()).unwrap();
    for _ in 0..1_001 {
        gewu.report(report()).unwrap();
    }
    sync();
    {
        let mut state = city.state();
        state.generation = 1 << 32;
        for hash in std::mem::take(&mut state.accepted).into_keys() {
            let missing = vec![];
            state.verdicts.insert(hash, Verdict::Waiting { missing });
        }
    }
    sync();
    let new = gewu.report(report()).unwrap();
    city.state().requests.clear();
    sync();
    let state = city.state();
    assert!(state.accepted.contains_key(&new.change));
    let offered = state.requests.iter().flat_map(|request| &request.cases);
    assert!(offered.count() > 500, "and the offers go on");
}

#[test]
fn the_same_change_twice_in_an_answer_is_one_change() {
    let city = Arc::new(City::new());
    let (wang, li) = (device(&city, "wang"), device(&city, "li"));
    let case = wang.gewu.report(report()).unwrap().case;
    wang.sync();
    let mut pull = Desk::open(&city, case).pull(Scope::Asked("li".into()));
    pull.changes.extend(pull.changes.clone());
    city.state().pulls.push(pull);
    assert_eq!(li.sync().received, 2);
    assert_eq!(li.gewu.show(case).unwrap().entries.len(), 1);
}

#[test]
fn commands_and_drafts_leave_with_the_export() {
    let city = Arc::new(City::new());
    let (wang, sun) = (device(&city, "wang"), device(&city, "sun"));
    let case = wang.gewu.report(report()).unwrap().case;
    wang.sync();
    let mut desk = Desk::open(&city, case);
    desk.instruct(Body::Dispatch(Dispatch {
        lead: "drainage".into(),
        assist: vec![],
        limit: None,
        note: None,
        substitute_for: None,
        bundle_limit: None,
        must_accept: None,
        external_due: None,
        rule: None,
    }));
    desk.hand_over(Scope::Unit("drainage".into()));
    sun.sync();
    let assign = Body::Assign(Assign {
        person: Some("zhao".into()),
        ..Assign::default()
    });
    sun.gewu.command(case, assign, Some("快去")).unwrap();
    let draft = sun.gewu.draft_new(&report()).unwrap();
    let taken = photo("lamp-before.png", EvidenceRole::Scene);
    let taken = sun.gewu.attach(draft, taken).unwrap().record.sha256;
    let folder = tempfile::tempdir().unwrap();
    let export = UnsentWork::Export(folder.path().to_owned());
    sun.gewu.sign_out(export).unwrap();
    let read = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    let commands: Vec<(CommandRecord, Option<ContentItem>)> =
        cbor::from_slice(&read("commands.cbor")).unwrap();
    assert_eq!(commands[0].1.as_ref().unwrap().text, "快去");
    let drafts: serde_json::Value = serde_json::from_slice(&read("drafts.json")).unwrap();
    assert_eq!(drafts[0]["input"]["text"], "井盖缺失");
    assert!(!read(&format!("media/{taken}")).is_empty());
}

#[test]
fn more_commands_than_a_server_takes_go_in_parts() {
    let city = Arc::new(City::new());
    let sun = device(&city, "sun");
    let queued = "WITH RECURSIVE many (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many LIMIT 1500)
        INSERT INTO commands SELECT randomblob(32), randomblob(16), 'assign', ?1, NULL, 0, NULL,
            NULL, n FROM many";
    let command = gewu_model::command::Command {
        case: gewu_model::ids::CaseId([1; 16]),
        view: gewu_model::ids::Digest([0; 32]),
        kind: "assign".into(),
        body: vec![],
        by: "sun".into(),
        role: "unit_lead".into(),
        unit: None,
        claimed_at: gewu_model::time::Millis(0),
        counter: 1,
        after: None,
    };
    let record = CommandRecord::attest(gewu_model::ids::Digest([0; 32]), &command);
    let database = rusqlite::Connection::open(sun.folder.path().join("gewu.db")).unwrap();
    database.execute(queued, [cbor::to_vec(&record)]).unwrap();
    city.state().requests.clear();
    assert_eq!(sun.sync().unsent, 1_500, "counted whole");
    let state = city.state();
    let most = state.requests.iter().map(|request| request.commands.len());
    assert!((1..=1_000).contains(&most.max().unwrap()));
}

#[test]
fn a_draft_is_a_reason_to_stay() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    let draft = wang.gewu.draft_new(&report()).unwrap();
    let refused = wang.gewu.sign_out(UnsentWork::Refuse);
    assert!(matches!(refused, Err(GewuError::NotPermitted { .. })));
    wang.gewu.draft_delete(draft).unwrap();
    wang.gewu.sign_out(UnsentWork::Refuse).unwrap();
}

type Work = Box<dyn FnOnce() + Send>;

/// Files of a folder; something happens before the first of them is listed or read.
struct Busy(FolderFiles, Arc<Mutex<Option<Work>>>);

impl Busy {
    fn work(&self) {
        let work = self.1.lock().unwrap().take();
        if let Some(work) = work {
            work();
        }
    }
}

impl Files for Busy {
    fn put_atomic(&self, path: &str, bytes: &[u8]) -> Result<(), FilesError> {
        self.0.put_atomic(path, bytes)
    }
    fn read(&self, path: &str) -> Result<Vec<u8>, FilesError> {
        self.work();
        self.0.read(path)
    }
    fn read_range(&self, path: &str, offset: u64, len: usize) -> Result<Vec<u8>, FilesError> {
        self.0.read_range(path, offset, len)
    }
    fn open_read(&self, path: &str) -> Result<Box<dyn ReadSeek>, FilesError> {
        self.0.open_read(path)
    }
    fn len(&self, path: &str) -> Result<Option<u64>, FilesError> {
        self.0.len(path)
    }
    fn remove(&self, path: &str) -> Result<(), FilesError> {
        self.0.remove(path)
    }
    fn list(&self, folder: &str) -> Result<Vec<String>, FilesError> {
        self.work();
        self.0.list(folder)
    }
    fn free_space(&self) -> Result<Option<u64>, FilesError> {
        Err(FilesError::from(std::io::Error::from(
            ErrorKind::Unsupported,
        )))
    }
}

#[test]
fn what_is_saved_while_somebody_leaves_keeps_the_device() {
    for export in [false, true] {
        let city = Arc::new(City::new());
        let Device {
            gewu,
            folder,
            clock,
        } = device(&city, "wang");
        if export {
            gewu.report(with_photo()).unwrap();
        }
        drop(gewu);
        let late = Arc::default();
        let mut options = options(folder.path(), &city, &clock);
        let files = FolderFiles::open(folder.path().join("media")).unwrap();
        options.host.files = Arc::new(Busy(files, Arc::clone(&late)));
        let gewu = Arc::new(Gewu::open(options).unwrap());
        let saving = Arc::clone(&gewu);
        *late.lock().unwrap() = Some(Box::new(move || {
            saving.report(report()).unwrap();
        }) as Work);
        let target = folder.path().join("export");
        let left = gewu.sign_out(match export {
            true => UnsentWork::Export(target),
            false => UnsentWork::Refuse,
        });
        assert!(left.is_err(), "{export}");
        assert_eq!(gewu.status().unwrap().cases.len(), 1 + usize::from(export));
    }
}

/// Files of a folder that nobody can remove, until they can.
struct Stuck(FolderFiles, Arc<std::sync::atomic::AtomicBool>);

impl Files for Stuck {
    fn put_atomic(&self, path: &str, bytes: &[u8]) -> Result<(), FilesError> {
        self.0.put_atomic(path, bytes)
    }
    fn read(&self, path: &str) -> Result<Vec<u8>, FilesError> {
        self.0.read(path)
    }
    fn read_range(&self, path: &str, offset: u64, len: usize) -> Result<Vec<u8>, FilesError> {
        self.0.read_range(path, offset, len)
    }
    fn open_read(&self, path: &str) -> Result<Box<dyn ReadSeek>, FilesError> {
        self.0.open_read(path)
    }
    fn len(&self, path: &str) -> Result<Option<u64>, FilesError> {
        self.0.len(path)
    }
    fn remove(&self, path: &str) -> Result<(), FilesError> {
        match self.1.load(std::sync::atomic::Ordering::Relaxed) {
            true => Err(std::io::Error::from(ErrorKind::PermissionDenied).into()),
            false => self.0.remove(path),
        }
    }
    fn list(&self, folder: &str) -> Result<Vec<String>, FilesError> {
        self.0.list(folder)
    }
    fn free_space(&self) -> Result<Option<u64>, FilesError> {
        self.0.free_space()
    }
}

#[test]
fn a_leave_that_was_cut_off_is_finished_before_anybody_else_comes() {
    let city = Arc::new(City::new());
    let Device {
        gewu,
        folder,
        clock,
    } = device(&city, "wang");
    gewu.report(with_photo()).unwrap();
    drop(gewu);
    let stuck = Arc::new(std::sync::atomic::AtomicBool::new(true));
    let open = || {
        let mut options = options(folder.path(), &city, &clock);
        let files = FolderFiles::open(folder.path().join("media")).unwrap();
        options.host.files = Arc::new(Stuck(files, Arc::clone(&stuck)));
        Gewu::open(options)
    };
    let export = UnsentWork::Export(folder.path().join("export"));
    let gewu = open().unwrap();
    assert!(
        gewu.sign_out(export).is_err(),
        "its photo cannot be removed"
    );
    drop(gewu);
    // A process that was killed after the commit has not come to the keys.
    let secrets = gewu::host::FolderSecrets::open(folder.path().join("secrets")).unwrap();
    gewu::host::SecretStore::put(&secrets, "device-key", &[7; 32]).unwrap();
    assert!(open().is_err(), "somebody would enrol beside what is left");
    stuck.store(false, std::sync::atomic::Ordering::Relaxed);
    let gewu = open().unwrap();
    assert!(matches!(gewu.whoami(), Err(GewuError::NotEnrolled { .. })));
    let left = FolderFiles::open(folder.path().join("media"))
        .unwrap()
        .list("")
        .unwrap();
    assert_eq!(left, Vec::<String>::new());
    let key = gewu::host::SecretStore::get(&secrets, "device-key").unwrap();
    assert!(
        key.is_none(),
        "the next person would be given the key of who left"
    );
}
