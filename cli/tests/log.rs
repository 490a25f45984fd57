//! What a server tells of its work on standard error.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;

fn gewu(words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gewu"));
    command.stdin(Stdio::null()).args(words);
    command.output().unwrap()
}

/// Everything that a server with these options said while somebody reported to it.
fn said(folder: &Path, options: &[&str]) -> (String, String) {
    let text = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let mut command = Command::new(env!("CARGO_BIN_EXE_gewu"));
    command.args(["serve", "--listen", "127.0.0.1:0", "--dir", &text("server")]);
    command.args([
        "--card-key",
        &text("cards.key"),
        "--ready-file",
        &text("url"),
    ]);
    command.args(options);
    let mut server = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let url = (0..3_000).find_map(|_| {
        std::thread::sleep(Duration::from_millis(10));
        fs::read_to_string(text("url")).ok()
    });
    let url = url.unwrap();
    let device = text("ci");
    let enrolled = gewu(&["enroll", "--dir", &device, "--citizen", "--server", &url]);
    assert!(enrolled.status.success(), "{enrolled:?}");
    let first = gewu(&["sync", "--dir", &device]);
    assert!(first.status.success(), "{first:?}");
    let report = [
        "--json",
        "report",
        "--dir",
        &device,
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
    ];
    let reported = gewu(&report);
    assert!(reported.status.success(), "{reported:?}");
    let case: Value = serde_json::from_slice(&reported.stdout).unwrap();
    let case = case["case"].as_str().unwrap().to_owned();
    assert!(gewu(&["sync", "--dir", &device]).status.success());
    let token = text("server/operator.token");
    let shown = [
        "op",
        "--server",
        &url,
        "--token-file",
        &token,
        "show",
        &case,
    ];
    let shown = gewu(&shown);
    assert!(shown.status.success(), "{shown:?}");
    server.kill().unwrap();
    let mut told = String::new();
    let mut lines = server.stderr.take().unwrap();
    lines.read_to_string(&mut told).unwrap();
    server.wait().unwrap();
    (told, case)
}

#[test]
fn a_log_tells_every_request_and_nothing_of_anybody() {
    let folder = tempfile::tempdir().unwrap();
    let options = ["--log", "info", "--log-format", "json"];
    let (told, case) = said(folder.path(), &options);
    let lines: Vec<Value> = told
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}")))
        .collect();
    let shown = lines
        .iter()
        .find(|line| line["path"] == "/v1/op/cases/{case}");
    let shown = shown.unwrap_or_else(|| panic!("{told}"));
    assert_eq!(
        (&shown["method"], &shown["status"], &shown["level"]),
        (&"GET".into(), &200.into(), &"INFO".into())
    );
    assert!(lines.iter().any(|line| line["path"] == "/v1/sync"));
    for planted in [case.as_str(), "PLANTEDTEXT", "13912345678", "Bearer"] {
        assert!(!told.contains(planted), "{planted}: {told}");
    }
}

#[test]
fn a_server_with_nothing_wrong_says_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (told, _) = said(folder.path(), &[]);
    assert_eq!(told, "");
}
