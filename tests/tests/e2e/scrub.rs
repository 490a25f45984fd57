//! What the server's disk does to files is found, and the devices make it good.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use gewu_tests::process::{Ended, binary};
use serde_json::json;

use super::*;

fn scrub(town: &Town) -> Ended {
    let output = Command::new(binary())
        .args(["--json", "server", "scrub", "--dir"])
        .arg(town.path("server"))
        .output()
        .unwrap();
    Ended::of(&output)
}

fn lies_at(town: &Town, name: &str) -> PathBuf {
    town.path("server")
        .join("media")
        .join(&name[..2])
        .join(name)
}

#[test]
fn a_rotten_and_a_lost_file_are_found_and_healed_by_the_device_that_had_its_receipt() {
    let town = Town::new();
    let lamp = photo("lamp-before.png");
    let saved = town.device.ok(&report(&["--photo", &lamp])).unwrap();
    town.device.ok(&["sync"]).unwrap();
    let shown = town.device.ok(&["show", text(&saved, "case")]).unwrap();
    let record = &shown["entries"][0]["photos"][0];
    let (big, small) = (text(record, "sha256"), text(record, "thumb_sha256"));
    let clean = scrub(&town);
    assert_eq!((clean.code, &clean.out[0]["files"]), (Some(0), &json!(2)));

    let whole = fs::read(lies_at(&town, big)).unwrap();
    let mut rotten = whole.clone();
    rotten[whole.len() / 2] ^= 0x10;
    fs::write(lies_at(&town, big), &rotten).unwrap();
    fs::remove_file(lies_at(&town, small)).unwrap();
    let found = scrub(&town);
    assert_eq!(found.code, Some(1), "{found:?}");
    assert_eq!(found.out[0]["damaged"], json!([big]));
    assert_eq!(found.out[0]["missing"], json!([small]));
    let again = scrub(&town);
    assert_eq!(again.code, Some(1), "they are missing still: {again:?}");
    let mut lost = vec![big, small];
    lost.sort_unstable();
    assert_eq!(again.out[0]["missing"], json!(lost));
    let aside = fs::read_dir(town.path("server").join("media/damaged")).unwrap();
    let aside: Vec<PathBuf> = aside.map(|entry| entry.unwrap().path()).collect();
    assert_eq!(aside.len(), 1);
    assert_eq!(fs::read(&aside[0]).unwrap(), rotten, "moved, not removed");
    let told = town.server.op(&["show", text(&saved, "case")]).unwrap();
    assert_eq!(told["complete"], false, "{told}");

    let healed = town.device.ok(&["sync"]).unwrap();
    assert_eq!(
        (&healed["uploaded"], &healed["unsent"]),
        (&json!(2), &json!(0))
    );
    assert_eq!(fs::read(lies_at(&town, big)).unwrap(), whole);
    assert!(lies_at(&town, small).exists());
    let told = town.server.op(&["show", text(&saved, "case")]).unwrap();
    assert_eq!(told["complete"], true, "{told}");
    let clean = scrub(&town);
    assert_eq!((clean.code, &clean.out[0]["files"]), (Some(0), &json!(2)));
    assert_eq!(town.device.ok(&["sync"]).unwrap()["uploaded"], 0);
}

#[test]
fn what_was_moved_aside_goes_when_its_photo_is_erased() {
    let town = Town::new();
    let lamp = photo("lamp-before.png");
    let saved = town.device.ok(&report(&["--photo", &lamp])).unwrap();
    town.device.ok(&["sync"]).unwrap();
    let case = text(&saved, "case");
    let shown = town.device.ok(&["show", case]).unwrap();
    let big = text(&shown["entries"][0]["photos"][0], "sha256");
    let mut rotten = fs::read(lies_at(&town, big)).unwrap();
    rotten[0] ^= 1;
    fs::write(lies_at(&town, big), &rotten).unwrap();
    assert_eq!(scrub(&town).code, Some(1));
    town.device.ok(&["sync"]).unwrap();
    let aside = || {
        fs::read_dir(town.path("server/media/damaged"))
            .unwrap()
            .count()
    };
    assert_eq!(aside(), 1);
    town.server
        .op(&["erase", case, "--photo", big, "--reason", "个人信息"])
        .unwrap();
    town.device.ok(&["sync"]).unwrap();
    assert!(!lies_at(&town, big).exists());
    assert_eq!(aside(), 0, "all but one byte of it is still there");
}
