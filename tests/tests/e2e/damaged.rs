//! What a device's disk does to files is found by looking at their bytes, and never passed over in silence.

use std::fs;
use std::path::Path;
use std::process::Command;

use gewu_tests::process::{Ended, binary};

use super::*;

/// How a picture begins; packs lie beside them.
const JPEG: &[u8] = &[0xff, 0xd8];

/// Turns one bit of every picture in a device's `media`, and keeps its length.
fn rot(device: &Path) -> usize {
    let mut bent = 0;
    for shelf in fs::read_dir(device.join("media")).unwrap() {
        let shelf = shelf.unwrap().path();
        if !shelf.is_dir() {
            continue;
        }
        for file in fs::read_dir(shelf).unwrap() {
            let path = file.unwrap().path();
            let Some(mut bytes) = fs::read(&path).ok().filter(|file| file.starts_with(JPEG)) else {
                continue;
            };
            let middle = bytes.len() / 2;
            bytes[middle] ^= 4;
            fs::write(path, bytes).unwrap();
            bent += 1;
        }
    }
    bent
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

fn with_photo(town: &Town) -> String {
    let lamp = photo("lamp-before.png");
    let saved = town.device.ok(&report(&["--photo", &lamp])).unwrap();
    text(&saved, "case").to_owned()
}

#[test]
fn unsent_work_without_its_photo_is_not_handed_over_in_silence() {
    let town = Town::new();
    with_photo(&town);
    rot(&town.path("chen"));
    let file = town.path("unsent.gewu");
    let words = ["export", "--unsent", "-o", file.to_str().unwrap()];
    let ended = town.device.run(&words).unwrap();
    assert_eq!(ended.code, Some(3), "{ended:?}");
    assert!(
        ended.err.contains("lacks 1 photos, 1 thumbnails"),
        "{ended:?}"
    );
    assert_eq!(ended.out[0]["photos_absent"], 1, "{ended:?}");
    assert!(file.exists(), "what is there is handed over");
}

#[test]
fn a_damaged_copy_of_what_the_server_has_is_fetched_anew() {
    let town = Town::new();
    let case = with_photo(&town);
    town.device.ok(&["sync"]).unwrap();
    let wang = town.server.inspector(&town.path("wang"), "wang").unwrap();
    wang.ok(&["sync"]).unwrap();
    let root = text(&wang.ok(&["root"]).unwrap(), "root").to_owned();
    let file = town.path("case.gewu");
    let export = ["export", &case, "--fetch", "-o", file.to_str().unwrap()];
    for (name, device) in [("chen", &town.device), ("wang", &wang)] {
        device.ok(&export).unwrap();
        assert_eq!(rot(&town.path(name)), 2, "a photo and its thumbnail");
        device.ok(&export).unwrap();
        assert_eq!(verify(&file, &root).code, Some(0), "{name}");

        rot(&town.path(name));
        let scrubbed = device.ok(&["scrub"]).unwrap();
        let restorable = scrubbed["restorable"].as_array().unwrap();
        assert_eq!(restorable.len(), 2, "{name}: {scrubbed}");
        device.ok(&export).unwrap();
        assert_eq!(verify(&file, &root).code, Some(0), "{name}");
    }
}
