//! One device that sends without pause on many connections, whatever it is told.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// An exchange that was taken.
pub(super) const GOOD: u16 = 200;
/// One that was sent away.
const TOO_MANY: u16 = 429;
const CONNECTIONS: usize = 16;
/// The device waits no longer for an answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// It sends until this is ended.
pub(super) struct Flood {
    ended: Arc<AtomicBool>,
    threads: Vec<JoinHandle<Toll>>,
}

/// What it was answered.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Toll {
    taken: usize,
    sent_away: usize,
    /// Another answer, or none.
    other: usize,
}

impl fmt::Display for Toll {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            taken,
            sent_away,
            other,
        } = self;
        write!(f, "{taken} taken, {sent_away} sent away, {other} other")
    }
}

impl Flood {
    /// Begins to send this request, which a server may take any number of times.
    pub(super) fn start(address: &str, request: Vec<u8>) -> Self {
        let (ended, request) = (Arc::new(AtomicBool::new(false)), Arc::new(request));
        let start = |_| {
            let (ended, request) = (Arc::clone(&ended), Arc::clone(&request));
            let address = address.to_owned();
            thread::spawn(move || send_until(&ended, &address, &request))
        };
        let threads = (0..CONNECTIONS).map(start).collect();
        Self { ended, threads }
    }

    /// Ends it.
    pub(super) fn end(self) -> Toll {
        self.ended.store(true, Ordering::Relaxed);
        let tolls = self.threads.into_iter().map(JoinHandle::join);
        tolls.fold(Toll::default(), |sum, toll| {
            let toll = toll.unwrap_or_default();
            Toll {
                taken: sum.taken + toll.taken,
                sent_away: sum.sent_away + toll.sent_away,
                other: sum.other + toll.other,
            }
        })
    }
}

fn send_until(ended: &AtomicBool, address: &str, request: &[u8]) -> Toll {
    let mut toll = Toll::default();
    let mut stream = None;
    while !ended.load(Ordering::Relaxed) {
        match send(&mut stream, address, request) {
            Ok(GOOD) => toll.taken += 1,
            Ok(TOO_MANY) => toll.sent_away += 1,
            Ok(_) => toll.other += 1,
            Err(_) => {
                toll.other += 1;
                stream = None;
            }
        }
    }
    toll
}

fn send(stream: &mut Option<TcpStream>, address: &str, request: &[u8]) -> io::Result<u16> {
    let stream = match stream {
        Some(stream) => stream,
        none => {
            let new = TcpStream::connect(address)?;
            new.set_read_timeout(Some(PATIENCE))?;
            none.insert(new)
        }
    };
    stream.write_all(request)?;
    Ok(read_answer(stream)?.0)
}

/// Status and body of an answer; the connection stays open.
pub(super) fn read_answer(stream: &mut TcpStream) -> io::Result<(u16, Vec<u8>)> {
    let mut bytes = Vec::new();
    let mut part = [0; 8 << 10];
    let end = loop {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        if let Some(end) = end {
            break end;
        }
        match stream.read(&mut part)? {
            0 => return Err(io::Error::from(io::ErrorKind::UnexpectedEof)),
            read => bytes.extend(&part[..read]),
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
    let status = head.split(' ').nth(1).and_then(|word| word.parse().ok());
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .and_then(|length| length.parse::<usize>().ok());
    let (Some(status), Some(length)) = (status, length) else {
        return Err(io::Error::from(io::ErrorKind::InvalidData));
    };
    let mut body = bytes.split_off(end + 4);
    let have = body.len();
    body.resize(length.max(have), 0);
    stream.read_exact(&mut body[have..])?;
    Ok((status, body))
}
