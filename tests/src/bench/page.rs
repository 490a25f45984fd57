//! A page of fifty rows out of a hundred thousand cases, against bare SQL on the same file.
//!
//! The rows are written straight into the projection: making that many real cases would measure
//! something else.

use std::path::Path;
use std::time::{Duration, Instant};

use gewu::{Gewu, PageKey, Query};
use gewu_model::ids::CaseId;
use gewu_model::time::Millis;
use rusqlite::{Connection, OpenFlags, params};

use super::town::{BenchError, Town};
use super::{Aim, Amount, Figure, median};
use crate::disk::Dice;

pub(super) const CASES: i64 = 100_000;
const PAGE: u32 = 50;
const ROUNDS: u32 = 2_000;
const FIRST: i64 = 1_772_409_600_000;

/// Pages from random places in the list, in turns with the floor.
///
/// # Errors
/// When the SDK or SQLite refuses.
pub fn run() -> Result<Vec<Figure>, BenchError> {
    let mut town = Town::new()?;
    drop(town.device()?);
    let folder = town.folder(1);
    let file = folder.join("gewu.db");
    fill(&mut Connection::open(&file)?)?;
    let gewu = town.open(&folder)?;
    let floor = Floor::open(&file)?;
    let mut dice = Dice::new(1);
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let at = i64::try_from(dice.below(CASES.unsigned_abs())).unwrap_or(0);
        let (listed, read) = (list(&gewu, at)?, floor.read(at)?);
        // The first rounds fill the caches of both.
        if round > ROUNDS / 10 {
            ours.push(listed);
            bare.push(read);
        }
    }
    Ok(vec![Figure {
        name: "page of 50 out of 100,000 cases",
        ours: median(ours).into(),
        peer: "bare SELECT of 50 rows by primary key",
        peers: median(bare).into(),
        aim: Aim::Within(Amount::Seconds(200e-6)),
    }])
}

pub(super) fn list(gewu: &Gewu, at: i64) -> Result<Duration, BenchError> {
    let query = Query {
        after: Some(PageKey {
            updated_at: Millis(FIRST + at),
            case: CaseId([0; 16]),
        }),
        limit: PAGE,
        ..Query::default()
    };
    let start = Instant::now();
    let page = gewu.list(&query)?;
    let spent = start.elapsed();
    if at >= i64::from(PAGE) && page.rows.len() != PAGE as usize {
        return Err(BenchError::Missing("a row of a page"));
    }
    Ok(spent)
}

/// Rows as a filed case has them; their times are those of the primary keys.
pub(super) fn fill(db: &mut Connection) -> Result<(), BenchError> {
    let tx = db.transaction()?;
    let mut insert = tx.prepare(
        "INSERT INTO cases (n, id, live, stage, public_stage, class_kind, class_code, unit_grid,
             duty_grid, task_number, summary, photos, unsent, mine, question, updated_at, policy)
         VALUES (?1, ?2, 1, 'filed', NULL, 0, '01002', '990101001001022', '990101Z01', ?3, ?4, 2,
             0, 0, NULL, ?5, ?6)",
    )?;
    // A row whose policy is unknown, or comes only now, is written anew from its case, of which there is nothing
    // here: these name one that nobody has.
    let policy = [7_u8; 32];
    let mut dice = Dice::new(2);
    for n in 1..=CASES {
        let mut id = [0; 16];
        dice.fill(&mut id);
        let number = format!("9901012026{n:07}");
        insert.execute(params![
            n,
            id,
            number,
            "东门市场井盖缺失，行人绕行",
            FIRST + n,
            policy
        ])?;
    }
    drop(insert);
    Ok(tx.commit()?)
}

/// SQLite with nothing around it.
struct Floor {
    db: Connection,
}

impl Floor {
    fn open(file: &Path) -> Result<Self, BenchError> {
        let db = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        Ok(Self { db })
    }

    fn read(&self, at: i64) -> Result<Duration, BenchError> {
        let sql = "SELECT * FROM cases WHERE n < ?1 ORDER BY n DESC LIMIT ?2";
        let mut statement = self.db.prepare_cached(sql)?;
        let start = Instant::now();
        let mut rows = statement.query(params![at, PAGE])?;
        let mut bytes = 0;
        while let Some(row) = rows.next()? {
            // Reading every column is what makes SQLite decode the row.
            for column in 0..16 {
                bytes += row.get_ref(column)?.as_bytes().map_or(8, <[u8]>::len);
            }
        }
        std::hint::black_box(bytes);
        Ok(start.elapsed())
    }
}
