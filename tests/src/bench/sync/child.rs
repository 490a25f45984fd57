//! Devices and peers as processes of their own, so that processor time and memory are theirs alone.
//! Each prints one line of JSON.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use automerge::{Automerge, Change};
use gewu::host::{
    HttpRequest, HttpResponse, HttpSetupError, HttpTransport, Transport, TransportError,
};
use gewu::{
    Act, CancelToken, Connector, Consent, Gewu, HttpConnector, Options, Query, SyncOutcome,
};
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};

use super::row::at_share;
use crate::bench::BenchError;
use crate::bench::page;
use crate::disk::Dice;

/// The first argument of a child.
const MARK: &str = "--sync-child";
/// Rows of a page.
const PAGE: u32 = 50;
/// Between two pages that somebody scrolls through.
const PAUSE: Duration = Duration::from_millis(4);

/// Does a child's work when the arguments say that this process is one.
///
/// # Errors
/// When the SDK, the server or a file refuses.
pub fn run_as_child(args: &[String]) -> Option<Result<(), BenchError>> {
    let (mark, rest) = args.split_first()?;
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    (mark == MARK).then(|| {
        let told = match rest.as_slice() {
            ["first", folder, url, code] => first(folder.as_ref(), url, code),
            ["sync", folder] => again(folder.as_ref()),
            ["notes", folder, count] => notes(folder.as_ref(), count),
            ["pages", folder, url, code] => pages(folder.as_ref(), url, code),
            ["open", folder] => open_to_page(folder.as_ref()),
            ["load", file] => load(file.as_ref()),
            ["grow", file] => grow(file.as_ref()),
            _ => Err(BenchError::Missing("a child's task")),
        };
        told.map(|told| println!("{told}"))
    })
}

/// What such a process told.
pub(super) fn itself(args: &[&str]) -> Result<Value, BenchError> {
    let mut command = Command::new(std::env::current_exe()?);
    let output = command.arg(MARK).args(args).output()?;
    if !output.status.success() {
        eprint!("{}", String::from_utf8_lossy(&output.stderr));
        return Err(BenchError::Missing("success of a process"));
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Requests and bytes of bodies to `/v1/sync`.
#[derive(Default)]
struct Count {
    requests: AtomicU64,
    up: AtomicU64,
    down: AtomicU64,
}

/// The usual network, with a count of what exchanges take.
struct Counted {
    inner: HttpTransport,
    count: Arc<Count>,
}

impl Transport for Counted {
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let counts = request.path_and_query == "/v1/sync";
        let up = request.body.len() as u64;
        let answer = self.inner.send(request)?;
        if counts {
            self.count.requests.fetch_add(1, Ordering::Relaxed);
            self.count.up.fetch_add(up, Ordering::Relaxed);
            let down = answer.body.len() as u64;
            self.count.down.fetch_add(down, Ordering::Relaxed);
        }
        Ok(answer)
    }
}

struct Counting(Arc<Count>);

impl Connector for Counting {
    fn connect(&self, url: &str) -> Result<Arc<dyn Transport>, HttpSetupError> {
        let options = HttpConnector::default().options;
        Ok(Arc::new(Counted {
            inner: HttpTransport::new(url, options)?,
            count: Arc::clone(&self.0),
        }))
    }
}

fn open(folder: &Path) -> Result<(Gewu, Arc<Count>), BenchError> {
    let count = Arc::new(Count::default());
    std::fs::create_dir_all(folder)?;
    let mut options = Options::folder(folder)?;
    options.host.connector = Arc::new(Counting(Arc::clone(&count)));
    Ok((Gewu::open(options)?, count))
}

/// Processor time of the whole process, in milliseconds.
fn cpu_ms() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 * 1e-6
}

/// The most memory that this process has had, in megabytes: Linux keeps it apart from its parent's.
fn peak_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kb = line.and_then(|text| text.trim().trim_end_matches("kB").trim().parse().ok());
    kb.map_or(f64::NAN, |kb: f64| kb / 1_024.0)
}

fn told(count: &Count, start: (Instant, f64)) -> Value {
    let number = |of: &AtomicU64| of.load(Ordering::Relaxed);
    json!({
        "requests": number(&count.requests),
        "up": number(&count.up),
        "down": number(&count.down),
        "cpu_ms": cpu_ms() - start.1,
        "wall_ms": start.0.elapsed().as_secs_f64() * 1e3,
        "peak_mb": peak_mb(),
    })
}

fn complete(gewu: &Gewu) -> Result<u32, BenchError> {
    let report = gewu.sync(&mut |_| {}, &CancelToken::new())?;
    match report.outcome {
        SyncOutcome::Complete => Ok(report.received),
        _ => Err(BenchError::Missing("the end of a sync")),
    }
}

