//! A device was lost: the centre has it deliver what it can, and then nothing of anybody is left on it.

use std::fs;
use std::path::Path;

use super::*;

/// Every file under a folder, with its bytes.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push((path.clone(), fs::read(path).unwrap())),
        }
    }
    found
}

fn holds(folder: &Path, words: &str) -> bool {
    let has = |bytes: &[u8]| {
        bytes
            .windows(words.len())
            .any(|part| part == words.as_bytes())
    };
    files(folder).iter().any(|(_, bytes)| has(bytes))
}

fn key_of(town: &Town) -> String {
    let devices = town.server.op_lines(&["devices"]).unwrap();
    let ours = devices
        .iter()
        .find(|device| device["user"] == "chen")
        .unwrap();
    text(ours, "key").to_owned()
}

fn wipe_of(town: &Town, key: &str) -> Value {
    let devices = town.server.op_lines(&["devices"]).unwrap();
    let ours = devices.iter().find(|device| device["key"] == key).unwrap();
    ours["wipe"].clone()
}

#[test]
fn a_lost_device_delivers_and_then_holds_nothing_of_anybody() {
    let town = Town::new();
    let folder = town.folder.path().join("chen");
    let lamp = photo("lamp-before.png");
    let saved = town
        .device
        .ok(&report(&["--text", "路灯不亮", "--photo", &lamp]))
        .unwrap();
    let key = key_of(&town);
    assert!(holds(&folder, "路灯不亮"));
    town.server.op(&["wipe", &key]).unwrap();
    assert!(wipe_of(&town, &key)["done_at"].is_null());

    let cleared = town.device.run(&["sync"]).unwrap();
    assert!(cleared.err.contains("cleared"), "{cleared:?}");
    let shown = town.server.op(&["show", text(&saved, "case")]).unwrap();
    let media = shown["media"].as_array().unwrap();
    assert!(
        !media.is_empty() && media.iter().all(|one| one["present"] == true),
        "{shown}"
    );
    assert!(wipe_of(&town, &key)["done_at"].is_i64());

    assert!(!holds(&folder, "路灯不亮"), "its text is still there");
    let left = files(&folder).into_iter().filter(|(path, _)| {
        let inside = |name: &str| path.strip_prefix(folder.join(name)).is_ok();
        inside("media") || path.ends_with("device-key") || path.ends_with("case-secret")
    });
    assert_eq!(
        left.map(|(path, _)| path).collect::<Vec<_>>(),
        Vec::<PathBuf>::new()
    );
    assert!(town.device.lines(&["list"]).unwrap().is_empty());

    let late = town.server.op(&["wipe", &key, "--take-back"]).unwrap_err();
    assert!(late.contains("already"), "{late}");
}

#[test]
fn what_cannot_be_delivered_holds_it_up_for_the_days_that_were_named() {
    let town = Town::new();
    let lamp = photo("lamp-before.png");
    let with_photo = report(&["--text", "路灯不亮", "--photo", &lamp]);
    town.device.ok(&with_photo).unwrap();
    let folder = town.folder.path().join("chen");
    for (path, bytes) in files(&folder.join("media")) {
        fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
    }
    let key = key_of(&town);
    town.server.op(&["wipe", &key, "--days", "2"]).unwrap();
    town.device.run(&["sync"]).unwrap();
    assert_eq!(
        town.device.lines(&["list"]).unwrap().len(),
        1,
        "it has two days"
    );
    assert!(wipe_of(&town, &key)["done_at"].is_null());

    town.server.op(&["wipe", &key, "--days", "0"]).unwrap();
    let cleared = town.device.run(&["sync"]).unwrap();
    assert!(
        cleared.err.contains("could not be delivered"),
        "{cleared:?}"
    );
    assert!(!holds(&folder, "路灯不亮"));
}

#[test]
fn an_order_is_taken_back_for_a_device_that_was_found() {
    let town = Town::new();
    town.device.ok(&report(&[])).unwrap();
    let key = key_of(&town);
    town.server.op(&["wipe", &key]).unwrap();
    town.server.op(&["wipe", &key, "--take-back"]).unwrap();
    assert!(wipe_of(&town, &key).is_null());
    town.device.run(&["sync"]).unwrap();
    assert_eq!(town.device.lines(&["list"]).unwrap().len(), 1);
    let again = town.server.op(&["wipe", &key, "--take-back"]).unwrap_err();
    assert!(again.contains("not known"), "{again}");
}

