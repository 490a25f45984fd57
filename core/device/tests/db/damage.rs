//! Damage is told, and nothing of the damaged file is lost.

use super::*;

#[test]
fn a_damaged_file_is_told_and_moved_aside_whole() {
    let (folder, path) = place();
    let text = b"this was never a database, but it may be all that is left".repeat(100);
    fs::write(&path, &text).unwrap();
    fs::write(folder.path().join("gewu.db-wal"), b"a log").unwrap();
    assert!(matches!(open(&path, &[V1]), Err(DbError::Corrupt)));
    let aside = Database::move_aside(&path, Millis(1_700)).unwrap();
    assert_eq!(aside, folder.path().join("gewu.db.corrupt-1700"));
    assert_eq!(fs::read(&aside).unwrap(), text);
    assert_eq!(
        fs::read(folder.path().join("gewu.db.corrupt-1700-wal")).unwrap(),
        b"a log"
    );
    add(&open(&path, &[V1]).unwrap(), "on we go").unwrap();
    assert_eq!(fs::read(&aside).unwrap(), text);
}

#[test]
fn damage_inside_is_told_and_a_second_one_does_not_overwrite_the_first() {
    let (folder, path) = place();
    for round in 0..2 {
        let db = open(&path, &[V1]).unwrap();
        (0..500).for_each(|number| add(&db, &format!("note {number}")).unwrap());
        drop(db);
        let mut bytes = fs::read(&path).unwrap();
        let page = bytes.len() / 2;
        bytes[page..page + 4096].fill(0xA5);
        fs::write(&path, &bytes).unwrap();
        let seen = open(&path, &[V1]).and_then(|db| db.check().and_then(|()| texts(&db)));
        assert!(matches!(seen, Err(DbError::Corrupt)), "{round}: {seen:?}");
        let aside = Database::move_aside(&path, Millis(5)).unwrap();
        assert_eq!(fs::read(aside).unwrap(), bytes);
    }
    assert_eq!(names(&folder).len(), 2);
}

#[test]
fn a_log_without_its_database_is_damage_and_not_a_new_database() {
    let (folder, path) = place();
    let db = open(&path, &[V1]).unwrap();
    add(&db, "only in the log").unwrap();
    let log = fs::read(folder.path().join("gewu.db-wal")).unwrap();
    drop(db);
    fs::remove_file(&path).unwrap();
    fs::write(folder.path().join("gewu.db-wal"), &log).unwrap();
    assert!(matches!(open(&path, &[V1]), Err(DbError::Corrupt)));
    let aside = Database::move_aside(&path, Millis(1)).unwrap();
    assert_eq!(
        fs::read(aside.with_file_name("gewu.db.corrupt-1-wal")).unwrap(),
        log
    );
    open(&path, &[V1]).unwrap();
}

/// SQLite folds a log in and removes it when the last connection closes, also one that only found
/// the file damaged.
#[test]
fn finding_damage_leaves_file_and_log_as_they_were() {
    let (folder, path) = place();
    let log = folder.path().join("gewu.db-wal");
    let db = open(&path, &[V1]).unwrap();
    add(&db, "first").unwrap();
    db.suspend(Duration::from_secs(1)).unwrap();
    db.resume().unwrap();
    add(&db, "only in the log").unwrap();
    let kept_log = fs::read(&log).unwrap();
    drop(db);
    let damaged = b"not a database".repeat(500);
    fs::write(&path, &damaged).unwrap();
    fs::write(&log, &kept_log).unwrap();
    assert!(matches!(open(&path, &[V1]), Err(DbError::Corrupt)));
    assert_eq!(
        (fs::read(&path).unwrap(), fs::read(&log).unwrap()),
        (damaged, kept_log)
    );
}
