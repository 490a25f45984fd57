// long-file: one story for each way in which what was erased could come back.
//! Erasure through the command line: gone from the server and from every device, for good, also on a
//! phone that was away, after a restore, and when the server dies in the middle.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use gewu_tests::process::{Ended, binary};
use serde_json::json;

use super::*;

const WORDS: &str = "门牌十七号张先生拒不配合";

/// A reported case with a text and a photo.
struct Told {
    case: String,
    text: String,
    photo: String,
    small: String,
}

impl Told {
    fn of(device: &Device, saved: &Value) -> Self {
        let case = text(saved, "case").to_owned();
        let shown = device.ok(&["show", &case]).unwrap();
        let entry = &shown["entries"][0];
        let texts = entry["texts"].as_object().unwrap();
        Self {
            text: texts.keys().next().unwrap().clone(),
            photo: text(&entry["photos"][0], "sha256").to_owned(),
            small: text(&entry["photos"][0], "thumb_sha256").to_owned(),
            case,
        }
    }

    fn erase(&self) -> [&str; 8] {
        [
            "erase",
            &self.case,
            "--text",
            &self.text,
            "--photo",
            &self.photo,
            "--reason",
            "个人信息",
        ]
    }

    /// Whether a folder holds the photo or its small picture.
    fn lies_in(&self, folder: &Path) -> bool {
        [&self.photo, &self.small].into_iter().any(|name| {
            let path = folder.join("media").join(&name[..2]).join(name);
            path.exists()
        })
    }
}

/// Whether the words can be read in any file below the folder.
fn speaks(folder: &Path) -> bool {
    let inside = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    inside.into_iter().any(|path| match path.is_dir() {
        true => speaks(&path),
        false => {
            let bytes = fs::read(&path).unwrap();
            bytes
                .windows(WORDS.len())
                .any(|part| part == WORDS.as_bytes())
        }
    })
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (from, to) = (
            entry.as_ref().unwrap().path(),
            to.join(entry.unwrap().file_name()),
        );
        match from.is_dir() {
            true => copy(&from, &to),
            false => drop(fs::copy(&from, &to).unwrap()),
        }
    }
}

fn tell(device: &Device) -> Told {
    let lamp = photo("lamp-before.png");
    let saved = device
        .ok(&report(&["--text", WORDS, "--photo", &lamp]))
        .unwrap();
    Told::of(device, &saved)
}

/// The device shows the text and the photo as erased, holds nothing of them, and owes nothing.
fn forgot(device: &Device, told: &Told) {
    let shown = device.ok(&["show", &told.case]).unwrap();
    let entry = &shown["entries"][0];
    assert_eq!(entry["texts"][&told.text], Value::Null, "{shown}");
    let photo = &entry["photos"][0];
    assert_eq!(
        (&photo["erased"], &photo["held"]),
        (&json!(true), &json!(false)),
        "{shown}"
    );
    let erased = shown["erased"].as_array().unwrap();
    assert!(
        erased.contains(&json!(told.text)) && erased.contains(&json!(told.photo)),
        "{shown}"
    );
    assert_eq!(shown["complete"], true, "{shown}");
    let status = device.ok(&["status"]).unwrap();
    assert_eq!(status["synced"], true, "{status}");
    assert!(!told.lies_in(device.folder()) && !speaks(device.folder()));
}

fn verify(file: &Path, root: &str) -> Ended {
    let output = Command::new(binary())
        .args(["--json", "bundle", "verify"])
        .arg(file)
        .args(["--root", root])
        .output()
        .unwrap();
    Ended::of(&output)
}