#[test]
fn what_a_stolen_device_sends_is_taken_by_the_first_digits_of_its_hash() {
    let town = Town::new();
    let saved = town.device.ok(&report(&["--text", "路灯不亮"])).unwrap();
    town.server.op(&["compromise", &key_of(&town)]).unwrap();
    town.device.run(&["sync"]).unwrap();
    let waiting = town.server.op_lines(&["late"]).unwrap();
    let change = text(&waiting[0], "change").to_owned();
    assert_eq!(waiting[0]["case"], saved["case"]);
    let none = town
        .server
        .op(&["late", "--take", "0123456789"])
        .unwrap_err();
    assert!(none.contains("see `gewu op late`"), "{none}");
    let taken = town.server.op(&["late", "--take", &change[..10]]).unwrap();
    assert_eq!(text(&taken, "change"), change);
}

#[test]
fn a_state_is_told_as_far_as_anything_is_accepted() {
    let town = Town::new();
    let sent = town.device.ok(&report(&[])).unwrap();
    town.device.ok(&["sync"]).unwrap();
    let unsent = town.device.ok(&report(&["--text", "路灯不亮"])).unwrap();
    let hash_of = |case: &Value| {
        let told = town.device.lines(&["state"]).unwrap();
        let line = told.iter().find(|line| line["case"] == case["case"]);
        line.map(|line| line["hash"].is_string())
    };
    assert_eq!(
        (hash_of(&sent), hash_of(&unsent)),
        (Some(true), Some(false))
    );
    town.server.op(&["compromise", &key_of(&town)]).unwrap();
    town.device.run(&["sync"]).unwrap();
    assert_eq!(hash_of(&unsent), Some(false));
}

#[test]
fn what_a_citizen_had_not_sent_when_the_keys_were_lost_goes_up_under_the_new_ones() {
    let town = Town::new();
    let folder = town.path("citizen");
    let citizen = Device::new(&folder);
    let enroll = ["enroll", "--server", town.server.url(), "--citizen"];
    citizen.ok(&enroll).unwrap();
    citizen.ok(&report(&["--text", "送到了"])).unwrap();
    citizen.ok(&["sync"]).unwrap();
    let lamp = photo("lamp-before.png");
    let unsent = report(&["--text", "还没送到", "--photo", &lamp]);
    let case = text(&citizen.ok(&unsent).unwrap(), "case").to_owned();
    for (path, _) in files(&folder.join("secrets")) {
        fs::remove_file(path).unwrap();
    }
    citizen.ok(&enroll).unwrap();
    for _ in 0..2 {
        citizen.run(&["sync"]).unwrap();
    }
    let shown = town.server.op(&["show", &case]).unwrap();
    assert!(shown.to_string().contains("还没送到"), "{shown}");
    let media = shown["media"].as_array().unwrap();
    assert!(
        !media.is_empty() && media.iter().all(|one| one["present"] == true),
        "{shown}"
    );
    let status = citizen.ok(&["status"]).unwrap();
    assert_eq!(status["synced"], true, "{status}");
    assert_eq!(citizen.lines(&["list"]).unwrap().len(), 2);
}

#[test]
fn an_export_is_not_written_over_another_one() {
    let town = Town::new();
    town.device.ok(&report(&["--text", "第一个人的"])).unwrap();
    let out = town.path("export");
    let folder = out.to_str().unwrap();
    let export = ["sign-out", "--export", folder];
    town.device.ok(&export).unwrap();
    let other = town.server.inspector(&town.path("li"), "li").unwrap();
    other.ok(&report(&["--text", "第二个人的"])).unwrap();
    let refused = other.run(&export).unwrap();
    assert!(
        refused.code != Some(0) && refused.err.contains("empty"),
        "{refused:?}"
    );
    assert!(holds(&out, "第一个人的") && !holds(&out, "第二个人的"));
    assert_eq!(other.lines(&["list"]).unwrap().len(), 1, "nothing is lost");
}
