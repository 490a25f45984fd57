//! A server that burned down and lives on from a copy, and people who came after that copy was made.

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
