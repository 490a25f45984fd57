//! The migration loop: numbered SQL files, each applied once, the version written with it.

use rusqlite::{Connection, TransactionBehavior};

use crate::store::StoreError;

/// Every step ever shipped, in order. A shipped file is never edited.
const STEPS: &[&str] = &[
    include_str!("../migrations/0001_first.sql"),
    include_str!("../migrations/0002_place.sql"),
    include_str!("../migrations/0003_erasure.sql"),
    include_str!("../migrations/0004_clocks.sql"),
    include_str!("../migrations/0005_cards.sql"),
    include_str!("../migrations/0006_late.sql"),
    include_str!("../migrations/0007_losses.sql"),
    include_str!("../migrations/0008_held_packs.sql"),
    include_str!("../migrations/0009_external.sql"),
    include_str!("../migrations/0010_originals.sql"),
    include_str!("../migrations/0011_services.sql"),
    include_str!("../migrations/0012_pack_names.sql"),
    include_str!("../migrations/0013_card_changes.sql"),
    include_str!("../migrations/0014_tokens_and_wipes.sql"),
    include_str!("../migrations/0015_lookups.sql"),
    include_str!("../migrations/0016_accounts.sql"),
];

/// Refuses a database that some other program of ours made. Migrating it would spoil it.
pub(super) fn check_ours(connection: &Connection) -> Result<(), StoreError> {
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let ours: i64 = connection.query_row(
        "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'operators'",
        [],
        |row| row.get(0),
    )?;
    match version > 0 && ours == 0 {
        true => Err(StoreError::Foreign),
        false => Ok(()),
    }
}

/// Brings the database to the present schema, one transaction per step.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    loop {
        let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let version: i64 = tx.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        let done = usize::try_from(version).map_err(|_| StoreError::Newer)?;
        match STEPS.get(done) {
            Some(step) => {
                tx.execute_batch(step)?;
                tx.pragma_update(None, "user_version", version + 1)?;
                tx.commit()?;
            }
            None if done == STEPS.len() => return Ok(()),
            None => return Err(StoreError::Newer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packs_keep_their_names_and_bodies_when_names_part_from_bodies() {
        let mut connection = Connection::open_in_memory().expect("in memory");
        for step in &STEPS[..11] {
            connection.execute_batch(step).expect("an older schema");
        }
        connection
            .execute_batch(
                "PRAGMA user_version = 11;
                 INSERT INTO packs (digest, kind, name, version, signed, body, audience,
                    transfer_sha256, transfer)
                 VALUES (x'01', 'grid', 'grid', 3, x'aa', x'bb', 'staff', x'02', x'cc'),
                        (x'03', 'policy', 'policy', 1, x'dd', x'ee', NULL, NULL, NULL);",
            )
            .expect("packs of before");
        migrate(&mut connection).expect("to the present");
        let row: (String, u32, Vec<u8>, Vec<u8>, Option<Vec<u8>>) = connection
            .query_row(
                "SELECT audience, version, signed, body, transfer FROM packs
                    JOIN pack_bodies USING (digest) WHERE kind = 'grid'",
                [],
                |row| {
                    Ok((
                        row.get(0)?,
                        row.get(1)?,
                        row.get(2)?,
                        row.get(3)?,
                        row.get(4)?,
                    ))
                },
            )
            .expect("the map");
        let bytes = |byte: u8| vec![byte];
        let map = (
            "staff".to_owned(),
            3,
            bytes(0xaa),
            bytes(0xbb),
            Some(bytes(0xcc)),
        );
        assert_eq!(row, map);
        let all: u32 = connection
            .query_row("SELECT count(*) FROM packs", [], |row| row.get(0))
            .expect("a count");
        assert_eq!(all, 2);
    }

    #[test]
    fn a_database_of_another_program_is_left_as_it_is() {
        let connection = Connection::open_in_memory().expect("in memory");
        assert_eq!(check_ours(&connection), Ok(()), "a new one");
        connection
            .execute_batch("CREATE TABLE drafts (id INTEGER); PRAGMA user_version = 3")
            .expect("a device's");
        assert_eq!(check_ours(&connection), Err(StoreError::Foreign));
        let mut own = Connection::open_in_memory().expect("in memory");
        migrate(&mut own).expect("from nothing");
        assert_eq!(check_ours(&own), Ok(()));
    }

    #[test]
    fn applies_every_step_once_and_refuses_a_newer_schema() {
        let mut connection = Connection::open_in_memory().expect("in memory");
        migrate(&mut connection).expect("from nothing");
        migrate(&mut connection).expect("again");
        let tables: i64 = connection
            .query_row(
                "SELECT count(*) FROM sqlite_schema WHERE type = 'table'",
                [],
                |row| row.get(0),
            )
            .expect("a count");
        assert!(tables > 20);
        connection
            .pragma_update(None, "user_version", 99)
            .expect("a pragma");
        assert_eq!(migrate(&mut connection), Err(StoreError::Newer));
    }
}
