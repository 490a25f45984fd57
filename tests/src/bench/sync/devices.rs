//! Real devices as processes of their own, and a server process: what an exchange costs in requests,
//! bytes, processor time and memory.

use std::path::{Path, PathBuf};
use std::time::Instant;

use automerge::Automerge;
use gewu::host::{HttpOptions, HttpRequest, HttpTransport, Method, Transport};
use gewu_model::cbor;
use gewu_server::{Clock, SystemClock};
use gewu_sync::auth;
use gewu_sync::wire::{CONTENT_TYPE, CasePush, Response};
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;

use super::Size;
use super::child::{itself, write_parts};
use super::city::{Book, NOTES};
use super::gate::documents;
use super::row::{Row, at_share};
use super::texts::{FEW, MANY};
use crate::bench::BenchError;
use crate::process::Server;

/// Changes each way of a small exchange.
const SMALL: usize = 50;
/// Changes of one request of the other side's.
const AT_ONCE: usize = 100;
/// Remarks of a night in an inspector's holding.
const NIGHT: usize = 20;
const OPENINGS: usize = 15;
/// How often the peer does the same: one run of it says little.
const BARE: usize = 5;

/// The server process, and those who go on writing in its city.
pub(super) struct Stage<'a> {
    folder: &'a Path,
    server: Server,
    book: Book,
    wire: HttpTransport,
}

impl<'a> Stage<'a> {
    /// The server process has the city's store.
    pub(super) fn set(folder: &'a Path, server: Server, book: Book) -> Result<Self, BenchError> {
        let wire = HttpTransport::new(server.url(), HttpOptions::default());
        let wire = wire.map_err(|error| BenchError::Process(error.to_string()))?;
        Ok(Self {
            folder,
            server,
            book,
            wire,
        })
    }

    /// Brings pushes to the server process.
    fn push(&mut self, pushes: Vec<CasePush>) -> Result<(), BenchError> {
        let request = self.book.request(pushes);
        let body = cbor::to_vec(&request);
        let signer = self.book.carrying().signer();
        let headers = auth::sign(signer, "POST", "/v1/sync", &body, SystemClock.now())?;
        let mut sent = HttpRequest::new(Method::Post, "/v1/sync")
            .header("content-type", CONTENT_TYPE)
            .body(body);
        sent.headers.extend(headers);
        let answer = self.wire.send(sent);
        let answer = answer.map_err(|error| BenchError::Process(error.to_string()))?;
        let response: Response = cbor::from_slice(&answer.body)
            .map_err(|_| BenchError::Process(format!("status {}", answer.status)))?;
        self.book.heard(&request, &response)
    }

    fn code(&self, duty: &str) -> Result<String, BenchError> {
        let more = ["--duty-grid", duty];
        let made = self.server.code("reader", "inspector", &more);
        made.map_err(BenchError::Process)
    }

