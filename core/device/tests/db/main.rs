//! The database kit on real files.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod damage;
mod life;
mod migrations;
mod transactions;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use gewu::db::{Database, DbError, Migration, OpenOptions};
use gewu_model::time::Millis;
use tempfile::TempDir;

const V1: Migration = Migration {
    version: 1,
    name: "notes",
    sql: "CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;",
};
const V2: Migration = Migration {
    version: 2,
    name: "tags",
    sql: "CREATE TABLE tag (note INTEGER NOT NULL REFERENCES note (id), name TEXT NOT NULL) STRICT;
          INSERT INTO tag SELECT id, 'old' FROM note;",
};
const V3: Migration = Migration {
    version: 3,
    name: "rebuild notes with a length",
    sql: "CREATE TABLE note_new (id INTEGER PRIMARY KEY, text TEXT NOT NULL, size INTEGER NOT NULL) STRICT;
          INSERT INTO note_new SELECT id, text, length(text) FROM note;
          DROP TABLE note;
          ALTER TABLE note_new RENAME TO note;
          CREATE INDEX note_by_size ON note (size);",
};

fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gewu.db");
    (folder, path)
}

fn open(path: &Path, migrations: &[Migration]) -> Result<Database, DbError> {
    Database::open(OpenOptions::new(path), migrations)
}

fn add(db: &Database, text: &str) -> Result<(), DbError> {
    db.write(|tx| {
        tx.execute("INSERT INTO note (text) VALUES (?1)", [text])?;
        Ok(())
    })
}

fn names(folder: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(folder.path()).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn texts(db: &Database) -> Result<Vec<String>, DbError> {
    db.read(|tx| {
        let mut statement = tx.prepare_cached("SELECT text FROM note ORDER BY id")?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    })
}
