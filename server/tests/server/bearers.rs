//! tus 1.0 as programs speak it that know nothing of us: with a bearer token.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gewu_model::crypto::sha256;
use gewu_model::ids::CityId;
use gewu_server::{Clock, SystemClock};
use gewu_sync::token;

use crate::kit::Phone;
use crate::kit::files::{PART, TUS, metadata, phone, photo, upload};
use crate::kit::web::{Answer, Web};

const HOUR: i64 = 3_600_000;

fn bearer(web: &Web, phone: &Phone) -> String {
    let city: CityId = web.running().core().city();
    let token = token::issue(&phone.signer, city, SystemClock.now(), HOUR).expect("signed");
    format!("Bearer {}", token.expose())
}

fn send(web: &Web, bearer: &str, ask: (&str, &str), more: &[(&str, &str)], body: &[u8]) -> Answer {
    let headers: Vec<(String, String)> = [&[("authorization", bearer), TUS], more]
        .concat()
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    web.send(ask.0, ask.1, &headers, body)
}

fn create(web: &Web, bearer: &str, length: usize) -> String {
    let length = length.to_string();
    let begun = send(
        web,
        bearer,
        ("POST", "/v1/media"),
        &[("upload-length", &length)],
        b"",
    );
    assert_eq!(begun.status, 201);
    begun.header("location").expect("a place").to_owned()
}

fn offset(web: &Web, bearer: &str, place: &str) -> u64 {
    let head = send(web, bearer, ("HEAD", place), &[], b"");
    assert_eq!(head.status, 200);
    let offset = head.header("upload-offset").expect("an offset");
    offset.parse().expect("a number")
}