#[test]
fn what_is_erased_goes_from_every_device_and_the_case_still_proves_itself() {
    let mut town = Town::new();
    let told = tell(&town.device);
    // A phone of the same person's, put back from a copy: all of it is unsent there.
    let away = Device::new(&town.path("away"));
    copy(town.device.folder(), away.folder());
    town.device.ok(&["sync"]).unwrap();
    let li = town.server.inspector(&town.path("li"), "li").unwrap();
    let file = town.path("case.gewu");
    let export = [
        "export",
        &told.case,
        "-o",
        file.to_str().unwrap(),
        "--fetch",
    ];
    li.ok(&export).unwrap();
    assert!(told.lies_in(li.folder()) && speaks(li.folder()));

    let other = "ab".repeat(32);
    let unknown = ["erase", &told.case, "--photo", &other, "--reason", "x"];
    let refused = town.server.op(&unknown).unwrap_err();
    assert!(refused.contains("no entry of this case names"), "{refused}");
    let nothing = ["erase", &told.case, "--reason", "x"];
    assert!(town.server.op(&nothing).is_err());
    town.server.op(&told.erase()).unwrap();
    let again = town.server.op(&told.erase()).unwrap_err();
    assert!(again.contains("is erased already"), "{again}");

    let server = town.path("server");
    assert!(!told.lies_in(&server));
    let shown = town.server.op(&["show", &told.case]).unwrap();
    // Text, photo, small picture, and the original that only this phone had.
    assert_eq!(shown["erased"].as_array().unwrap().len(), 4, "{shown}");
    assert_eq!(
        (&shown["stage"], &shown["complete"]),
        (&json!("reported"), &json!(true))
    );
    assert_eq!(town.server.op(&["status"]).unwrap()["media"]["missing"], 0);

    for device in [&town.device, &li] {
        device.ok(&["sync"]).unwrap();
        forgot(device, &told);
    }
    away.ok(&["sync"]).unwrap();
    forgot(&away, &told);
    assert!(
        !told.lies_in(&server),
        "it came back from the phone that was away"
    );

    li.ok(&export).unwrap();
    let root = text(&li.ok(&["root"]).unwrap(), "root").to_owned();
    let proven = verify(&file, &root);
    assert_eq!(proven.code, Some(0), "{proven:?}");
    assert_eq!(proven.out[0]["erased"].as_array().unwrap().len(), 2);
    town.server.kill();
    assert!(!speaks(&server));
}

/// An operator's own device.
fn operator(town: &Town) -> Device {
    let grant = ["code", "--user", "ding", "--role", "operator"];
    let made = town.server.op(&grant).unwrap();
    let device = Device::new(&town.path("ding"));
    let code = text(&made, "code");
    device
        .ok(&["enroll", "--server", town.server.url(), "--code", code])
        .unwrap();
    device.ok(&["sync"]).unwrap();
    device
}

#[test]
fn a_redacted_copy_of_the_operator_s_takes_the_place_of_the_erased_photo() {
    let town = Town::new();
    let told = tell(&town.device);
    town.device.ok(&["sync"]).unwrap();
    let ding = operator(&town);
    let covered = photo("lamp-after.png");
    let remark = |of: &str| {
        let words = [
            "note",
            &told.case,
            "--text",
            "车牌已遮盖",
            "--photo",
            &covered,
        ];
        ding.run(&[words.as_slice(), &["--redacts", of]].concat())
            .unwrap()
    };
    let wrong = remark(&"ab".repeat(32));
    assert!(wrong.err.contains("no photo of this case"), "{wrong:?}");
    let noted = remark(&told.photo[..12]);
    assert_eq!(noted.code, Some(0), "{noted:?}");
    ding.ok(&["sync"]).unwrap();

    let shown = town.server.op(&["show", &told.case]).unwrap();
    let entries = shown["entries"].as_array().unwrap();
    let note = entries
        .iter()
        .find(|entry| entry["kind"] == "note")
        .unwrap();
    let copy = text(&note["photos"][0], "sha256").to_owned();
    assert_eq!(note["photos"][0]["redaction_of"], json!(told.photo));
    assert_eq!(entries[0]["photos"][0]["redacted_copies"], json!([copy]));
    assert_eq!(entries[0]["photos"][0]["shown_instead"], Value::Null);

    town.server.op(&told.erase()).unwrap();
    let shown = town.server.op(&["show", &told.case]).unwrap();
    let original = &shown["entries"][0]["photos"][0];
    assert_eq!(original["shown_instead"], json!(copy), "{shown}");
    town.device.ok(&["sync"]).unwrap();
    forgot(&town.device, &told);
    let shown = town.device.ok(&["show", &told.case]).unwrap();
    let original = &shown["entries"][0]["photos"][0];
    assert_eq!(original["shown_instead"], json!(copy), "{shown}");

    // The reporter, who holds the case, gets the copy and can prove it.
    let file = town.path("case.gewu");
    let path = file.to_str().unwrap();
    let export = ["export", &told.case, "-o", path, "--fetch"];
    town.device.ok(&export).unwrap();
    let root = text(&town.device.ok(&["root"]).unwrap(), "root").to_owned();
    let proven = verify(&file, &root);
    assert_eq!(proven.code, Some(0), "{proven:?}");
    let files = &proven.out[0]["cases"][0]["entries"][0]["files"][0];
    assert!(files["presence"]["erased"].is_object(), "{files}");
    assert_eq!(files["redacted_copies"], json!([copy]));
    for (language, words) in [("en", "redacted copy present"), ("zh", "遮盖副本在包内")] {
        let statement = Command::new(binary())
            .args(["bundle", "show", path, "--language", language])
            .output()
            .unwrap();
        let statement = String::from_utf8(statement.stdout).unwrap();
        assert!(statement.contains(words), "{statement}");
    }
}

