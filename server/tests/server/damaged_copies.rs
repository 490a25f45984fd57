//! A damaged database has no copies and no second life.

use std::fs::OpenOptions;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

use gewu_server::{BackupError, backup, restore};
use rusqlite::Connection;

use crate::backups::Story;
use crate::kit::NOON;

/// Fills the page on which an index begins with nothing, as a disk does that lost it.
fn lose_an_index(folder: &Path) {
    let path = folder.join("gewu.db");
    let db = Connection::open(&path).expect("a database");
    let sql = "SELECT rootpage FROM sqlite_schema WHERE name = 'feed_by_case'";
    let page: i64 = db.query_row(sql, [], |row| row.get(0)).expect("an index");
    let bytes: i64 = db
        .query_row("PRAGMA page_size", [], |row| row.get(0))
        .expect("a size");
    db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .expect("folded");
    drop(db);
    let mut file = OpenOptions::new().write(true).open(&path).expect("a file");
    let at = u64::try_from((page - 1) * bytes).expect("a place");
    file.seek(SeekFrom::Start(at)).expect("there");
    file.write_all(&vec![0xA5; usize::try_from(bytes).expect("small")])
        .expect("written");
}

#[test]
fn a_damaged_database_is_neither_copied_nor_restored() {
    let Story { city, folder, .. } = Story::tell();
    let (copy, next, again) = (
        folder.path().join("copy"),
        folder.path().join("next"),
        folder.path().join("again"),
    );
    lose_an_index(&copy);
    let refused = restore(&copy, &again).expect_err("refused");
    assert!(matches!(refused, BackupError::Damaged), "{refused:?}");
    assert!(!again.join("gewu.db").exists());
    drop(city.core);
    lose_an_index(city.dir.path());
    let refused = backup(city.dir.path(), &next, NOON.plus(9)).expect_err("refused");
    assert!(matches!(refused, BackupError::Damaged), "{refused:?}");
    assert!(!next.join("gewu.db").exists(), "nothing looks like a copy");
    let db = Connection::open(city.dir.path().join("gewu.db")).expect("a database");
    let sql = "SELECT value FROM meta WHERE name = 'backup_at'";
    let at: Vec<u8> = db.query_row(sql, [], |row| row.get(0)).expect("a time");
    assert_eq!(
        at,
        NOON.plus(5).0.to_be_bytes(),
        "devices are not told that a copy covers them"
    );
}
