//! Services of a real server: by its timer, on request, and killed in the middle.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use gewu_model::deadline::Calendar;
use gewu_model::time::Millis;
use gewu_tests::process::Ended;

use super::packs::policy;
use super::*;

/// A town whose policy files and dispatches by itself, with a timer only if one is asked for.
fn town(timer: &[&str]) -> Town {
    let folder = tempfile::tempdir().unwrap();
    let (file, _) = policy(folder.path(), 100, |body| {
        body["services"] = serde_json::json!([
            { "service": "auto_file", "kinds": ["file"], "in": ["reported"] },
            { "service": "direct_dispatch", "kinds": ["dispatch"], "unit": "drainage",
              "areas": ["990101Z01"] },
            { "service": "auto_resume", "kinds": ["resume"] },
        ]);
    });
    let words = [&["--policy", file.as_str()][..], timer].concat();
    let server = Server::start_with(&folder.path().join("server"), &words).unwrap();
    let device = server.inspector(&folder.path().join("chen"), "chen");
    Town {
        device: device.unwrap(),
        folder,
        server,
    }
}

const BY_HAND: [&str; 2] = ["--services-every", "0"];

fn reported(town: &Town) -> String {
    let saved = town.device.ok(&report(&["--text", "井盖缺失"])).unwrap();
    text(&saved, "case").to_owned()
}

/// So many seconds from now, as an operator writes it.
fn soon(seconds: u64) -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let at = (since + Duration::from_secs(seconds)).as_millis();
    let at = Millis(i64::try_from(at).unwrap());
    Calendar::shipped().offset().write(at)
}

fn kinds(server: &Server, case: &str) -> Vec<String> {
    let shown = server.op(&["show", case]).unwrap();
    let entries = shown["entries"].as_array().unwrap().iter();
    let given = entries.filter(|entry| entry["asked_by"].is_object());
    given.map(|entry| text(entry, "kind").to_owned()).collect()
}

#[test]
fn a_report_reaches_its_unit_by_rule_and_a_suspension_ends_by_itself() {
    let town = town(&[]);
    let case = reported(&town);
    town.device.ok(&["sync"]).unwrap();
    let wait = |stage: &str| {
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(20) {
            let shown = town.server.op(&["show", &case]).unwrap();
            if shown["stage"] == stage {
                return shown;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("the case does not become {stage}");
    };
    let shown = wait("dispatched");
    assert_eq!(kinds(&town.server, &case), ["file", "dispatch"]);
    let last = shown["entries"].as_array().unwrap().last().unwrap();
    assert_eq!(last["asked_by"]["role"], "service");
    // The date is over in some seconds, and a look of the timer ends the suspension.
    let until = soon(3);
    let suspend = ["suspend", &case, "--until", &until, "--reason", "rain"];
    town.server.op(&suspend).unwrap();
    wait("dispatched");
    assert_eq!(
        kinds(&town.server, &case),
        ["file", "dispatch", "suspend", "resume"]
    );
}

#[test]
fn without_a_timer_an_operator_has_the_services_run_and_sees_what_waits() {
    let town = town(&BY_HAND);
    let case = reported(&town);
    town.device.ok(&["sync"]).unwrap();
    let waits = town.server.op_lines(&["run-services", "--list"]).unwrap();
    assert_eq!(
        (waits.len(), &waits[0]["case"]),
        (1, &Value::from(case.as_str()))
    );
    assert_eq!(kinds(&town.server, &case), Vec::<String>::new());
    let did = town.server.op_lines(&["run-services"]).unwrap();
    let did: Vec<_> = did.iter().map(|line| text(line, "service")).collect();
    assert_eq!(did, ["auto_file", "direct_dispatch"]);
    assert_eq!(town.server.op_lines(&["run-services"]).unwrap().len(), 0);
    // A list for people has words for classes and stages, and says where.
    let row = town.server.op(&["list"]).unwrap();
    assert_eq!(row["class"], "component 01002");
    assert!(
        row["class_name"]["zh"].is_string() && row["stage_name"]["en"] == "dispatched",
        "{row}"
    );
    assert!(text(&row["place"], "unit").starts_with("990101"), "{row}");
    let words = |language: &str| {
        let token = town.path("server").join("operator.token");
        let shown = std::process::Command::new(gewu_tests::process::binary())
            .env("GEWU_LANGUAGE", language)
            .args(["op", "--server", town.server.url(), "--token-file"])
            .arg(token)
            .arg("list")
            .output()
            .unwrap();
        String::from_utf8(shown.stdout).unwrap()
    };
    let (chinese, english) = (words("zh"), words("en"));
    assert!(
        chinese.contains(text(&row["stage_name"], "zh"))
            && chinese.contains(text(&row["class_name"], "zh")),
        "{chinese}"
    );
    assert!(
        english.contains("dispatched") && english.contains("990101Z01"),
        "{english}"
    );
}

/// Whenever the process is killed, an instruction was given or not, and never twice.
#[test]
fn a_server_that_is_killed_while_services_run_doubles_nothing() {
    let mut town = town(&BY_HAND);
    let mut cases = Vec::new();
    let token = town.path("server").join("operator.token");
    for round in 0..6_u64 {
        for _ in 0..4 {
            cases.push(reported(&town));
        }
        town.device.ok(&["sync"]).unwrap();
        let child = std::process::Command::new(gewu_tests::process::binary())
            .args([
                "--json",
                "op",
                "--server",
                town.server.url(),
                "--token-file",
            ])
            .arg(&token)
            .arg("run-services")
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(15 + round * 12));
        town.server.kill();
        let _ = Ended::of(&child.wait_with_output().unwrap());
        town.server.start_again().unwrap();
    }
    town.server.op_lines(&["run-services"]).unwrap();
    let mut numbers = std::collections::BTreeSet::new();
    for case in &cases {
        assert_eq!(kinds(&town.server, case), ["file", "dispatch"], "{case}");
        let shown = town.server.op(&["show", case]).unwrap();
        assert!(numbers.insert(text(&shown, "task_number").to_owned()));
    }
    town.device.ok(&["sync"]).unwrap();
    let states = town.device.lines(&["state"]).unwrap();
    for state in states {
        let shown = town.server.op(&["show", text(&state, "case")]).unwrap();
        assert_eq!(state["hash"], shown["state_hash"]);
    }
}
