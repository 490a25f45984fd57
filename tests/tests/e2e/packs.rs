// long-file: each test is a story with its own city
//! What a city publishes, between real processes: rules for new cases and old ones, signed files, maps
//! that are drawn anew.

use std::path::Path;
use std::process::Command;

use gewu_grid::file::{GridFile, write};
use gewu_model::crypto::sha256;
use gewu_model::ids::Digest;
use gewu_model::policy::BUILT_IN;
use gewu_tests::process::binary;
use serde_json::json;

use super::*;

/// The built-in policy as a later version, changed; its file and its hash.
pub(super) fn policy(
    folder: &Path,
    version: u64,
    edit: impl FnOnce(&mut Value),
) -> (String, Digest) {
    let mut body: Value = serde_json::from_slice(BUILT_IN).unwrap();
    body["version"] = json!(version);
    edit(&mut body);
    let body = body.to_string();
    let path = folder.join(format!("policy-{version}.json"));
    std::fs::write(&path, &body).unwrap();
    (path.to_str().unwrap().to_owned(), sha256(body.as_bytes()))
}

/// A command that belongs to no device; its status and what it printed.
fn gewu(words: &[&str]) -> (Option<i32>, Value) {
    let output = Command::new(binary())
        .arg("--json")
        .args(words)
        .output()
        .unwrap();
    let line = [output.stdout, output.stderr].concat();
    let value = serde_json::from_slice(&line).unwrap_or(Value::Null);
    (output.status.code(), value)
}

