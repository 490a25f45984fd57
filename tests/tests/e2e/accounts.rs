//! A host app's users from a terminal, as docs/embed-citizen.md tells it.

use std::process::Command;

use gewu_tests::process::binary;

use super::*;

fn gewu(words: &[&str]) -> Result<Value, String> {
    let output = Command::new(binary())
        .arg("--json")
        .args(words)
        .output()
        .map_err(|error| error.to_string())?;
    match output.status.success() {
        true => serde_json::from_slice(&output.stdout).map_err(|error| error.to_string()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

/// A token of the app with that key for its user on the device.
fn token(key: &str, user: &str, asked: &Value) -> String {
    let (city, device) = (text(asked, "city"), text(asked, "device"));
    let claims = [
        "--iss", "bank", "--sub", user, "--aud", city, "--nonce", device,
    ];
    let made = gewu(&[&["host-token", "--key", key], claims.as_slice()].concat()).unwrap();
    text(&made, "token").to_owned()
}

#[test]
fn a_user_of_a_registered_app_reports_under_the_account_and_the_centre_finds_it() {
    let town = Town::new();
    let files = ["bank.pem", "bank.pub.pem"].map(|name| town.path(name).display().to_string());
    let [key, public] = &files;
    gewu(&["host-key", "--key", key, "--public", public]).unwrap();
    assert!(
        gewu(&["host-key", "--key", key, "--public", public]).is_err(),
        "no key is lost"
    );
    let added = town
        .server
        .op(&["host-app", "add", "bank", "--key", public])
        .unwrap();
    assert_eq!(added["algorithm"], "EdDSA");
    let wu = Device::new(&town.path("wu"));
    let url = town.server.url();
    let asked = wu.ok(&["sign-in-request", "--server", url]).unwrap();
    let user_1 = token(key, "user-1", &asked);
    let done = wu
        .ok(&["enroll", "--server", url, "--host-token", &user_1])
        .unwrap();
    assert_eq!(done["who"]["account"], "bank");
    let saved = wu.ok(&report(&[])).unwrap();
    let case = text(&saved, "case").to_owned();
    wu.ok(&["sync"]).unwrap();
    let found = town.server.op(&["account", &case]).unwrap();
    assert_eq!(
        (&found["iss"], &found["sub"]),
        (&"bank".into(), &"user-1".into())
    );
    let log = town.server.op(&["contact-log", "--case", &case]).unwrap();
    assert_eq!(
        (&log["did"], &log["user"]),
        (&"account_read".into(), &"operator".into())
    );

    // Of no use on another phone, and no second account on this one.
    let thief = Device::new(&town.path("thief"));
    let stolen = thief
        .run(&["enroll", "--server", url, "--host-token", &user_1])
        .unwrap();
    assert!(stolen.err.contains("another device"), "{}", stolen.err);
    let user_2 = token(key, "user-2", &asked);
    let second = wu
        .run(&["enroll", "--server", url, "--host-token", &user_2])
        .unwrap();
    assert!(second.err.contains("leave first"), "{}", second.err);

    // Erased for this case, whatever the phone goes on with.
    town.server
        .op(&[
            "erase",
            &case,
            "--account",
            "--reason",
            "the reporter asked",
        ])
        .unwrap();
    assert_eq!(
        town.server.op(&["account", &case]).unwrap()["state"],
        "erased"
    );
    wu.ok(&["sync"]).unwrap();
    town.server.op(&["host-app", "remove", "bank"]).unwrap();
    assert!(town.server.op(&["host-app", "list"]).unwrap()["removed_at"].is_i64());
    let late = Device::new(&town.path("late"));
    let asked = late.ok(&["sign-in-request", "--server", url]).unwrap();
    let words = [
        "enroll",
        "--server",
        url,
        "--host-token",
        &token(key, "user-1", &asked),
    ];
    let refused = late.run(&words).unwrap();
    assert!(
        refused.err.contains("no host app of the name"),
        "{}",
        refused.err
    );
}

#[test]
fn a_server_restored_from_before_a_sign_in_says_so_and_takes_the_next_one() {
    let mut town = Town::new();
    let files = ["bank.pem", "bank.pub.pem"].map(|name| town.path(name).display().to_string());
    let [key, public] = &files;
    gewu(&["host-key", "--key", key, "--public", public]).unwrap();
    town.server
        .op(&["host-app", "add", "bank", "--key", public])
        .unwrap();
    let wu = Device::new(&town.path("wu"));
    let url = town.server.url().to_owned();
    wu.ok(&["enroll", "--server", &url, "--citizen"]).unwrap();
    let (live, copy) = (town.path("server"), town.path("copy"));
    let folders = [live.to_str().unwrap(), copy.to_str().unwrap()];
    gewu(&["server", "backup", "--dir", folders[0], "--to", folders[1]]).unwrap();
    let asked = wu.ok(&["sign-in-request", "--server", &url]).unwrap();
    let sign_in = |name: &str| {
        let token = token(key, name, &asked);
        wu.ok(&["enroll", "--server", &url, "--host-token", &token])
            .unwrap()["who"]["account"]
            .clone()
    };
    assert_eq!(sign_in("user-1"), "bank");
    town.server.kill();
    std::fs::remove_dir_all(&live).unwrap();
    gewu(&[
        "server", "restore", "--from", folders[1], "--dir", folders[0],
    ])
    .unwrap();
    town.server.start_again().unwrap();
    wu.ok(&["sync"]).unwrap();
    let who = wu.ok(&["enroll", "--server", &url, "--citizen"]).unwrap();
    assert_eq!(who["who"]["account"], Value::Null, "the phone was told");
    assert_eq!(sign_in("user-1"), "bank");
}
