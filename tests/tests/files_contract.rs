//! One contract for every implementation of [`Files`], and what is particular to the simulated
//! disk.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::io::{Read, Seek, SeekFrom};

use gewu::db::{Database, DbError, Migration, OpenOptions};
use gewu::files::{Files, FilesError, FolderFiles};
use gewu_tests::disk::{Dice, Fault, SimDisk, Step};

fn on_each(contract: impl Fn(&dyn Files)) {
    let folder = tempfile::tempdir().unwrap();
    contract(&FolderFiles::open(folder.path()).unwrap());
    contract(&SimDisk::new(0).files());
}

#[test]
fn content_is_put_replaced_read_and_removed() {
    on_each(|files| {
        files.put_atomic("media/ab/photo.jpg", b"first").unwrap();
        files
            .put_atomic("media/ab/photo.jpg", b"0123456789")
            .unwrap();
        assert_eq!(files.read("media/ab/photo.jpg").unwrap(), b"0123456789");
        assert_eq!(files.len("media/ab/photo.jpg").unwrap(), Some(10));
        assert!(files.exists("media/ab/photo.jpg").unwrap());
        files.remove("media/ab/photo.jpg").unwrap();
        files.remove("media/ab/photo.jpg").unwrap();
        assert_eq!(files.len("media/ab/photo.jpg").unwrap(), None);
        assert_eq!(files.read("media/ab/photo.jpg"), Err(FilesError::NotFound));
    });
}

#[test]
fn parts_are_read_up_to_the_end() {
    on_each(|files| {
        files.put_atomic("f", b"0123456789").unwrap();
        assert_eq!(files.read_range("f", 3, 4).unwrap(), b"3456");
        assert_eq!(files.read_range("f", 8, 4).unwrap(), b"89");
        assert_eq!(files.read_range("f", 99, 4).unwrap(), b"");
        assert_eq!(files.read_range("g", 0, 4), Err(FilesError::NotFound));
        let mut open = files.open_read("f").unwrap();
        open.seek(SeekFrom::Start(7)).unwrap();
        let mut rest = String::new();
        open.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "789");
        assert!(matches!(files.open_read("g"), Err(FilesError::NotFound)));
    });
}

#[test]
fn lists_are_sorted_and_stay_in_their_folder() {
    on_each(|files| {
        for path in ["media/b/2", "media/a/1", "media2/x", "top"] {
            files.put_atomic(path, path.as_bytes()).unwrap();
        }
        assert_eq!(files.list("media").unwrap(), ["media/a/1", "media/b/2"]);
        assert_eq!(
            files.list("").unwrap(),
            ["media/a/1", "media/b/2", "media2/x", "top"]
        );
        assert!(files.list("none").unwrap().is_empty());
    });
}

#[test]
fn a_path_that_leaves_is_refused_everywhere() {
    on_each(|files| {
        for path in ["../x", "/x", ".aside/1", "a//b", "a\0"] {
            assert_eq!(
                files.put_atomic(path, b""),
                Err(FilesError::BadPath),
                "{path:?}"
            );
            assert_eq!(files.read(path), Err(FilesError::BadPath), "{path:?}");
            assert_eq!(files.len(path), Err(FilesError::BadPath), "{path:?}");
            assert_eq!(files.remove(path), Err(FilesError::BadPath), "{path:?}");
            assert_eq!(files.list(path), Err(FilesError::BadPath), "{path:?}");
        }
    });
}

#[test]
fn a_full_simulated_disk_keeps_the_old_content() {
    let disk = SimDisk::new(0);
    let files = disk.files();
    files.put_atomic("f", b"old").unwrap();
    disk.set_capacity(Some(100));
    assert_eq!(files.free_space().unwrap(), Some(97));
    assert_eq!(files.put_atomic("f", &[1; 98]), Err(FilesError::DiskFull));
    disk.fail_write(0, Fault::Io);
    assert!(matches!(
        files.put_atomic("f", b"new"),
        Err(FilesError::Io(_))
    ));
    assert_eq!(
        (files.read("f").unwrap(), files.free_space().unwrap()),
        (b"old".to_vec(), Some(97))
    );
    files.put_atomic("f", &[1; 97]).unwrap();
    assert_eq!(files.read("f").unwrap(), [1; 97]);
}

const MIGRATIONS: &[Migration] = &[Migration {
    version: 1,
    name: "t",
    sql: "CREATE TABLE t (x INTEGER NOT NULL) STRICT",
}];

fn open(disk: &SimDisk) -> Result<Database, DbError> {
    Database::open(OpenOptions::on_vfs("gewu.db", disk.vfs_name()), MIGRATIONS)
}

fn add(db: &Database, x: i64) -> Result<(), DbError> {
    db.write(|tx| {
        tx.execute("INSERT INTO t VALUES (?1)", [x])?;
        Ok(())
    })
}

fn sum(db: &Database) -> i64 {
    let read = db.read(|tx| -> Result<i64, DbError> {
        Ok(tx.query_row("SELECT coalesce(sum(x), 0) FROM t", [], |row| row.get(0))?)
    });
    read.unwrap()
}

#[test]
fn a_database_on_the_simulated_disk_has_one_opener_and_outlives_it() {
    let (disk, other) = (SimDisk::new(1), SimDisk::new(1));
    let db = open(&disk).unwrap();
    add(&db, 7).unwrap();
    assert!(matches!(open(&disk), Err(DbError::Locked)));
    assert_eq!(sum(&open(&other).unwrap()), 0);
    drop(db);
    let db = open(&disk).unwrap();
    assert_eq!(sum(&db), 7);
    disk.kill();
    assert_eq!(sum(&open(&disk).unwrap()), 7);
    drop((disk, other));
    drop(db);
}

#[test]
fn a_suspended_database_leaves_no_lock_on_the_simulated_disk() {
    let disk = SimDisk::new(1);
    let db = open(&disk).unwrap();
    add(&db, 1).unwrap();
    db.suspend(std::time::Duration::from_secs(1)).unwrap();
    add(&open(&disk).unwrap(), 2).unwrap();
    db.resume().unwrap();
    assert_eq!(sum(&db), 3);
}

#[test]
fn one_seed_is_one_story() {
    let story = |seed: u64| -> (Vec<Step>, Vec<u8>) {
        let disk = SimDisk::new(seed);
        let mut dice = Dice::new(seed);
        disk.record();
        for round in 0..5 {
            disk.crash_at(dice.below(60));
            if let Ok(db) = open(&disk) {
                let _ = (0..20).try_for_each(|x| add(&db, round * 100 + x));
                let _ = disk
                    .files()
                    .put_atomic("photo", &[u8::try_from(round).unwrap(); 3_000]);
            }
            disk.crash(&mut dice);
        }
        let photo = disk.files().read("photo").unwrap_or_default();
        (disk.take_record(), photo)
    };
    for seed in 0..20 {
        assert_eq!(story(seed), story(seed), "seed {seed}");
    }
    assert_ne!(story(1).0, story(2).0);
}
