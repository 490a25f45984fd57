//! A shared handset: whoever leaves locks their work up, others use the device, and it comes back whole.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gewu::files::{Files, FolderFiles};
use gewu::{Gewu, GewuError, Passphrase, Query, ReportInput, UnsentWork};
use gewu_model::contact::Contact;
use gewu_model::ids::CaseId;
use gewu_model::media::EvidenceRole;

use crate::support::mortal::{MortalFiles, Steps, mortal};
use crate::support::{City, Device, device, is_synced, options, photo, report, with_photo};

const PHRASE: &str = "井盖 2026";
const PHONE: &str = "13812345678";

fn phrase() -> Passphrase {
    Passphrase::new(PHRASE)
}

pub(crate) fn seal() -> UnsentWork {
    UnsentWork::Seal(phrase())
}

/// Wang with a report, a photo and a contact that the server has not, and with a draft.
pub(crate) fn at_work(city: &Arc<City>) -> (Device, CaseId) {
    let wang = device(city, "wang");
    let contact = Contact {
        phone: Some(PHONE.into()),
        ..Contact::default()
    };
    let input = ReportInput {
        contact: Some(contact),
        ..with_photo()
    };
    let case = wang.gewu.report(input).unwrap().case;
    let draft = wang.gewu.draft_new(&report()).unwrap();
    let taken = photo("lamp-before.png", EvidenceRole::Scene);
    wang.gewu.attach(draft, taken).unwrap();
    (wang, case)
}

/// Everything of Wang's is here, and can be delivered.
fn is_back(gewu: &Gewu, case: CaseId) {
    assert_eq!(gewu.whoami().unwrap().user.0, "wang");
    assert_eq!(gewu.lockers().unwrap(), []);
    let status = gewu.status().unwrap();
    assert_eq!((status.cases.len(), status.cases[0].case), (1, case));
    assert_eq!(status.cases[0].changes.len(), 2);
    let drafts = gewu.draft_list().unwrap();
    assert_eq!((drafts.len(), drafts[0].photos.len()), (1, 1));
    assert_eq!(gewu.scrub(u64::MAX).unwrap().missing, []);
    assert_eq!(gewu.checkup().unwrap().files.missing, 0);
}

fn files_of(folder: &Path) -> Vec<String> {
    let files = FolderFiles::open(folder.join("media")).unwrap();
    files.list("").unwrap()
}

#[test]
fn what_was_locked_up_comes_back_whole_after_others_used_the_device() {
    let city = Arc::new(City::new());
    let (wang, case) = at_work(&city);
    wang.gewu.sign_out(seal()).unwrap();
    assert!(matches!(
        wang.gewu.whoami(),
        Err(GewuError::NotEnrolled { .. })
    ));
    assert_eq!(wang.gewu.list(&Query::default()).unwrap().rows, []);
    let lockers = wang.gewu.lockers().unwrap();
    assert_eq!((lockers.len(), lockers[0].user.as_str()), (1, "wang"));
    assert_eq!((lockers[0].unsent > 0, lockers[0].drafts), (true, 1));

    wang.gewu.enrol("http://city.test", Some("zhao")).unwrap();
    let other = wang.gewu.report(report()).unwrap().case;
    let held = wang.gewu.unlock(&lockers[0].name, &phrase());
    assert!(
        matches!(held, Err(GewuError::NotPermitted { .. })),
        "Zhao is signed in"
    );
    wang.sync();
    assert!(is_synced(&wang));
    wang.gewu.sign_out(UnsentWork::Refuse).unwrap();
    assert_eq!(
        wang.gewu.lockers().unwrap(),
        lockers,
        "whoever leaves lets it be"
    );

    let wang = wang.reopen(&city);
    wang.gewu.unlock(&lockers[0].name, &phrase()).unwrap();
    is_back(&wang.gewu, case);
    assert!(wang.gewu.show(other).is_err());
    // The process goes on, another begins: both write under the same new install.
    wang.gewu.report(report()).unwrap();
    let wang = wang.reopen(&city);
    wang.gewu.report(report()).unwrap();
    wang.sync();
    assert!(is_synced(&wang));
    let state = city.state();
    let pushed = state.requests.iter().flat_map(|request| &request.cases);
    let first = pushed
        .filter(|push| push.case == case)
        .flat_map(|push| &push.changes);
    assert!(first.count() >= 2, "{case} was delivered");
    assert_eq!(state.cards.len(), 1);
}

/// What is in every file under `folder`.
fn contents(folder: &Path) -> Vec<Vec<u8>> {
    let read = |path: PathBuf| match path.is_dir() {
        true => contents(&path),
        false => vec![std::fs::read(&path).unwrap()],
    };
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    entries.flat_map(|entry| read(entry.path())).collect()
}

/// Whether any file under `folder` has the bytes.
fn shows(folder: &Path, wanted: &[u8]) -> bool {
    contents(folder)
        .iter()
        .any(|file| file.windows(wanted.len()).any(|window| window == wanted))
}

