//! Which scopes this device reads, how far, and which cases are in them.

use std::collections::BTreeSet;

use gewu_model::ids::CaseId;
use gewu_model::scope::Scope;
use gewu_model::small::Gather as _;
use gewu_sync::wire::{Cursor, Membership};
use rusqlite::{Connection, params};

use super::{all, id, int, run, uint};
use crate::error::{DeviceError, Result};

pub(crate) fn cursors(tx: &Connection) -> Result<Vec<Cursor>> {
    let sql = "SELECT scope, generation, position FROM cursors ORDER BY scope";
    all(tx, sql, [], |row| {
        let scope: String = row.get(0)?;
        Ok(Cursor {
            scope: scope.parse().map_err(|_| DeviceError::Damaged)?,
            generation: uint(row.get(1)?),
            position: uint(row.get(2)?),
        })
    })
}

/// Lets go of the scopes that `new` does not list. Answers the cases that were in them.
pub(crate) fn leave_others(tx: &Connection, new: &[Cursor]) -> Result<BTreeSet<CaseId>> {
    let kept: BTreeSet<&Scope> = new.iter().map(|cursor| &cursor.scope).into_set();
    let mut left = BTreeSet::new();
    let old = cursors(tx)?;
    for gone in old.iter().filter(|cursor| !kept.contains(&cursor.scope)) {
        let scope = gone.scope.to_string();
        let sql = "DELETE FROM memberships WHERE scope = ?1 RETURNING case_id";
        left.extend(all(tx, sql, [&scope], |row| id::<CaseId>(row, 0))?);
        run(tx, "DELETE FROM cursors WHERE scope = ?1", [&scope])?;
    }
    Ok(left)
}

/// Moves cursors on. Answers whether one moved.
pub(crate) fn put_cursors(tx: &Connection, new: &[Cursor]) -> Result<bool> {
    let old = cursors(tx)?;
    for cursor in new {
        let sql = "INSERT INTO cursors (scope, generation, position) VALUES (?1, ?2, ?3)
                   ON CONFLICT (scope) DO UPDATE
                   SET generation = excluded.generation, position = excluded.position";
        let scope = cursor.scope.to_string();
        run(
            tx,
            sql,
            params![scope, int(cursor.generation), int(cursor.position)],
        )?;
    }
    Ok(new.iter().any(|cursor| !old.contains(cursor)))
}

pub(crate) fn enter(tx: &Connection, case: &CaseId, membership: &Membership) -> Result<()> {
    let sql = "INSERT INTO memberships (case_id, scope, epoch) VALUES (?1, ?2, ?3)
               ON CONFLICT (case_id, scope) DO UPDATE SET epoch = excluded.epoch
               WHERE epoch < excluded.epoch";
    let scope = membership.scope.to_string();
    run(tx, sql, params![case.0, scope, int(membership.epoch)])?;
    Ok(())
}

/// Ends a membership, unless a later one began since.
pub(crate) fn leave(tx: &Connection, case: &CaseId, membership: &Membership) -> Result<()> {
    let sql = "DELETE FROM memberships WHERE case_id = ?1 AND scope = ?2 AND epoch <= ?3";
    let scope = membership.scope.to_string();
    run(tx, sql, params![case.0, scope, int(membership.epoch)])?;
    Ok(())
}

pub(crate) fn count(tx: &Connection, case: &CaseId) -> Result<u32> {
    let sql = "SELECT count(*) FROM memberships WHERE case_id = ?1";
    let count = super::one(tx, sql, [case.0], |row| Ok(row.get(0)?))?;
    Ok(count.unwrap_or(0))
}

/// Another life of the server counts epochs anew: until it speaks of a membership, that is only what
/// an earlier life said.
pub(crate) fn distrust(tx: &Connection) -> Result<()> {
    run(tx, "UPDATE memberships SET epoch = 0 WHERE epoch <> 0", [])?;
    Ok(())
}

/// Ends the memberships of earlier lives that this one has not confirmed, but for those of cases that
/// are still to be offered. Answers the cases.
pub(crate) fn leave_unconfirmed(tx: &Connection) -> Result<BTreeSet<CaseId>> {
    let sql = "DELETE FROM memberships WHERE epoch = 0 AND case_id NOT IN
                   (SELECT case_id FROM case_facts WHERE reoffer = 1)
               RETURNING case_id";
    let left = all(tx, sql, [], |row| id::<CaseId>(row, 0))?;
    Ok(left.into_iter().into_set())
}
