//! The change log.

use gewu_model::cbor;
use gewu_model::ids::{CaseId, ChangeHash, KeyId};
use gewu_model::signed::SignedChange;
use gewu_model::time::Millis;
use gewu_sync::verdict::SetAside;
use rusqlite::{Connection, params};

use super::{all, id, int, maybe_id, one, read, run, uint};
use crate::error::Result;

/// What the server said of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// No receipt names it.
    Unsent,
    /// It is part of the case.
    Accepted,
    /// It never will be.
    SetAside,
    /// It lies under a tombstone.
    Erased,
}

impl State {
    const fn from_code(code: i64) -> Self {
        match code {
            1 => Self::Accepted,
            2 => Self::SetAside,
            3 => Self::Erased,
            _ => Self::Unsent,
        }
    }
}

/// The server's word on a change that it gave no receipt for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Held {
    No,
    Waiting,
    Pending,
}

impl Held {
    const fn from_code(code: i64) -> Self {
        match code {
            1 => Self::Waiting,
            2 => Self::Pending,
            _ => Self::No,
        }
    }
}

/// One row of the log.
#[derive(Debug, Clone)]
pub(crate) struct StoredChange {
    pub(crate) case: CaseId,
    pub(crate) hash: ChangeHash,
    pub(crate) signed: SignedChange,
    pub(crate) own: bool,
    pub(crate) state: State,
    pub(crate) intent: Option<i64>,
    pub(crate) received_at: Option<Millis>,
    pub(crate) reason: Option<SetAside>,
    pub(crate) decided_at: Option<Millis>,
    pub(crate) replaced_by: Option<ChangeHash>,
    /// The signed block of verdicts that alone proves what became of it.
    pub(crate) block: Option<i64>,
}

impl StoredChange {
    /// Somebody's change as the server hands it out.
    pub(crate) fn received(
        case: CaseId,
        hash: ChangeHash,
        signed: &SignedChange,
        own: bool,
        at: Millis,
    ) -> Self {
        Self {
            case,
            hash,
            signed: signed.clone(),
            own,
            state: State::Accepted,
            intent: None,
            received_at: Some(at),
            reason: None,
            decided_at: None,
            replaced_by: None,
            block: None,
        }
    }
}

const COLUMNS: &str = "case_id, hash, key, counter, signature, bytes, own, state, intent, \
                       received_at, reason, decided_at, replaced_by, verdict";

fn change(row: &rusqlite::Row<'_>) -> Result<StoredChange> {
    let signature: &[u8] = row.get_ref(4)?.as_blob().unwrap_or_default();
    let reason: Option<String> = row.get(10)?;
    Ok(StoredChange {
        case: id(row, 0)?,
        hash: id(row, 1)?,
        signed: SignedChange {
            key: id(row, 2)?,
            counter: uint(row.get(3)?),
            bytes: row.get(5)?,
            signature: read(signature)?,
        },
        own: row.get(6)?,
        state: State::from_code(row.get(7)?),
        intent: row.get(8)?,
        received_at: row.get::<_, Option<i64>>(9)?.map(Millis),
        reason: reason.as_deref().and_then(SetAside::from_name),
        decided_at: row.get::<_, Option<i64>>(11)?.map(Millis),
        replaced_by: maybe_id(row, 12)?,
        block: row.get(13)?,
    })
}

/// Adds a change: an own one without receipt, or one that the server has accepted.
pub(crate) fn insert(
    tx: &Connection,
    case: &CaseId,
    hash: &ChangeHash,
    signed: &SignedChange,
    own: bool,
    intent: Option<i64>,
    received_at: Option<Millis>,
) -> Result<()> {
    let sql = "INSERT INTO changes
               (case_id, hash, key, counter, signature, bytes, own, state, held, intent, received_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, ?9, ?10)";
    let parameters = params![
        case.0,
        hash.0,
        signed.key.0,
        int(signed.counter),
        cbor::to_vec(&signed.signature),
        signed.bytes,
        own,
        i64::from(received_at.is_some()),
        intent,
        received_at.map(|at| at.0)
    ];
    run(tx, sql, parameters)?;
    Ok(())
}