pub(super) fn back_up(town: &Town) {
    let backed_up = Command::new(binary())
        .args(["server", "backup", "--dir"])
        .arg(town.path("server"))
        .arg("--to")
        .arg(town.path("backup"))
        .output()
        .unwrap();
    assert!(backed_up.status.success(), "{backed_up:?}");
}

/// Puts the backup in the server's place, with or without what was remembered outside of it.
pub(super) fn put_back(town: &mut Town, keep_log: bool) {
    town.server.kill();
    let (server, old) = (town.path("server"), town.path("old"));
    let _ = fs::remove_dir_all(&old);
    fs::rename(&server, &old).unwrap();
    if keep_log {
        fs::create_dir(&server).unwrap();
        fs::copy(old.join("erased.log"), server.join("erased.log")).unwrap();
    }
    let restored = Command::new(binary())
        .args(["server", "restore", "--from"])
        .arg(town.path("backup"))
        .arg("--dir")
        .arg(&server)
        .output()
        .unwrap();
    assert!(restored.status.success(), "{restored:?}");
    town.server.start_again().unwrap();
}

#[test]
fn a_server_restored_from_an_older_backup_erases_again() {
    let mut town = Town::new();
    let told = tell(&town.device);
    town.device.ok(&["sync"]).unwrap();
    back_up(&town);
    town.server.op(&told.erase()).unwrap();
    town.device.ok(&["sync"]).unwrap();
    forgot(&town.device, &told);

    let server = town.path("server");
    put_back(&mut town, true);
    assert!(!told.lies_in(&server), "before any device spoke");
    let shown = town.server.op(&["show", &told.case]).unwrap();
    // Text, photo, small picture, and the original that only this phone had.
    assert_eq!(shown["erased"].as_array().unwrap().len(), 4, "{shown}");
    assert_eq!(shown["report"]["text"], Value::Null);

    // Where that memory is lost too, the devices bring the instruction back.
    put_back(&mut town, false);
    assert!(told.lies_in(&server));
    town.device.ok(&["sync"]).unwrap();
    assert!(!told.lies_in(&server));
    forgot(&town.device, &told);
    let shown = town.server.op(&["show", &told.case]).unwrap();
    let entries = shown["entries"].as_array().unwrap();
    assert!(
        entries.iter().any(|entry| entry["kind"] == "erase"),
        "{shown}"
    );
}