/// The first bytes of every JPEG that lies open under `folder`. What is encrypted has not so many
/// by chance, as it has those of the mark alone.
fn pictures(folder: &Path) -> Vec<Vec<u8>> {
    contents(folder)
        .iter()
        .filter(|file| file.starts_with(b"\xff\xd8\xff"))
        .map(|file| file[..64].to_vec())
        .collect()
}

#[test]
fn nothing_of_it_can_be_read_without_the_passphrase() {
    let city = Arc::new(City::new());
    let (wang, case) = at_work(&city);
    let folder = wang.folder.path();
    assert!(shows(folder, &case.0) && shows(folder, "井盖缺失".as_bytes()));
    let open = pictures(folder);
    assert!(open.len() >= 2, "a report's and a draft's");
    wang.gewu.sign_out(seal()).unwrap();
    assert!(!shows(folder, &case.0));
    assert!(!shows(folder, "井盖缺失".as_bytes()));
    assert!(!shows(folder, PHONE.as_bytes()));
    assert_eq!(pictures(folder), [] as [Vec<u8>; 0], "no photo lies open");
    for picture in open {
        assert!(!shows(folder, &picture), "nor inside of another file");
    }
}

#[test]
fn a_wrong_passphrase_a_lost_key_store_and_damage_are_told_apart_and_lose_nothing() {
    let city = Arc::new(City::new());
    let (wang, case) = at_work(&city);
    let short = wang
        .gewu
        .sign_out(UnsentWork::Seal(Passphrase::new(" 12345 \n")));
    assert!(matches!(
        short,
        Err(GewuError::InvalidInput {
            field: "passphrase",
            ..
        })
    ));
    is_back(&wang.gewu, case);
    wang.gewu.sign_out(seal()).unwrap();
    let name = wang.gewu.lockers().unwrap()[0].name.clone();
    let unlock = |gewu: &Gewu, phrase: &str| gewu.unlock(&name, &Passphrase::new(phrase));
    let wrong = unlock(&wang.gewu, "井盖 2027");
    assert!(matches!(
        wrong,
        Err(GewuError::InvalidInput {
            field: "passphrase",
            ..
        })
    ));
    assert!(matches!(
        wang.gewu.unlock("../../x", &phrase()),
        Err(GewuError::NotFound { .. })
    ));

    let part = wang
        .folder
        .path()
        .join(format!("media/lockers/{name}/000000"));
    let whole = std::fs::read(&part).unwrap();
    let mut broken = whole.clone();
    broken[1_000] ^= 1;
    std::fs::write(&part, broken).unwrap();
    assert!(matches!(
        unlock(&wang.gewu, PHRASE),
        Err(GewuError::Storage { .. })
    ));
    assert!(matches!(
        wang.gewu.whoami(),
        Err(GewuError::NotEnrolled { .. })
    ));
    std::fs::write(&part, whole).unwrap();

    let secret = wang.folder.path().join("secrets/locker-secret");
    let kept = std::fs::read(&secret).unwrap();
    std::fs::remove_file(&secret).unwrap();
    assert!(matches!(
        unlock(&wang.gewu, PHRASE),
        Err(GewuError::NotPermitted { .. })
    ));
    std::fs::write(&secret, kept).unwrap();
    unlock(&wang.gewu, &format!("{PHRASE}\n")).unwrap();
    is_back(&wang.gewu, case);
}

#[test]
fn a_locker_that_nobody_can_open_can_be_thrown_away() {
    let city = Arc::new(City::new());
    let (wang, _) = at_work(&city);
    wang.gewu.sign_out(seal()).unwrap();
    let name = wang.gewu.lockers().unwrap()[0].name.clone();
    wang.gewu.discard_locker(&name).unwrap();
    assert_eq!(wang.gewu.lockers().unwrap(), []);
    assert_eq!(files_of(wang.folder.path()), Vec::<String>::new());
    assert!(matches!(
        wang.gewu.discard_locker(&name),
        Err(GewuError::NotFound { .. })
    ));
}

/// Runs `act` on the device and kills it before its n-th step on files and keys. Whether it came to its end.
fn killed_at(n: i64, device: Device, city: &Arc<City>, act: impl FnOnce(&Gewu)) -> (Device, bool) {
    let Device {
        gewu,
        folder,
        clock,
    } = device;
    drop(gewu);
    let steps = Steps::immortal();
    let options_of = || mortal(options(folder.path(), city, &clock), folder.path(), &steps);
    let gewu = Gewu::open(options_of()).unwrap();
    steps.die_at(n);
    let ended = catch_unwind(AssertUnwindSafe(|| act(&gewu))).is_ok();
    drop(gewu);
    let gewu = Gewu::open(options(folder.path(), city, &clock)).unwrap();
    (
        Device {
            gewu,
            folder,
            clock,
        },
        ended,
    )
}

