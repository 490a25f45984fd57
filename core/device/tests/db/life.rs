//! Opening, sharing, suspending, closing.

use super::*;

#[test]
fn a_missing_folder_is_told() {
    let (folder, _) = place();
    let nowhere = open(&folder.path().join("missing/gewu.db"), &[V1]);
    assert!(matches!(nowhere, Err(DbError::CannotOpen)));
}

#[test]
fn closing_folds_the_log_in() {
    let (folder, path) = place();
    let db = open(&path, &[V1]).unwrap();
    add(&db, "x").unwrap();
    texts(&db).unwrap();
    drop(db);
    assert_eq!(names(&folder), ["gewu.db"]);
}

#[test]
fn suspending_leaves_no_connection_and_resuming_goes_on() {
    let (folder, path) = place();
    let db = open(&path, &[V1]).unwrap();
    add(&db, "before").unwrap();
    assert_eq!(texts(&db).unwrap().len(), 1);
    db.suspend(Duration::from_secs(1)).unwrap();
    // The last connection to close folds the log in and removes it; one left open would keep it.
    assert_eq!(names(&folder), ["gewu.db"]);
    assert!(matches!(add(&db, "x"), Err(DbError::Suspended)));
    assert!(matches!(texts(&db), Err(DbError::Suspended)));
    db.suspend(Duration::ZERO).unwrap();
    db.resume().unwrap();
    add(&db, "after").unwrap();
    assert_eq!(texts(&db).unwrap(), ["before", "after"]);
}

#[test]
fn suspending_interrupts_long_work() {
    let (_folder, path) = place();
    let db = open(&path, &[V1]).unwrap();
    let endless =
        "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n";
    let (begun, started) = std::sync::mpsc::channel();
    thread::scope(|scope| {
        let work = scope.spawn(|| {
            db.write(|tx| -> Result<i64, DbError> {
                tx.execute("INSERT INTO note (text) VALUES ('x')", [])?;
                begun.send(()).unwrap();
                Ok(tx.query_row(endless, [], |row| row.get(0))?)
            })
        });
        started.recv().unwrap();
        thread::sleep(Duration::from_millis(20));
        let start = Instant::now();
        let grace = Duration::from_secs(5);
        db.suspend(Duration::from_millis(100))
            .or_else(|_| db.suspend(grace))
            .unwrap();
        assert!(start.elapsed() < grace);
        assert!(matches!(work.join().unwrap(), Err(DbError::Interrupted)));
    });
    db.resume().unwrap();
    assert_eq!(texts(&db).unwrap(), [""; 0]);
}

#[test]
fn two_processes_share_a_file_and_an_exclusive_one_does_not() {
    let (_folder, path) = place();
    let (one, two) = (open(&path, &[V1]).unwrap(), open(&path, &[V1]).unwrap());
    add(&one, "from one").unwrap();
    add(&two, "from two").unwrap();
    assert_eq!(texts(&one).unwrap(), texts(&two).unwrap());
    drop((one, two));
    let alone = OpenOptions {
        exclusive: true,
        ..OpenOptions::new(&path)
    };
    let db = Database::open(alone, &[V1]).unwrap();
    add(&db, "alone").unwrap();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.busy_timeout(Duration::ZERO).unwrap();
    let seen = other.query_row("SELECT count(*) FROM note", [], |row| row.get::<_, i64>(0));
    assert!(matches!(DbError::from(seen.unwrap_err()), DbError::Locked));
}

#[cfg(unix)]
#[test]
fn the_file_belongs_to_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, path) = place();
    let db = open(&path, &[V1]).unwrap();
    add(&db, "private").unwrap();
    for name in ["gewu.db", "gewu.db-wal", "gewu.db-shm"] {
        let mode = fs::metadata(folder.path().join(name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}
