//! A whole database as bytes, and its rows back again.

use rusqlite::{Connection, Transaction, params_from_iter, types::Value};
use zeroize::Zeroizing;

use super::{DbError, Migration, migrate};

/// Where the header says how the file is written and read: 2 with a log, 1 without (SQLite, Database File
/// Format, 1.3.3).
const MODES: std::ops::Range<usize> = 18..20;

/// Everything of one moment, as a file without a log.
pub(super) fn of(connection: &mut Connection) -> Result<Zeroizing<Vec<u8>>, DbError> {
    let mut image = Zeroizing::new(connection.serialize("main")?.to_vec());
    if let Some(modes) = image.get_mut(MODES) {
        modes.fill(1);
    }
    Ok(image)
}

/// The image in memory, brought to the last of `migrations`.
pub(super) fn open(image: &[u8], migrations: &[Migration]) -> Result<Connection, DbError> {
    let mut connection = Connection::open_in_memory()?;
    connection.deserialize_read_exact("main", image, image.len(), false)?;
    migrate::run(&mut connection, migrations)?;
    Ok(connection)
}

/// Puts every row of `image` in the place of all that `tx` has. Both are of one schema.
pub(super) fn adopt(tx: &Transaction<'_>, image: &Connection) -> Result<(), DbError> {
    tx.pragma_update(None, "defer_foreign_keys", true)?;
    let tables = tables(image)?;
    for table in &tables {
        tx.execute(&format!("DELETE FROM {table} WHERE true"), [])?;
    }
    tables.iter().try_for_each(|table| copy(tx, image, table))
}

fn tables(connection: &Connection) -> Result<Vec<String>, DbError> {
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'";
    let mut statement = connection.prepare(sql)?;
    let names = statement.query_map([], |row| row.get(0))?;
    Ok(names.collect::<Result<_, _>>()?)
}

fn copy(tx: &Transaction<'_>, image: &Connection, table: &str) -> Result<(), DbError> {
    let mut select = image.prepare(&format!("SELECT * FROM {table}"))?;
    let columns: Vec<&str> = select.column_names().collect();
    let columns = columns.join(", ");
    let count = select.column_count();
    let places = vec!["?"; count].join(", ");
    let mut insert = tx.prepare(&format!(
        "INSERT INTO {table} ({columns}) VALUES ({places})"
    ))?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let values = (0..count).map(|at| row.get::<_, Value>(at));
        insert.execute(params_from_iter(values.collect::<Result<Vec<_>, _>>()?))?;
    }
    Ok(())
}
