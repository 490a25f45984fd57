//! The rows of today in a schema of before.

use rusqlite::{Connection, Result, ToSql};

use super::Side;
use super::dump::{columns, tables};

/// What older schemas held and a migration takes away: whose, up to which schema, and how it came in.
const TAKEN_AWAY: &[(Side, usize, &str)] = &[
    (
        Side::Device,
        1,
        "INSERT INTO packs (digest, kind, name, version, header, active, body)
         VALUES (zeroblob(32), 'grid', 'city', 1, NULL, 1, x'7B7D')",
    ),
    (
        Side::Server,
        1,
        "INSERT INTO packs (digest, kind, name, version, signed, body)
         VALUES (zeroblob(32), 'grid', 'of-text', 1, x'00', x'7B7D')",
    ),
    (
        Side::Server,
        10,
        "INSERT INTO meta (name, value) VALUES ('spot_check_secret', zeroblob(32))",
    ),
];

/// Tables whose rows lie elsewhere today: whose, up to which schema, and where they are read from.
const ELSEWHERE: &[(Side, &str, usize, &str)] = &[
    (
        Side::Server,
        "sources",
        8,
        "(SELECT channel AS code, external_id, case_id FROM externals)",
    ),
    (
        Side::Server,
        "packs",
        11,
        "packs JOIN pack_bodies USING (digest)",
    ),
];

/// A database in memory of schema `version`, with the rows of `now` that had a place in it. Rows that
/// the old schema would have refused are left out.
pub(super) fn older(
    side: Side,
    migrations: &[String],
    version: usize,
    now: &Connection,
) -> Result<Connection> {
    let old = Connection::open_in_memory()?;
    old.pragma_update(None, "foreign_keys", false)?;
    for migration in migrations.iter().take(version) {
        old.execute_batch(migration)?;
    }
    let present: Vec<String> = tables(now)?.into_iter().map(|(name, _)| name).collect();
    for (table, _) in tables(&old)? {
        let moved = ELSEWHERE
            .iter()
            .find(|(of, name, last, _)| *of == side && *name == table && version <= *last);
        match moved {
            Some((.., from)) => copy(now, from, &old, &table)?,
            None if present.contains(&table) => copy(now, &table, &old, &table)?,
            None => {}
        }
    }
    for (of, last, sql) in TAKEN_AWAY {
        if *of == side && version <= *last {
            old.execute_batch(sql)?;
        }
    }
    let application: i64 = now.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    old.pragma_update(None, "application_id", application)?;
    old.pragma_update(None, "user_version", u32::try_from(version).unwrap_or(0))?;
    Ok(old)
}

/// Copies the columns that both have.
fn copy(from: &Connection, source: &str, to: &Connection, table: &str) -> Result<()> {
    let then = columns(to, table)?;
    let there = from.prepare(&format!("SELECT * FROM {source} LIMIT 0"))?;
    let shared: Vec<&str> = there
        .column_names()
        .filter(|column| then.iter().any(|old| old == column))
        .collect();
    let (width, shared) = (shared.len(), shared.join(", "));
    let mut statement =
        from.prepare(&format!("SELECT {shared} FROM {source} ORDER BY {shared}"))?;
    let holes = vec!["?"; width].join(", ");
    let sql = format!("INSERT OR IGNORE INTO {table} ({shared}) VALUES ({holes})");
    let mut insert = to.prepare(&sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let values: Vec<rusqlite::types::Value> =
            (0..width).map(|at| row.get(at)).collect::<Result<_>>()?;
        let values: Vec<&dyn ToSql> = values.iter().map(|value| value as &dyn ToSql).collect();
        insert.execute(values.as_slice())?;
    }
    Ok(())
}
