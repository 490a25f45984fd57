//! Many devices at one server process over sockets of this machine. Those who send share its
//! processors with the server.

use std::io::Write;
use std::net::TcpStream;
use std::sync::Barrier;
use std::time::{Duration, Instant};

use gewu_model::cbor;
use gewu_model::time::Millis;
use gewu_server::{Clock, SystemClock};
use gewu_sync::auth;
use gewu_sync::wire::{CONTENT_TYPE, CasePush, Cursor, Response};

use super::city::accepted;
use super::flood::{Flood, GOOD, read_answer};
use super::pen::{Line, Pen, Pins};
use super::row::{Row, at_share};
use super::texts::{OTHER, Texts};
use crate::bench::BenchError;
use crate::disk::Dice;

/// Exchanges of one device alone.
const IDLE: usize = 60;
/// How often each device exchanges, and how many times.
const EVERY: Duration = Duration::from_secs(10);
const TIMES: u32 = 2;
/// How long a device waits for an answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// One device: a key, a connection that stays, a case of its own.
struct Member {
    pen: Pen,
    texts: Texts,
    stream: Option<TcpStream>,
    address: String,
    line: Option<Line>,
    cursors: Vec<Cursor>,
    pins: Pins,
}

/// What all their exchanges came to.
#[derive(Default)]
struct Sum {
    ms: Vec<f64>,
    errors: usize,
}

/// One device alone, then `count` in their own rhythm, then these in one instant, then all in half that rhythm, first
/// by themselves and then beside one more that sends without pause.
pub(super) fn measure(
    url: &str,
    pens: Vec<Pen>,
    count: usize,
    pins: Pins,
) -> Result<Vec<Row>, BenchError> {
    let mut members: Vec<Member> = pens
        .into_iter()
        .enumerate()
        .map(|(number, pen)| Member {
            pen,
            texts: Texts(Dice::new(number as u64)),
            stream: None,
            address: url.trim_start_matches("http://").to_owned(),
            line: None,
            cursors: vec![],
            pins,
        })
        .collect();
    // Everybody has a case and a connection first.
    for member in &mut members {
        member.exchange()?;
    }
    let mut idle = Vec::new();
    for _ in 0..IDLE {
        idle.push(members[0].exchange()?);
    }
    let idle = at_share(idle, 0.5);
    let mut abuser = members
        .pop()
        .ok_or(BenchError::Missing("one that sends without pause"))?;
    let all = members.len();
    let some = &mut members[..count];
    let (alone, burst) = (spread(some, EVERY), burst(some));
    let more = spread(&mut members, EVERY * 2);
    let tireless = abuser.prepare()?.bytes;
    let flood = Flood::start(&abuser.address, tireless);
    let beside = spread(&mut members, EVERY * 2);
    let toll = flood.end();
    let bound = Some(20.0 * idle);
    let mut rows = vec![
        Row::told(
            "small exchange of one device, idle median",
            format!("{idle:.2} ms"),
        ),
        Row::told("what the one without pause got", toll.to_string()),
    ];
    let crowds = [
        (count, alone, "each every 10 s", bound),
        (count, burst, "all in one instant", bound),
        (all, more, "each every 20 s", None),
        (all, beside, "the same beside one without pause", None),
    ];
    for (count, sum, how, bound) in crowds {
        rows.extend(sum.rows(&format!("{count} devices, {how}"), bound));
    }
    Ok(rows)
}

impl Sum {
    /// Errors, of which there must be none, median and p99, of which `bound` says how many milliseconds it may be.
    fn rows(self, whose: &str, bound: Option<f64>) -> [Row; 3] {
        let median = at_share(self.ms.clone(), 0.5);
        let p99 = at_share(self.ms, 0.99);
        let name = format!("{whose}: p99");
        [
            Row::at_most(format!("{whose}: errors"), self.errors as f64, 0.0, ""),
            Row::told(format!("{whose}: median"), format!("{median:.2} ms")),
            match bound {
                Some(bound) => Row::at_most(name, p99, bound, "ms"),
                None => Row::told(name, format!("{p99:.1} ms")),
            },
        ]
    }
}

