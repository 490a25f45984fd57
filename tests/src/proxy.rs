//! A proxy between real processes that does to their connections what mobile networks do.
//!
//! It carries bytes over real sockets and misbehaves by a seed: it cuts after any byte in either
//! direction, carries a request out and loses its answer, sends a request twice, holds one back until
//! a later one went through, answers in the server's place with a login page, an overload or an
//! error, and waits. Whatever it does it counts, so that a test can say what it has met.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crate::disk::Dice;

/// How long a silent connection is kept.
const SILENCE: Duration = Duration::from_secs(20);

/// What is done to one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// Nothing.
    None,
    /// Cut after so many bytes of the request.
    CutUp(u32),
    /// The request gets through whole; its answer is cut after so many bytes.
    CutDown(u32),
    /// The request gets through whole, and no byte of its answer.
    LoseAnswer,
    /// The request reaches the server twice; the second answer is the one that comes back.
    Twice,
    /// The request reaches the server after a moment, when whoever sent it has gone on.
    Late,
    /// A login page answers.
    Portal,
    /// The server seems overloaded.
    Overloaded,
    /// Something before the server is broken.
    BadGateway,
    /// It takes a moment.
    Slow,
}

impl Fault {
    fn draw(dice: &mut Dice) -> Self {
        // Heads take some hundred bytes, small parts some thousand; cuts shall fall in both.
        let cut = if dice.below(2) == 0 { 600 } else { 60_000 };
        let cut = u32::try_from(dice.below(cut)).unwrap_or(0);
        match dice.below(20) {
            0..=3 => Self::CutUp(cut),
            4..=5 => Self::CutDown(cut % 400),
            6..=8 => Self::LoseAnswer,
            9 => Self::Twice,
            10 => Self::Late,
            11 => Self::Portal,
            12 => Self::Overloaded,
            13 => Self::BadGateway,
            14 => Self::Slow,
            _ => Self::None,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::CutUp(_) => "cut up",
            Self::CutDown(_) => "cut down",
            Self::LoseAnswer => "answer lost",
            Self::Twice => "twice",
            Self::Late => "late",
            Self::Portal => "portal",
            Self::Overloaded => "overloaded",
            Self::BadGateway => "bad gateway",
            Self::Slow => "slow",
        }
    }
}

struct State {
    dice: Mutex<Dice>,
    faults: AtomicBool,
    stopped: AtomicBool,
    target: Mutex<SocketAddr>,
    met: Mutex<BTreeMap<&'static str, u32>>,
}

/// A proxy on a free port of the loopback address. Dropping it stops it.
pub struct Proxy {
    addr: SocketAddr,
    state: Arc<State>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Proxy {
    /// A proxy to the server at `url`, without faults until they are asked for.
    ///
    /// # Errors
    /// When the address cannot be read or no port is free.
    pub fn start(url: &str, seed: u64) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let state = Arc::new(State {
            dice: Mutex::new(Dice::new(seed)),
            faults: AtomicBool::new(false),
            stopped: AtomicBool::new(false),
            target: Mutex::new(address(url)?),
            met: Mutex::default(),
        });
        let (addr, shared) = (listener.local_addr()?, Arc::clone(&state));
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if shared.stopped.load(Ordering::SeqCst) {
                    return;
                }
                let state = Arc::clone(&shared);
                // A connection that breaks is what this is about.
                thread::spawn(move || drop(state.carry(&client)));
            }
        });
        Ok(Self { addr, state })
    }

    /// Its address as a server's.
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Misbehaves from now on, or no more.
    pub fn misbehave(&self, does: bool) {
        self.state.faults.store(does, Ordering::SeqCst);
    }

    /// What was done to how many connections.
    pub fn met(&self) -> BTreeMap<&'static str, u32> {
        lock(&self.state.met).clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.state.stopped.store(true, Ordering::SeqCst);
        // Wakes whoever waits for a connection.
        let _ = TcpStream::connect(self.addr);
    }
}

fn address(url: &str) -> io::Result<SocketAddr> {
    let host = url.strip_prefix("http://").unwrap_or(url);
    host.trim_end_matches('/')
        .parse()
        .map_err(|_| io::ErrorKind::InvalidInput.into())
}

