//! Databases of every schema that was ever shipped, opened by the code of today.
//!
//! See [`gewu_tests::frozen`] for what they are and where they come from.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod device;
mod kills;
mod server;

use std::collections::BTreeMap;
use std::path::Path;

use gewu_tests::frozen::{self, Frozen, Side};
use gewu_tests::sim::host::WorldTime;
use rusqlite::Connection;
use tempfile::TempDir;

/// Every frozen database of a side, the first schema first.
fn all(side: Side) -> Vec<Frozen> {
    let versions = side.migrations().unwrap().len();
    (1..=versions)
        .map(|version| {
            Frozen::find(side, version).unwrap().unwrap_or_else(|| {
                panic!(
                    "{} schema {version} is not frozen: cargo run -p gewu-tests --bin freeze",
                    side.name()
                )
            })
        })
        .collect()
}

fn thawed(frozen: &Frozen) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    frozen.thaw(folder.path()).unwrap();
    folder
}

/// The moment at which it was frozen.
fn moment(frozen: &Frozen) -> WorldTime {
    let time = WorldTime::default();
    time.pass(frozen.facts().unwrap()["since_start_ms"].as_u64().unwrap());
    time
}

fn database(folder: &Path) -> Connection {
    Connection::open(folder.join("gewu.db")).unwrap()
}

fn version(folder: &Path) -> usize {
    let db = database(folder);
    let number: u32 = db
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .unwrap();
    number as usize
}

/// Every row of the database, but for those that hold one of the pieces in `but`.
fn rows(folder: &Path, but: &[&str]) -> Vec<String> {
    let text = frozen::dump(&database(folder), &mut BTreeMap::new()).unwrap();
    text.lines()
        .filter(|line| !but.iter().any(|some| line.contains(some)))
        .map(str::to_owned)
        .collect()
}

#[test]
fn each_schema_that_was_shipped_is_frozen_and_none_is_empty() {
    for side in Side::ALL {
        for frozen in all(side) {
            let folder = thawed(&frozen);
            assert_eq!(version(folder.path()), frozen.version);
            let changes: u32 = database(folder.path())
                .query_row("SELECT count(*) FROM changes", [], |row| row.get(0))
                .unwrap();
            assert!(changes > 10, "{frozen:?}: {changes} changes");
        }
    }
}

#[test]
fn each_frozen_schema_is_the_one_that_its_migrations_make() {
    for side in Side::ALL {
        let migrations = side.migrations().unwrap();
        for frozen in all(side) {
            let made = Connection::open_in_memory().unwrap();
            for migration in &migrations[..frozen.version] {
                made.execute_batch(migration).unwrap();
            }
            let folder = thawed(&frozen);
            let (found, made) = (database(folder.path()), made);
            let schema = |db: &Connection| frozen::schema(db).unwrap();
            assert_eq!(
                schema(&found),
                schema(&made),
                "{frozen:?}: a shipped step was edited"
            );
        }
    }
}