/// A connection on which the head of a PATCH and some of its body were sent.
fn half_patch(web: &Web, bearer: &str, place: &str, length: usize, body: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(web.addr()).expect("connected");
    let head = format!(
        "PATCH {place} HTTP/1.1\r\nhost: test\r\nauthorization: {bearer}\r\ntus-resumable: 1.0.0\r\n\
         content-type: application/offset+octet-stream\r\nupload-offset: 0\r\n\
         content-length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).expect("sent");
    stream.write_all(body).expect("sent");
    stream
}

/// Whether the upload comes to stand at `wanted` within a few seconds.
fn comes_to(web: &Web, bearer: &str, place: &str, wanted: u64) -> bool {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(10) {
        if offset(web, bearer, place) == wanted {
            return true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    false
}

#[test]
fn every_byte_that_arrives_counts_also_when_the_connection_breaks() {
    let web = Web::start();
    let chen = phone(&web, "chen", "D1");
    let bearer = bearer(&web, &chen);
    let bytes = photo();
    let place = create(&web, &bearer, bytes.len());
    let stream = half_patch(&web, &bearer, &place, bytes.len(), &bytes[..1_234]);
    stream.shutdown(Shutdown::Both).expect("cut");
    assert!(comes_to(&web, &bearer, &place, 1_234));
    let rest = send(
        &web,
        &bearer,
        ("PATCH", &place),
        &[PART, ("upload-offset", "1234")],
        &bytes[1_234..],
    );
    assert_eq!(rest.status, 204);
    let held = web.running().core().held_file(sha256(&bytes));
    assert_eq!(held.expect("readable"), Some(bytes.len() as u64));
}

/// The phone lost its connection and the server does not know.
#[test]
fn a_new_request_has_the_stale_one_stop_and_finds_what_it_brought() {
    let web = Web::start();
    let chen = phone(&web, "chen", "D1");
    let bearer = bearer(&web, &chen);
    let bytes = photo();
    let place = create(&web, &bearer, bytes.len());
    let mut stale = half_patch(&web, &bearer, &place, bytes.len(), &bytes[..2_000]);
    std::thread::sleep(Duration::from_millis(300));
    let begin = Instant::now();
    assert_eq!(offset(&web, &bearer, &place), 2_000);
    assert!(begin.elapsed() < Duration::from_secs(5), "waited too long");
    let mut told = String::new();
    stale
        .set_read_timeout(Some(Duration::from_secs(10)))
        .expect("set");
    let _ = stale.read_to_string(&mut told);
    assert!(told.starts_with("HTTP/1.1 409"), "{told}");
    // What the old connection still sends goes nowhere.
    let _ = stale.write_all(&bytes[2_000..]);
    let rest = send(
        &web,
        &bearer,
        ("PATCH", &place),
        &[PART, ("upload-offset", "2000")],
        &bytes[2_000..],
    );
    assert_eq!(rest.status, 204);
    let held = web.running().core().held_file(sha256(&bytes));
    assert_eq!(held.expect("readable"), Some(bytes.len() as u64));
}

#[test]
fn a_part_under_a_checksum_counts_whole_or_not_at_all() {
    let web = Web::start();
    let chen = phone(&web, "chen", "D1");
    let bearer = bearer(&web, &chen);
    let bytes = photo();
    let place = create(&web, &bearer, bytes.len());
    let patch = |sum: &str, body: &[u8]| {
        send(
            &web,
            &bearer,
            ("PATCH", &place),
            &[PART, ("upload-offset", "0"), ("upload-checksum", sum)],
            body,
        )
        .status
    };
    let right = format!("sha256 {}", STANDARD.encode(sha256(&bytes).0));
    assert_eq!(patch("crc32 AAAA", &bytes), 400);
    assert_eq!(patch(&right, &bytes[1..]), 460);
    assert_eq!(offset(&web, &bearer, &place), 0);
    assert_eq!(patch(&right, &bytes), 204);
}

#[test]
fn a_body_is_asked_for_when_it_is_wanted_and_not_when_it_is_not() {
    let web = Web::start();
    let chen = phone(&web, "chen", "D1");
    let bearer = bearer(&web, &chen);
    let ask = |bearer: &str| {
        let mut stream = TcpStream::connect(web.addr()).expect("connected");
        let head = format!(
            "POST /v1/media HTTP/1.1\r\nhost: test\r\nauthorization: {bearer}\r\n\
             tus-resumable: 1.0.0\r\nupload-length: 5\r\nexpect: 100-continue\r\n\
             content-type: application/offset+octet-stream\r\ncontent-length: 5\r\n\
             connection: close\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).expect("sent");
        let mut first = [0; 12];
        stream.read_exact(&mut first).expect("an answer");
        (stream, String::from_utf8_lossy(&first).into_owned())
    };
    let (mut stream, first) = ask(&bearer);
    assert_eq!(first, "HTTP/1.1 100");
    stream.write_all(b"hello").expect("sent");
    let mut rest = String::new();
    stream.read_to_string(&mut rest).expect("an answer");
    assert!(rest.contains("HTTP/1.1 201"), "{rest}");
    assert!(rest.contains("upload-offset: 5"), "{rest}");
    let begin = Instant::now();
    let (_, first) = ask("Bearer gewu1.00.1.00");
    assert_eq!(first, "HTTP/1.1 401");
    assert!(begin.elapsed() < Duration::from_secs(1));
}

#[test]
fn a_large_body_is_kept_in_parts_as_it_comes() {
    let web = Web::start();
    let chen = phone(&web, "chen", "D1");
    let bearer = bearer(&web, &chen);
    let bytes: Vec<u8> = (0..12_345_678_u32).map(|n| (n % 251) as u8).collect();
    let place = create(&web, &bearer, bytes.len());
    let sent = 9_000_000;
    let stream = half_patch(&web, &bearer, &place, bytes.len(), &bytes[..sent]);
    let uploads = web.dir.path().join("uploads");
    let whole_parts = || {
        let parts = std::fs::read_dir(&uploads).expect("a folder").flatten();
        let long = parts.filter(|part| part.metadata().is_ok_and(|found| found.len() > 4_000_000));
        long.count()
    };
    let start = Instant::now();
    while whole_parts() < 2 && start.elapsed() < Duration::from_secs(10) {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(whole_parts(), 2, "kept before the body ends");
    drop(stream);
    assert!(comes_to(&web, &bearer, &place, sent as u64));
    let at = sent.to_string();
    let rest = send(
        &web,
        &bearer,
        ("PATCH", &place),
        &[PART, ("upload-offset", &at)],
        &bytes[sent..],
    );
    assert_eq!(rest.status, 204);
    let core = web.running().core();
    assert_eq!(core.read_file(sha256(&bytes)).expect("held"), bytes);
    assert_eq!(std::fs::read_dir(&uploads).expect("a folder").count(), 0);
}

#[test]
fn a_token_opens_files_only_and_ends_with_its_device() {
    let web = Web::start();
    let chen = phone(&web, "chen", "D1");
    let bearer = bearer(&web, &chen);
    let bytes = photo();
    upload(&web, &chen, &bytes);
    let file = format!("/v1/media/{}", sha256(&bytes));
    assert_eq!(send(&web, &bearer, ("GET", &file), &[], b"").body, bytes);
    for path in ["/v1/sync", "/v1/op/cases"] {
        let method = if path.contains("op") { "GET" } else { "POST" };
        assert_eq!(send(&web, &bearer, (method, path), &[], b"").status, 401);
    }
    let wang = phone(&web, "wang", "D9");
    let forged = token::issue(&wang.signer, CityId([7; 32]), SystemClock.now(), HOUR);
    let forged = format!("Bearer {}", forged.expect("signed").expose());
    let refused = send(&web, &forged, ("GET", &file), &[], b"");
    assert_eq!(refused.status, 401);
    assert!(refused.header("www-authenticate").is_some());
    let core = web.running().core();
    core.retire(chen.key(), SystemClock.now()).expect("retired");
    assert_eq!(send(&web, &bearer, ("GET", &file), &[], b"").status, 403);
    let own = web.signed(&chen.signer, "GET", &file, &[], b"");
    assert_eq!(own.status, 200, "its own signature still delivers");
}

#[test]
fn an_upload_of_a_file_that_is_here_is_done_at_once_for_those_who_may_read_it() {
    let web = Web::start();
    let (chen, zhao) = (phone(&web, "chen", "D1"), phone(&web, "zhao", "D9"));
    let bytes = photo();
    upload(&web, &chen, &bytes);
    let (length, meta) = (bytes.len().to_string(), metadata(sha256(&bytes)));
    let begin = |who: &Phone| {
        let headers = [
            TUS,
            ("upload-length", length.as_str()),
            ("upload-metadata", meta.as_str()),
        ];
        let begun = web.signed(&who.signer, "POST", "/v1/media", &headers, b"");
        assert_eq!(begun.status, 201);
        begun.header("upload-offset").map(str::to_owned)
    };
    assert_eq!(begin(&chen), Some(length.clone()));
    assert_eq!(
        begin(&zhao),
        Some("0".into()),
        "whoever only knows its hash"
    );
}

#[test]
fn an_upload_without_bytes_is_whole_as_it_begins() {
    let web = Web::start();
    let chen = phone(&web, "chen", "D1");
    let bearer = bearer(&web, &chen);
    let place = create(&web, &bearer, 0);
    assert_eq!(offset(&web, &bearer, &place), 0);
    let held = web.running().core().held_file(sha256(b""));
    assert_eq!(held.expect("readable"), Some(0));
    assert_eq!(
        send(&web, &bearer, ("DELETE", &place), &[], b"").status,
        204
    );
    let gone = send(&web, &bearer, ("HEAD", &place), &[], b"");
    assert_eq!((gone.status, gone.header("upload-offset")), (404, None));
}