/// What the device shows to people, in Chinese.
fn shown_in_chinese(device: &Device, words: &[&str]) -> String {
    let mut command = Command::new(binary());
    let command = command.args(words).arg("--dir").arg(device.folder());
    let output = command.env("GEWU_LANGUAGE", "zh").output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn case(saved: &Value) -> String {
    text(saved, "case").to_owned()
}

#[test]
fn rules_published_while_a_device_is_offline_hold_for_new_cases_only() {
    let town = Town::new();
    let chen = &town.device;
    let old = case(&chen.ok(&report(&[])).unwrap());
    chen.ok(&["sync"]).unwrap();
    let (file, hash) = policy(town.folder.path(), 100, |body| {
        body["photos"] = json!([{ "kinds": ["report"], "least": 1, "album": false }]);
        body["labels"]["report"]["zh"] = json!("采集");
    });
    let done = town.server.op(&["publish", &file]).unwrap();
    assert_eq!(
        (&done["in_force"], &done["pack"]["version"]),
        (&json!(true), &json!(100))
    );
    let listed = town.server.op_lines(&["packs"]).unwrap();
    assert!(
        listed
            .iter()
            .any(|pack| pack["kind"] == "policy" && pack["version"] == 100)
    );

    // Not told yet: the rules that it knows hold, and the server takes what was begun under them.
    let between = case(&chen.ok(&report(&[])).unwrap());
    chen.ok(&["sync"]).unwrap();
    let status = chen.ok(&["status"]).unwrap();
    assert_eq!(
        (&status["synced"], &status["set_aside"]),
        (&json!(true), &json!([])),
        "{status}"
    );

    // Told: a new case is begun under the new ones, in clear words.
    let refused = chen.run(&report(&[])).unwrap();
    assert!(refused.err.contains("at least 1 photos"), "{refused:?}");
    let picture = photo("manhole-before.jpg");
    let new = case(&chen.ok(&report(&["--photo", &picture])).unwrap());
    chen.ok(&["sync"]).unwrap();
    let built_in = sha256(BUILT_IN).to_string();
    for (case, pinned) in [
        (&old, &built_in),
        (&between, &built_in),
        (&new, &hash.to_string()),
    ] {
        let shown = chen.ok(&["show", case]).unwrap();
        assert_eq!(&shown["policy"], pinned);
        assert_eq!(shown["view"]["needs_pack"], Value::Null);
        town.server.op(&["show", case]).unwrap();
    }
    // Old cases keep their words.
    assert!(shown_in_chinese(chen, &["show", &old]).contains("上报"));
    assert!(shown_in_chinese(chen, &["show", &new]).contains("采集"));
    let held = chen.lines(&["packs"]).unwrap();
    let policies = held.iter().filter(|pack| pack["kind"] == "policy");
    assert_eq!(policies.count(), 2, "both are held: {held:?}");
    let lower = policy(town.folder.path(), 99, |_| {});
    let refused = town.server.op(&["publish", &lower.0]).unwrap_err();
    assert!(refused.contains("version 100"), "{refused}");
}

/// A case that one person handled and checked, in a city that does not keep the two apart.
fn handled_and_checked(town: &Town, wang: &Device) -> String {
    let case = case(&wang.ok(&report(&[])).unwrap());
    wang.ok(&["sync"]).unwrap();
    town.server.op(&["file", &case]).unwrap();
    town.server
        .op(&["dispatch", &case, "--lead", "drainage"])
        .unwrap();
    wang.ok(&["sync"]).unwrap();
    wang.ok(&["handle", &case, "--after", &photo("manhole-after.jpg")])
        .unwrap();
    wang.ok(&["sync"]).unwrap();
    town.server
        .op(&["check-request", &case, "--person", "wang"])
        .unwrap();
    wang.ok(&["sync"]).unwrap();
    wang.ok(&["check", &case, "--result", "pass"]).unwrap();
    wang.ok(&["sync"]).unwrap();
    case
}

fn both_hands(town: &Town) -> Device {
    let more = [
        "--role",
        "crew",
        "--unit",
        "drainage",
        "--duty-grid",
        "990101Z01",
    ];
    let code = town.server.code("wang", "inspector", &more).unwrap();
    let wang = Device::new(&town.path("wang"));
    wang.ok(&["enroll", "--server", town.server.url(), "--code", &code])
        .unwrap();
    wang.ok(&["sync"]).unwrap();
    wang
}

/// Takes a pack out of a device's database, as if it had never come.
fn lose(device: &Device, pack: &Digest) {
    let database = rusqlite::Connection::open(device.folder().join("gewu.db")).unwrap();
    let gone = database.execute("DELETE FROM packs WHERE digest = ?1", [pack.0]);
    assert_eq!(gone, Ok(1));
}

#[test]
fn a_case_is_read_by_the_policy_that_it_pins_and_needs_it() {
    let mut town = Town::new();
    let (file, hash) = policy(town.folder.path(), 100, |body| {
        body["separation"]["on"] = json!(false);
    });
    town.server.op(&["publish", &file]).unwrap();
    let wang = both_hands(&town);
    let case = handled_and_checked(&town, &wang);
    let stage = |device: &Device| device.ok(&["show", &case]).unwrap();
    assert_eq!(
        town.server.op(&["show", &case]).unwrap()["stage"],
        "check_passed"
    );
    assert_eq!(stage(&wang)["stage"], "check_passed");

    // Another policy since: the old case keeps the rules that it was begun under.
    let (later, _) = policy(town.folder.path(), 101, |_| {});
    town.server.op(&["publish", &later]).unwrap();
    wang.ok(&["sync"]).unwrap();
    assert_eq!(stage(&wang)["stage"], "check_passed");
    let state = wang.lines(&["state"]).unwrap();
    assert!(
        state.iter().all(|row| row["projection_ok"] == true),
        "{state:?}"
    );

    // Without the pinned pack: said plainly, nothing can be written, everything is kept.
    town.server.kill();
    lose(&wang, &hash);
    let shown = stage(&wang);
    assert_eq!(shown["view"]["needs_pack"], hash.to_string(), "{shown}");
    assert_eq!(shown["entries"].as_array().map(Vec::len), Some(6));
    assert!(shown_in_chinese(&wang, &["show", &case]).contains("needs pack"));
    let refused = wang.run(&["note", &case, "--text", "later"]).unwrap();
    assert!(
        refused.code != Some(0) && refused.err.contains("sync"),
        "{refused:?}"
    );
    let other = wang.ok(&report(&[])).unwrap();
    town.server.start_again().unwrap();
    wang.ok(&["sync"]).unwrap();
    let shown = stage(&wang);
    assert_eq!(
        (&shown["stage"], &shown["view"]["needs_pack"]),
        (&json!("check_passed"), &Value::Null)
    );
    wang.ok(&["note", &case, "--text", "later"]).unwrap();
    wang.ok(&["sync"]).unwrap();
    assert_eq!(wang.ok(&["status"]).unwrap()["synced"], true);
    town.server.op(&["show", text(&other, "case")]).unwrap();
}

#[test]
fn under_the_built_in_policy_the_same_person_may_not() {
    let town = Town::new();
    let wang = both_hands(&town);
    let case = case(&wang.ok(&report(&[])).unwrap());
    wang.ok(&["sync"]).unwrap();
    town.server.op(&["file", &case]).unwrap();
    town.server
        .op(&["dispatch", &case, "--lead", "drainage"])
        .unwrap();
    wang.ok(&["sync"]).unwrap();
    wang.ok(&["handle", &case, "--after", &photo("manhole-after.jpg")])
        .unwrap();
    wang.ok(&["sync"]).unwrap();
    let asked = town
        .server
        .op(&["check-request", &case, "--person", "wang"]);
    let asked = asked.unwrap_err();
    assert!(asked.contains("wang handled the work"), "{asked}");
    let zhao = ["--duty-grid", "990101Z01"];
    town.server.code("zhao", "inspector", &zhao).unwrap();
    town.server
        .op(&["check-request", &case, "--person", "zhao"])
        .unwrap();
    wang.ok(&["sync"]).unwrap();
    let refused = wang.run(&["check", &case, "--result", "pass"]).unwrap();
    assert!(refused.err.contains("handled the work"), "{refused:?}");
    assert_eq!(
        town.server.op(&["show", &case]).unwrap()["stage"],
        "checking"
    );
}

#[test]
fn a_signed_pack_proves_itself_and_is_published_as_it_was_signed() {
    let town = Town::new();
    let folder = town.folder.path();
    let (file, hash) = policy(folder, 100, |body| {
        body["rules"][0]["kinds"] = json!(["report", "repotr"]);
    });
    let (server, signed) = (town.path("server"), town.path("policy.gewupack"));
    let (server, signed) = (server.to_str().unwrap(), signed.to_str().unwrap());
    let root = town.device.ok(&["root"]).unwrap();
    let root = text(&root, "root");
    // The server runs all the while.
    let (code, made) = gewu(&["pack", "sign", &file, "--server", server, "-o", signed]);
    assert_eq!(
        (code, &made["kind"], &made["version"]),
        (Some(0), &json!("policy"), &json!(100))
    );
    assert!(
        made["warnings"][0].as_str().unwrap().contains("repotr"),
        "{made}"
    );
    let (code, good) = gewu(&["pack", "verify", signed, "--root", root]);
    assert_eq!((code, &good["sha256"]), (Some(0), &json!(hash)), "{good}");
    let (_, info) = gewu(&["pack", "info", signed]);
    assert_eq!(
        (&info["signed"], &info["body_matches"]),
        (&json!(true), &json!(true))
    );
    assert_eq!(gewu(&["pack", "info", &file]).1["signed"], false);

    // With the key alone it says nothing of the root, and the server still knows its own hand.
    let key = town.path("server/keys/server.key");
    let by_key = town.path("by-key.gewupack");
    let by_key = by_key.to_str().unwrap();
    let words = [
        "pack",
        "sign",
        &file,
        "--key",
        key.to_str().unwrap(),
        "--root",
        root,
        "-o",
        by_key,
    ];
    assert_eq!(gewu(&words).0, Some(0));
    assert_eq!(gewu(&["pack", "verify", by_key, "--root", root]).0, Some(1));

    let mut damaged = std::fs::read(signed).unwrap();
    let last = damaged.len() - 3;
    damaged[last] ^= 1;
    let broken = town.path("broken.gewupack");
    std::fs::write(&broken, damaged).unwrap();
    let broken = broken.to_str().unwrap();
    let (code, why) = gewu(&["pack", "verify", broken, "--root", root]);
    assert_eq!(code, Some(1));
    assert!(text(&why, "error").contains("body"), "{why}");
    assert!(
        town.server
            .op(&["publish", broken])
            .unwrap_err()
            .contains("body")
    );

    // Another city's server does not take it, nor does another city's root vouch for it.
    let other = Server::start(&town.path("other")).unwrap();
    assert!(
        other
            .op(&["publish", signed])
            .unwrap_err()
            .contains("not signed by this city")
    );
    let stranger = Device::new(&town.path("stranger"));
    stranger
        .ok(&["enroll", "--server", other.url(), "--citizen"])
        .unwrap();
    let others = stranger.ok(&["root"]).unwrap();
    assert_eq!(
        gewu(&["pack", "verify", signed, "--root", text(&others, "root")]).0,
        Some(1)
    );

    let done = town.server.op(&["publish", by_key]).unwrap();
    assert_eq!(done["sha256"], json!(hash));
    town.device.ok(&["sync"]).unwrap();
    let held = town.device.lines(&["packs"]).unwrap();
    assert!(
        held.iter()
            .any(|pack| pack["digest"] == json!(hash) && pack["active"] == true),
        "{held:?}"
    );
}

#[test]
fn labels_travel_as_a_pack_of_their_own() {
    let town = Town::new();
    let case = case(&town.device.ok(&report(&[])).unwrap());
    let file = town.path("labels.json");
    let labels = json!({
        "format": "gewu-labels/1", "name": "city", "version": 1,
        "labels": { "report": { "zh": "随手拍", "en": "snap" } }
    });
    std::fs::write(&file, labels.to_string()).unwrap();
    town.server
        .op(&["publish", file.to_str().unwrap()])
        .unwrap();
    assert!(shown_in_chinese(&town.device, &["show", &case]).contains("上报"));
    town.device.ok(&["sync"]).unwrap();
    assert!(shown_in_chinese(&town.device, &["show", &case]).contains("随手拍"));
}

#[test]
fn the_part_of_a_dissolved_duty_grid_goes_out_of_force() {
    let town = Town::new();
    let body = std::fs::read(fixtures::directory().join("district/district.gewugrid")).unwrap();
    let drawn = |version: u64, city: Option<&str>| {
        let mut input = GridFile::open_unsigned(&body[..])
            .unwrap()
            .to_input()
            .unwrap();
        input.version = version;
        if let Some(city) = city {
            input.city = city.to_owned();
        }
        for unit in &mut input.units.as_mut().unwrap().units {
            if unit.duty == Some("990101Z01".into()) {
                unit.duty = Some("990101Z02".into());
            }
        }
        let path = town.path(&format!("map-{version}.gewugrid"));
        std::fs::write(&path, write(&input).unwrap()).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let refused = town
        .server
        .op(&["publish", &drawn(7, Some("elsewhere"))])
        .unwrap_err();
    assert!(refused.contains("elsewhere"), "{refused}");
    let done = town.server.op(&["publish", &drawn(8, None)]).unwrap();
    let parts: Vec<&str> = done["parts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| text(part, "name"))
        .collect();
    assert!(
        parts.contains(&"grid/public") && !parts.contains(&"grid/duty-grid:990101Z01"),
        "{parts:?}"
    );
    town.device.ok(&["sync"]).unwrap();
    let held = town.device.lines(&["packs"]).unwrap();
    let active = held
        .iter()
        .filter(|pack| pack["kind"] == "grid" && pack["active"] == true);
    let active: Vec<(&str, &Value)> = active
        .map(|pack| (text(pack, "name"), &pack["version"]))
        .collect();
    assert_eq!(active, [("grid/public", &json!(8))]);

    // Nobody is given a duty grid any more that no map has, unless the operator insists.
    let refused = town
        .server
        .code("li", "inspector", &["--duty-grid", "990101Z01"])
        .unwrap_err();
    assert!(refused.contains("no duty grid 990101Z01"), "{refused}");
    town.server
        .code(
            "li",
            "inspector",
            &["--duty-grid", "990101Z01", "--any-grid"],
        )
        .unwrap();
    town.server
        .code("li", "inspector", &["--duty-grid", "990101Z02"])
        .unwrap();
}

#[test]
fn a_case_that_was_drawn_is_closed_after_somebody_else_has_checked_it() {
    let town = Town::new();
    let (file, _) = policy(town.folder.path(), 100, |body| {
        body["self_handled_spot_check_percent"] = json!(100);
    });
    town.server.op(&["publish", &file]).unwrap();
    town.device.ok(&["sync"]).unwrap();
    let case = case(&town.device.ok(&report(&["--self-handled"])).unwrap());
    town.device.ok(&["sync"]).unwrap();
    let shown = town.server.op(&["show", &case]).unwrap();
    let drawn = &shown["spot_check"];
    assert_eq!(
        (&drawn["percent"], &drawn["drawn"]),
        (&json!(100), &json!(true))
    );
    let draws = town.server.op_lines(&["draws"]).unwrap();
    assert_eq!(draws.len(), 1);
    assert_eq!(
        (&draws[0]["case"], &draws[0]["proven"]),
        (&json!(case), &json!(true))
    );
    assert_eq!(draws[0]["proof"], drawn["proof"]);
    let refused = town.server.op(&["close", &case]).unwrap_err();
    assert!(refused.contains("drawn for a spot check"), "{refused}");
    town.server
        .op(&["close", &case, "--kind", "forced"])
        .unwrap();
}
