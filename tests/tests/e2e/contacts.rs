//! Contact cards through the command line: what a copied folder shows, who reads them, and the log.

use std::fs;
use std::path::Path;

use super::*;

const PHONE: &str = "13812345678";

fn shows(folder: &Path, text: &str) -> bool {
    let inside = fs::read_dir(folder).unwrap();
    inside.into_iter().any(|entry| {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => shows(&path, text),
            false => {
                let bytes = fs::read(&path).unwrap();
                bytes
                    .windows(text.len())
                    .any(|part| part == text.as_bytes())
            }
        }
    })
}

#[test]
fn only_the_reporter_and_the_centre_read_a_contact_and_no_folder_shows_one() {
    let mut town = Town::new();
    let said = ["--contact-phone", PHONE, "--contact-name", "王小明"];
    let saved = town.device.ok(&report(&said)).unwrap();
    let case = text(&saved, "case").to_owned();
    town.device.ok(&["sync"]).unwrap();
    assert_eq!(town.device.ok(&["status"]).unwrap()["synced"], true);
    let own = town.device.ok(&["contact", &case]).unwrap();
    assert_eq!(own["own"]["phone"], PHONE);
    let li = town.server.inspector(&town.path("li"), "li").unwrap();
    li.ok(&["sync"]).unwrap();
    let others = li.ok(&["contact", &case]).unwrap();
    assert_eq!(
        (&others["own"], &others["masked"]),
        (&Value::Null, &Value::Null)
    );

    let read = town.server.op(&["contact", &case]).unwrap();
    assert_eq!(read["contact"]["phone"], PHONE);
    let log = town.server.op(&["contact-log", "--case", &case]).unwrap();
    assert_eq!(
        (&log["user"], &log["case"]),
        (&"operator".into(), &case.as_str().into())
    );

    let bundle = town.path("case.gewu");
    let export = ["export", &case, "-o", bundle.to_str().unwrap()];
    town.device.ok(&export).unwrap();
    town.server.kill();
    // Everything: the server's folder and its log, both devices, the bundle. The key lies beside.
    assert!(!shows(town.folder.path(), PHONE));
    assert!(!shows(town.folder.path(), "王小明"));
    let key = town.server.card_key();
    assert!(key.exists() && !key.starts_with(town.path("server")));

    // The folder without the key opens nothing.
    let aside = town.path("aside.key");
    fs::rename(&key, &aside).unwrap();
    town.server.start_again().unwrap();
    let read = town.server.op(&["contact", &case]).unwrap();
    assert_eq!(
        (&read["state"], &read["contact"]),
        (&"sealed".into(), &Value::Null)
    );
    fs::rename(&aside, &key).unwrap();
    assert_eq!(
        town.server.op(&["contact", &case]).unwrap()["state"],
        "open"
    );

    let reason = ["erase", &case, "--contact", "--reason", "个人信息"];
    town.server.op(&reason).unwrap();
    assert_eq!(
        town.server.op(&["contact", &case]).unwrap()["state"],
        "erased"
    );
    town.device.ok(&["sync"]).unwrap();
    assert_eq!(
        town.device.ok(&["contact", &case]).unwrap()["own"],
        Value::Null
    );
}
