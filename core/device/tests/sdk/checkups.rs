//! A device looks itself over.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gewu::{Ailment, Checkup, ReportInput, SyncCause, SyncEnd, UnsentGroup, UnsentKind, UnsentWhy};
use gewu_model::contact::Contact;
use gewu_sync::verdict::SetAside;

use crate::support::city::Weather;
use crate::support::{City, Device, START, device, report, with_photo};

fn found(checkup: &Checkup) -> Vec<(Ailment, u32)> {
    let findings = checkup.findings.iter();
    findings.map(|one| (one.what, one.count)).collect()
}

fn group(checkup: &Checkup, what: UnsentKind) -> UnsentGroup {
    let mut of = checkup.unsent.iter().filter(|group| group.what == what);
    *of.next().unwrap()
}

/// Entries are stamped with the server's time, which is not quite the device's.
fn is_about_two_minutes(age: Option<u64>) -> bool {
    age.is_some_and(|ms| ms.abs_diff(120_000) < 5_000)
}

/// The files of the device, the largest first.
fn files(device: &Device) -> Vec<PathBuf> {
    let below = |folder: &Path| -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    };
    let media = device.folder.path().join("media");
    let folders = below(&media).into_iter().filter(|path| {
        let name = path.file_name().unwrap().to_str().unwrap();
        path.is_dir() && name.len() == 2
    });
    let mut files: Vec<PathBuf> = folders.flat_map(|folder| below(&folder)).collect();
    files.sort_by_key(|path| std::cmp::Reverse(path.metadata().unwrap().len()));
    files
}

#[test]
fn a_sound_device_says_so_with_what_waits_since_when_and_how_its_syncs_went() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    wang.sync();
    wang.gewu.report(with_photo()).unwrap();
    wang.clock.pass(120_000);
    city.weather([Weather::Offline]);
    wang.sync();
    let checkup = wang.gewu.checkup().unwrap();
    assert_eq!(found(&checkup), []);
    assert!(checkup.enrolled && checkup.packs.iter().all(|pack| pack.sound));
    assert!(checkup.packs.iter().any(|pack| pack.kind == "grid"));
    assert_eq!((checkup.cases, checkup.files.files), (1, 2));
    let entries = group(&checkup, UnsentKind::Entry);
    assert_eq!((entries.count, entries.why), (2, UnsentWhy::NextSync));
    assert!(is_about_two_minutes(entries.oldest_ms), "{entries:?}");
    assert_eq!(group(&checkup, UnsentKind::Text).count, 1);
    let photo = group(&checkup, UnsentKind::Photo);
    assert!(is_about_two_minutes(photo.oldest_ms), "{photo:?}");
    assert!(photo.count == 1 && photo.bytes > 1_000);
    // Enrolling synced for the first time.
    let [last, first, _] = checkup.syncs.as_slice() else {
        panic!("{:?}", checkup.syncs);
    };
    assert_eq!(last.outcome, SyncEnd::Later);
    assert_eq!(last.cause, Some(SyncCause::Offline));
    assert_eq!(last.ended_at.0, START + 120_000);
    assert_eq!((first.outcome, first.cause), (SyncEnd::Complete, None));
    assert!(first.exchanges > 0 && first.bytes_up > 0 && first.bytes_down > 0);
    wang.sync();
    let checkup = wang.gewu.checkup().unwrap();
    assert_eq!((found(&checkup), checkup.unsent), (vec![], vec![]));
}

#[test]
fn the_last_twenty_syncs_are_kept() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    for _ in 0..23 {
        wang.clock.pass(1_000);
        wang.sync();
    }
    let syncs = wang.gewu.checkup().unwrap().syncs;
    let ends: Vec<i64> = syncs.iter().map(|sync| sync.ended_at.0 - START).collect();
    let expected: Vec<i64> = (4..=23).rev().map(|second| second * 1_000).collect();
    assert_eq!(ends, expected);
}

#[test]
fn what_the_disk_did_is_found_and_nothing_is_changed_by_looking() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    wang.gewu.report(with_photo()).unwrap();
    let lying = files(&wang);
    let mut bytes = fs::read(&lying[0]).unwrap();
    bytes[100] ^= 1;
    fs::write(&lying[0], &bytes).unwrap();
    let small = fs::read(&lying[1]).unwrap();
    fs::remove_file(&lying[1]).unwrap();
    let before = wang.gewu.status().unwrap();
    for _ in 0..2 {
        let checkup = wang.gewu.checkup().unwrap();
        let expected = [(Ailment::FilesDamaged, 1), (Ailment::FilesMissing, 1)];
        assert_eq!(found(&checkup), expected);
    }
    assert_eq!(wang.gewu.status().unwrap(), before);
    assert_eq!(fs::read(&lying[0]).unwrap(), bytes);
    bytes[100] ^= 1;
    fs::write(&lying[0], &bytes).unwrap();
    fs::write(&lying[1], small).unwrap();
    wang.sync();
    assert_eq!(found(&wang.gewu.checkup().unwrap()), []);
    fs::write(&lying[0], b"rot").unwrap();
    let checkup = wang.gewu.checkup().unwrap();
    assert_eq!(found(&checkup), [(Ailment::FilesRestorable, 1)]);
}

