//! Texts, beside the changes that name them.

use gewu_model::content::{ContentItem, Salt};
use gewu_model::ids::{CaseId, Digest};
use rusqlite::{Connection, params};

use super::{all, one, run};
use crate::error::Result;

/// Keeps a text. One that is known stays as it is; one that was erased is not taken.
pub(crate) fn insert(
    tx: &Connection,
    case: &CaseId,
    item: &ContentItem,
    unsent: bool,
) -> Result<()> {
    let sql = "INSERT INTO content (digest, case_id, salt, text, unsent) SELECT ?1, ?2, ?3, ?4, ?5
               WHERE NOT EXISTS (SELECT 1 FROM erased WHERE digest = ?1)
               ON CONFLICT (digest) DO NOTHING";
    run(
        tx,
        sql,
        params![item.digest().0, case.0, item.salt.0, item.text, unsent],
    )?;
    Ok(())
}

pub(crate) fn text(tx: &Connection, digest: &Digest) -> Result<Option<String>> {
    one(
        tx,
        "SELECT text FROM content WHERE digest = ?1",
        [digest.0],
        |row| Ok(row.get(0)?),
    )
}

/// The case for which a text is kept.
pub(crate) fn case_of(tx: &Connection, digest: &Digest) -> Result<Option<CaseId>> {
    let sql = "SELECT case_id FROM content WHERE digest = ?1";
    one(tx, sql, [digest.0], |row| super::id(row, 0))
}

/// The text with its salt.
pub(crate) fn find(tx: &Connection, digest: &Digest) -> Result<Option<ContentItem>> {
    let sql = "SELECT salt, text FROM content WHERE digest = ?1";
    one(tx, sql, [digest.0], item)
}

fn item(row: &rusqlite::Row<'_>) -> Result<ContentItem> {
    Ok(ContentItem {
        salt: Salt(row.get(0)?),
        text: row.get(1)?,
    })
}

/// The texts of a case that no receipt names.
pub(crate) fn unsent_of_case(tx: &Connection, case: &CaseId) -> Result<Vec<ContentItem>> {
    let sql = "SELECT salt, text FROM content WHERE case_id = ?1 AND unsent = 1";
    all(tx, sql, [case.0], item)
}

/// How many texts of each case no receipt names.
pub(crate) fn unsent(tx: &Connection) -> Result<Vec<(CaseId, u32)>> {
    let sql = "SELECT case_id, count(*) FROM content WHERE unsent = 1 GROUP BY case_id";
    all(tx, sql, [], |row| Ok((super::id(row, 0)?, row.get(1)?)))
}

pub(crate) fn acknowledge(tx: &Connection, digest: &Digest) -> Result<usize> {
    let sql = "UPDATE content SET unsent = 0 WHERE digest = ?1 AND unsent = 1";
    run(tx, sql, [digest.0])
}

/// The text is to be acknowledged again.
pub(crate) fn offer(tx: &Connection, digest: &Digest) -> Result<()> {
    let sql = "UPDATE content SET unsent = 1 WHERE digest = ?1 AND unsent = 0";
    run(tx, sql, [digest.0])?;
    Ok(())
}

/// Everything of a case is to be acknowledged again.
pub(crate) fn offer_again(tx: &Connection) -> Result<()> {
    run(tx, "UPDATE content SET unsent = 1 WHERE unsent = 0", [])?;
    Ok(())
}

pub(crate) fn erase(tx: &Connection, digest: &Digest) -> Result<()> {
    run(tx, "DELETE FROM content WHERE digest = ?1", [digest.0])?;
    Ok(())
}

pub(crate) fn purge(tx: &Connection, case: &CaseId) -> Result<()> {
    run(tx, "DELETE FROM content WHERE case_id = ?1", [case.0])?;
    Ok(())
}
