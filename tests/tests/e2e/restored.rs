//! A server that burned down and lives on from a copy, and people who came after that copy was made.

use std::process::Command;

use super::erasure::{back_up, put_back};
use super::*;

#[test]
fn what_a_newcomer_wrote_offline_before_the_fire_is_taken_once_they_have_a_fresh_code() {
    let mut town = Town::new();
    back_up(&town);
    let wu = town.server.inspector(&town.path("wu"), "wu").unwrap();
    let saved = wu.ok(&report(&["--text", "新人写的"])).unwrap();
    put_back(&mut town, false);
    let unknown = wu.run(&["sync"]).unwrap();
    assert!(unknown.err.contains("fresh code"), "{unknown:?}");
    let grid = ["--duty-grid", "990101Z01"];
    let code = town.server.code("wu", "inspector", &grid).unwrap();
    let url = town.server.url().to_owned();
    wu.ok(&["enroll", "--server", &url, "--code", &code])
        .unwrap();
    wu.ok(&["sync"]).unwrap();
    let shown = town.server.op(&["show", text(&saved, "case")]).unwrap();
    assert_eq!(shown["entries"][0]["by"], "wu", "{shown}");
    let status = wu.ok(&["status"]).unwrap();
    assert_eq!(status["set_aside"].as_array().unwrap().len(), 0, "{status}");
}

/// The phone, not the server: what it has told the server that it holds, it does not remember.
#[test]
fn a_phone_from_an_old_copy_reports_under_the_rules_that_came_since_and_has_it_once() {
    let town = Town::new();
    let chen = &town.device;
    let copy = town.path("copy");
    let copied = Command::new("cp")
        .arg("-a")
        .args([chen.folder(), &copy])
        .status()
        .unwrap();
    assert!(copied.success());
    let (file, hash) = super::packs::policy(town.folder.path(), 100, |_| {});
    town.server.op(&["publish", &file]).unwrap();
    chen.ok(&["sync"]).unwrap();
    chen.ok(&["sync"]).unwrap();
    std::fs::remove_dir_all(chen.folder()).unwrap();
    std::fs::rename(&copy, chen.folder()).unwrap();
    let saved = chen.ok(&report(&["--text", "旧规则"])).unwrap();
    chen.ok(&["sync"]).unwrap();
    let status = chen.ok(&["status"]).unwrap();
    assert_eq!(status["synced"], true, "{status}");
    let aside = status["set_aside"].as_array().unwrap();
    assert!(
        aside.iter().any(|item| item["reason"] == "pins"),
        "{status}"
    );
    assert!(
        aside.iter().all(|item| item["replaced_by"].is_string()),
        "{status}"
    );
    let case = text(&saved, "case");
    let shown = town.server.op(&["show", case]).unwrap();
    assert_eq!(shown["entries"].as_array().unwrap().len(), 1, "{shown}");
    assert_eq!(
        chen.ok(&["show", case]).unwrap()["policy"],
        hash.to_string()
    );
    let report = aside.iter().find(|item| item["kind"] == "report");
    let again = town
        .server
        .op(&["reissue", text(report.unwrap(), "change")]);
    let refused = again.unwrap_err();
    assert!(refused.contains("wrote it again"), "{refused}");
}
