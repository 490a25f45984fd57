//! What is let go must not change an answer.

use gewu_model::ids::{CaseId, ChangeHash, KeyId};
use gewu_model::scope::Scope;
use gewu_model::time::Millis;
use rusqlite::Connection;

use super::{SqliteTx, migrate};
use crate::store::{Feed, Keys, NewFeedRow, What};

const KEY: KeyId = KeyId([1; 16]);

fn database() -> Connection {
    let mut connection = Connection::open_in_memory().expect("in memory");
    migrate::migrate(&mut connection).expect("migrated");
    connection
}

/// Numbers that look random and are the same at each run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) % sides
    }
}

/// A change of the key that is not judged yet.
struct Unjudged {
    hash: ChangeHash,
    counter: u64,
    /// Statements that it is still hidden from.
    hidden: u64,
}

/// A key's whole life beside the plain list of everything that it stated.
struct Life<'a> {
    tx: SqliteTx<'a>,
    dice: Dice,
    counter: u64,
    changes: Vec<Unjudged>,
    said: Vec<(u64, Vec<ChangeHash>)>,
}

impl Life<'_> {
    fn write(&mut self) {
        self.counter += 1;
        let mut hash = [0; 32];
        hash[..8].copy_from_slice(&self.counter.to_be_bytes());
        let hidden = self.dice.roll(5).saturating_sub(2);
        let (hash, counter) = (ChangeHash(hash), self.counter);
        self.changes.push(Unjudged {
            hash,
            counter,
            hidden,
        });
    }

    fn state(&mut self) {
        let shown = self.changes.iter().filter(|change| change.hidden == 0);
        let unsent: Vec<ChangeHash> = shown.map(|change| change.hash).collect();
        self.tx.state(KEY, self.counter, &unsent).expect("stated");
        self.said.push((self.counter, unsent));
        for change in &mut self.changes {
            change.hidden = change.hidden.saturating_sub(1);
        }
    }

    fn judge(&mut self) {
        if !self.changes.is_empty() {
            let at = self.dice.roll(self.changes.len() as u64) as usize;
            let judged = self.changes.swap_remove(at);
            self.tx.unlist(KEY, judged.hash).expect("unlisted");
        }
    }

    fn stored_answer(&self, change: &Unjudged) -> Option<bool> {
        let statement = self.tx.statement_from(KEY, change.counter).expect("read")?;
        let since = self.tx.listed_since(KEY, change.hash).expect("read");
        Some(since.is_some_and(|since| since <= statement))
    }

    fn plain_answer(&self, change: &Unjudged) -> Option<bool> {
        let reach = self
            .said
            .iter()
            .filter(|(counter, _)| *counter >= change.counter);
        let earliest = reach.min_by_key(|(counter, _)| *counter)?;
        Some(earliest.1.contains(&change.hash))
    }
}

#[test]
fn what_is_kept_of_statements_answers_like_all_of_them() {
    let connection = database();
    let mut life = Life {
        tx: SqliteTx::on(&connection),
        dice: Dice(7),
        counter: 0,
        changes: vec![],
        said: vec![],
    };
    let (mut listed, mut withheld) = (0, 0);
    for _ in 0..3_000 {
        match life.dice.roll(5) {
            0 | 1 => life.write(),
            2 | 3 => life.state(),
            _ => life.judge(),
        }
        for change in &life.changes {
            let answer = life.stored_answer(change);
            assert_eq!(answer, life.plain_answer(change));
            listed += usize::from(answer == Some(true));
            withheld += usize::from(answer == Some(false));
        }
        if life.changes.len() > 30 {
            life.judge();
        }
    }
    assert!(listed > 1_000 && withheld > 1_000, "{listed} {withheld}");
    let kept: i64 = connection
        .query_row("SELECT count(*) FROM statements", [], |row| row.get(0))
        .expect("a count");
    assert!(kept < 60, "{kept} of {} statements", life.said.len());
}

#[test]
fn a_position_covers_what_was_told_up_to_it_and_not_beyond() {
    let connection = database();
    let tx = SqliteTx::on(&connection);
    let (case, scope) = (CaseId([2; 16]), Scope::All);
    let instruct = |n: u8| {
        let sql = "INSERT INTO changes VALUES (?1, ?2, ?3, x'00', 1, 1, x'00', 1, 1, 0, x'00')";
        connection
            .execute(sql, (&[n; 32], &case.0, n))
            .expect("a row");
        let row = NewFeedRow {
            scope: &scope,
            case,
            what: if n == 1 { What::Enter } else { What::Change },
            reference: &[n; 32],
            n: u64::from(n),
            at: Millis(0),
        };
        tx.append(&row).expect("appended")
    };
    let positions: Vec<u64> = (1..=4).map(instruct).collect();
    let given = |counter| tx.given(KEY, case, counter).expect("read").len();
    assert_eq!(given(99), 0);
    tx.add_given(KEY, &scope, 5, positions[1]).expect("noted");
    tx.add_given(KEY, &scope, 9, positions[3]).expect("noted");
    tx.add_given(KEY, &scope, 7, positions[0])
        .expect("an older request, late: no matter");
    assert_eq!([5, 6, 9, 10].map(given), [0, 2, 2, 4]);
    // Nothing unjudged is left: older positions go, later ones answer alike.
    tx.state(KEY, 12, &[]).expect("stated");
    assert_eq!(given(13), 4);
    let other = tx.given(KEY, CaseId([3; 16]), 13).expect("read");
    assert!(other.is_empty());
}

#[test]
fn what_was_counted_once_counts_on_with_the_transaction() {
    let connection = database();
    let add = |tx: &SqliteTx<'_>, n: u8, key: KeyId, at: i64| {
        let sql = "INSERT INTO changes VALUES (?1, x'01', ?2, x'00', 1, 1, ?3, ?2, 0, ?4, x'00')";
        let row = rusqlite::params![[n; 32], n, key.0, at];
        connection.execute(sql, row).expect("a row");
        tx.accepted.add(key, Millis(at));
    };
    let (other, fresh) = (KeyId([7; 16]), || SqliteTx::on(&connection));
    let tx = fresh();
    let count = |tx: &SqliteTx<'_>, most| tx.accepted_since(KEY, Millis(10), most).expect("read");
    add(&tx, 1, KEY, 10);
    assert_eq!(count(&tx, 9), 1);
    add(&tx, 2, KEY, 9);
    add(&tx, 3, other, 20);
    add(&tx, 4, KEY, 20);
    assert_eq!((count(&tx, 9), count(&fresh(), 9)), (2, 2));
    assert_eq!((count(&tx, 1), count(&fresh(), 1)), (1, 1));
    // A device that vouches for both answers for what both wrote.
    let sql = "INSERT INTO endorsements (key, case_id, device, user, endorsement)
         VALUES (?1, x'01', x'05', 'somebody', x'00')";
    connection.execute(sql, [KEY.0]).expect("a row");
    connection.execute(sql, [other.0]).expect("a row");
    tx.accepted.forget();
    assert_eq!((count(&tx, 9), count(&fresh(), 9)), (3, 3));
    add(&tx, 5, other, 30);
    assert_eq!((count(&tx, 9), count(&fresh(), 9)), (4, 4));
}