#[test]
fn a_server_killed_while_it_erases_has_done_all_of_it_or_nothing() {
    let mut town = Town::new();
    let server = town.path("server");
    let pictures = [
        "manhole-before.jpg",
        "pothole-before.jpg",
        "rubbish-before.jpg",
        "stall-after.jpg",
    ];
    let mut done = 0;
    for (round, picture) in pictures.into_iter().enumerate() {
        let picture = photo(picture);
        let saved = town
            .device
            .ok(&report(&["--text", WORDS, "--photo", &picture]))
            .unwrap();
        let told = Told::of(&town.device, &saved);
        town.device.ok(&["sync"]).unwrap();
        assert!(told.lies_in(&server));
        let mut asking = Command::new(binary())
            .args(["op", "--server", town.server.url(), "--token-file"])
            .arg(server.join("operator.token"))
            .args(told.erase())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(20 + 25 * round as u64));
        town.server.kill();
        asking.wait().unwrap();
        town.server.start_again().unwrap();
        let shown = town.server.op(&["show", &told.case]).unwrap();
        let entries = shown["entries"].as_array().unwrap();
        let instructed = entries.iter().any(|entry| entry["kind"] == "erase");
        assert_eq!(told.lies_in(&server), !instructed, "{shown}");
        assert_eq!(
            shown["report"]["text"] == Value::Null,
            instructed,
            "{shown}"
        );
        let log = fs::read_to_string(server.join("erased.log")).unwrap_or_default();
        assert_eq!(log.contains(&told.photo), instructed);
        if !instructed {
            town.server.op(&told.erase()).unwrap();
            assert!(!told.lies_in(&server));
        }
        done += usize::from(instructed);
    }
    town.device.ok(&["sync"]).unwrap();
    assert_eq!(town.device.ok(&["status"]).unwrap()["synced"], true);
    eprintln!(
        "{done} of {} were written before the server died",
        pictures.len()
    );
}

#[test]
fn a_citizen_s_own_copies_go_too() {
    let town = Town::new();
    let citizen = Device::new(&town.path("citizen"));
    citizen
        .ok(&["enroll", "--server", town.server.url(), "--citizen"])
        .unwrap();
    citizen.ok(&["sync"]).unwrap();
    let told = tell(&citizen);
    citizen.ok(&["sync"]).unwrap();
    town.server.op(&told.erase()).unwrap();
    assert!(told.lies_in(citizen.folder()));
    citizen.ok(&["sync"]).unwrap();
    forgot(&citizen, &told);
    let entries = citizen.ok(&["show", &told.case]).unwrap();
    assert_eq!(
        entries["entries"].as_array().unwrap().len(),
        1,
        "nothing internal is told"
    );
}

#[test]
fn the_picture_behind_an_erased_photo_cannot_be_handed_in_again() {
    let town = Town::new();
    let told = tell(&town.device);
    town.device.ok(&["sync"]).unwrap();
    town.server.op(&told.erase()).unwrap();
    town.device.ok(&["sync"]).unwrap();
    let lamp = photo("lamp-before.png");
    let again = town.device.run(&report(&["--photo", &lamp])).unwrap();
    assert!(again.err.contains("was erased by the centre"), "{again:?}");
}

#[test]
fn photos_that_other_phones_made_of_the_same_file_go_too_and_their_cases_prove_it() {
    let town = Town::new();
    let phone = |name: &str| town.server.inspector(&town.path(name), name).unwrap();
    let (li, wang) = (phone("li"), phone("wang"));
    let told = tell(&town.device);
    town.device.ok(&["sync"]).unwrap();
    // Wang's report is in before the erasure; Li's comes from a phone that was away.
    let (before, after) = (tell(&wang), tell(&li));
    assert!(told.photo != before.photo && told.photo != after.photo);
    wang.ok(&["sync"]).unwrap();
    let server = town.path("server");
    assert!(before.lies_in(&server));
    town.server.op(&told.erase()).unwrap();
    assert!(!before.lies_in(&server));
    for (device, told) in [(&wang, &before), (&li, &after)] {
        let synced = device.ok(&["sync"]).unwrap();
        let shown = device.ok(&["show", &told.case]).unwrap();
        assert!(!told.lies_in(&server), "{synced} {shown}");
        assert!(!told.lies_in(device.folder()), "{synced} {shown}");
        assert_eq!(shown["entries"][0]["photos"][0]["erased"], true, "{shown}");
        let file = town.path("case.gewu");
        let export = ["export", &told.case, "-o", file.to_str().unwrap()];
        device.ok(&export).unwrap();
        let root = text(&device.ok(&["root"]).unwrap(), "root").to_owned();
        let proven = verify(&file, &root);
        assert_eq!(proven.code, Some(0), "{proven:?}");
        let report = &proven.out[0];
        assert_eq!(report["missing"], json!([]), "{report}");
        let presence = &report["cases"][0]["entries"][0]["files"][0]["presence"];
        assert!(presence["erased"].is_object(), "{presence}");
        fs::remove_file(&file).unwrap();
    }
}