/// Each at its own moment of so much time, again and again.
fn spread(members: &mut [Member], every: Duration) -> Sum {
    let step = every / u32::try_from(members.len().max(1)).unwrap_or(1);
    let begin = Instant::now() + Duration::from_millis(200);
    let work = |member: &mut Member, number: u32| {
        let turns = (0..TIMES).map(|turn| begin + every * turn + step * number);
        let timed = turns.map(|at| {
            std::thread::sleep(at.saturating_duration_since(Instant::now()));
            member.exchange()
        });
        timed.collect::<Vec<_>>()
    };
    all_at_work(members, &work)
}

/// All in one instant.
fn burst(members: &mut [Member]) -> Sum {
    let barrier = Barrier::new(members.len());
    let work = |member: &mut Member, _| {
        let prepared = member.prepare();
        barrier.wait();
        vec![prepared.and_then(|prepared| member.send(prepared))]
    };
    all_at_work(members, &work)
}

type Work<'w> = dyn Fn(&mut Member, u32) -> Vec<Result<f64, BenchError>> + Sync + 'w;

fn all_at_work(members: &mut [Member], work: &Work<'_>) -> Sum {
    let mut sum = Sum::default();
    std::thread::scope(|scope| {
        let start = |(member, number)| scope.spawn(move || work(member, number));
        let threads: Vec<_> = members.iter_mut().zip(0..).map(start).collect();
        for thread in threads {
            match thread.join() {
                Ok(results) => results.into_iter().for_each(|result| match result {
                    Ok(ms) => sum.ms.push(ms),
                    Err(error) => {
                        eprintln!("a device of the crowd: {error}");
                        sum.errors += 1;
                    }
                }),
                Err(_) => sum.errors += 1,
            }
        }
    });
    sum
}

/// A request on its way, with what its answer has to say.
struct Prepared {
    request: gewu_sync::wire::Request,
    bytes: Vec<u8>,
}

impl Member {
    /// A new remark, sent and accepted; milliseconds from the first byte to the last.
    fn exchange(&mut self) -> Result<f64, BenchError> {
        let prepared = self.prepare()?;
        self.send(prepared)
    }

    fn prepare(&mut self) -> Result<Prepared, BenchError> {
        let now = SystemClock.now();
        let push = self.write(now)?;
        let request = self.pen.request(vec![push], self.cursors.clone());
        let body = cbor::to_vec(&request);
        let headers = auth::sign(self.pen.signer(), "POST", "/v1/sync", &body, now)?;
        let mut head = format!(
            "POST /v1/sync HTTP/1.1\r\nhost: {}\r\ncontent-type: {CONTENT_TYPE}\r\ncontent-length: {}\r\n",
            self.address,
            body.len()
        );
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        let bytes = [head.into_bytes(), body].concat();
        if self.stream.is_none() {
            let stream = TcpStream::connect(&self.address)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            stream.set_nodelay(true)?;
            self.stream = Some(stream);
        }
        Ok(Prepared { request, bytes })
    }

    fn write(&mut self, now: Millis) -> Result<CasePush, BenchError> {
        if let Some(line) = &mut self.line {
            return self.pen.remark(line, &mut self.texts, now);
        }
        let (report, item) = self.texts.report(&OTHER, now)?;
        let random = self.texts.random();
        let (line, push) = self.pen.report(report, item, (self.pins, now, random))?;
        self.line = Some(line);
        Ok(push)
    }

    fn send(&mut self, prepared: Prepared) -> Result<f64, BenchError> {
        let stream = self
            .stream
            .as_mut()
            .ok_or(BenchError::Missing("a connection"))?;
        let start = Instant::now();
        stream.write_all(&prepared.bytes)?;
        let body = answer(stream)?;
        let ms = start.elapsed().as_secs_f64() * 1e3;
        let response: Response =
            cbor::from_slice(&body).map_err(|_| BenchError::Missing("an answer"))?;
        accepted(&prepared.request, &response)?;
        self.cursors = response.standing(&prepared.request);
        Ok(ms)
    }
}

/// The body of a good answer; the connection stays open.
fn answer(stream: &mut TcpStream) -> Result<Vec<u8>, BenchError> {
    match read_answer(stream)? {
        (GOOD, body) => Ok(body),
        (status, body) => {
            let words = String::from_utf8_lossy(&body);
            Err(BenchError::Process(format!("{status}: {words}")))
        }
    }
}
