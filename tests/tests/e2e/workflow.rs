//! Every instruction from a console, every entry from a device: a day with requests, as processes.

use std::time::{SystemTime, UNIX_EPOCH};

use gewu_model::deadline::Calendar;
use gewu_model::time::Millis;

use super::*;

/// A town with people of the unit drainage and a case that is dispatched to it.
struct Work {
    town: Town,
    li: Device,
    sun: Device,
    case: String,
}

impl Work {
    fn dispatched() -> Self {
        let town = Town::new();
        let li = member(&town, "li", "crew");
        let sun = member(&town, "sun", "unit_lead");
        let saved = town.device.ok(&report(&["--text", "井盖缺失"])).unwrap();
        town.device.ok(&["sync"]).unwrap();
        let case = text(&saved, "case").to_owned();
        let work = Self {
            town,
            li,
            sun,
            case,
        };
        work.op(&["file"]);
        // Urgent hours need no calendar, so this is no test of the year in which it runs.
        work.op(&["dispatch", "--lead", "drainage", "--limit", "8紧急工作时"]);
        work.sync();
        work
    }

    /// An instruction on the case.
    fn op(&self, words: &[&str]) {
        self.town.server.op(&self.words(words)).unwrap();
    }

    fn words<'w>(&'w self, words: &[&'w str]) -> Vec<&'w str> {
        [&words[..1], &[self.case.as_str()], &words[1..]].concat()
    }

    /// An entry of the crew's upon what is known now, delivered.
    fn act(&self, words: &[&str]) {
        self.sync();
        self.li.ok(&self.words(words)).unwrap();
        self.sync();
    }

    fn sync(&self) {
        self.li.ok(&["sync"]).unwrap();
        self.sun.ok(&["sync"]).unwrap();
    }

    fn shown(&self) -> Value {
        self.town.server.op(&["show", &self.case]).unwrap()
    }

    /// Stage, and what became of the last entry of a kind.
    fn stands(&self, kind: &str) -> (String, String) {
        let shown = self.shown();
        let entries = shown["entries"].as_array().unwrap();
        let last = entries.iter().rfind(|entry| entry["kind"] == kind);
        let reason = last.and_then(|entry| entry["reason"].as_str());
        (
            text(&shown, "stage").to_owned(),
            reason.unwrap_or_default().to_owned(),
        )
    }
}

fn member(town: &Town, user: &str, role: &str) -> Device {
    let code = town.server.code(user, role, &["--unit", "drainage"]);
    let device = Device::new(&town.path(user));
    let enroll = ["enroll", "--server", town.server.url(), "--code"];
    device
        .ok(&[&enroll, [code.unwrap().as_str()].as_slice()].concat())
        .unwrap();
    device
}

#[test]
fn requests_of_a_crew_are_granted_and_refused_by_the_centre() {
    let work = Work::dispatched();
    work.act(&["progress", "--percent", "40", "--text", "开挖"]);
    // More than the limit itself no rule grants: neither to the crew, whose phone does not save the
    // request and whose request is set aside where it did, nor at the console. The words say why.
    let long = ["ask-extension", "--limit", "9紧急工作时"];
    work.sync();
    let unsaved = work.li.run(&work.words(&long)).unwrap();
    assert!(unsaved.err.contains("as long as the limit"), "{unsaved:?}");
    work.act(&[&long[..], &["--unchecked"]].concat());
    let aside = work.shown()["set_aside"].clone();
    assert_eq!(aside[0]["reason"], "time_rules", "{aside}");
    let refused = work
        .town
        .server
        .op(&work.words(&["extend", "--limit", "9紧急工作时"]));
    let refused = refused.unwrap_err();
    assert!(refused.contains("as long as the limit"), "{refused}");
    work.act(&[
        "ask-extension",
        "--limit",
        "4紧急工作时",
        "--reason",
        "rain",
    ]);
    work.act(&["send-back", "--reason", "not_ours", "--instead", "roads"]);
    // The limit that was asked for is the one that is granted, unless another is named.
    work.op(&["extend"]);
    assert_eq!(work.stands("extend_request").1, "granted");
    work.op(&["decide", "--refuse", "--reason", "yours"]);
    let told = ("dispatched".to_owned(), "refused".to_owned());
    assert_eq!(work.stands("send_back_request"), told);
    let day = Millis(
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap()
            .as_millis() as i64,
    )
    .plus(5 * 86_400_000);
    let end = Calendar::shipped().offset().write(day);
    work.act(&["ask-suspension", "--reason", "rain", "--until", &end[..16]]);
    work.op(&["suspend"]);
    let told = ("suspended".to_owned(), "granted".to_owned());
    assert_eq!(work.stands("suspend_request"), told);
    let entries = work.shown()["entries"].clone();
    let until = |kind: &str| {
        let entries = entries.as_array().unwrap();
        let found = entries.iter().find(|entry| entry["kind"] == kind).unwrap();
        let payload = &found["payload"];
        let body = if payload["suspend"].is_object() {
            &payload["suspend"]
        } else {
            payload
        };
        body["until"].clone()
    };
    assert_eq!(
        until("suspend"),
        until("suspend_request"),
        "the date goes with it"
    );
    work.op(&["resume"]);
    assert_eq!(work.stands("resume").0, "dispatched");
    let again = work
        .town
        .server
        .op(&work.words(&["suspend", "--until", &end[..16]]));
    assert!(
        again
            .unwrap_err()
            .contains("as often as the city's rule allows")
    );
    work.act(&["send-back", "--reason", "not_ours"]);
    work.op(&["send-back"]);
    let told = ("filed".to_owned(), "granted".to_owned());
    assert_eq!(work.stands("send_back_request"), told);
}

#[test]
fn a_unit_passes_its_task_on_and_takes_it_back_and_others_may_not() {
    let work = Work::dispatched();
    let refused = work
        .li
        .run(&work.words(&["unassign", "--person", "li"]))
        .unwrap();
    assert!(
        refused.err.contains("your role may not do this"),
        "{}",
        refused.err
    );
    let refused = work.li.run(&work.words(&["urge"])).unwrap();
    assert!(
        refused.code == Some(1) && refused.err.contains("only whoever reported"),
        "{}",
        refused.err
    );
    for words in [
        &["assign", "--person", "li", "--text", "今天"][..],
        &["unassign", "--person", "li"],
        &["assign", "--team", "drainage-2"],
    ] {
        work.sun.ok(&work.words(words)).unwrap();
        work.sun.ok(&["sync"]).unwrap();
    }
    let status = work.sun.ok(&["status"]).unwrap();
    let commands = status["commands"].as_array().unwrap();
    assert!(
        commands.iter().all(|one| one.to_string().contains("done")),
        "{status}"
    );
    let names = |kind: &str| {
        let shown = work.shown();
        let entries = shown["entries"].as_array().unwrap().clone();
        entries.iter().filter(|entry| entry["kind"] == kind).count()
    };
    assert_eq!((names("assign"), names("unassign")), (2, 1));
}

#[test]
fn what_has_no_case_of_its_own_and_what_ended_go_on_by_order_and_reopening() {
    let work = Work::dispatched();
    work.act(&["handle"]);
    work.op(&["close", "--kind", "special", "--condition", "1"]);
    work.sync();
    let appeal = ["appeal", "--reason", "overdue", "--text", "下雨"];
    work.sun.ok(&work.words(&appeal)).unwrap();
    work.sync();
    work.op(&["decide", "--refuse"]);
    work.op(&["reopen", "--reason", "again"]);
    assert_eq!(work.stands("reopen").0, "filed");
    work.op(&[
        "supervise",
        "--unit",
        "drainage",
        "--reply-within",
        "4工作时",
    ]);
    work.op(&[
        "correct", "--class", "06010", "--lon", "123.42", "--lat", "41.8",
    ]);
    let owned = work.words(&["ownership", "--owner", "roads"]);
    let strange = work.town.server.op(&owned).unwrap_err();
    assert!(strange.contains("no unit is called roads"), "{strange}");
    work.op(&["ownership", "--owner", "roads", "--unknown-names"]);
    work.op(&[
        "reward", "--state", "granted", "--rule", "first", "--points", "5",
    ]);
    let place = ["--class", "06010", "--lon", "123.42", "--lat", "41.8"];
    let words = [&["register", "--text", "节前检查"][..], &place].concat();
    let made = work.town.server.op(&words).unwrap();
    let order = [
        "order",
        text(&made, "case"),
        "--unit",
        "drainage",
        "--limit",
        "1工作日",
    ];
    work.town.server.op(&order).unwrap();
    work.sync();
    let tasks = work.li.lines(&["tasks"]).unwrap();
    assert!(
        tasks.iter().any(|task| task["question"] == "order"),
        "{tasks:?}"
    );
}

#[test]
fn a_stale_view_is_refused_whatever_the_instruction() {
    let work = Work::dispatched();
    let old = text(&work.shown(), "view_token").to_owned();
    work.act(&["ask-suspension", "--reason", "rain"]);
    for words in [
        &["supervise", "--unit", "drainage", "--view", &old][..],
        &["extend", "--limit", "1工作日", "--view", &old],
        &["send-back", "--view", &old],
    ] {
        let refused = work.town.server.op(&work.words(words)).unwrap_err();
        assert!(refused.contains("the case has moved"), "{refused}");
    }
}

#[test]
fn a_unit_s_lead_assigns_from_a_console_that_reads_no_case_of_the_centre() {
    let work = Work::dispatched();
    let file = work.town.path("sun.token");
    let file = file.to_str().unwrap();
    let made = [
        "token",
        "--user",
        "sun",
        "--role",
        "unit_lead",
        "--unit",
        "drainage",
        "--output",
        file,
    ];
    work.town.server.op(&made).unwrap();
    let seen = work.sun.ok(&["show", &work.case]).unwrap();
    let seen = text(&seen, "view_token");
    let words = work.words(&["assign", "--person", "li"]);
    let console = |more: &[&str]| {
        let console = std::process::Command::new(gewu_tests::process::binary())
            .args([
                "op",
                "--server",
                work.town.server.url(),
                "--token-file",
                file,
            ])
            .args(&words)
            .args(more)
            .output();
        String::from_utf8(console.unwrap().stderr).unwrap()
    };
    let unread = console(&[]);
    assert!(unread.contains("the server refused (403)"), "{unread}");
    assert_eq!(console(&["--view", seen]), "");
    work.sync();
    assert_eq!(work.li.lines(&["tasks"]).unwrap().len(), 1);
}

#[test]
fn a_task_that_was_taken_away_is_struck_out_and_a_late_result_is_marked() {
    let work = Work::dispatched();
    let open = work.li.lines(&["tasks"]).unwrap();
    assert_eq!((open.len(), &open[0]["cancelled"]), (1, &Value::Null));
    work.op(&["recall", "--reason", "elsewhere"]);
    // The phone knows nothing of it yet, and the centre closes before it hears of the work.
    work.op(&["close", "--kind", "special"]);
    work.li.ok(&work.words(&["handle"])).unwrap();
    work.sync();
    let struck = work.li.lines(&["tasks"]).unwrap();
    assert_eq!(struck.len(), 1, "{struck:?}");
    assert_eq!(struck[0]["cancelled"]["kind"], "recall");
    assert!(struck[0]["late_answer"].is_string(), "{struck:?}");
    let told = work.sun.lines(&["tasks"]).unwrap();
    assert_eq!(told[0]["late_answer"], Value::Null, "another's result");
    let entries = work.shown()["entries"].clone();
    let kept = entries.as_array().unwrap().iter();
    let kept = kept.filter(|entry| entry["kind"] == "handle");
    assert_eq!(
        kept.map(|entry| text(entry, "status")).collect::<Vec<_>>(),
        ["late"]
    );
    work.act(&["seen", "--state", "done"]);
    assert_eq!(
        work.li.lines(&["tasks"]).unwrap().len(),
        0,
        "it is put away"
    );
    let state = work.li.run(&["state"]).unwrap();
    assert_eq!(state.code, Some(0), "{}", state.err);
}
