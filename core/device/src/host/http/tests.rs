//! The transport against servers that are a few lines long and misbehave.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use super::*;
use crate::host::Method;

/// A server that reads a request up to its declared end, hands it out, and lets `answer` reply.
fn serve(answer: impl Fn(&mut TcpStream) + Send + 'static) -> (SocketAddr, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, requests) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let request = read_request(&mut stream);
            let _ = sender.send(request);
            answer(&mut stream);
        }
    });
    (address, requests)
}

fn read_request(stream: &mut TcpStream) -> String {
    let mut seen = Vec::new();
    let mut byte = [0];
    while !seen.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
        seen.push(byte[0]);
    }
    let text = String::from_utf8_lossy(&seen).into_owned();
    let length = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    stream.read_exact(&mut body).unwrap();
    text + &String::from_utf8_lossy(&body)
}

/// One answer to a connection, which says that it is the last: the next request would else now and
/// then go into a connection that is about to close.
fn says(text: &'static str) -> impl Fn(&mut TcpStream) + Send + 'static {
    let answer = text.replacen("\r\n", "\r\nconnection: close\r\n", 1);
    move |stream| {
        let _ = stream.write_all(answer.as_bytes());
    }
}

fn to(address: SocketAddr, options: HttpOptions) -> HttpTransport {
    HttpTransport::new(&format!("http://{address}/base/"), options).unwrap()
}

fn get(transport: &HttpTransport) -> Result<HttpResponse, TransportError> {
    transport.send(HttpRequest::new(Method::Get, "/x"))
}

#[test]
fn carries_method_path_headers_and_body_both_ways() {
    let (address, requests) = serve(says(
        "HTTP/1.1 409 Conflict\r\nUpload-Offset: 7\r\ncontent-length: 5\r\n\r\nstale",
    ));
    let request = HttpRequest::new(Method::Patch, "/v1/media?a=%20b")
        .header("Upload-Offset", "3")
        .body(b"chunk".to_vec());
    let response = to(address, HttpOptions::default()).send(request).unwrap();
    let seen = requests.recv().unwrap();
    assert!(
        seen.starts_with("PATCH /base/v1/media?a=%20b HTTP/1.1\r\n"),
        "{seen}"
    );
    assert!(
        seen.to_lowercase().contains("upload-offset: 3\r\n") && seen.ends_with("chunk"),
        "{seen}"
    );
    assert_eq!(
        (response.status, response.body.as_slice()),
        (409, b"stale".as_slice())
    );
    assert_eq!(response.header("UPLOAD-offset"), Some("7"));
    assert!(!response.is_success());
}

#[test]
fn does_not_follow_a_redirect() {
    let (address, requests) = serve(says(
        "HTTP/1.1 302 Found\r\nLocation: /portal\r\ncontent-length: 0\r\n\r\n",
    ));
    let response = get(&to(address, HttpOptions::default())).unwrap();
    assert_eq!(
        (response.status, response.header("location")),
        (302, Some("/portal"))
    );
    requests.recv().unwrap();
    assert!(
        requests.recv_timeout(Duration::from_millis(100)).is_err(),
        "a second request came"
    );
}

#[test]
fn bounds_the_body_whether_its_length_is_told_or_not() {
    for answer in [
        "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n123456789",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\n1234\r\n5\r\n56789\r\n0\r\n\r\n",
    ] {
        let (address, _requests) = serve(says(answer));
        let bounded = |max_body| {
            to(
                address,
                HttpOptions {
                    max_body,
                    ..HttpOptions::default()
                },
            )
        };
        assert!(matches!(get(&bounded(8)), Err(TransportError::Other(_))));
        assert_eq!(get(&bounded(9)).unwrap().body, b"123456789");
    }
}

#[test]
fn a_download_is_written_as_it_comes_and_a_refusal_is_not() {
    let (address, _requests) = serve(says(
        "HTTP/1.1 206 Partial\r\ncontent-length: 9\r\n\r\n123456789",
    ));
    let small = to(
        address,
        HttpOptions {
            max_body: 1,
            ..HttpOptions::default()
        },
    );
    let mut out = Vec::new();
    let response = small
        .download(HttpRequest::new(Method::Get, "/m"), &mut out)
        .unwrap();
    assert_eq!(
        (out.as_slice(), response.body.len()),
        (b"123456789".as_slice(), 0)
    );
    let mut full = [0_u8; 4];
    let error = small.download(
        HttpRequest::new(Method::Get, "/m"),
        &mut full.as_mut_slice(),
    );
    assert_eq!(error, Err(TransportError::Write(ErrorKind::StorageFull)));

    let (address, _requests) = serve(says("HTTP/1.1 404 No\r\ncontent-length: 4\r\n\r\nnone"));
    let mut out = Vec::new();
    let transport = to(address, HttpOptions::default());
    let response = transport
        .download(HttpRequest::new(Method::Get, "/m"), &mut out)
        .unwrap();
    assert_eq!(
        (out.len(), response.body.as_slice()),
        (0, b"none".as_slice())
    );
}

#[test]
fn a_large_download_waits_for_a_slow_writer() {
    struct Slow(usize);
    impl Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            thread::sleep(Duration::from_micros(50));
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let (address, _requests) = serve(|stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 8000000\r\n\r\n");
        let _ = stream.write_all(&vec![7; 8_000_000]);
    });
    let mut out = Slow(0);
    let transport = to(address, HttpOptions::default());
    transport
        .download(HttpRequest::new(Method::Get, "/m"), &mut out)
        .unwrap();
    assert_eq!(out.0, 8_000_000);
}

