//! Old files become new ones, or are refused.

use super::*;

/// `frozen/kit-v1.db` was written by version 1 of the list above, closed after three notes, and
/// is never written again.
#[test]
fn a_frozen_old_file_migrates_to_the_schema_of_a_new_one_with_its_data() {
    let (_folder, path) = place();
    fs::copy(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/frozen/kit-v1.db"),
        &path,
    )
    .unwrap();
    let (_folder2, fresh) = place();
    let old = open(&path, &[V1, V2, V3]).unwrap();
    let new = open(&fresh, &[V1, V2, V3]).unwrap();
    assert_eq!(old.schema().unwrap(), new.schema().unwrap());
    assert_eq!(old.schema().unwrap().len(), 3);
    assert_eq!(texts(&old).unwrap(), ["井盖", "manhole", ""]);
    let tags: i64 = old
        .read(|tx| -> Result<_, DbError> {
            let sql = "SELECT count(*) FROM tag JOIN note ON note.id = tag.note WHERE size >= 0";
            Ok(tx.query_row(sql, [], |row| row.get(0))?)
        })
        .unwrap();
    assert_eq!(tags, 3);
    old.check().unwrap();
}

#[test]
fn each_step_in_turn_ends_where_all_at_once_ends() {
    let (_folder, path) = place();
    let all = [V1, V2, V3];
    for known in 1..=3 {
        let db = open(&path, &all[..known]).unwrap();
        if known == 1 {
            add(&db, "kept").unwrap();
        }
    }
    assert_eq!(texts(&open(&path, &all).unwrap()).unwrap(), ["kept"]);
}

#[test]
fn a_newer_file_is_refused_and_untouched() {
    let (_folder, path) = place();
    drop(open(&path, &[V1, V2]).unwrap());
    let error = open(&path, &[V1]).unwrap_err();
    assert!(
        matches!(error, DbError::Newer { found: 2, known: 1 }),
        "{error:?}"
    );
    assert!(
        error.to_string().contains("newer version of the app"),
        "{error}"
    );
    assert_eq!(open(&path, &[V1, V2]).unwrap().schema().unwrap().len(), 2);
}

#[test]
fn a_database_of_somebody_else_is_refused() {
    let (_folder, path) = place();
    let theirs = rusqlite::Connection::open(&path).unwrap();
    theirs
        .execute_batch("CREATE TABLE contacts (name TEXT)")
        .unwrap();
    drop(theirs);
    assert!(matches!(open(&path, &[V1]), Err(DbError::Foreign)));
}

#[test]
fn a_failing_migration_changes_nothing() {
    let (_folder, path) = place();
    add(&open(&path, &[V1]).unwrap(), "kept").unwrap();
    let bad = |sql| Migration {
        version: 2,
        name: "bad",
        sql,
    };
    let half = bad("CREATE TABLE half (x); INSERT INTO missing VALUES (1);");
    assert!(matches!(
        open(&path, &[V1, half]),
        Err(DbError::Migration { version: 2, .. })
    ));
    let dangling =
        bad("CREATE TABLE t (note INTEGER REFERENCES note (id)); INSERT INTO t VALUES (9);");
    assert!(matches!(
        open(&path, &[V1, dangling]),
        Err(DbError::Migrations(_))
    ));
    let db = open(&path, &[V1]).unwrap();
    assert_eq!(db.schema().unwrap().len(), 1);
    assert_eq!(texts(&db).unwrap(), ["kept"]);
}

#[test]
fn a_list_with_a_gap_is_refused() {
    let (_folder, path) = place();
    assert!(matches!(
        open(&path, &[V1, V3]),
        Err(DbError::Migrations(_))
    ));
    assert!(matches!(open(&path, &[]), Err(DbError::Migrations(_))));
    assert!(!path.exists());
}