impl State {
    /// Carries the requests of one connection, one after the other.
    fn carry(&self, client: &TcpStream) -> io::Result<()> {
        client.set_read_timeout(Some(SILENCE))?;
        client.set_nodelay(true)?;
        let mut kept = None;
        loop {
            let fault = match self.faults.load(Ordering::SeqCst) {
                true => Fault::draw(&mut lock(&self.dice)),
                false => Fault::None,
            };
            let ends = self.one(client, fault, &mut kept)?;
            *lock(&self.met).entry(fault.name()).or_default() += 1;
            if ends {
                return client.shutdown(Shutdown::Both);
            }
        }
    }

    fn connect(&self) -> io::Result<TcpStream> {
        let server = TcpStream::connect(*lock(&self.target))?;
        server.set_read_timeout(Some(SILENCE))?;
        server.set_nodelay(true)?;
        Ok(server)
    }

    /// Carries one request and its answer; whether the connection ends with it.
    fn one(
        &self,
        client: &TcpStream,
        fault: Fault,
        kept: &mut Option<TcpStream>,
    ) -> io::Result<bool> {
        if let Fault::CutUp(most) = fault {
            let mut server = self.connect()?;
            let part = read_some(client, most as usize)?;
            server.write_all(&part)?;
            thread::sleep(Duration::from_millis(5));
            return Ok(true);
        }
        let request = read_message(client, false)?;
        let method = request.split(|byte| *byte == b' ').next().unwrap_or(b"");
        let head = method == b"HEAD";
        match fault {
            Fault::Portal => return answer(client, PORTAL).map(|()| true),
            Fault::Overloaded => return answer(client, OVERLOADED).map(|()| true),
            Fault::BadGateway => return answer(client, BAD_GATEWAY).map(|()| true),
            Fault::Late => {
                client.shutdown(Shutdown::Both)?;
                thread::sleep(Duration::from_millis(80));
                self.exchange(&request, head, &mut None)?;
                return Ok(true);
            }
            Fault::Slow => thread::sleep(Duration::from_millis(50)),
            Fault::Twice => {
                self.exchange(&request, head, &mut None)?;
            }
            _ => {}
        }
        let mut answered = self.exchange(&request, head, kept)?;
        match fault {
            Fault::LoseAnswer => return Ok(true),
            Fault::CutDown(most) => answered.truncate(most as usize),
            _ => {}
        }
        let mut client = client;
        client.write_all(&answered)?;
        Ok(matches!(fault, Fault::CutDown(_)))
    }

    /// Has the server carry a request out, on the connection that is kept if there is one.
    fn exchange(
        &self,
        request: &[u8],
        head: bool,
        kept: &mut Option<TcpStream>,
    ) -> io::Result<Vec<u8>> {
        let mut server = match kept.take() {
            Some(server) => server,
            None => self.connect()?,
        };
        server.write_all(request)?;
        let answered = read_message(&server, head)?;
        *kept = Some(server);
        Ok(answered)
    }
}

const PORTAL: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 21\r\n\
                      connection: close\r\n\r\n<html>log in</html>\r\n";
const OVERLOADED: &str = "HTTP/1.1 429 Too Many Requests\r\nretry-after: 0\r\n\
                          content-length: 0\r\nconnection: close\r\n\r\n";
const BAD_GATEWAY: &str = "HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/html\r\n\
                           content-length: 6\r\nconnection: close\r\n\r\n<html>";

fn answer(mut client: &TcpStream, text: &str) -> io::Result<()> {
    client.write_all(text.as_bytes())
}

/// At most `most` bytes, fewer when the sender waits for an answer before.
fn read_some(mut from: &TcpStream, most: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; most.max(1)];
    let mut filled = from.read(&mut bytes)?;
    from.set_read_timeout(Some(Duration::from_millis(60)))?;
    while filled < most {
        match from.read(&mut bytes[filled..]) {
            Ok(0) | Err(_) => break,
            Ok(more) => filled += more,
        }
    }
    bytes.truncate(filled.min(most));
    Ok(bytes)
}

/// One message of HTTP/1.1 with its body; the answer to a HEAD has none.
fn read_message(mut from: &TcpStream, bare: bool) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut piece = vec![0; 64 << 10];
    loop {
        if let Some(whole) = whole_length(&bytes, bare)
            && bytes.len() >= whole
        {
            return Ok(bytes);
        }
        match from.read(&mut piece)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            more => bytes.extend_from_slice(&piece[..more]),
        }
    }
}

/// How long the message is, once that can be told. Neither side of ours sends chunks.
fn whole_length(bytes: &[u8], bare: bool) -> Option<usize> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .and_then(|length| length.trim().parse().ok())
        .unwrap_or(0);
    Some(if bare { end } else { end + length })
}
