//! Photos from a device to a server as two processes do it, against a bare PUT of the same bytes.
//!
//! The peer is as small as a server can be that keeps what it is sent: it reads a body, writes it to
//! a file, flushes it and answers. It checks nothing, signs nothing and cannot resume.

use std::fs::File;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use gewu::host::{HttpOptions, HttpRequest, HttpTransport, Method, Transport};
use gewu::{
    CancelToken, Consent, Gewu, PhotoInput, PositionInput, ReportInput, SyncOutcome, UploadPolicy,
};
use gewu_model::entry::{ClassKind, ClassRef};
use gewu_model::media::EvidenceRole;

use super::town::BenchError;
use super::{Aim, Figure, median};
use crate::process::Server;
use crate::sim::pictures::large_picture;

const ROUNDS: u64 = 5;
const PHOTOS: u64 = 8;
/// About 2.9 MB each.
const EDGE: u32 = 980;

/// Takes turns, so that whatever else the machine does hits both alike.
///
/// # Errors
/// When a process, a file or the SDK fails.
pub fn run() -> Result<Vec<Figure>, BenchError> {
    let folder = tempfile::tempdir()?;
    let server = Server::start(&folder.path().join("server"))?;
    let gewu = device(&server, folder.path().join("device"))?;
    let plain = put_server(folder.path().join("plain"))?;
    let peer = HttpTransport::new(&plain, HttpOptions::default())
        .map_err(|error| io::Error::other(error.to_string()))?;
    let (mut ours, mut peers) = (Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let photos: Vec<Vec<u8>> = (0..PHOTOS)
            .map(|number| large_picture(1 + round * PHOTOS + number, EDGE))
            .collect();
        let (our, their) = (deliver(&gewu, &photos)?, put_all(&peer, &photos)?);
        // The first round warms up both.
        if round > 0 {
            ours.push(our);
            peers.push(their);
        }
    }
    Ok(vec![Figure {
        name: "8 photos of 2.9 MB delivered and acknowledged",
        ours: median(ours).into(),
        peer: "bare PUT of the same bytes, flushed",
        peers: median(peers).into(),
        aim: Aim::Times(1.0 / 0.7),
    }])
}

fn device(server: &Server, folder: PathBuf) -> Result<Gewu, BenchError> {
    let code = server
        .code("chen", "inspector", &["--duty-grid", "990101Z01"])
        .map_err(io::Error::other)?;
    let gewu = Gewu::open_folder(folder)?;
    gewu.consent(&Consent {
        terms: "bench".into(),
    })?;
    gewu.enrol(server.url(), Some(&code))?;
    gewu.sync(&mut |_| {}, &CancelToken::new())?;
    Ok(gewu)
}

/// Reports are received first, so that only files and their acknowledgement are measured.
fn deliver(gewu: &Gewu, photos: &[Vec<u8>]) -> Result<Duration, BenchError> {
    let paused = UploadPolicy {
        paused: true,
        ..UploadPolicy::default()
    };
    gewu.set_upload_policy(&paused)?;
    for photo in photos {
        gewu.report(ReportInput {
            class: Some(ClassRef {
                kind: ClassKind::Component,
                code: "01002".into(),
            }),
            position: Some(PositionInput::wgs84(123.422729, 41.7999616)),
            photos: vec![PhotoInput::bytes(photo.clone(), EvidenceRole::Scene)],
            ..ReportInput::default()
        })?;
    }
    gewu.sync(&mut |_| {}, &CancelToken::new())?;
    gewu.set_upload_policy(&UploadPolicy::default())?;
    let begun = Instant::now();
    let report = gewu.sync(&mut |_| {}, &CancelToken::new())?;
    let took = begun.elapsed();
    match report.outcome {
        SyncOutcome::Complete if report.unsent == 0 => Ok(took),
        _ => Err(io::Error::other("the photos did not arrive").into()),
    }
}

fn put_all(peer: &HttpTransport, photos: &[Vec<u8>]) -> Result<Duration, BenchError> {
    let begun = Instant::now();
    for (number, photo) in photos.iter().enumerate() {
        let request = HttpRequest::new(Method::Put, format!("/{number}")).body(photo.clone());
        let answer = peer
            .send(request)
            .map_err(|error| io::Error::other(error.to_string()))?;
        if answer.status != 201 {
            return Err(io::Error::other("the peer failed").into());
        }
    }
    Ok(begun.elapsed())
}

/// A server that keeps what it is sent.
fn put_server(folder: PathBuf) -> io::Result<String> {
    std::fs::create_dir_all(&folder)?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let addr = listener.local_addr()?;
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let folder = folder.clone();
            thread::spawn(move || while take_one(&stream, &folder).is_ok() {});
        }
    });
    Ok(format!("http://{addr}"))
}

fn take_one(mut stream: &TcpStream, folder: &std::path::Path) -> io::Result<()> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .and_then(|length| length.parse().ok())
        .ok_or(io::ErrorKind::InvalidData)?;
    let aside = folder.join("aside");
    let mut file = File::create(&aside)?;
    io::copy(&mut stream.take(length), &mut file)?;
    file.sync_all()?;
    std::fs::rename(&aside, folder.join("photo"))?;
    stream.write_all(b"HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n")
}
