//! Bad input: each gets its own line on stderr that says what to do, a status of 1 or 2, no panic,
//! and leaves nothing half-saved.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use gewu_tests::process::{Ended, binary};

use super::*;

/// Demands a proper refusal, and returns its words.
fn refused(what: &str, ended: &Ended) -> String {
    assert!(matches!(ended.code, Some(1 | 2)), "{what}: {ended:?}");
    let line = ended.err.trim_end();
    // Wrong usage of the command line may explain itself in a few lines.
    if ended.code == Some(1) {
        assert_eq!(line.lines().count(), 1, "{what}: {line}");
    }
    assert!(line.len() > 20, "{what}: {line:?} says nothing");
    assert!(!line.contains("panicked"), "{what}: {line}");
    assert!(ended.out.is_empty(), "{what} printed a result: {ended:?}");
    line.to_owned()
}

#[test]
fn each_wrong_report_is_refused_in_its_own_words_and_leaves_nothing() {
    let town = Town::new();
    let long = "长".repeat(4_001);
    let photo = |name: &str| photo(name);
    let (empty, words, heic) = (
        photo("bad/empty.jpg"),
        photo("bad/text.jpg"),
        photo("bad/heic.heic"),
    );
    let (cut, bomb, absent) = (
        photo("bad/truncated.jpg"),
        photo("bad/bomb.png"),
        photo("none.jpg"),
    );
    let table: BTreeMap<&str, Vec<&str>> = BTreeMap::from([
        (
            "unknown class",
            vec![
                "report", "--class", "99999", "--lon", "123.42", "--lat", "41.8",
            ],
        ),
        ("unknown edition", report(&["--edition", "1999"])),
        ("unknown condition", report(&["--condition", "77"])),
        ("missing photo", report(&["--photo", &absent])),
        ("not an image", report(&["--photo", &words])),
        ("an empty file", report(&["--photo", &empty])),
        ("a cut image", report(&["--photo", &cut])),
        ("an image bomb", report(&["--photo", &bomb])),
        ("heic", report(&["--photo", &heic])),
        (
            "longitude",
            vec![
                "report", "--class", "01002", "--lon", "181", "--lat", "41.8",
            ],
        ),
        (
            "latitude",
            vec![
                "report", "--class", "01002", "--lon", "123.4", "--lat", "-90.5",
            ],
        ),
        (
            "not a number",
            vec![
                "report", "--class", "01002", "--lon", "NaN", "--lat", "41.8",
            ],
        ),
        ("no place", vec!["report", "--class", "01002"]),
        ("too long a text", report(&["--text", &long])),
    ]);
    let before = town.device.ok(&["status"]).unwrap();
    let mut lines = BTreeMap::new();
    for (what, words) in &table {
        let line = refused(what, &town.device.run(words).unwrap());
        if let Some(other) = lines.insert(line.clone(), what) {
            // Two of the positions may share their words; nothing else may.
            let positions = ["longitude", "latitude", "not a number"];
            let both = positions.contains(what) && positions.contains(other);
            assert!(both, "{what} and {other} are both told: {line}");
        }
    }
    assert_eq!(town.device.ok(&["status"]).unwrap(), before);
    assert!(town.device.lines(&["list"]).unwrap().is_empty());
}

#[test]
fn a_text_with_a_nul_is_refused_by_the_sdk_and_leaves_nothing() {
    // No command line can carry a NUL, so this one goes to the SDK itself.
    let town = Town::new();
    let gewu = gewu::Gewu::open_folder(town.device.folder()).unwrap();
    let input = gewu::ReportInput {
        class: gewu.catalogue().unwrap().classes().next().map(|class| {
            gewu_model::entry::ClassRef {
                kind: class.kind,
                code: class.code.clone(),
            }
        }),
        position: Some(gewu::PositionInput::wgs84(123.422_729, 41.799_961_6)),
        text: Some("井盖\0缺失".into()),
        ..gewu::ReportInput::default()
    };
    let error = gewu.report(input).unwrap_err();
    assert!(
        matches!(error, gewu::GewuError::InvalidInput { field: "text", .. }),
        "{error}"
    );
    assert!(gewu.status().unwrap().synced);
    assert!(gewu.list(&gewu::Query::default()).unwrap().rows.is_empty());
}

#[test]
fn a_damaged_database_is_moved_aside_and_named() {
    let town = Town::new();
    town.device.ok(&report(&["--text", "重要"])).unwrap();
    let file = town.device.folder().join("gewu.db");
    let _ = std::fs::remove_file(town.device.folder().join("gewu.db-wal"));
    std::fs::write(
        &file,
        b"SQLite format 3\0 and then something else entirely".repeat(200),
    )
    .unwrap();
    let line = refused("a damaged database", &town.device.run(&["status"]).unwrap());
    assert!(line.contains("corrupt"), "does not say where it is: {line}");
    let kept = std::fs::read_dir(town.device.folder()).unwrap().flatten();
    let kept = kept.filter(|entry| entry.file_name().to_string_lossy().contains("corrupt"));
    assert_eq!(kept.count(), 1, "the damaged file is gone");
    let gone = refused("no device", &town.device.run(&["status"]).unwrap());
    assert!(gone.contains("gewu.db.corrupt-"), "{gone}");
    let folder = town.device.folder().to_owned();
    town.server.inspector(&folder, "chen").unwrap();
    let status = town.device.ok(&["status"]).unwrap();
    let name = text(&status["moved_aside"][0], "name").to_owned();
    assert!(line.contains(&name), "{line} names {name}");
    let sick = town.device.run(&["doctor"]).unwrap();
    assert!(sick.err.contains("lie aside"), "{sick:?}");
    let discard = ["doctor", "--discard-damaged", &name];
    town.device.ok(&discard).unwrap();
    let again = refused("nothing to discard", &town.device.run(&discard).unwrap());
    assert!(again.contains("damaged database"), "{again}");
    let status = town.device.ok(&["status"]).unwrap();
    assert_eq!(status["moved_aside"], serde_json::json!([]));
}

