//! What a device does at the edges: packs that it cannot read or needs no more, receipts that it signs by
//! itself, campaigns, and contacts that come in files.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use rusqlite::{Connection, params};
use serde_json::json;

use super::packs::policy;
use super::*;

const DAY_MS: i64 = 24 * 3_600_000;

fn database(device: &Device) -> Connection {
    Connection::open(device.folder().join("gewu.db")).unwrap()
}

fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}

fn policies(device: &Device) -> usize {
    let held = device.lines(&["packs"]).unwrap();
    held.iter().filter(|pack| pack["kind"] == "policy").count()
}

#[test]
fn a_case_is_shown_by_its_codes_where_its_classes_cannot_be_read() {
    let town = Town::new();
    let saved = town.device.ok(&report(&["--text", "井盖缺失"])).unwrap();
    let case = text(&saved, "case");
    town.device.ok(&["sync"]).unwrap();
    let whole = town.device.ok(&["show", case]).unwrap();
    assert_eq!(whole["needs_packs"], json!([]));
    assert!(whole["class_name"].is_object());
    // As an older version of the app finds what a newer one has stored.
    let sql = "UPDATE packs SET body = ?1 WHERE kind IN ('catalogue', 'calendar')";
    let changed =
        database(&town.device).execute(sql, params![b"{\"format\":\"later\"}".as_slice()]);
    assert!(changed.unwrap() > 0);
    let shown = town.device.ok(&["show", case]).unwrap();
    assert_eq!(shown["needs_packs"], json!([whole["catalogue"]]));
    assert_eq!(
        (&shown["stage"], &shown["class_name"]),
        (&whole["stage"], &Value::Null)
    );
    let words = std::process::Command::new(gewu_tests::process::binary())
        .args(["show", case, "--dir"])
        .arg(town.device.folder())
        .output()
        .unwrap();
    let words = String::from_utf8(words.stdout).unwrap();
    assert!(words.contains("needs pack"), "{words}");
}

/// A crew member of drainage.
fn member(town: &Town, user: &str) -> Device {
    let code = town
        .server
        .code(user, "crew", &["--unit", "drainage"])
        .unwrap();
    let device = Device::new(&town.path(user));
    device
        .ok(&["enroll", "--server", town.server.url(), "--code", &code])
        .unwrap();
    device
}

/// Since when a pack is needed by nothing, moved so far into the past.
fn age(device: &Device, days: i64) {
    let sql = "UPDATE packs SET spare_since = ?1 WHERE kind = 'policy' AND spare_since IS NOT NULL";
    let since = now_ms() - days * DAY_MS;
    let aged = database(device).execute(sql, params![since]).unwrap();
    assert_eq!(aged, 1, "one policy is needed by nothing");
}

#[test]
fn a_pack_that_nothing_needs_goes_after_thirty_days_and_one_that_a_case_pins_stays() {
    let town = Town::new();
    // Only chen has a case that was begun under the first policy.
    let saved = town.device.ok(&report(&[])).unwrap();
    let put = |version: u64| {
        let (file, _) = policy(town.folder.path(), version, |_| {});
        town.server.op(&["publish", &file]).unwrap();
    };
    put(100);
    let crew = member(&town, "li");
    for device in [&crew, &town.device] {
        device.ok(&["sync"]).unwrap();
    }
    put(101);
    for device in [&crew, &town.device, &crew, &town.device] {
        device.ok(&["sync"]).unwrap();
    }
    assert_eq!(policies(&crew), 2, "the one before is kept for a while");
    age(&crew, 29);
    crew.ok(&["sync"]).unwrap();
    assert_eq!(policies(&crew), 2);
    age(&crew, 31);
    crew.ok(&["sync"]).unwrap();
    assert_eq!(policies(&crew), 1, "version 100 goes");
    // On chen's phone version 100 goes likewise, and not the one that the case pins.
    assert_eq!(policies(&town.device), 3);
    age(&town.device, 31);
    town.device.ok(&["sync"]).unwrap();
    assert_eq!(policies(&town.device), 2);
    let shown = town.device.ok(&["show", text(&saved, "case")]).unwrap();
    assert_eq!(shown["needs_packs"], json!([]));
}

/// What li of drainage signed for in a case, in order.
fn receipts(town: &Town, case: &str) -> Vec<String> {
    let shown = town.server.op(&["show", case]).unwrap();
    let entries = shown["entries"].as_array().unwrap().iter();
    let seen = entries.filter(|entry| entry["kind"] == "seen" && entry["by"] == "li");
    seen.map(|entry| text(&entry["payload"], "state").to_owned())
        .collect()
}

fn dispatched(town: &Town) -> String {
    let saved = town.device.ok(&report(&[])).unwrap();
    town.device.ok(&["sync"]).unwrap();
    let case = text(&saved, "case").to_owned();
    town.server.op(&["file", &case]).unwrap();
    town.server
        .op(&["dispatch", &case, "--lead", "drainage"])
        .unwrap();
    case
}

