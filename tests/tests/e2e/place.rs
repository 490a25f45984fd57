//! Where a place lies, on the command line: grids, things nearby, packs, and the duty rule.

use std::path::Path;

use super::*;

const MARKET: [&str; 4] = ["--lon", "123.422729", "--lat", "41.7999616"];
/// In another duty grid than the inspector's.
const SCHOOL: [&str; 4] = ["--lon", "123.4261173", "--lat", "41.7963117"];
/// In another duty grid, some 100 m from chen's.
const EDGE: [&str; 4] = ["--lon", "123.4258", "--lat", "41.8035"];

fn with<'a>(words: &[&'a str], place: [&'a str; 4]) -> Vec<&'a str> {
    [words, place.as_slice()].concat()
}

#[test]
fn an_inspector_s_device_answers_without_the_server() {
    let mut town = Town::new();
    town.server.kill();
    let found = town
        .device
        .ok(&with(&["where", "--accuracy", "4"], MARKET))
        .unwrap();
    assert_eq!(found["unit"], "990101001001022", "{found}");
    assert_eq!(
        (&found["duty"], &found["own_duty"]),
        (&"990101Z01".into(), &"inside".into())
    );
    assert!(text(&found, "address").starts_with("瑞祥路"), "{found}");
    let near = with(&["near", "--class", "01002", "--count", "2"], MARKET);
    let near = town.device.lines(&near).unwrap();
    assert_eq!(near.len(), 2);
    assert!(near.iter().all(|one| one["class"] == "01002"), "{near:?}");
    // The market as a public map shows it.
    let shifted = ["--lon", "123.4289", "--lat", "41.8023"];
    let plain = town.device.ok(&with(&["where"], shifted)).unwrap();
    let turned = with(&["where", "--datum", "gcj02"], shifted);
    let turned = town.device.ok(&turned).unwrap();
    assert_ne!(plain["unit"], turned["unit"]);
    let packs = town.device.lines(&["packs"]).unwrap();
    let grids: Vec<&str> = packs
        .iter()
        .filter(|pack| pack["kind"] == "grid" && pack["active"] == true)
        .map(|pack| text(pack, "name"))
        .collect();
    assert_eq!(grids, ["grid/duty-grid:990101Z01", "grid/public"]);
    assert!(packs.iter().all(|pack| pack["bytes"].as_u64() > Some(0)));
    let nowhere = town.device.run(&["where"]).unwrap();
    assert_eq!(nowhere.code, Some(2), "{nowhere:?}");
}

#[test]
fn a_citizen_s_case_reaches_the_duty_grid_s_inspector() {
    let town = Town::new();
    let citizen = Device::new(&town.path("citizen"));
    citizen
        .ok(&["enroll", "--server", town.server.url(), "--citizen"])
        .unwrap();
    citizen.ok(&["sync"]).unwrap();
    let found = citizen.ok(&with(&["where"], MARKET)).unwrap();
    assert_eq!(
        (&found["level"], &found["duty"]),
        (&"community".into(), &Value::Null)
    );
    let saved = citizen.ok(&report(&["--text", "井盖缺失"])).unwrap();
    citizen.ok(&["sync"]).unwrap();
    town.device.ok(&["sync"]).unwrap();
    let listed = town.device.lines(&["list"]).unwrap();
    assert!(
        listed.iter().any(|row| row["case"] == saved["case"]),
        "{listed:?}"
    );
    let shown = town.server.op(&["show", text(&saved, "case")]).unwrap();
    assert_eq!(shown["place"]["duty"], "990101Z01", "{shown}");
}

/// A policy that treats reports from outside in this way.
fn policy(folder: &Path, rule: &str) -> String {
    let built_in = String::from_utf8(gewu_model::policy::BUILT_IN.to_vec()).unwrap();
    let own = built_in.replace(
        r#""outside_duty_grid": "warn""#,
        &format!(r#""outside_duty_grid": "{rule}""#),
    );
    let path = folder.join("policy.json");
    std::fs::write(&path, own).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn the_duty_rule_speaks_plainly() {
    for rule in ["block", "warn", "allow"] {
        let folder = tempfile::tempdir().unwrap();
        let policy = policy(folder.path(), rule);
        let server = folder.path().join("server");
        let server = Server::start_with(&server, &["--policy", &policy]).unwrap();
        let chen = server
            .inspector(&folder.path().join("chen"), "chen")
            .unwrap();
        let at = |place, accuracy| {
            with(
                &["report", "--class", "01002", "--accuracy", accuracy],
                place,
            )
        };
        assert_eq!(chen.ok(&at(MARKET, "4")).unwrap()["warning"], Value::Null);
        assert_eq!(chen.ok(&at(EDGE, "120")).unwrap()["warning"], Value::Null);
        let away = chen.run(&at(SCHOOL, "4")).unwrap();
        match rule {
            "block" => {
                assert_eq!(away.code, Some(1));
                assert!(away.err.contains("outside your duty grids"), "{away:?}");
            }
            "warn" => assert_eq!(away.out[0]["warning"], "outside_duty_grid"),
            _ => assert_eq!(
                (away.code, &away.out[0]["warning"]),
                (Some(0), &Value::Null)
            ),
        }
        chen.ok(&["sync"]).unwrap();
        let status = chen.ok(&["status"]).unwrap();
        assert_eq!(status["synced"], true, "the gate agrees: {status}");
        assert_eq!(
            status["set_aside"].as_array().map_or(0, Vec::len),
            0,
            "{status}"
        );
    }
}

#[test]
fn a_server_takes_a_higher_version_and_says_why_not_a_lower_one() {
    let mut town = Town::new();
    town.server.kill();
    let folder = town.path("server");
    let json = town.path("old.json");
    std::fs::write(&json, "{}").unwrap();
    let refused = Server::start_with(&folder, &["--grid", json.to_str().unwrap()]);
    assert!(refused.is_err());
    let log = std::fs::read_to_string(folder.with_extension("log")).unwrap();
    assert!(log.contains("no grid pack"), "{log}");
    let own = fixtures::directory().join("district/district.gewugrid");
    let again = Server::start_with(&folder, &["--grid", own.to_str().unwrap()]);
    drop(again.unwrap());
}