#[test]
fn codes_and_tokens_do_not_go_readable_over_a_network() {
    let town = Town::new();
    let far = "http://city.invalid:8420";
    let device = Device::new(&town.path("far"));
    let enrol = ["enroll", "--server", far, "--citizen"];
    let line = refused("plain http", &device.run(&enrol).unwrap());
    assert!(line.contains("--plain-http"), "{line}");
    assert!(!town.path("far").exists(), "nothing is made for it");
    let meant = device.run(&[&enrol[..], &["--plain-http"]].concat());
    let line = refused("an address of nobody", &meant.unwrap());
    assert!(!line.contains("--plain-http"), "{line}");
}

#[test]
fn enrolment_fails_in_words_for_each_reason() {
    let town = Town::new();
    let url = town.server.url().to_owned();
    let used = town
        .server
        .code("li", "crew", &["--unit", "drainage"])
        .unwrap();
    let enrol = |name: &str, server: &str, code: &str| {
        let device = Device::new(&town.path(name));
        device
            .run(&["enroll", "--server", server, "--code", code])
            .unwrap()
    };
    assert_eq!(enrol("li", &url, &used).code, Some(0));
    let page = Impostor::start("127.0.0.1:0", WEB_PAGE);
    let future = Impostor::start("127.0.0.1:0", OTHER_PROTOCOL);
    let mut lines = BTreeMap::new();
    let mut tell = |what: &'static str, ended: &Ended| {
        let line = refused(what, ended);
        if let Some(other) = lines.insert(line.clone(), what) {
            panic!("{what} and {other} are both told: {line}");
        }
    };
    tell("a used code", &enrol("thief", &url, &used));
    tell(
        "a wrong code",
        &enrol("guesser", &url, "AAAA-BBBB-CCCC-DDDD"),
    );
    tell(
        "nobody there",
        &enrol("lonely", "http://127.0.0.1:1", "AAAA"),
    );
    tell("no address", &enrol("lost", "not an address", "AAAA"));
    tell("another kind of server", &enrol("stray", &page.url, "AAAA"));
    tell("another protocol", &enrol("old", &future.url, "AAAA"));
    assert!(
        town.device.ok(&["sync"]).is_ok(),
        "the others are not touched"
    );
}

#[test]
fn a_server_of_another_protocol_stops_a_sync_and_loses_nothing() {
    let mut town = Town::new();
    let saved = town.device.ok(&report(&["--text", "井盖"])).unwrap();
    let before = town.device.ok(&["status"]).unwrap()["unsent"].clone();
    town.server.kill();
    let address = town
        .server
        .url()
        .strip_prefix("http://")
        .unwrap()
        .to_owned();
    let future = Impostor::start(&address, OTHER_PROTOCOL);
    let line = refused("another protocol", &town.device.run(&["sync"]).unwrap());
    assert!(line.contains("update"), "does not say what to do: {line}");
    assert_eq!(town.device.ok(&["status"]).unwrap()["unsent"], before);
    drop(future);
    town.server.start_again().unwrap();
    town.device.ok(&["sync"]).unwrap();
    let shown = town.server.op(&["show", text(&saved, "case")]).unwrap();
    assert_eq!(shown["entries"][0]["hash"], saved["change"]);
}

#[test]
fn commands_without_a_device_or_with_unknown_names_say_so() {
    let town = Town::new();
    let nobody = Device::new(&town.path("nobody"));
    let mut lines = BTreeMap::new();
    for (what, ended) in [
        ("no device", nobody.run(&["status"]).unwrap()),
        ("unknown case", town.device.run(&["show", "ffff"]).unwrap()),
        (
            "no such stage",
            town.device.run(&["list", "--stage", "sleeping"]).unwrap(),
        ),
        (
            "no command",
            Ended::of(&Command::new(binary()).arg("levitate").output().unwrap()),
        ),
    ] {
        assert_eq!(lines.insert(refused(what, &ended), what), None);
    }
    assert!(
        !town.path("nobody").exists(),
        "a refused command made a folder"
    );
}

/// A web server that is not ours.
const WEB_PAGE: Page = Page {
    status: "200 OK",
    kind: "text/html",
    body: "<html>hello</html>",
};

/// A Gewu server of the future.
const OTHER_PROTOCOL: Page = Page {
    status: "426 Upgrade Required",
    kind: "application/problem+json",
    body: r#"{"protocol":99,"title":"this server speaks protocol 99"}"#,
};

/// What an impostor answers.
#[derive(Clone, Copy)]
struct Page {
    status: &'static str,
    kind: &'static str,
    body: &'static str,
}

/// A listener that gives every request the same answer, until it is dropped.
struct Impostor {
    url: String,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Impostor {
    fn start(address: &str, page: Page) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if stopped.load(Ordering::Relaxed) {
                    return;
                }
                answer(stream.unwrap(), page);
            }
        });
        Self {
            url,
            stop,
            thread: Some(thread),
        }
    }
}

impl Drop for Impostor {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let address = self.url.strip_prefix("http://").unwrap();
        let _ = TcpStream::connect(address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Reads one request whole and answers it.
fn answer(mut stream: TcpStream, page: Page) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut length, mut line) = (0, String::new());
    while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        line.clear();
    }
    let _ = reader.read_exact(&mut vec![0; length]);
    let Page { status, kind, body } = page;
    let bytes = body.len();
    let _ = write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {bytes}\r\nconnection: close\r\n\r\n{body}"
    );
}
