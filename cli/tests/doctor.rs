//! `gewu doctor` on a device that a real server knows.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

const PHOTO: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../fixtures/photos/lamp-before.png"
);

/// A server that ends with the test.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn gewu() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gewu"));
    command.stdin(Stdio::null());
    command
}

fn serve(folder: &Path) -> (Serving, String) {
    let ready = folder.join("url");
    let mut command = gewu();
    command.args(["serve", "--listen", "127.0.0.1:0"]);
    command.arg("--dir").arg(folder.join("server"));
    command.arg("--card-key").arg(folder.join("cards.key"));
    command.arg("--ready-file").arg(&ready);
    let serving = Serving(command.stdout(Stdio::null()).spawn().unwrap());
    for _ in 0..3_000 {
        if let Ok(url) = fs::read_to_string(&ready) {
            return (serving, url);
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("the server did not start");
}

fn device(folder: &Path, words: &[&str]) -> Output {
    let mut command = gewu();
    command.arg("--json").args(words);
    command.arg("--dir").arg(folder.join("chen"));
    command.output().unwrap()
}

fn told(output: &Output) -> Value {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    serde_json::from_str(text.lines().last().unwrap_or_default())
        .unwrap_or_else(|_| panic!("{output:?}"))
}

fn bundle(folder: &Path, name: &str) -> (Output, String) {
    let path = folder.join(name);
    let output = device(folder, &["doctor", "--bundle", path.to_str().unwrap()]);
    (output, fs::read_to_string(path).unwrap())
}

fn photo_of(folder: &Path) -> PathBuf {
    let folders = fs::read_dir(folder.join("chen/media")).unwrap();
    let folders = folders.map(|entry| entry.unwrap().path());
    let shards = folders.filter(|path| path.file_name().unwrap().len() == 2);
    let files = shards.flat_map(|shard| fs::read_dir(shard).unwrap());
    let files = files.map(|entry| entry.unwrap().path());
    files
        .max_by_key(|path| path.metadata().unwrap().len())
        .unwrap()
}

#[test]
fn a_doctor_tells_the_state_and_its_bundle_names_nobody_and_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let none = device(folder, &["doctor"]);
    assert_eq!(none.status.code(), Some(1), "{none:?}");
    let (server, url) = serve(folder);
    assert!(
        device(folder, &["enroll", "--citizen", "--server", &url])
            .status
            .success()
    );
    assert!(device(folder, &["sync"]).status.success());
    drop(server);
    let words = [
        "report",
        "--class",
        "01002",
        "--lon",
        "123.422729",
        "--lat",
        "41.7999616",
        "--text",
        "PLANTEDTEXT",
        "--contact-phone",
        "13912345678",
        "--contact-name",
        "PLANTEDNAME",
        "--photo",
        PHOTO,
    ];
    let saved = device(folder, &words);
    assert!(saved.status.success(), "{saved:?}");
    assert_ne!(device(folder, &["sync"]).status.code(), Some(0));

    let (sound, text) = bundle(folder, "sound.json");
    assert!(sound.status.success(), "{sound:?}");
    let checkup = told(&sound);
    assert_eq!(checkup["findings"], json!([]));
    assert_eq!(checkup["syncs"][0]["cause"], "offline");
    assert!(checkup["unsent"].as_array().unwrap().len() > 2, "{checkup}");
    let sent: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (&sent["form"], &sent["checkup"]),
        (&json!("gewu-support/1"), &checkup)
    );

    let photo = photo_of(folder);
    fs::write(&photo, b"rot").unwrap();
    let (sick, worse) = bundle(folder, "sick.json");
    assert_eq!(sick.status.code(), Some(1));
    assert_eq!(told(&sick)["findings"][0]["what"], "files_damaged");

    let case = told(&saved)["case"].as_str().unwrap().to_owned();
    let host = url.trim_start_matches("http://");
    let home = folder.to_str().unwrap();
    let name = photo.file_name().unwrap().to_str().unwrap();
    for secret in [
        "PLANTED",
        "13912345678",
        "123.42",
        "1234227290",
        "41.79",
        "9901",
        &case,
        host,
        home,
        name,
    ] {
        assert!(
            !text.contains(secret) && !worse.contains(secret),
            "{secret}: {worse}"
        );
    }
    let again = device(
        folder,
        &[
            "doctor",
            "--bundle",
            folder.join("sick.json").to_str().unwrap(),
        ],
    );
    assert!(
        String::from_utf8_lossy(&again.stderr).contains("name a new file"),
        "{again:?}"
    );
    assert_eq!(fs::read_to_string(folder.join("sick.json")).unwrap(), worse);
}
