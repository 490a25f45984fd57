//! What the centre erased. It goes from every table here, and none of them takes it again.

use gewu_model::ids::{CaseId, Digest};
use rusqlite::{Connection, params};

use super::{cards, commands, content, drafts, media, one, run};
use crate::error::Result;

/// Removes a text, a contact card or a file, whichever the digest names, and remembers that. The file itself goes
/// from the disk after the transaction. Answers whether it is news.
pub(crate) fn entomb(tx: &Connection, case: &CaseId, digest: &Digest) -> Result<bool> {
    let sql = "INSERT INTO erased (digest, case_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
    let news = run(tx, sql, params![digest.0, case.0])? > 0;
    content::erase(tx, digest)?;
    cards::erase(tx, digest)?;
    commands::erase_text(tx, digest)?;
    drafts::detach_all(tx, digest)?;
    media::doom(tx, digest)?;
    Ok(news)
}

/// Whether the centre erased that text or file.
pub(crate) fn has(tx: &Connection, digest: &Digest) -> Result<bool> {
    let sql = "SELECT 1 FROM erased WHERE digest = ?1";
    Ok(one(tx, sql, [digest.0], |_| Ok(()))?.is_some())
}
