//! Without the server everything on the device still works, and what is unsent is counted exactly.

use serde_json::json;

use super::*;

#[test]
fn a_day_without_a_server_is_counted_to_the_last_photo_and_delivered_whole() {
    let mut town = Town::new();
    town.server.kill();
    let nothing = town.device.ok(&["status"]).unwrap();
    assert_eq!(nothing["synced"], true, "{nothing}");

    let lamp = photo("lamp-before.png");
    let with_photo = report(&["--text", "路灯不亮", "--photo", &lamp]);
    let first = town.device.ok(&with_photo).unwrap();
    let second = town.device.ok(&report(&[])).unwrap();
    let case = text(&first, "case");
    town.device.ok(&["note", case, "--text", "已拍照"]).unwrap();

    // Two changes for each report (root and report), one for the note; a picture and its small one.
    let status = town.device.ok(&["status"]).unwrap();
    let exactly = json!({ "changes": 5, "texts": 2, "photos": 1, "small_pictures": 1,
        "commands": 0 });
    assert_eq!(status["unsent"], exactly, "{status}");
    assert_eq!(status["synced"], false);
    assert_eq!(town.device.lines(&["list"]).unwrap().len(), 2);
    assert_eq!(
        town.device.ok(&["show", case]).unwrap()["entries"]
            .as_array()
            .unwrap()
            .len(),
        2
    );

    let failed = town.device.run(&["sync"]).unwrap();
    assert_eq!(failed.code, Some(1), "{failed:?}");
    assert_eq!(failed.err.lines().count(), 1, "{failed:?}");
    assert_eq!(
        town.device.ok(&["status"]).unwrap()["unsent"],
        exactly,
        "a failed sync changed the count"
    );

    town.server.start_again().unwrap();
    town.device.ok(&["sync"]).unwrap();
    let status = town.device.ok(&["status"]).unwrap();
    assert_eq!(status["synced"], true, "{status}");
    for saved in [&first, &second] {
        let shown = town.server.op(&["show", text(saved, "case")]).unwrap();
        let entries = shown["entries"].as_array().unwrap();
        assert!(
            entries.iter().any(|entry| entry["hash"] == saved["change"]),
            "{shown}"
        );
        let media = shown["media"].as_array().unwrap();
        assert!(media.iter().all(|one| one["present"] == true), "{shown}");
    }
}