/// What the user wanted to say; answers its number.
pub(crate) fn insert_intent(
    tx: &Connection,
    case: &CaseId,
    kind: &str,
    answers: Option<&ChangeHash>,
    payload: &[u8],
) -> Result<i64> {
    let sql = "INSERT INTO intents (case_id, kind, answers, payload, attempts)
               VALUES (?1, ?2, ?3, ?4, 1)";
    let answers = answers.map(|hash| hash.0);
    run(tx, sql, params![case.0, kind, answers, payload])?;
    Ok(tx.last_insert_rowid())
}

/// An intent: kind, what it answers, payload, and how often it was written.
pub(crate) struct Intent {
    pub(crate) kind: String,
    pub(crate) answers: Option<ChangeHash>,
    pub(crate) payload: Vec<u8>,
    pub(crate) attempts: u32,
}

pub(crate) fn intent(tx: &Connection, n: i64) -> Result<Option<Intent>> {
    let sql = "SELECT kind, answers, payload, attempts FROM intents WHERE n = ?1";
    one(tx, sql, [n], |row| {
        Ok(Intent {
            kind: row.get(0)?,
            answers: maybe_id(row, 1)?,
            payload: row.get(2)?,
            attempts: row.get(3)?,
        })
    })
}

pub(crate) fn try_intent_again(tx: &Connection, n: i64) -> Result<()> {
    run(
        tx,
        "UPDATE intents SET attempts = attempts + 1 WHERE n = ?1",
        [n],
    )?;
    Ok(())
}

/// The log of a case, each change after what it was made upon.
pub(crate) fn of_case(tx: &Connection, case: &CaseId) -> Result<Vec<StoredChange>> {
    let sql = format!("SELECT {COLUMNS} FROM changes WHERE case_id = ?1 ORDER BY n");
    all(tx, &sql, [case.0], change)
}

/// Own changes without a receipt, in the order of writing. Cases of which the server cannot judge
/// something yet come last, so that nothing waits behind them.
pub(crate) fn unsent(tx: &Connection, limit: usize) -> Result<Vec<StoredChange>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM changes WHERE state = 0 ORDER BY case_id IN
             (SELECT case_id FROM changes WHERE state = 0 AND held = 2), n LIMIT ?1"
    );
    all(tx, &sql, [int(limit as u64)], change)
}

/// What [`unsent`] gives, without the changes themselves.
pub(crate) struct UnsentMark {
    pub(crate) case: CaseId,
    pub(crate) hash: ChangeHash,
    pub(crate) held: Held,
}

pub(crate) fn unsent_marks(tx: &Connection) -> Result<Vec<UnsentMark>> {
    let sql = "SELECT case_id, hash, held FROM changes WHERE state = 0 ORDER BY n";
    all(tx, sql, [], |row| {
        Ok(UnsentMark {
            case: id(row, 0)?,
            hash: id(row, 1)?,
            held: Held::from_code(row.get(2)?),
        })
    })
}

/// What the device owes by key: own changes without a receipt, and those of cases that a restored
/// server is offered again, whose receipts it may have forgotten.
pub(crate) fn owed(tx: &Connection) -> Result<Vec<(KeyId, ChangeHash)>> {
    let sql = "SELECT key, hash FROM changes WHERE state = 0 OR (own = 1 AND state = 1
                   AND case_id IN (SELECT case_id FROM case_facts WHERE reoffer = 1))
               ORDER BY n";
    all(tx, sql, [], |row| Ok((id(row, 0)?, id(row, 1)?)))
}

/// Everything that this device wrote.
pub(crate) fn own(tx: &Connection) -> Result<Vec<StoredChange>> {
    let sql = format!("SELECT {COLUMNS} FROM changes WHERE own = 1 ORDER BY n");
    all(tx, &sql, [], change)
}

