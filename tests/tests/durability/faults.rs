//! Disks that fill or fail, processes that die, and photos.

use gewu::files::Files;
use gewu_tests::disk::{Dice, Fault};

use super::*;

#[test]
fn a_dead_process_loses_nothing_even_unflushed() {
    let disk = SimDisk::new(3);
    let db = open(&disk, Synchronous::Off).unwrap();
    save(&db, 1).unwrap();
    disk.kill();
    assert!(matches!(save(&db, 2), Err(DbError::Io(_))));
    drop(db);
    assert_eq!(
        saves(&open(&disk, Synchronous::Full).unwrap()).unwrap(),
        [1]
    );
}

#[test]
fn a_full_disk_is_told_and_saves_go_on_when_there_is_room() {
    let disk = SimDisk::new(4);
    let db = open(&disk, Synchronous::Full).unwrap();
    save(&db, 1).unwrap();
    disk.set_capacity(Some(64_000));
    let failed = (2..).find_map(|number| save(&db, number).err().map(|error| (number, error)));
    let (failing, error) = failed.unwrap();
    assert!(matches!(error, DbError::DiskFull), "{error:?}");
    let before: Vec<_> = (1..failing).collect();
    assert_eq!(saves(&db).unwrap(), before);
    disk.set_capacity(None);
    save(&db, failing).unwrap();
    assert_eq!(saves(&db).unwrap().len(), before.len() + 1);
}

#[test]
fn every_single_failing_write_or_flush_leaves_whole_saves() {
    for nth in 0..12 {
        for fault in [Some(Fault::DiskFull), Some(Fault::Io), None] {
            let disk = SimDisk::new(5);
            let db = open(&disk, Synchronous::Full).unwrap();
            save(&db, 1).unwrap();
            match fault {
                Some(fault) => disk.fail_write(nth, fault),
                None => disk.fail_sync(nth),
            }
            let outcomes: Vec<_> = (2..=4).map(|number| save(&db, number)).collect();
            for error in outcomes.iter().filter_map(|outcome| outcome.as_ref().err()) {
                let expected = match fault {
                    Some(Fault::DiskFull) => matches!(error, DbError::DiskFull),
                    _ => matches!(error, DbError::Io(_)),
                };
                assert!(expected, "{nth} {fault:?}: {error:?}");
            }
            let kept: Vec<_> = (2..=4)
                .zip(&outcomes)
                .filter(|(_, o)| o.is_ok())
                .map(|(n, _)| n)
                .collect();
            let expected: Vec<_> = std::iter::once(1).chain(kept).collect();
            assert_eq!(saves(&db).unwrap(), expected, "{nth} {fault:?}");
            // A failed save may turn up after a crash, a returned one must.
            drop(db);
            disk.crash(&mut Dice::new(nth));
            let found = saves(&open(&disk, Synchronous::Full).unwrap()).unwrap();
            assert!(
                expected.iter().all(|number| found.contains(number)),
                "{nth} {fault:?}: {found:?}"
            );
        }
    }
}

#[test]
fn a_photo_is_whole_or_absent_after_every_cut_and_there_once_returned() {
    for steps in 0..12 {
        for seed in 0..40 {
            let disk = SimDisk::new(seed);
            let files = disk.files();
            files.put_atomic("media/old.jpg", b"old").unwrap();
            disk.crash_at(steps);
            let returned = files.put_atomic("media/old.jpg", &[7; 5_000]).is_ok();
            disk.crash(&mut Dice::new(seed));
            assert!(files.read("media/old.jpg").is_err(), "a dead process reads");
            let found = disk.files().read("media/old.jpg").unwrap();
            let new = found == [7; 5_000];
            assert!(
                new || (!returned && found == b"old"),
                "step {steps} seed {seed}: {}",
                found.len()
            );
            assert_eq!(disk.files().list("").unwrap(), ["media/old.jpg"]);
        }
    }
}