    fn device(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn first(&self, name: &str, duty: &str) -> Result<Value, BenchError> {
        let (folder, code) = (self.device(name), self.code(duty)?);
        itself(&["first", &text(&folder), self.server.url(), &code])
    }

    fn sync(&self, name: &str) -> Result<Value, BenchError> {
        itself(&["sync", &text(&self.device(name))])
    }

    /// The first sync of all cases, beside a bare load of the same documents.
    pub(super) fn first_sync(&self, size: &Size) -> Result<Vec<Row>, BenchError> {
        let told = self.first("reader", MANY.duty)?;
        let bare = bare("load", &self.saved()?)?;
        let share = size.many as f64 / 10_000.0;
        let cases = size.many;
        let mb = number(&told, "down") / 1e6;
        let cpu = number(&told, "cpu_ms");
        let mut rows = vec![
            Row::at_most(
                format!("first sync of {cases} cases: body down"),
                mb,
                20.0 * share,
                "MB",
            ),
            Row::told("  body up", format!("{:.0} KB", number(&told, "up") / 1e3)),
            Row::told("  requests", format!("{:.0}", number(&told, "requests"))),
            Row::told("  time", format!("{:.1} s", number(&told, "wall_ms") / 1e3)),
            Row::told(
                "  device CPU, of a bare load's",
                format!("{cpu:.0} of {bare:.0} ms"),
            ),
            Row::at_most("  device CPU, times a bare load", cpu / bare, 6.0, "x"),
            Row::at_most(
                "  device's peak memory",
                number(&told, "peak_mb"),
                100.0,
                "MB",
            ),
        ];
        rows.extend(self.weights()?);
        Ok(rows)
    }

    /// The documents of the first sync, as Automerge saves them.
    fn saved(&self) -> Result<PathBuf, BenchError> {
        let cases = self.book.many.iter().map(|line| line.case);
        let file = self.folder.join("documents");
        let packed = documents(&self.book.folder, cases)?
            .iter()
            .map(|document| Ok(Automerge::load(document)?.save()))
            .collect::<Result<Vec<_>, BenchError>>()?;
        write_parts(&file, &packed)?;
        Ok(file)
    }

    /// What cannot be compressed in a first sync, from the device's own rows.
    fn weights(&self) -> Result<Vec<Row>, BenchError> {
        let file = self.device("reader").join("gewu.db");
        let db = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let sum = |sql: &str| db.query_row(sql, [], |row| row.get::<_, i64>(0));
        let texts = sum("SELECT count(*) FROM content")?;
        let changes = sum("SELECT count(*) FROM changes")?;
        let mb = |bytes: i64| format!("{:.2} MB", bytes as f64 / 1e6);
        let parts = [
            (
                "changes as chunks",
                sum("SELECT coalesce(sum(length(bytes)), 0) FROM changes")?,
            ),
            ("single signatures (64 bytes each)", 64 * changes),
            ("salts of texts", 16 * texts),
            ("digests of texts", 32 * texts),
            (
                "words of texts",
                sum("SELECT coalesce(sum(length(CAST(text AS BLOB))), 0) FROM content")?,
            ),
            (
                "receipts",
                sum("SELECT coalesce(sum(length(receipt)), 0) FROM case_facts")?,
            ),
            ("  of them hashes of changes", 32 * changes),
        ];
        let row = |(what, bytes): (&str, i64)| Row::told(format!("  held: {what}"), mb(bytes));
        Ok(parts.into_iter().map(row).collect())
    }

    /// Nothing changed, with all cases held.
    pub(super) fn quiet(&self) -> Result<Vec<Row>, BenchError> {
        let told = self.sync("reader")?;
        let (up, down) = (number(&told, "up"), number(&told, "down"));
        Ok(vec![
            Row::at_most(
                "nothing changed: requests",
                number(&told, "requests"),
                1.0,
                "",
            ),
            Row::at_most("  body both ways", up + down, 500.0, "B"),
            Row::told("  up and down", format!("{up:.0} and {down:.0} B")),
        ])
    }

    /// Fifty changes each way.
    pub(super) fn small(&mut self) -> Result<Vec<Row>, BenchError> {
        let last = self.book.many.len();
        let theirs = self.book.in_many(last - SMALL..last)?;
        self.push(theirs)?;
        let count = SMALL.to_string();
        itself(&["notes", &text(&self.device("reader")), &count])?;
        let told = self.sync("reader")?;
        if number(&told, "received") < SMALL as f64 {
            return Err(BenchError::Missing("a change of the other side"));
        }
        let (up, down) = (number(&told, "up"), number(&told, "down"));
        Ok(vec![
            Row::at_most(
                "50 changes each way: requests",
                number(&told, "requests"),
                1.0,
                "",
            ),
            Row::at_most("  body both ways", (up + down) / 1e3, 40.0, "KB"),
            Row::told("  up and down", format!("{up:.0} and {down:.0} B")),
        ])
    }

    /// One change in each of many cold cases, received.
    pub(super) fn received(&mut self, size: &Size) -> Result<Vec<Row>, BenchError> {
        let count = size.received;
        let from = self.book.many.len() - SMALL - count;
        let cases: Vec<_> = self.book.many[from..from + count]
            .iter()
            .map(|line| line.case)
            .collect();
        let before = documents(&self.book.folder, cases.into_iter())?;
        let mut parts = Vec::new();
        let mut before = before.iter();
        for begin in (from..from + count).step_by(AT_ONCE) {
            let pushes = self
                .book
                .in_many(begin..(begin + AT_ONCE).min(from + count))?;
            for (push, document) in pushes.iter().zip(&mut before) {
                parts.push(Automerge::load(document)?.save());
                parts.extend(push.changes.iter().map(|signed| signed.bytes.clone()));
            }
            self.push(pushes)?;
        }
        let file = self.folder.join("pairs");
        write_parts(&file, &parts)?;
        let told = self.sync("reader")?;
        let bare = bare("grow", &file)?;
        if number(&told, "received") < count as f64 {
            return Err(BenchError::Missing("a received change"));
        }
        let (ours, peers) = (number(&told, "cpu_ms"), bare);
        Ok(vec![
            Row::told(
                format!("{count} received changes in {count} cold cases, device CPU"),
                format!("{ours:.0} of {peers:.0} ms"),
            ),
            Row::at_most("  times bare load + apply + save", ours / peers, 1.3, "x"),
            Row::told("  time", format!("{:.0} ms", number(&told, "wall_ms"))),
        ])
    }

    /// Pages while a first sync runs.
    pub(super) fn pages(&self) -> Result<Vec<Row>, BenchError> {
        let (folder, code) = (self.device("pages"), self.code(MANY.duty)?);
        let told = itself(&["pages", &text(&folder), self.server.url(), &code])?;
        Ok(vec![
            Row::at_most(
                "page of 50 of 100,000 cases while a first sync runs: p99",
                number(&told, "p99_ms"),
                20.0,
                "ms",
            ),
            Row::told("  median", format!("{:.3} ms", number(&told, "median_ms"))),
            Row::told("  idle", format!("{:.3} ms", number(&told, "idle_ms"))),
            Row::told("  worst", format!("{:.1} ms", number(&told, "worst_ms"))),
            Row::told("  pages", format!("{:.0}", number(&told, "pages"))),
        ])
    }

    /// An inspector's holding: opened, and synced after a night.
    pub(super) fn holding(&mut self) -> Result<Vec<Row>, BenchError> {
        self.first("inspector", FEW.duty)?;
        let folder = text(&self.device("inspector"));
        let mut times = Vec::new();
        for _ in 0..OPENINGS {
            let told = itself(&["open", &folder])?;
            times.push(number(&told, "ms"));
        }
        let remarks = self.book.in_few(0..NIGHT)?;
        let (new, more) = self.book.new_cases(&FEW, 5, NOTES)?;
        self.push(remarks)?;
        self.push(more)?;
        let begun = Instant::now();
        let told = self.sync("inspector")?;
        let seconds = begun.elapsed().as_secs_f64();
        let expected = NIGHT + new.len() * 8;
        if number(&told, "received") < expected as f64 {
            return Err(BenchError::Missing("a change of the night"));
        }
        let cases = self.book.few.len();
        Ok(vec![
            Row::at_most(
                format!("{cases} cases: open to first page, median"),
                at_share(times, 0.5),
                30.0,
                "ms",
            ),
            Row::at_most(
                format!("  after a night ({expected} changes): requests"),
                number(&told, "requests"),
                1.0,
                "",
            ),
            Row::told("  process, start to end", format!("{seconds:.2} s")),
        ])
    }
}

/// Processor time in milliseconds of bare Automerge doing this with a file, the median of several processes.
fn bare(what: &str, file: &Path) -> Result<f64, BenchError> {
    let mut times = Vec::new();
    for _ in 0..BARE {
        times.push(number(&itself(&[what, &text(file)])?, "cpu_ms"));
    }
    Ok(at_share(times, 0.5))
}

fn number(told: &Value, name: &str) -> f64 {
    told[name].as_f64().unwrap_or(f64::NAN)
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