#[test]
fn a_device_signs_for_a_task_when_it_comes_and_when_it_is_opened_where_the_policy_says_so() {
    let town = Town::new();
    let li = member(&town, "li");
    li.ok(&["sync"]).unwrap();
    let silent = dispatched(&town);
    li.ok(&["sync"]).unwrap();
    li.ok(&["show", &silent]).unwrap();
    li.ok(&["sync"]).unwrap();
    assert_eq!(
        receipts(&town, &silent),
        Vec::<String>::new(),
        "no city asks for it unasked"
    );
    let (file, _) = policy(town.folder.path(), 100, |body| {
        body["steps"]["receipt_on_arrival"] = json!(true);
        body["steps"]["receipt_on_opening"] = json!(true);
    });
    town.server.op(&["publish", &file]).unwrap();
    town.device.ok(&["sync"]).unwrap();
    let case = dispatched(&town);
    li.ok(&["sync"]).unwrap();
    li.ok(&["sync"]).unwrap();
    assert_eq!(receipts(&town, &case), ["received"]);
    for _ in 0..2 {
        li.ok(&["show", &case]).unwrap();
        li.ok(&["sync"]).unwrap();
    }
    assert_eq!(receipts(&town, &case), ["received", "read"], "once each");
    let shown = town.server.op(&["show", &case]).unwrap();
    assert_eq!(shown["stage"], "dispatched", "a receipt moves nothing");
    assert_eq!(
        receipts(&town, &silent),
        Vec::<String>::new(),
        "an old case goes by its own policy"
    );
}

fn campaign_of(folder: &Path) -> String {
    let body = json!({
        "format": "gewu-catalogue/2", "edition": "2026", "version": 9,
        "editions": [{ "edition": "2026", "classes": [
            { "kind": "component", "code": "01", "name": { "zh": "公用设施" }, "heading": true },
            { "kind": "component", "code": "01002", "parent": "01", "name": { "zh": "污水井盖" } },
            { "kind": "matter", "code": "06010", "name": { "zh": "暴露垃圾" } },
        ]}],
        "campaigns": [{ "code": "lids", "name": { "zh": "井盖专项" }, "nodes": [
            { "code": "a", "name": { "zh": "井盖" } },
            { "code": "a1", "parent": "a", "name": { "zh": "污水" },
              "class": { "kind": "component", "code": "01002" } },
        ]}],
    });
    let path = folder.join("campaign.json");
    std::fs::write(&path, body.to_string()).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_campaign_has_a_tree_of_its_own_from_which_a_report_chooses() {
    let town = Town::new();
    let file = campaign_of(town.folder.path());
    let name = ["publish", &file, "--kind", "catalogue"];
    town.server.op(&name).unwrap();
    let (chen, no) = (&town.device, |words: &[&str]| {
        town.device.run(words).unwrap()
    });
    assert!(
        no(&["classes", "--campaign", "lids"]).code != Some(0),
        "not told yet"
    );
    chen.ok(&["sync"]).unwrap();
    let tree = chen.lines(&["classes", "--campaign", "lids"]).unwrap();
    assert_eq!(tree.len(), 2);
    assert_eq!(
        (&tree[1]["code"], &tree[1]["above"][0]["code"]),
        (&json!("a1"), &json!("a"))
    );
    assert_eq!(tree[1]["class"]["code"], "01002");
    let place = [
        "--lon",
        "123.422729",
        "--lat",
        "41.7999616",
        "--campaign",
        "lids",
    ];
    let with = |class: &'static str| [&["report", "--class", class], &place[..]].concat();
    for wrong in ["06010", "a", "zz"] {
        let refused = no(&with(wrong));
        assert!(
            refused.err.contains("no choice of the campaign"),
            "{}",
            refused.err
        );
    }
    let saved = chen.ok(&with("a1")).unwrap();
    chen.ok(&["sync"]).unwrap();
    let shown = town.server.op(&["show", text(&saved, "case")]).unwrap();
    assert_eq!(shown["report"]["campaign"], "lids");
    assert_eq!(shown["report"]["class"]["code"], "01002");
}

#[test]
fn a_file_of_cases_may_say_how_to_reach_who_told_of_them() {
    let town = Town::new();
    let path = town.path("cases.csv");
    let rows = "class,lon,lat,external_id,contact_name,contact_phone\n\
                06010,123.42,41.8,1,吴老师,13800005678\n06010,123.42,41.8,2,,\n";
    std::fs::write(&path, rows).unwrap();
    let words = ["import", path.to_str().unwrap(), "--channel", "12345"];
    let told = town.server.op_lines(&words).unwrap();
    let contact = |line: usize| {
        town.server
            .op(&["contact", text(&told[line], "case")])
            .unwrap()
    };
    assert_eq!(contact(0)["contact"]["phone"], "13800005678");
    assert_eq!(contact(0)["contact"]["name"], "吴老师");
    assert_eq!(contact(1)["state"], "none");
}