/// A new device: enrolled and synced to the end. Enrolling begins the sync.
fn first(folder: &Path, url: &str, code: &str) -> Result<Value, BenchError> {
    let (gewu, count) = open(folder)?;
    gewu.consent(&Consent {
        terms: "2026-01".into(),
    })?;
    let start = (Instant::now(), cpu_ms());
    gewu.enrol(url, Some(code))?;
    complete(&gewu)?;
    Ok(told(&count, start))
}

/// A device that goes on.
fn again(folder: &Path) -> Result<Value, BenchError> {
    let (gewu, count) = open(folder)?;
    let start = (Instant::now(), cpu_ms());
    let received = complete(&gewu)?;
    let mut told = told(&count, start);
    told["received"] = received.into();
    Ok(told)
}

/// Writes one remark in each of so many cases, those that changed least lately.
fn notes(folder: &Path, count: &str) -> Result<Value, BenchError> {
    let (gewu, _) = open(folder)?;
    let count = count.parse().unwrap_or(0);
    let query = Query {
        limit: 500,
        ..Query::default()
    };
    let rows = gewu.list(&query)?.rows;
    for row in rows.iter().rev().take(count) {
        gewu.note(row.case, Act::new().text("现场已围挡，等待配件"))?;
    }
    Ok(json!({}))
}

/// Pages out of a hundred thousand cases while a first sync runs.
fn pages(folder: &Path, url: &str, code: &str) -> Result<Value, BenchError> {
    let (gewu, _) = open(folder)?;
    gewu.consent(&Consent {
        terms: "2026-01".into(),
    })?;
    page::fill(&mut rusqlite::Connection::open(folder.join("gewu.db"))?)?;
    let mut dice = Dice::new(3);
    let mut turn = |list: &mut Vec<f64>| -> Result<(), BenchError> {
        let at = i64::try_from(dice.below(page::CASES.unsigned_abs())).unwrap_or(0);
        list.push(page::list(&gewu, at)?.as_secs_f64() * 1e3);
        std::thread::sleep(PAUSE);
        Ok(())
    };
    let (mut idle, mut busy) = (Vec::new(), Vec::new());
    for _ in 0..200 {
        turn(&mut idle)?;
    }
    std::thread::scope(|scope| {
        let syncing = scope.spawn(|| {
            gewu.enrol(url, Some(code))?;
            complete(&gewu)
        });
        while !syncing.is_finished() {
            turn(&mut busy)?;
        }
        let done = syncing.join();
        done.map_err(|_| BenchError::Missing("a sync"))?
    })?;
    let pages = busy.len();
    Ok(json!({
        "idle_ms": at_share(idle, 0.5),
        "median_ms": at_share(busy.clone(), 0.5),
        "p99_ms": at_share(busy.clone(), 0.99),
        "worst_ms": at_share(busy, 1.0),
        "pages": pages,
    }))
}

/// From a closed database to the first page.
fn open_to_page(folder: &Path) -> Result<Value, BenchError> {
    let start = Instant::now();
    let gewu = Gewu::open_folder(folder)?;
    let query = Query {
        limit: PAGE,
        ..Query::default()
    };
    let rows = gewu.list(&query)?.rows.len();
    let ms = start.elapsed().as_secs_f64() * 1e3;
    Ok(json!({ "ms": ms, "rows": rows }))
}

/// Bare Automerge: each document loaded and dropped.
fn load(file: &Path) -> Result<Value, BenchError> {
    let bytes = std::fs::read(file)?;
    let documents = parts(&bytes);
    let start = cpu_ms();
    for document in &documents {
        std::hint::black_box(Automerge::load(document)?);
    }
    Ok(json!({ "cpu_ms": cpu_ms() - start, "documents": documents.len() }))
}

/// Bare Automerge: each document loaded, one change applied, saved. Documents and changes alternate.
fn grow(file: &Path) -> Result<Value, BenchError> {
    let bytes = std::fs::read(file)?;
    let parts = parts(&bytes);
    let start = cpu_ms();
    for pair in parts.chunks_exact(2) {
        let mut document = Automerge::load(pair[0])?;
        let change = Change::try_from(pair[1]);
        let change = change.map_err(|_| BenchError::Missing("a change"))?;
        document.apply_changes([change])?;
        std::hint::black_box(document.save());
    }
    Ok(json!({ "cpu_ms": cpu_ms() - start, "documents": parts.len() / 2 }))
}

/// Byte strings, each after its length.
fn parts(mut bytes: &[u8]) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk() {
        let length = u32::from_le_bytes(*length) as usize;
        let Some((part, rest)) = rest.split_at_checked(length) else {
            break;
        };
        parts.push(part);
        bytes = rest;
    }
    parts
}

/// Writes what [`parts`] reads.
pub(super) fn write_parts(file: &Path, parts: &[Vec<u8>]) -> Result<(), BenchError> {
    let mut bytes = Vec::new();
    for part in parts {
        let length = u32::try_from(part.len()).map_err(|_| BenchError::Missing("a small part"))?;
        bytes.extend(length.to_le_bytes());
        bytes.extend(part);
    }
    Ok(std::fs::write(file, bytes)?)
}
