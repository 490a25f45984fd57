//! What is remembered must not change an answer.

use gewu_model::cert::Endorsement;
use gewu_model::crypto::{Algorithm, Ed25519Signer, Signature, Signer as _};
use gewu_model::ids::{ActorId, CaseId, ChangeHash, Digest, KeyId};
use gewu_model::signed::SignedChange;
use gewu_model::time::Millis;
use gewu_sync::verdict::Outcome;
use rusqlite::{Connection, StatementStatus};

use super::{SqliteTx, keep_plans, migrate};
use crate::store::{Admin, Cases, EndorsementRow, FateKind, FateRow, Fates, Keys, StoredChange};

const CASES: u8 = 2;
const KEYS: u8 = 3;

fn database() -> Connection {
    let mut connection = Connection::open_in_memory().expect("in memory");
    migrate::migrate(&mut connection).expect("migrated");
    connection
}

/// Numbers that look random and are the same at each run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u8) -> u8 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        u8::try_from((self.0 >> 33) % u64::from(sides)).unwrap_or(0)
    }
}

fn case(n: u8) -> CaseId {
    CaseId([n; 16])
}

fn key(n: u8) -> KeyId {
    KeyId([n; 16])
}

fn signed(dice: &mut Dice) -> SignedChange {
    SignedChange {
        key: key(dice.roll(KEYS)),
        counter: u64::from(dice.roll(50)),
        bytes: vec![dice.roll(20); 12],
        signature: Signature {
            algorithm: Algorithm::Ed25519Sha256,
            bytes: vec![0; 64],
        },
    }
}

fn change(n: u64, signed: SignedChange) -> StoredChange {
    let mut hash = [0; 32];
    hash[..8].copy_from_slice(&n.to_be_bytes());
    StoredChange {
        hash: ChangeHash(hash),
        n,
        actor: ActorId([0; 24]),
        seq: 1,
        max_op: 1,
        instruction: false,
        received_at: Millis(1),
        signed,
    }
}

fn fate(case: CaseId, signed: SignedChange, dice: &mut Dice) -> FateRow {
    let set_aside = dice.roll(2) == 0;
    FateRow {
        case,
        hash: signed.hash(),
        sum: Digest([dice.roll(2); 32]),
        kind: match set_aside {
            true => FateKind::SetAside,
            false => FateKind::Waiting,
        },
        reason: set_aside.then(|| "counter".to_owned()),
        binding: dice.roll(2) == 0,
        replaced_by: None,
        sender: signed.key,
        seen_at: Millis(1),
        word: None,
        late: false,
        signed,
    }
}

/// One write of some kind.
fn write(tx: &SqliteTx<'_>, n: u64, dice: &mut Dice) {
    let (case, signed) = (case(dice.roll(CASES)), signed(dice));
    let done = match dice.roll(5) {
        0 => tx.add_change(case, &change(n, signed)),
        1 => {
            let mut digest = [0; 32];
            digest[..8].copy_from_slice(&n.to_be_bytes());
            let (by, counter) = (Some(signed.key), signed.counter);
            tx.add_command(Digest(digest), by, counter, &Outcome::Stale, Millis(1))
        }
        2 => tx.put_fate(&fate(case, signed, dice)),
        _ => {
            let all = tx.fates(case).expect("read");
            all.iter()
                .try_for_each(|row| tx.drop_fate(case, row.hash, row.sum))
        }
    };
    done.expect("written");
}

fn answers(tx: &SqliteTx<'_>, named: &SignedChange) -> (Vec<u64>, Vec<usize>, Vec<bool>) {
    let highest = (0..KEYS).map(|n| tx.highest_counter(key(n)).expect("read"));
    let fates = (0..CASES).map(|n| tx.fates(case(n)).expect("read").len());
    let one = (0..CASES).map(|n| {
        let found = tx.fate(case(n), named.hash(), Digest([0; 32]));
        found.expect("read").is_some()
    });
    (highest.collect(), fates.collect(), one.collect())
}

#[test]
fn a_transaction_that_remembers_answers_as_one_that_has_just_begun() {
    let mut dice = Dice(3);
    let (mut empty, mut full) = (0, 0);
    for _ in 0..60 {
        let connection = database();
        let tx = SqliteTx::on(&connection);
        for n in 1..40 {
            write(&tx, n, &mut dice);
            let named = signed(&mut dice);
            let told = answers(&tx, &named);
            assert_eq!(told, answers(&SqliteTx::on(&connection), &named), "{n}");
            empty += usize::from(told.1[0] == 0);
            full += usize::from(told.1[0] > 0);
        }
    }
    assert!(empty > 200 && full > 200, "{empty} {full}");
}

#[test]
fn a_key_that_was_nobody_s_is_somebody_s_once_it_is_endorsed() {
    let connection = database();
    let tx = SqliteTx::on(&connection);
    let (device, own) = (
        Ed25519Signer::from_seed(&[1; 32]),
        Ed25519Signer::from_seed(&[2; 32]),
    );
    let made = Endorsement::make(&device, case(1), own.public_key()).expect("in memory");
    let user = |tx: &SqliteTx<'_>| {
        let row = tx.endorsement(own.public_key().id()).expect("read");
        row.map(|row| row.user)
    };
    assert_eq!(user(&tx), None);
    tx.add_endorsement(&EndorsementRow {
        user: "he".into(),
        endorsement: made,
    })
    .expect("added");
    assert_eq!(user(&tx), Some("he".into()));
}

#[test]
fn other_values_do_not_have_a_statement_planned_again() {
    let planned = |keep: bool| {
        let connection = database();
        if keep {
            keep_plans(&connection).expect("set");
        }
        let sql = "SELECT since FROM listed WHERE key = ?1 AND since > ?2 LIMIT ?3";
        let mut select = connection.prepare(sql).expect("a statement");
        for n in 0..10_i64 {
            let rows = select.query_map((n, n, n + 1), |_| Ok(())).expect("rows");
            assert_eq!(rows.count(), 0);
        }
        select.get_status(StatementStatus::RePrepare)
    };
    assert_eq!(planned(true), 0);
    assert!(planned(false) > 0, "it would be, else");
}
