//! The power goes at every step.

use gewu_tests::disk::Dice;

use super::*;

/// Opens, saves three times and closes, with the power going after `steps`; the number of saves
/// that returned.
fn history(disk: &SimDisk, synchronous: Synchronous, steps: u64) -> i64 {
    disk.crash_at(steps);
    let Ok(db) = open(disk, synchronous) else {
        return 0;
    };
    (1..=3)
        .take_while(|number| save(&db, *number).is_ok())
        .count()
        .try_into()
        .unwrap()
}

/// What one power cut did to that history.
struct Outcome {
    /// The history ended before the cut.
    over: bool,
    /// Every returned save is there, and no half one.
    kept: bool,
}

fn cut(synchronous: Synchronous, steps: u64, seed: u64) -> Outcome {
    let disk = SimDisk::new(seed);
    let returned = history(&disk, synchronous, steps);
    let over = !disk.is_down();
    disk.crash(&mut Dice::new(seed));
    let kept = open(&disk, synchronous).and_then(|db| {
        let found = saves(&db)?;
        // A save that did not return may be there all the same, but whole and in its turn.
        let whole = (1..)
            .zip(&found)
            .all(|(expected, number)| expected == *number);
        save(&db, 100)?;
        Ok(whole && found.len() >= usize::try_from(returned).unwrap())
    });
    Outcome {
        over,
        kept: kept.unwrap_or(false),
    }
}

/// All cuts of the history, each under a few throws of the dice; how many there were and how many
/// lost something.
fn every_cut(synchronous: Synchronous) -> (u64, u64) {
    let mut lost = 0;
    for steps in 0.. {
        let outcomes: Vec<_> = (0..12)
            .map(|throw| cut(synchronous, steps, steps * 97 + throw))
            .collect();
        lost += u64::from(outcomes.iter().any(|outcome| !outcome.kept));
        if outcomes.iter().all(|outcome| outcome.over) {
            return (steps, lost);
        }
    }
    unreachable!("the history has an end")
}

#[test]
fn no_power_cut_loses_a_returned_save() {
    let (cuts, lost) = every_cut(Synchronous::Full);
    assert!(cuts > 20, "only {cuts} places to cut");
    assert_eq!(lost, 0, "of {cuts}");
}

#[test]
fn lowered_settings_do_lose_saves() {
    for synchronous in [Synchronous::Off, Synchronous::Normal] {
        let (cuts, lost) = every_cut(synchronous);
        assert!(
            lost > 0,
            "{synchronous:?} lost nothing at {cuts} cuts: the model has no teeth"
        );
    }
}

#[test]
fn a_long_history_with_checkpoints_survives_cuts() {
    let mut folded = 0;
    for seed in 0..40 {
        let disk = SimDisk::new(seed);
        let mut dice = Dice::new(seed);
        let mut returned = 0;
        disk.record();
        for _ in 0..6 {
            disk.crash_at(dice.below(4_000));
            disk.take_record();
            if let Ok(db) = open(&disk, Synchronous::Full) {
                let saved =
                    (returned + 1..returned + 400).take_while(|n| save_small(&db, *n).is_ok());
                returned = saved.last().unwrap_or(returned);
                let into_db =
                    |step: &Step| step.path == DB && matches!(step.what, What::Write { .. });
                folded +=
                    usize::from(disk.take_record().iter().filter(|s| into_db(s)).count() > 100);
            }
            disk.crash(&mut dice);
            let db = open(&disk, Synchronous::Full).unwrap();
            db.check().unwrap();
            let found = last_small(&db);
            assert!(
                found == returned || found == returned + 1,
                "seed {seed}: {found} of {returned}"
            );
            returned = found;
        }
    }
    assert!(
        folded > 10,
        "the log was folded in only {folded} times while saves went on"
    );
}

fn save_small(db: &Database, number: i64) -> Result<(), DbError> {
    db.write(|tx| {
        let sql = "INSERT INTO save (number, body) VALUES (?1, randomblob(9000))";
        tx.execute(sql, [number])?;
        Ok(())
    })
}

/// The last save, when none before it is missing.
fn last_small(db: &Database) -> i64 {
    let read = db.read(|tx| -> Result<(i64, i64), DbError> {
        let sql = "SELECT count(*), coalesce(max(number), 0) FROM save";
        Ok(tx.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?)
    });
    let (count, last) = read.unwrap();
    assert_eq!(count, last);
    last
}
