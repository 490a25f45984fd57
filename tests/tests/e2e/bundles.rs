//! Bundles through the command line, from a real server's cases: made online, checked with nothing.

use std::path::Path;
use std::process::Command;

use gewu_tests::process::{Ended, binary};

use super::*;

fn verify(file: &Path, root: &str) -> Ended {
    let output = Command::new(binary())
        .args(["--json", "bundle", "verify"])
        .arg(file)
        .args(["--root", root])
        .output()
        .unwrap();
    Ended::of(&output)
}

fn export(device: &Device, words: &[&str], file: &Path) {
    let file = ["-o", file.to_str().unwrap()];
    device.ok(&[&["export"], words, &file].concat()).unwrap();
}

#[test]
fn a_case_of_two_people_is_proven_without_the_server_and_every_bent_copy_is_not() {
    let mut town = Town::new();
    let lamp = photo("lamp-before.png");
    let saved = town
        .device
        .ok(&report(&["--text", "路灯不亮", "--photo", &lamp]))
        .unwrap();
    let case = text(&saved, "case").to_owned();
    town.device.ok(&["sync"]).unwrap();
    town.server.op(&["file", &case]).unwrap();
    let second = town.server.inspector(&town.path("li"), "li").unwrap();
    town.device.ok(&["sync"]).unwrap();
    second.ok(&["sync"]).unwrap();
    town.server.kill();

    let root = text(&town.device.ok(&["root"]).unwrap(), "root").to_owned();
    let city = text(&town.device.ok(&["root"]).unwrap(), "city").to_owned();
    let file = town.path("case.gewu");
    export(&town.device, &[&case], &file);
    for root in [&root, &city] {
        let whole = verify(&file, root);
        assert_eq!(
            (whole.code, &whole.out[0]["outcome"]),
            (Some(0), &Value::from("whole")),
            "{whole:?}"
        );
        assert_eq!(whole.out[0]["cases"][0]["view"]["stage"], "filed");
    }
    assert_eq!(verify(&file, &"ab".repeat(32)).code, Some(1));
    assert_eq!(verify(&file, "nonsense").code, Some(2));

    let mut bytes = std::fs::read(&file).unwrap();
    let bent = town.path("bent.gewu");
    for at in (0..bytes.len()).step_by(bytes.len() / 8) {
        bytes[at] ^= 1;
        std::fs::write(&bent, &bytes).unwrap();
        let found = verify(&bent, &root);
        assert_eq!(found.code, Some(1), "byte {at}");
        assert_ne!(
            found.out[0]["findings"][0]["member"],
            Value::Null,
            "byte {at}"
        );
        bytes[at] ^= 1;
    }
}

#[test]
fn a_device_without_the_photos_says_so_and_fetches_them_when_asked() {
    let town = Town::new();
    let lamp = photo("lamp-before.png");
    let saved = town.device.ok(&report(&["--photo", &lamp])).unwrap();
    let case = text(&saved, "case");
    town.device.ok(&["sync"]).unwrap();
    let other = town.server.inspector(&town.path("li"), "li").unwrap();
    other.ok(&["sync"]).unwrap();
    let root = text(&other.ok(&["root"]).unwrap(), "root").to_owned();
    let file = town.path("case.gewu");
    export(&other, &[case], &file);
    let thin = verify(&file, &root);
    assert_eq!(thin.code, Some(3), "{thin:?}");
    // The photo and its thumbnail.
    assert_eq!(thin.out[0]["missing"].as_array().unwrap().len(), 2);
    export(&other, &[case, "--fetch"], &file);
    assert_eq!(verify(&file, &root).code, Some(0));
}

#[test]
fn an_original_that_the_policy_keeps_is_missed_and_fetched() {
    let town = Town::new();
    let (rules, _) = super::packs::policy(town.folder.path(), 100, |body| {
        body["photo"] = serde_json::json!({ "keep_original": [{ "code": "01002" }] });
    });
    town.server.op(&["publish", &rules]).unwrap();
    town.device.ok(&["sync"]).unwrap();
    let lamp = photo("lamp-before.png");
    let saved = town.device.ok(&report(&["--photo", &lamp])).unwrap();
    let case = text(&saved, "case");
    town.device.ok(&["sync"]).unwrap();
    let shown = town.device.ok(&["show", case]).unwrap();
    let record = &shown["entries"][0]["photos"][0];
    assert_eq!(record["original_kept"], true, "{shown}");
    let other = town.server.inspector(&town.path("li"), "li").unwrap();
    other.ok(&["sync"]).unwrap();
    let root = text(&other.ok(&["root"]).unwrap(), "root").to_owned();
    let file = town.path("case.gewu");
    let done = other
        .ok(&["export", case, "-o", file.to_str().unwrap()])
        .unwrap();
    assert_eq!(
        (&done["photos_absent"], &done["originals_absent"]),
        (&1.into(), &1.into())
    );
    let thin = verify(&file, &root);
    assert_eq!(thin.code, Some(3), "{thin:?}");
    let missing = thin.out[0]["missing"].as_array().unwrap();
    assert!(missing.contains(&record["original_sha256"]), "{thin:?}");
    assert_eq!(missing.len(), 3);
    export(&other, &[case, "--fetch"], &file);
    let whole = verify(&file, &root);
    assert_eq!(whole.code, Some(0), "{whole:?}");
    let kept = &whole.out[0]["cases"][0]["entries"][0]["files"][0]["original"];
    assert_eq!(kept, "present");
}

#[test]
fn unsent_work_leaves_a_phone_and_is_marked_as_unconfirmed() {
    let mut town = Town::new();
    town.server.kill();
    let lamp = photo("lamp-before.png");
    town.device
        .ok(&report(&["--text", "路灯不亮", "--photo", &lamp]))
        .unwrap();
    let file = town.path("tail.gewu");
    export(&town.device, &["--unsent"], &file);
    let root = text(&town.device.ok(&["root"]).unwrap(), "root").to_owned();
    let tail = verify(&file, &root);
    assert_eq!(tail.code, Some(4), "{tail:?}");
    assert_eq!(tail.out[0]["unconfirmed"].as_array().unwrap().len(), 1);
    let shown = Command::new(binary())
        .args(["bundle", "show"])
        .arg(&file)
        .output()
        .unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(
        shown.contains("未确认尾部") && shown.contains("路灯不亮"),
        "{shown}"
    );
}

#[test]
fn what_was_erased_is_neither_fetched_nor_counted_as_absent() {
    let town = Town::new();
    let lamp = photo("lamp-before.png");
    let saved = town.device.ok(&report(&["--photo", &lamp])).unwrap();
    let case = text(&saved, "case");
    town.device.ok(&["sync"]).unwrap();
    let shown = town.device.ok(&["show", case]).unwrap();
    let erased = text(&shown["entries"][0]["photos"][0], "sha256");
    let erase = ["erase", case, "--photo", erased, "--reason", "个人信息"];
    town.server.op(&erase).unwrap();
    town.device.ok(&["sync"]).unwrap();
    let file = town.path("case.gewu");
    let export = ["export", case, "--fetch", "-o", file.to_str().unwrap()];
    let done = town.device.ok(&export).unwrap();
    assert_eq!(done["photos_absent"], 0, "{done}");
    let root = text(&town.device.ok(&["root"]).unwrap(), "root").to_owned();
    let whole = verify(&file, &root);
    assert_eq!(whole.code, Some(0), "{whole:?}");
    assert_eq!(whole.out[0]["erased"], Value::from(vec![erased]));
}
