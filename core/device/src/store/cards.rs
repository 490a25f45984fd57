//! Contact cards: own ones, sealed, and the masks of others'.
//!
//! The column `unsent` of an own card is 0 once a receipt names it, 1 while it is owed, and 2 when the
//! key under which it lies is gone: then nobody can send it any more, and all that is left is to say so.

use gewu_model::cbor;
use gewu_model::contact::Masked;
use gewu_model::ids::{CaseId, Digest};
use rusqlite::{Connection, params};

use super::{all, id, one, read, run};
use crate::error::Result;

/// A card as it lies.
pub(crate) struct SealedCard {
    pub(crate) case: CaseId,
    pub(crate) digest: Digest,
    pub(crate) sealed: Vec<u8>,
}

fn whole(row: &rusqlite::Row<'_>) -> Result<SealedCard> {
    Ok(SealedCard {
        digest: id(row, 0)?,
        case: id(row, 1)?,
        sealed: row.get(2)?,
    })
}

/// Keeps a card that nobody has acknowledged yet.
pub(crate) fn insert(tx: &Connection, card: &SealedCard) -> Result<()> {
    let sql = "INSERT INTO cards (digest, case_id, sealed, unsent) VALUES (?1, ?2, ?3, 1)
               ON CONFLICT (digest) DO NOTHING";
    run(tx, sql, params![card.digest.0, card.case.0, card.sealed])?;
    Ok(())
}

/// The case for which a card is kept.
pub(crate) fn case_of(tx: &Connection, digest: &Digest) -> Result<Option<CaseId>> {
    let sql = "SELECT case_id FROM cards WHERE digest = ?1
               UNION SELECT case_id FROM masked_contacts WHERE digest = ?1";
    one(tx, sql, [digest.0], |row| id(row, 0))
}

/// The user's own card of a case.
pub(crate) fn of_case(tx: &Connection, case: &CaseId) -> Result<Option<SealedCard>> {
    let sql = "SELECT digest, case_id, sealed FROM cards WHERE case_id = ?1 LIMIT 1";
    one(tx, sql, [case.0], whole)
}

/// Cards that no receipt names.
pub(crate) fn unsent(tx: &Connection) -> Result<Vec<SealedCard>> {
    let sql = "SELECT digest, case_id, sealed FROM cards WHERE unsent = 1 ORDER BY case_id";
    all(tx, sql, [], whole)
}

/// Notes of unsent cards that `is_lost` that they are.
pub(crate) fn give_up(tx: &Connection, is_lost: impl Fn(&SealedCard) -> bool) -> Result<()> {
    for card in unsent(tx)?.iter().filter(|card| is_lost(card)) {
        let sql = "UPDATE cards SET unsent = 2 WHERE digest = ?1 AND unsent = 1";
        run(tx, sql, [card.digest.0])?;
    }
    Ok(())
}

/// The cases whose card was lost with its key before a receipt named it.
pub(crate) fn lost(tx: &Connection) -> Result<Vec<CaseId>> {
    let sql = "SELECT case_id FROM cards WHERE unsent = 2 ORDER BY case_id";
    all(tx, sql, [], |row| id(row, 0))
}

pub(crate) fn acknowledge(tx: &Connection, digest: &Digest) -> Result<usize> {
    let sql = "UPDATE cards SET unsent = 0 WHERE digest = ?1 AND unsent <> 0";
    run(tx, sql, [digest.0])
}

/// The card is to be acknowledged again.
pub(crate) fn offer(tx: &Connection, digest: &Digest) -> Result<()> {
    let sql = "UPDATE cards SET unsent = 1 WHERE digest = ?1 AND unsent = 0";
    run(tx, sql, [digest.0])?;
    Ok(())
}

/// Every card is to be acknowledged again.
pub(crate) fn offer_again(tx: &Connection) -> Result<()> {
    run(tx, "UPDATE cards SET unsent = 1 WHERE unsent = 0", [])?;
    Ok(())
}

/// What the server shows of the contact of a case that others reported.
pub(crate) fn put_masked(
    tx: &Connection,
    case: &CaseId,
    digest: Option<&Digest>,
    masked: &Masked,
) -> Result<()> {
    let sql = "INSERT INTO masked_contacts (case_id, digest, masked) SELECT ?1, ?2, ?3
               WHERE NOT EXISTS (SELECT 1 FROM erased WHERE digest = ?2)
               ON CONFLICT (case_id) DO UPDATE SET digest = excluded.digest, masked = excluded.masked";
    let digest = digest.map(|digest| digest.0);
    run(tx, sql, params![case.0, digest, cbor::to_vec(masked)])?;
    Ok(())
}

pub(crate) fn masked(tx: &Connection, case: &CaseId) -> Result<Option<Masked>> {
    let sql = "SELECT masked FROM masked_contacts WHERE case_id = ?1";
    one(tx, sql, [case.0], |row| read(&row.get::<_, Vec<u8>>(0)?))
}

pub(crate) fn erase(tx: &Connection, digest: &Digest) -> Result<()> {
    run(tx, "DELETE FROM cards WHERE digest = ?1", [digest.0])?;
    let sql = "DELETE FROM masked_contacts WHERE digest = ?1";
    run(tx, sql, [digest.0])?;
    Ok(())
}

pub(crate) fn purge(tx: &Connection, case: &CaseId) -> Result<()> {
    run(tx, "DELETE FROM cards WHERE case_id = ?1", [case.0])?;
    let sql = "DELETE FROM masked_contacts WHERE case_id = ?1";
    run(tx, sql, [case.0])?;
    Ok(())
}