#[test]
fn a_device_that_dies_while_it_locks_up_has_the_work_here_or_in_the_locker() {
    let city = Arc::new(City::new());
    let mut locked = 0;
    for n in 0.. {
        let (wang, case) = at_work(&city);
        let (wang, ended) = killed_at(n, wang, &city, |gewu| gewu.sign_out(seal()).unwrap());
        if let Some(locker) = wang.gewu.lockers().unwrap().first() {
            locked += 1;
            assert!(
                matches!(wang.gewu.whoami(), Err(GewuError::NotEnrolled { .. })),
                "{n}"
            );
            wang.gewu.unlock(&locker.name, &phrase()).unwrap();
        }
        is_back(&wang.gewu, case);
        wang.sync();
        assert!(is_synced(&wang), "{n}");
        if ended {
            assert!(n > 8 && locked > 3, "{n} {locked}");
            break;
        }
    }
}

#[test]
fn a_device_that_dies_while_it_unlocks_has_the_work_here_or_in_the_locker() {
    let city = Arc::new(City::new());
    let mut locked = 0;
    for n in 0.. {
        let (wang, case) = at_work(&city);
        wang.gewu.sign_out(seal()).unwrap();
        let name = wang.gewu.lockers().unwrap()[0].name.clone();
        let (wang, ended) = killed_at(n, wang, &city, |gewu| {
            gewu.unlock(&name, &phrase()).unwrap();
        });
        if let Some(locker) = wang.gewu.lockers().unwrap().first() {
            locked += 1;
            assert!(
                matches!(wang.gewu.whoami(), Err(GewuError::NotEnrolled { .. })),
                "{n}"
            );
            let all = files_of(wang.folder.path());
            assert!(
                all.iter().all(|path| path.starts_with("lockers/")),
                "{n}: {all:?}"
            );
            wang.gewu.unlock(&locker.name, &phrase()).unwrap();
        }
        is_back(&wang.gewu, case);
        wang.sync();
        assert!(is_synced(&wang), "{n}");
        if ended {
            assert!(n > 5 && locked > 3, "{n} {locked}");
            break;
        }
    }
}

#[test]
fn a_full_disk_leaves_everything_where_it_was() {
    let city = Arc::new(City::new());
    let (wang, case) = at_work(&city);
    let Device {
        gewu,
        folder,
        clock,
    } = wang;
    drop(gewu);
    let open = |room| {
        let mut options = options(folder.path(), &city, &clock);
        options.host.files = Arc::new(MortalFiles::new(folder.path(), &Steps::immortal(), room));
        Gewu::open(options).unwrap()
    };
    let full = "the disk is full; make room and try again";
    let gewu = open(1);
    assert_eq!(gewu.sign_out(seal()).unwrap_err().to_string(), full);
    is_back(&gewu, case);
    drop(gewu);
    let gewu = open(100);
    gewu.sign_out(seal()).unwrap();
    drop(gewu);
    let gewu = open(1);
    let name = gewu.lockers().unwrap()[0].name.clone();
    assert_eq!(gewu.unlock(&name, &phrase()).unwrap_err().to_string(), full);
    assert!(
        files_of(folder.path())
            .iter()
            .all(|path| path.starts_with("lockers/"))
    );
    drop(gewu);
    let gewu = open(100);
    gewu.unlock(&name, &phrase()).unwrap();
    is_back(&gewu, case);
}

#[test]
fn a_locker_with_a_damaged_head_is_named_and_holds_up_nobody() {
    let city = Arc::new(City::new());
    let (wang, case) = at_work(&city);
    wang.gewu.sign_out(seal()).unwrap();
    let whole = wang.gewu.lockers().unwrap()[0].name.clone();
    let other = "00".repeat(16);
    for head in [&b"{\"version\""[..], b"", b"{\"version\":2}"] {
        let folder = wang.folder.path().join(format!("media/lockers/{other}"));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("000000"), b"sealed").unwrap();
        std::fs::write(folder.join("head.json"), head).unwrap();
        let lockers = wang.gewu.lockers().unwrap();
        assert_eq!(
            (lockers.len(), lockers[0].name.as_str()),
            (2, whole.as_str())
        );
        assert!(lockers[1].problem.is_some());
        let newer = head.ends_with(b":2}");
        let said = wang.gewu.unlock(&other, &phrase()).unwrap_err();
        assert_eq!(matches!(said, GewuError::TooOld { .. }), newer, "{said:?}");
        wang.gewu.discard_locker(&other).unwrap();
        assert!(!folder.exists(), "an empty folder stays");
    }
    wang.gewu.unlock(&whole, &phrase()).unwrap();
    is_back(&wang.gewu, case);
    let lockers = wang.folder.path().join("media/lockers");
    assert!(!lockers.exists(), "an empty folder stays");
}

#[test]
fn a_locker_whose_removal_was_cut_off_can_be_removed_again() {
    let city = Arc::new(City::new());
    let (wang, _) = at_work(&city);
    wang.gewu.sign_out(seal()).unwrap();
    let name = wang.gewu.lockers().unwrap()[0].name.clone();
    std::fs::remove_file(
        wang.folder
            .path()
            .join(format!("media/lockers/{name}/head.json")),
    )
    .unwrap();
    assert!(wang.gewu.lockers().unwrap()[0].problem.is_some());
    wang.gewu.discard_locker(&name).unwrap();
    assert_eq!(files_of(wang.folder.path()), Vec::<String>::new());
}