#[test]
fn a_damaged_page_of_the_database_is_found() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    for _ in 0..40 {
        wang.gewu.report(report()).unwrap();
    }
    let path = wang.folder.path().join("gewu.db");
    let Device {
        gewu,
        folder,
        clock,
    } = wang;
    drop(gewu);
    let mut bytes = fs::read(&path).unwrap();
    let page = bytes.len() / 4096 / 2 * 4096;
    bytes[page..page + 4096].fill(0xA5);
    fs::write(&path, &bytes).unwrap();
    let options = crate::support::options(folder.path(), &city, &clock);
    let seen = gewu::Gewu::open(options).and_then(|gewu| gewu.checkup());
    match seen {
        Ok(checkup) => assert!(found(&checkup).contains(&(Ailment::DatabaseDamaged, 1))),
        // A page that opening needs: the file is moved aside instead, and said.
        Err(error) => assert!(error.to_string().contains("damaged"), "{error}"),
    }
}

#[test]
fn clocks_old_work_and_a_sync_that_stopped_are_ailments() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    wang.gewu.report(report()).unwrap();
    wang.clock.pass(4 * 86_400_000);
    city.weather([Weather::Answer(426, vec![], r#"{"protocol":2}"#.into())]);
    wang.try_sync().unwrap_err();
    let checkup = wang.gewu.checkup().unwrap();
    assert_eq!(checkup.syncs[0].cause, Some(SyncCause::TooOld));
    let wrong = found(&checkup);
    for expected in [Ailment::WaitsForDays, Ailment::SyncStopped] {
        assert!(wrong.contains(&(expected, 1)), "{wrong:?}");
    }
    let header = ("gewu-server-time".to_owned(), START.to_string());
    city.weather([Weather::Answer(401, vec![header], String::new())]);
    wang.sync();
    let checkup = wang.gewu.checkup().unwrap();
    let offset = checkup.clock_offset_ms.unwrap();
    assert!((offset + 4 * 86_400_000).abs() < 60_000, "{offset}");
    assert_eq!(found(&checkup), [(Ailment::ClockWrong, 1)]);
}

/// What people wrote and were, planted wherever a device keeps something.
#[test]
fn a_checkup_holds_nothing_that_people_wrote_and_nowhere_that_they_were() {
    const SECRET: &str = "赵家窨井PLANTEDWORD";
    const PHONE: &str = "13912345678";
    let city = Arc::new(crate::place::with_slice(1));
    let wang = device(&city, "wang");
    let planted = || ReportInput {
        text: Some(SECRET.into()),
        contact: Some(Contact {
            phone: Some(PHONE.into()),
            name: Some("PLANTEDNAME".into()),
            id_number: None,
        }),
        ..with_photo()
    };
    let unsent = wang.gewu.report(planted()).unwrap();
    city.state().refuse_next = vec![SetAside::Standing];
    wang.sync();
    let words = r#"{"detail":"PLANTEDWORD for wang at 13912345678"}"#;
    let header = (
        "content-type".to_owned(),
        "application/problem+json".to_owned(),
    );
    city.weather([Weather::Answer(403, vec![header], words.into())]);
    wang.gewu.report(planted()).unwrap();
    wang.try_sync().unwrap_err();
    let checkup = wang.gewu.checkup().unwrap();
    assert!(!checkup.unsent.is_empty() && checkup.syncs.len() == 3);
    let json = serde_json::to_string_pretty(&checkup).unwrap();
    let packs = wang.gewu.packs().unwrap();
    let slice = packs.iter().find(|pack| pack.kind == "grid").unwrap();
    let case = unsent.case.to_string();
    let file = files(&wang)[0].file_name().unwrap().to_owned();
    let folder = wang.folder.path().to_str().unwrap().to_owned();
    for planted in [
        SECRET,
        "PLANTED",
        PHONE,
        "wang",
        "123.4227",
        "1234227290",
        "41.7999",
        "990101Z01",
        "city.test",
        &slice.digest.to_string(),
        &format!(": {},", slice.bytes),
        &case,
        file.to_str().unwrap(),
        &folder,
    ] {
        assert!(!json.contains(planted), "{planted} is in {json}");
    }
}

#[test]
fn what_is_unsent_is_not_said_to_be_nothing_where_it_cannot_be_read() {
    let city = Arc::new(City::new());
    let wang = device(&city, "wang");
    wang.gewu.report(with_photo()).unwrap();
    let db = rusqlite::Connection::open(wang.folder.path().join("gewu.db")).unwrap();
    db.execute("UPDATE changes SET bytes = x'00'", []).unwrap();
    let checkup = wang.gewu.checkup().unwrap();
    let wrong = found(&checkup);
    assert!(wrong.contains(&(Ailment::UnsentUnknown, 1)), "{wrong:?}");
    let photos = group(&checkup, UnsentKind::Photo);
    assert_eq!(photos.count, 1, "what can be read is told");
}

#[test]
fn the_page_of_versions_names_the_present_ones() {
    let page = include_str!("../../../../docs/versions.md");
    let checkup = device(&Arc::new(City::new()), "wang")
        .gewu
        .checkup()
        .unwrap();
    let (protocol, schema) = (gewu_sync::wire::PROTOCOL, checkup.schema);
    let row = format!(
        "| {}, not released | {protocol} | {schema} |",
        checkup.version
    );
    assert!(page.contains(&row), "no row {row}");
}
