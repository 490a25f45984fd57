//! A database as SQL text, and back.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::{fs, io};

use gewu_model::crypto::sha256;
use gewu_model::ids::to_hex;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Result, Row};

/// Values from this size on stand in files of their own, so that the schemas of a play share them.
const LARGE: usize = 2_000;
/// What stands in the text for such a value, before its digest.
const ELSEWHERE: &str = "@blob:";

/// The tables by name, with the statements that make them.
///
/// # Errors
/// SQLite's.
pub(super) fn tables(db: &Connection) -> Result<Vec<(String, String)>> {
    let sql = "SELECT name, sql FROM sqlite_schema
               WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
    let mut statement = db.prepare(sql)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}

/// The names of a table's columns; none where there is no such table.
///
/// # Errors
/// SQLite's.
pub(super) fn columns(db: &Connection, table: &str) -> Result<Vec<String>> {
    let mut statement = db.prepare("SELECT name FROM pragma_table_info(?1)")?;
    let rows = statement.query_map([table], |row| row.get(0))?;
    rows.collect()
}

/// Every statement that makes the schema, by name and in one form of white space.
///
/// # Errors
/// SQLite's.
pub fn schema(db: &Connection) -> Result<Vec<String>> {
    let sql = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name";
    let mut statement = db.prepare(sql)?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
    let one_form = |sql: String| {
        let spaced = sql.replace('"', "");
        spaced.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    rows.map(|row| row.map(one_form)).collect()
}

/// The whole database as statements that make it. Large values go to `large`, by digest.
///
/// # Errors
/// SQLite's.
pub fn dump(db: &Connection, large: &mut BTreeMap<String, Vec<u8>>) -> Result<String> {
    let number = |sql| db.query_row(sql, [], |row| row.get::<_, i64>(0));
    let mut text = String::from("BEGIN;\n");
    let tables = tables(db)?;
    for (_, sql) in &tables {
        let _ = writeln!(text, "{sql};");
    }
    for (table, _) in &tables {
        insert(db, table, large, &mut text)?;
    }
    if !columns(db, "sqlite_sequence")?.is_empty() {
        text.push_str("DELETE FROM sqlite_sequence;\n");
        insert(db, "sqlite_sequence", large, &mut text)?;
    }
    let sql = "SELECT sql FROM sqlite_schema
               WHERE type <> 'table' AND sql IS NOT NULL ORDER BY type, name";
    let mut statement = db.prepare(sql)?;
    for sql in statement.query_map([], |row| row.get::<_, String>(0))? {
        let _ = writeln!(text, "{};", sql?);
    }
    let _ = writeln!(
        text,
        "COMMIT;\nPRAGMA application_id = {};\nPRAGMA user_version = {};",
        number("PRAGMA application_id")?,
        number("PRAGMA user_version")?
    );
    Ok(text)
}

fn insert(
    db: &Connection,
    table: &str,
    large: &mut BTreeMap<String, Vec<u8>>,
    text: &mut String,
) -> Result<()> {
    let columns = columns(db, table)?.join(", ");
    let sql = format!("SELECT {columns} FROM {table} ORDER BY {columns}");
    let mut statement = db.prepare(&sql)?;
    let width = statement.column_count();
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let values: Vec<String> = (0..width)
            .map(|at| value(row, at, large))
            .collect::<Result<_>>()?;
        let _ = writeln!(
            text,
            "INSERT INTO {table} ({columns}) VALUES ({});",
            values.join(", ")
        );
    }
    Ok(())
}

fn value(row: &Row<'_>, at: usize, large: &mut BTreeMap<String, Vec<u8>>) -> Result<String> {
    Ok(match row.get_ref(at)? {
        ValueRef::Null => "NULL".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => format!("{number:?}"),
        ValueRef::Text(text) => {
            let text = String::from_utf8_lossy(text).replace('\'', "''");
            format!("'{text}'")
        }
        ValueRef::Blob(bytes) if bytes.len() >= LARGE => {
            let digest = sha256(bytes).to_string();
            let named = format!("{ELSEWHERE}{digest}@");
            large.insert(digest, bytes.to_vec());
            named
        }
        ValueRef::Blob(bytes) => format!("x'{}'", to_hex(bytes)),
    })
}

/// The text with its large values in their places.
pub(super) fn fill_in(text: &str, blobs: &Path) -> io::Result<String> {
    let mut parts = text.split(ELSEWHERE);
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (digest, rest) = part.split_once('@').ok_or(io::ErrorKind::InvalidData)?;
        let bytes = fs::read(blobs.join(digest))?;
        let _ = write!(whole, "x'{}'{rest}", to_hex(&bytes));
    }
    Ok(whole)
}