/// What was set aside of this device's own, latest first.
pub(crate) fn set_asides(tx: &Connection) -> Result<Vec<StoredChange>> {
    let sql = format!("SELECT {COLUMNS} FROM changes WHERE state = 2 AND own = 1 ORDER BY n DESC");
    all(tx, &sql, [], change)
}

pub(crate) fn find(tx: &Connection, hash: &ChangeHash) -> Result<Option<StoredChange>> {
    let sql = format!("SELECT {COLUMNS} FROM changes WHERE hash = ?1");
    one(tx, &sql, [hash.0], change)
}

/// Whether the change is here, in whatever state.
pub(crate) fn is_known(tx: &Connection, hash: &ChangeHash) -> Result<bool> {
    let sql = "SELECT 1 FROM changes WHERE hash = ?1";
    Ok(one(tx, sql, [hash.0], |_| Ok(()))?.is_some())
}

/// Frees the device of a change that became part of the case; answers whether that is news. One
/// that was set aside can still do so when the server first did not know its author's key.
pub(crate) fn accept(tx: &Connection, hash: &ChangeHash, at: Millis, now: Millis) -> Result<bool> {
    let sql = "UPDATE changes SET state = 1, held = 0, reason = NULL, received_at = ?2,
               decided_at = ?3 WHERE hash = ?1 AND state IN (0, 2)";
    Ok(run(tx, sql, params![hash.0, at.0, now.0])? > 0)
}

/// Takes a change out of its case that never will be part of it; answers whether that is news. Somebody
/// else's can only be one that a restored server judged differently from the life before.
pub(crate) fn set_aside(
    tx: &Connection,
    hash: &ChangeHash,
    reason: SetAside,
    now: Millis,
) -> Result<bool> {
    let sql = "UPDATE changes SET state = 2, held = 0, reason = ?2, decided_at = ?3
               WHERE hash = ?1 AND state IN (0, 1)";
    Ok(run(tx, sql, params![hash.0, reason.name(), now.0])? > 0)
}

/// Forgets what an erased change said; answers whether that is news.
pub(crate) fn erase(tx: &Connection, hash: &ChangeHash, now: Millis) -> Result<bool> {
    let sql = "DELETE FROM intents WHERE n = (SELECT intent FROM changes WHERE hash = ?1)";
    run(tx, sql, [hash.0])?;
    let sql = "UPDATE changes SET state = 3, held = 0, bytes = x'', intent = NULL, decided_at = ?2
               WHERE hash = ?1 AND state <> 3";
    Ok(run(tx, sql, params![hash.0, now.0])? > 0)
}

pub(crate) fn hold(tx: &Connection, hash: &ChangeHash, held: Held) -> Result<()> {
    let sql = "UPDATE changes SET held = ?2 WHERE hash = ?1 AND state = 0 AND held <> ?2";
    run(tx, sql, params![hash.0, held as i64])?;
    Ok(())
}

pub(crate) fn set_replaced(tx: &Connection, old: &ChangeHash, new: &ChangeHash) -> Result<()> {
    let sql = "UPDATE changes SET replaced_by = ?2 WHERE hash = ?1";
    run(tx, sql, params![old.0, new.0])?;
    Ok(())
}

/// Every case that has changes.
pub(crate) fn cases(tx: &Connection) -> Result<Vec<CaseId>> {
    let sql = "SELECT DISTINCT case_id FROM changes ORDER BY case_id";
    all(tx, sql, [], |row| id(row, 0))
}

pub(crate) fn purge(tx: &Connection, case: &CaseId) -> Result<()> {
    run(tx, "DELETE FROM changes WHERE case_id = ?1", [case.0])?;
    run(tx, "DELETE FROM intents WHERE case_id = ?1", [case.0])?;
    Ok(())
}
