//! What one read or write sees, and who is woken.

use super::*;

#[test]
fn work_that_fails_or_panics_changes_nothing_and_the_next_goes_on() {
    let (_folder, path) = place();
    let db = open(&path, &[V1]).unwrap();
    let before = db.subscribe().current();
    let failed: Result<(), DbError> = db.write(|tx| {
        tx.execute("INSERT INTO note (text) VALUES ('x')", [])?;
        Err(DbError::Foreign)
    });
    assert!(matches!(failed, Err(DbError::Foreign)));
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        db.write(|tx| -> Result<(), DbError> {
            tx.execute("INSERT INTO note (text) VALUES ('x')", [])?;
            panic!("on purpose")
        })
    }));
    assert!(panicked.is_err());
    assert_eq!(texts(&db).unwrap(), [""; 0]);
    assert_eq!(db.subscribe().current(), before);
    add(&db, "after").unwrap();
    assert_eq!(texts(&db).unwrap(), ["after"]);
}

#[test]
fn reads_cannot_write_whoever_serves_them() {
    for readers in [0, 2] {
        let (_folder, path) = place();
        let options = OpenOptions {
            readers,
            ..OpenOptions::new(&path)
        };
        let db = Database::open(options, &[V1]).unwrap();
        let refused: Result<usize, DbError> =
            db.read(|tx| Ok(tx.execute("INSERT INTO note (text) VALUES ('x')", [])?));
        assert!(
            matches!(refused, Err(DbError::ReadOnly)),
            "{readers}: {refused:?}"
        );
        add(&db, "writes still work").unwrap();
        assert_eq!(texts(&db).unwrap().len(), 1);
    }
}

#[test]
fn a_transaction_inside_another_is_an_error_and_not_a_deadlock() {
    let (_folder, path) = place();
    let db = open(&path, &[V1]).unwrap();
    let nested = db.write(|_| add(&db, "inner"));
    assert!(matches!(nested, Err(DbError::Nested)));
    drop(db);
    let db = Database::open(
        OpenOptions {
            readers: 0,
            ..OpenOptions::new(&path)
        },
        &[V1],
    )
    .unwrap();
    assert!(matches!(db.write(|_| texts(&db)), Err(DbError::Nested)));
}

#[test]
fn a_read_sees_one_moment_while_another_thread_writes() {
    let (_folder, path) = place();
    let db = open(&path, &[V1]).unwrap();
    add(&db, "one").unwrap();
    let count = |tx: &rusqlite::Transaction<'_>| -> Result<i64, DbError> {
        Ok(tx.query_row("SELECT count(*) FROM note", [], |row| row.get(0))?)
    };
    db.read(|tx| -> Result<(), DbError> {
        assert_eq!(count(tx)?, 1);
        thread::scope(|scope| scope.spawn(|| add(&db, "two")).join().unwrap())?;
        assert_eq!(count(tx)?, 1);
        Ok(())
    })
    .unwrap();
    assert_eq!(db.read(count).unwrap(), 2);
}

#[test]
fn revisions_wake_on_a_change_and_only_then() {
    let (_folder, path) = place();
    let db = Arc::new(open(&path, &[V1]).unwrap());
    let revisions = db.subscribe();
    let start = revisions.current();
    db.write(|_| Ok::<_, DbError>(())).unwrap();
    assert_eq!(
        revisions.wait_change(start, Duration::from_millis(20)),
        None
    );
    let writer = Arc::clone(&db);
    let waiting = thread::spawn(move || revisions.wait_change(start, Duration::from_secs(20)));
    thread::sleep(Duration::from_millis(20));
    add(&writer, "x").unwrap();
    assert_eq!(waiting.join().unwrap(), Some(start + 1));
    assert_eq!(
        db.subscribe().wait_change(start, Duration::ZERO),
        Some(start + 1)
    );
}

#[test]
fn waiting_ends_when_it_is_cancelled_or_the_database_closes() {
    let (_folder, path) = place();
    let db = open(&path, &[V1]).unwrap();
    let (cancelled, other) = (db.subscribe(), db.subscribe());
    let canceller = cancelled.canceller();
    let begun = Instant::now();
    let wait = |revisions: gewu::db::Revisions| {
        thread::spawn(move || revisions.wait_change(u64::MAX, Duration::from_secs(60)))
    };
    let first = wait(cancelled);
    canceller.cancel();
    assert_eq!(first.join().unwrap(), None);
    assert!(!other.is_cancelled());
    let second = wait(other);
    drop(db);
    assert_eq!(second.join().unwrap(), None);
    assert!(begun.elapsed() < Duration::from_secs(30));
}
