//! What the server takes in, in this process: a socket adds the same to ours and to the peers.

use std::path::Path;
use std::time::{Duration, Instant};

use automerge::{Automerge, Change};
use gewu_model::cbor;
use gewu_model::ids::CaseId;
use gewu_sync::wire::{CasePush, Request};
use rusqlite::{Connection, OpenFlags, params};

use super::Size;
use super::city::{CASES_AT_ONCE, City, NOTES};
use super::row::Row;
use super::texts::AWAY;
use crate::bench::BenchError;

/// Changes of one request, and cases when each is of another.
const AT_ONCE: usize = 100;

/// Times of the same work.
#[derive(Default)]
struct Times {
    changes: usize,
    cases: usize,
    ours: Duration,
    inserted: Duration,
    automerge: Duration,
}

impl Times {
    /// Ours as a share of the bare insert's speed.
    fn share(&self) -> f64 {
        self.inserted.as_secs_f64() / self.ours.as_secs_f64()
    }

    fn of_automerge(&self) -> f64 {
        self.ours.as_secs_f64() / self.automerge.as_secs_f64()
    }

    fn rows(&self, what: &str, share: f64) -> Vec<Row> {
        let per_second = |time: Duration| self.changes as f64 / time.as_secs_f64();
        let speed = format!(
            "{:.0} of {:.0} /s",
            per_second(self.ours),
            per_second(self.inserted)
        );
        let each = |time: Duration| time.as_secs_f64() * 1e3 / self.cases as f64;
        let costs = format!("{:.2} of {:.2} ms", each(self.ours), each(self.automerge));
        vec![
            Row::told(
                format!("accepted changes, {what}, of a bare insert's"),
                speed,
            ),
            Row::at_least(
                format!("  as a share of the bare batched insert, {what}"),
                self.share(),
                share,
                "x",
            ),
            Row::told(
                format!("per touched case, {what}, of bare Automerge's"),
                costs,
            ),
            Row::at_most(
                format!("  times bare load + apply + save, {what}"),
                self.of_automerge(),
                1.5,
                "x",
            ),
        ]
    }
}

/// Requests of new cases and of remarks in cold ones, in turns with the peers.
pub(super) fn measure(city: &mut City, size: &Size) -> Result<Vec<Row>, BenchError> {
    let mut bare = Bare::open(&city.book.folder.with_extension("bare.db"))?;
    let mut new = Times::default();
    for _ in 0..size.rounds * 2 {
        let (_, pushes) = city.book.new_cases(&AWAY, CASES_AT_ONCE, NOTES)?;
        take(city, &mut bare, &mut new, pushes)?;
    }
    let mut cold = Times::default();
    for round in 0..size.rounds {
        let pushes = city.book.in_many(round * AT_ONCE..(round + 1) * AT_ONCE)?;
        take(city, &mut bare, &mut cold, pushes)?;
    }
    let mut rows = new.rows("100 in 13 cases", 0.25);
    rows.extend(cold.rows("100 in 100 cold cases", 0.10));
    Ok(rows)
}

fn take(
    city: &mut City,
    bare: &mut Bare,
    times: &mut Times,
    pushes: Vec<CasePush>,
) -> Result<(), BenchError> {
    let documents = documents(&city.book.folder, pushes.iter().map(|push| push.case))?;
    let request = city.book.request(pushes);
    let caller = city.carrier()?;
    times.ours += city.exchange(&caller, &request)?;
    times.inserted += bare.insert(&request)?;
    times.automerge += grow(&request, &documents)?;
    times.changes += request
        .cases
        .iter()
        .map(|push| push.changes.len())
        .sum::<usize>();
    times.cases += request.cases.len();
    Ok(())
}

/// The documents of cases as the server has them; empty for a new case.
pub(super) fn documents(
    server: &Path,
    cases: impl Iterator<Item = CaseId>,
) -> Result<Vec<Vec<u8>>, BenchError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let db = Connection::open_with_flags(server.join("gewu.db"), flags)?;
    let mut select = db.prepare("SELECT document FROM cases WHERE id = ?1")?;
    cases
        .map(|case| {
            let found = select.query_row([case.0], |row| row.get(0));
            match found {
                Err(rusqlite::Error::QueryReturnedNoRows) => Ok(vec![]),
                found => Ok(found?),
            }
        })
        .collect()
}

/// Bare Automerge: each document loaded, its changes applied, and saved.
fn grow(request: &Request, documents: &[Vec<u8>]) -> Result<Duration, BenchError> {
    let start = Instant::now();
    for (push, document) in request.cases.iter().zip(documents) {
        let mut document = match document.as_slice() {
            [] => Automerge::new(),
            saved => Automerge::load(saved)?,
        };
        let changes = push.changes.iter().map(|signed| {
            let change = Change::try_from(signed.bytes.as_slice());
            change.map_err(|_| BenchError::Missing("a change"))
        });
        document.apply_changes(changes.collect::<Result<Vec<_>, _>>()?)?;
        std::hint::black_box(document.save());
    }
    Ok(start.elapsed())
}

/// SQLite with nothing around it: the rows that a server has to keep at least.
struct Bare {
    db: Connection,
}

impl Bare {
    fn open(file: &Path) -> Result<Self, BenchError> {
        let db = Connection::open(file)?;
        db.pragma_update(None, "journal_mode", "WAL")?;
        db.pragma_update(None, "synchronous", "FULL")?;
        db.execute_batch(
            "CREATE TABLE changes (n INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE,
                 case_id BLOB NOT NULL, signed BLOB NOT NULL) STRICT;
             CREATE INDEX changes_of_case ON changes (case_id, n);",
        )?;
        Ok(Self { db })
    }

    fn insert(&mut self, request: &Request) -> Result<Duration, BenchError> {
        let changes = request.cases.iter().flat_map(|push| {
            let rows = push.changes.iter();
            rows.map(|signed| (push.case, signed.hash(), cbor::to_vec(signed)))
        });
        let changes: Vec<_> = changes.collect();
        let start = Instant::now();
        let tx = self.db.transaction()?;
        let mut insert =
            tx.prepare_cached("INSERT INTO changes (hash, case_id, signed) VALUES (?1, ?2, ?3)")?;
        for (case, hash, signed) in &changes {
            insert.execute(params![hash.0, case.0, signed])?;
        }
        drop(insert);
        tx.commit()?;
        Ok(start.elapsed())
    }
}
