//! What a returned save survives: the power going between any two steps of the disk.
//!
//! Two kinds of proof. One reads the record of what SQLite did to the disk and demands a flush
//! between the last write and the return. The other takes the power away at every single step and
//! looks for every save that had returned. Both are shown to fail with the setting lowered.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod cuts;
mod faults;

use gewu::db::{Database, DbError, Migration, OpenOptions, Synchronous};
use gewu_tests::disk::{SimDisk, Step, What};

const MIGRATIONS: &[Migration] = &[Migration {
    version: 1,
    name: "saves with a companion row each",
    sql: "CREATE TABLE save (number INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;
          CREATE TABLE companion (number INTEGER PRIMARY KEY REFERENCES save (number)) STRICT;",
}];
const DB: &str = "gewu.db";
const LOG: &str = "gewu.db-wal";

fn open(disk: &SimDisk, synchronous: Synchronous) -> Result<Database, DbError> {
    let options = OpenOptions {
        synchronous,
        ..OpenOptions::on_vfs(DB, disk.vfs_name())
    };
    Database::open(options, MIGRATIONS)
}

/// One save: two rows, large enough for several pages of the log.
fn save(db: &Database, number: i64) -> Result<(), DbError> {
    db.write(|tx| {
        let body = vec![u8::try_from(number).unwrap_or(0xFF); 6_000];
        tx.execute(
            "INSERT INTO save (number, body) VALUES (?1, ?2)",
            (number, body),
        )?;
        tx.execute("INSERT INTO companion (number) VALUES (?1)", [number])?;
        Ok(())
    })
}

/// The saves that are there, each whole.
fn saves(db: &Database) -> Result<Vec<i64>, DbError> {
    db.check()?;
    db.read(|tx| {
        let sql = "SELECT number, body FROM save JOIN companion USING (number) ORDER BY number";
        let mut statement = tx.prepare(sql)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, Vec<u8>>(1)?)))?;
        let found: Vec<(i64, Vec<u8>)> = rows.collect::<Result<_, _>>()?;
        let companions: i64 =
            tx.query_row("SELECT count(*) FROM companion", [], |row| row.get(0))?;
        assert_eq!(companions, i64::try_from(found.len()).unwrap());
        for (number, body) in &found {
            assert!(body.len() == 6_000 && body.iter().all(|byte| i64::from(*byte) == *number));
        }
        Ok(found.into_iter().map(|(number, _)| number).collect())
    })
}

/// Whether the log was written, and flushed after its last write.
fn log_is_flushed(steps: &[Step]) -> bool {
    let last = |is: fn(&What) -> bool| steps.iter().rposition(|s| s.path == LOG && is(&s.what));
    let write = last(|what| matches!(what, What::Write { .. }));
    let sync = last(|what| *what == What::Sync);
    write.is_some() && write < sync
}

#[test]
fn a_save_returns_after_the_log_was_flushed() {
    let disk = SimDisk::new(1);
    disk.record();
    let db = open(&disk, Synchronous::Full).unwrap();
    let made = disk.take_record();
    let names = |step: &Step| step.what == What::SyncNames;
    assert!(
        made.iter().any(names),
        "the new file's name was not flushed: {made:?}"
    );
    for number in 1..=50 {
        save(&db, number).unwrap();
        let steps = disk.take_record();
        assert!(log_is_flushed(&steps), "save {number}: {steps:?}");
    }
    let first = made
        .iter()
        .position(|step| step.path == LOG && step.what == What::Sync)
        .unwrap();
    assert!(
        made[first..].iter().any(names),
        "the log's name was not flushed: {made:?}"
    );
}

#[test]
fn the_check_sees_a_lowered_setting() {
    for synchronous in [Synchronous::Off, Synchronous::Normal] {
        let disk = SimDisk::new(1);
        let db = open(&disk, synchronous).unwrap();
        save(&db, 1).unwrap();
        disk.record();
        save(&db, 2).unwrap();
        let steps = disk.take_record();
        assert!(steps.iter().any(|step| step.path == LOG));
        assert!(!log_is_flushed(&steps), "{synchronous:?}: {steps:?}");
    }
}
