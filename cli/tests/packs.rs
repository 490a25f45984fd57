//! Packs that nobody could use or that say something else than they mean are refused in words, or told.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

const POLICY: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../core/model/src/policy/default.json"
);

fn gewu(words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gewu"));
    command.stdin(Stdio::null()).args(words).output().unwrap()
}

/// Status and everything that was said.
fn ended(output: &Output) -> (Option<i32>, String) {
    let words = [output.stdout.clone(), output.stderr.clone()].concat();
    (
        output.status.code(),
        String::from_utf8_lossy(&words).into_owned(),
    )
}

/// The built-in policy, changed, in a file of its own.
fn policy(folder: &Path, edit: impl FnOnce(&mut Value)) -> PathBuf {
    let mut body: Value = serde_json::from_slice(&fs::read(POLICY).unwrap()).unwrap();
    edit(&mut body);
    let file = folder.join("policy.json");
    fs::write(&file, serde_json::to_vec_pretty(&body).unwrap()).unwrap();
    file
}

/// What a server says that is to begin with this policy.
fn served(folder: &Path, policy: &Path) -> (Option<i32>, String) {
    let server = folder.join("server");
    let words = [
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--dir",
        server.to_str().unwrap(),
    ];
    let words = [&words[..], &["--policy", policy.to_str().unwrap()]].concat();
    ended(&gewu(&words))
}

#[test]
fn a_service_without_rules_for_people_is_no_policy_wherever_it_is_published() {
    let folder = tempfile::tempdir().unwrap();
    let bare = policy(folder.path(), |body| {
        body["rules"] = json!([]);
        body["services"] = json!([{ "service": "auto_file", "kinds": ["file"] }]);
    });
    let (status, words) = served(folder.path(), &bare);
    assert_eq!(status, Some(1), "{words}");
    assert!(
        words.contains("no rule gives anybody an instruction"),
        "{words}"
    );
    assert!(words.contains("line "), "{words}");
}

#[test]
fn misspelt_names_of_a_policy_are_told_with_their_lines() {
    let folder = tempfile::tempdir().unwrap();
    let slips = policy(folder.path(), |body| {
        body["rules"][0]["roles"] = json!(["inspectr"]);
        body["clocks"] =
            json!({ "nodes": [{ "node": "handle", "starts": ["dispach"], "ends": ["handle"] }] });
    });
    let (status, words) = ended(&gewu(&["pack", "info", slips.to_str().unwrap()]));
    assert_eq!(status, Some(0), "{words}");
    for told in [
        "no role is called inspectr",
        "the clock handle waits for dispach",
    ] {
        let line = words.lines().find(|line| line.contains(told));
        assert!(
            line.is_some_and(|line| line.contains(": line ")),
            "{told} in {words}"
        );
    }
}

#[test]
fn a_mark_before_a_policy_is_no_part_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let plain = policy(folder.path(), |_| {});
    let marked = folder.path().join("marked.json");
    fs::write(
        &marked,
        [b"\xef\xbb\xbf", &fs::read(&plain).unwrap()[..]].concat(),
    )
    .unwrap();
    let digest = |file: &Path| {
        let output = gewu(&["--json", "pack", "info", file.to_str().unwrap()]);
        let read: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        assert!(read["unreadable"].is_null(), "{read}");
        read["sha256"].as_str().map(str::to_owned)
    };
    assert!(digest(&plain).is_some());
    assert_eq!(digest(&plain), digest(&marked));
}

#[test]
fn a_trust_that_nobody_knows_is_refused_where_a_sheet_is_packed_and_where_a_pack_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (sheet, pack) = (path("sheet.csv"), path("pack.json"));
    fs::write(&sheet, "类型,代码,名称\n部件,01002,污水井盖\n").unwrap();
    let words = [
        "catalogue",
        "pack",
        &sheet,
        "--edition",
        "2026",
        "-o",
        &pack,
    ];
    let (status, told) = ended(&gewu(&[&words[..], &["--trust", "gold"]].concat()));
    assert_eq!(status, Some(2), "{told}");
    assert!(told.contains("transcribed"), "{told}");
    assert_eq!(ended(&gewu(&words)).0, Some(0));
    let body = fs::read_to_string(&pack).unwrap();
    fs::write(&pack, body.replace("\"city\"", "\"gold\"")).unwrap();
    let (_, told) = ended(&gewu(&["pack", "info", &pack]));
    assert!(told.contains("its trust is one of official"), "{told}");
}