#[test]
fn a_closed_port_and_a_cut_answer_are_offline() {
    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    assert_eq!(
        get(&to(closed, HttpOptions::default())),
        Err(TransportError::Offline)
    );
    for cut in [
        "",
        "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n1234",
        "HTTP/1.1 2",
    ] {
        let (address, _requests) = serve(says(cut));
        assert_eq!(
            get(&to(address, HttpOptions::default())),
            Err(TransportError::Offline),
            "{cut}"
        );
    }
}

#[test]
fn a_silent_server_times_out() {
    let (address, _requests) = serve(|_| thread::sleep(Duration::from_secs(5)));
    let read_timeout = Duration::from_millis(100);
    let transport = to(
        address,
        HttpOptions {
            read_timeout,
            ..HttpOptions::default()
        },
    );
    assert_eq!(get(&transport), Err(TransportError::Timeout));
}

#[test]
fn a_server_without_tls_is_a_tls_error() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        thread::sleep(Duration::from_millis(500));
    });
    let base = BaseUrl::parse(&format!("https://{address}")).unwrap();
    let config = tls::trusting_nobody().unwrap();
    let transport = HttpTransport::with_tls(base, HttpOptions::default(), config).unwrap();
    assert_eq!(get(&transport), Err(TransportError::Tls));
}

#[test]
fn cancel_ends_what_is_under_way_and_nothing_later() {
    let (let_go, held) = mpsc::channel::<()>();
    // Holds every connection until the end, and none afterwards.
    let (address, requests) = serve(move |_| assert!(held.recv().is_err()));
    let transport = to(address, HttpOptions::default());
    let start = Instant::now();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| get(&transport));
        requests.recv().unwrap();
        transport.cancel();
        assert_eq!(waiting.join().unwrap(), Err(TransportError::Cancelled));
    });
    assert!(start.elapsed() < Duration::from_secs(5));
    drop(let_go);
    assert_eq!(get(&transport), Err(TransportError::Offline));
}

#[test]
fn works_inside_a_runtime_of_the_host_and_is_dropped_there() {
    let (address, _requests) = serve(says("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async move {
        let transport = to(address, HttpOptions::default());
        assert_eq!(get(&transport).unwrap().body, b"ok");
    });
}

#[test]
fn malformed_requests_are_refused_before_they_are_sent() {
    let (address, requests) = serve(says("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"));
    let transport = to(address, HttpOptions::default());
    for request in [
        HttpRequest::new(Method::Get, "x"),
        HttpRequest::new(Method::Get, "/x").header("bad name", "x"),
        HttpRequest::new(Method::Get, "/x").header("x", "two\r\nlines"),
    ] {
        assert!(matches!(
            transport.send(request),
            Err(TransportError::Other(_))
        ));
    }
    assert!(requests.try_recv().is_err());
}
