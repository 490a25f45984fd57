//! Commands on their way to the centre.

use gewu_model::cbor;
use gewu_model::command::CommandRecord;
use gewu_model::content::ContentItem;
use gewu_model::ids::{CaseId, Digest};
use gewu_model::small::Arrange as _;
use gewu_model::time::Millis;
use gewu_sync::verdict::Outcome;
use rusqlite::{Connection, Row, params};

use super::{all, id, maybe_id, one, read, run};
use crate::api::{CommandState, CommandStatus};
use crate::error::{DeviceError, Result};

pub(crate) fn insert(
    tx: &Connection,
    case: &CaseId,
    kind: &str,
    record: &CommandRecord,
    content: Option<&ContentItem>,
    now: Millis,
) -> Result<()> {
    let sql = "INSERT INTO commands (digest, case_id, kind, record, content, state, saved_at)
               VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6)";
    let parameters = params![
        record.digest().0,
        case.0,
        kind,
        cbor::to_vec(record),
        content.map(cbor::to_vec),
        now.0
    ];
    run(tx, sql, parameters)?;
    Ok(())
}

/// Commands without an answer, with the text that each names, in the order in which they were given.
/// The wall clock does not tell that: several come in one millisecond, and people set it back.
pub(crate) fn unsent(tx: &Connection) -> Result<Vec<(CommandRecord, Option<ContentItem>)>> {
    let sql = "SELECT record, content FROM commands WHERE state = 0";
    let mut found = all(tx, sql, [], brought)?;
    found.arrange_by_key(|(record, _)| record.command().map(|command| command.counter));
    Ok(found)
}

fn brought(row: &Row<'_>) -> Result<(CommandRecord, Option<ContentItem>)> {
    let record = read(&row.get::<_, Vec<u8>>(0)?)?;
    let content = row.get::<_, Option<Vec<u8>>>(1)?;
    Ok((record, content.map(|bytes| read(&bytes)).transpose()?))
}

/// The last command without an answer in a case.
pub(crate) fn last_unsent(tx: &Connection, case: &CaseId) -> Result<Option<CommandRecord>> {
    let all = unsent(tx)?.into_iter().rev().map(|(record, _)| record);
    let own = |record: &CommandRecord| {
        let command = record.command();
        command.is_some_and(|command| command.case == *case)
    };
    Ok(all.into_iter().find(own))
}

/// A command that became no instruction, with the text that it names.
pub(crate) enum Refused {
    /// There is no such command.
    Unknown,
    /// It waits for its answer, or was carried out.
    Not,
    /// It was refused.
    Yes(CommandRecord, Option<ContentItem>),
}

/// The command of that digest, if it was refused.
pub(crate) fn refused(tx: &Connection, command: &Digest) -> Result<Refused> {
    let sql = "SELECT record, content, state FROM commands WHERE digest = ?1";
    let found = one(tx, sql, [command.0], |row| {
        Ok((brought(row)?, row.get::<_, i64>(2)?))
    })?;
    Ok(match found {
        None => Refused::Unknown,
        Some((_, 0 | 1)) => Refused::Not,
        Some(((record, content), _)) => Refused::Yes(record, content),
    })
}

/// Since when the oldest command without an answer waits.
pub(crate) fn waiting_since(tx: &Connection) -> Result<Option<Millis>> {
    let sql = "SELECT min(saved_at) FROM commands WHERE state = 0";
    let since = one(tx, sql, [], |row| Ok(row.get::<_, Option<i64>>(0)?))?;
    Ok(since.flatten().map(Millis))
}

/// Forgets a text that commands brought.
pub(crate) fn erase_text(tx: &Connection, text: &Digest) -> Result<()> {
    let sql = "SELECT digest, content FROM commands WHERE content IS NOT NULL";
    let brought = all(tx, sql, [], |row| {
        let item: ContentItem = read(&row.get::<_, Vec<u8>>(1)?)?;
        Ok((id::<Digest>(row, 0)?, item.digest()))
    })?;
    for (command, _) in brought.iter().filter(|(_, brought)| brought == text) {
        let sql = "UPDATE commands SET content = NULL WHERE digest = ?1";
        run(tx, sql, [command.0])?;
    }
    Ok(())
}

/// Keeps what became of a command; answers whether that is news.
pub(crate) fn settle(tx: &Connection, command: &Digest, outcome: &Outcome) -> Result<bool> {
    let (state, instruction, why) = match outcome {
        Outcome::Done { instruction } => (1, Some(instruction.0), None),
        Outcome::Stale => (2, None, None),
        Outcome::Denied { why } => (3, None, Some(why)),
    };
    let sql = "UPDATE commands SET state = ?2, instruction = ?3, why = ?4
               WHERE digest = ?1 AND state = 0";
    Ok(run(tx, sql, params![command.0, state, instruction, why])? > 0)
}

/// The unanswered commands and the latest answered ones.
pub(crate) fn list(tx: &Connection) -> Result<Vec<CommandStatus>> {
    let sql = "SELECT digest, case_id, kind, state, instruction, why FROM commands
               WHERE state = 0 OR saved_at IN
                   (SELECT saved_at FROM commands WHERE state <> 0 ORDER BY saved_at DESC LIMIT 50)
               ORDER BY saved_at DESC, digest";
    all(tx, sql, [], |row| {
        Ok(CommandStatus {
            command: id(row, 0)?,
            case: id(row, 1)?,
            kind: row.get(2)?,
            outcome: match row.get(3)? {
                0 => CommandState::Unsent,
                1 => CommandState::Done {
                    instruction: maybe_id(row, 4)?.ok_or(DeviceError::Damaged)?,
                },
                2 => CommandState::Stale,
                _ => CommandState::Denied {
                    why: row.get::<_, Option<String>>(5)?.unwrap_or_default(),
                },
            },
        })
    })
}