#[test]
fn a_policy_with_what_can_never_work_is_not_published_and_what_is_odd_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let never = policy(folder.path(), |body| {
        body["rules"][0]["roles"] = json!([]);
        body["photos"] = json!([{ "kinds": ["handle"], "least": 25 }]);
    });
    let (status, words) = served(folder.path(), &never);
    assert_eq!(status, Some(1), "{words}");
    for told in ["`roles` is empty", "no entry brings more than 20"] {
        assert!(words.contains(told), "{told} in {words}");
    }
    assert!(words.contains("line "), "{words}");
    let odd = policy(folder.path(), |body| {
        body["services"] = json!([{ "service": "auto_file", "kinds": ["file"],
            "in": ["reported", "closed"], "classes": [{ "kind": "mattter" }] }]);
    });
    let (status, words) = ended(&gewu(&["pack", "info", odd.to_str().unwrap()]));
    assert_eq!(status, Some(0), "{words}");
    for told in ["never acts at closed", "mattter is near matter"] {
        assert!(words.contains(told), "{told} in {words}");
    }
}

#[test]
fn a_search_says_what_there_is_where_it_asks_for_what_there_is_not() {
    let search = |words: &[&str]| ended(&gewu(&[&["catalogue", "search", "2026"], words].concat()));
    for (words, told) in [
        (
            &["井盖", "--edition", "2031"][..],
            "no edition 2031; it has 2026",
        ),
        (&["井盖", "--kind", "mattter"], "it has component, matter"),
        (&["井盖", "--on", "2026-13-01"], "a date as 2026-09-30"),
        (&["井盖", "--on", "2026-02-30"], "a date as 2026-09-30"),
    ] {
        let (status, said) = search(words);
        assert_eq!(status, Some(2), "{words:?}: {said}");
        assert!(said.contains(told), "{words:?}: {said}");
    }
    for sign in ["%", "*", "？"] {
        let (status, said) = search(&[sign]);
        assert_eq!(status, Some(0), "{sign}: {said}");
        assert!(said.contains("nothing to look for"), "{sign}: {said}");
    }
    let (_, found) = search(&["井盖", "--on", "2026-09-30", "--kind", "component"]);
    assert!(found.contains("01002"), "{found}");
}

#[test]
fn a_pack_that_cannot_be_used_ends_with_a_status_and_a_word() {
    let folder = tempfile::tempdir().unwrap();
    let broken = policy(folder.path(), |body| body["rules"] = json!("none"));
    let file = broken.to_str().unwrap();
    let (status, words) = ended(&gewu(&["pack", "info", file]));
    assert_eq!(status, Some(1), "{words}");
    assert!(words.contains("cannot be used"), "{words}");
    let output = gewu(&["--json", "pack", "info", file]);
    assert_eq!(output.status.code(), Some(1));
    // What is known of it is told all the same.
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["kind"], "policy");
    assert!(told["unreadable"].is_string(), "{told}");
}

const CALENDAR: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../core/model/src/deadline/calendar/cn-2026.json"
);

#[test]
fn a_key_of_a_calendar_that_nobody_knows_is_told_and_not_published() {
    let folder = tempfile::tempdir().unwrap();
    let (status, words) = ended(&gewu(&["pack", "info", CALENDAR]));
    assert_eq!(status, Some(0), "{words}");
    assert!(!words.contains("look again"), "{words}");
    let mut body: Value = serde_json::from_slice(&fs::read(CALENDAR).unwrap()).unwrap();
    body["holidays"] = json!(["2026-05-20"]);
    let file = folder.path().join("calendar.json");
    fs::write(&file, body.to_string()).unwrap();
    let file = file.to_str().unwrap();
    let (status, words) = ended(&gewu(&["pack", "info", file]));
    assert_eq!(status, Some(0), "devices read it: {words}");
    assert!(
        words.contains("look again") && words.contains("holidays"),
        "{words}"
    );
    let out = folder.path().join("calendar.gewupack");
    let out = out.to_str().unwrap();
    let key = folder.path().join("no.key");
    let key = key.to_str().unwrap();
    let sign = ["pack", "sign", file, "--key", key, "--root", key, "-o", out];
    let (status, words) = ended(&gewu(&sign));
    assert_eq!(status, Some(1), "{words}");
    assert!(words.contains("holidays"), "{words}");
}
